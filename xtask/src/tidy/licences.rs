//! Licences and bans: every package that goes into the build, also through others, is permissive and is not one
//! of those that we decided against.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Finding;
use crate::checkout::Checkout;

/// Licences that ask for no more than to be named.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages that must not come in by any way, and what takes their place.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "rustls"),
    ("openssl-sys", "rustls"),
    ("native-tls", "rustls"),
    ("aws-lc-sys", "rustls with ring"),
];

/// Packages that are let in under another licence, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "as_variant",
    "MPL-2.0",
    "one macro that all of ruma needs; MPL-2.0 ends at its own file, which we use unchanged",
)];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Nothing for packages of our own.
    source: Option<String>,
}

pub(super) fn check(checkout: &Checkout) -> Result<Vec<Finding>> {
    let host = host_triple(checkout)?;
    let output = checkout
        .cargo()
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &host])
        .output()
        .context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata's answer")?;
    Ok(check_packages(&metadata.packages))
}

/// Only what is built here is looked at: the rest is not even downloaded.
fn host_triple(checkout: &Checkout) -> Result<String> {
    let output = checkout.command("rustc").arg("-vV").output().context("cannot run rustc")?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    Ok(host.to_owned())
}

fn check_packages(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages.iter().filter(|package| package.source.is_some()) {
        let Package { name, version, .. } = package;
        let mut add = |message| findings.push(Finding::in_file(Path::new("Cargo.lock"), message));
        if let Some((_, instead)) = BANNED.iter().find(|(banned, _)| banned == name) {
            add(format!("`{name}` is not wanted; use {instead}"));
        }
        let Some(licence) = package.license.as_deref() else {
            add(format!("{name} {version}: names no licence"));
            continue;
        };
        let excepted =
            EXCEPTIONS.iter().any(|(known, its_licence, _)| known == name && *its_licence == licence);
        match is_permissive(licence) {
            Some(true) => {}
            Some(false) if excepted => {}
            Some(false) => add(format!("{name} {version}: licence `{licence}` is not permissive")),
            None => add(format!("{name} {version}: cannot read licence `{licence}`")),
        }
    }
    findings
}

/// Whether an SPDX expression leaves a choice of permissive licences only; nothing when it cannot be read.
fn is_permissive(expression: &str) -> Option<bool> {
    // Older manifests write `MIT/Apache-2.0` for a choice.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    let value = any_of(&mut rest)?;
    rest.is_empty().then_some(value)
}

fn any_of(rest: &mut &[&str]) -> Option<bool> {
    let mut value = all_of(rest)?;
    while let Some((&"OR", after)) = rest.split_first() {
        *rest = after;
        value |= all_of(rest)?;
    }
    Some(value)
}

fn all_of(rest: &mut &[&str]) -> Option<bool> {
    let mut value = one(rest)?;
    while let Some((&"AND", after)) = rest.split_first() {
        *rest = after;
        value &= one(rest)?;
    }
    Some(value)
}

fn one(rest: &mut &[&str]) -> Option<bool> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    if *first == "(" {
        let value = any_of(rest)?;
        let (close, after) = rest.split_first()?;
        *rest = after;
        return (*close == ")").then_some(value);
    }
    if matches!(*first, ")" | "OR" | "AND" | "WITH") {
        return None;
    }
    if let [with, exception, after @ ..] = *rest
        && *with == "WITH"
    {
        *rest = after;
        return Some(PERMISSIVE.contains(&format!("{first} WITH {exception}").as_str()));
    }
    Some(PERMISSIVE.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_needs_one_permissive_side_and_a_sum_both() {
        let readable = [
            ("MIT", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR GPL-2.0-only) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
            ("MPL-2.0", false),
        ];
        for (expression, expected) in readable {
            assert_eq!(is_permissive(expression), Some(expected), "{expression}");
        }
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_not_taken_for_permissive() {
        for expression in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND", "MIT WITH"] {
            assert_eq!(is_permissive(expression), None, "{expression}");
        }
    }

    #[test]
    fn packages_of_others_are_judged_and_ours_are_not() {
        let package = |name: &str, license: Option<&str>, source: Option<&str>| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            source: source.map(str::to_owned),
        };
        let packages = [
            package("ours", None, None),
            package("good", Some("MIT"), Some("registry")),
            package("silent", None, Some("registry")),
            package("openssl-sys", Some("MIT"), Some("registry")),
            package("copyleft", Some("AGPL-3.0-only"), Some("registry")),
            package("as_variant", Some("MPL-2.0"), Some("registry")),
        ];
        assert_eq!(check_packages(&packages).len(), 3);
    }
}
