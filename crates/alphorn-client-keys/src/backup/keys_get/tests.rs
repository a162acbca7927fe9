//! The text of an answer, whatever its pages are.

use serde_json::{Value, json};

use super::*;

fn key(room: &str, session: &str) -> BackupSession {
    let data = serde_json::value::to_raw_value(&json!({"of": session})).unwrap();
    BackupSession { room: room.to_owned(), session: session.to_owned(), data }
}

fn written(by_room: bool, pages: &[&[BackupSession]]) -> Value {
    let mut text = Text::new(by_room);
    let mut all = text.begin();
    for page in pages {
        all.push_str(&text.page(page).unwrap());
    }
    all.push_str(text.end());
    serde_json::from_str(&all).unwrap()
}

#[test]
fn rooms_may_begin_and_end_anywhere_in_a_page() {
    let keys = [key("!a", "1"), key("!a", "2"), key("!b\"", "1"), key("!c", "\n"), key("!c", "4")];
    let expected = json!({"rooms": {
        "!a": {"sessions": {"1": {"of": "1"}, "2": {"of": "2"}}},
        "!b\"": {"sessions": {"1": {"of": "1"}}},
        "!c": {"sessions": {"\n": {"of": "\n"}, "4": {"of": "4"}}},
    }});
    for size in 1..=5 {
        let pages: Vec<_> = keys.chunks(size).collect();
        assert_eq!(written(true, &pages), expected, "{size}");
    }
}

#[test]
fn one_room_and_nothing_at_all() {
    assert_eq!(
        written(false, &[&[key("!a", "1")], &[key("!a", "2")]]),
        json!({"sessions": {"1": {"of": "1"}, "2": {"of": "2"}}})
    );
    assert_eq!(written(true, &[&[]]), json!({"rooms": {}}));
    assert_eq!(written(false, &[&[]]), json!({"sessions": {}}));
}
