//! What a connection remembers when answers get lost, come twice, or there are too many of them.

use std::sync::Arc;

use super::{BYTES_MAX, CONNECTIONS_OF_USER_MAX, Changes, Connections, Key, Known, Sent};
use crate::sliding::required_state::RequiredState;

fn key(user: &str, conn_id: &str) -> Key {
    Key { user: user.to_owned(), device: "D".to_owned(), conn_id: conn_id.to_owned() }
}

fn sent(members: usize) -> Sent {
    Sent { upto: None, shown: 1, state: Arc::new(RequiredState::default()), members: vec![0; members].into() }
}

fn changes(seq: u64, rooms: &[i64]) -> Changes {
    let rooms = rooms.iter().map(|room| (*room, Some(sent(1)))).collect();
    Changes { seq, rooms, ..Changes::default() }
}

fn offer(
    connections: &Connections,
    key: &Key,
    from: u64,
    known: &Arc<Known>,
    changes: Changes,
) -> Option<u64> {
    connections.offer(key, from, known, changes).map(|place| place.number)
}

fn take(connections: &Connections, key: &Key, pos: u64) -> Option<Arc<Known>> {
    connections.take(key, pos).map(|taken| taken.known)
}

fn rooms(known: &Known) -> Vec<i64> {
    let mut rooms: Vec<_> = known.rooms.keys().copied().collect();
    rooms.sort_unstable();
    rooms
}

#[test]
fn a_pos_may_be_used_again_until_the_next_is() {
    let connections = Connections::default();
    let (key, start) = (key("@a:x", "c"), Arc::default());
    let one = offer(&connections, &key, 0, &start, changes(1, &[1])).unwrap();
    let known = take(&connections, &key, one).unwrap();
    assert_eq!((known.seq, rooms(&known)), (1, vec![1]));
    // The answer to this one is lost, and the client asks again.
    let lost = offer(&connections, &key, one, &known, changes(2, &[2])).unwrap();
    let again = take(&connections, &key, one).unwrap();
    assert_eq!((again.seq, rooms(&again)), (1, vec![1]));
    let got = offer(&connections, &key, one, &again, changes(3, &[2, 3])).unwrap();
    let known = take(&connections, &key, got).unwrap();
    assert_eq!((known.seq, rooms(&known)), (3, vec![1, 2, 3]));
    assert!(take(&connections, &key, one).is_none());
    assert!(take(&connections, &key, lost).is_none());
    // Who still works on an answer from an old state has nobody to give it to.
    assert!(offer(&connections, &key, one, &again, changes(4, &[])).is_none());
}

#[test]
fn either_of_two_answers_to_one_request_may_have_arrived() {
    let connections = Connections::default();
    let (key, start) = (key("@a:x", "c"), Arc::default());
    let first = offer(&connections, &key, 0, &start, changes(1, &[1])).unwrap();
    let second = offer(&connections, &key, 0, &start, changes(2, &[2])).unwrap();
    let known = take(&connections, &key, first).unwrap();
    assert_eq!(rooms(&known), [1]);
    assert!(take(&connections, &key, second).is_none());
}

#[test]
fn a_new_beginning_forgets_the_old_connection() {
    let connections = Connections::default();
    let (key, start) = (key("@a:x", "c"), Arc::default());
    let one = offer(&connections, &key, 0, &start, changes(1, &[1])).unwrap();
    take(&connections, &key, one).unwrap();
    let fresh = offer(&connections, &key, 0, &start, changes(2, &[2])).unwrap();
    assert!(take(&connections, &key, one).is_none());
    assert_eq!(rooms(&take(&connections, &key, fresh).unwrap()), [2]);
    assert_eq!(connections.size().0, 1);
}

#[test]
fn connections_are_not_mixed_up() {
    let connections = Connections::default();
    let start = Arc::default();
    let one = offer(&connections, &key("@a:x", "c"), 0, &start, changes(1, &[1])).unwrap();
    let two = offer(&connections, &key("@a:x", "d"), 0, &start, changes(1, &[2])).unwrap();
    assert!(take(&connections, &key("@a:x", "d"), one).is_none());
    assert!(take(&connections, &key("@b:x", "c"), one).is_none());
    assert!(take(&connections, &key("@a:x", "d"), two).is_some());
}

#[test]
fn a_user_pushes_out_only_own_connections() {
    let connections = Connections::default();
    let start = Arc::default();
    let kept = offer(&connections, &key("@b:x", "c"), 0, &start, changes(1, &[])).unwrap();
    let first = offer(&connections, &key("@a:x", "first"), 0, &start, changes(1, &[])).unwrap();
    for count in 0..CONNECTIONS_OF_USER_MAX {
        offer(&connections, &key("@a:x", &count.to_string()), 0, &start, changes(1, &[])).unwrap();
    }
    assert!(take(&connections, &key("@a:x", "first"), first).is_none());
    assert!(take(&connections, &key("@b:x", "c"), kept).is_some());
    assert_eq!(connections.size().0, CONNECTIONS_OF_USER_MAX + 1);
}

#[test]
fn all_connections_together_have_a_bound() {
    let connections = Connections::default();
    let start = Arc::default();
    let large = || Changes { rooms: vec![(1, Some(sent(BYTES_MAX / 8 / 3)))], ..Changes::default() };
    let first = offer(&connections, &key("@a:x", "c"), 0, &start, large()).unwrap();
    for user in ["@b:x", "@c:x", "@d:x"] {
        offer(&connections, &key(user, "c"), 0, &start, large()).unwrap();
    }
    let (count, bytes) = connections.size();
    assert!(count < 4 && bytes <= BYTES_MAX, "{count} connections have {bytes} bytes");
    assert!(take(&connections, &key("@a:x", "c"), first).is_none());
}

#[test]
fn a_version_is_another_when_more_moves_than_how_far_the_client_is() {
    let connections = Connections::default();
    let (key, start) = (key("@a:x", "c"), Arc::default());
    let first = connections.offer(&key, 0, &start, changes(1, &[1])).unwrap();
    let taken = connections.take(&key, first.number).unwrap();
    assert!(taken.changed && taken.known.version == first.version);
    // More of the same room, with members that the client had not, and nothing at all.
    for seq in [2, 3] {
        let known = connections.known(&key).unwrap();
        let more = Changes { rooms: vec![(1, Some(sent(9)))], ..changes(seq, &[]) };
        let place = connections.offer(&key, known_pos(&connections, &key), &known, more).unwrap();
        assert_eq!(place.version, first.version);
        assert!(!connections.take(&key, place.number).unwrap().changed);
    }
    for (seq, change) in [
        (4, vec![(2, Some(sent(1)))]),
        (5, vec![(1, Some(Sent { upto: Some(3), ..sent(1) }))]),
        (6, vec![(1, Some(Sent { shown: 20, ..sent(1) }))]),
        (7, vec![(2, None)]),
    ] {
        let known = connections.known(&key).unwrap();
        let changes = Changes { rooms: change, ..changes(seq, &[]) };
        let place = connections.offer(&key, known_pos(&connections, &key), &known, changes).unwrap();
        assert_eq!(place.version, place.number);
        assert!(connections.take(&key, place.number).unwrap().changed);
    }
}

/// The number that the client came with last.
fn known_pos(connections: &Connections, key: &Key) -> u64 {
    connections.0.lock().connections.peek(key).unwrap().pos
}
