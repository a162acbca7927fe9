//! `cargo xtask tidy`: the rules of the code base that no compiler knows, each in a module of its own.

mod documents;
mod floors;
mod licences;
mod manifests;
mod names;
mod sources;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::checkout::Checkout;

/// A broken rule at a place of the checkout.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    file: PathBuf,
    /// Counted from 1; 0 for the file as a whole.
    line: usize,
    message: String,
}

impl Finding {
    fn in_file(file: &Path, message: impl Into<String>) -> Finding {
        Finding::at(file, 0, message)
    }

    fn at(file: &Path, line: usize, message: impl Into<String>) -> Finding {
        Finding { file: file.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.message),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.message),
        }
    }
}

/// Checks everything and prints what is wrong; `true` when nothing is.
pub(crate) fn run(checkout: &Checkout) -> Result<bool> {
    let files = checkout.files()?;
    let mut findings = check_files(checkout, &files)?;
    findings.extend(licences::check(checkout)?);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} files, {} findings", files.len(), findings.len());
    Ok(findings.is_empty())
}

/// All rules that look at the checkout's own files.
fn check_files(checkout: &Checkout, files: &[PathBuf]) -> Result<Vec<Finding>> {
    let mut findings = names::check(files);
    let mut manifests = Vec::new();
    for file in files {
        let Some(text) = checkout.text(file)? else { continue };
        findings.extend(sources::check(file, &text));
        if file.extension().is_some_and(|extension| extension == "md") {
            findings.extend(documents::check(file, &text, files));
        }
        if file == Path::new(documents::INDEX) {
            findings.extend(documents::check_index(&text, files));
        }
        if file.file_name().is_some_and(|name| name == "Cargo.toml") {
            match manifests::Manifest::parse(file, &text) {
                Ok(manifest) => manifests.push(manifest),
                Err(message) => findings.push(Finding::in_file(file, message)),
            }
        }
    }
    findings.extend(manifests::check(&manifests));
    findings.extend(floors::check(&manifests));
    Ok(findings)
}
