//! Documents: a path that is named in one must exist, or the document tells of a project that is gone.

use std::path::{Component, Path, PathBuf};

use super::Finding;

/// Endings by which a name without a folder is taken for a file of ours.
const OUR_ENDINGS: &[&str] = &["md", "rs", "sh", "toml"];

/// Checks paths in `` `backticks` `` and targets of links in the document `file`.
pub(super) fn check(file: &Path, text: &str, files: &[PathBuf]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_code_block = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code_block = !in_code_block;
            continue;
        }
        if in_code_block {
            continue;
        }
        for named in in_backticks(line).filter(|named| looks_like_our_path(named, files)) {
            if !exists(Path::new(named), files) && !exists(&beside(file, named), files) {
                findings.push(Finding::at(file, index + 1, format!("`{named}` does not exist")));
            }
        }
        for target in link_targets(line) {
            let path = target.split('#').next().unwrap_or_default();
            let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
            if !elsewhere && !exists(&beside(file, path), files) {
                findings.push(Finding::at(file, index + 1, format!("the link to {path} leads nowhere")));
            }
        }
    }
    findings
}

/// The page that leads to all others.
pub(super) const INDEX: &str = "docs/index.md";

/// Checks that `index` leads to every page below the folder of documents.
pub(super) fn check_index(index: &str, files: &[PathBuf]) -> Vec<Finding> {
    let targets: Vec<PathBuf> =
        index.lines().flat_map(link_targets).map(|target| beside(Path::new(INDEX), target)).collect();
    let pages = files.iter().filter(|file| {
        file.starts_with("docs")
            && file.extension().is_some_and(|ending| ending == "md")
            && *file != Path::new(INDEX)
    });
    pages
        .filter(|page| !targets.contains(page))
        .map(|page| Finding::in_file(page, format!("{INDEX} does not lead here")))
        .collect()
}

/// What stands between backticks on one line.
fn in_backticks(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Targets of `[text](target)`.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// Whether `named` means a place in the checkout: it begins with one of its folders, or ends like one of its files.
/// Addresses of endpoints, commands and patterns do not.
fn looks_like_our_path(named: &str, files: &[PathBuf]) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if named.is_empty() || !named.chars().all(plain) || named.starts_with('/') {
        return false;
    }
    let path = Path::new(named);
    let mut components = path.components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(first)), Some(_)) => files.iter().any(|file| file.starts_with(first)),
        _ => path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| OUR_ENDINGS.contains(&ending)),
    }
}

/// A file, a folder with files in it, or, without a folder, the name of any file.
fn exists(path: &Path, files: &[PathBuf]) -> bool {
    let path = path.strip_prefix(".").unwrap_or(path);
    files.iter().any(|file| file.starts_with(path))
        || (path.components().count() == 1 && files.iter().any(|file| file.file_name() == path.file_name()))
}

/// `named` as seen from the folder of the document.
fn beside(document: &Path, named: &str) -> PathBuf {
    let mut path = document.parent().unwrap_or(Path::new("")).to_owned();
    for component in Path::new(named).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(document: &str, text: &str) -> usize {
        let files = ["README.md", "docs/index.md", "docs/decisions/0001-a.md", "crates/alphorn/src/main.rs"];
        check(Path::new(document), text, &files.map(PathBuf::from)).len()
    }

    #[test]
    fn named_files_and_folders_must_exist() {
        assert_eq!(
            findings("README.md", "See `crates/alphorn/src/main.rs`, `crates/alphorn/`, `./data`."),
            0
        );
        assert_eq!(findings("README.md", "See `crates/alphorn/src/gone.rs` and `docs/gone/`."), 2);
        assert_eq!(findings("README.md", "See `main.rs`, not `gone.rs`."), 1);
    }

    #[test]
    fn paths_may_be_named_from_the_documents_own_folder() {
        assert_eq!(findings("docs/index.md", "See `decisions/0001-a.md`."), 0);
        assert_eq!(
            findings("docs/index.md", "See [one](decisions/0001-a.md#why) and [back](../README.md)."),
            0
        );
        assert_eq!(findings("docs/index.md", "See [two](decisions/0002-b.md)."), 1);
    }

    #[test]
    fn the_index_leads_to_every_page() {
        let files =
            ["docs/index.md", "docs/a.md", "docs/decisions/0001-b.md", "README.md"].map(PathBuf::from);
        assert_eq!(check_index("[a](a.md), [b](decisions/0001-b.md)", &files), []);
        assert_eq!(check_index("[a](a.md)", &files).len(), 1);
    }

    #[test]
    fn what_is_no_path_of_ours_is_left_alone() {
        let text = "`GET /_matrix/client/versions`, `/health`, `rooms/{id}`, `cargo test`, `m.room.message`, \
                    `docs/<name>.md`, [spec](https://spec.matrix.org/v1.19/), [below](#below)";
        assert_eq!(findings("README.md", text), 0);
    }

    #[test]
    fn code_blocks_are_not_read() {
        assert_eq!(findings("README.md", "```\n`docs/gone.md`\n```\n`docs/gone.md`"), 1);
    }
}
