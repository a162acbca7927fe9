//! Judges a history: is everything acknowledged there, once, in an order that its writers cannot contradict?
//!
//! The same judgement serves a room's timeline (`id` is the event id) and a device's to-device messages
//! (`id` is the mark that the sender put into the message).

use std::collections::HashMap;

use thiserror::Error;

/// Something that the server acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Under which id it must be found.
    pub id: String,
    /// What its writer put into it, the same in every repetition of the request.
    pub mark: Option<String>,
    /// When the request was sent for the first time, in microseconds.
    pub started: u64,
    /// When the acknowledgement came, in microseconds.
    pub acked: u64,
}

/// Something that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its id.
    pub id: String,
    /// The writer's mark, if it can be read.
    pub mark: Option<String>,
}

/// What is wrong with a history.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// Acknowledged, but nowhere to be read.
    #[error("lost: {id} (mark {mark:?}) was acknowledged and is not there")]
    Lost {
        /// What is lost.
        id: String,
        /// Its mark.
        mark: Option<String>,
    },
    /// The same id is read more than once.
    #[error("read twice: {id} stands at {first} and at {second}")]
    ReadTwice {
        /// Which one.
        id: String,
        /// Its first place.
        first: usize,
        /// Its second place.
        second: usize,
    },
    /// One request, repeated, had two effects.
    #[error("done twice: the request with mark {mark} made {first} and {second}")]
    DoneTwice {
        /// The mark of the request.
        mark: String,
        /// Its first effect.
        first: String,
        /// Its second effect.
        second: String,
    },
    /// What was acknowledged before the other was even asked for comes after it.
    #[error("reordered: {late} was acknowledged before {early} was asked for, and is read after it")]
    Reordered {
        /// What is read first.
        early: String,
        /// What is read second although it was finished first.
        late: String,
    },
    /// A reader's history differs from the timeline.
    #[error("a reader differs at {place} of the timeline: it has {read:?} where {expected:?} belongs")]
    Differs {
        /// Where in the timeline.
        place: usize,
        /// What the reader has there.
        read: Option<String>,
        /// What the timeline has there.
        expected: Option<String>,
    },
}

/// Judges what can be read (oldest first) by what was acknowledged (in any order).
#[must_use]
pub fn check(acks: &[Ack], seen: &[Seen]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut marks: HashMap<&str, &str> = HashMap::new();
    for (place, one) in seen.iter().enumerate() {
        if let Some(first) = places.get(one.id.as_str()) {
            faults.push(Fault::ReadTwice { id: one.id.clone(), first: *first, second: place });
            continue;
        }
        places.insert(&one.id, place);
        if let Some(mark) = &one.mark
            && let Some(first) = marks.insert(mark, &one.id)
        {
            let (first, second) = (first.to_owned(), one.id.clone());
            faults.push(Fault::DoneTwice { mark: mark.clone(), first, second });
        }
    }
    let mut placed: Vec<(usize, &Ack)> = Vec::with_capacity(acks.len());
    let mut acknowledged: HashMap<&str, &str> = HashMap::new();
    for ack in acks {
        match places.get(ack.id.as_str()) {
            Some(place) => placed.push((*place, ack)),
            None => faults.push(Fault::Lost { id: ack.id.clone(), mark: ack.mark.clone() }),
        }
        if let Some(mark) = &ack.mark
            && let Some(first) = acknowledged.insert(mark, &ack.id)
            && first != ack.id
        {
            let (first, second) = (first.to_owned(), ack.id.clone());
            faults.push(Fault::DoneTwice { mark: mark.clone(), first, second });
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    faults.extend(check_order(placed.into_iter().map(|(_, ack)| ack)));
    faults
}

/// Of two entries, the one that was acknowledged before the other was asked for must be read first. Walking
/// along, it is enough to know the latest start so far.
fn check_order<'a>(in_order: impl Iterator<Item = &'a Ack>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut latest: Option<&Ack> = None;
    for ack in in_order {
        match latest {
            Some(early) if ack.acked < early.started => {
                faults.push(Fault::Reordered { early: early.id.clone(), late: ack.id.clone() });
            }
            Some(early) if early.started >= ack.started => {}
            _ => latest = Some(ack),
        }
    }
    faults
}

/// Judges what a reader collected: from its first entry on it must be the timeline, without a gap, without a
/// repetition, to the end.
#[must_use]
pub fn check_reader(timeline: &[Seen], read: &[Seen]) -> Option<Fault> {
    let first = read.first()?;
    let Some(start) = timeline.iter().position(|one| one.id == first.id) else {
        return Some(Fault::Differs { place: 0, read: Some(first.id.clone()), expected: None });
    };
    let behind = timeline.get(start..).unwrap_or_default();
    let length = behind.len().max(read.len());
    let differing = (0..length)
        .find(|index| behind.get(*index).map(|one| &one.id) != read.get(*index).map(|one| &one.id))?;
    Some(Fault::Differs {
        place: start + differing,
        read: read.get(differing).map(|one| one.id.clone()),
        expected: behind.get(differing).map(|one| one.id.clone()),
    })
}

#[cfg(test)]
mod tests;
