//! The judge must find what is wrong, and only that.

use super::{Ack, Fault, Seen, check, check_reader};

/// `n` acknowledged messages, one after the other: number i from 10 i to 10 i + 5.
fn acks(numbers: std::ops::Range<u64>) -> Vec<Ack> {
    numbers
        .map(|number| Ack {
            id: format!("${number}"),
            mark: Some(format!("m{number}")),
            started: number * 10,
            acked: number * 10 + 5,
        })
        .collect()
}

fn seen(numbers: impl IntoIterator<Item = u64>) -> Vec<Seen> {
    numbers
        .into_iter()
        .map(|number| Seen { id: format!("${number}"), mark: Some(format!("m{number}")) })
        .collect()
}

#[test]
fn a_whole_history_has_no_fault() {
    assert_eq!(check(&acks(0..5), &seen(0..5)), []);
    assert_eq!(check(&[], &[]), []);
}

#[test]
fn what_was_never_acknowledged_may_be_there() {
    assert_eq!(check(&acks(0..3), &seen(0..5)), []);
}

#[test]
fn a_lost_event_is_found() {
    let faults = check(&acks(0..5), &seen([0, 1, 3, 4]));
    assert_eq!(faults, [Fault::Lost { id: "$2".into(), mark: Some("m2".into()) }]);
}

#[test]
fn a_lost_tail_is_found() {
    let faults = check(&acks(0..5), &seen(0..3));
    assert_eq!(faults.len(), 2);
}

#[test]
fn an_event_that_is_read_twice_is_found() {
    let faults = check(&acks(0..3), &seen([0, 1, 1, 2]));
    assert_eq!(faults, [Fault::ReadTwice { id: "$1".into(), first: 1, second: 2 }]);
}

#[test]
fn a_request_that_was_carried_out_twice_is_found() {
    let mut timeline = seen(0..3);
    timeline.push(Seen { id: "$other".into(), mark: Some("m1".into()) });
    let faults = check(&acks(0..3), &timeline);
    let expected = Fault::DoneTwice { mark: "m1".into(), first: "$1".into(), second: "$other".into() };
    assert_eq!(faults, [expected]);
}

#[test]
fn a_request_that_was_acknowledged_with_two_ids_is_found() {
    let mut acks = acks(0..2);
    acks.push(Ack { id: "$x".into(), mark: Some("m1".into()), started: 40, acked: 45 });
    let mut timeline = seen(0..2);
    timeline.push(Seen { id: "$x".into(), mark: None });
    let faults = check(&acks, &timeline);
    let expected = Fault::DoneTwice { mark: "m1".into(), first: "$1".into(), second: "$x".into() };
    assert_eq!(faults, [expected]);
}

#[test]
fn a_reordered_pair_is_found() {
    let faults = check(&acks(0..4), &seen([0, 2, 1, 3]));
    assert_eq!(faults, [Fault::Reordered { early: "$2".into(), late: "$1".into() }]);
}

#[test]
fn an_event_that_jumped_far_ahead_is_found_behind_others() {
    let faults = check(&acks(0..5), &seen([4, 0, 1, 2, 3]));
    assert_eq!(faults.len(), 4);
    assert!(faults.iter().all(|fault| matches!(fault, Fault::Reordered { early, .. } if early == "$4")));
}

#[test]
fn requests_under_way_at_once_may_come_in_any_order() {
    let both = |id: &str, started, acked| Ack { id: id.into(), mark: None, started, acked };
    let acks = [both("$0", 0, 100), both("$1", 50, 60), both("$2", 99, 120)];
    for order in [[0, 1, 2], [1, 0, 2], [1, 2, 0]] {
        assert_eq!(check(&acks, &seen(order)), []);
    }
    assert_eq!(check(&acks, &seen([2, 1, 0])).len(), 1, "1 was acknowledged before 2 was asked for");
}

#[test]
fn a_reader_may_begin_anywhere_but_then_misses_nothing() {
    let timeline = seen(0..6);
    assert_eq!(check_reader(&timeline, &seen(2..6)), None);
    assert_eq!(check_reader(&timeline, &[]), None);
}

#[test]
fn a_gap_a_repetition_a_swap_and_a_missing_end_of_a_reader_are_found() {
    let timeline = seen(0..6);
    let differs = |place: usize, read: Option<&str>, expected: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(Fault::Differs { place, read: owned(read), expected: owned(expected) })
    };
    assert_eq!(check_reader(&timeline, &seen([1, 2, 4, 5])), differs(3, Some("$4"), Some("$3")));
    assert_eq!(check_reader(&timeline, &seen([3, 4, 4, 5])), differs(5, Some("$4"), Some("$5")));
    assert_eq!(check_reader(&timeline, &seen([0, 2, 1, 3, 4, 5])), differs(1, Some("$2"), Some("$1")));
    assert_eq!(check_reader(&timeline, &seen(0..5)), differs(5, None, Some("$5")));
    assert_eq!(check_reader(&timeline, &seen(9..10)), differs(0, Some("$9"), None));
    assert_eq!(check_reader(&timeline, &seen([4, 5, 9])), differs(6, Some("$9"), None));
}
