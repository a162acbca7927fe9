//! Events in the format that servers exchange, for clients that ask for it.
//! Specification: Client-Server API, "Filtering" (`event_format`).

use std::collections::BTreeMap;

use alphorn_model::RawJson;
use alphorn_store::StoredEvent;
use serde_json::value::{RawValue, to_raw_value};

use super::{Detail, View, broken};
use crate::ReadError;

impl View<'_> {
    /// An event as servers have it: signed, with its place among the others. Its id is told beside it, and
    /// what is unsigned is what a client gets in its own format.
    ///
    /// # Errors
    /// When the store fails.
    pub fn federation_event(&self, event: &StoredEvent, detail: Detail) -> Result<RawJson, ReadError> {
        let pruned = self.pruned(event)?;
        let pdu = pruned.as_deref().unwrap_or(&event.pdu);
        let unsigned = self.unsigned(event, detail)?;
        let put_together = || -> serde_json::Result<RawJson> {
            let (id, unsigned) = (to_raw_value(&event.event_id)?, RawValue::from_string(unsigned)?);
            let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(pdu.get())?;
            fields.insert("event_id".to_owned(), &id);
            fields.insert("unsigned".to_owned(), &unsigned);
            to_raw_value(&fields)
        };
        put_together().map_err(|error| broken(event, &error))
    }
}
