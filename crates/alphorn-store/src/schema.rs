//! The database's tables, their version, and opening connections the same way everywhere.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{Result, StoreError};

/// The version of the tables that this program makes. The log's records have a version of their own;
/// when this number grows, derived tables are rebuilt from the log at start.
pub const FORMAT_VERSION: u32 = 6;

/// Tables that are not derived: the log itself, the hashes that records had before their contents expired, and facts
/// about this database.
pub(crate) const PRIMARY: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS spent (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL);
";

/// Every derived table with its definition. The order is that of creation.
pub(crate) const DERIVED: &[(&str, &str)] = &[
    ("aggregates", "key TEXT PRIMARY KEY, seq INTEGER NOT NULL"),
    // Records that lost their race: they are on the log of a cluster, and count for nothing.
    ("voids", "seq INTEGER PRIMARY KEY"),
    // --- rooms
    (
        "events",
        "event_id TEXT PRIMARY KEY, room INTEGER NOT NULL, pos INTEGER NOT NULL, placement INTEGER NOT NULL, \
         redacted INTEGER NOT NULL DEFAULT 0",
    ),
    (
        "timeline",
        "room INTEGER NOT NULL, pos INTEGER NOT NULL, event_id TEXT NOT NULL, state INTEGER NOT NULL, \
         time INTEGER NOT NULL, redacted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (room, pos)",
    ),
    ("redactions", "target TEXT PRIMARY KEY, pos INTEGER NOT NULL"),
    (
        "state_history",
        "room INTEGER NOT NULL, kind TEXT NOT NULL, state_key TEXT NOT NULL, pos INTEGER NOT NULL, \
         event INTEGER NOT NULL, PRIMARY KEY (room, kind, state_key, pos)",
    ),
    (
        "current_state",
        "room INTEGER NOT NULL, kind TEXT NOT NULL, state_key TEXT NOT NULL, event INTEGER NOT NULL, \
         PRIMARY KEY (room, kind, state_key)",
    ),
    (
        "members",
        "room INTEGER NOT NULL, user TEXT NOT NULL, membership INTEGER NOT NULL, pos INTEGER NOT NULL, \
         since INTEGER NOT NULL, forgotten INTEGER NOT NULL DEFAULT 0, put_out INTEGER NOT NULL DEFAULT 0, \
         PRIMARY KEY (room, user)",
    ),
    (
        "extremities",
        "room INTEGER NOT NULL, event_id TEXT NOT NULL, depth INTEGER NOT NULL, PRIMARY KEY (room, event_id)",
    ),
    (
        "relations",
        "parent TEXT NOT NULL, rel_type TEXT NOT NULL, pos INTEGER NOT NULL, room INTEGER NOT NULL, \
         kind TEXT NOT NULL, sender TEXT NOT NULL, key TEXT, PRIMARY KEY (parent, rel_type, pos)",
    ),
    (
        "threads",
        "room INTEGER NOT NULL, root TEXT NOT NULL, latest INTEGER NOT NULL, PRIMARY KEY (room, root)",
    ),
    (
        "transactions",
        "user TEXT NOT NULL, device TEXT NOT NULL, room INTEGER NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, \
         event_id TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (user, device, room, id, what)",
    ),
    // --- accounts
    (
        "accounts",
        "user TEXT PRIMARY KEY, password_hash TEXT, admin INTEGER NOT NULL, guest INTEGER NOT NULL, \
         deactivated INTEGER NOT NULL DEFAULT 0, locked INTEGER NOT NULL DEFAULT 0, \
         suspended INTEGER NOT NULL DEFAULT 0, erased INTEGER NOT NULL DEFAULT 0, appservice TEXT, \
         created_at INTEGER NOT NULL",
    ),
    ("profiles", "user TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (user, key)"),
    (
        "devices",
        "user TEXT NOT NULL, device TEXT NOT NULL, display_name TEXT, created_at INTEGER NOT NULL, \
         PRIMARY KEY (user, device)",
    ),
    (
        "tokens",
        "hash TEXT PRIMARY KEY, user TEXT NOT NULL, device TEXT NOT NULL, expires_at INTEGER, \
         refresh_hash TEXT, replaces_refresh TEXT",
    ),
    (
        "refresh_tokens",
        "hash TEXT PRIMARY KEY, user TEXT NOT NULL, device TEXT NOT NULL, access_hash TEXT NOT NULL",
    ),
    (
        "account_data",
        "user TEXT NOT NULL, room TEXT NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL, seq INTEGER NOT NULL, \
         PRIMARY KEY (user, room, kind)",
    ),
    (
        "filters",
        "user TEXT NOT NULL, filter TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (user, filter)",
    ),
    (
        "receipts",
        "room INTEGER NOT NULL, user TEXT NOT NULL, kind TEXT NOT NULL, thread TEXT NOT NULL, \
         event_id TEXT NOT NULL, pos INTEGER NOT NULL, ts INTEGER NOT NULL, seq INTEGER NOT NULL, \
         PRIMARY KEY (room, user, kind, thread)",
    ),
    (
        "pushers",
        "user TEXT NOT NULL, app_id TEXT NOT NULL, pushkey TEXT NOT NULL, pusher TEXT NOT NULL, \
         device TEXT NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY (user, app_id, pushkey)",
    ),
    ("openid_tokens", "hash TEXT PRIMARY KEY, user TEXT NOT NULL, expires_at INTEGER NOT NULL"),
    (
        "threepids",
        "medium TEXT NOT NULL, address TEXT NOT NULL, user TEXT NOT NULL, validated_at INTEGER NOT NULL, \
         added_at INTEGER NOT NULL, PRIMARY KEY (medium, address)",
    ),
    ("follow_ups", "user TEXT NOT NULL, what TEXT NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY (user, what)"),
    ("people_words", "word TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (word, user)"),
    // --- keys
    (
        "device_keys",
        "user TEXT NOT NULL, device TEXT NOT NULL, keys TEXT NOT NULL, PRIMARY KEY (user, device)",
    ),
    (
        "one_time_keys",
        "user TEXT NOT NULL, device TEXT NOT NULL, algorithm TEXT NOT NULL, pos INTEGER NOT NULL, \
         id TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (user, device, algorithm, id)",
    ),
    (
        "fallback_keys",
        "user TEXT NOT NULL, device TEXT NOT NULL, algorithm TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, \
         used INTEGER NOT NULL, PRIMARY KEY (user, device, algorithm)",
    ),
    (
        "cross_signing",
        "user TEXT NOT NULL, usage TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (user, usage)",
    ),
    (
        "key_signatures",
        "target_user TEXT NOT NULL, target_key TEXT NOT NULL, signer TEXT NOT NULL, signing_key TEXT NOT NULL, \
         signature TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (target_user, target_key, signer, signing_key)",
    ),
    // `seq`: what everybody sees changed; `own`: what the user sees changed.
    ("device_list_changes", "user TEXT PRIMARY KEY, seq INTEGER NOT NULL, own INTEGER NOT NULL"),
    (
        "backups",
        "user TEXT NOT NULL, version INTEGER NOT NULL, algorithm TEXT NOT NULL, auth_data TEXT NOT NULL, \
         deleted INTEGER NOT NULL DEFAULT 0, etag INTEGER NOT NULL DEFAULT 0, count INTEGER NOT NULL DEFAULT 0, \
         PRIMARY KEY (user, version)",
    ),
    (
        "backup_sessions",
        "user TEXT NOT NULL, version INTEGER NOT NULL, room TEXT NOT NULL, session TEXT NOT NULL, \
         data TEXT NOT NULL, PRIMARY KEY (user, version, room, session)",
    ),
    ("dehydrated_devices", "user TEXT PRIMARY KEY, device TEXT NOT NULL, data TEXT NOT NULL"),
    (
        "to_device",
        "user TEXT NOT NULL, device TEXT NOT NULL, pos INTEGER NOT NULL, sub INTEGER NOT NULL, sender TEXT NOT NULL, \
         kind TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (user, device, pos, sub)",
    ),
    (
        "to_device_transactions",
        "user TEXT NOT NULL, device TEXT NOT NULL, id TEXT NOT NULL, pos INTEGER NOT NULL, \
         PRIMARY KEY (user, device, id)",
    ),
    // --- directory and media
    ("epochs", "epoch INTEGER PRIMARY KEY, seq INTEGER NOT NULL, site TEXT NOT NULL"),
    ("aliases", "alias TEXT PRIMARY KEY, room TEXT NOT NULL, creator TEXT NOT NULL"),
    (
        "registration_tokens",
        "token TEXT PRIMARY KEY, uses_allowed INTEGER, used INTEGER NOT NULL, expires_at INTEGER",
    ),
    (
        "reports",
        "pos INTEGER PRIMARY KEY, id TEXT NOT NULL, reporter TEXT NOT NULL, room TEXT, event TEXT, user TEXT, \
         reason TEXT, score INTEGER, ts INTEGER NOT NULL, resolved_at INTEGER, resolved_by TEXT, note TEXT",
    ),
    // Which files events refer to, as `server/id`.
    ("media_uses", "pos INTEGER NOT NULL, media TEXT NOT NULL, PRIMARY KEY (pos, media)"),
    // What each user's stored media comes to.
    ("media_totals", "user TEXT PRIMARY KEY, files INTEGER NOT NULL, bytes INTEGER NOT NULL"),
    // --- administration
    (
        "audit",
        "entry INTEGER PRIMARY KEY, pos INTEGER NOT NULL, time INTEGER NOT NULL, actor TEXT NOT NULL, \
         area TEXT NOT NULL, action TEXT NOT NULL, target TEXT, hash TEXT NOT NULL",
    ),
    ("settings", "name TEXT PRIMARY KEY, value TEXT NOT NULL"),
    (
        "invitations",
        "user TEXT PRIMARY KEY, code_hash TEXT NOT NULL, expires_at INTEGER NOT NULL, log_out INTEGER NOT NULL",
    ),
    // The words of the rooms' names, for administrators.
    ("room_words", "word TEXT NOT NULL, room INTEGER NOT NULL, PRIMARY KEY (word, room)"),
    (
        "media",
        "id TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, \
         content_type TEXT, file_name TEXT, size_bytes INTEGER, sha256 TEXT, object TEXT, \
         quarantined INTEGER NOT NULL DEFAULT 0",
    ),
];

/// The table of rooms has a row id that other tables use; it is derived too.
const ROOMS: &str = "
CREATE TABLE IF NOT EXISTS rooms (
  nid INTEGER PRIMARY KEY, room_id TEXT NOT NULL UNIQUE, version TEXT NOT NULL, head INTEGER NOT NULL,
  bumped INTEGER NOT NULL DEFAULT 0, joined INTEGER NOT NULL DEFAULT 0, invited INTEGER NOT NULL DEFAULT 0, public INTEGER NOT NULL DEFAULT 0,
  open INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0,
  lifetime INTEGER, oldest INTEGER, expired INTEGER NOT NULL DEFAULT 0, purge INTEGER NOT NULL DEFAULT 0
);
";

/// Words without the texts themselves: those are in the log.
const SEARCH: &str = "
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
  room, body, name, topic, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
";

const INDEXES: &str = "
CREATE INDEX IF NOT EXISTS state_by_pos ON state_history (room, pos);
CREATE INDEX IF NOT EXISTS members_by_user ON members (user, membership, room, pos);
CREATE INDEX IF NOT EXISTS members_by_kind ON members (room, membership, pos);
CREATE INDEX IF NOT EXISTS rooms_public ON rooms (joined DESC, nid) WHERE public = 1;
CREATE INDEX IF NOT EXISTS threads_latest ON threads (room, latest);
CREATE INDEX IF NOT EXISTS transactions_by_time ON transactions (time);
CREATE INDEX IF NOT EXISTS tokens_by_device ON tokens (user, device);
CREATE INDEX IF NOT EXISTS refresh_by_device ON refresh_tokens (user, device);
CREATE INDEX IF NOT EXISTS account_data_by_seq ON account_data (user, seq);
CREATE INDEX IF NOT EXISTS receipts_by_seq ON receipts (room, seq);
CREATE INDEX IF NOT EXISTS one_time_keys_by_pos ON one_time_keys (user, device, algorithm, pos);
CREATE INDEX IF NOT EXISTS device_list_by_seq ON device_list_changes (seq);
CREATE INDEX IF NOT EXISTS key_signatures_by_signer ON key_signatures (signer, seq);
CREATE INDEX IF NOT EXISTS to_device_transactions_by_pos ON to_device_transactions (user, device, pos);
CREATE INDEX IF NOT EXISTS aliases_by_room ON aliases (room);
CREATE INDEX IF NOT EXISTS media_by_user ON media (user, created_at);
CREATE INDEX IF NOT EXISTS openid_tokens_by_user ON openid_tokens (user, expires_at);
CREATE INDEX IF NOT EXISTS people_words_by_user ON people_words (user);
CREATE INDEX IF NOT EXISTS pushers_by_key ON pushers (app_id, pushkey);
CREATE INDEX IF NOT EXISTS media_reserved ON media (user, expires_at) WHERE object IS NULL;
CREATE INDEX IF NOT EXISTS media_by_object ON media (object) WHERE object IS NOT NULL;
CREATE INDEX IF NOT EXISTS threepids_by_user ON threepids (user);
CREATE INDEX IF NOT EXISTS accounts_erased ON accounts (user) WHERE erased = 1;
CREATE INDEX IF NOT EXISTS accounts_kept_out ON accounts (user) WHERE locked = 1 OR suspended = 1;
CREATE INDEX IF NOT EXISTS accounts_deactivated ON accounts (user) WHERE deactivated = 1;
CREATE INDEX IF NOT EXISTS accounts_guests ON accounts (user) WHERE guest = 1;
CREATE INDEX IF NOT EXISTS audit_by_actor ON audit (actor, entry);
CREATE INDEX IF NOT EXISTS audit_by_target ON audit (target, entry);
CREATE INDEX IF NOT EXISTS audit_by_action ON audit (action, entry);
CREATE INDEX IF NOT EXISTS audit_by_area ON audit (area, entry);
CREATE INDEX IF NOT EXISTS audit_by_time ON audit (time, entry);
CREATE INDEX IF NOT EXISTS invitations_by_code ON invitations (code_hash);
CREATE INDEX IF NOT EXISTS reports_by_id ON reports (id);
CREATE INDEX IF NOT EXISTS reports_open ON reports (pos) WHERE resolved_at IS NULL;
CREATE INDEX IF NOT EXISTS room_words_by_room ON room_words (room);
CREATE INDEX IF NOT EXISTS rooms_shut ON rooms (nid) WHERE closed > 0;
CREATE INDEX IF NOT EXISTS rooms_to_empty ON rooms (nid) WHERE closed = 2 AND (joined > 0 OR invited > 0);
CREATE INDEX IF NOT EXISTS rooms_aging ON rooms (nid) WHERE lifetime IS NOT NULL;
CREATE INDEX IF NOT EXISTS rooms_by_oldest ON rooms (oldest) WHERE oldest IS NOT NULL AND lifetime IS NULL;
CREATE INDEX IF NOT EXISTS rooms_to_purge ON rooms (nid) WHERE purge = 1;
CREATE INDEX IF NOT EXISTS media_uses_by_media ON media_uses (media, pos);
CREATE INDEX IF NOT EXISTS rooms_public_by_nid ON rooms (nid) WHERE public = 1;
CREATE INDEX IF NOT EXISTS media_by_size ON media_totals (bytes, user);
CREATE INDEX IF NOT EXISTS media_quarantined ON media (id) WHERE quarantined = 1;
CREATE INDEX IF NOT EXISTS accounts_admin ON accounts (user) WHERE admin = 1;
";

/// Makes the derived tables that are missing.
pub(crate) fn create_derived(connection: &Connection) -> Result<()> {
    connection.execute_batch(ROOMS)?;
    for (name, columns) in DERIVED {
        let rowid = if matches!(*name, "reports" | "audit") { "" } else { "WITHOUT ROWID" };
        connection.execute_batch(&format!("CREATE TABLE IF NOT EXISTS {name} ({columns}) {rowid};"))?;
    }
    connection.execute_batch(SEARCH)?;
    connection.execute_batch(INDEXES)?;
    Ok(())
}

/// Drops all derived tables.
pub(crate) fn drop_derived(connection: &Connection) -> Result<()> {
    for (name, _) in DERIVED {
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {name};"))?;
    }
    connection.execute_batch("DROP TABLE IF EXISTS rooms; DROP TABLE IF EXISTS search;")?;
    Ok(())
}

/// Keeps prepared statements prepared: by default SQLite plans a statement anew whenever another number is bound to
/// its LIMIT.
pub(crate) fn keep_plans(connection: &Connection) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// How much is written at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// What people write.
    Steady,
    /// A whole log: pages are kept until they are done with, instead of being read and written again and again.
    Bulk,
}

/// Makes the writing connection fit for its work.
pub(crate) fn set_pace(connection: &Connection, pace: Pace) -> Result<()> {
    connection.execute_batch(match pace {
        Pace::Steady => "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8000; PRAGMA shrink_memory;",
        Pace::Bulk => "PRAGMA wal_autocheckpoint = 48000; PRAGMA cache_size = -192000;",
    })?;
    Ok(())
}

/// What is to be left of a database when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Every write that was answered.
    Everything,
    /// A whole one, which may lack the newest writes.
    Sound,
    /// Nothing: it is being made for the first time ([`crate::filling`]).
    Nothing,
}

/// Opens the connection that writes, making the database when it is not there yet.
pub(crate) fn open_writer(path: &Path, keep: Keep) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA temp_store = MEMORY; \
         PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON;",
    )?;
    connection.execute_batch(match keep {
        Keep::Everything => "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        Keep::Sound => "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        Keep::Nothing => "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;",
    })?;
    set_pace(&connection, Pace::Steady)?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(200);
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.execute_batch(PRIMARY)?;
    check_version(&connection)?;
    create_derived(&connection)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection
        .execute_batch("PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY; PRAGMA query_only = 1;")?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(200);
    keep_plans(&connection)?;
    Ok(connection)
}

/// What the definitions of all derived tables come to: whoever changes one need not remember to say so.
pub(crate) fn fingerprint() -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new_with_prefix(ROOMS);
    for (name, columns) in DERIVED {
        hash.update(name);
        hash.update(columns);
    }
    hash.update(SEARCH);
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Compares the database with this program, and derives its tables anew where they are others.
fn check_version(connection: &Connection) -> Result<()> {
    use rusqlite::OptionalExtension as _;
    let found: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'format'", [], |row| row.get(0))
        .optional()?;
    let Some(found) = found else {
        connection.execute("INSERT INTO meta VALUES ('format', ?1)", [FORMAT_VERSION.to_string()])?;
        connection.execute("INSERT INTO meta VALUES ('tables', ?1)", [fingerprint()])?;
        return Ok(());
    };
    let found: u32 =
        found.parse().map_err(|_| StoreError::Inconsistent(format!("format version {found:?}")))?;
    if found > FORMAT_VERSION {
        return Err(StoreError::Newer { found, known: FORMAT_VERSION });
    }
    let torn: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'rebuilding'", [], |row| row.get(0))
        .optional()?;
    let tables: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'tables'", [], |row| row.get(0))
        .optional()?;
    if found < FORMAT_VERSION || torn.is_some() || tables != Some(fingerprint()) {
        crate::maintenance::migrate(connection)?;
    }
    Ok(())
}
