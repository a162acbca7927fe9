//! `cargo xtask dev`: a server for development, with open registration and its data in the target folder.

use anyhow::{Result, bail};

use crate::checkout::Checkout;

const USAGE: &str = "usage: cargo xtask dev [OPTIONS OF alphorn serve]\n";

pub(crate) fn run(checkout: &Checkout, args: &[String]) -> Result<bool> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{USAGE}");
        return Ok(true);
    }
    let mut command = checkout.cargo();
    command.args(["run", "--package", "alphorn", "--", "serve"]).args(args);
    if !command.status()?.success() {
        bail!("the server ended with an error");
    }
    Ok(true)
}
