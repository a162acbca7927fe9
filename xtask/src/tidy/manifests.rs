//! What every package's manifest says: the workspace's lints, the licence, and which packages it lists.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Finding;

/// Where a manifest lists a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of the program.
    Normal,
    /// Only there when tests or benchmarks are built.
    Dev,
    /// Only there when the build script runs.
    Build,
}

/// The parts of a package's manifest that rules look at.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) file: PathBuf,
    /// Nothing for a virtual workspace.
    pub(super) name: Option<String>,
    pub(super) dependencies: Vec<(Kind, String)>,
    /// A workspace of its own, outside ours, cannot inherit from it.
    own_workspace: bool,
    inherits_lints: bool,
    inherits_licence: bool,
    publishes: bool,
}

impl Manifest {
    pub(super) fn parse(file: &Path, text: &str) -> Result<Manifest, String> {
        let table: Table = text.parse().map_err(|error| format!("is no TOML: {error}"))?;
        let package = table.get("package").and_then(Value::as_table);
        let name = package.and_then(|package| package.get("name")).and_then(Value::as_str).map(str::to_owned);
        let inherits = |value: Option<&Value>| {
            value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
        };
        let package_inherits = |key| inherits(package.and_then(|package| package.get(key)));
        let published = package.and_then(|package| package.get("publish"));
        let manifest = Manifest {
            file: file.to_owned(),
            name,
            dependencies: dependencies(&table),
            own_workspace: table.contains_key("workspace"),
            inherits_lints: inherits(table.get("lints")),
            inherits_licence: package_inherits("license"),
            publishes: !inherits(published) && published.and_then(Value::as_bool) != Some(false),
        };
        Ok(manifest)
    }

    /// Whether it is a package of our workspace.
    pub(super) fn is_member(&self) -> bool {
        self.name.is_some() && !self.own_workspace
    }
}

/// Everything listed, also below `[target.…]`, by the package's real name where it is renamed.
fn dependencies(table: &Table) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    let targets = table.get("target").and_then(Value::as_table);
    let of_targets = targets.into_iter().flat_map(|targets| targets.values()).filter_map(Value::as_table);
    for part in std::iter::once(table).chain(of_targets) {
        let kinds = [
            ("dependencies", Kind::Normal),
            ("dev-dependencies", Kind::Dev),
            ("build-dependencies", Kind::Build),
        ];
        for (key, kind) in kinds {
            let Some(listed) = part.get(key).and_then(Value::as_table) else { continue };
            for (name, value) in listed {
                let name = value.get("package").and_then(Value::as_str).unwrap_or(name);
                found.push((kind, name.to_owned()));
            }
        }
    }
    found
}

pub(super) fn check(manifests: &[Manifest]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests.iter().filter(|manifest| manifest.name.is_some()) {
        let mut add = |message: &str| findings.push(Finding::in_file(&manifest.file, message));
        if manifest.publishes {
            add("lacks `publish.workspace = true`");
        }
        if manifest.own_workspace {
            continue;
        }
        if !manifest.inherits_lints {
            add("lacks `[lints] workspace = true`");
        }
        if !manifest.inherits_licence {
            add("lacks `license.workspace = true`");
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Manifest {
        Manifest::parse(Path::new("Cargo.toml"), text).unwrap()
    }

    #[test]
    fn a_manifest_that_inherits_everything_passes() {
        let text = "[package]\nname = 'a'\nlicense.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true";
        assert_eq!(check(&[parse(text)]), []);
    }

    #[test]
    fn each_missing_line_is_a_finding() {
        assert_eq!(check(&[parse("[package]\nname = 'a'")]).len(), 3);
        let wrong = "[package]\nname = 'a'\nlicense = 'MIT'\npublish = false\n[lints]\nworkspace = false";
        assert_eq!(check(&[parse(wrong)]).len(), 2);
    }

    #[test]
    fn the_workspace_itself_is_no_package() {
        assert_eq!(check(&[parse("[workspace]\nmembers = []")]), []);
    }

    #[test]
    fn dependencies_are_found_in_every_table_by_their_real_name() {
        let text = "
            [package]
            name = 'a'
            [dependencies]
            one = '1'
            renamed = { package = 'two', version = '1' }
            [dev-dependencies]
            three = '1'
            [target.'cfg(unix)'.dependencies]
            four = '1'
            [build-dependencies]
            five = '1'";
        let mut names: Vec<_> = parse(text).dependencies.into_iter().collect();
        names.sort_by(|(_, a), (_, b)| a.cmp(b));
        let expected = [
            (Kind::Build, "five"),
            (Kind::Normal, "four"),
            (Kind::Normal, "one"),
            (Kind::Dev, "three"),
            (Kind::Normal, "two"),
        ];
        assert_eq!(names, expected.map(|(kind, name)| (kind, name.to_owned())));
    }
}
