//! Bundled aggregations. Specification: Client-Server API, "Aggregations of child events", "Event
//! replacements", "Threading", "Reference relations".

use alphorn_store::StoredEvent;

use super::{Detail, EventHead, View};
use crate::ReadError;

/// Replies of a thread counted at most; a client that sees this number reads it as "many".
const THREAD_COUNT_MAX: usize = 10_000;

/// References bundled at most.
const REFERENCES_MAX: usize = 50;

/// Replacements looked at to find the newest valid one.
const REPLACEMENTS_MAX: usize = 20;

impl View<'_> {
    /// Appends `,"m.relations":{...}` if anything refers to the event.
    pub(super) fn bundle(&self, out: &mut String, event: &StoredEvent) -> Result<(), ReadError> {
        let id = event.event_id.as_str();
        if !self.reader.has_relations(id)? {
            return Ok(());
        }
        let mut parts = Vec::new();
        if let Some(edit) = self.replacement(event)? {
            let mut part = String::from("\"m.replace\":");
            self.write(&mut part, &edit, true, Detail::Plain)?;
            parts.push(part);
        }
        parts.extend(self.thread(event)?);
        let references = self.reader.relations_of_type(id, "m.reference", REFERENCES_MAX)?;
        if !references.is_empty() {
            let events = self.events_at(references.iter().rev().map(|relation| relation.position))?;
            let chunk: Vec<_> =
                events.iter().map(|event| serde_json::json!({ "event_id": event.event_id })).collect();
            parts.push(format!("\"m.reference\":{}", serde_json::json!({ "chunk": chunk })));
        }
        if !parts.is_empty() {
            out.push_str(",\"m.relations\":{");
            out.push_str(&parts.join(","));
            out.push('}');
        }
        Ok(())
    }

    /// The newest valid replacement: by the same sender, of the same type, not redacted.
    fn replacement(&self, event: &StoredEvent) -> Result<Option<StoredEvent>, ReadError> {
        let original = EventHead::of(event)?;
        let edits = self.reader.relations_of_type(event.event_id.as_str(), "m.replace", REPLACEMENTS_MAX)?;
        let valid = edits.iter().find(|edit| edit.sender == original.sender && edit.kind == original.kind);
        let Some(edit) = valid else { return Ok(None) };
        Ok(self.reader.event_at(edit.position)?.filter(|edit| edit.room == event.room))
    }

    fn thread(&self, event: &StoredEvent) -> Result<Option<String>, ReadError> {
        let id = event.event_id.as_str();
        let Some(latest) = self.reader.relations_of_type(id, "m.thread", 1)?.pop() else { return Ok(None) };
        let Some(latest) = self.reader.event_at(latest.position)? else { return Ok(None) };
        let count = self.reader.relations_count(id, "m.thread", THREAD_COUNT_MAX)?;
        let took_part = EventHead::of(event)?.sender == self.user()
            || self.reader.has_related(id, "m.thread", self.user(), None, None)?;
        let mut part = format!("\"m.thread\":{{\"count\":{count},\"current_user_participated\":{took_part}");
        part.push_str(",\"latest_event\":");
        // The latest reply carries its own edit, but no bundle of that.
        self.write_with_edit(&mut part, &latest)?;
        part.push('}');
        Ok(Some(part))
    }

    fn write_with_edit(&self, out: &mut String, event: &StoredEvent) -> Result<(), ReadError> {
        let Some(edit) = self.replacement(event)?.filter(|_| event.redacted_by.is_none()) else {
            return self.write(out, event, true, Detail::Plain);
        };
        let mut text = String::new();
        self.write(&mut text, event, true, Detail::Plain)?;
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let mut edited = String::new();
        self.write(&mut edited, &edit, true, Detail::Plain)?;
        if let Some(unsigned) = value.get_mut("unsigned")
            && let Ok(edited) = serde_json::from_str::<serde_json::Value>(&edited)
        {
            unsigned["m.relations"] = serde_json::json!({ "m.replace": edited });
        }
        out.push_str(&value.to_string());
        Ok(())
    }
}
