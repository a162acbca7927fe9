//! Messages that wait for devices. Specification: Client-Server API, "Send-to-Device messaging".

use alphorn_model::{Position, RawJson, Seq, fact::ToDeviceMessage};

use super::{Write, raw};
use crate::{Reader, Result};

/// Messages that wait for one device, about: beyond that the oldest give way. A device that is gone for so
/// long fetches keys from the backup or asks for them.
const QUEUE_MAX: usize = 20_000;
/// Transactions remembered for one device, about: a client retries its latest ones.
const TRANSACTIONS_MAX: usize = 1_000;
/// Bounds are looked at in every so-manieth record: by the sequence number, so that every node does it alike.
const TRIM_EVERY: Seq = 64;

/// A message that waits for a device.
#[derive(Debug, Clone)]
pub struct QueuedMessage {
    /// The record that brought it.
    pub seq: Seq,
    /// Who sent it.
    pub sender: String,
    /// Its type.
    pub kind: String,
    /// Its content.
    pub content: RawJson,
}

impl Reader<'_> {
    /// Messages for a device from records in `(after, upto]`, oldest first. The messages of one record
    /// are never torn apart, so that a token can name the place; at most about `limit`.
    pub fn to_device(
        &self,
        user: &str,
        device: &str,
        after: Seq,
        upto: Seq,
        limit: usize,
    ) -> Result<Vec<QueuedMessage>> {
        let mut rows = self.all(
            "SELECT pos, sender, kind, content FROM to_device WHERE user = ?1 AND device = ?2 AND pos > ?3 AND pos <= ?4 \
             ORDER BY pos, sub LIMIT ?5",
            (user, device, Position::end_of(after).0, Position::end_of(upto).0, limit),
            map_row,
        )?;
        if rows.len() >= limit
            && let Some(last) = rows.last().map(|row| row.0.seq())
        {
            rows.retain(|row| row.0.seq() < last);
            rows.extend(self.all(
                "SELECT pos, sender, kind, content FROM to_device WHERE user = ?1 AND device = ?2 AND pos >= ?3 \
                 AND pos <= ?4 ORDER BY pos, sub",
                (user, device, Position::new(last, 0).0, Position::end_of(last).0),
                map_row,
            )?);
        }
        rows.into_iter()
            .map(|(pos, sender, kind, content)| {
                Ok(QueuedMessage { seq: pos.seq(), sender, kind, content: raw(content)? })
            })
            .collect()
    }

    /// Whether messages wait for a device from records up to `upto`.
    pub fn to_device_waits(&self, user: &str, device: &str, upto: Seq) -> Result<bool> {
        self.one(
            "SELECT 1 FROM to_device WHERE user = ?1 AND device = ?2 AND pos <= ?3 LIMIT 1",
            (user, device, Position::end_of(upto).0),
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    /// Whether a client's transaction sent its messages already.
    pub fn to_device_transaction(&self, user: &str, device: &str, id: &str) -> Result<bool> {
        self.one(
            "SELECT 1 FROM to_device_transactions WHERE user = ?1 AND device = ?2 AND id = ?3",
            (user, device, id),
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }
}

fn map_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Position, String, String, String)> {
    Ok((Position(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?))
}

pub(super) fn send(
    write: &Write<'_>,
    transaction: Option<&(String, String)>,
    messages: &[ToDeviceMessage],
) -> Result<()> {
    if let Some((device, id)) = transaction {
        write.run(
            "INSERT OR REPLACE INTO to_device_transactions VALUES (?1, ?2, ?3, ?4)",
            (write.subject, device, id, write.pos.0),
        )?;
        if write.seq.is_multiple_of(TRIM_EVERY) {
            trim(write, "to_device_transactions", (write.subject, device), TRANSACTIONS_MAX)?;
        }
    }
    for (sub, message) in messages.iter().enumerate() {
        // A device that is gone by now gets nothing; the log decides what "by now" is.
        write.run(
            "INSERT INTO to_device SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS ( \
             SELECT 1 FROM devices WHERE user = ?1 AND device = ?2 UNION ALL \
             SELECT 1 FROM dehydrated_devices WHERE user = ?1 AND device = ?2)",
            (
                message.user.as_str(),
                &message.device,
                write.pos.0,
                sub,
                write.subject,
                &message.kind,
                message.content.get(),
            ),
        )?;
        if write.seq.is_multiple_of(TRIM_EVERY) {
            trim(write, "to_device", (message.user.as_str(), &message.device), QUEUE_MAX)?;
        }
    }
    Ok(())
}

/// Keeps about `keep` of a device's newest rows.
fn trim(write: &Write<'_>, table: &str, (user, device): (&str, &str), keep: usize) -> Result<()> {
    write.run(
        &format!(
            "DELETE FROM {table} WHERE user = ?1 AND device = ?2 AND pos < (SELECT pos FROM {table} \
             WHERE user = ?1 AND device = ?2 ORDER BY pos DESC LIMIT 1 OFFSET ?3)"
        ),
        (user, device, keep),
    )?;
    Ok(())
}

pub(super) fn receive(write: &Write<'_>, device: &str, upto: Seq) -> Result<()> {
    write.run(
        "DELETE FROM to_device WHERE user = ?1 AND device = ?2 AND pos <= ?3",
        (write.subject, device, Position::end_of(upto).0),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
