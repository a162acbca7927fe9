//! Names that say nothing: a file or folder called so becomes the place for everything.

use std::path::PathBuf;

use super::Finding;

const NAMELESS: &[&str] = &["common", "helper", "helpers", "misc", "util", "utils"];

pub(super) fn check(files: &[PathBuf]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for component in file.components() {
            let name = component.as_os_str().to_string_lossy();
            let stem = name.split('.').next().unwrap_or_default();
            if NAMELESS.contains(&stem) {
                findings
                    .push(Finding::in_file(file, format!("`{stem}` names no subject; name what is in it")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameless_files_and_folders_are_found_wherever_they_are() {
        let files = ["crates/a/src/util.rs", "web/src/helpers/dates.ts", "tests/common/server.rs"];
        let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        assert_eq!(check(&files).len(), 3);
    }

    #[test]
    fn a_word_inside_a_name_is_no_finding() {
        let files = [PathBuf::from("crates/a/src/common_ancestor.rs"), PathBuf::from("docs/utility.md")];
        assert_eq!(check(&files), []);
    }
}
