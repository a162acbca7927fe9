//! The beginning of a copy at another site: streams that mirror those of the site which has the log.

use std::time::Duration;

use async_nats::{
    jetstream,
    jetstream::{
        ErrorCode,
        context::{CreateStreamErrorKind, GetStreamErrorKind},
        stream::{Config, External, Info, Source, SubjectTransform},
    },
};
use tokio::time::Instant;

use super::{LOOK, PATIENCE, Place, epochs, media_config, media_subjects, refused};
use crate::jetstream::{
    Cluster, Description, Names, Unfit, cluster,
    stream::{self, FILLING, FORMER},
};

/// How long the brokers of this site have to agree on a leader of a stream, or that one is gone.
const AGREED: Duration = Duration::from_secs(30);

/// A copy of another stream, whose subjects get this site's names.
pub(super) fn mirror(place: &Place, subjects: &[(String, String)]) -> Source {
    let transform = |(source, destination): &(String, String)| SubjectTransform {
        source: source.clone(),
        destination: destination.clone(),
    };
    Source {
        name: place.stream.clone(),
        external: Some(External { api_prefix: format!("$JS.{}.API", place.domain), delivery_prefix: None }),
        subject_transforms: subjects.iter().map(transform).collect(),
        ..Source::default()
    }
}

impl Cluster {
    /// Begins to copy another site's log to this one, and the users' files with it. Can be repeated when it was broken
    /// off.
    ///
    /// # Errors
    /// When there is a log here already, or the other site's cannot be found or is not fit.
    pub async fn copy(
        &self,
        site: &str,
        domain: &str,
        replicas: usize,
        discard_ended: bool,
    ) -> Result<Description, Unfit> {
        let theirs = Names::of(&self.settings().cluster, site);
        let log = Place { stream: theirs.stream(), domain: domain.to_owned() };
        let info = self.other_log(&log).await?;
        let own = self.stream_here(&self.names().stream()).await?;
        let begun = own.as_ref().is_some_and(|own| copies(own, &log));
        if let Some(own) = own.as_ref().filter(|_| !begun) {
            if !discard_ended {
                return Err(refused("this site has a log already"));
            }
            let goes_on = epochs(&info.config.metadata).len() > epochs(&own.config.metadata).len();
            if !own.config.sealed || !goes_on {
                return Err(refused(
                    "this site's log has not ended, or the other site's does not go on from it",
                ));
            }
            self.remove(&self.names().stream()).await?;
        }
        let mut metadata = info.config.metadata.clone();
        metadata.retain(|key, _| key.starts_with("alphorn-"));
        metadata.remove(FORMER);
        let wanted = stream::config(self.names(), replicas, metadata);
        let config = Config {
            subjects: Vec::new(),
            mirror: Some(mirror(&log, &[(theirs.log(), self.names().log())])),
            duplicate_window: Duration::ZERO,
            allow_atomic_publish: false,
            ..wanted
        };
        // The files first: once there is a copy of the log, nodes here count on theirs.
        self.copy_media(&theirs, domain, replicas, discard_ended).await?;
        let info = match own.filter(|_| begun) {
            Some(own) => own,
            None => self.make(config).await?,
        };
        Ok(cluster::describe(&info))
    }

    /// The log of the site that is to be copied, when it is one that can be.
    async fn other_log(&self, log: &Place) -> Result<Info, Unfit> {
        let begin = Instant::now();
        let info = loop {
            match log.info(self.client()).await {
                // The brokers may not have found each other yet.
                Err(_) if begin.elapsed() < PATIENCE => tokio::time::sleep(LOOK).await,
                found => break found,
            }
        };
        let info = info.map_err(|why| {
            refused(format!(
                "the log {} of the other site, in the JetStream domain {:?}: {why}",
                log.stream, log.domain
            ))
        })?;
        let owner = info.config.metadata.get(stream::SERVER_NAME).cloned().unwrap_or_default();
        let wanted = &self.settings().server_name;
        if !wanted.is_empty() && *wanted != owner {
            return Err(refused(format!(
                "the other site's log is that of {owner:?}, and this server is {wanted:?}"
            )));
        }
        if info.config.sealed || info.config.metadata.contains_key(FILLING) {
            return Err(refused("the other site's log has ended, or is still being filled"));
        }
        Ok(info)
    }

    async fn copy_media(
        &self,
        theirs: &Names,
        domain: &str,
        replicas: usize,
        discard_ended: bool,
    ) -> Result<(), Unfit> {
        let there = jetstream::with_domain(self.client().clone(), domain);
        if there.get_stream(theirs.media_stream()).await.is_err() {
            let mut log = there.get_stream(theirs.stream()).await.map_err(refused)?;
            let num_replicas = log.info().await.map_err(refused)?.config.num_replicas;
            there.create_object_store(media_config(theirs, num_replicas)).await.map_err(refused)?;
        }
        let place = Place { stream: theirs.media_stream(), domain: domain.to_owned() };
        let own = self.names().media_stream();
        match self.stream_here(&own).await? {
            Some(media) if copies(&media, &place) => return Ok(()),
            Some(_) if discard_ended => self.remove(&own).await?,
            Some(_) => {
                return Err(refused("this site has users' files already, and no log that they belong to"));
            }
            None => {}
        }
        let subjects: Vec<_> = media_subjects(theirs).into_iter().zip(media_subjects(self.names())).collect();
        let config = Config {
            name: own,
            mirror: Some(mirror(&place, &subjects)),
            num_replicas: replicas,
            allow_direct: true,
            ..Config::default()
        };
        self.make(config).await.map(drop)
    }

    /// A stream of this site, if there is one. A broker that does not know it yet is asked again: only that there is none
    /// is taken for an answer.
    async fn stream_here(&self, name: &str) -> Result<Option<Info>, Unfit> {
        let begin = Instant::now();
        let context = jetstream::new(self.client().clone());
        loop {
            let why = match context.get_stream(name).await {
                Ok(stream) => return Ok(Some(stream.cached_info().clone())),
                Err(error) => match error.kind() {
                    GetStreamErrorKind::JetStream(why) if why.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                        return Ok(None);
                    }
                    _ => error,
                },
            };
            if begin.elapsed() > AGREED {
                return Err(refused(format!("the stream {name}: {why}")));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Removes a stream of this site, and waits until its brokers say so.
    async fn remove(&self, name: &str) -> Result<(), Unfit> {
        let begin = Instant::now();
        let context = jetstream::new(self.client().clone());
        loop {
            let why = context.delete_stream(name).await.err();
            if self.stream_here(name).await?.is_none() {
                return Ok(());
            }
            if begin.elapsed() > AGREED {
                let why = why.map_or_else(|| "it is still there".to_owned(), |why| why.to_string());
                return Err(refused(format!("the stream {name} cannot be removed: {why}")));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Makes a stream. Of one that was just removed the name is not free at once.
    async fn make(&self, config: Config) -> Result<Info, Unfit> {
        let begin = Instant::now();
        let context = jetstream::new(self.client().clone());
        loop {
            let error = match context.create_stream(&config).await {
                Ok(stream) => return Ok(stream.cached_info().clone()),
                Err(error) => error,
            };
            let passing = match error.kind() {
                CreateStreamErrorKind::JetStream(why) => why.error_code() == ErrorCode::STREAM_NAME_EXIST,
                CreateStreamErrorKind::TimedOut | CreateStreamErrorKind::JetStreamUnavailable => true,
                _ => false,
            };
            if !passing || begin.elapsed() > AGREED {
                return Err(refused(error));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Whether a stream is a copy of that one.
fn copies(stream: &Info, of: &Place) -> bool {
    stream.config.mirror.as_ref().and_then(Place::of).as_ref() == Some(of)
}
