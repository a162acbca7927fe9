//! Registration tokens. Specification: Client-Server API, "Token-authenticated registration".

use alphorn_http::{
    App, Json, Result,
    model::{Refusal, secret},
    store::RegistrationToken,
};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    api::{Api, Call, Nothing, Reason, reason},
    page::{self, Page, Paging},
};

/// Letters of a token that is made up: at least, unless something else is wanted, and at most.
const LETTERS_MIN: usize = 8;
const LETTERS: usize = 16;
const LETTERS_MAX: usize = 64;

pub(crate) fn add(api: Api) -> Api {
    api.on(
        Method::GET,
        "/registration_tokens",
        ("tokens.listRegistrationTokens", "Lists registration tokens."),
        list,
    )
    .on(
        Method::POST,
        "/registration_tokens",
        ("tokens.createRegistrationToken", "Makes a registration token."),
        create,
    )
    .on(
        Method::GET,
        "/registration_tokens/{token}",
        ("tokens.getRegistrationToken", "Shows a registration token."),
        show,
    )
    .on(
        Method::PATCH,
        "/registration_tokens/{token}",
        ("tokens.changeRegistrationToken", "Changes how often and how long a registration token is good."),
        change,
    )
    .on(
        Method::DELETE,
        "/registration_tokens/{token}",
        ("tokens.deleteRegistrationToken", "Makes a registration token invalid."),
        delete,
    )
}

/// A registration token.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RegistrationToken")]
struct Shown {
    /// The token.
    token: String,
    /// How many accounts can be made with it; null: any number.
    uses_allowed: Option<u64>,
    /// How many were made.
    used: u64,
    /// When it ends, in milliseconds since the epoch; null: never.
    expires_at_ms: Option<u64>,
    /// Whether an account can be made with it now.
    valid: bool,
}

fn shown(app: &App, token: RegistrationToken) -> Shown {
    let now = app.engine().now_ms();
    Shown {
        valid: token.uses_allowed.is_none_or(|allowed| token.used < allowed)
            && token.expires_at.is_none_or(|end| end > now),
        token: token.token,
        uses_allowed: token.uses_allowed,
        used: token.used,
        expires_at_ms: token.expires_at,
    }
}

async fn list(call: Call<(), Paging>) -> Result<Json<Page<Shown>>> {
    let (after, limit) = (call.query.from.unwrap_or_default(), page::limit(call.query.limit));
    let tokens =
        call.app.engine().read(move |reader| Ok(reader.registration_tokens_after(&after, limit + 1)?));
    let tokens = tokens.await?.into_iter().map(|token| shown(&call.app, token)).collect();
    Ok(Json(Page::cut(tokens, limit, |token| token.token.clone())))
}

/// A registration token to be made.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// The token: 1 to 64 of `A-Z a-z 0-9 . _ ~ -`; made up unless given.
    #[serde(default)]
    token: Option<String>,
    /// How long a made-up one is: 8 to 64, 16 unless given.
    #[serde(default)]
    length: Option<usize>,
    /// How many accounts can be made with it; any number unless given.
    #[serde(default)]
    uses_allowed: Option<u64>,
    /// When it ends, in milliseconds since the epoch; never unless given.
    #[serde(default)]
    expires_at_ms: Option<u64>,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

async fn create(call: Call<(), Nothing, NewToken>) -> Result<Json<Shown>> {
    let act = call.act("tokens.add");
    let Call { app, body, .. } = call;
    let act = act.because(reason(body.reason)?);
    check(&app, body.uses_allowed, body.expires_at_ms)?;
    let length = body.length.unwrap_or(LETTERS);
    if !(LETTERS_MIN..=LETTERS_MAX).contains(&length) {
        let words = format!("'length' is from {LETTERS_MIN} to {LETTERS_MAX}");
        return Err(Refusal::invalid_param(words).into());
    }
    let token = body.token.unwrap_or_else(|| secret::alphanumeric(app.engine().entropy(), length));
    let engine = app.engine();
    let token =
        engine.add_registration_token(Some(token), body.uses_allowed, body.expires_at_ms, act).await?;
    find(&app, token).await
}

async fn show(call: Call<String>) -> Result<Json<Shown>> {
    find(&call.app, call.path).await
}

/// What is to change of a registration token: what is not there stays, what is null is not bounded any more.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenChange {
    /// How many accounts can be made with it; null: any number.
    #[serde(default, deserialize_with = "given")]
    uses_allowed: Option<Option<u64>>,
    /// When it ends, in milliseconds since the epoch; null: never.
    #[serde(default, deserialize_with = "given")]
    expires_at_ms: Option<Option<u64>>,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What is there, be it null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Option<u64>>, D::Error> {
    Option::<u64>::deserialize(deserializer).map(Some)
}

async fn change(call: Call<String, Nothing, TokenChange>) -> Result<Json<Shown>> {
    let act = call.act("tokens.change");
    let Call { app, path: token, body, .. } = call;
    let act = act.because(reason(body.reason)?);
    check(&app, body.uses_allowed.flatten(), body.expires_at_ms.flatten())?;
    app.engine().change_registration_token(&token, body.uses_allowed, body.expires_at_ms, act).await?;
    find(&app, token).await
}

async fn delete(call: Call<String, Nothing, Reason>) -> Result<Json<Nothing>> {
    let act = call.act("tokens.remove").because(reason(call.body.reason)?);
    call.app.engine().remove_registration_token(&call.path, act).await?;
    Ok(Json(Nothing {}))
}

/// Numbers that JSON and the store both hold.
fn check(app: &App, uses_allowed: Option<u64>, expires_at: Option<u64>) -> Result<()> {
    if uses_allowed.is_some_and(|uses| uses > 1_000_000) {
        return Err(Refusal::invalid_param("'uses_allowed' is at most 1,000,000").into());
    }
    if expires_at.is_some_and(|end| end <= app.engine().now_ms() || end > (1 << 53)) {
        return Err(Refusal::invalid_param("'expires_at_ms' is a time that is still to come").into());
    }
    Ok(())
}

async fn find(app: &App, token: String) -> Result<Json<Shown>> {
    let found = app.engine().read(move |reader| Ok(reader.registration_token(&token)?)).await?;
    let found = found.ok_or_else(|| Refusal::not_found("there is no such token"))?;
    Ok(Json(shown(app, found)))
}
