//! The command line: what can be said, and nothing about how it is done.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Flag;

/// A Matrix homeserver in one program.
#[derive(Debug, Parser)]
#[command(name = "alphorn", version, about, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Common {
    /// Configuration file in TOML format (variable ALPHORN_CONFIG); none is needed.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder that holds database, media and keys.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A key of the configuration, for instance limits.rate_limits=false; may be repeated.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_and_value)]
    settings: Vec<(String, String)>,
    /// Answer in JSON, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server until it is told to stop.
    Serve(Serve),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Manage accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Manage registration tokens, with which people make their own accounts.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Look at rooms.
    #[command(subcommand)]
    Room(RoomCommand),
    /// Look at what administrators did.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look after the database.
    #[command(subcommand)]
    Store(StoreCommand),
    /// The log as one file: to keep it, and to make servers and clusters of it.
    #[command(subcommand)]
    Log(LogCommand),
    /// Make and look after a cluster: several machines that are one server.
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Write a complete copy of the data folder, also while the server runs.
    Backup {
        /// A folder that does not exist yet or is empty.
        dir: PathBuf,
    },
    /// Make a data folder out of a backup, after verifying it.
    Restore {
        /// The folder that `alphorn backup` wrote.
        dir: PathBuf,
    },
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write man pages.
    Man {
        /// The folder for them; it is made if need be.
        dir: PathBuf,
    },
}

/// Flags of `serve`.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Serve {
    /// The name behind the colon in users' addresses; decides only at the first start.
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
    /// Where to listen instead of the configured addresses, for instance https://0.0.0.0:8448; may be repeated.
    #[arg(long, value_name = "URL", value_parser = listener)]
    listen: Vec<(String, bool)>,
    /// Least level of log lines: error, warn, info, debug, trace.
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
}

/// `alphorn config`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say everything that is wrong with the configuration.
    Check,
    /// Print the reference of all keys in Markdown.
    Reference,
}

/// `alphorn user`
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account.
    Add {
        /// The name before the colon, or the whole address.
        name: String,
        /// Make it an administrator.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        password: Password,
    },
    /// Give an account a new password.
    Passwd {
        /// The name before the colon, or the whole address.
        name: String,
        /// Leave the account's devices logged in.
        #[arg(long)]
        keep_devices: bool,
        #[command(flatten)]
        password: Password,
    },
    /// Close an account for good: it can no longer log in, and leaves its rooms.
    Deactivate {
        /// The name before the colon, or the whole address.
        name: String,
    },
    /// List accounts.
    List,
    /// Make an account an administrator.
    Admin {
        /// The name before the colon, or the whole address.
        name: String,
        /// Take the right away instead.
        #[arg(long)]
        revoke: bool,
    },
}

/// Where a password comes from. Without a flag it is asked for on the terminal.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Password {
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Make up a password and print it.
    #[arg(long)]
    pub(crate) generate: bool,
}

/// `alphorn token`
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a registration token.
    Add {
        /// The token itself; made up when left out.
        #[arg(long)]
        token: Option<String>,
        /// How many accounts can be made with it; no bound when left out.
        #[arg(long, value_name = "N")]
        uses: Option<u64>,
        /// How long it is valid, for instance 90m, 12h or 7d; for ever when left out.
        #[arg(long, value_name = "DURATION", value_parser = duration_ms)]
        expires_in: Option<u64>,
    },
    /// List registration tokens.
    List,
    /// Make a registration token invalid.
    Remove {
        /// The token.
        token: String,
    },
}

/// `alphorn audit`
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify that no entry of the audit log was changed since it was written.
    Verify {
        /// An entry and its hash that were written down elsewhere, as this command prints them.
        #[arg(long, value_name = "ENTRY:HASH", value_parser = anchor)]
        expect: Option<(u64, String)>,
    },
}

/// An entry of the audit log with its hash.
fn anchor(text: &str) -> Result<(u64, String), String> {
    let (entry, hash) = text.split_once(':').ok_or("an entry and its hash, such as 12:ab01…")?;
    let entry = entry.parse().map_err(|_| format!("`{entry}` is no number of an entry"))?;
    if hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err("a hash has 64 hexadecimal digits".to_owned());
    }
    Ok((entry, hash.to_ascii_lowercase()))
}

/// `alphorn room`
#[derive(Debug, Subcommand)]
pub(crate) enum RoomCommand {
    /// List rooms.
    List,
    /// Show one room.
    Show {
        /// The room's identifier or alias.
        room: String,
    },
}

/// `alphorn store`
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Make all derived tables anew from the log; the server must not be running.
    Rebuild,
    /// Verify the log and the derived tables.
    Check,
}

/// `alphorn log`
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Write all records up to now into a file, also while the server runs.
    Export {
        /// A file that does not exist yet.
        file: PathBuf,
    },
    /// Make the store of a server on its own out of such a file, after verifying it, in a data folder without one.
    Import {
        /// The file that `alphorn log export` wrote.
        file: PathBuf,
    },
}

/// `alphorn cluster`
#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Make the cluster's log, with everything that this server has; the server must not be running.
    Init {
        /// How many of the NATS servers keep the log.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5))]
        replicas: u8,
    },
    /// Make this machine a node of the cluster; its data folder must be new.
    Join,
    /// Say how the cluster's log is.
    Status,
    /// Make this site a copy of another one, for the day on which that one is gone.
    Standby {
        /// The name of the other site; the first one has none.
        #[arg(long, default_value = "")]
        of: String,
        /// The JetStream domain of the other site's NATS servers.
        #[arg(long)]
        domain: String,
        /// How many of this site's NATS servers keep the copy.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5))]
        replicas: u8,
        /// This site's own log has ended because the other one was promoted: remove it and its files first. What did
        /// not get there is gone then; `alphorn cluster lost --to FILE` at the other site keeps it.
        #[arg(long)]
        discard_ended_log: bool,
    },
    /// Make this site's copy the log: people write here from now on.
    Promote {
        /// The other site does not answer, and it is certain that nobody can write there any more.
        #[arg(long)]
        other_site_is_gone: bool,
    },
    /// List what the former site's log has that did not get to this one before it was promoted.
    Lost {
        /// Write the records, one on each line, into this file, too.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Take the oldest records off the log that every node and the newest backup have.
    Trim {
        /// Records of the last days stay.
        #[arg(long, default_value_t = 14)]
        keep_days: u32,
    },
    /// Make a server on its own of this node, with everything that the cluster has; it must not be running.
    Leave {
        /// Do not copy the files that only the cluster has: they are then missing here.
        #[arg(long)]
        without_files: bool,
    },
}

impl Cli {
    /// The flags that are settings.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let text = |name: &str, key: &str, value: &str| Flag {
            name: name.to_owned(),
            key: key.to_owned(),
            value: toml::Value::String(value.to_owned()),
        };
        let mut flags: Vec<Flag> = self
            .common
            .settings
            .iter()
            .map(|(key, value)| text(&format!("--set {key}"), key, value))
            .collect();
        if let Some(dir) = &self.common.data_dir {
            flags.push(text("--data-dir", "data_dir", &dir.to_string_lossy()));
        }
        if let Command::Serve(serve) = &self.command {
            if let Some(name) = &serve.server_name {
                flags.push(text("--server-name", "server_name", name));
            }
            if let Some(level) = &serve.log_level {
                flags.push(text("--log-level", "log.level", level));
            }
            if !serve.listen.is_empty() {
                let table = |(address, tls): &(String, bool)| {
                    let address = ("address".to_owned(), toml::Value::String(address.clone()));
                    toml::Value::Table(
                        [address, ("tls".to_owned(), toml::Value::Boolean(*tls))].into_iter().collect(),
                    )
                };
                let value = toml::Value::Array(serve.listen.iter().map(table).collect());
                flags.push(Flag { name: "--listen".to_owned(), key: "listeners".to_owned(), value });
            }
        }
        flags
    }
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn listener(text: &str) -> Result<(String, bool), String> {
    let (scheme, address) =
        text.split_once("://").ok_or("expected http://ADDRESS:PORT or https://ADDRESS:PORT")?;
    match scheme {
        "https" => Ok((address.trim_end_matches('/').to_owned(), true)),
        "http" => Ok((address.trim_end_matches('/').to_owned(), false)),
        _ => Err("expected http:// or https:// in front of the address".to_owned()),
    }
}

fn duration_ms(text: &str) -> Result<u64, String> {
    let expected = || "expected a number and a unit: s, m, h or d".to_owned();
    let unit = text.chars().last().ok_or_else(expected)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(expected()),
    };
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_| expected())?;
    number.checked_mul(seconds * 1000).filter(|ms| *ms > 0).ok_or_else(|| "out of range".to_owned())
}

#[cfg(test)]
mod tests;
