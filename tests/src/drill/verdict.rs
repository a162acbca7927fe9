//! Holds what clients were told against what all nodes say when it is over.

use crate::kill::history::{Ack, Fault, Seen, check, check_reader};
use crate::kill::verify::timeline;
use crate::user::User;

use super::observer::Observer;

/// Faults of one kind that are told.
const TOLD_MAX: usize = 5;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Events that were compared, each node's copy counted.
    pub events: usize,
    /// Acknowledged, and not there.
    pub lost: usize,
    /// There twice, or done twice.
    pub doubled: usize,
    /// In another order than they were written, or than at another node, or than an observer saw.
    pub reordered: usize,
    /// What is wrong, in words.
    pub faults: Vec<String>,
}

impl Findings {
    fn add(&mut self, place: &str, faults: &[Fault]) {
        for fault in faults {
            match fault {
                Fault::Lost { .. } => self.lost += 1,
                Fault::ReadTwice { .. } | Fault::DoneTwice { .. } => self.doubled += 1,
                Fault::Reordered { .. } | Fault::Differs { .. } => self.reordered += 1,
            }
        }
        self.faults.extend(faults.iter().take(TOLD_MAX).map(|fault| format!("{place}: {fault}")));
    }
}

/// Judges one room: `everywhere` is one user at each node, and all observers have caught up.
pub async fn room(
    room: &str,
    acks: &[Ack],
    everywhere: &[User],
    observers: &[Observer],
    findings: &mut Findings,
) {
    let mut first: Option<Vec<Seen>> = None;
    for (node, user) in everywhere.iter().enumerate() {
        // One direction at one node, the other at the next: they must not differ either.
        let all = match timeline(user, room, node.is_multiple_of(2)).await {
            Ok(all) => all,
            Err(fault) => {
                findings.faults.push(format!("{room} at node {node}: {fault}"));
                continue;
            }
        };
        findings.events += all.len();
        findings.add(&format!("{room} at node {node}"), &check(acks, &all));
        match &first {
            None => first = Some(all),
            Some(first) => {
                if let Some(difference) = differs(first, &all) {
                    findings.reordered += 1;
                    findings.faults.push(format!("{room}: nodes 0 and {node} differ: {difference}"));
                }
            }
        }
    }
    let Some(all) = first else { return };
    for observer in observers {
        let reader = &observer.reader;
        let read = reader.rooms.get(room).map(Vec::as_slice).unwrap_or_default();
        findings.add(&format!("{room}, {}", reader.describe()), check_reader(&all, read).as_slice());
    }
}

/// Where two histories part.
fn differs(one: &[Seen], other: &[Seen]) -> Option<String> {
    let length = one.len().max(other.len());
    let at = (0..length)
        .find(|index| one.get(*index).map(|event| &event.id) != other.get(*index).map(|event| &event.id))?;
    let id = |list: &[Seen]| list.get(at).map(|event| event.id.clone());
    Some(format!("at {at}: {:?} and {:?}", id(one), id(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_disagree_are_found() {
        let seen = |ids: &[&str]| -> Vec<Seen> {
            ids.iter().map(|id| Seen { id: (*id).to_owned(), mark: None }).collect()
        };
        assert_eq!(differs(&seen(&["a", "b"]), &seen(&["a", "b"])), None);
        assert!(differs(&seen(&["a", "b"]), &seen(&["b", "a"])).is_some());
        assert!(differs(&seen(&["a", "b"]), &seen(&["a"])).is_some());
        assert!(differs(&seen(&["a"]), &seen(&["a", "c"])).is_some());
    }
}
