//! `GET /people/{user_id}`, and what lists show of a person.

use alphorn_http::{
    App, Json, Result,
    engine::ReadError,
    model::Refusal,
    store::{Account, Reader},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::api::{Call, local_user};

/// Rooms counted at most.
const ROOMS_COUNTED_MAX: u64 = 10_000;

/// A person as lists show one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Person")]
pub(crate) struct PersonState {
    /// The user id.
    user_id: String,
    /// The display name.
    display_name: Option<String>,
    /// The picture's `mxc:` address.
    avatar_url: Option<String>,
    /// Administers the server.
    administrator: bool,
    /// A guest.
    guest: bool,
    /// Locked: can only sign out.
    locked: bool,
    /// Suspended: can read, and leave rooms.
    suspended: bool,
    /// Closed for good.
    deactivated: bool,
    /// Asked to be erased when it was closed.
    erased: bool,
    /// Whether a password was set; without one, and without an invitation, nobody can sign in.
    has_password: bool,
    /// When the open invitation ends, in milliseconds since the epoch; null: there is none.
    invitation_expires_at_ms: Option<u64>,
    /// The application service that owns it.
    application_service: Option<String>,
    /// When it was made, in milliseconds since the epoch.
    created_at_ms: u64,
}

/// A person in full.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PersonDetails {
    /// What lists show.
    person: PersonState,
    /// The devices that are signed in.
    devices: Vec<PersonDevice>,
    /// How many rooms the person is in; counted up to 10,000.
    joined_rooms: u64,
    /// Where push notifications go.
    pushers: Vec<PersonPusher>,
    /// E-mail addresses and telephone numbers.
    contacts: Vec<PersonContact>,
    /// Files that the person uploaded.
    media_files: u64,
    /// What they come to in bytes.
    media_bytes: u64,
}

/// A device that is signed in.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonDevice {
    /// Its id.
    device_id: String,
    /// What its owner calls it.
    display_name: Option<String>,
    /// When it was signed in, in milliseconds since the epoch.
    created_at_ms: u64,
    /// When it was last seen by this node since that was started, in milliseconds since the epoch.
    last_seen_at_ms: Option<u64>,
    /// From where.
    last_seen_address: Option<String>,
    /// What the client calls itself.
    last_seen_agent: Option<String>,
    /// Whether its encryption keys are known.
    has_keys: bool,
}

/// Where push notifications go. Its key is a secret and not shown.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonPusher {
    /// The application's id.
    app_id: String,
    /// What the application calls itself.
    app_display_name: Option<String>,
    /// What the device is called.
    device_display_name: Option<String>,
    /// `http` or `email`.
    kind: Option<String>,
}

/// An e-mail address or telephone number.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonContact {
    /// `email` or `msisdn`.
    medium: String,
    /// The address.
    address: String,
}

/// What lists show of an account.
pub(crate) fn state_of(
    reader: &Reader<'_>,
    account: Account,
    now: u64,
) -> std::result::Result<PersonState, ReadError> {
    let text = |key: &str| -> std::result::Result<Option<String>, ReadError> {
        let value = reader.profile_field(&account.user, key)?;
        Ok(value.and_then(|value| serde_json::from_str(value.get()).ok()))
    };
    let invitation = reader.invitation(&account.user)?.filter(|found| found.expires_at > now);
    Ok(PersonState {
        display_name: text("displayname")?,
        avatar_url: text("avatar_url")?,
        administrator: account.admin,
        guest: account.guest,
        locked: account.locked,
        suspended: account.suspended,
        deactivated: account.deactivated,
        erased: account.erased,
        has_password: account.password_hash.is_some(),
        invitation_expires_at_ms: invitation.map(|found| found.expires_at),
        application_service: account.appservice,
        created_at_ms: account.created_at,
        user_id: account.user,
    })
}

pub(super) async fn show(call: Call<String>) -> Result<Json<PersonDetails>> {
    let user = local_user(&call.app, &call.path)?.to_string();
    let now = call.app.engine().now_ms();
    let mut details = call.app.engine().read(move |reader| details(reader, &user, now)).await?;
    for device in &mut details.devices {
        see(&call.app, &details.person.user_id, device);
    }
    Ok(Json(details))
}

fn see(app: &App, user: &str, device: &mut PersonDevice) {
    if let Some(seen) = app.sightings().of(user, &device.device_id) {
        device.last_seen_at_ms = Some(seen.at_ms);
        device.last_seen_address = Some(seen.address);
        device.last_seen_agent = Some(seen.agent).filter(|agent| !agent.is_empty());
    }
}

fn details(reader: &Reader<'_>, user: &str, now: u64) -> std::result::Result<PersonDetails, ReadError> {
    let account = reader.account(user)?.ok_or_else(|| Refusal::not_found("there is no such account"))?;
    let mut devices = Vec::new();
    for device in reader.devices(user)? {
        devices.push(PersonDevice {
            has_keys: reader.device_keys(user, &device.device)?.is_some(),
            device_id: device.device,
            display_name: device.display_name,
            created_at_ms: device.created_at,
            last_seen_at_ms: None,
            last_seen_address: None,
            last_seen_agent: None,
        });
    }
    let pushers =
        reader.pushers(user)?.into_iter().map(|(app_id, _, pusher, _)| pusher_of(app_id, pusher.get()));
    let contacts = reader.threepids(user)?.into_iter();
    let media = reader.media_total(user)?;
    Ok(PersonDetails {
        person: state_of(reader, account, now)?,
        devices,
        joined_rooms: reader.joined_count(user, ROOMS_COUNTED_MAX)?,
        pushers: pushers.collect(),
        contacts: contacts.map(|(medium, address, ..)| PersonContact { medium, address }).collect(),
        media_files: media.as_ref().map_or(0, |total| total.files),
        media_bytes: media.as_ref().map_or(0, |total| total.bytes),
    })
}

fn pusher_of(app_id: String, pusher: &str) -> PersonPusher {
    let pusher: Value = serde_json::from_str(pusher).unwrap_or_default();
    let text = |key: &str| pusher.get(key).and_then(Value::as_str).map(str::to_owned);
    PersonPusher {
        app_id,
        app_display_name: text("app_display_name"),
        device_display_name: text("device_display_name"),
        kind: text("kind"),
    }
}
