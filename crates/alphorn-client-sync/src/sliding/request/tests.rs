//! What requests may look like, and what is refused.

use alphorn_http::{
    model::{ErrorCode, UserId},
    parse_json,
};
use serde_json::{Value, json};

use super::{Body, Wanted};

fn check(body: &Value) -> Result<Wanted, ErrorCode> {
    let body: Body = parse_json(body.to_string().as_bytes()).map_err(|error| error.0.code)?;
    let user = UserId::parse("@me:x").unwrap();
    Wanted::check(body, user, "DEVICE".to_owned()).map_err(|refusal| refusal.code)
}

#[test]
fn the_clients_requests_are_understood() {
    let wanted = check(&json!({
        "conn_id": "room-list",
        "lists": { "all_rooms": {
            "ranges": [[0, 19], [40, 40]], "timeline_limit": 1, "filters": {},
            "required_state": [["m.room.member", "$LAZY"], ["m.room.member", "$ME"]],
        } },
        "room_subscriptions": { "!r:x": { "timeline_limit": 5000 } },
        "extensions": {
            "to_device": { "enabled": true }, "e2ee": { "enabled": false }, "typing": {},
            "receipts": { "enabled": true, "rooms": ["*"] },
            "account_data": { "enabled": true, "lists": ["all_rooms"], "rooms": [] },
            "io.element.msc4308.thread_subscriptions": { "enabled": true, "limit": 10 },
        },
    }))
    .unwrap();
    let [list] = wanted.lists.as_slice() else { panic!("{wanted:?}") };
    assert!(list.shows(0) && list.shows(19) && !list.shows(20) && list.shows(40));
    assert!(list.config.state.lazy() && list.config.state.matches("m.room.member", "@me:x"));
    let [(room, subscription)] = wanted.subscriptions.as_slice() else { panic!("{wanted:?}") };
    assert_eq!((room.as_str(), subscription.timeline_limit), ("!r:x", 100));
    let extensions = &wanted.extensions;
    assert!(extensions.to_device.is_some() && extensions.e2ee.is_none() && extensions.typing.is_none());
    assert!(extensions.receipts.as_ref().unwrap().takes_all());
    let data = extensions.account_data.as_ref().unwrap();
    assert!(!data.takes_all() && data.takes_list("all_rooms") && !data.takes_room("!r:x"));
}

#[test]
fn an_empty_request_is_one() {
    assert!(!check(&json!({})).unwrap().wants_rooms());
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let list = json!({ "timeline_limit": 1, "ranges": [[0, 1]] });
    let many = |count: usize, value: &Value| -> Value {
        (0..count).map(|n| (n.to_string(), value.clone())).collect::<serde_json::Map<_, _>>().into()
    };
    let pairs: Vec<_> = (0..201).map(|n| json!(["t", n.to_string()])).collect();
    for (body, code) in [
        (json!({ "conn_id": "c".repeat(256) }), ErrorCode::InvalidParam),
        (json!({ "lists": many(101, &list) }), ErrorCode::InvalidParam),
        (
            json!({ "room_subscriptions": many(101, &json!({ "timeline_limit": 1 })) }),
            ErrorCode::InvalidParam,
        ),
        (json!({ "lists": { "l".repeat(65): list } }), ErrorCode::InvalidParam),
        (json!({ "lists": { "l": { "timeline_limit": 1, "ranges": [[5, 1]] } } }), ErrorCode::InvalidParam),
        (
            json!({ "lists": { "l": { "timeline_limit": 1, "required_state": pairs } } }),
            ErrorCode::InvalidParam,
        ),
        (json!({ "lists": { "l": { "timeline_limit": -1 } } }), ErrorCode::BadJson),
        (json!({ "lists": { "l": { "ranges": [[0, 1]] } } }), ErrorCode::MissingParam),
        (json!({ "lists": { "l": { "timeline_limit": 1, "ranges": [[0]] } } }), ErrorCode::BadJson),
        (json!({ "lists": [] }), ErrorCode::BadJson),
        (json!({ "extensions": { "to_device": { "enabled": "yes" } } }), ErrorCode::BadJson),
    ] {
        assert_eq!(check(&body).err(), Some(code), "{body}");
    }
    assert!(check(&json!({ "lists": many(100, &list) })).is_ok());
}
