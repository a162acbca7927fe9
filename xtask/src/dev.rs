//! `cargo xtask dev`: a server for development on this machine, with open registration and two people in it.
//!
//! Its data lie in the target folder and stay there until `--fresh` is given.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;

const USAGE: &str = "\
usage: cargo xtask dev [--fresh] [OPTIONS OF alphorn serve]

  --fresh   throw away the data of earlier runs
";

const ADDRESS: &str = "127.0.0.1:8008";

/// Names and passwords of those who are there from the start; the first is an administrator.
const PEOPLE: &[(&str, &str)] = &[("alice", "alice-in-the-alps"), ("bob", "bob-in-the-alps")];

/// Long enough for a busy machine; a server that does not start says so itself.
const START_MAX: Duration = Duration::from_secs(60);

pub(crate) fn run(checkout: &Checkout, args: &[String]) -> Result<bool> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{USAGE}");
        return Ok(true);
    }
    let mut build = checkout.cargo();
    if !build.args(["build", "--locked", "--package", "alphorn"]).status()?.success() {
        bail!("alphorn cannot be built");
    }
    let target = checkout.target_folder()?;
    let site = Site { program: target.join("debug/alphorn"), data: target.join("dev-data") };
    if args.iter().any(|arg| arg == "--fresh") && site.data.exists() {
        fs::remove_dir_all(&site.data).context("cannot throw away the old data")?;
    }
    let mut server = site.serve(args)?;
    site.wait_until_ready(&mut server)?;
    site.people()?;
    // Ctrl-C reaches the server by itself.
    Ok(server.wait()?.success())
}

struct Site {
    program: PathBuf,
    data: PathBuf,
}

impl Site {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data-dir").arg(&self.data);
        command
    }

    fn serve(&self, args: &[String]) -> Result<Child> {
        let further = args.iter().filter(|arg| *arg != "--fresh");
        let mut command = self.command();
        command
            .args(["--set", "registration.mode=open", "serve", "--server-name", "localhost"])
            .args(["--listen", &format!("http://{ADDRESS}")])
            .args(further);
        command.spawn().context("cannot start the server")
    }

    fn wait_until_ready(&self, server: &mut Child) -> Result<()> {
        let end = Instant::now() + START_MAX;
        while Instant::now() < end {
            if let Some(status) = server.try_wait()? {
                bail!("the server ended at once ({status})");
            }
            // Only a running server answers here: the command could also open the data folder itself.
            if self.data.join("admin.sock").exists() && self.names().is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("the server does not answer")
    }

    /// The addresses of all accounts.
    fn names(&self) -> Result<String> {
        let output = self.command().args(["--json", "user", "list"]).output()?;
        if !output.status.success() {
            bail!("no list of accounts: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Makes whoever is not there yet, and says who there is.
    fn people(&self) -> Result<()> {
        let names = self.names()?;
        for (index, (name, password)) in PEOPLE.iter().enumerate() {
            if !names.contains(&format!("@{name}:localhost")) {
                self.add(name, password, index == 0)?;
            }
        }
        println!("\nhttp://{ADDRESS} is ready. There are:");
        for (name, password) in PEOPLE {
            println!("  @{name}:localhost with the password {password}");
        }
        Ok(())
    }

    fn add(&self, name: &str, password: &str, administrator: bool) -> Result<()> {
        let mut command = self.command();
        command.args(["user", "add", name, "--password-stdin"]).args(administrator.then_some("--admin"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut input = child.stdin.take().context("no standard input")?;
        writeln!(input, "{password}")?;
        drop(input);
        if !child.wait()?.success() {
            bail!("cannot make the account {name}");
        }
        Ok(())
    }
}
