//! A cluster's log as its administrator sees it: made, filled from a server that was alone, looked at.

use std::{collections::HashMap, time::Duration};

use alphorn_model::{Record, Seq};
use async_nats::{Client, HeaderMap, header, jetstream, jetstream::stream::Info};
use bytes::Bytes;

use super::{
    Names, Settings, Standby, Unfit, connect,
    health::Health,
    stream::{self, Trouble},
};

/// How long the broker has to answer an administrator.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the stream keeps the sealed signing key.
const SIGNING_KEY: &str = "alphorn-signing-key";

/// A connection for an administrator's commands.
pub struct Cluster {
    client: Client,
    names: Names,
    settings: Settings,
}

/// One server of the broker that keeps the log.
#[derive(Debug, Clone)]
pub struct Replica {
    /// Its name.
    pub name: String,
    /// Whether it leads.
    pub leads: bool,
    /// Whether it has everything that it should have.
    pub current: bool,
    /// Whether it is known to be away.
    pub offline: bool,
    /// How many records it lacks.
    pub lag: u64,
}

/// What the log is.
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// Whose log it is.
    pub server_name: String,
    /// The server's signing key, sealed with the cluster's secret.
    pub sealed_key: Option<String>,
    /// The first record that is kept.
    pub first: Seq,
    /// The last record; one less than the first: there is none.
    pub last: Seq,
    /// Bytes of all records.
    pub bytes: u64,
    /// Who keeps it.
    pub replicas: Vec<Replica>,
    /// How it stands to the other site's log, where it is a copy of that.
    pub standby: Option<Standby>,
    /// Whether it has ended because another site was promoted.
    pub ended: bool,
}

impl Cluster {
    /// Connects to the broker.
    ///
    /// # Errors
    /// When it cannot be reached or is not fit.
    pub async fn connect(settings: Settings) -> Result<Self, Unfit> {
        let client = connect::connect(&settings, &Health::new()).await?;
        match tokio::time::timeout(PATIENCE, stream::reach(&client)).await {
            Ok(reached) => reached?,
            Err(_) => return Err(Unfit::Unreachable(settings.connection.addresses.join(", "))),
        }
        Ok(Self { client, names: Names::of(&settings.cluster, &settings.site), settings })
    }

    /// The connection to the broker.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How things of this cluster are called at the broker.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// What the log is; nothing: there is none yet.
    ///
    /// # Errors
    /// When the broker does not say.
    pub async fn describe(&self) -> Result<Option<Description>, Unfit> {
        let found = stream::find(&self.client, &self.names).await.map_err(refused)?;
        Ok(found.as_ref().map(describe))
    }

    /// Makes the log, kept by `replicas` of the broker's servers. No node takes part before [`Cluster::open`].
    ///
    /// # Errors
    /// When there is one already, or the broker refuses.
    pub async fn create(&self, replicas: usize, sealed_key: &str) -> Result<(), Unfit> {
        let metadata = HashMap::from([
            (stream::SERVER_NAME.to_owned(), self.settings.server_name.clone()),
            (SIGNING_KEY.to_owned(), sealed_key.to_owned()),
            (stream::FILLING.to_owned(), "1".to_owned()),
        ]);
        let config = stream::config(&self.names, replicas, metadata);
        let context = jetstream::new(self.client.clone());
        context.create_stream(config).await.map_err(|error| Unfit::Refused(error.to_string()))?;
        Ok(())
    }

    /// The log has everything that it is to begin with: nodes may take part.
    ///
    /// # Errors
    /// When the broker refuses.
    pub async fn open(&self) -> Result<(), Unfit> {
        let info = stream::find(&self.client, &self.names).await.map_err(refused)?;
        let mut config = info.ok_or_else(|| Unfit::NoLog(self.settings.cluster.clone()))?.config;
        config.metadata.remove(stream::FILLING);
        let context = jetstream::new(self.client.clone());
        context.update_stream(config).await.map_err(|error| Unfit::Refused(error.to_string()))?;
        Ok(())
    }

    /// Puts records of a server that was alone on the log, where they must get the numbers that they had.
    ///
    /// # Errors
    /// When the broker refuses, or something else writes to the log.
    pub async fn import(&self, records: &[(Seq, Record, Bytes)]) -> Result<(), Unfit> {
        let context = jetstream::new(self.client.clone());
        let mut sent = Vec::with_capacity(records.len());
        // One after the other on their way, and all answers afterwards.
        for (seq, record, body) in records {
            let mut headers = HeaderMap::new();
            headers.insert(header::NATS_EXPECTED_STREAM, self.names.stream());
            headers.insert(header::NATS_EXPECTED_LAST_SEQUENCE, (seq - 1).to_string());
            headers.insert(header::NATS_MESSAGE_ID, record.id.0.as_str());
            let subject = self.names.of_aggregate(&record.aggregate);
            let answer = context.publish_with_headers(subject, headers, body.clone()).await;
            sent.push((*seq, answer.map_err(|error| Unfit::Refused(error.to_string()))?));
        }
        for (seq, answer) in sent {
            let stored = answer.await.map_err(|error| Unfit::Refused(format!("record {seq}: {error}")))?;
            if stored.sequence != seq {
                return Err(Unfit::Refused(format!("record {seq} became record {}", stored.sequence)));
            }
        }
        Ok(())
    }
}

pub(super) fn refused(trouble: Trouble) -> Unfit {
    match trouble {
        Trouble::Unreachable(why) => Unfit::Refused(why),
        Trouble::Unfit(why) => why,
    }
}

pub(super) fn describe(info: &Info) -> Description {
    let metadata = &info.config.metadata;
    let mut replicas = Vec::new();
    if let Some(cluster) = &info.cluster {
        let leader = cluster.leader.clone().unwrap_or_default();
        if !leader.is_empty() {
            replicas.push(Replica { name: leader, leads: true, current: true, offline: false, lag: 0 });
        }
        replicas.extend(cluster.replicas.iter().map(|peer| Replica {
            name: peer.name.clone(),
            leads: false,
            current: peer.current,
            offline: peer.offline,
            lag: peer.lag.unwrap_or(0),
        }));
    }
    Description {
        server_name: metadata.get(stream::SERVER_NAME).cloned().unwrap_or_default(),
        sealed_key: metadata.get(SIGNING_KEY).cloned(),
        first: info.state.first_sequence,
        last: info.state.last_sequence,
        bytes: info.state.bytes,
        replicas,
        standby: stream::standby(info),
        ended: info.config.sealed,
    }
}
