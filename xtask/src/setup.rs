//! `cargo xtask setup`: what the build and the tests need on a fresh machine.
//!
//! The work is in `setup.sh`, because this program itself cannot be built before a linker is there.

use anyhow::{Context, Result};

use crate::checkout::Checkout;

pub(crate) fn run(checkout: &Checkout) -> Result<bool> {
    let status = checkout.command("./setup.sh").status().context("cannot run setup.sh")?;
    if status.success() {
        println!("everything is there");
    }
    Ok(status.success())
}
