//! Settings that change while the server runs, and what of them everybody may know.

use alphorn_http::{
    App, Json, Registration, Result,
    model::{Aggregate, Fact, OwnedRoomAliasId, OwnedRoomId, Refusal, fact::AdministrationFact},
    settings,
};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::api::{Api, Call, Nothing, OpenCall, reason};

/// Longest texts in bytes.
const NAME_BYTES_MAX: usize = 200;
const PHONE_BYTES_MAX: usize = 50;
const MESSAGE_BYTES_MAX: usize = 2_000;

/// How long messages live: where a room does not say so, and the shortest and longest that it can say.
const LIFETIMES: [&str; 3] =
    ["message_lifetime_default_ms", "message_lifetime_min_ms", "message_lifetime_max_ms"];

/// Shortest and longest life of messages that can be set.
const LIFETIME_MS_MIN: u64 = 1_000;
const LIFETIME_MS_MAX: u64 = 1 << 53;

/// Smallest bound of uploads that is of any use.
const UPLOAD_BYTES_MIN: u64 = 1 << 16;

pub(crate) fn add(api: Api) -> Api {
    api.on(Method::GET, "/settings", ("settings.getSettings", "Shows the settings that change at run time."), show)
        .on(
            Method::PATCH,
            "/settings",
            (
                "settings.changeSettings",
                "Changes settings, on all nodes. What is not there stays; null: as the configuration file has it.",
            ),
            change,
        )
        .on_open(
            Method::GET,
            "/organisation",
            ("organisation.getOrganisation", "Shows what everybody who reaches the server may know of it."),
            organisation,
        )
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RegistrationMode {
    /// Nobody: administrators invite.
    Closed,
    /// Whoever has a registration token.
    Token,
    /// Everybody who reaches the server.
    Open,
}

fn mode(app: &App) -> RegistrationMode {
    match app.registration() {
        Registration::Closed => RegistrationMode::Closed,
        Registration::Token => RegistrationMode::Token,
        Registration::Open => RegistrationMode::Open,
    }
}

/// The settings as they count now.
#[derive(Debug, Serialize, JsonSchema)]
struct Settings {
    /// Who may make an account.
    registration_mode: RegistrationMode,
    /// What the organisation is called.
    organisation_name: Option<String>,
    /// The telephone number for when nothing else works.
    emergency_phone: Option<String>,
    /// The room for when something is wrong: an alias or a room id.
    emergency_channel: Option<String>,
    /// What everybody is told for now.
    message_of_the_day: Option<String>,
    /// Largest upload in bytes; never more than the configuration file allows.
    upload_bytes_max: u64,
    /// How long messages live in rooms that do not say so, in milliseconds; null: for ever.
    message_lifetime_default_ms: Option<u64>,
    /// The shortest life of messages that a room can ask for.
    message_lifetime_min_ms: Option<u64>,
    /// The longest life of messages that a room can ask for.
    message_lifetime_max_ms: Option<u64>,
    /// The names of those that were changed from what the configuration file has.
    changed: Vec<String>,
}

fn settings_of(app: &App) -> Settings {
    let text = |name: &str| app.settings().text(name);
    let [default, min, max] = LIFETIMES.map(|name| app.settings().number(name));
    Settings {
        registration_mode: mode(app),
        organisation_name: text("organisation_name"),
        emergency_phone: text("emergency_phone"),
        emergency_channel: text("emergency_channel"),
        message_of_the_day: text("message_of_the_day"),
        upload_bytes_max: app.upload_bytes_max(),
        message_lifetime_default_ms: default,
        message_lifetime_min_ms: min,
        message_lifetime_max_ms: max,
        changed: app.settings().names(),
    }
}

async fn show(call: Call) -> Result<Json<Settings>> {
    Ok(Json(settings_of(&call.app)))
}

/// What is to change: what is not there stays, null is as the configuration file has it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SettingsChange {
    /// Who may make an account.
    #[serde(default, deserialize_with = "given")]
    registration_mode: Option<Option<RegistrationMode>>,
    /// What the organisation is called.
    #[serde(default, deserialize_with = "given")]
    organisation_name: Option<Option<String>>,
    /// The telephone number for when nothing else works.
    #[serde(default, deserialize_with = "given")]
    emergency_phone: Option<Option<String>>,
    /// The room for when something is wrong: an alias or a room id.
    #[serde(default, deserialize_with = "given")]
    emergency_channel: Option<Option<String>>,
    /// What everybody is told for now.
    #[serde(default, deserialize_with = "given")]
    message_of_the_day: Option<Option<String>>,
    /// Largest upload in bytes.
    #[serde(default, deserialize_with = "given")]
    upload_bytes_max: Option<Option<u64>>,
    /// How long messages live in rooms that do not say so, in milliseconds. Those that are older are removed.
    #[serde(default, deserialize_with = "given")]
    message_lifetime_default_ms: Option<Option<u64>>,
    /// The shortest life of messages that a room can ask for.
    #[serde(default, deserialize_with = "given")]
    message_lifetime_min_ms: Option<Option<u64>>,
    /// The longest life of messages that a room can ask for.
    #[serde(default, deserialize_with = "given")]
    message_lifetime_max_ms: Option<Option<u64>>,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What is there, be it null.
fn given<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<Value>::deserialize(deserializer)?
        .map(serde_json::from_value)
        .transpose()
        .map(Some)
        .map_err(serde::de::Error::custom)
}

impl SettingsChange {
    fn changes(&self, app: &App) -> Result<Map<String, Value>> {
        let mut changes = Map::new();
        let mut put = |name: &str, value: Value| changes.insert(name.to_owned(), value);
        if let Some(mode) = &self.registration_mode {
            put("registration_mode", serde_json::to_value(mode).map_err(|_| Refusal::internal())?);
        }
        for (name, value, bytes_max) in [
            ("organisation_name", &self.organisation_name, NAME_BYTES_MAX),
            ("emergency_phone", &self.emergency_phone, PHONE_BYTES_MAX),
            ("emergency_channel", &self.emergency_channel, NAME_BYTES_MAX + 55),
            ("message_of_the_day", &self.message_of_the_day, MESSAGE_BYTES_MAX),
        ] {
            let Some(value) = value else { continue };
            let text = value.as_deref().map(str::trim).filter(|text| !text.is_empty());
            if text.is_some_and(|text| text.len() > bytes_max) {
                return Err(Refusal::invalid_param(format!("'{name}' has at most {bytes_max} bytes")).into());
            }
            put(name, text.map_or(Value::Null, Value::from));
        }
        if let Some(Some(channel)) = &self.emergency_channel {
            check_channel(channel.trim())?;
        }
        if let Some(Some(phone)) = &self.emergency_phone {
            check_phone(phone.trim())?;
        }
        if let Some(bytes) = self.upload_bytes_max {
            let most = app.site().upload_bytes_max;
            if bytes.is_some_and(|bytes| !(UPLOAD_BYTES_MIN..=most).contains(&bytes)) {
                let words = format!("'upload_bytes_max' is from {UPLOAD_BYTES_MIN} to {most}, as configured");
                return Err(Refusal::invalid_param(words).into());
            }
            put("upload_bytes_max", bytes.map_or(Value::Null, Value::from));
        }
        changes.extend(self.lifetimes(app)?);
        Ok(changes)
    }

    /// How long messages are to live; the three must fit each other.
    fn lifetimes(&self, app: &App) -> Result<Map<String, Value>> {
        let wanted =
            [self.message_lifetime_default_ms, self.message_lifetime_min_ms, self.message_lifetime_max_ms];
        let mut changes = Map::new();
        let mut all = LIFETIMES.map(|name| app.settings().number(name));
        for ((name, kept), wanted) in LIFETIMES.into_iter().zip(&mut all).zip(wanted) {
            let Some(wanted) = wanted else { continue };
            if wanted.is_some_and(|ms| !(LIFETIME_MS_MIN..=LIFETIME_MS_MAX).contains(&ms)) {
                let words = format!("'{name}' is from {LIFETIME_MS_MIN} to {LIFETIME_MS_MAX} milliseconds");
                return Err(Refusal::invalid_param(words).into());
            }
            *kept = wanted;
            changes.insert(name.to_owned(), wanted.map_or(Value::Null, Value::from));
        }
        let [default, min, max] = all;
        let in_order =
            |less: Option<u64>, more: Option<u64>| less.zip(more).is_none_or(|(less, more)| less <= more);
        if !in_order(min, max) || !in_order(min, default) || !in_order(default, max) {
            let words =
                "the shortest life of messages is at most the usual one, and that is at most the longest";
            return Err(Refusal::invalid_param(words).into());
        }
        Ok(changes)
    }
}

fn check_channel(channel: &str) -> Result<()> {
    let good = channel.is_empty()
        || OwnedRoomAliasId::try_from(channel).is_ok()
        || OwnedRoomId::try_from(channel).is_ok();
    if good {
        Ok(())
    } else {
        Err(Refusal::invalid_param("'emergency_channel' is an alias or a room id").into())
    }
}

fn check_phone(phone: &str) -> Result<()> {
    let good = |letter: char| letter.is_ascii_digit() || " +-/().*#,".contains(letter);
    let good =
        phone.chars().all(good) && (phone.is_empty() || phone.bytes().any(|byte| byte.is_ascii_digit()));
    if good { Ok(()) } else { Err(Refusal::invalid_param("'emergency_phone' is a telephone number").into()) }
}

async fn change(call: Call<(), Nothing, SettingsChange>) -> Result<Json<Settings>> {
    let changes = call.body.changes(&call.app)?;
    let mut act = call.act("settings.change").because(reason(call.body.reason)?);
    act.details.clone_from(&changes);
    let engine = call.app.engine();
    let done = engine.administer(Aggregate::Server, act, move |reader| {
        let kept = reader.settings()?;
        let new = changes.iter().filter(|(name, value)| kept.get(*name).unwrap_or(&Value::Null) != *value);
        let new: Map<_, _> = new.map(|(name, value)| (name.clone(), value.clone())).collect();
        let fact = (!new.is_empty()).then_some(AdministrationFact::SettingsChanged { changes: new });
        Ok((fact.map(Fact::Administration).into_iter().collect(), ()))
    });
    done.await?;
    Ok(Json(settings_of(&call.app)))
}

/// What everybody who reaches the server may know of it.
#[derive(Debug, Serialize, JsonSchema)]
struct Organisation {
    /// The server's name.
    server_name: String,
    /// What the organisation is called.
    name: Option<String>,
    /// The telephone number for when nothing else works.
    emergency_phone: Option<String>,
    /// The room for when something is wrong: an alias or a room id.
    emergency_channel: Option<String>,
    /// What everybody is told for now.
    message_of_the_day: Option<String>,
    /// Who may make an account.
    registration_mode: RegistrationMode,
}

async fn organisation(call: OpenCall) -> Result<Json<Organisation>> {
    let settings: &settings::Settings = call.app.settings();
    Ok(Json(Organisation {
        server_name: call.app.engine().server_name().to_string(),
        name: settings.text("organisation_name"),
        emergency_phone: settings.text("emergency_phone"),
        emergency_channel: settings.text("emergency_channel"),
        message_of_the_day: settings.text("message_of_the_day"),
        registration_mode: mode(&call.app),
    }))
}
