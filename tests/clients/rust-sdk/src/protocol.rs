//! Sliding sync seen from below: single requests with the SDK's own types, to pin down what its loops hide.
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use matrix_sdk::{
    Client,
    ruma::{
        OwnedRoomId, UInt,
        api::client::sync::sync_events::v5::{Request, Response, request},
        api::error::ErrorKind,
        events::{StateEventType, room::message::RoomMessageEventContent},
        uint,
    },
};

/// One connection with one list over all rooms.
struct Connection<'a> {
    client: &'a Client,
    id: &'static str,
    pos: Option<String>,
    limit: UInt,
    subscription: Option<(OwnedRoomId, UInt)>,
    last_range: UInt,
}

impl<'a> Connection<'a> {
    fn new(client: &'a Client, id: &'static str) -> Self {
        Self { client, id, pos: None, limit: uint!(1), subscription: None, last_range: uint!(19) }
    }

    fn request(&self, timeout: Duration) -> Request {
        let mut list = request::List::default();
        list.ranges = vec![(uint!(0), self.last_range)];
        list.room_details.timeline_limit = self.limit;
        list.room_details.required_state = vec![(StateEventType::RoomMember, "$ME".to_owned())];
        let mut request = Request::new();
        request.conn_id = Some(self.id.to_owned());
        request.pos = self.pos.clone();
        request.timeout = Some(timeout);
        request.lists.insert("all".to_owned(), list);
        if let Some((room_id, limit)) = &self.subscription {
            let mut subscription = request::RoomSubscription::default();
            subscription.timeline_limit = *limit;
            subscription.required_state = vec![(StateEventType::RoomMember, "$LAZY".to_owned())];
            request.room_subscriptions.insert(room_id.clone(), subscription);
        }
        request
    }

    /// Sends without taking over the new position.
    async fn peek(&self, timeout: Duration) -> Result<Response> {
        let response = self.client.send(self.request(timeout)).await?;
        ensure!(response.lists.contains_key("all"), "no count for the list that was asked for");
        Ok(response)
    }

    async fn sync(&mut self, timeout: Duration) -> Result<Response> {
        let response = self.peek(timeout).await?;
        self.pos = Some(response.pos.clone());
        Ok(response)
    }

    /// Syncs until nothing more is waiting.
    async fn drain(&mut self) -> Result<()> {
        for _ in 0..20 {
            if self.sync(Duration::ZERO).await?.rooms.is_empty() {
                return Ok(());
            }
        }
        bail!("20 responses in a row had rooms although nothing happened")
    }
}

/// With nothing new, a request waits for its timeout and then answers without rooms.
///
/// # Errors
/// When it answers early, late, or with rooms.
pub async fn idle_poll_waits(client: &Client) -> Result<()> {
    let mut connection = Connection::new(client, "idle");
    connection.drain().await?;
    let started = Instant::now();
    let response = connection.sync(Duration::from_secs(2)).await?;
    let took = started.elapsed();
    ensure!(response.rooms.is_empty(), "rooms came although nothing happened: {:?}", response.rooms.keys());
    ensure!(took >= Duration::from_millis(1800), "answered after {} ms instead of 2 s", took.as_millis());
    ensure!(took < Duration::from_secs(8), "answered only after {} ms", took.as_millis());
    Ok(())
}

/// Without a position the answer comes at once, whatever the timeout says.
///
/// # Errors
/// When it waits.
pub async fn first_request_is_immediate(client: &Client) -> Result<()> {
    let mut request = Request::new();
    request.conn_id = Some("first".to_owned());
    request.timeout = Some(Duration::from_secs(20));
    request.extensions.to_device.enabled = Some(true);
    request.extensions.e2ee.enabled = Some(true);
    let started = Instant::now();
    let response = client.send(request).await?;
    ensure!(started.elapsed() < Duration::from_secs(5), "waited {} ms", started.elapsed().as_millis());
    let extensions = response.extensions;
    ensure!(extensions.to_device.is_some(), "to_device was enabled but is absent");
    ensure!(
        extensions.e2ee.device_unused_fallback_key_types.is_some(),
        "device_unused_fallback_key_types is absent although e2ee is enabled"
    );
    ensure!(
        extensions.e2ee.device_one_time_keys_count.values().any(|count| *count > uint!(0)),
        "no one-time keys are counted: {:?}",
        extensions.e2ee.device_one_time_keys_count
    );
    Ok(())
}

/// A message ends somebody's long poll quickly.
///
/// # Errors
/// When the poll does not end or brings something else.
pub async fn message_ends_poll(client: &Client, sender: &Client, room_id: &OwnedRoomId) -> Result<()> {
    let mut connection = Connection::new(client, "poll");
    connection.drain().await?;
    let room = sender.get_room(room_id).context("the sender does not know the room")?;
    let say = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        anyhow::Ok(room.send(RoomMessageEventContent::text_plain("wake up")).await?.response.event_id)
    };
    let started = Instant::now();
    let (response, event_id) = tokio::join!(connection.sync(Duration::from_secs(15)), say);
    let (response, event_id) = (response?, event_id?);
    ensure!(started.elapsed() < Duration::from_secs(10), "ended after {} ms", started.elapsed().as_millis());
    let room = response.rooms.get(room_id).context("the room is not in the answer")?;
    let ids: Vec<Option<String>> =
        room.timeline.iter().map(|event| event.get_field("event_id")).collect::<Result<_, _>>()?;
    ensure!(ids == [Some(event_id.to_string())], "expected {event_id}, got {ids:?}");
    ensure!(room.initial != Some(true), "the room is marked initial although it was sent before");
    Ok(())
}

/// The answer of a position may get lost: the same position asked again brings the same event again.
///
/// # Errors
/// When the event is missing from the second answer, or comes again after it was acknowledged.
pub async fn lost_answer_is_repeated(client: &Client, room_id: &OwnedRoomId) -> Result<()> {
    let mut connection = Connection::new(client, "lost");
    connection.drain().await?;
    let room = client.get_room(room_id).context("unknown room")?;
    let event_id = room.send(RoomMessageEventContent::text_plain("say it twice")).await?.response.event_id;
    for attempt in ["first", "second"] {
        let response = connection.peek(Duration::from_secs(5)).await?;
        let last = response.rooms.get(room_id).and_then(|room| room.timeline.last().cloned());
        let last = last.with_context(|| format!("no event in the {attempt} answer"))?;
        let id: Option<String> = last.get_field("event_id")?;
        ensure!(id.as_deref() == Some(event_id.as_str()), "{attempt} answer: {id:?} instead of {event_id}");
    }
    connection.sync(Duration::ZERO).await?;
    let after = connection.sync(Duration::ZERO).await?;
    ensure!(!after.rooms.contains_key(room_id), "the event came again after it was acknowledged");
    Ok(())
}

/// Opening a room (subscription with a larger timeline) brings older events at once, without waiting.
///
/// # Errors
/// When it waits or brings too few events.
pub async fn opening_a_room_is_immediate(client: &Client, room_id: &OwnedRoomId) -> Result<()> {
    let mut connection = Connection::new(client, "open");
    connection.drain().await?;
    connection.subscription = Some((room_id.clone(), uint!(20)));
    let started = Instant::now();
    let response = connection.sync(Duration::from_secs(10)).await?;
    ensure!(started.elapsed() < Duration::from_secs(5), "waited {} ms", started.elapsed().as_millis());
    let room = response.rooms.get(room_id).context("the room is not in the answer")?;
    ensure!(room.timeline.len() == 20, "{} events instead of 20", room.timeline.len());
    ensure!(room.limited, "not marked as limited although there is more history");
    ensure!(room.prev_batch.is_some(), "limited, but no prev_batch");
    let again = connection.sync(Duration::ZERO).await?;
    ensure!(!again.rooms.contains_key(room_id), "the same room came twice");
    Ok(())
}

/// A position nobody gave out is refused with `M_UNKNOWN_POS` and status 400.
///
/// # Errors
/// When it is accepted or refused in another way.
pub async fn unknown_position(client: &Client) -> Result<()> {
    is_refused(client, "this is no position".to_owned()).await
}

/// A position that was given to somebody else is unknown, too.
///
/// # Errors
/// When it is accepted or refused in another way.
pub async fn foreign_position(client: &Client, foreign: &Client) -> Result<()> {
    let mut connection = Connection::new(foreign, "theirs");
    connection.drain().await?;
    is_refused(client, connection.pos.context("no position")?).await
}

/// A position older than the last acknowledged one may be forgotten, but then it must be called unknown.
///
/// # Errors
/// When it is answered with anything but everything since then, or `M_UNKNOWN_POS`.
pub async fn old_position(client: &Client, room_id: &OwnedRoomId) -> Result<()> {
    let mut connection = Connection::new(client, "old");
    connection.drain().await?;
    let old = connection.pos.clone().context("no position")?;
    let room = client.get_room(room_id).context("unknown room")?;
    for n in 0..3 {
        room.send(RoomMessageEventContent::text_plain(format!("newer {n}"))).await?;
        connection.sync(Duration::from_secs(5)).await?;
    }
    connection.pos = Some(old);
    match client.send(connection.request(Duration::ZERO)).await {
        Ok(response) => {
            ensure!(
                response.rooms.contains_key(room_id),
                "an old position was accepted, but without the news"
            );
            Ok(())
        }
        Err(error) => {
            ensure!(
                matches!(error.client_api_error_kind(), Some(ErrorKind::UnknownPos)),
                "refused with {error}"
            );
            Ok(())
        }
    }
}

async fn is_refused(client: &Client, pos: String) -> Result<()> {
    let mut connection = Connection::new(client, "unknown");
    connection.pos = Some(pos);
    match client.send(connection.request(Duration::ZERO)).await {
        Ok(_) => bail!("the position {:?} was accepted", connection.pos),
        Err(error) => {
            let unknown = matches!(error.client_api_error_kind(), Some(ErrorKind::UnknownPos));
            let status = error.as_client_api_error().map(|error| error.status_code.as_u16());
            ensure!(unknown && status == Some(400), "{:?} gave {error}", connection.pos);
            Ok(())
        }
    }
}

/// Rooms that got something while they were out of range come when the range grows again.
///
/// # Errors
/// When such a room or its event is missing.
pub async fn out_of_range_is_not_lost(client: &Client, rooms: &[OwnedRoomId; 3]) -> Result<()> {
    let mut connection = Connection::new(client, "range");
    connection.drain().await?;
    connection.last_range = uint!(0);
    let mut ids = Vec::new();
    for room_id in rooms {
        let room = client.get_room(room_id).context("unknown room")?;
        ids.push(room.send(RoomMessageEventContent::text_plain("out of range")).await?.response.event_id);
    }
    let [.., newest] = rooms;
    let narrow = connection.sync(Duration::ZERO).await?;
    ensure!(narrow.rooms.keys().eq([newest]), "range [0,0] brought {:?}", narrow.rooms.keys());
    ensure!(narrow.lists.get("all").is_some_and(|list| list.count >= uint!(3)), "count is not the total");
    connection.last_range = uint!(19);
    let wide = connection.sync(Duration::ZERO).await?;
    for (room_id, event_id) in rooms.iter().zip(&ids).take(2) {
        let room = wide.rooms.get(room_id).with_context(|| format!("{room_id} is missing"))?;
        let last: Option<String> = room.timeline.last().context("no timeline")?.get_field("event_id")?;
        ensure!(last.as_deref() == Some(event_id.as_str()), "{room_id}: {last:?} instead of {event_id}");
    }
    ensure!(!wide.rooms.contains_key(newest), "the room that was sent already came again");
    Ok(())
}
