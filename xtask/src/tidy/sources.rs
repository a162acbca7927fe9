//! Rules for the text of files: what every source begins with, how long it may be, what must not be in it.

use std::path::Path;

use super::Finding;

/// One subject per file; 500 is what to aim at, this is where review ends.
const LINES_MAX: usize = 800;

/// Macros that mark unfinished work. Clippy knows them, but only in code that is compiled.
const UNFINISHED_MACROS: &[&str] = &["todo", "unimplemented", "dbg"];

/// Words that mark unfinished work in comments.
const UNFINISHED_WORDS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// Ways to keep a test from running. (Joined, so that this file does not find itself.)
const SKIPPED_TESTS: &[&str] = &[
    concat!("#[", "ignore"),
    concat!("it.", "skip("),
    concat!("it.", "only("),
    concat!("test.", "skip("),
    concat!("test.", "only("),
    concat!("describe.", "skip("),
    concat!("describe.", "only("),
    concat!("@pytest.mark.", "skip"),
];

/// Top folders that only one machine has. Whatever follows, a path below them has no place in the project.
const MACHINE_FOLDERS: &[&str] = &["work", "farm", "root", "home", "Users"];

/// First labels of the hosts of package registries; registries are the user's choice, not the project's.
const REGISTRY_LABELS: &[&str] = &["static", "index", "registry", "files", "deb", "security", "proxy"];

pub(super) fn check(file: &Path, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if extension == "rs" && !text.starts_with("//! ") {
        findings.push(Finding::at(file, 1, "begins without a `//!` line that says what it is for"));
    }
    if is_source(extension) {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            findings.push(Finding::in_file(
                file,
                format!("{lines} lines; more than {LINES_MAX} is two subjects"),
            ));
        }
        check_lines(file, text, unfinished_or_skipped, &mut findings);
    }
    if !is_lock(file) && file.file_name().is_none_or(|name| name != "LICENSE") {
        check_lines(file, text, bound_to_a_machine, &mut findings);
    }
    findings
}

fn check_lines(file: &Path, text: &str, rule: impl Fn(&str) -> Option<String>, findings: &mut Vec<Finding>) {
    for (index, line) in text.lines().enumerate() {
        if let Some(message) = rule(line) {
            findings.push(Finding::at(file, index + 1, message));
        }
    }
}

fn is_source(extension: &str) -> bool {
    matches!(extension, "rs" | "ts" | "tsx" | "js" | "mjs" | "py" | "sh")
}

/// Lock files name registries by nature.
fn is_lock(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "lock")
        || file.file_name().is_some_and(|name| name == "package-lock.json")
}

fn unfinished_or_skipped(line: &str) -> Option<String> {
    for name in UNFINISHED_MACROS {
        if has_word(line, name, |rest| rest.starts_with("!(")) {
            return Some(format!("`{name}!` is left"));
        }
    }
    for word in UNFINISHED_WORDS {
        if has_word(line, word, |_| true) {
            return Some(format!("`{word}`: do it, or open an issue"));
        }
    }
    let skipped = SKIPPED_TESTS.iter().find(|mark| line.contains(*mark))?;
    Some(format!("`{skipped}` keeps a test from running"))
}

/// Whether `word` stands in `line` as a word of its own, followed by something that `suits`.
fn has_word(line: &str, word: &str, suits: impl Fn(&str) -> bool) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let (before, rest) = line.split_at(start);
        let after = rest.get(word.len()..).unwrap_or_default();
        !before.ends_with(part_of_word) && !after.starts_with(part_of_word) && suits(after)
    })
}

fn bound_to_a_machine(line: &str) -> Option<String> {
    if let Some(folder) = MACHINE_FOLDERS.iter().find(|folder| has_machine_path(line, folder)) {
        return Some(format!("a path below `/{folder}` is one machine's"));
    }
    for scheme in ["http://", "https://"] {
        for (start, _) in line.match_indices(scheme) {
            let host = line.get(start + scheme.len()..).unwrap_or_default();
            if REGISTRY_LABELS.iter().any(|label| begins_with_label(host, label)) {
                return Some("names a package registry's host".to_owned());
            }
        }
    }
    None
}

/// `/FOLDER/x` where nothing before the slash makes it part of a longer path or address.
fn has_machine_path(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}/");
    line.match_indices(&path).any(|(start, _)| {
        let (before, rest) = line.split_at(start);
        let longer = before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        let named = rest.get(path.len()..).unwrap_or_default();
        !longer && named.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.')
    })
}

fn begins_with_label(host: &str, label: &str) -> bool {
    host.strip_prefix(label)
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(|domain| domain.starts_with(|c: char| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(file: &str, text: &str) -> Vec<String> {
        check(Path::new(file), text).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_source_that_explains_itself_and_is_finished_passes() {
        assert_eq!(
            messages("a.rs", "//! What it is.\nfn todo_list() { autodbg!(1) }\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_missing_first_line_is_found() {
        assert_eq!(messages("a.rs", "fn main() {}\n").len(), 1);
        assert_eq!(messages("a.sh", "set -e\n").len(), 0);
    }

    #[test]
    fn a_long_file_is_found() {
        let text = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
        assert_eq!(messages("a.rs", &text).len(), 1);
        assert_eq!(messages("a.md", &text).len(), 0);
    }

    #[test]
    fn unfinished_work_is_found() {
        for rest in ["to", "unimplemen"] {
            let name = if rest == "to" { "todo" } else { "unimplemented" };
            assert_eq!(messages("a.py", &format!("    {name}!()")).len(), 1, "{name}");
        }
        assert_eq!(messages("a.py", &format!("# {}: later", UNFINISHED_WORDS[0])).len(), 1);
    }

    #[test]
    fn skipped_tests_are_found() {
        for mark in SKIPPED_TESTS {
            assert_eq!(messages("a.ts", &format!("  {mark}")).len(), 1, "{mark}");
        }
    }

    #[test]
    fn paths_of_one_machine_are_found_and_addresses_are_not() {
        for folder in MACHINE_FOLDERS {
            assert_eq!(messages("a.md", &format!("see /{folder}/x")).len(), 1, "{folder}");
            assert_eq!(messages("a.md", &format!("https://example.org/{folder}/x")).len(), 0, "{folder}");
            assert_eq!(messages("a.md", &format!("a folder named /{folder}/")).len(), 0, "{folder}");
        }
    }

    #[test]
    fn registry_hosts_are_found_outside_lock_files() {
        let line = format!("url = \"{}{}.example.org\"", "https://", "index");
        assert_eq!(messages("config.toml", &line).len(), 1);
        assert_eq!(messages("Cargo.lock", &line).len(), 0);
        assert_eq!(messages("config.toml", "https://indexes.example.org").len(), 0);
    }
}
