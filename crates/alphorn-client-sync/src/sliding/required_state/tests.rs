//! Tables of patterns and what they describe.

use super::{Lookup, RequiredState};

const ME: &str = "@me:x";

fn state(pairs: &[(&str, &str)]) -> RequiredState {
    RequiredState::new(pairs.iter().map(|(kind, key)| ((*kind).to_owned(), (*key).to_owned())), ME)
}

fn lookups(state: &RequiredState) -> Vec<String> {
    let word = |lookup| match lookup {
        Lookup::Everything { members: true } => "everything".to_owned(),
        Lookup::Everything { members: false } => "everything but members".to_owned(),
        Lookup::Kind(kind) => format!("{kind} *"),
        Lookup::Entry(kind, key) => format!("{kind} {key}"),
    };
    state.lookups().into_iter().map(word).collect()
}

#[test]
fn pairs_match_what_they_name() {
    let wanted = state(&[("m.room.name", ""), ("m.room.member", "$ME"), ("m.space.child", "*")]);
    assert!(wanted.matches("m.room.name", ""));
    assert!(!wanted.matches("m.room.name", "other"));
    assert!(wanted.matches("m.room.member", ME));
    assert!(!wanted.matches("m.room.member", "@you:x"));
    assert!(wanted.matches("m.space.child", "!any:x"));
    assert!(!wanted.matches("m.room.topic", ""));
    assert!(!wanted.lazy());
    assert_eq!(lookups(&wanted), ["m.room.member @me:x", "m.room.name ", "m.space.child *"]);
}

#[test]
fn everything_has_all_members_unless_they_are_lazy() {
    let all = state(&[("*", "*")]);
    assert!(all.matches("m.room.member", "@you:x"));
    assert_eq!(lookups(&all), ["everything"]);
    let lazy = state(&[("*", "*"), ("m.room.member", "$LAZY"), ("m.room.member", "$ME")]);
    assert!(lazy.lazy());
    assert!(lazy.matches("m.room.topic", ""));
    assert!(lazy.matches("m.room.member", ME));
    assert!(!lazy.matches("m.room.member", "@you:x"));
    assert_eq!(lookups(&lazy), ["m.room.member @me:x", "everything but members"]);
}

#[test]
fn a_key_of_any_type() {
    let mine = state(&[("*", "$ME"), ("m.room.member", "@you:x")]);
    assert!(mine.matches("org.example.thing", ME));
    assert!(mine.matches("m.room.member", ME));
    assert!(!mine.matches("m.room.member", "@third:x"));
    assert_eq!(lookups(&mine), ["m.room.member @me:x", "m.room.member @you:x", "everything but members"]);
}

#[test]
fn merging_describes_what_either_did() {
    let mut merged = state(&[("m.room.name", ""), ("m.room.member", "$LAZY")]);
    merged.merge(&state(&[("m.room.topic", "")]));
    assert!(merged.lazy() && merged.matches("m.room.name", "") && merged.matches("m.room.topic", ""));
    merged.merge(&state(&[("m.room.member", "*")]));
    assert!(!merged.lazy() && merged.matches("m.room.member", "@you:x"));
    // Not by merging with everything-but-members either.
    let mut merged = state(&[("*", "*"), ("m.room.member", "$LAZY")]);
    merged.merge(&state(&[("*", "*")]));
    assert!(!merged.lazy() && merged.matches("m.room.member", "@you:x"));
}

#[test]
fn beyond_is_what_was_not_described_before() {
    let before = state(&[("m.room.name", ""), ("m.space.child", "*"), ("m.room.member", "$LAZY")]);
    assert_eq!(before.beyond(&before), None);
    assert_eq!(state(&[("m.space.child", "!a:x"), ("m.room.name", "")]).beyond(&before), None);
    let more = state(&[("m.room.name", ""), ("m.room.pinned_events", "")]).beyond(&before);
    assert_eq!(more, Some(state(&[("m.room.pinned_events", "")])));
    let all = state(&[("*", "*"), ("m.room.member", "$LAZY")]);
    assert_eq!(before.beyond(&all), None);
    assert_eq!(
        state(&[("m.room.member", "@you:x")]).beyond(&all),
        Some(state(&[("m.room.member", "@you:x")]))
    );
}

#[test]
fn lazy_means_something_for_members_only() {
    let wanted = state(&[("m.room.name", "$LAZY")]);
    assert!(!wanted.lazy() && lookups(&wanted).is_empty());
}
