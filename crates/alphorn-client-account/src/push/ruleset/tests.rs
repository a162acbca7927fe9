//! Tests of placing and checking rules.

use super::*;

fn rules() -> Rules {
    Rules::defaults(&UserId::parse("@alice:example.org").unwrap()).unwrap()
}

fn room_rule(id: &str) -> Rule {
    new_rule(json!({ "actions": ["notify"] })).checked(Kind::Room, id.to_owned()).unwrap()
}

fn new_rule(json: Value) -> NewRule {
    serde_json::from_value(json).unwrap()
}

fn ids(rules: &Rules, kind: Kind) -> Vec<&str> {
    rules.of(kind).iter().map(|rule| rule.rule_id.as_str()).collect()
}

#[test]
fn new_rules_come_first_and_can_be_placed() {
    let mut rules = rules();
    for (id, before, after) in
        [("a", None, None), ("b", None, None), ("c", Some("a"), None), ("d", None, Some("b"))]
    {
        rules.put(Kind::Room, room_rule(id), before, after).unwrap();
    }
    assert_eq!(ids(&rules, Kind::Room), ["b", "d", "c", "a"]);
    rules.put(Kind::Room, room_rule("a"), Some("b"), None).unwrap();
    assert_eq!(ids(&rules, Kind::Room), ["a", "b", "d", "c"]);
    rules.put(Kind::Room, room_rule("d"), None, None).unwrap();
    assert_eq!(ids(&rules, Kind::Room), ["a", "b", "d", "c"], "an old rule stays in its place");
    assert_eq!(rules.put(Kind::Room, room_rule("e"), Some("x"), None).unwrap_err().code, ErrorCode::Unknown);
}

#[test]
fn the_master_rule_stays_in_front_and_cannot_be_removed() {
    let mut rules = rules();
    let rule = new_rule(json!({ "actions": [] })).checked(Kind::Override, "mine".to_owned()).unwrap();
    rules.put(Kind::Override, rule, None, None).unwrap();
    assert_eq!(ids(&rules, Kind::Override)[..2], [".m.rule.master", "mine"]);
    assert!(rules.remove(Kind::Override, ".m.rule.master").is_err());
    rules.remove(Kind::Override, "mine").unwrap();
    assert!(rules.get(Kind::Override, "mine").is_err());
}

#[test]
fn a_changed_rule_stays_disabled() {
    let mut rules = rules();
    rules.put(Kind::Room, room_rule("a"), None, None).unwrap();
    rules.get_mut(Kind::Room, "a").unwrap().enabled = false;
    rules.put(Kind::Room, room_rule("a"), None, None).unwrap();
    assert!(!rules.get(Kind::Room, "a").unwrap().enabled);
}

#[test]
fn wrong_rules_are_refused() {
    let cases = [
        (Kind::Room, ".dot", json!({ "actions": [] }), ErrorCode::InvalidParam),
        (Kind::Room, "a/b", json!({ "actions": [] }), ErrorCode::InvalidParam),
        (Kind::Room, "a", json!({ "actions": ["shout"] }), ErrorCode::InvalidParam),
        (Kind::Room, "a", json!({ "actions": [1] }), ErrorCode::InvalidParam),
        (Kind::Content, "a", json!({ "actions": [] }), ErrorCode::MissingParam),
        (Kind::Override, "a", json!({ "actions": [], "conditions": [7] }), ErrorCode::BadJson),
        (Kind::Content, "a", json!({ "actions": [], "pattern": "x".repeat(20_000) }), ErrorCode::TooLarge),
    ];
    for (kind, id, rule, code) in cases {
        let refusal = new_rule(rule.clone()).checked(kind, id.to_owned()).unwrap_err();
        assert_eq!(refusal.code, code, "{kind:?} {id} {rule}");
    }
}
