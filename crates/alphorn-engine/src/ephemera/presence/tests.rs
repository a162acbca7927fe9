//! Where users stand after what their devices said and did.

use super::PresenceState::{Offline, Online, Unavailable};
use super::*;

const START: TimestampMs = 1_000_000_000;
const MINUTE: TimestampMs = 60_000;

/// Somebody whom others know already.
fn seen() -> Presence {
    Presence { version: 1, ..Presence::default() }
}

/// A client that polls every half minute for some minutes.
fn poll(presence: &mut Presence, device: &str, state: PresenceState, from: u64, minutes: u64) {
    for step in 0..minutes * 2 {
        let now = START + from * MINUTE + step * MINUTE / 2;
        presence.attend(device, state, now);
        presence.settle(now);
    }
}

#[test]
fn polling_alone_does_not_keep_anybody_from_being_idle() {
    let mut presence = seen();
    poll(&mut presence, "A", Online, 0, 4);
    assert_eq!((presence.state, presence.last_active_ms), (Online, START));
    poll(&mut presence, "A", Online, 4, 3);
    assert_eq!(presence.state, Unavailable);
    assert!(presence.act("A", START + 7 * MINUTE), "who writes is there again");
    assert_eq!((presence.state, presence.last_active_ms), (Online, START + 7 * MINUTE));
}

#[test]
fn who_is_not_heard_of_is_gone() {
    let mut presence = seen();
    presence.attend("A", Online, START);
    assert!(!presence.settle(START + 2 * MINUTE));
    assert!(presence.settle(START + 3 * MINUTE));
    assert_eq!(presence.state, Offline);
    assert!(presence.attend("A", Online, START + 20 * MINUTE));
    assert_eq!((presence.state, presence.last_active_ms), (Online, START + 20 * MINUTE));
}

#[test]
fn one_idle_device_does_not_hide_another_one() {
    let mut presence = seen();
    presence.attend("DESK", Online, START);
    assert!(!presence.attend("PHONE", Unavailable, START + 1));
    assert_eq!(presence.state, Online);
    assert!(presence.attend("DESK", Unavailable, START + 2));
    assert_eq!(presence.state, Unavailable);
    assert!(presence.attend("PHONE", Online, START + 3));
    assert_eq!((presence.state, presence.last_active_ms), (Online, START + 3));
}

#[test]
fn who_says_to_be_away_is_not_given_away() {
    let mut presence = seen();
    presence.attend("A", Online, START);
    assert!(presence.say(Offline, Some("away".to_owned()), START + 1));
    assert!(!presence.act("A", START + 2));
    assert!(!presence.act("B", START + 3));
    assert_eq!((presence.state, presence.last_active_ms), (Offline, START + 3));
    assert!(presence.say(Offline, None, START + 4), "another message is a change");
    assert!(presence.say(Online, None, START + 5));
    assert_eq!(presence.state, Online);
}

#[test]
fn only_who_asks_for_news_or_says_something_is_news() {
    let mut presence = Presence::default();
    assert!(!presence.act("A", START));
    assert!(!presence.settle(START + 1), "nobody has to hear of somebody who is not there");
    assert!(presence.attend("A", Unavailable, START + 2));
    assert!(Presence::default().say(Offline, None, START));
}

#[test]
fn many_devices_are_bounded() {
    let mut presence = seen();
    for number in 0..100 {
        presence.attend(&format!("D{number}"), Online, START + number);
    }
    assert_eq!(presence.devices.len(), DEVICES_MAX);
    assert_eq!(presence.state, Online);
}
