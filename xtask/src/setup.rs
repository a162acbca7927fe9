//! `cargo xtask setup`: what the build and the tests need on a fresh machine.
//!
//! Most of the work is in `setup.sh`, because this program itself cannot be built before a linker is there.

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::nats;

pub(crate) fn run(checkout: &Checkout) -> Result<bool> {
    let status = checkout.command("./setup.sh").status().context("cannot run setup.sh")?;
    if !status.success() {
        return Ok(false);
    }
    nats::run(&[])?;
    println!("everything is there");
    Ok(true)
}
