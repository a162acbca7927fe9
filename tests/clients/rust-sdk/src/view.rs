//! What one person sees of a room: a live timeline, asked until the expected item is there.
use anyhow::{Context, Result, bail};
use matrix_sdk::ruma::{EventId, OwnedEventId, events::room::message::RoomMessageEventContent};
use matrix_sdk_ui::timeline::{EventSendState, EventTimelineItem, Timeline};

use crate::wait::until;

/// A live timeline on somebody's screen.
pub struct View {
    /// Whose screen it is, for failure texts.
    pub who: &'static str,
    /// The timeline of the SDK.
    pub timeline: Timeline,
}

impl View {
    /// Sends a text and waits for its echo through sync.
    ///
    /// # Errors
    /// When sending fails or the echo does not come.
    pub async fn say(&self, text: &str) -> Result<OwnedEventId> {
        self.timeline.send(RoomMessageEventContent::text_plain(text).into()).await?;
        self.echo_of(text).await
    }

    /// The id of our own message once sync has brought it back.
    ///
    /// # Errors
    /// When sending fails or the echo does not come.
    pub async fn echo_of(&self, text: &str) -> Result<OwnedEventId> {
        let item = self.message(text).await?;
        item.event_id().map(ToOwned::to_owned).context("an echoed message has no event id")
    }

    /// Waits for a readable message with this text that came from the server.
    ///
    /// # Errors
    /// When it does not come in time; the text then lists the newest items.
    pub async fn message(&self, text: &str) -> Result<EventTimelineItem> {
        let found = until(&format!("{} to read \"{text}\"", self.who), || async {
            for item in self.timeline.items().await.iter().rev().filter_map(|item| item.as_event()) {
                if item.content().as_message().is_none_or(|message| message.body() != text) {
                    continue;
                }
                match item.send_state() {
                    None => return Ok(Ok(item.clone())),
                    Some(EventSendState::SendingFailed { error, .. }) => return Ok(Err(error.to_string())),
                    Some(other) => return Err(format!("local echo in state {other:?}")),
                }
            }
            Err(self.newest().await)
        })
        .await?;
        match found {
            Ok(item) => Ok(item),
            Err(error) => bail!("{} could not send \"{text}\": {error}", self.who),
        }
    }

    /// Waits until the item with this id satisfies `test`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn item(
        &self,
        what: &str,
        event_id: &EventId,
        test: impl Fn(&EventTimelineItem) -> bool,
    ) -> Result<EventTimelineItem> {
        until(&format!("{} to see {what}", self.who), || async {
            match self.timeline.item_by_event_id(event_id).await {
                Some(item) if test(&item) => Ok(item),
                Some(item) => Err(format!("{:?}", item.content())),
                None => Err(format!("{event_id} is not in the timeline: {}", self.newest().await)),
            }
        })
        .await
    }

    /// The texts of all readable messages, oldest first.
    pub async fn bodies(&self) -> Vec<String> {
        let items = self.timeline.items().await;
        let messages = items.iter().filter_map(|item| item.as_event()?.content().as_message());
        messages.map(|message| message.body().to_owned()).collect()
    }

    /// The newest items in a few words.
    pub async fn newest(&self) -> String {
        let items = self.timeline.items().await;
        let texts: Vec<String> =
            items.iter().rev().filter_map(|item| item.as_event()).take(6).map(words).collect();
        format!("[{}]", texts.join(", "))
    }
}

fn words(item: &EventTimelineItem) -> String {
    let content = item.content();
    if let Some(message) = content.as_message() {
        return format!("{:?}", message.body());
    }
    if content.is_unable_to_decrypt() {
        return format!("UNDECRYPTABLE {:?}", item.event_id());
    }
    content.event_type_str().unwrap_or_else(|| format!("{content:?}").chars().take(60).collect())
}
