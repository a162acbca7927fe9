//! The process that starts the search as a child, and keeps and shrinks the input that the child died of.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use alphorn_fuzz::targets::Target;
use anyhow::{Context, Result};

use crate::journal;

/// Address space of the child: an input that makes a target take more is a finding.
const KIBIBYTES_MAX: u64 = 2 * 1024 * 1024;

/// How often shrinking may run the target.
const SHRINKING_RUNS_MAX: usize = 300;

/// Searches `target`; `false` when it could not stand an input.
pub(crate) fn search(target: &Target, seconds: u64, seed: u64, failures: &Path) -> Result<bool> {
    let journal = std::env::temp_dir().join(format!("alphorn-fuzz-{}-{}", target.name, std::process::id()));
    let status = bounded_self()?
        .arg(target.name)
        .args(["--seconds", &seconds.to_string(), "--seed", &seed.to_string(), "--journal"])
        .arg(&journal)
        .status()
        .context("cannot start the search")?;
    if status.success() {
        fs::remove_file(&journal)?;
        return Ok(true);
    }
    let input = journal::read(&journal)?.context("the search ended before its first input")?;
    fs::remove_file(&journal)?;
    fs::create_dir_all(failures)?;
    let kept = failures.join(format!("{}-{seed}", target.name));
    let shrunk = shrink(target, input, &kept)?;
    fs::write(&kept, &shrunk)?;
    println!(
        "{}: could not stand an input ({status}); {} bytes of it are left after shrinking:",
        target.name,
        shrunk.len()
    );
    println!("  {}", String::from_utf8_lossy(shrunk.get(..400).unwrap_or(&shrunk)).escape_debug());
    println!("  cargo run -p alphorn-fuzz -- {} --input {}", target.name, kept.display());
    Ok(false)
}

/// This program under a bound of memory.
fn bounded_self() -> Result<Command> {
    let this = std::env::current_exe().context("this program has no path")?;
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -v {KIBIBYTES_MAX}; exec \"$0\" \"$@\"")).arg(this);
    Ok(command)
}

/// Leaves out part after part as long as the target still cannot stand what is left.
fn shrink(target: &Target, mut input: Vec<u8>, scratch: &Path) -> Result<Vec<u8>> {
    let mut runs = 0;
    let mut size = input.len().div_ceil(2);
    while size > 0 && runs < SHRINKING_RUNS_MAX {
        let mut at = 0;
        while at < input.len() && runs < SHRINKING_RUNS_MAX {
            let mut shorter = input.clone();
            shorter.drain(at..(at + size).min(input.len()));
            runs += 1;
            if fails(target, &shorter, scratch)? {
                input = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    Ok(input)
}

fn fails(target: &Target, input: &[u8], scratch: &Path) -> Result<bool> {
    fs::write(scratch, input)?;
    let status = bounded_self()?
        .arg(target.name)
        .arg("--input")
        .arg(scratch)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("cannot run one input")?;
    Ok(!status.success())
}
