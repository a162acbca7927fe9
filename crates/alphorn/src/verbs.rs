//! The commands other than `serve`: each says its order to the running server, or opens the store itself.

mod archive;
mod backup;
mod cluster;
mod log;
mod media;
mod password;
mod progress;
mod restore;
mod show;
mod store;

use std::sync::Arc;

use alphorn_model::{Clock, SystemClock, SystemEntropy};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::cli::{AuditCommand, RoomCommand, TokenCommand, UserCommand};
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::identity;
use crate::local::client;
use crate::machine;
use crate::metrics::Metrics;
use crate::operation::{Operation, perform};

pub(crate) use backup::backup;
pub(crate) use cluster::cluster;
pub(crate) use log::log;
pub(crate) use restore::restore;
pub(crate) use store::{check, rebuild};

/// How answers are given.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// In JSON.
    pub(crate) json: bool,
}

impl Output {
    /// The answer itself in JSON, or what it means in words.
    pub(crate) fn give(self, answer: &Value, words: impl FnOnce(&Value) -> String) -> anyhow::Result<()> {
        crate::print(&if self.json { format!("{answer}\n") } else { words(answer) })
    }
}

/// Has the running server carry out an order, or opens the store of one that does not run.
fn order(config: &Config, operation: Operation) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if let Some(stream) = runtime.block_on(client::connect(&config.data_dir))? {
        return runtime.block_on(client::ask(stream, &operation));
    }
    let folder = DataFolder::open(&config.data_dir)?;
    let (outcome, closing) = runtime.block_on(async {
        let backend = open(&folder, config).await?;
        let outcome = perform(&backend.engine, &config.passwords, operation).await;
        anyhow::Ok((outcome, backend.into_writer()))
    })?;
    drop(runtime);
    closing.wait();
    Ok(outcome?)
}

/// The engine of a server that does not run.
async fn open(folder: &DataFolder, config: &Config) -> anyhow::Result<Backend> {
    let name = identity::server_name(folder, config.server_name.as_deref(), &machine::host_name())?;
    let key = identity::signing_key(folder, &SystemEntropy)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Backend::open(folder, config, &name, &key, clock, Arc::new(Metrics::new())).await
}

/// Asks for page after page and joins them.
fn all_pages(config: &Config, list: &str, page: impl Fn(Value) -> Operation) -> anyhow::Result<Value> {
    let mut all = Vec::new();
    let mut next = Value::Null;
    loop {
        let mut answer = order(config, page(next))?;
        if let Some(Value::Array(items)) = answer.get_mut(list).map(Value::take) {
            all.extend(items);
        }
        next = answer.get_mut("next").map(Value::take).unwrap_or_default();
        if next.is_null() {
            return Ok(json!({ list: all }));
        }
    }
}

/// `alphorn user`
pub(crate) fn user(config: &Config, output: Output, command: &UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { name, admin, password } => {
            let (name, admin, given) = (name.clone(), *admin, password::obtain(*password)?);
            let password = given.text.clone();
            let answer = order(config, Operation::UserAdd { name, password, admin })?;
            output.give(&given.shown_in(answer), show::made_user)
        }
        UserCommand::Passwd { name, keep_devices, password } => {
            let (name, keep_devices, given) = (name.clone(), *keep_devices, password::obtain(*password)?);
            let password = given.text.clone();
            let answer = order(config, Operation::UserPasswd { name, password, keep_devices })?;
            output.give(&given.shown_in(answer), show::new_password)
        }
        UserCommand::Deactivate { name } => {
            let answer = order(config, Operation::UserDeactivate { name: name.clone() })?;
            output.give(&answer, show::deactivated)
        }
        UserCommand::List => {
            let page = |next: Value| Operation::UserList { after: text_of(&next) };
            output.give(&all_pages(config, "users", page)?, show::users)
        }
        UserCommand::Admin { name, revoke } => {
            let answer = order(config, Operation::UserAdmin { name: name.clone(), admin: !revoke })?;
            output.give(&answer, show::rights)
        }
    }
}

/// `alphorn token`
pub(crate) fn token(config: &Config, output: Output, command: &TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Add { token, uses, expires_in } => {
            let (token, uses, expires_in_ms) = (token.clone(), *uses, *expires_in);
            let answer = order(config, Operation::TokenAdd { token, uses, expires_in_ms })?;
            output.give(&answer, show::made_token)
        }
        TokenCommand::List => {
            let page = |next: Value| Operation::TokenList { after: text_of(&next) };
            output.give(&all_pages(config, "tokens", page)?, show::tokens)
        }
        TokenCommand::Remove { token } => {
            let answer = order(config, Operation::TokenRemove { token: token.clone() })?;
            output.give(&answer, |_| "removed\n".to_owned())
        }
    }
}

/// `alphorn audit`
pub(crate) fn audit(config: &Config, output: Output, command: &AuditCommand) -> anyhow::Result<()> {
    let AuditCommand::Verify { expect } = command;
    let (mut after, mut hash) = (0, None);
    let checked = loop {
        let checked = order(config, Operation::AuditVerify { after, hash })?;
        let upto = checked.get("upto").and_then(Value::as_u64).unwrap_or(0);
        if let Some(entry) = checked.get("broken").and_then(Value::as_u64) {
            anyhow::bail!(
                "entry {entry} of the audit log is not what was written; up to entry {upto} all is well"
            );
        }
        if checked.get("complete").is_some_and(|complete| *complete == Value::Bool(true)) || upto == after {
            break checked;
        }
        (after, hash) = (upto, checked.get("hash").and_then(Value::as_str).map(str::to_owned));
    };
    if let Some((entry, expected)) = expect {
        let found = order(config, Operation::AuditHash { entry: *entry })?;
        let same = found.get("hash").and_then(Value::as_str) == Some(expected.as_str());
        anyhow::ensure!(same, "the audit log up to entry {entry} is not the one that was written down");
    }
    output.give(&checked, show::verified)
}

/// `alphorn room`
pub(crate) fn room(config: &Config, output: Output, command: &RoomCommand) -> anyhow::Result<()> {
    match command {
        RoomCommand::List => {
            let page = |next: Value| Operation::RoomList { after: next.as_i64().unwrap_or(i64::MIN) };
            output.give(&all_pages(config, "rooms", page)?, show::rooms)
        }
        RoomCommand::Show { room } => {
            let answer = order(config, Operation::RoomShow { room: room.clone() })?;
            output.give(&answer, show::room)
        }
    }
}

fn text_of(next: &Value) -> String {
    next.as_str().unwrap_or_default().to_owned()
}
