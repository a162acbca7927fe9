//! Answers in words: tables with one line for each thing.

use serde_json::Value;
use time::OffsetDateTime;

fn text(value: &Value, field: &str) -> String {
    match value.get(field) {
        None | Some(Value::Null) => "-".to_owned(),
        // What strangers chose (names of rooms) must not steer the terminal.
        Some(Value::String(text)) => {
            text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
        }
        Some(other) => other.to_string(),
    }
}

fn is(value: &Value, field: &str) -> bool {
    value.get(field).and_then(Value::as_bool).unwrap_or(false)
}

fn moment(value: &Value, field: &str) -> String {
    let ms = value.get(field).and_then(Value::as_i64);
    let when = ms.and_then(|ms| OffsetDateTime::from_unix_timestamp(ms / 1000).ok());
    when.map_or_else(
        || "-".to_owned(),
        |when| format!("{} {:02}:{:02}Z", when.date(), when.hour(), when.minute()),
    )
}

/// Columns as wide as their widest cell; the last one is as long as it likes.
fn table<const N: usize>(heads: [&str; N], rows: Vec<[String; N]>) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heads.get(column).map(|head| head.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut page = String::new();
    for row in std::iter::once(heads.map(str::to_owned)).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
}

fn items<'a>(answer: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    answer.get(list).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn made_user(answer: &Value) -> String {
    let kind = if is(answer, "admin") { "administrator" } else { "account" };
    format!("made the {kind} {}\n{}", text(answer, "user_id"), password_line(answer))
}

pub(super) fn new_password(answer: &Value) -> String {
    format!("{} has a new password\n{}", text(answer, "user_id"), password_line(answer))
}

fn password_line(answer: &Value) -> String {
    answer.get("password").map(|_| format!("password: {}\n", text(answer, "password"))).unwrap_or_default()
}

pub(super) fn deactivated(answer: &Value) -> String {
    format!("{} is deactivated\n", text(answer, "user_id"))
}

pub(super) fn rights(answer: &Value) -> String {
    let verb = if is(answer, "admin") { "is an administrator" } else { "is no administrator" };
    format!("{} {verb} from now on\n", text(answer, "user_id"))
}

pub(super) fn users(answer: &Value) -> String {
    let row = |user: &Value| {
        let marks: Vec<&str> = ["admin", "guest", "deactivated", "locked", "suspended"]
            .into_iter()
            .filter(|mark| is(user, mark))
            .collect();
        [text(user, "user_id"), moment(user, "created_at_ms"), marks.join(" ")]
    };
    table(["USER", "SINCE", ""], items(answer, "users").map(row).collect())
}

pub(super) fn made_token(answer: &Value) -> String {
    format!("{}\n", text(answer, "token"))
}

pub(super) fn tokens(answer: &Value) -> String {
    let row = |token: &Value| {
        let allowed = match token.get("uses_allowed") {
            None | Some(Value::Null) => "any number".to_owned(),
            Some(number) => number.to_string(),
        };
        [text(token, "token"), text(token, "used"), allowed, moment(token, "expires_at_ms")]
    };
    table(["TOKEN", "USED", "ALLOWED", "EXPIRES"], items(answer, "tokens").map(row).collect())
}

pub(super) fn rooms(answer: &Value) -> String {
    let row = |room: &Value| {
        [
            text(room, "room_id"),
            text(room, "version"),
            text(room, "joined"),
            text(room, "canonical_alias"),
            text(room, "name"),
        ]
    };
    table(["ROOM", "VERSION", "JOINED", "ALIAS", "NAME"], items(answer, "rooms").map(row).collect())
}

pub(super) fn room(answer: &Value) -> String {
    let mut page = String::new();
    for (label, field) in [
        ("room", "room_id"),
        ("name", "name"),
        ("topic", "topic"),
        ("alias", "canonical_alias"),
        ("version", "version"),
        ("join rule", "join_rule"),
        ("history", "history_visibility"),
        ("encryption", "encryption"),
        ("public", "public"),
        ("joined", "joined"),
        ("invited", "invited"),
    ] {
        page.push_str(&format!("{label:<11} {}\n", text(answer, field)));
    }
    page.push_str(&format!("{:<11} {}\n", "since", moment(answer, "created_at_ms")));
    for alias in items(answer, "aliases").filter_map(Value::as_str) {
        page.push_str(&format!("{:<11} {alias}\n", "also"));
    }
    if let Some(Value::Object(standings)) = answer.get("members") {
        for (standing, users) in standings {
            for user in users.as_array().into_iter().flatten().filter_map(Value::as_str) {
                page.push_str(&format!("{standing:<11} {user}\n"));
            }
        }
    }
    page
}

/// What came of verifying the audit log.
pub(super) fn verified(answer: &Value) -> String {
    let upto = answer.get("upto").and_then(Value::as_u64).unwrap_or(0);
    let hash = answer.get("hash").and_then(Value::as_str).unwrap_or_default();
    format!(
        "the audit log is what was written, up to entry {upto}\n{upto}:{hash}\n\
         Keep this line elsewhere: `alphorn audit verify --expect` compares with it.\n"
    )
}
