//! Reading records by number: many with one request, from any server that keeps the stream.

use std::{sync::Arc, time::Duration};

use alphorn_model::{Delivered, Record, Seq, record::RECORD_VERSION};
use async_nats::{HeaderMap, Message, StatusCode, header};
use futures_util::StreamExt as _;

use super::Shared;

/// Records asked for at once.
pub(super) const BATCH: usize = 1_000;

/// Bytes asked for at once.
const BATCH_BYTES: usize = 16 << 20;

/// How long the next piece of an answer may take.
const PIECE_TIME: Duration = Duration::from_secs(2);

/// Why records could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The broker did not answer; it may later.
    #[error("{0}")]
    Unreachable(String),
    /// What is on the log cannot be used by this node.
    #[error("{0}")]
    Unusable(String),
}

/// What was read.
#[derive(Default)]
pub(super) struct Piece {
    /// Records in order, without a hole, from the one asked for on.
    pub(super) records: Vec<Delivered>,
    /// How many there are after them.
    pub(super) pending: u64,
}

/// Reads records from `from` on, at most some; none when there are none yet.
pub(super) async fn fetch(shared: &Shared, from: Seq) -> Result<Piece, Trouble> {
    ask(shared, from, BATCH).await
}

/// Reads the records from `from` up to and including `upto`, all of which are on the log.
pub(super) async fn range(shared: Arc<Shared>, from: Seq, upto: Seq) -> Result<Vec<Delivered>, Trouble> {
    let mut records = Vec::new();
    loop {
        let next = from + records.len() as Seq;
        let missing = usize::try_from((upto + 1).saturating_sub(next)).unwrap_or(usize::MAX);
        if missing == 0 {
            return Ok(records);
        }
        let piece = ask(&shared, next, missing.min(BATCH)).await?;
        if piece.records.is_empty() {
            return Err(Trouble::Unreachable(format!("the broker has no record {next} yet")));
        }
        records.extend(piece.records);
    }
}

async fn ask(shared: &Shared, from: Seq, batch: usize) -> Result<Piece, Trouble> {
    let unreachable = |why: String| Trouble::Unreachable(why);
    let inbox = shared.client.new_inbox();
    let mut answers =
        shared.client.subscribe(inbox.clone()).await.map_err(|error| unreachable(error.to_string()))?;
    let subject = format!("$JS.API.DIRECT.GET.{}", shared.names.stream());
    let wish = serde_json::json!({ "seq": from, "batch": batch, "max_bytes": BATCH_BYTES }).to_string();
    shared
        .client
        .publish_with_reply(subject, inbox, wish.into())
        .await
        .map_err(|error| unreachable(error.to_string()))?;
    let mut piece = Piece::default();
    loop {
        let message = match tokio::time::timeout(PIECE_TIME, answers.next()).await {
            Ok(Some(message)) => message,
            Ok(None) => return Err(unreachable("the connection was closed".to_owned())),
            // What came is of use even when the rest did not.
            Err(_) if !piece.records.is_empty() => {
                piece.pending = piece.pending.max(1);
                return Ok(piece);
            }
            Err(_) => return Err(unreachable("no answer to a question for records".to_owned())),
        };
        match message.status {
            Some(StatusCode::NOT_FOUND) => return Ok(piece),
            // The end of a batch.
            Some(status) if status.as_u16() == 204 => {
                piece.pending = number(&message, "Nats-Num-Pending").unwrap_or(0);
                return Ok(piece);
            }
            Some(status) if status != StatusCode::OK => {
                let words = message.description.unwrap_or_default();
                return Err(unreachable(format!("{status} {words}")));
            }
            _ => {
                let record = read(&message)?;
                let next = from + piece.records.len() as Seq;
                if record.seq != next {
                    return Err(Trouble::Unusable(hole(next, record.seq)));
                }
                piece.records.push(record);
            }
        }
    }
}

/// What is said of a hole in the log.
pub(super) fn hole(expected: Seq, found: Seq) -> String {
    format!("the log has a hole: record {found} comes where {expected} should be")
}

fn number(message: &Message, name: &str) -> Option<u64> {
    message.headers.as_ref()?.get(name)?.as_str().parse().ok()
}

/// The sequence number in a message's headers.
pub(super) fn sequence(headers: Option<&HeaderMap>) -> Option<Seq> {
    headers?.get(header::NATS_SEQUENCE)?.as_str().parse().ok()
}

/// Reads a record as the stream delivers it, directly or told again.
pub(super) fn read(message: &Message) -> Result<Delivered, Trouble> {
    let seq = sequence(message.headers.as_ref())
        .ok_or_else(|| Trouble::Unusable("a record came without its number".to_owned()))?;
    let record: Record = serde_json::from_slice(&message.payload)
        .map_err(|error| Trouble::Unusable(format!("record {seq} cannot be read: {error}")))?;
    if record.v > RECORD_VERSION {
        let words = "it was written by a newer alphorn: update this node";
        return Err(Trouble::Unusable(format!("record {seq} has version {}: {words}", record.v)));
    }
    Ok(Delivered { seq, record: Arc::new(record), body: message.payload.clone() })
}
