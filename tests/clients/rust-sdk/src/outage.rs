//! The server is killed in the middle of a conversation and comes back.
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use matrix_sdk::ruma::{RoomId, events::room::message::RoomMessageEventContent};
use matrix_sdk_ui::sync_service::State;

use crate::{conversation::text_arrives, device::Device, view::View, wait::until};

/// Asks whoever started the server (`with-server`) to kill it and to start it again.
#[derive(Debug)]
pub struct Control(PathBuf);

impl Control {
    /// The folder for wishes; there is none when the server was started by somebody else.
    pub fn of(folder: Option<PathBuf>) -> Option<Self> {
        folder.filter(|folder| folder.is_dir()).map(Self)
    }

    async fn wish(&self, what: &str) -> Result<()> {
        let file = self.0.join(what);
        std::fs::write(&file, "").with_context(|| format!("writing {}", file.display()))?;
        until(&format!("the wish to {what} the server"), || async {
            if file.exists() { Err("the file is still there".to_owned()) } else { Ok(()) }
        })
        .await
    }
}

/// What is written while the server is away is sent once, when it is back; both talk on without logging in again.
///
/// # Errors
/// When somebody does not notice the outage, does not come back, or the message is lost or doubled.
pub async fn outage(control: &Control, alice: &Device, bob: &Device, room_id: &RoomId) -> Result<()> {
    let at_alice = View { who: "alice", timeline: alice.open(room_id).await? };
    let at_bob = View { who: "bob", timeline: bob.open(room_id).await? };
    text_arrives(&at_alice, &at_bob, "before the outage").await?;
    control.wish("kill").await?;
    at_alice.timeline.send(RoomMessageEventContent::text_plain("during the outage").into()).await?;
    for device in [alice, bob] {
        in_state(device, "offline", |state| matches!(state, State::Offline)).await?;
    }
    control.wish("start").await?;
    for device in [alice, bob] {
        in_state(device, "running", |state| matches!(state, State::Running)).await?;
        device.forgive()?;
        // An app does this when the network is back: a failed request has switched its queue off.
        device.client.send_queue().set_enabled(true).await;
    }
    at_bob.message("during the outage").await?;
    text_arrives(&at_bob, &at_alice, "after the outage").await?;
    for view in [&at_alice, &at_bob] {
        let bodies = view.bodies().await;
        let seen = bodies.iter().filter(|body| *body == "during the outage").count();
        ensure!(seen == 1, "{} has the message {seen} times: {bodies:?}", view.who);
    }
    Ok(())
}

async fn in_state(device: &Device, what: &str, wanted: impl Fn(&State) -> bool) -> Result<()> {
    until(&format!("the sync service to be {what}"), || async {
        let state = device.sync.state().get();
        if wanted(&state) { Ok(()) } else { Err(format!("{state:?}")) }
    })
    .await
}
