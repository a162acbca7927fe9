//! Bounds of what waits for devices.

use rusqlite::Connection;

use super::*;
use crate::schema;

fn write(connection: &Connection, seq: Seq) -> Write<'_> {
    Write { connection, seq, node: 1, pos: Position::new(seq, 0), time: 0, subject: "@alice:here.test" }
}

fn message(device: &str, n: u64) -> ToDeviceMessage {
    ToDeviceMessage {
        user: alphorn_model::UserId::parse("@bob:here.test").unwrap(),
        device: device.to_owned(),
        kind: "my.type".to_owned(),
        content: serde_json::value::to_raw_value(&n).unwrap(),
    }
}

fn with_devices(devices: &[&str]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    schema::create_derived(&connection).unwrap();
    for device in devices {
        connection
            .execute(
                "INSERT INTO devices (user, device, created_at) VALUES ('@bob:here.test', ?1, 0)",
                [device],
            )
            .unwrap();
    }
    connection
}

fn waiting(connection: &Connection, device: &str) -> Vec<String> {
    let reader = Reader::new(connection, None);
    let found = reader.to_device("@bob:here.test", device, 0, 1_000, 1_000).unwrap();
    found.iter().map(|message| message.content.get().to_owned()).collect()
}

#[test]
fn the_oldest_give_way_and_other_devices_keep_theirs() {
    let connection = with_devices(&["A", "B"]);
    for n in 1..=10 {
        send(&write(&connection, n), None, &[message("A", n), message("B", n)]).unwrap();
    }
    trim(&write(&connection, 11), "to_device", ("@bob:here.test", "A"), 3).unwrap();
    // The bound is soft by one: what stands at it stays.
    assert_eq!(waiting(&connection, "A"), ["7", "8", "9", "10"]);
    assert_eq!(waiting(&connection, "B").len(), 10);
}

#[test]
fn what_is_acknowledged_or_has_no_device_does_not_wait() {
    let connection = with_devices(&["A"]);
    for n in 1..=4 {
        send(&write(&connection, n), None, &[message("A", n), message("GONE", n)]).unwrap();
    }
    let reader = Reader::new(&connection, None);
    assert!(reader.to_device("@bob:here.test", "GONE", 0, 1_000, 1_000).unwrap().is_empty());
    let owner = Write { subject: "@bob:here.test", ..write(&connection, 5) };
    receive(&owner, "A", 2).unwrap();
    assert_eq!(waiting(&connection, "A"), ["3", "4"]);
}

#[test]
fn transactions_are_remembered_by_device_and_not_for_ever() {
    let connection = with_devices(&[]);
    for n in 1..=10 {
        send(&write(&connection, n), Some(&("PHONE".to_owned(), format!("t{n}"))), &[]).unwrap();
    }
    let known = |device: &str, id: &str| {
        Reader::new(&connection, None).to_device_transaction("@alice:here.test", device, id).unwrap()
    };
    assert!(known("PHONE", "t1") && !known("LAPTOP", "t1"));
    trim(&write(&connection, 11), "to_device_transactions", ("@alice:here.test", "PHONE"), 3).unwrap();
    assert!(!known("PHONE", "t6") && known("PHONE", "t7") && known("PHONE", "t10"));
}
