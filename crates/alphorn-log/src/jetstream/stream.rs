//! The stream that is the log: made once, and checked by every node before it takes part.

use std::{collections::HashMap, sync::atomic::Ordering::Relaxed, time::Duration};

use alphorn_model::Seq;
use async_nats::{
    Client,
    connection::State,
    jetstream::{
        self, ErrorCode,
        context::GetStreamErrorKind,
        stream::{Config, DiscardPolicy, Info, Republish, RetentionPolicy, StorageType},
    },
};

use super::{Names, Shared, Standby, Unfit, connect, sites};

/// For how long the broker knows the ids of records: longer than any record is tried.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Where the stream says whose log it is.
pub(super) const SERVER_NAME: &str = "alphorn-server-name";

/// Where the stream says that a server is still giving its records to it.
pub(super) const FILLING: &str = "alphorn-filling";

/// Where the stream says that it is being promoted: it is not a copy any more, and not the log yet.
pub(super) const PROMOTING: &str = "alphorn-promoting";

/// Where a stream that was promoted says which one was the log before: its stream's name and its broker's domain.
pub(super) const FORMER: &str = "alphorn-former-log";

/// For so long a log may be said to be shorter than this node's store. A server of the broker that has just become the
/// leader, or does not know yet that it is the leader no more, tells what it has and not what the log has (seen when two
/// of three servers lost what they sent to each other).
const SHORT_TIME: Duration = Duration::from_secs(30);

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

/// Waits for the broker, and checks it and the log.
pub(super) async fn prepare(shared: &Shared) -> Result<(), Trouble> {
    reach(&shared.client).await?;
    shared.health.connected(true);
    let info = find(&shared.client, &shared.names).await?;
    let info = info.ok_or_else(|| Unfit::NoLog(shared.settings.cluster.clone()))?;
    let applied = *shared.applied.borrow();
    shared.health.set_standby(standby(&info));
    let last = info.state.last_sequence;
    if shared.health.short_for(last < applied).is_some_and(|time| time < SHORT_TIME) {
        return Err(Trouble::Unreachable(format!(
            "it is said to end at record {last}, and this node has applied {applied}"
        )));
    }
    check(shared, &info, applied).map_err(|why| Unfit::Stream { stream: shared.names.stream(), why }.into())
}

/// How the stream stands to the one that it copies, if it does.
pub(super) fn standby(info: &Info) -> Option<Standby> {
    if info.config.mirror.is_some() || info.config.metadata.contains_key(PROMOTING) {
        let mirror = info.mirror.as_ref();
        return Some(Standby {
            lag: mirror.map_or(0, |mirror| mirror.lag),
            heard: mirror.and_then(|mirror| mirror.active),
        });
    }
    None
}

/// Waits until a server answers, and checks that it is fit.
pub(super) async fn reach(client: &Client) -> Result<(), Unfit> {
    let server = loop {
        match client.try_server_info() {
            Some(server) if client.connection_state() == State::Connected => break server,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    connect::check(&server)?;
    if !server.jetstream {
        return Err(Unfit::Settings("this NATS server has JetStream switched off".to_owned()));
    }
    Ok(())
}

/// The stream, if there is one.
pub(super) async fn find(client: &Client, names: &Names) -> Result<Option<Info>, Trouble> {
    match jetstream::new(client.clone()).get_stream(names.stream()).await {
        Ok(stream) => Ok(Some(stream.cached_info().clone())),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                Ok(None)
            }
            _ => Err(Trouble::Unreachable(error.to_string())),
        },
    }
}

/// The stream as a log needs it. Nothing that would punch holes.
pub(super) fn config(names: &Names, replicas: usize, metadata: HashMap<String, String>) -> Config {
    Config {
        name: names.stream(),
        description: Some("the log of an Alphorn cluster".to_owned()),
        subjects: vec![names.log()],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: replicas,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        duplicate_window: DUPLICATE_WINDOW,
        deny_delete: true,
        allow_direct: true,
        allow_atomic_publish: true,
        republish: Some(Republish { source: names.log(), destination: names.tail(), headers_only: false }),
        metadata,
        ..Config::default()
    }
}

/// Checks that a stream is this cluster's log, fit to be one, and not older than this node's store.
fn check(shared: &Shared, info: &Info, applied: Seq) -> Result<(), String> {
    let (settings, names) = (&shared.settings, &shared.names);
    let found = &info.config;
    let wanted = config(names, 1, HashMap::new());
    let owner = found.metadata.get(SERVER_NAME).map_or("nobody", String::as_str);
    if owner != settings.server_name {
        return Err(format!(
            "it is the log of {owner:?}, and this server is {:?}: two clusters need two names",
            settings.server_name
        ));
    }
    if found.metadata.contains_key(FILLING) {
        return Err("`alphorn cluster init` is still giving it a server's records; if that was broken off, delete the \
                    stream and run it again: that server has them all"
            .to_owned());
    }
    if found.sealed {
        return Err(
            "another site was promoted, and this log ended: what it has that did not get there is listed by \
                    `alphorn cluster lost` at that site; this one can become a copy of it (docs/cluster.md)"
                .to_owned(),
        );
    }
    // A copy takes nothing from anybody but the log.
    let copy = found.mirror.is_some();
    let checks = [
        (copy || found.subjects == wanted.subjects, "it takes other subjects"),
        (found.retention == wanted.retention, "its retention is not \"limits\""),
        (found.discard == wanted.discard, "it discards old records"),
        (found.storage == wanted.storage, "it is not kept in files"),
        (found.deny_delete, "records can be deleted from it"),
        (found.allow_direct, "it does not allow direct reads"),
        (copy || found.allow_atomic_publish, "it does not allow atomic batches"),
        (
            found.republish.as_ref().is_some_and(|found| {
                Some(&found.destination) == wanted.republish.as_ref().map(|wanted| &wanted.destination)
            }),
            "it does not tell new records again",
        ),
        (found.max_age.is_zero() && found.max_messages <= 0, "it forgets records"),
        (found.max_messages_per_subject <= 0, "it forgets records of a subject"),
        (
            copy || found.duplicate_window >= Duration::from_secs(120),
            "it knows ids for less than two minutes",
        ),
        (!found.allow_message_ttl && !found.allow_rollup, "single records may go from it"),
    ];
    if let Some((_, why)) = checks.iter().find(|(fine, _)| !fine) {
        return Err((*why).to_owned());
    }
    reaches(shared, info, applied)
}

/// Checks that the log has what the store has, and what it needs next.
fn reaches(shared: &Shared, info: &Info, applied: Seq) -> Result<(), String> {
    let found = &info.config;
    let own = shared.epoch.load(Relaxed);
    if let Some((epoch, first)) =
        sites::epochs(&found.metadata).into_iter().find(|(epoch, first)| *epoch > own && *first <= applied)
    {
        return Err(format!(
            "its epoch {epoch} began at record {first}, and this node has applied {applied} records of the log that ended \
             there: bring the node up anew with a new data folder"
        ));
    }
    let (first, last) = (info.state.first_sequence, info.state.last_sequence);
    if last < applied {
        return Err(format!(
            "it ends at record {last}, and this node has applied {applied}: it is another log, or it lost \
             records; this node must not take part until an administrator has decided which one is right"
        ));
    }
    if first > applied + 1 {
        return Err(format!(
            "it begins at record {first}, and this node needs {}: start the node again, and it takes a copy of another \
             node's store",
            applied + 1
        ));
    }
    Ok(())
}
