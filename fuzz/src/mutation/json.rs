//! Mutations of JSON trees: what comes out is still JSON, but no longer what was expected.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Characters that text is rarely tried with.
const NASTY: &[char] = &['\0', '\u{202e}', '\u{fffd}', '\u{10ffff}', ':', '*', '.', '/'];

/// Changes one place of `tree` and writes it.
pub(super) fn mutate(mut tree: Value, others: &[Vec<u8>], tokens: &[&str], random: &mut Random) -> Vec<u8> {
    let places = count(&tree);
    let chosen = random.below(places);
    if let Some(place) = nth(&mut tree, &mut { chosen }) {
        change(place, others, tokens, random);
    }
    // Writing a tree of values cannot fail; an empty input is one like any other.
    serde_json::to_vec(&tree).unwrap_or_default()
}

fn count(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// The value that stands `left` places after this one, depth first.
fn nth<'a>(tree: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(tree);
    }
    *left -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, left)),
        _ => None,
    }
}

fn change(place: &mut Value, others: &[Vec<u8>], tokens: &[&str], random: &mut Random) {
    match place {
        Value::Array(items) if !random.one_in(4) => change_items(items, random),
        Value::Object(fields) if !random.one_in(4) => change_fields(fields, tokens, random),
        Value::String(text) if random.one_in(2) => change_text(text, tokens, random),
        _ => *place = another_value(others, tokens, random),
    }
}

fn change_items(items: &mut Vec<Value>, random: &mut Random) {
    let at = random.below(items.len());
    let Some(item) = items.get(at).cloned() else {
        items.push(json!({}));
        return;
    };
    match random.below(3) {
        0 => drop(items.remove(at)),
        1 => items.insert(at, item),
        _ => {
            let times = 1 << random.below(8);
            items.extend(std::iter::repeat_n(item, times));
        }
    }
}

fn change_fields(fields: &mut Map<String, Value>, tokens: &[&str], random: &mut Random) {
    let token = random.pick(tokens).copied().unwrap_or("a").to_owned();
    let keys: Vec<String> = fields.keys().cloned().collect();
    let Some(key) = random.pick(&keys) else {
        fields.insert(token, Value::Null);
        return;
    };
    match random.below(4) {
        0 => drop(fields.remove(key)),
        1 => {
            let value = fields.remove(key).unwrap_or_default();
            fields.insert(token, value);
        }
        2 => {
            let value = fields.get(key).cloned().unwrap_or_default();
            fields.insert(token, value);
        }
        _ => {
            let whole = Value::Object(std::mem::take(fields));
            fields.insert(key.clone(), whole);
        }
    }
}

fn change_text(text: &mut String, tokens: &[&str], random: &mut Random) {
    let at = random.below(text.len() + 1);
    let at = (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    match random.below(4) {
        0 => text.truncate(at),
        1 => text.insert_str(at, random.pick(tokens).copied().unwrap_or_default()),
        2 => text.insert(at, random.pick(NASTY).copied().unwrap_or_default()),
        _ => *text = text.repeat(1 << random.below(9)).chars().take(4096).collect(),
    }
}

/// A value of any type, at the ends of its range, or a part of another input.
fn another_value(others: &[Vec<u8>], tokens: &[&str], random: &mut Random) -> Value {
    match random.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(9_007_199_254_740_992_u64),
        5 => json!(i64::MIN),
        6 => json!(u64::MAX),
        7 => json!(0.5),
        8 => json!(""),
        9 => json!([]),
        10 => json!({}),
        11 => json!(random.pick(tokens).copied().unwrap_or_default()),
        12 => (0..1 << random.below(7)).fold(json!(1), |inner, _| json!([inner])),
        _ => part_of_another(others, random).unwrap_or(Value::Null),
    }
}

fn part_of_another(others: &[Vec<u8>], random: &mut Random) -> Option<Value> {
    let mut tree: Value = serde_json::from_slice(random.pick(others)?).ok()?;
    let mut chosen = random.below(count(&tree));
    nth(&mut tree, &mut chosen).map(std::mem::take)
}
