//! Everything that the person sends, by the SDK's own types, as Element X sends it.
use std::time::Duration;

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use matrix_sdk::{
    attachment::{AttachmentInfo, BaseAudioInfo, BaseFileInfo, BaseImageInfo, BaseVideoInfo, Thumbnail},
    room::edit::EditedContent,
    ruma::{
        EventId, OwnedEventId, OwnedUserId, UInt,
        events::{
            AnyMessageLikeEventContent, Mentions,
            location::AssetType,
            poll::{
                start::PollKind,
                unstable_end::UnstablePollEndEventContent,
                unstable_response::UnstablePollResponseEventContent,
                unstable_start::{
                    NewUnstablePollStartEventContent, UnstablePollAnswer, UnstablePollAnswers,
                    UnstablePollStartContentBlock, UnstablePollStartEventContent,
                },
            },
            room::message::{
                LocationMessageEventContent, MessageType, RoomMessageEventContent,
                RoomMessageEventContentWithoutRelation, TextMessageEventContent,
            },
        },
    },
};
use matrix_sdk_ui::timeline::{AttachmentConfig, AttachmentSource, Timeline};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Text {
    text: String,
    html: Option<String>,
    #[serde(default)]
    mentions: Vec<OwnedUserId>,
    #[serde(default)]
    everybody: bool,
    /// The message that is answered.
    reply: Option<OwnedEventId>,
}

impl Text {
    fn mentions(&self) -> Option<Mentions> {
        let mut mentions = Mentions::with_user_ids(self.mentions.iter().cloned());
        mentions.room = self.everybody;
        (self.everybody || !self.mentions.is_empty()).then_some(mentions)
    }

    fn content(self) -> RoomMessageEventContentWithoutRelation {
        let mentions = self.mentions();
        let mut content = match self.html {
            Some(html) => RoomMessageEventContentWithoutRelation::text_html(self.text, html),
            None => RoomMessageEventContentWithoutRelation::text_plain(self.text),
        };
        content.mentions = mentions;
        content
    }
}

#[derive(Debug, Deserialize)]
pub struct Poll {
    question: String,
    answers: Vec<String>,
    #[serde(default = "one")]
    most: u32,
    #[serde(default)]
    hidden: bool,
}

const fn one() -> u32 {
    1
}

impl Poll {
    fn text(&self) -> String {
        let listed: Vec<String> =
            self.answers.iter().enumerate().map(|(at, one)| format!("{}. {one}", at + 1)).collect();
        format!("{}\n{}", self.question, listed.join("\n"))
    }

    fn block(self) -> Result<UnstablePollStartContentBlock> {
        let answers: Vec<UnstablePollAnswer> = self
            .answers
            .into_iter()
            .enumerate()
            .map(|(at, text)| UnstablePollAnswer::new(format!("answer-{at}"), text))
            .collect();
        let mut block =
            UnstablePollStartContentBlock::new(self.question, UnstablePollAnswers::try_from(answers)?);
        block.kind = if self.hidden { PollKind::Undisclosed } else { PollKind::Disclosed };
        block.max_selections = self.most.into();
        Ok(block)
    }
}

#[derive(Debug, Deserialize)]
pub struct File {
    name: String,
    mime: String,
    data: String,
    #[serde(default)]
    voice: bool,
    width: Option<u32>,
    height: Option<u32>,
    duration_ms: Option<u64>,
    waveform: Option<Vec<f32>>,
    thumbnail: Option<Small>,
    caption: Option<Text>,
    reply: Option<OwnedEventId>,
}

#[derive(Debug, Deserialize)]
struct Small {
    data: String,
    mime: String,
    width: u32,
    height: u32,
}

#[derive(Debug, Deserialize)]
pub struct Spot {
    uri: String,
    text: String,
    description: Option<String>,
    #[serde(default)]
    pin: bool,
}

pub async fn say(timeline: &Timeline, mut text: Text) -> Result<()> {
    let reply = text.reply.take();
    let content = text.content();
    match reply {
        Some(answered) => timeline.send_reply(content, answered).await?,
        None => {
            timeline.send(RoomMessageEventContent::from(content).into()).await?;
        }
    }
    Ok(())
}

pub async fn edit(timeline: &Timeline, event: &EventId, text: Text) -> Result<()> {
    let item = timeline.item_by_event_id(event).await.context("nothing to edit")?;
    let message = item.content().as_message().context("not a message")?;
    let content = if matches!(message.msgtype(), MessageType::Text(_)) {
        EditedContent::RoomMessage(text.content())
    } else {
        let mentions = text.mentions();
        EditedContent::MediaCaption { caption: Some(text.text), formatted_caption: None, mentions }
    };
    timeline.edit(&item.identifier(), content).await?;
    Ok(())
}

pub async fn react(timeline: &Timeline, event: &EventId, key: &str) -> Result<()> {
    let item = timeline.item_by_event_id(event).await.context("nothing to react to")?;
    timeline.toggle_reaction(&item.identifier(), key).await?;
    Ok(())
}

pub async fn poll(timeline: &Timeline, poll: Poll) -> Result<()> {
    let text = poll.text();
    let content = NewUnstablePollStartEventContent::plain_text(text, poll.block()?);
    let content = UnstablePollStartEventContent::New(content);
    timeline.send(AnyMessageLikeEventContent::UnstablePollStart(content)).await?;
    Ok(())
}

pub async fn change_poll(timeline: &Timeline, event: &EventId, poll: Poll) -> Result<()> {
    let item = timeline.item_by_event_id(event).await.context("nothing to edit")?;
    let content = EditedContent::PollStart { fallback_text: poll.text(), new_content: poll.block()? };
    timeline.edit(&item.identifier(), content).await?;
    Ok(())
}

pub async fn vote(timeline: &Timeline, event: OwnedEventId, answers: Vec<String>) -> Result<()> {
    let content = UnstablePollResponseEventContent::new(answers, event);
    timeline.send(AnyMessageLikeEventContent::UnstablePollResponse(content)).await?;
    Ok(())
}

pub async fn end_poll(timeline: &Timeline, event: OwnedEventId, text: String) -> Result<()> {
    let content = UnstablePollEndEventContent::new(text, event);
    timeline.send(AnyMessageLikeEventContent::UnstablePollEnd(content)).await?;
    Ok(())
}

pub async fn attach(timeline: &Timeline, file: File) -> Result<()> {
    let bytes = BASE64_STANDARD.decode(&file.data)?;
    let mime: mime::Mime = file.mime.parse()?;
    let thumbnail = file.thumbnail.as_ref().map(thumbnail).transpose()?;
    let info = info(&file, &mime, UInt::try_from(bytes.len()).ok());
    let mentions = file.caption.as_ref().and_then(Text::mentions);
    let caption = file.caption.map(|text| match text.html {
        Some(html) => TextMessageEventContent::html(text.text, html),
        None => TextMessageEventContent::plain(text.text),
    });
    let config = AttachmentConfig {
        info: Some(info),
        thumbnail,
        caption,
        mentions,
        in_reply_to: file.reply,
        ..AttachmentConfig::default()
    };
    let source = AttachmentSource::Data { bytes, filename: file.name };
    timeline.send_attachment(source, mime, config).use_send_queue().await?;
    Ok(())
}

fn info(file: &File, mime: &mime::Mime, size: Option<UInt>) -> AttachmentInfo {
    let (width, height) = (file.width.map(UInt::from), file.height.map(UInt::from));
    let duration = file.duration_ms.map(Duration::from_millis);
    let sound = BaseAudioInfo { duration, size, waveform: file.waveform.clone() };
    match mime.type_().as_str() {
        "image" => AttachmentInfo::Image(BaseImageInfo { width, height, size, ..BaseImageInfo::default() }),
        "video" => {
            AttachmentInfo::Video(BaseVideoInfo { duration, width, height, size, ..BaseVideoInfo::default() })
        }
        "audio" if file.voice => AttachmentInfo::Voice(sound),
        "audio" => AttachmentInfo::Audio(sound),
        _ => AttachmentInfo::File(BaseFileInfo { size }),
    }
}

fn thumbnail(small: &Small) -> Result<Thumbnail> {
    let data = BASE64_STANDARD.decode(&small.data)?;
    let size = UInt::try_from(data.len())?;
    let (width, height) = (small.width.into(), small.height.into());
    Ok(Thumbnail { data, content_type: small.mime.parse()?, width, height, size })
}

pub async fn spot(timeline: &Timeline, spot: Spot) -> Result<()> {
    let asset = if spot.pin { AssetType::Pin } else { AssetType::Self_ };
    let mut content = LocationMessageEventContent::new(spot.text, spot.uri).with_asset_type(asset);
    if let Some(location) = content.location.as_mut() {
        location.description = spot.description;
    }
    timeline.send(RoomMessageEventContent::new(MessageType::Location(content)).into()).await?;
    Ok(())
}
