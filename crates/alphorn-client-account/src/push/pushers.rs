//! `GET /_matrix/client/v3/pushers` and `POST /_matrix/client/v3/pushers/set`.
//! Specification: "Push Notifications".

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Regular, Result, empty,
    model::{Aggregate, ErrorCode, Fact, Refusal, fact::AccountFact},
};
use axum::extract::State;
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::to_raw_value};

/// Pushers of one user at most.
const PUSHERS_MAX: usize = 100;

/// Longest push key in bytes.
const PUSHKEY_BYTES_MAX: usize = 512;

/// Longest application id in letters.
const APP_ID_LETTERS_MAX: usize = 64;

/// Largest pusher in bytes.
const PUSHER_BYTES_MAX: usize = 16_384;

/// Where push gateways take notifications. Specification: Push Gateway API.
const GATEWAY_PATH: &str = "/_matrix/push/v1/notify";

/// The user's pushers.
pub(super) async fn get(State(app): State<App>, Regular(client): Regular) -> Result {
    let name = client.user.to_string();
    let pushers = app.engine().read(move |reader| Ok(reader.pushers(&name)?)).await?;
    let pushers: Vec<_> = pushers.into_iter().map(|(_, _, pusher, _)| pusher).collect();
    RawAnswer::of(&json!({ "pushers": pushers }))
}

#[derive(Deserialize)]
pub(super) struct Body {
    pushkey: String,
    app_id: String,
    kind: Option<String>,
    app_display_name: Option<String>,
    device_display_name: Option<String>,
    profile_tag: Option<String>,
    lang: Option<String>,
    data: Option<Map<String, Value>>,
    #[serde(default)]
    append: bool,
}

/// A pusher as it is kept and shown.
#[derive(Serialize)]
struct Pusher<'a> {
    pushkey: &'a str,
    app_id: &'a str,
    kind: &'a str,
    app_display_name: &'a str,
    device_display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_tag: Option<&'a str>,
    lang: &'a str,
    data: &'a Map<String, Value>,
}

/// Sets or removes a pusher.
pub(super) async fn set(
    State(app): State<App>,
    Regular(client): Regular,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    if body.pushkey.len() > PUSHKEY_BYTES_MAX || body.app_id.chars().count() > APP_ID_LETTERS_MAX {
        return Err(Refusal::invalid_param("'pushkey' or 'app_id' is too long").into());
    }
    let fact = match checked(&body)? {
        None => AccountFact::PusherRemoved { app_id: body.app_id.clone(), pushkey: body.pushkey.clone() },
        Some(pusher) => {
            let pusher = to_raw_value(&pusher).map_err(|_| Refusal::bad_json("this cannot be stored"))?;
            if pusher.get().len() > PUSHER_BYTES_MAX {
                let words = format!("a pusher has at most {PUSHER_BYTES_MAX} bytes");
                return Err(Refusal::new(ErrorCode::TooLarge, words).into());
            }
            if !body.append {
                take_from_others(&app, &client, &body).await?;
            }
            AccountFact::PusherSet {
                app_id: body.app_id.clone(),
                pushkey: body.pushkey.clone(),
                pusher,
                device: client.device.clone(),
            }
        }
    };
    let name = client.user.to_string();
    app.engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let held = reader.pushers(&name)?;
            let known = held.iter().any(|(app, key, ..)| *app == body.app_id && *key == body.pushkey);
            match &fact {
                AccountFact::PusherRemoved { .. } if !known => return Ok((Vec::new(), ())),
                AccountFact::PusherSet { .. } if !known && held.len() >= PUSHERS_MAX => {
                    let words = format!("an account has at most {PUSHERS_MAX} pushers");
                    return Err(Refusal::new(ErrorCode::ResourceLimitExceeded, words).into());
                }
                _ => {}
            }
            Ok((vec![Fact::Account(fact.clone())], ()))
        })
        .await?;
    empty()
}

/// The pusher that a client describes; nothing: it wants it removed.
fn checked(body: &Body) -> Result<Option<Pusher<'_>>> {
    let Some(kind) = body.kind.as_deref() else { return Ok(None) };
    let data = body.data.as_ref().ok_or_else(|| Refusal::missing_param("missing field `data`"))?;
    if kind != "http" {
        return Err(Refusal::invalid_param("the server knows only pushers of the kind `http`").into());
    }
    check_gateway(data)?;
    Ok(Some(Pusher {
        pushkey: &body.pushkey,
        app_id: &body.app_id,
        kind,
        app_display_name: required(&body.app_display_name, "app_display_name")?,
        device_display_name: required(&body.device_display_name, "device_display_name")?,
        profile_tag: body.profile_tag.as_deref(),
        lang: required(&body.lang, "lang")?,
        data,
    }))
}

fn required<'a>(value: &'a Option<String>, name: &str) -> Result<&'a str> {
    value.as_deref().ok_or_else(|| Refusal::missing_param(format!("missing field `{name}`")).into())
}

/// Refuses addresses that no push gateway can have. Closed networks have gateways without TLS.
fn check_gateway(data: &Map<String, Value>) -> Result<()> {
    let url = match data.get("url") {
        Some(Value::String(url)) => url,
        Some(_) => return Err(Refusal::bad_json("'data.url' must be a string").into()),
        None => return Err(Refusal::missing_param("missing field `data.url`").into()),
    };
    let fits = url.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some()
            && uri.path() == GATEWAY_PATH
    });
    if !fits {
        let words = format!("'data.url' must be an address with the path {GATEWAY_PATH}");
        return Err(Refusal::invalid_param(words).into());
    }
    Ok(())
}

/// A device that changes hands is not to show the notifications of its former owner.
async fn take_from_others(app: &App, client: &Client, body: &Body) -> Result<()> {
    let (app_id, pushkey) = (body.app_id.clone(), body.pushkey.clone());
    let owners = app.engine().read(move |reader| Ok(reader.pusher_owners(&app_id, &pushkey)?)).await?;
    for owner in owners.into_iter().filter(|owner| client.user != owner.as_str()) {
        let fact = AccountFact::PusherRemoved { app_id: body.app_id.clone(), pushkey: body.pushkey.clone() };
        app.engine().note(Aggregate::User(owner), vec![Fact::Account(fact)]).await?;
    }
    Ok(())
}
