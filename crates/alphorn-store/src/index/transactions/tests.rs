//! How long transactions are remembered.

use alphorn_model::{Position, UserId};
use rusqlite::Connection;

use super::*;
use crate::schema;

const HOUR_MS: u64 = 60 * 60_000;

fn transaction(id: &str) -> Transaction {
    let user = UserId::parse("@alice:here.test").unwrap();
    Transaction { user, device: "PHONE".to_owned(), id: id.to_owned() }
}

fn send_as(connection: &Connection, time: TimestampMs, id: &str, what: &str, event: &str) {
    let write =
        Write { connection, seq: 1, node: 1, pos: Position::new(1, 0), time, subject: "!room:here.test" };
    remember(&write, 7, &transaction(id), &EventId::parse(event).unwrap(), what).unwrap();
}

fn send(connection: &Connection, time: TimestampMs, id: &str) {
    send_as(connection, time, id, "m.room.message", &format!("${id}"));
}

fn known(connection: &Connection, id: &str) -> Option<String> {
    Reader::new(connection, None).transaction(&transaction(id), 7, "m.room.message").unwrap()
}

fn count(connection: &Connection) -> usize {
    connection.query_row("SELECT count(*) FROM transactions", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_transaction_is_known_for_two_days() {
    let connection = Connection::open_in_memory().unwrap();
    schema::create_derived(&connection).unwrap();
    send(&connection, 100 * HOUR_MS, "a");
    send(&connection, 148 * HOUR_MS, "b");
    assert_eq!(known(&connection, "a").as_deref(), Some("$a"));
    send(&connection, 148 * HOUR_MS + 1, "c");
    assert_eq!(known(&connection, "a"), None);
    assert_eq!(known(&connection, "b").as_deref(), Some("$b"));
}

#[test]
fn one_id_may_stand_for_requests_to_different_paths() {
    let connection = Connection::open_in_memory().unwrap();
    schema::create_derived(&connection).unwrap();
    send_as(&connection, HOUR_MS, "1", "m.room.message", "$said");
    assert_eq!(Reader::new(&connection, None).transaction(&transaction("1"), 7, "$said").unwrap(), None);
    send_as(&connection, HOUR_MS, "1", "$said", "$redaction");
    assert_eq!(known(&connection, "1").as_deref(), Some("$said"));
}

#[test]
fn old_transactions_give_way_little_by_little() {
    let connection = Connection::open_in_memory().unwrap();
    schema::create_derived(&connection).unwrap();
    for number in 0..100 {
        send(&connection, HOUR_MS, &format!("old{number}"));
    }
    send(&connection, 100 * HOUR_MS, "new0");
    assert_eq!(count(&connection), 100 + 1 - FORGOTTEN_AT_ONCE);
    for number in 1..40 {
        send(&connection, 100 * HOUR_MS, &format!("new{number}"));
    }
    assert_eq!(count(&connection), 40);
    // A clock that was set back does no harm.
    send(&connection, 0, "early");
    assert_eq!(known(&connection, "early").as_deref(), Some("$early"));
    assert_eq!(count(&connection), 41);
}

#[test]
fn finding_the_old_ones_looks_at_nothing_else() {
    let connection = Connection::open_in_memory().unwrap();
    schema::create_derived(&connection).unwrap();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {FORGET}")).unwrap();
    let steps: Vec<String> =
        statement.query_map((0, 4), |row| row.get(3)).unwrap().collect::<rusqlite::Result<_>>().unwrap();
    assert!(steps.iter().any(|step| step.contains("transactions_by_time (time<?)")), "{steps:?}");
    let slow = |step: &String| step.contains("SCAN") || step.contains("TEMP B-TREE");
    assert!(!steps.iter().any(slow), "{steps:?}");
}
