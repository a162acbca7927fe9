//! The indexes: one file per subject, each with the code that derives its tables from facts and the
//! questions that readers ask. Deriving is deterministic: the same log gives the same tables.

pub mod account_data;
pub mod accounts;
pub mod audit;
pub mod backups;
pub mod device_lists;
pub mod devices;
pub mod directory;
pub mod epochs;
mod filters;
pub mod follow_ups;
pub mod invitations;
pub mod keys;
pub mod media;
pub mod members;
pub mod people;
pub mod pushers;
pub mod receipts;
pub mod relations;
pub mod retention;
pub mod rooms;
pub mod search;
pub mod settings;
pub mod state;
pub mod timeline;
pub mod to_device;
pub mod transactions;

use alphorn_model::{
    Aggregate, Fact, Position, Record, Seq, TimestampMs,
    fact::{AdministrationFact, RoomFact},
};
use rusqlite::{Connection, Params};

use crate::{Result, StoreError};

/// What an index needs to know of the fact that it applies.
pub(crate) struct Write<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) seq: Seq,
    pub(crate) pos: Position,
    pub(crate) time: TimestampMs,
    /// The node that wrote the record.
    pub(crate) node: u32,
    /// The id of the record's aggregate: the room, the user, ...
    pub(crate) subject: &'a str,
}

impl Write<'_> {
    /// Runs one prepared statement.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// A reader of the same transaction.
    pub(crate) fn reader(&self) -> crate::Reader<'_> {
        crate::Reader::new(self.connection, None)
    }
}

/// Derives the tables' changes from one record.
pub(crate) fn apply(connection: &Connection, seq: Seq, record: &Record) -> Result<()> {
    let subject = match &record.aggregate {
        Aggregate::Room(id) | Aggregate::User(id) | Aggregate::Alias(id) | Aggregate::Media(id) => {
            id.as_str()
        }
        Aggregate::Server | Aggregate::Node(_) => "",
    };
    // What is taken out of a room is no news in it.
    let (mut room, mut bumped, mut told) = (None, None, false);
    for (index, fact) in record.facts.iter().enumerate() {
        let write = Write {
            connection,
            seq,
            pos: Position::new(seq, index),
            time: record.time,
            node: record.node,
            subject,
        };
        match fact {
            Fact::Room(fact) => {
                let nid = match room {
                    Some(nid) => nid,
                    None => *room.insert(rooms::nid_for_write(&write, fact)?),
                };
                told |= !matches!(fact, RoomFact::Expired { .. } | RoomFact::PurgeEnded {});
                if rooms::apply(&write, nid, fact)? {
                    bumped = Some(write.pos.0);
                }
            }
            Fact::Account(fact) => accounts::apply(&write, fact)?,
            Fact::Keys(fact) => keys::apply(&write, fact)?,
            Fact::Directory(fact) => directory::apply(&write, fact)?,
            Fact::Media(fact) => media::apply(&write, fact)?,
            Fact::Log(fact) => epochs::apply(&write, fact)?,
            Fact::Administration(AdministrationFact::Acted(act)) => audit::append(&write, act)?,
            Fact::Administration(AdministrationFact::SettingsChanged { changes }) => {
                settings::change(&write, changes)?;
            }
        }
    }
    if let Some(nid) = room.filter(|_| told) {
        let end = Position::end_of(seq).0;
        connection
            .prepare_cached("UPDATE rooms SET head = ?2, bumped = coalesce(?3, bumped) WHERE nid = ?1")?
            .execute((nid, end, bumped))?;
    }
    Ok(())
}

/// Reads stored JSON text back.
pub(crate) fn raw(text: String) -> Result<alphorn_model::RawJson> {
    serde_json::value::RawValue::from_string(text)
        .map_err(|error| StoreError::Inconsistent(format!("stored JSON does not parse: {error}")))
}
