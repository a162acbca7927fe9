//! What two people do in an encrypted room: texts, replies, threads, reactions, edits, files, receipts.
use anyhow::{Context, Result, ensure};
use matrix_sdk::{
    RoomState,
    media::{MediaFormat, MediaRequestParameters},
    room::{ListThreadsOptions, Receipts, edit::EditedContent},
    ruma::{
        OwnedEventId,
        api::client::receipt::create_receipt::v3::ReceiptType,
        events::{
            receipt::ReceiptThread,
            room::message::{MessageType, RoomMessageEventContent, RoomMessageEventContentWithoutRelation},
        },
    },
};
use matrix_sdk_ui::timeline::{AttachmentConfig, AttachmentSource, RoomExt, Timeline, TimelineFocus};
use rand::RngCore;

use crate::{
    device::{Account, Device},
    rooms,
    view::View,
    wait::until,
};

fn text(body: &str) -> RoomMessageEventContentWithoutRelation {
    RoomMessageEventContentWithoutRelation::text_plain(body)
}

/// One says something and the other reads it, decrypted and sent by whom it says.
///
/// # Errors
/// When it does not arrive or arrives in clear.
pub async fn text_arrives(from: &View, to: &View, body: &str) -> Result<OwnedEventId> {
    let event_id = from.say(body).await?;
    let item = to.message(body).await?;
    ensure!(item.event_id() == Some(&*event_id), "another event id arrived: {:?}", item.event_id());
    let info = item.encryption_info().context("the message arrived in clear")?;
    ensure!(info.sender == from.timeline.room().own_user_id(), "encrypted by {}", info.sender);
    Ok(event_id)
}

/// Bob answers a message of Alice; Alice sees what it answers.
///
/// # Errors
/// When the reply or its relation does not arrive.
pub async fn reply(from: &View, to: &View, original: &OwnedEventId) -> Result<()> {
    from.timeline.send_reply(text("Yes, I can read it"), original.clone()).await?;
    let item = to.message("Yes, I can read it").await?;
    let details = item.content().in_reply_to().context("the message is not a reply")?;
    ensure!(details.event_id == *original, "replies to {}", details.event_id);
    Ok(())
}

/// Two messages in a thread: they carry the root, and the root gets a summary.
///
/// # Errors
/// When a message, its root or the summary does not arrive.
pub async fn thread(from: &View, to: &View, root: &OwnedEventId) -> Result<()> {
    let thread: Timeline = from
        .timeline
        .room()
        .timeline_builder()
        .with_focus(TimelineFocus::Thread { root_event_id: root.clone() })
        .build()
        .await?;
    let thread = View { who: from.who, timeline: thread };
    thread.say("first in the thread").await?;
    thread.say("second in the thread").await?;
    let item = to.message("second in the thread").await?;
    ensure!(item.content().thread_root().as_ref() == Some(root), "no or another thread root");
    to.item("two replies in the thread's summary", root, |item| {
        item.content().thread_summary().is_some_and(|summary| summary.num_replies == 2)
    })
    .await?;
    Ok(())
}

/// The server lists the thread by its root (`GET /threads`), with its bundled summary.
///
/// # Errors
/// When it is not listed.
pub async fn thread_is_listed(view: &View, root: &OwnedEventId) -> Result<()> {
    let roots = view.timeline.room().list_threads(ListThreadsOptions::default()).await?;
    let event = roots
        .chunk
        .iter()
        .find(|event| event.event_id().as_ref() == Some(root))
        .with_context(|| format!("{root} is not among {} thread roots", roots.chunk.len()))?;
    let summary = event.thread_summary.summary().context("the root has no bundled thread summary")?;
    ensure!(summary.num_replies == 2, "the bundled summary counts {}", summary.num_replies);
    Ok(())
}

/// A reaction appears at the other side and goes away when it is taken back.
///
/// # Errors
/// When either change does not arrive.
pub async fn reaction(from: &View, to: &View, target: &OwnedEventId) -> Result<()> {
    let me = from.timeline.room().own_user_id().to_owned();
    let item = from.timeline.item_by_event_id(target).await.context("nothing to react to")?;
    let has = |item: &matrix_sdk_ui::timeline::EventTimelineItem| {
        let reactions = item.content().reactions();
        reactions.and_then(|by_key| by_key.get("👍")).is_some_and(|by_user| by_user.contains_key(&me))
    };
    from.timeline.toggle_reaction(&item.identifier(), "👍").await?;
    to.item("the reaction", target, has).await?;
    // The echo must be back before it can be taken back by a redaction.
    from.item("the echo of the own reaction", target, has).await?;
    from.timeline.toggle_reaction(&item.identifier(), "👍").await?;
    to.item("the reaction taken back", target, |item| !has(item)).await?;
    Ok(())
}

/// An edited message shows its new text at the other side, under the same id.
///
/// # Errors
/// When the edit does not arrive.
pub async fn edit(from: &View, to: &View) -> Result<()> {
    let event_id = text_arrives(from, to, "a mesage with a typo").await?;
    let item = from.timeline.item_by_event_id(&event_id).await.context("nothing to edit")?;
    from.timeline
        .edit(&item.identifier(), EditedContent::RoomMessage(text("a message without a typo")))
        .await?;
    to.item("the edited text", &event_id, |item| {
        item.content()
            .as_message()
            .is_some_and(|message| message.is_edited() && message.body() == "a message without a typo")
    })
    .await?;
    Ok(())
}

/// A redacted message loses its text at the other side.
///
/// # Errors
/// When the redaction does not arrive.
pub async fn redaction(from: &View, to: &View) -> Result<()> {
    let event_id = text_arrives(from, to, "I should not have said that").await?;
    let item = from.timeline.item_by_event_id(&event_id).await.context("nothing to redact")?;
    from.timeline.redact(&item.identifier(), Some("regret")).await?;
    to.item("the redaction", &event_id, |item| item.content().is_redacted()).await?;
    Ok(())
}

/// An encrypted file arrives byte for byte.
///
/// # Errors
/// When upload, event or download fail, or the bytes differ.
pub async fn file(from: &View, to: &View, size: usize) -> Result<()> {
    let mut bytes = vec![0; size];
    rand::rng().fill_bytes(&mut bytes);
    let name = format!("holiday-{size}.bin");
    let source = AttachmentSource::Data { bytes: bytes.clone(), filename: name.clone() };
    from.timeline
        .send_attachment(source, mime::APPLICATION_OCTET_STREAM, AttachmentConfig::default())
        .use_send_queue()
        .await?;
    let item = to.message(&name).await?;
    let message = item.content().as_message().context("the file's event is no message")?;
    let MessageType::File(file) = message.msgtype() else {
        anyhow::bail!("expected m.file, got {}", message.msgtype().msgtype());
    };
    let request = MediaRequestParameters { source: file.source.clone(), format: MediaFormat::File };
    let got = to.timeline.room().client().media().get_media_content(&request, false).await?;
    ensure!(got == bytes, "{} bytes arrived and differ from the {size} sent", got.len());
    Ok(())
}

/// Unread messages are counted, and reading them moves the receipt that the other side sees.
///
/// # Errors
/// When the count or the receipt does not come.
pub async fn receipt(reader: &View, writer: &View) -> Result<()> {
    let event_id = text_arrives(writer, reader, "have you read this?").await?;
    let room = reader.timeline.room();
    until("an unread message to be counted", || async {
        match room.num_unread_messages() {
            0 => Err("0 unread".to_owned()),
            _ => Ok(()),
        }
    })
    .await?;
    reader
        .timeline
        .send_multiple_receipts(
            Receipts::new().fully_read_marker(event_id.clone()).public_read_receipt(event_id.clone()),
        )
        .await?;
    let me = room.own_user_id().to_owned();
    writer.item("the read receipt", &event_id, |item| item.read_receipts().contains_key(&me)).await?;
    until("nothing to be unread any more", || async {
        match room.num_unread_messages() {
            0 => Ok(()),
            n => Err(format!("{n} unread")),
        }
    })
    .await
}

/// A private receipt is seen by nobody else, while it counts for oneself on the server.
///
/// # Errors
/// When it leaks, or does not come back to its owner.
pub async fn private_receipt(reader: &View, writer: &View) -> Result<()> {
    let event_id = text_arrives(writer, reader, "read this secretly").await?;
    let room = reader.timeline.room();
    room.send_single_receipt(ReceiptType::ReadPrivate, ReceiptThread::Unthreaded, event_id.clone()).await?;
    until("the private receipt to come back to its owner", || async {
        match reader.timeline.latest_user_read_receipt(room.own_user_id()).await {
            Some((id, _)) if id == event_id => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    // A later text is the proof that sync has passed the point where a leak would have shown.
    text_arrives(reader, writer, "did you see me reading?").await?;
    let item = writer.timeline.item_by_event_id(&event_id).await.context("the message has gone")?;
    ensure!(!item.read_receipts().contains_key(room.own_user_id()), "the private receipt was told to others");
    Ok(())
}

/// Typing starts and stops at the other side.
///
/// # Errors
/// When either change does not arrive.
pub async fn typing(typist: &View, watcher: &View) -> Result<()> {
    let (_guard, mut changes) = watcher.timeline.room().subscribe_to_typing_notifications();
    let me = typist.timeline.room().own_user_id().to_owned();
    for (typing, expected) in [(true, vec![me]), (false, Vec::new())] {
        typist.timeline.room().typing_notice(typing).await?;
        let seen = tokio::time::timeout(crate::wait::ARRIVAL, async {
            loop {
                let users = changes.recv().await?;
                if users == expected {
                    return anyhow::Ok(());
                }
            }
        });
        seen.await.with_context(|| format!("typing={typing} did not arrive"))??;
    }
    Ok(())
}

/// What was said before somebody came is brought by pagination, without holes and in order.
///
/// # Errors
/// When a message is missing or out of order.
pub async fn pagination(from: &Device, to: &Device, guest: &Account, count: usize) -> Result<()> {
    let room_id = rooms::create_plain(from, "a long story").await?;
    let room = from.room(&room_id, RoomState::Joined).await?;
    for n in 0..count {
        room.send(RoomMessageEventContent::text_plain(format!("page {n}"))).await?;
    }
    room.invite_user_by_id(&guest.user_id).await?;
    to.room(&room_id, RoomState::Invited).await?.join().await?;
    let view = View { who: "a late guest", timeline: to.open(&room_id).await? };
    while !view.timeline.paginate_backwards(10).await? {}
    let expected: Vec<String> = (0..count).map(|n| format!("page {n}")).collect();
    // A timeline that is built while its room still changes may show an event twice for a moment.
    until("all pages in order", || async {
        let seen = view.bodies().await;
        let seen: Vec<&String> = seen.iter().filter(|body| body.starts_with("page ")).collect();
        if expected.iter().eq(seen.iter().copied()) { Ok(()) } else { Err(format!("{seen:?}")) }
    })
    .await
}

/// After leaving, the room is left at both sides.
///
/// # Errors
/// When the change does not come through sync.
pub async fn leave(leaver: &Device, view: &View, stayer: &Device) -> Result<()> {
    let room = view.timeline.room();
    room.leave().await?;
    leaver.room(room.room_id(), RoomState::Left).await?;
    let left_behind = stayer.room(room.room_id(), RoomState::Joined).await?;
    until("the other side to count one member", || async {
        match left_behind.joined_members_count() {
            1 => Ok(()),
            n => Err(format!("{n} joined members")),
        }
    })
    .await
}
