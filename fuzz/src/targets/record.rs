//! Records of the log: they are ours, but a disk may give back something else.

use alphorn_domain::RoomState;
use alphorn_model::{Fact, OwnedRoomId, Position, Record, RoomId};

use super::{Target, label};

pub(super) const TARGET: Target = Target {
    name: "record",
    about: "records as they are read back from the log",
    run,
    tokens: &["room", "event", "event_id", "pdu", "placement", "aggregate", "facts", "prev", "$a", "server"],
};

fn run(input: &[u8]) -> String {
    let record: Record = match serde_json::from_slice(input) {
        Ok(record) => record,
        Err(error) => return label(&error),
    };
    let written = serde_json::to_string(&record);
    assert!(written.is_ok(), "what was read can be written");
    let again = written.and_then(|text| {
        serde_json::from_str::<Record>(&text)
            .and_then(|again| serde_json::to_string(&again).map(|second| second == text))
    });
    assert!(matches!(again, Ok(true)), "and reads the same again");
    let Ok(room) = <&RoomId>::try_from("!r:here") else { return "no room".to_owned() };
    let mut state = RoomState::empty(OwnedRoomId::from(room));
    for fact in &record.facts {
        if let Fact::Room(fact) = fact {
            // Total by contract: what makes no sense asks for a reload.
            state.apply(fact);
        }
    }
    let position = Position::new(1, record.facts.len());
    let readable = !state.needs_reload();
    format!(
        "{} facts, {}, readable {readable}, open {}",
        record.facts.len().min(3),
        position.index().min(3),
        state.is_open()
    )
}
