//! Which state of a room a client wants: pairs of type and state key, with `*` for any, `$ME` for the
//! user, and `$LAZY` for the members that a timeline needs. MSC4186, "Room config changes".

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Any type, any key.
const ANY: &str = "*";

/// The type of which there may be as many entries as members.
pub(super) const MEMBER: &str = "m.room.member";

/// A set of state entries, described by patterns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct RequiredState {
    /// State keys by type.
    kinds: BTreeMap<String, BTreeSet<String>>,
    /// Members come as the timeline needs them.
    lazy: bool,
}

/// How to find the entries that a set of patterns describes.
pub(super) enum Lookup<'a> {
    /// Among all state, with or without members.
    Everything {
        /// Members too.
        members: bool,
    },
    /// All entries of a type.
    Kind(&'a str),
    /// One entry.
    Entry(&'a str, &'a str),
}

impl RequiredState {
    /// From the pairs of a request.
    pub(super) fn new(pairs: impl IntoIterator<Item = (String, String)>, user: &str) -> Self {
        let mut state = Self::default();
        for (kind, key) in pairs {
            match key.as_str() {
                "$LAZY" if kind == MEMBER => state.lazy = true,
                // It means something for members only.
                "$LAZY" => {}
                "$ME" => state.add(kind, user.to_owned()),
                _ => state.add(kind, key),
            }
        }
        // Everything, with lazy members: the members are what is lazy.
        if !state.lazy && state.has(ANY, ANY) {
            state.add(MEMBER.to_owned(), ANY.to_owned());
        }
        state.settle();
        state
    }

    fn add(&mut self, kind: String, key: String) {
        self.kinds.entry(kind).or_default().insert(key);
    }

    fn has(&self, kind: &str, key: &str) -> bool {
        self.kinds.get(kind).is_some_and(|keys| keys.contains(key))
    }

    /// Where all members come anyway, none are lazy.
    fn settle(&mut self) {
        self.lazy &= !self.has(MEMBER, ANY);
    }

    /// Makes it describe what either describes.
    pub(super) fn merge(&mut self, other: &Self) {
        for (kind, keys) in &other.kinds {
            self.kinds.entry(kind.clone()).or_default().extend(keys.iter().cloned());
        }
        self.lazy |= other.lazy;
        self.settle();
    }

    /// Whether members come as the timeline needs them.
    pub(super) const fn lazy(&self) -> bool {
        self.lazy
    }

    /// Whether an entry is one of those described, apart from lazy members.
    pub(super) fn matches(&self, kind: &str, key: &str) -> bool {
        let of_kind = self.kinds.get(kind).is_some_and(|keys| keys.contains(ANY) || keys.contains(key));
        of_kind
            || self.kinds.get(ANY).is_some_and(|keys| {
                // All members are meant only where they are named: see `new`.
                keys.contains(key) || (keys.contains(ANY) && kind != MEMBER)
            })
    }

    /// What this describes and `before` does not; nothing: there is no such thing.
    pub(super) fn beyond(&self, before: &Self) -> Option<Self> {
        let mut more = Self::default();
        for (kind, keys) in &self.kinds {
            for key in keys {
                let covered = before.has(kind, key)
                    || before.has(kind, ANY)
                    || before.has(ANY, key)
                    || (kind != MEMBER && before.has(ANY, ANY));
                if !covered {
                    more.add(kind.clone(), key.clone());
                }
            }
        }
        (!more.kinds.is_empty()).then_some(more)
    }

    /// How to find everything that is described, apart from lazy members.
    pub(super) fn lookups(&self) -> Vec<Lookup<'_>> {
        let Some(any) = self.kinds.get(ANY) else {
            return self.kinds.iter().flat_map(|(kind, keys)| Self::lookups_of(kind, keys)).collect();
        };
        let mut lookups = Vec::new();
        let named = self.kinds.get(MEMBER);
        let members = named.is_some_and(|keys| keys.contains(ANY));
        if !members {
            let keys = any.iter().chain(named.into_iter().flatten()).filter(|key| *key != ANY);
            lookups.extend(keys.map(|key| Lookup::Entry(MEMBER, key)));
        }
        lookups.push(Lookup::Everything { members });
        lookups
    }

    fn lookups_of<'a>(kind: &'a str, keys: &'a BTreeSet<String>) -> Vec<Lookup<'a>> {
        if keys.contains(ANY) {
            vec![Lookup::Kind(kind)]
        } else {
            keys.iter().map(|key| Lookup::Entry(kind, key)).collect()
        }
    }

    /// About how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        self.kinds
            .iter()
            .map(|(kind, keys)| 64 + kind.len() + keys.iter().map(|key| 32 + key.len()).sum::<usize>())
            .sum()
    }
}

#[cfg(test)]
mod tests;
