//! Messages to the device in the forms that both kinds of sync use.

use std::collections::BTreeMap;

use alphorn_http::{
    engine::{Engine, ReadError},
    model::{Aggregate, Fact, OwnedUserId, Refusal, Seq, SyncToken, fact::KeysFact},
    store::Reader,
};
use serde_json::{Value, json};

/// Messages in one answer, about.
pub(crate) const MESSAGES_MAX: usize = 100;

/// Messages that wait, and how far they reach.
pub(crate) struct Waiting {
    pub(crate) events: Vec<Value>,
    /// Everything up to and including this record is in the answer.
    pub(crate) upto: Seq,
}

/// Messages from records after the client's token.
pub(crate) fn waiting(
    reader: &Reader<'_>,
    user: &str,
    device: &str,
    since: Option<SyncToken>,
    upto: Seq,
    limit: usize,
) -> Result<Waiting, ReadError> {
    let after = since.map_or(0, |token| token.seq);
    let messages = reader.to_device(user, device, after, upto, limit)?;
    // Where there are too many for one answer, it reaches as far as they do: the rest comes next.
    let full = messages.last().filter(|_| messages.len() >= limit);
    let upto = full.map_or(upto, |last| last.seq);
    Ok(Waiting {
        upto,
        events: messages
            .into_iter()
            .map(|message| json!({ "type": message.kind, "sender": message.sender, "content": message.content }))
            .collect(),
    })
}

/// A token that comes back says that everything up to it arrived: those messages may go.
pub(crate) async fn acknowledge(
    engine: &Engine,
    user: &OwnedUserId,
    device: &str,
    since: Option<SyncToken>,
) -> Result<(), Refusal> {
    let applied = engine.wake().applied();
    let known = |token: &SyncToken| token.epoch == engine.epoch() && token.seq > 0 && token.seq <= applied;
    // A token from the future cannot know what arrived: the store was restored from a backup.
    let Some(since) = since.map(|since| engine.translate(since)).filter(known) else {
        return Ok(());
    };
    let (name, wanted) = (user.to_string(), device.to_owned());
    let waits = engine.read(move |reader| Ok(reader.to_device_waits(&name, &wanted, since.seq)?)).await?;
    if waits {
        let fact = KeysFact::ToDeviceReceived { device: device.to_owned(), upto: since.seq };
        // Reading goes on while nothing can be written: the messages wait, and the next token says the same.
        if let Err(error) = engine.note(Aggregate::User(user.to_string()), vec![Fact::Keys(fact)]).await {
            tracing::debug!(%error, "messages to a device stay after they were delivered");
        }
    }
    Ok(())
}

/// One-time keys left by algorithm, and the algorithms with an unused fallback key.
pub(crate) fn key_counts(reader: &Reader<'_>, user: &str, device: &str) -> Result<(Value, Value), ReadError> {
    let mut counts: BTreeMap<String, u64> = reader.one_time_key_counts(user, device)?.into_iter().collect();
    counts.entry("signed_curve25519".to_owned()).or_insert(0);
    let fallback = reader.unused_fallback_algorithms(user, device)?;
    Ok((json!(counts), json!(fallback)))
}
