//! Whose devices changed, and the keys the device has left.
//! Specification: Client-Server API, "Tracking the device list for a user".

use std::collections::BTreeSet;

use alphorn_http::store::Reader;
use serde_json::{Value, json};

use super::{
    Built,
    answer::{Body, Builder, raw},
};
use crate::to_device;

impl Builder<'_> {
    /// `device_lists`; nothing: no change.
    pub(super) fn device_lists(&self) -> Built<Option<Value>> {
        let Some(since) = self.since else { return Ok(None) };
        let (changed, left) = changes(self.reader, self.user(), since.seq, self.upto)?;
        if changed.is_empty() && left.is_empty() {
            return Ok(None);
        }
        Ok(Some(json!({ "changed": changed, "left": left })))
    }

    /// One-time and fallback keys left: always told, also where nothing changed.
    pub(super) fn key_counts(&self, body: &mut Body) -> Built<()> {
        let (counts, fallback) = to_device::key_counts(self.reader, self.user(), &self.wanted.device)?;
        body.insert("device_one_time_keys_count".to_owned(), raw(&counts)?);
        body.insert("device_unused_fallback_key_types".to_owned(), raw(&fallback)?);
        body.insert("org.matrix.msc2732.device_unused_fallback_key_types".to_owned(), raw(&fallback)?);
        Ok(())
    }
}

/// Users whose keys a client has to ask for again, and those it shares no room with any more.
pub(crate) fn changes(
    reader: &Reader<'_>,
    user: &str,
    after: u64,
    upto: u64,
) -> Built<(BTreeSet<String>, BTreeSet<String>)> {
    let lists = reader.device_lists(user, after, upto)?;
    Ok((lists.changed.into_iter().collect(), lists.left.into_iter().collect()))
}
