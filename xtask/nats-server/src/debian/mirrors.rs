//! Which Debian mirror this machine uses, out of apt's sources in both of their formats.

use std::fs;
use std::path::{Path, PathBuf};

/// No more are tried.
const MIRRORS_MAX: usize = 4;

/// One repository that apt is told of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Source {
    uris: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
}

/// Addresses of repositories that look like Debian's own archive for `release`, likelier ones first. Others that
/// happen to use its names are found out by their signatures.
pub(super) fn of_this_machine(release: &str) -> Vec<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    let listing = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let mut parts: Vec<PathBuf> = listing.map(|entry| entry.path()).collect();
    parts.sort();
    files.extend(parts);
    let sources = files.iter().flat_map(|file| read(file));
    mirrors(sources, release)
}

fn read(file: &Path) -> Vec<Source> {
    let Ok(text) = fs::read_to_string(file) else { return Vec::new() };
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("list") => text.lines().filter_map(one_line).collect(),
        Some("sources") => paragraphs(&text),
        _ => Vec::new(),
    }
}

fn mirrors(sources: impl Iterator<Item = Source>, release: &str) -> Vec<String> {
    let names = [release, "stable", "testing", "unstable", "sid"];
    let mut found = Vec::new();
    for source in sources {
        let debians = source.suites.iter().any(|suite| names.contains(&suite.as_str()))
            && source.components.iter().any(|component| component == "main");
        if !debians {
            continue;
        }
        for uri in source.uris {
            // A disc in a drive has no unstable.
            if !uri.starts_with("cdrom:") && !found.contains(&uri) {
                found.push(uri);
            }
        }
    }
    found.truncate(MIRRORS_MAX);
    found
}

/// `deb [options] uri suite component…`
fn one_line(line: &str) -> Option<Source> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let rest = line.strip_prefix("deb")?;
    if !rest.starts_with([' ', '\t', '[']) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some(Source { uris: vec![words.next()?], suites: vec![words.next()?], components: words.collect() })
}

/// Paragraphs of `Field: values`, where a line that begins with a blank goes on with the field above.
fn paragraphs(text: &str) -> Vec<Source> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.split(|line| line.trim().is_empty()).filter_map(paragraph).collect()
}

fn paragraph(lines: &[&str]) -> Option<Source> {
    let mut source = Source::default();
    let (mut types, mut enabled) = (Vec::new(), Vec::new());
    let mut field = String::new();
    for line in lines {
        let values = if line.starts_with([' ', '\t']) {
            line
        } else {
            let (name, values) = line.split_once(':')?;
            field = name.to_ascii_lowercase();
            values
        };
        let list = match field.as_str() {
            "types" => &mut types,
            "uris" => &mut source.uris,
            "suites" => &mut source.suites,
            "components" => &mut source.components,
            "enabled" => &mut enabled,
            _ => continue,
        };
        list.extend(values.split_whitespace().map(str::to_owned));
    }
    let off = enabled.first().is_some_and(|value| ["no", "false", "0", "off"].contains(&value.as_str()));
    (!off && types.iter().any(|kind| kind == "deb")).then_some(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_list(text: &str) -> Vec<String> {
        mirrors(text.lines().filter_map(one_line), "bookworm")
    }

    fn from_paragraphs(text: &str) -> Vec<String> {
        mirrors(paragraphs(text).into_iter(), "bookworm")
    }

    #[test]
    fn one_line_sources_are_read() {
        let text = "\
# deb http://off.example/debian bookworm main
deb cdrom:[Debian GNU/Linux 12]/ bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://a.example/debian bookworm main contrib # ours
deb http://s.example/debian-security bookworm-security main
deb http://tool.example/apt bookworm stable
deb\thttp://b.example/debian sid main
deb http://a.example/debian unstable main";
        assert_eq!(from_list(text), ["http://a.example/debian", "http://b.example/debian"]);
    }

    #[test]
    fn paragraphs_are_read_with_comments_and_lines_that_go_on() {
        let text = "\
Types: deb deb-src
# a snapshot
URIs: http://a.example/debian
 http://b.example/debian
suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 URIs: none

Types: deb
URIs: http://a.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb
URIs: https://tool.example/node
Suites: nodistro
Components: main
";
        assert_eq!(from_paragraphs(text), ["http://a.example/debian", "http://b.example/debian"]);
    }

    #[test]
    fn nonsense_is_no_source() {
        assert_eq!(from_list("deb\ndebug http://a bookworm main\ndeb [x http://a bookworm main"), [""; 0]);
        assert_eq!(from_paragraphs("Types deb\nURIs: http://a\n"), [""; 0]);
    }
}
