//! Rooms: creating, inviting, joining, as the other side sees it through sliding sync.
use anyhow::{Context, Result, ensure};
use matrix_sdk::{
    EncryptionState, Room, RoomState,
    ruma::{
        OwnedRoomId, RoomId,
        api::client::room::create_room::v3::{Request, RoomPreset},
        events::{InitialStateEvent, room::encryption::RoomEncryptionEventContent},
    },
};

use crate::{
    device::{Account, Device},
    wait::until,
};

/// Creates a private encrypted room and waits until sliding sync brings it as such.
///
/// # Errors
/// When it is refused, does not come, or is not known as encrypted.
pub async fn create_encrypted(device: &Device, name: &str) -> Result<OwnedRoomId> {
    let mut request = Request::new();
    request.name = Some(name.to_owned());
    request.preset = Some(RoomPreset::PrivateChat);
    let encryption = RoomEncryptionEventContent::with_recommended_defaults();
    request.initial_state = vec![InitialStateEvent::with_empty_state_key(encryption).to_raw_any()];
    let room_id = device.client.create_room(request).await?.room_id().to_owned();
    until("the new room to be known as encrypted and named", || async {
        match device.client.get_room(&room_id) {
            Some(room) if is_encrypted(&room) && room.name().as_deref() == Some(name) => Ok(()),
            Some(room) => Err(format!("encryption {:?}, name {:?}", room.encryption_state(), room.name())),
            None => Err("the room is unknown".to_owned()),
        }
    })
    .await?;
    Ok(room_id)
}

fn is_encrypted(room: &Room) -> bool {
    matches!(room.encryption_state(), EncryptionState::Encrypted)
}

/// Creates a plain room.
///
/// # Errors
/// When it is refused or does not come through sync.
pub async fn create_plain(device: &Device, name: &str) -> Result<OwnedRoomId> {
    let mut request = Request::new();
    request.name = Some(name.to_owned());
    let room_id = device.client.create_room(request).await?.room_id().to_owned();
    device.room(&room_id, RoomState::Joined).await?;
    Ok(room_id)
}

/// The invitation arrives with the inviter and the room's name.
///
/// # Errors
/// When it does not.
pub async fn invite(
    host: &Device,
    guest: &Device,
    account: &Account,
    room_id: &RoomId,
    name: &str,
) -> Result<()> {
    let room = host.room(room_id, RoomState::Joined).await?;
    room.invite_user_by_id(&account.user_id).await.context("POST /invite")?;
    let invited = guest.room(room_id, RoomState::Invited).await?;
    let inviter = until("the inviter of the invitation", || async {
        match invited.invite_details().await {
            Ok(details) => details.inviter.ok_or_else(|| "no inviter is named".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await?;
    ensure!(Some(inviter.user_id()) == host.client.user_id(), "invited by {}", inviter.user_id());
    ensure!(invited.name().as_deref() == Some(name), "the invitation names the room {:?}", invited.name());
    Ok(())
}

/// Joining is seen at both sides, and the room is known as encrypted at the guest's.
///
/// # Errors
/// When the join is refused or not seen.
pub async fn join(host: &Device, guest: &Device, room_id: &RoomId) -> Result<()> {
    guest.room(room_id, RoomState::Invited).await?.join().await.context("POST /join")?;
    let joined = guest.room(room_id, RoomState::Joined).await?;
    until("the joined room to be known as encrypted", || async {
        if is_encrypted(&joined) { Ok(()) } else { Err(format!("{:?}", joined.encryption_state())) }
    })
    .await?;
    for device in [host, guest] {
        let room = device.room(room_id, RoomState::Joined).await?;
        until("two joined members to be counted", || async {
            match room.joined_members_count() {
                2 => Ok(()),
                n => Err(format!("{n} joined members")),
            }
        })
        .await?;
    }
    Ok(())
}

/// A declined invitation is gone at the guest's.
///
/// # Errors
/// When the room stays an invitation.
pub async fn decline(host: &Device, guest: &Device, account: &Account) -> Result<()> {
    let room_id = create_plain(host, "no thanks").await?;
    let room = host.room(&room_id, RoomState::Joined).await?;
    room.invite_user_by_id(&account.user_id).await?;
    guest.room(&room_id, RoomState::Invited).await?.leave().await?;
    until("the invitation to be gone", || async {
        // The SDK forgets a room whose invitation it declined.
        match guest.client.get_room(&room_id).map(|room| room.state()) {
            None | Some(RoomState::Left) => Ok(()),
            Some(state) => Err(format!("{state:?}")),
        }
    })
    .await
}

/// Being removed by the host is seen by the guest.
///
/// # Errors
/// When the room stays joined.
pub async fn kick(host: &Device, guest: &Device, account: &Account) -> Result<()> {
    let room_id = create_plain(host, "out").await?;
    let room = host.room(&room_id, RoomState::Joined).await?;
    room.invite_user_by_id(&account.user_id).await?;
    guest.room(&room_id, RoomState::Invited).await?.join().await?;
    guest.room(&room_id, RoomState::Joined).await?;
    room.kick_user(&account.user_id, Some("test")).await?;
    guest.room(&room_id, RoomState::Left).await?;
    Ok(())
}
