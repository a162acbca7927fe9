//! What the person can be told to do.
use std::sync::Arc;

use anyhow::{Context, Result};
use matrix_sdk::{
    Client,
    ruma::{
        OwnedEventId, OwnedRoomId, OwnedUserId,
        api::client::{
            receipt::create_receipt::v3::ReceiptType,
            room::create_room::v3::{Request, RoomPreset},
        },
        events::{InitialStateEvent, receipt::ReceiptThread, room::encryption::RoomEncryptionEventContent},
    },
};
use matrix_sdk_ui::timeline::Timeline;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    keys,
    place::Places,
    seen,
    verify::Verifying,
    write::{self, File, Poll, Spot, Text},
};

/// Everything one person has.
pub struct Person {
    pub client: Client,
    pub places: Places,
    pub verifying: Verifying,
}

/// Where an order is carried out: without a room in the first one, without a thread in the main timeline.
#[derive(Debug, Default, Deserialize)]
struct Where {
    room: Option<OwnedRoomId>,
    thread: Option<OwnedEventId>,
}

#[derive(Debug, Deserialize)]
struct Line {
    id: u64,
    #[serde(flatten)]
    place: Where,
    #[serde(flatten)]
    order: Order,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Order {
    /// The room, and whether it is encrypted.
    Room,
    /// What stands on the screen.
    Items,
    Say(Text),
    Edit {
        event: OwnedEventId,
        #[serde(flatten)]
        text: Text,
    },
    Redact {
        event: OwnedEventId,
        reason: Option<String>,
    },
    React {
        event: OwnedEventId,
        key: String,
    },
    Poll(Poll),
    ChangePoll {
        event: OwnedEventId,
        #[serde(flatten)]
        poll: Poll,
    },
    Vote {
        event: OwnedEventId,
        answers: Vec<String>,
    },
    EndPoll {
        event: OwnedEventId,
        text: String,
    },
    Attach(Box<File>),
    /// The bytes of a file, opened and checked by the SDK.
    Fetch {
        event: OwnedEventId,
        #[serde(default)]
        thumbnail: bool,
    },
    Spot(Spot),
    /// An event as it is given, encrypted where the room is.
    Raw {
        r#type: String,
        content: Value,
    },
    Read {
        event: OwnedEventId,
        #[serde(default)]
        unthreaded: bool,
    },
    Typing {
        on: bool,
    },
    WhoTypes,
    Pin {
        event: OwnedEventId,
        on: bool,
    },
    Pinned,
    Create {
        name: String,
        invite: Vec<OwnedUserId>,
    },
    Invite {
        user: OwnedUserId,
    },
    /// Makes a recovery key and the backup.
    MakeKey,
    Recover {
        key: String,
    },
    Keys,
    Trusts {
        user: OwnedUserId,
    },
    /// Asks a person, or the person's own other devices.
    Verify {
        user: OwnedUserId,
    },
    ComparePictures,
    ShowCode,
    Scan {
        code: String,
    },
    Same,
}

/// Does what a line says.
pub async fn follow(person: &Person, line: &str) -> (u64, Result<Value>) {
    match serde_json::from_str::<Line>(line) {
        Ok(line) => (line.id, obey(person, line.place, line.order).await),
        Err(error) => (0, Err(error).context(line.to_owned())),
    }
}

async fn obey(person: &Person, place: Where, order: Order) -> Result<Value> {
    match order {
        Order::MakeKey => keys::make(&person.client).await,
        Order::Recover { key } => keys::recover(&person.client, &key).await,
        Order::Keys => keys::state(&person.client).await,
        Order::Trusts { user } => keys::trusts(&person.client, &user).await,
        Order::Verify { user } => person.verifying.ask(&person.client, &user).await,
        Order::ComparePictures => person.verifying.compare().await,
        Order::ShowCode => person.verifying.show_code().await,
        Order::Scan { code } => person.verifying.scan(&code).await,
        Order::Same => person.verifying.same().await,
        Order::Create { name, invite } => create(&person.client, name, invite).await,
        other => {
            let thread = place.thread.clone();
            let timeline = person.places.timeline(place.room.as_deref(), thread).await?;
            in_room(person, &timeline, place.thread, other).await
        }
    }
}

async fn in_room(
    person: &Person,
    timeline: &Arc<Timeline>,
    thread: Option<OwnedEventId>,
    order: Order,
) -> Result<Value> {
    let room = timeline.room();
    match order {
        Order::Room => {
            let encrypted = room.latest_encryption_state().await?.is_encrypted();
            let direct = room.is_direct().await?;
            return Ok(json!({ "room": room.room_id(), "encrypted": encrypted, "direct": direct }));
        }
        Order::Items => return seen::items(timeline).await,
        Order::Fetch { event, thumbnail } => return seen::fetch(timeline, &event, thumbnail).await,
        Order::WhoTypes => return Ok(json!(person.places.typing(room.room_id()).await)),
        Order::Pinned => return Ok(json!(room.pinned_event_ids().unwrap_or_default())),
        Order::Say(text) => write::say(timeline, text).await?,
        Order::Edit { event, text } => write::edit(timeline, &event, text).await?,
        Order::Redact { event, reason } => {
            room.redact(&event, reason.as_deref(), None).await?;
        }
        Order::React { event, key } => write::react(timeline, &event, &key).await?,
        Order::Poll(poll) => write::poll(timeline, poll).await?,
        Order::ChangePoll { event, poll } => write::change_poll(timeline, &event, poll).await?,
        Order::Vote { event, answers } => write::vote(timeline, event, answers).await?,
        Order::EndPoll { event, text } => write::end_poll(timeline, event, text).await?,
        Order::Attach(file) => write::attach(timeline, *file).await?,
        Order::Spot(spot) => write::spot(timeline, spot).await?,
        Order::Raw { r#type, content } => {
            room.send_raw(&r#type, content).await?;
        }
        Order::Read { event, unthreaded } => {
            let receipt = match (unthreaded, thread) {
                (true, _) => ReceiptThread::Unthreaded,
                (false, Some(root)) => ReceiptThread::Thread(root),
                (false, None) => ReceiptThread::Main,
            };
            room.send_single_receipt(ReceiptType::Read, receipt, event).await?;
        }
        Order::Typing { on } => room.typing_notice(on).await?,
        Order::Pin { event, on: true } => {
            room.pin_event(&event).await?;
        }
        Order::Pin { event, on: false } => {
            room.unpin_event(&event).await?;
        }
        Order::Invite { user } => room.invite_user_by_id(&user).await?,
        other => anyhow::bail!("not in a room: {other:?}"),
    }
    Ok(Value::Null)
}

async fn create(client: &Client, name: String, invite: Vec<OwnedUserId>) -> Result<Value> {
    let mut request = Request::new();
    request.name = Some(name);
    request.preset = Some(RoomPreset::PrivateChat);
    request.invite = invite;
    let encryption = RoomEncryptionEventContent::with_recommended_defaults();
    request.initial_state = vec![InitialStateEvent::with_empty_state_key(encryption).to_raw_any()];
    let room = client.create_room(request).await?;
    Ok(json!({ "room": room.room_id() }))
}
