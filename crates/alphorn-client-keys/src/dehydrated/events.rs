//! `GET …/dehydrated_device/{deviceId}/events` as the proposal has it now, and `POST` of the same path as clients
//! send it: the messages that came for the dehydrated device, batch by batch. They stay until the device is
//! removed, so that another client can begin anew when this one fails.

use alphorn_http::{
    App, Client, OptionalJsonBody, Path, Query, RawAnswer, Result,
    model::{Refusal, Seq},
    store::QueuedMessage,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Messages in one answer, about.
const BATCH: usize = 100;

#[derive(Deserialize)]
pub(crate) struct From {
    from: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Body {
    next_batch: Option<String>,
}

#[derive(Serialize)]
struct Event<'a> {
    sender: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    content: &'a RawValue,
}

#[derive(Serialize)]
struct Answer<'a> {
    events: Vec<Event<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_batch: Option<String>,
}

/// A batch, where it ends, and whether there is more.
struct Batch {
    messages: Vec<QueuedMessage>,
    end: Option<Seq>,
    more: bool,
}

pub(crate) async fn get(
    State(app): State<App>,
    client: Client,
    Path(device): Path<String>,
    Query(query): Query<From>,
) -> Result {
    let batch = read(&app, client, device, query.from).await?;
    let next = batch.end.filter(|_| batch.more);
    batch.answer(next)
}

pub(crate) async fn post(
    State(app): State<App>,
    client: Client,
    Path(device): Path<String>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let batch = read(&app, client, device, body.next_batch).await?;
    // Clients of this form go on until a batch is empty.
    let next = batch.end;
    batch.answer(next)
}

async fn read(app: &App, client: Client, device: String, from: Option<String>) -> Result<Batch> {
    let after: Seq = match from {
        None => 0,
        Some(token) => token
            .strip_prefix('d')
            .and_then(|number| number.parse().ok())
            .filter(|seq| *seq < 1 << 50)
            .ok_or_else(|| Refusal::invalid_param("this is no token of an earlier batch"))?,
    };
    let user = client.user.to_string();
    let batch = app
        .engine()
        .read(move |reader| {
            if reader.dehydrated_device(&user)?.is_none_or(|(id, _)| id != device) {
                return Err(Refusal::forbidden("this is not the dehydrated device").into());
            }
            let upto = reader.applied()?;
            let messages = reader.to_device(&user, &device, after, upto, BATCH)?;
            let end = messages.last().map(|message| message.seq);
            let more = match end {
                Some(end) => !reader.to_device(&user, &device, end, upto, 1)?.is_empty(),
                None => false,
            };
            Ok(Batch { messages, end, more })
        })
        .await?;
    Ok(batch)
}

impl Batch {
    fn answer(&self, next: Option<Seq>) -> Result {
        let events = self.messages.iter().map(|message| Event {
            sender: &message.sender,
            kind: &message.kind,
            content: &message.content,
        });
        RawAnswer::of(&Answer { events: events.collect(), next_batch: next.map(|seq| format!("d{seq}")) })
    }
}
