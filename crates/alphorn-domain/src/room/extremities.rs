//! The events of a room that have no successor yet; the next event follows on them.
//! Specification: Server-Server API, "PDUs" (`prev_events`, `depth`).

use alphorn_model::{EventId, OwnedEventId};

use crate::Pdu;

/// Most events that one event may follow on. Specification: room versions, "Event format".
const PREV_EVENTS_MAX: usize = 20;

/// The largest depth, as the largest integer of canonical JSON.
const DEPTH_MAX: u64 = (1 << 53) - 1;

#[derive(Debug, Clone)]
struct Extremity {
    event_id: OwnedEventId,
    depth: u64,
    reference_hash: Option<Box<str>>,
}

/// A room's forward extremities, the deepest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extremities {
    entries: Vec<Extremity>,
}

impl Extremities {
    pub(crate) fn load(stored: Vec<(OwnedEventId, u64)>) -> Self {
        let mut entries: Vec<_> = stored
            .into_iter()
            .map(|(event_id, depth)| Extremity { event_id, depth, reference_hash: None })
            .collect();
        sort(&mut entries);
        Self { entries }
    }

    /// An event came: it takes the place of those it follows on.
    pub(crate) fn append(&mut self, event: &Pdu) {
        self.entries
            .retain(|entry| entry.event_id != event.event_id && !event.prev_events.contains(&entry.event_id));
        self.entries.push(Extremity {
            event_id: event.event_id.clone(),
            depth: event.depth,
            reference_hash: event.reference_hash.clone(),
        });
        sort(&mut self.entries);
    }

    /// Learns the reference hash of an event that is already in the set.
    pub(crate) fn supply(&mut self, event: &Pdu) {
        if event.reference_hash.is_some()
            && let Some(entry) = self.entries.iter_mut().find(|entry| entry.event_id == event.event_id)
        {
            entry.reference_hash.clone_from(&event.reference_hash);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&EventId, u64)> {
        self.entries.iter().map(|entry| (&*entry.event_id, entry.depth))
    }

    /// What the next event follows on, with reference hashes where they are known. The ones left out
    /// are taken by later events.
    pub(crate) fn next_prev_events(&self) -> impl Iterator<Item = (&OwnedEventId, Option<&str>)> {
        self.entries
            .iter()
            .take(PREV_EVENTS_MAX)
            .map(|entry| (&entry.event_id, entry.reference_hash.as_deref()))
    }

    /// The depth of the next event.
    pub(crate) fn next_depth(&self) -> u64 {
        self.entries.first().map_or(1, |entry| entry.depth.saturating_add(1).min(DEPTH_MAX))
    }
}

fn sort(entries: &mut [Extremity]) {
    entries.sort_by(|a, b| b.depth.cmp(&a.depth).then_with(|| a.event_id.cmp(&b.event_id)));
}
