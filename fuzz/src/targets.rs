//! The targets: every parser of strangers' bytes, one function each.

mod api;
mod canary;
mod canonical_json;
mod identifiers;
mod media_header;
mod media_name;
mod record;
mod room;
mod sync_token;

/// Something that takes any bytes.
#[derive(Debug)]
pub struct Target {
    /// Also the name of its folder of starting points.
    pub name: &'static str,
    /// What it covers, in a few words.
    pub about: &'static str,
    /// Must return for any input, with a few words for what it did; a panic is a finding.
    pub run: fn(&[u8]) -> String,
    /// Pieces that the parser knows, to be put into inputs.
    pub tokens: &'static [&'static str],
}

/// Every target.
pub const ALL: &[Target] = &[
    sync_token::TARGET,
    identifiers::TARGET,
    canonical_json::TARGET,
    record::TARGET,
    media_header::TARGET,
    media_name::TARGET,
    room::TARGET,
    api::TARGET,
];

/// The target of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Target> {
    ALL.iter().chain([&canary::TARGET]).find(|target| target.name == name)
}

/// An error as a label: its words without what it quotes from the input, so that there are few of them.
fn label(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    // Names in backticks are the format's own, unless they are unknown to it.
    let quote = if text.starts_with("unknown") { ['"', '`'] } else { ['"', '"'] };
    let before = text.split(quote).next().unwrap_or_default();
    let after = if before.len() < text.len() { text.rsplit(quote).next().unwrap_or_default() } else { "" };
    before.chars().chain(after.chars()).filter(|c| !c.is_ascii_digit()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use crate::corpus;
    use crate::search::Search;

    /// A short walk from fixed numbers: new findings are for `cargo run -p alphorn-fuzz`, this keeps old ones mended.
    #[test]
    fn every_target_stands_its_corpus_and_a_short_walk() {
        for target in super::ALL {
            let inputs = corpus::load(target.name).unwrap();
            assert!(!inputs.is_empty(), "{} has no starting points", target.name);
            let mut search = Search::new(target, inputs, 1);
            for _ in 0..500 {
                let input = search.next_input();
                search.run(input);
            }
            assert!(search.labels() > 1, "{}: whatever comes, it does the same", target.name);
        }
    }

    #[test]
    fn every_folder_of_starting_points_belongs_to_a_target() {
        let corpus = corpus::folder("").read_dir().unwrap();
        for folder in corpus {
            let name = folder.unwrap().file_name().into_string().unwrap();
            assert!(super::find(&name).is_some(), "corpus/{name} is nobody's");
        }
    }

    #[test]
    fn labels_forget_what_an_error_quotes() {
        assert_eq!(super::label(&"unknown field `a`b` at line 3"), "unknown field  at line ");
        assert_eq!(super::label(&"missing field `type` at line 3"), "missing field `type` at line ");
        assert_eq!(
            super::label(&"invalid type: string \"a\\\"b\" at line 1"),
            "invalid type: string  at line "
        );
    }
}
