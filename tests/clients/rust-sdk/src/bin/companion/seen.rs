//! What stands on the person's screen, as the SDK's and ruma's own types have read it.
use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use matrix_sdk::{
    media::{MediaFormat, MediaRequestParameters},
    ruma::{
        EventId,
        events::room::{
            MediaSource,
            message::{FormattedBody, MessageType},
        },
    },
};
use matrix_sdk_ui::timeline::{
    EventTimelineItem, Message, MsgLikeKind, PollState, Timeline, TimelineDetails, TimelineEventShieldState,
};
use serde_json::{Value, json};

/// Everything that is known of the room, oldest first.
pub async fn items(timeline: &Timeline) -> Result<Value> {
    let mut all = Vec::new();
    for item in timeline.items().await.iter().filter_map(|item| item.as_event()) {
        // What is answered is fetched when it is looked at, as a screen does.
        if let Some(reply) = item.content().in_reply_to()
            && matches!(reply.event, TimelineDetails::Unavailable)
            && let Some(id) = item.event_id()
        {
            timeline.fetch_details_for_event(id).await.context("what is answered")?;
        }
        all.push(seen(item));
    }
    Ok(Value::Array(all))
}

fn seen(item: &EventTimelineItem) -> Value {
    let content = item.content();
    let mut one = json!({
        "event": item.event_id(),
        "sender": item.sender(),
        "local": item.is_local_echo(),
        "failed": item.send_state().map(|state| format!("{state:?}")).filter(|state| state.contains("Failed")),
        "encrypted": item.encryption_info().is_some(),
        "highlighted": item.is_highlighted(),
        "shield": shield(item.get_shield(false)),
        "strict_shield": shield(item.get_shield(true)),
        "read_by": item.read_receipts().keys().collect::<Vec<_>>(),
        "thread_root": content.thread_root(),
        "thread_count": content.thread_summary().map(|thread| thread.num_replies),
        "reactions": reactions(item),
        "reply": content.in_reply_to().map(|reply| json!({
            "event": reply.event_id,
            "text": match reply.event {
                TimelineDetails::Ready(event) => event.content.as_message().map(|one| one.body().to_owned()),
                _ => None,
            },
        })),
    });
    let kind = match content.as_msglike().map(|like| &like.kind) {
        Some(MsgLikeKind::Message(message)) => words(message),
        Some(MsgLikeKind::Poll(poll)) => tally(poll),
        Some(MsgLikeKind::Redacted) => json!({ "kind": "redacted" }),
        Some(MsgLikeKind::UnableToDecrypt(_)) => json!({ "kind": "locked" }),
        Some(MsgLikeKind::Sticker(_)) => json!({ "kind": "sticker" }),
        Some(other) => json!({ "kind": "other", "is": format!("{other:?}") }),
        None => json!({ "kind": "happening", "is": content.event_type_str() }),
    };
    if let (Value::Object(one), Value::Object(kind)) = (&mut one, kind) {
        one.extend(kind);
    }
    one
}

fn shield(state: TimelineEventShieldState) -> Option<String> {
    match state {
        TimelineEventShieldState::None => None,
        TimelineEventShieldState::Grey { code } => Some(format!("grey {code:?}")),
        TimelineEventShieldState::Red { code } => Some(format!("red {code:?}")),
    }
}

fn reactions(item: &EventTimelineItem) -> BTreeMap<String, Vec<String>> {
    let Some(reactions) = item.content().reactions() else { return BTreeMap::new() };
    reactions.iter().map(|(key, by)| (key.clone(), by.keys().map(ToString::to_string).collect())).collect()
}

fn words(message: &Message) -> Value {
    let mentions = message.mentions();
    let mut one = json!({
        "kind": message.msgtype().msgtype(),
        "text": message.body(),
        "edited": message.is_edited(),
        "mentions": mentions.map(|named| named.user_ids.iter().collect::<Vec<_>>()),
        "everybody": mentions.is_some_and(|named| named.room),
    });
    if let (Value::Object(one), Value::Object(more)) = (&mut one, details(message.msgtype())) {
        one.extend(more);
    }
    one
}

/// What this kind of message has beside its text.
fn details(of: &MessageType) -> Value {
    let html = |formatted: Option<&FormattedBody>| formatted.map(|one| one.body.clone());
    match of {
        MessageType::Text(text) => json!({ "html": html(text.formatted.as_ref()) }),
        MessageType::Image(image) => {
            let info = image.info.as_deref();
            json!({
                "name": image.filename(), "caption": image.caption(), "html": html(image.formatted_caption()),
                "mime": info.and_then(|info| info.mimetype.clone()),
                "size": info.and_then(|info| info.size),
                "width": info.and_then(|info| info.width),
                "height": info.and_then(|info| info.height),
                "secret": matches!(image.source, MediaSource::Encrypted(_)),
                "thumbnail": info.is_some_and(|info| matches!(info.thumbnail_source, Some(MediaSource::Encrypted(_)))),
                "thumbnail_mime": info
                    .and_then(|info| info.thumbnail_info.as_ref())
                    .and_then(|small| small.mimetype.clone()),
            })
        }
        MessageType::Audio(audio) => {
            let info = audio.info.as_deref();
            json!({
                "name": audio.filename(), "caption": audio.caption(),
                "voice": audio.voice.is_some(),
                "mime": info.and_then(|info| info.mimetype.clone()),
                "size": info.and_then(|info| info.size),
                "duration_ms": info.and_then(|info| info.duration).map(|long| long.as_millis()),
                "sound_ms": audio.audio.as_ref().map(|sound| sound.duration.as_millis()),
                "waveform": audio.audio.as_ref().map(|sound| {
                    sound.waveform.iter().map(|one| u64::from(one.get())).collect::<Vec<_>>()
                }),
                "secret": matches!(audio.source, MediaSource::Encrypted(_)),
            })
        }
        MessageType::File(file) => json!({
            "name": file.filename(), "caption": file.caption(),
            "mime": file.info.as_ref().and_then(|info| info.mimetype.clone()),
            "size": file.info.as_ref().and_then(|info| info.size),
            "secret": matches!(file.source, MediaSource::Encrypted(_)),
        }),
        MessageType::Location(place) => json!({
            "uri": place.geo_uri(), "old_uri": place.geo_uri, "words": place.plain_text_representation(),
            "description": place.location.as_ref().and_then(|one| one.description.clone()),
            "asset": place.asset_type().as_str(),
        }),
        _ => json!({}),
    }
}

fn tally(poll: &PollState) -> Value {
    let results = poll.results();
    let answers: Vec<Value> = results
        .answers
        .iter()
        .map(|answer| json!({ "id": answer.id, "text": answer.text, "votes": results.votes.get(&answer.id) }))
        .collect();
    json!({
        "kind": "poll",
        "text": poll.fallback_text(),
        "question": results.question,
        "most": results.max_selections,
        "open": results.kind.as_str().ends_with("disclosed") && !results.kind.as_str().ends_with("undisclosed"),
        "answers": answers,
        "ended": results.end_time.is_some(),
        "edited": results.has_been_edited,
    })
}

/// The bytes of a file or of the small picture of it.
pub async fn fetch(timeline: &Timeline, event: &EventId, thumbnail: bool) -> Result<Value> {
    let item = timeline.item_by_event_id(event).await.context("no such event")?;
    let message = item.content().as_message().context("not a message")?;
    let source = match message.msgtype() {
        MessageType::Image(image) if thumbnail => {
            image.info.as_ref().and_then(|info| info.thumbnail_source.clone()).context("no small picture")?
        }
        MessageType::Image(image) => image.source.clone(),
        MessageType::Audio(audio) => audio.source.clone(),
        MessageType::File(file) => file.source.clone(),
        MessageType::Video(video) => video.source.clone(),
        other => bail!("no file: {}", other.msgtype()),
    };
    let request = MediaRequestParameters { source, format: MediaFormat::File };
    let bytes = timeline.room().client().media().get_media_content(&request, false).await?;
    Ok(json!({ "data": BASE64_STANDARD.encode(bytes) }))
}
