//! `cargo xtask nats`: sees to it that there is a nats-server for tests and drills, and prints where it is.

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask nats

Prints the path of a nats-server that may be used: the one that ALPHORN_NATS_SERVER names, one in PATH, or Debian's
from the unstable suite, which is fetched and unpacked into the cache the first time.
";

pub(crate) fn run(args: &[String]) -> Result<bool> {
    match args {
        [] => {
            let path = alphorn_nats_server::obtain(&mut |line| eprintln!("{line}"))?;
            println!("{}", path.display());
        }
        [help] if help == "--help" || help == "-h" => print!("{USAGE}"),
        _ => bail!("it takes no arguments\n\n{USAGE}"),
    }
    Ok(true)
}
