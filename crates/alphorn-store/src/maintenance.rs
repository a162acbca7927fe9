//! Maintenance: rebuild, check, backup and migration of the database.

mod copies;

use std::path::Path;

use alphorn_model::{Record, Seq};
use bytes::Bytes;
use rusqlite::Connection;

pub use self::copies::{Sight, adopt_copy, digest_of_copy, discard, drop_unfinished, problem_of_copy, sight};
pub use crate::writer::chain;
use crate::{FORMAT_VERSION, Medium, Reader, Result, StoreError, filling, schema, schema::Pace, writer};

/// Records of a rebuild in memory at once.
const REBUILD_BATCH: usize = 2_000;

/// Bytes of records in one transaction of a rebuild: a page that many of them touch is written once for all.
const TRANSACTION_BYTES: usize = 64 << 20;

/// Drops every derived table and makes it again from the log. `progress` hears `(done, all)`.
pub(crate) fn rebuild(connection: &Connection, mut progress: impl FnMut(Seq, Seq)) -> Result<()> {
    let all = Reader::new(connection, None).applied()?;
    schema::set_pace(connection, Pace::Bulk)?;
    // Marks the tables as unfinished, so that a rebuild that was cut short is begun anew at the next start.
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('rebuilding', '1')", [])?;
    schema::drop_derived(connection)?;
    schema::create_derived(connection)?;
    let mut done = 0;
    while done < all {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        match replay_some(connection, done, |done| progress(done, all)) {
            Ok(upto) => done = upto,
            Err(error) => {
                connection.execute_batch("ROLLBACK")?;
                return Err(error);
            }
        }
        connection.execute_batch("COMMIT")?;
    }
    schema::set_pace(connection, Pace::Steady)?;
    connection.execute("DELETE FROM meta WHERE key = 'rebuilding'", [])?;
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('format', ?1)", [FORMAT_VERSION.to_string()])?;
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('tables', ?1)", [schema::fingerprint()])?;
    Ok(())
}

/// Applies the records after `done` again, as many as make one transaction; tells up to which.
fn replay_some(connection: &Connection, mut done: Seq, mut progress: impl FnMut(Seq)) -> Result<Seq> {
    let mut bytes = 0;
    while bytes < TRANSACTION_BYTES {
        let batch = Reader::new(connection, None).bodies_after(done, REBUILD_BATCH)?;
        let Some((last, _, _)) = batch.last() else { break };
        for (seq, record, body) in &batch {
            writer::replay(connection, *seq, record)?;
            bytes += body.len();
        }
        done = *last;
        progress(done);
    }
    Ok(done)
}

/// Brings an older database to the present format: the log stays, the tables are derived anew.
pub(crate) fn migrate(connection: &Connection) -> Result<()> {
    tracing::info!(
        to = FORMAT_VERSION,
        "the store has an older format: deriving its tables anew from the log"
    );
    rebuild(connection, |_, _| {})
}

/// Rebuilds the database at `path`; no server may be running on it.
///
/// # Errors
/// When the database refuses or a record cannot be read.
pub fn rebuild_at(path: &Path, progress: impl FnMut(Seq, Seq)) -> Result<()> {
    rebuild(&writer::open_for_maintenance(path)?, progress)
}

/// The last record in the database at `path`, which is left as it is.
///
/// # Errors
/// When the database refuses.
pub fn last_record_at(path: &Path) -> Result<Seq> {
    Reader::new(&schema::open_reader(path)?, None).applied()
}

/// Records in the database at `path` after `after` with their bytes, at most `limit`.
///
/// # Errors
/// When the database refuses or a record cannot be read.
pub fn bodies_at(path: &Path, after: Seq, limit: usize) -> Result<Vec<(Seq, Record, Bytes)>> {
    Reader::new(&schema::open_reader(path)?, None).bodies_after(after, limit)
}

/// Where the `meta` table says of which cluster's log the records are.
const CLUSTER: &str = "cluster";

/// Of which cluster's log the records in the database at `path` are; nothing: its own.
///
/// # Errors
/// When the database refuses.
pub fn cluster_at(path: &Path) -> Result<Option<String>> {
    Reader::new(&schema::open_reader(path)?, None).meta(CLUSTER)
}

/// Says of which cluster's log the records in the database at `path` are from now on; no server may be running on it.
///
/// # Errors
/// When the database refuses.
pub fn set_cluster_at(path: &Path, cluster: Option<&str>) -> Result<()> {
    let connection = writer::open_for_maintenance(path)?;
    // From now on the log is what is here: what records were before contents expired is nowhere any more.
    connection.execute("DELETE FROM spent", [])?;
    match cluster {
        Some(name) => connection.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", (CLUSTER, name))?,
        // What it writes on its own is in no digest.
        None => connection.execute("DELETE FROM meta WHERE key IN (?1, ?2)", (CLUSTER, writer::DIGEST))?,
    };
    Ok(())
}

/// Media in the database at `path` after `id` in alphabetical order, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub fn media_at(path: &Path, id: &str, limit: usize) -> Result<Vec<Medium>> {
    Reader::new(&schema::open_reader(path)?, None).media_after(id, limit)
}

/// A piece of media in the database at `path`.
///
/// # Errors
/// When the database refuses.
pub fn medium_at(path: &Path, id: &str) -> Result<Option<Medium>> {
    Reader::new(&schema::open_reader(path)?, None).medium(id)
}

/// What a check found.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Records on the log.
    pub records: u64,
    /// Everything that is wrong, in words; empty: all is well.
    pub problems: Vec<String>,
}

/// Checks the database at `path`: SQLite's own integrity, the log (every record there, readable, in
/// order), and every derived table against one derived anew in `scratch`, a file that is removed again.
///
/// # Errors
/// When the database cannot be opened, or on input and output errors.
pub fn check_at(path: &Path, scratch: &Path, mut progress: impl FnMut(Seq, Seq)) -> Result<CheckReport> {
    let connection = schema::open_reader(path)?;
    let mut report = CheckReport::default();
    let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            report.problems.push(format!("SQLite: {line}"));
        }
    }
    drop(statement);
    let all = Reader::new(&connection, None).applied()?;
    let fresh = fresh_copy(&connection, scratch, &mut report, all, &mut progress)?;
    compare(&connection, &fresh, &mut report)?;
    drop(fresh);
    remove_database(scratch)?;
    if !writer::digest_agrees(&connection)? {
        report.problems.push("the log's records are not those that the cluster delivered".to_owned());
    }
    Ok(report)
}

/// Derives all tables anew into `scratch`, checking the log on the way.
fn fresh_copy(
    from: &Connection,
    scratch: &Path,
    report: &mut CheckReport,
    all: Seq,
    progress: &mut impl FnMut(Seq, Seq),
) -> Result<Connection> {
    remove_database(scratch)?;
    let fresh = Connection::open(scratch)?;
    fresh
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000;")?;
    fresh.set_prepared_statement_cache_capacity(200);
    schema::keep_plans(&fresh)?;
    fresh.execute_batch(schema::PRIMARY)?;
    schema::create_derived(&fresh)?;
    let mut done = 0;
    loop {
        let batch = match Reader::new(from, None).records_after(done, REBUILD_BATCH) {
            Ok(batch) => batch,
            Err(StoreError::Record { seq, why }) => {
                report.problems.push(format!("record {seq}: {why}"));
                return Ok(fresh);
            }
            Err(error) => return Err(error),
        };
        let Some(last) = batch.last().map(|(seq, _)| *seq) else { break };
        fresh.execute_batch("BEGIN")?;
        for (seq, record) in &batch {
            if *seq != done + 1 {
                report.problems.push(format!("the log has a hole: record {seq} follows record {done}"));
            }
            done = *seq;
            // Indexes read event bodies back while they are derived.
            let body =
                serde_json::to_vec(record).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
            fresh.prepare_cached("INSERT INTO log VALUES (?1, ?2)")?.execute((seq, body))?;
            writer::replay(&fresh, *seq, record)?;
        }
        fresh.execute_batch("COMMIT")?;
        done = last;
        report.records = done;
        progress(done, all);
    }
    Ok(fresh)
}

fn compare(kept: &Connection, fresh: &Connection, report: &mut CheckReport) -> Result<()> {
    // Of the searched words, how many each event has: how they are packed depends on when they came.
    let further = [
        ("rooms", "nid INTEGER PRIMARY KEY"),
        ("(SELECT id, sz FROM search_docsize)", "id INTEGER PRIMARY KEY"),
    ];
    for (table, columns) in schema::DERIVED.iter().copied().chain(further) {
        let order = columns.rfind("PRIMARY KEY (").map_or_else(
            || columns.split_whitespace().next().unwrap_or("1").to_owned(),
            |at| columns.get(at + 13..).unwrap_or("").trim_end_matches(')').to_owned(),
        );
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        let (mut left, mut right) = (kept.prepare(&sql)?, fresh.prepare(&sql)?);
        let width = left.column_count();
        let (mut left, mut right) = (left.query([])?, right.query([])?);
        loop {
            let equal = match (left.next()?, right.next()?) {
                (None, None) => break,
                (Some(a), Some(b)) => {
                    let mut equal = true;
                    for column in 0..width {
                        equal &= a.get_ref(column)? == b.get_ref(column)?;
                    }
                    equal
                }
                _ => false,
            };
            if !equal {
                report.problems.push(format!("table {table} is not what the log says"));
                break;
            }
        }
    }
    Ok(())
}

/// Copies the database, consistent as of one moment, while a server may be writing to it.
///
/// # Errors
/// When either file refuses.
pub fn backup(from: &Path, to: &Path) -> Result<()> {
    let source = schema::open_reader(from)?;
    let mut target = Connection::open(to)?;
    {
        // All pages in one step: a copy in steps starts over whenever another connection writes.
        let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
        backup.step(-1)?;
    }
    target.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA wal_checkpoint;")?;
    drop(target);
    std::fs::File::open(to)?.sync_all()?;
    Ok(())
}

fn remove_database(path: &Path) -> Result<()> {
    // Its marker last: as long as that is there, so much of it as is left is given up.
    for suffix in ["", "-wal", "-shm", "-journal", filling::SUFFIX] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
