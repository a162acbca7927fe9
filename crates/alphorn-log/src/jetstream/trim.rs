//! Taking the oldest records off the broker: only what every node has, what a backup has, and what is older than some
//! days. Stores keep what they have; whoever lacks it takes a copy of another node's store.
//!
//! The broker then knows nothing of a subject whose records are all gone, and takes a record that expects to be the
//! first of its aggregate. The stores know better and void it, and its writer hears of a conflict as always.

use std::time::Duration;

use alphorn_model::{Seq, TimestampMs};
use async_nats::{
    Client,
    jetstream::{self, stream::Stream},
};
use futures_util::TryStreamExt as _;

use super::{
    Cluster, Link, Names, Unfit,
    leases::{self, Failure},
};

/// Where nodes say how far they are.
const POSITIONS: &str = "positions";

/// A node that said nothing for this long is not waited for any more.
const GONE: Duration = Duration::from_secs(30 * 24 * 3600);

/// The name under which the last record of the newest backup is remembered.
const BACKUP: &str = "backup";

/// What was taken off, or why nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trimmed {
    /// So many records were taken off; the log begins with this one now.
    Off {
        /// How many.
        records: u64,
        /// The first one that is left.
        first: Seq,
    },
    /// Nothing was, because of this.
    Kept(&'static str),
}

/// Up to which record nobody needs the log, by the nodes' positions and the newest backup; or why it is needed.
fn unneeded(positions: &[Seq], backup: Option<Seq>) -> Result<Seq, &'static str> {
    let behind = positions.iter().min().ok_or("no node has said yet how far it is")?;
    let backup = backup.ok_or("no backup was made yet by `alphorn backup` on a node")?;
    Ok(backup.min(*behind))
}

async fn trim(client: &Client, names: &Names, keep: Duration, now: TimestampMs) -> Result<Trimmed, Failure> {
    let context = jetstream::new(client.clone());
    let stream = context.get_stream(names.stream()).await?;
    let info = stream.cached_info();
    if info.config.mirror.is_some() {
        return Ok(Trimmed::Kept("this log is a copy of another site's"));
    }
    let (first, last) = (info.state.first_sequence, info.state.last_sequence);
    let store = leases::bucket(client, names, POSITIONS, GONE).await?;
    let mut positions = Vec::new();
    let keys: Vec<String> = store.keys().await?.try_collect().await?;
    for key in keys {
        if let Some(bytes) = store.get(&key).await? {
            // Whatever cannot be read stands for a node that has nothing.
            positions.push(number(&bytes).unwrap_or(0));
        }
    }
    let backup = leases::bucket(client, names, leases::PROGRESS, Duration::ZERO).await?.get(BACKUP).await?;
    let backup = backup.and_then(|bytes| number(&bytes));
    let unneeded = match unneeded(&positions, backup) {
        Ok(unneeded) => unneeded,
        Err(why) => return Ok(Trimmed::Kept(why)),
    };
    // One record stays, so that the log always says how far it is.
    let bound = unneeded.min(last.saturating_sub(1));
    if first == 0 || bound < first {
        return Ok(Trimmed::Kept(
            "a node or the newest backup does not have more than was taken off already",
        ));
    }
    let keep_ms = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
    let Some(upto) = newest_before(&stream, first, bound, now.saturating_sub(keep_ms)).await? else {
        return Ok(Trimmed::Kept("nothing is old enough"));
    };
    let answer = stream.purge().sequence(upto + 1).await?;
    Ok(Trimmed::Off { records: answer.purged, first: upto + 1 })
}

/// The newest of the records from `first` to `bound` that was stored at this time or before.
async fn newest_before(
    stream: &Stream,
    first: Seq,
    bound: Seq,
    time: TimestampMs,
) -> Result<Option<Seq>, Failure> {
    let (mut low, mut high) = (first, bound + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let stored = stream.direct_get(middle).await?.time.unix_timestamp_nanos() / 1_000_000;
        if stored <= i128::from(time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok((low > first).then(|| low - 1))
}

fn number(bytes: &[u8]) -> Option<Seq> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

impl Link {
    /// Says how far nodes are: none of them loses what it has not read yet.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub async fn note_positions(&self, positions: &[(u32, Seq)]) -> Result<(), Failure> {
        let store = leases::bucket(&self.client, &self.names, POSITIONS, GONE).await?;
        for (node, applied) in positions {
            store.put(format!("node{node}"), applied.to_string().into()).await?;
        }
        Ok(())
    }

    /// Takes off what nobody needs and what is older than `keep`.
    ///
    /// # Errors
    /// When the broker refuses, or does not answer.
    pub async fn trim(&self, keep: Duration, now: TimestampMs) -> Result<Trimmed, Failure> {
        trim(&self.client, &self.names, keep, now).await
    }
}

impl Cluster {
    /// Remembers that a backup has the records up to this one.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub async fn note_backup(&self, records: Seq) -> Result<(), Unfit> {
        let noted = async {
            let store = leases::bucket(self.client(), self.names(), leases::PROGRESS, Duration::ZERO).await?;
            store.put(BACKUP, records.to_string().into()).await?;
            Ok::<_, Failure>(())
        };
        noted.await.map_err(|error| Unfit::Refused(error.to_string()))
    }

    /// As [`Link::trim`].
    ///
    /// # Errors
    /// When the broker refuses, or does not answer.
    pub async fn trim(&self, keep: Duration, now: TimestampMs) -> Result<Trimmed, Unfit> {
        let trimmed = trim(self.client(), self.names(), keep, now).await;
        trimmed.map_err(|error| Unfit::Refused(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_that_a_node_or_the_backup_does_not_have() {
        assert_eq!(unneeded(&[500, 70, 300], Some(400)), Ok(70));
        assert_eq!(unneeded(&[500, 700], Some(400)), Ok(400));
        assert!(unneeded(&[500, 700], None).is_err(), "no backup");
        assert!(unneeded(&[], Some(400)).is_err(), "no node");
        assert_eq!(unneeded(&[500, 0], Some(400)), Ok(0), "a node that has nothing");
    }
}
