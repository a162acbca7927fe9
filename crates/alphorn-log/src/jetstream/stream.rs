//! The stream that is the log: made once, and checked by every node before it takes part.

use std::{collections::HashMap, time::Duration};

use async_nats::jetstream::{
    self, ErrorCode,
    context::GetStreamErrorKind,
    stream::{Config, DiscardPolicy, Info, Republish, RetentionPolicy, StorageType},
};

use super::{Shared, Unfit, connect};

/// For how long the broker knows the ids of records: longer than any record is tried.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Where the stream says whose log it is.
const SERVER_NAME: &str = "alphorn-server-name";

/// Why the stream cannot be used.
pub(super) enum Trouble {
    /// Not now.
    Unreachable(String),
    /// Not by this node.
    Unfit(Unfit),
}

impl From<Unfit> for Trouble {
    fn from(why: Unfit) -> Self {
        Self::Unfit(why)
    }
}

/// Finds the stream, or makes it where this node may, and checks it.
pub(super) async fn prepare(shared: &Shared) -> Result<(), Trouble> {
    let server = loop {
        match shared.client.try_server_info() {
            Some(server) if shared.client.connection_state() == async_nats::connection::State::Connected => {
                break server;
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    shared.health.connected(true);
    connect::check(&server)?;
    if !server.jetstream {
        let why = "this NATS server has JetStream switched off".to_owned();
        return Err(Unfit::Settings(why).into());
    }
    let context = jetstream::new(shared.client.clone());
    let name = shared.names.stream();
    let info = match context.get_stream(&name).await {
        Ok(stream) => stream.cached_info().clone(),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                make(shared, &context).await?
            }
            _ => return Err(Trouble::Unreachable(error.to_string())),
        },
    };
    check(shared, &info).map_err(|why| Unfit::Stream { stream: name, why }.into())
}

async fn make(shared: &Shared, context: &jetstream::Context) -> Result<Info, Trouble> {
    let settings = &shared.settings;
    if !settings.create || *shared.applied.borrow() > 0 {
        return Err(Unfit::NoLog(settings.cluster.clone()).into());
    }
    let made = context.create_stream(config(shared)).await;
    let made = made.map_err(|error| Trouble::Unreachable(format!("the log cannot be made: {error}")))?;
    tracing::info!(stream = shared.names.stream(), replicas = settings.replicas, "made the cluster's log");
    Ok(made.cached_info().clone())
}

/// The stream as a log needs it. Nothing that would punch holes.
fn config(shared: &Shared) -> Config {
    let names = &shared.names;
    Config {
        name: names.stream(),
        description: Some("the log of an Alphorn cluster".to_owned()),
        subjects: vec![names.log()],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: shared.settings.replicas,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        duplicate_window: DUPLICATE_WINDOW,
        deny_delete: true,
        allow_direct: true,
        allow_atomic_publish: true,
        republish: Some(Republish {
            source: names.log(),
            destination: names.tail(),
            headers_only: false,
        }),
        metadata: HashMap::from([(SERVER_NAME.to_owned(), shared.settings.server_name.clone())]),
        ..Config::default()
    }
}

/// Checks that a stream is this cluster's log, fit to be one, and not older than this node's store.
fn check(shared: &Shared, info: &Info) -> Result<(), String> {
    let found = &info.config;
    let wanted = config(shared);
    let owner = found.metadata.get(SERVER_NAME).map_or("nobody", String::as_str);
    if owner != shared.settings.server_name {
        return Err(format!(
            "it is the log of {owner:?}, and this server is {:?}: two clusters need two names",
            shared.settings.server_name
        ));
    }
    let checks = [
        (found.subjects == wanted.subjects, "it takes other subjects"),
        (found.retention == wanted.retention, "its retention is not \"limits\""),
        (found.discard == wanted.discard, "it discards old records"),
        (found.storage == wanted.storage, "it is not kept in files"),
        (found.deny_delete, "records can be deleted from it"),
        (found.allow_direct, "it does not allow direct reads"),
        (found.allow_atomic_publish, "it does not allow atomic batches"),
        (found.republish == wanted.republish, "it does not tell new records again"),
        (found.max_age.is_zero() && found.max_messages <= 0, "it forgets records"),
        (found.max_messages_per_subject <= 0, "it forgets records of a subject"),
        (found.duplicate_window >= Duration::from_secs(120), "it knows ids for less than two minutes"),
        (!found.allow_message_ttl && !found.allow_rollup, "single records may go from it"),
    ];
    if let Some((_, why)) = checks.iter().find(|(fine, _)| !fine) {
        return Err((*why).to_owned());
    }
    let applied = *shared.applied.borrow();
    let (first, last) = (info.state.first_sequence, info.state.last_sequence);
    if last < applied {
        return Err(format!(
            "it ends at record {last}, and this node has applied {applied}: it is another log, or it lost \
             records; this node must not take part until an administrator has decided which one is right"
        ));
    }
    if first > applied + 1 {
        return Err(format!(
            "it begins at record {first}, and this node needs {}: bring it up from another node's backup",
            applied + 1
        ));
    }
    Ok(())
}
