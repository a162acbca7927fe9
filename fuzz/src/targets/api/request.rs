//! Requests, as inputs write them.
//!
//! `{"as": "alice", "method": "PUT", "path": "/_matrix/client/v3/rooms/{room}/state/m.room.name/", "query": "a=b",
//! "body": {…}}`. A body that is a text goes as it is. Names in braces stand for what only the world knows.

use serde_json::Value;

/// What a name in braces stands for.
pub(super) type Names = Vec<(&'static str, String)>;

/// A request to be sent.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) who: String,
    pub(super) method: String,
    pub(super) path_and_query: String,
    pub(super) body: Vec<u8>,
    pub(super) content_type: String,
    /// What kind of request it is, without what varies.
    pub(super) shape: String,
}

impl Wanted {
    pub(super) fn read(value: &Value, names: &Names) -> Option<Wanted> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let path = text("path")?;
        let method = text("method").unwrap_or("GET");
        let query = text("query").map(|query| format!("?{query}")).unwrap_or_default();
        let body = match value.get("body") {
            None => String::new(),
            Some(Value::String(raw)) => raw.clone(),
            Some(other) => other.to_string(),
        };
        let shape: String = path.chars().take(120).filter(|c| !c.is_ascii_digit()).collect();
        Some(Wanted {
            who: text("as").unwrap_or_default().to_owned(),
            method: method.to_owned(),
            path_and_query: sendable(&fill_in(&format!("{path}{query}"), names, &percent_encoded)),
            body: fill_in(&body, names, &str::to_owned).into_bytes(),
            content_type: text("content_type").unwrap_or("application/json").to_owned(),
            shape: format!("{method} {shape}"),
        })
    }
}

fn fill_in(text: &str, names: &Names, encode: &dyn Fn(&str) -> String) -> String {
    names.iter().fold(text.to_owned(), |text, (name, meaning)| {
        if text.contains(name) { text.replace(name, &encode(meaning)) } else { text }
    })
}

/// What no client can put into a request line is encoded, as clients do; the rest goes as it is.
fn sendable(address: &str) -> String {
    let allowed =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    address
        .chars()
        .map(|c| if allowed(c) { c.to_string() } else { percent_encoded(&c.to_string()) })
        .collect()
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Words of the API.
pub(super) const TOKENS: &[&str] = &[
    "{room}",
    "{other_room}",
    "{event}",
    "{message}",
    "{alice}",
    "{bob}",
    "{device}",
    "{token}",
    "{since}",
    "{filter}",
    "{media}",
    "alice",
    "bob",
    "GET",
    "PUT",
    "POST",
    "DELETE",
    "/_matrix/client/v3/",
    "/_matrix/client/v1/",
    "/_matrix/client/unstable/",
    "/_synapse/admin/v1/",
    "m.login.password",
    "m.login.dummy",
    "m.login.token",
    "m.login.registration_token",
    "m.id.user",
    "session",
    "auth",
    "type",
    "identifier",
    "user",
    "password",
    "device_id",
    "inhibit_login",
    "refresh_token",
    "displayname",
    "avatar_url",
    "mxc://localhost/abc",
    "preset",
    "public_chat",
    "trusted_private_chat",
    "visibility",
    "room_alias_name",
    "initial_state",
    "creation_content",
    "power_level_content_override",
    "room_version",
    "1",
    "11",
    "12",
    "invite",
    "invite_3pid",
    "is_direct",
    "reason",
    "user_id",
    "room_id",
    "third_party_signed",
    "m.room.message",
    "m.room.member",
    "m.room.power_levels",
    "m.room.encrypted",
    "m.room.redaction",
    "m.room.join_rules",
    "m.reaction",
    "m.relates_to",
    "m.new_content",
    "rel_type",
    "m.replace",
    "m.thread",
    "m.annotation",
    "m.in_reply_to",
    "event_id",
    "membership",
    "join",
    "leave",
    "ban",
    "knock",
    "msgtype",
    "m.text",
    "body",
    "format",
    "from",
    "to",
    "dir",
    "b",
    "f",
    "limit",
    "filter",
    "since",
    "timeout",
    "full_state",
    "set_presence",
    "use_state_after",
    "room",
    "timeline",
    "state",
    "ephemeral",
    "account_data",
    "presence",
    "event_format",
    "federation",
    "event_fields",
    "types",
    "not_types",
    "senders",
    "not_rooms",
    "lazy_load_members",
    "include_redundant_members",
    "unread_thread_notifications",
    "contains_url",
    "lists",
    "ranges",
    "required_state",
    "timeline_limit",
    "room_subscriptions",
    "extensions",
    "to_device",
    "e2ee",
    "receipts",
    "typing",
    "conn_id",
    "pos",
    "is_dm",
    "spaces",
    "is_encrypted",
    "is_invite",
    "room_types",
    "not_room_types",
    "tags",
    "$ME",
    "$LAZY",
    "*",
    "enabled",
    "device_keys",
    "one_time_keys",
    "fallback_keys",
    "signed_curve25519:AAAA",
    "algorithms",
    "keys",
    "signatures",
    "master_key",
    "self_signing_key",
    "user_signing_key",
    "usage",
    "unsigned",
    "messages",
    "algorithm",
    "auth_data",
    "version",
    "sessions",
    "session_data",
    "first_message_index",
    "forwarded_count",
    "is_verified",
    "rooms",
    "m.read",
    "m.read.private",
    "m.fully_read",
    "thread_id",
    "main",
    "actions",
    "conditions",
    "pattern",
    "kind",
    "global",
    "override",
    "content",
    "underride",
    "sender",
    "rule_id",
    "before",
    "after",
    "notify",
    "set_tweak",
    "last_active_ago",
    "status_msg",
    "unavailable",
    "online",
    "order",
    "generic_search_term",
    "search_term",
    "search_categories",
    "room_events",
    "null",
    "true",
    "-1",
    "0",
    "9007199254740993",
    "1e400",
    "%2F",
    "%00",
    "%",
    "&",
    "=",
    "?",
    "..",
    "//",
    "\u{0}",
];
