//! The audit log: what administrators did, in the order of the log. Each entry has a hash over the one before it and
//! over what it says, so that a change of any entry shows in all that come after. The entries themselves are facts
//! on the log; what is here finds them.

use alphorn_model::{
    Fact, Position, TimestampMs,
    fact::{Act, AdministrationFact},
};
use sha2::{Digest as _, Sha256};

use super::Write;
use crate::{Reader, Result, StoreError};

/// An entry of the audit log.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// Its number, from 1 without holes.
    pub entry: u64,
    /// Where it stands on the log.
    pub position: Position,
    /// When.
    pub time: TimestampMs,
    /// The node that wrote it.
    pub node: u32,
    /// What was done by whom.
    pub act: Act,
    /// The hash over this entry and all before it, in hexadecimal digits.
    pub hash: String,
}

/// Which entries are wanted: all that are given must fit.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Who did it: a user id, or `command_line`, `script`.
    pub actor: Option<String>,
    /// To whom or what.
    pub target: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// The part of the action before its dot.
    pub area: Option<String>,
    /// Not before this time.
    pub from: Option<TimestampMs>,
    /// Before this time.
    pub until: Option<TimestampMs>,
}

/// What was found wrong with the chain, and how far it was looked at.
#[derive(Debug, Clone)]
pub struct AuditCheck {
    /// The last entry that was looked at; 0: none.
    pub upto: u64,
    /// Its hash.
    pub hash: String,
    /// The last entry that there is.
    pub last: u64,
    /// The first entry that is not what the chain says.
    pub broken: Option<u64>,
}

/// The hash before the first entry.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A place in the table with all that filters look at.
struct Row {
    entry: u64,
    position: Position,
    time: TimestampMs,
    actor: String,
    area: String,
    action: String,
    target: Option<String>,
    hash: String,
}

const COLUMNS: &str = "entry, pos, time, actor, area, action, target, hash";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        entry: row.get(0)?,
        position: Position(row.get(1)?),
        time: row.get(2)?,
        actor: row.get(3)?,
        area: row.get(4)?,
        action: row.get(5)?,
        target: row.get(6)?,
        hash: row.get(7)?,
    })
}

impl AuditFilter {
    fn fits(&self, row: &Row) -> bool {
        self.actor.as_ref().is_none_or(|actor| *actor == row.actor)
            && (self.target.is_none() || self.target == row.target)
            && self.action.as_ref().is_none_or(|action| *action == row.action)
            && self.area.as_ref().is_none_or(|area| *area == row.area)
            && self.from.is_none_or(|from| row.time >= from)
            && self.until.is_none_or(|until| row.time < until)
    }

    /// The column that leaves the fewest entries.
    fn column(&self) -> Option<(&'static str, &str)> {
        [("target", &self.target), ("actor", &self.actor), ("action", &self.action), ("area", &self.area)]
            .into_iter()
            .find_map(|(column, value)| value.as_deref().map(|value| (column, value)))
    }
}

impl Reader<'_> {
    /// The last entry of the audit log and its hash; 0: there is none.
    pub fn audit_head(&self) -> Result<(u64, String)> {
        let head = self.one("SELECT entry, hash FROM audit ORDER BY entry DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(head.unwrap_or_else(|| (0, BEGINNING.to_owned())))
    }

    /// Entries before `before` that fit, newest first, at most `limit`; at most `look` are looked at. With them comes
    /// the entry before which to go on, where there may be more.
    pub fn audit_before(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
        look: usize,
    ) -> Result<(Vec<AuditEntry>, Option<u64>)> {
        let before = self.audit_start(filter, before)?;
        let rows = match filter.column() {
            Some((column, value)) => self.all(
                &format!(
                    "SELECT {COLUMNS} FROM audit WHERE {column} = ?1 AND entry < ?2 ORDER BY entry DESC LIMIT ?3"
                ),
                (value, before, look),
                row,
            )?,
            None => self.all(
                &format!("SELECT {COLUMNS} FROM audit WHERE entry < ?1 ORDER BY entry DESC LIMIT ?2"),
                (before, look),
                row,
            )?,
        };
        let (seen, mut found, mut last) = (rows.len(), Vec::new(), None);
        for row in rows {
            // Clocks of nodes differ a little: well before the time that is asked for, nothing more can fit.
            if filter.from.is_some_and(|from| row.time.saturating_add(CLOCKS_APART_MS) < from) {
                return Ok((found, None));
            }
            last = Some(row.entry);
            if filter.fits(&row) {
                found.push(self.audit_entry_of(row)?);
                if found.len() == limit {
                    return Ok((found, last));
                }
            }
        }
        Ok((found, last.filter(|_| seen == look)))
    }

    /// The entry before which those of the wanted time stand.
    fn audit_start(&self, filter: &AuditFilter, before: Option<u64>) -> Result<u64> {
        let before = before.unwrap_or(i64::MAX as u64);
        let Some(until) = filter.until else { return Ok(before) };
        let last = self.one(
            "SELECT max(entry) FROM (SELECT entry FROM audit INDEXED BY audit_by_time WHERE time < ?1 \
             ORDER BY time DESC LIMIT 100)",
            [until],
            |row| row.get::<_, Option<u64>>(0),
        )?;
        Ok(before.min(last.flatten().unwrap_or(0) + 1))
    }

    fn audit_entry_of(&self, row: Row) -> Result<AuditEntry> {
        let broken = || StoreError::Inconsistent(format!("audit entry {} is not on the log", row.entry));
        let record = self.record(row.position.seq())?.ok_or_else(broken)?;
        match record.facts.get(row.position.index()) {
            Some(Fact::Administration(AdministrationFact::Acted(act))) => Ok(AuditEntry {
                entry: row.entry,
                position: row.position,
                time: record.time,
                node: record.node,
                act: act.clone(),
                hash: row.hash,
            }),
            _ => Err(broken()),
        }
    }

    /// Makes the hashes of the entries after `after` anew from the log, at most `limit`, and compares them with those
    /// that were kept. `hash` is that of entry `after`; absent: the one that was kept.
    pub fn audit_check(&self, after: u64, hash: Option<String>, limit: usize) -> Result<AuditCheck> {
        let kept = |entry: u64| -> Result<Option<String>> {
            self.one("SELECT hash FROM audit WHERE entry = ?1", [entry], |row| row.get(0))
        };
        let mut hash = match hash {
            Some(hash) => hash,
            None if after == 0 => BEGINNING.to_owned(),
            None => kept(after)?.unwrap_or_default(),
        };
        let mut check =
            AuditCheck { upto: after, hash: hash.clone(), last: self.audit_head()?.0, broken: None };
        let rows = self.all(
            &format!("SELECT {COLUMNS} FROM audit WHERE entry > ?1 ORDER BY entry LIMIT ?2"),
            (after, limit),
            row,
        )?;
        for row in rows {
            let (entry, kept) = (row.entry, row.hash.clone());
            let next = check.upto + 1;
            let Ok(found) = self.audit_entry_of(row) else {
                check.broken = Some(next);
                return Ok(check);
            };
            hash = chain(&hash, entry, found.position, found.time, found.node, &found.act)?;
            if entry != next || hash != kept {
                check.broken = Some(next);
                return Ok(check);
            }
            (check.upto, check.hash) = (entry, hash.clone());
        }
        Ok(check)
    }

    /// The hash of an entry.
    pub fn audit_hash(&self, entry: u64) -> Result<Option<String>> {
        self.one("SELECT hash FROM audit WHERE entry = ?1", [entry], |row| row.get(0))
    }
}

/// Clocks of nodes further apart than this are told of elsewhere.
const CLOCKS_APART_MS: TimestampMs = 600_000;

/// The hash of an entry: SHA-256 over the hash before it, its number, its place on the log, time and node, a line
/// each, and the act as JSON.
fn chain(
    before: &str,
    entry: u64,
    position: Position,
    time: TimestampMs,
    node: u32,
    act: &Act,
) -> Result<String> {
    let act = serde_json::to_vec(act).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    let head = format!("{before}\n{entry}\n{}\n{time}\n{node}\n", position.0);
    let hash = Sha256::new().chain_update(head).chain_update(act).finalize();
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// An administrator did something.
pub(super) fn append(write: &Write<'_>, act: &Act) -> Result<()> {
    let (last, before) = write.reader().audit_head()?;
    let hash = chain(&before, last + 1, write.pos, write.time, write.node, act)?;
    let actor = act.actor.user.as_ref().map_or(act.actor.via.as_str(), |user| user.as_str());
    write.run(
        "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (last + 1, write.pos.0, write.time, actor, act.area(), &act.action, &act.target, hash),
    )?;
    Ok(())
}
