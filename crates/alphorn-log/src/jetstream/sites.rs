//! More than one site: a copy of the log at another place, and making that copy the log when the first place is gone.

mod copying;

use std::{collections::HashMap, fmt, time::Duration};

use alphorn_model::{
    Aggregate, Fact, Record, RecordId, Seq, TimestampMs, fact::LogFact, record::RECORD_VERSION,
};
use async_nats::{
    Client, HeaderMap, header, jetstream,
    jetstream::stream::{Config, Info, Source},
};
use bytes::Bytes;
use tokio::time::Instant;

use super::{
    Cluster, Names, Unfit, cluster,
    stream::{self, FORMER, PROMOTING},
};

/// Where the stream says which epochs its log has beside the first, each with its first record: `2:101,3:500`.
const EPOCHS: &str = "alphorn-epochs";

/// How long the other site's broker has for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a planned change of sites waits for what is still on its way.
const LEVEL_TIME: Duration = Duration::from_secs(120);

/// How often it is looked whether everything is here.
const LOOK: Duration = Duration::from_millis(100);

/// A stream of another site, reached through the connection between the brokers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) stream: String,
    pub(super) domain: String,
}

impl Place {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (stream, domain) = text.split_once('@')?;
        Some(Self { stream: stream.to_owned(), domain: domain.to_owned() })
    }

    fn of(mirror: &Source) -> Option<Self> {
        let prefix = mirror.external.as_ref()?.api_prefix.as_str();
        let domain = prefix.strip_prefix("$JS.")?.strip_suffix(".API")?;
        Some(Self { stream: mirror.name.clone(), domain: domain.to_owned() })
    }

    fn context(&self, client: &Client) -> jetstream::Context {
        jetstream::with_domain(client.clone(), &self.domain)
    }

    async fn info(&self, client: &Client) -> Result<Info, String> {
        let found = tokio::time::timeout(PATIENCE, self.context(client).get_stream(&self.stream)).await;
        let found = found.map_err(|_| "it does not answer".to_owned())?.map_err(|error| error.to_string())?;
        Ok(found.cached_info().clone())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.stream, self.domain)
    }
}

/// Ends a log: nothing can be written to it any more. Says whether that is news.
pub(super) async fn seal(client: &Client, place: &Place) -> Result<bool, String> {
    let info = place.info(client).await?;
    if info.config.sealed {
        return Ok(false);
    }
    let config = Config { sealed: true, ..info.config };
    let sealed = tokio::time::timeout(PATIENCE, place.context(client).update_stream(config)).await;
    sealed.map_err(|_| "it does not answer".to_owned())?.map_err(|error| error.to_string())?;
    Ok(true)
}

/// Ends the log that was before one with so many epochs. What copies that one, or goes on from it, is left alone.
pub(super) async fn seal_former(client: &Client, place: &Place, own: usize) -> Result<bool, String> {
    let config = place.info(client).await?.config;
    if config.mirror.is_some()
        || config.metadata.contains_key(PROMOTING)
        || epochs(&config.metadata).len() >= own
    {
        return Ok(false);
    }
    seal(client, place).await
}

/// What came of a promotion.
#[derive(Debug, Clone)]
pub struct Promotion {
    /// The epoch that began.
    pub epoch: u32,
    /// The last record that this site has of the former log.
    pub last: Seq,
    /// Records that the other site was known to have, and this one lacks. After a planned change there are none.
    pub known_missing: u64,
    /// How long ago the other site was heard last; nothing: it answers, or was never heard since the broker started.
    pub silent: Option<Duration>,
    /// Whether the other site answered, was ended, and everything it had is here.
    pub planned: bool,
}

/// A record of the former log that did not get to the site that was promoted.
#[derive(Debug)]
pub struct LostRecord {
    /// Its number on the former log.
    pub seq: Seq,
    /// The record.
    pub record: Record,
    /// The same as it was stored.
    pub body: Bytes,
}

/// How much did not get to the site that was promoted.
#[derive(Debug, Clone, Copy)]
pub struct Lost {
    /// The last record of the former log that got here.
    pub kept: Seq,
    /// The former log's last record.
    pub last: Seq,
}

/// The epochs of a log, without the first, in order.
pub(super) fn epochs(metadata: &HashMap<String, String>) -> Vec<(u32, Seq)> {
    let entry = |entry: &str| {
        let (epoch, first) = entry.split_once(':')?;
        Some((epoch.parse().ok()?, first.parse().ok()?))
    };
    metadata.get(EPOCHS).map(|text| text.split(',').filter_map(entry).collect()).unwrap_or_default()
}

fn refused(why: impl fmt::Display) -> Unfit {
    Unfit::Refused(why.to_string())
}

fn media_subjects(names: &Names) -> Vec<String> {
    let bucket = names.media_bucket();
    vec![format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")]
}

impl Cluster {
    /// Makes this site's copy the log. Where the other site still answers, its log is ended first, and everything that
    /// it has gets here; where it does not, that must be said. Can be repeated when it was broken off.
    ///
    /// # Errors
    /// When this site has no copy, or the other one does not answer and that was not said, or a broker refuses.
    pub async fn promote(&self, other_is_gone: bool, now_ms: TimestampMs) -> Result<Promotion, Unfit> {
        let info = self.own().await?;
        let Some(source) = &info.config.mirror else {
            return match info.config.metadata.contains_key(PROMOTING) {
                true => self.complete(now_ms, None).await,
                false => Err(refused("this site has the log already")),
            };
        };
        let former =
            Place::of(source).ok_or_else(|| refused("what this site copies cannot be understood"))?;
        let ended = tokio::time::timeout(PATIENCE * 2, seal(self.client(), &former)).await;
        let ended = ended.unwrap_or_else(|_| Err("it does not answer".to_owned()));
        let planned = match ended {
            Ok(_) => true,
            Err(_) if other_is_gone => false,
            Err(why) => {
                return Err(refused(format!(
                    "the other site's log: {why}. If people can still write there, the two sites will part. When it is \
                     certain that nobody can, promote this one with --other-site-is-gone"
                )));
            }
        };
        if planned {
            self.level(&former).await?;
        }
        let info = self.own().await?;
        self.part(&info, &former).await?;
        let seen = (!planned).then_some(info.mirror).flatten();
        let mut promotion = self.complete(now_ms, seen.as_ref().map(|seen| (seen.lag, seen.active))).await?;
        promotion.planned = planned;
        Ok(promotion)
    }

    async fn own(&self) -> Result<Info, Unfit> {
        let found = stream::find(self.client(), self.names()).await.map_err(cluster::refused)?;
        found.ok_or_else(|| Unfit::NoLog(self.settings().cluster.clone()))
    }

    /// Waits until everything that the other site has is here.
    async fn level(&self, former: &Place) -> Result<(), Unfit> {
        let there = former.info(self.client()).await.map_err(refused)?.state.last_sequence;
        let begin = Instant::now();
        loop {
            let here = self.own().await?.state.last_sequence;
            if here >= there {
                return Ok(());
            }
            if begin.elapsed() > LEVEL_TIME {
                return Err(refused(format!(
                    "the other site's log was ended at record {there}, and only {here} are here after {LEVEL_TIME:?}: \
                     run this again"
                )));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Stops copying: from here on the streams of this site take what is written to them.
    async fn part(&self, info: &Info, former: &Place) -> Result<(), Unfit> {
        let mut metadata = info.config.metadata.clone();
        metadata.retain(|key, _| key.starts_with("alphorn-"));
        let epoch = epochs(&metadata).last().map_or(1, |(epoch, _)| *epoch) + 1;
        metadata.insert(FORMER.to_owned(), former.to_string());
        metadata.insert(PROMOTING.to_owned(), epoch.to_string());
        let context = jetstream::new(self.client().clone());
        let replicas = info.config.num_replicas;
        let config = stream::config(self.names(), replicas, metadata);
        context.update_stream(config).await.map_err(refused)?;
        if let Ok(media) = context.get_stream(self.names().media_stream()).await
            && media.cached_info().config.mirror.is_some()
        {
            let config = Config {
                mirror: None,
                subjects: media_subjects(self.names()),
                allow_rollup: true,
                ..media.cached_info().config.clone()
            };
            context.update_stream(config).await.map_err(refused)?;
        }
        Ok(())
    }

    /// Begins the new epoch with a record of its own, and lets the nodes write.
    async fn complete(
        &self,
        now_ms: TimestampMs,
        seen: Option<(u64, Option<Duration>)>,
    ) -> Result<Promotion, Unfit> {
        let mut config = self.own().await?.config;
        let epoch = config.metadata.remove(PROMOTING).and_then(|text| text.parse().ok());
        let epoch: u32 = epoch.ok_or_else(|| refused("somebody else has promoted this site meanwhile"))?;
        let first = self.begin(epoch, now_ms).await?;
        let all = epochs(&config.metadata).into_iter().chain([(epoch, first)]);
        let all: Vec<_> = all.map(|(epoch, first)| format!("{epoch}:{first}")).collect();
        config.metadata.insert(EPOCHS.to_owned(), all.join(","));
        let context = jetstream::new(self.client().clone());
        context.update_stream(config).await.map_err(refused)?;
        let (known_missing, silent) = seen.unwrap_or_default();
        Ok(Promotion { epoch, last: first - 1, known_missing, silent, planned: false })
    }

    /// Puts the first record of the new epoch on the log, unless it is there already.
    async fn begin(&self, epoch: u32, now_ms: TimestampMs) -> Result<Seq, Unfit> {
        let id = RecordId(format!("epoch{epoch}"));
        let last = self.own().await?.state.last_sequence;
        let context = jetstream::new(self.client().clone());
        let stream = context.get_stream(self.names().stream()).await.map_err(refused)?;
        if let Ok(message) = stream.get_raw_message(last).await
            && serde_json::from_slice::<Record>(&message.payload).is_ok_and(|record| record.id == id)
        {
            return Ok(last);
        }
        let fact = LogFact::EpochBegan { epoch, site: self.settings().site.clone() };
        let record = Record {
            v: RECORD_VERSION,
            id,
            aggregate: Aggregate::Server,
            prev: None,
            node: self.settings().node,
            time: now_ms,
            facts: vec![Fact::Log(fact)],
        };
        let body = serde_json::to_vec(&record).map_err(refused)?;
        let mut headers = HeaderMap::new();
        headers.insert(header::NATS_EXPECTED_STREAM, self.names().stream());
        headers.insert(header::NATS_EXPECTED_LAST_SEQUENCE, last.to_string());
        headers.insert(header::NATS_MESSAGE_ID, record.id.0.as_str());
        let subject = self.names().of_aggregate(&record.aggregate);
        let sent = context.publish_with_headers(subject, headers, body.into()).await.map_err(refused)?;
        Ok(sent.await.map_err(refused)?.sequence)
    }

    /// Reads what the former site's log has that did not get to this one, record by record. Its log is ended if it is
    /// not yet.
    ///
    /// # Errors
    /// When this site was not promoted, or the former site does not answer.
    pub async fn lost(&self, mut each: impl FnMut(LostRecord)) -> Result<Lost, Unfit> {
        let metadata = self.own().await?.config.metadata;
        let former = metadata.get(FORMER).and_then(|text| Place::parse(text));
        let first = epochs(&metadata).last().map(|(_, first)| *first);
        let (Some(former), Some(first)) = (former, first) else {
            return Err(refused("this site was not promoted: nothing can be lacking"));
        };
        let elsewhere = |why: String| refused(format!("the former site's log: {why}"));
        seal_former(self.client(), &former, epochs(&metadata).len()).await.map_err(elsewhere)?;
        let info = former.info(self.client()).await.map_err(elsewhere)?;
        if !info.config.sealed {
            return Err(refused(
                "the former site copies this one, or goes on from it: what it had alone is gone",
            ));
        }
        let last = info.state.last_sequence;
        let stream = former.context(self.client()).get_stream(&former.stream).await.map_err(refused)?;
        for seq in first..=last {
            let message = stream.get_raw_message(seq).await.map_err(refused)?;
            let record = serde_json::from_slice(&message.payload)
                .map_err(|error| refused(format!("record {seq} cannot be read: {error}")))?;
            each(LostRecord { seq, record, body: message.payload });
        }
        Ok(Lost { kept: first - 1, last })
    }
}

/// How the users' files are kept.
#[must_use]
pub fn media_config(names: &Names, num_replicas: usize) -> jetstream::object_store::Config {
    jetstream::object_store::Config {
        bucket: names.media_bucket(),
        num_replicas,
        max_bytes: -1,
        ..jetstream::object_store::Config::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let place = Place { stream: "ALPHORN_a--b".to_owned(), domain: "hq".to_owned() };
        assert_eq!(Place::parse(&place.to_string()).as_ref(), Some(&place));
        assert_eq!(Place::of(&copying::mirror(&place, &[])), Some(place));
        assert_eq!(Place::parse("nothing"), None);
        let metadata = HashMap::from([(EPOCHS.to_owned(), "2:101,3:500".to_owned())]);
        assert_eq!(epochs(&metadata), [(2, 101), (3, 500)]);
        assert_eq!(epochs(&HashMap::new()), []);
    }
}
