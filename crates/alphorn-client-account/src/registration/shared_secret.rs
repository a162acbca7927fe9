//! `GET` and `POST /_synapse/admin/v1/register`: accounts made by scripts that know a secret, in the
//! form that tools for Synapse speak. A nonce is fetched first; the MAC is HMAC-SHA1, with the secret as
//! key, of the nonce, the name, the password and `admin` or `notadmin`, separated by zero bytes.

use alphorn_http::{
    App, JsonBody, RawAnswer, Result,
    engine::{NewAccount, NewSession},
    model::{
        ErrorCode, Refusal,
        fact::{Act, Actor},
    },
    names as name,
};
use axum::extract::State;
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use serde_json::json;
use sha1::Sha1;

use super::register::welcome;
use crate::memory::Memory;

/// Longest name and password in bytes.
const TEXT_BYTES_MAX: usize = 512;

#[derive(Deserialize)]
pub(super) struct Body {
    nonce: String,
    username: String,
    password: String,
    mac: String,
    #[serde(default)]
    admin: bool,
    user_type: Option<String>,
    displayname: Option<String>,
    #[serde(default)]
    inhibit_login: bool,
}

fn unknown(words: &str) -> Refusal {
    Refusal::new(ErrorCode::Unknown, words).with_status(400)
}

fn secret(app: &App) -> Result<&str> {
    let secret = app.site().registration_shared_secret.as_deref();
    secret.ok_or_else(|| unknown("registration with a shared secret is not enabled").into())
}

/// Gives a nonce.
pub(super) async fn get(State(app): State<App>, memory: Memory) -> Result {
    secret(&app)?;
    RawAnswer::of(&json!({ "nonce": memory.nonces().issue(app.engine()) }))
}

/// Makes an account.
pub(super) async fn post(State(app): State<App>, memory: Memory, JsonBody(body): JsonBody<Body>) -> Result {
    let secret = secret(&app)?;
    for (what, text) in [("username", &body.username), ("password", &body.password)] {
        if text.is_empty() || text.len() > TEXT_BYTES_MAX || text.contains('\0') {
            return Err(
                Refusal::bad_json(format!("'{what}' has 1 to {TEXT_BYTES_MAX} bytes, none zero")).into()
            );
        }
    }
    if !matches!(body.user_type.as_deref(), None | Some("support" | "bot")) {
        return Err(Refusal::invalid_param("'user_type' is `support` or `bot`").into());
    }
    if !memory.nonces().is_good(app.engine(), &body.nonce) {
        return Err(unknown("the nonce is not known").into());
    }
    if !mac_fits(secret, &body) {
        return Err(unknown("the MAC does not fit").with_status(403).into());
    }
    if !memory.nonces().spend(app.engine(), &body.nonce) {
        return Err(unknown("the nonce was used already").into());
    }
    let user = name::user_id(&app, &body.username)?;
    name::check_free(&app, &user).await?;
    let account = NewAccount {
        password: Some(body.password),
        admin: body.admin,
        display_name: body.displayname,
        ..NewAccount::default()
    };
    let act = Act::new(Actor::script(), "people.add").on(user.as_str()).with("admin", body.admin);
    app.engine().add_account(&user, account, act).await?;
    welcome(&app, &user, NewSession::default(), body.inhibit_login).await
}

fn mac_fits(secret: &str, body: &Body) -> bool {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return false };
    let role = if body.admin { "admin" } else { "notadmin" };
    mac.update([&body.nonce, &body.username, &body.password, role].join("\0").as_bytes());
    if let Some(kind) = &body.user_type {
        mac.update(b"\0");
        mac.update(kind.as_bytes());
    }
    decode_hex(&body.mac).is_some_and(|shown| mac.verify_slice(&shown).is_ok())
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::decode_hex;

    #[test]
    fn hex_is_read_strictly() {
        assert_eq!(decode_hex("00ffA5"), Some(vec![0, 255, 0xa5]));
        assert_eq!(decode_hex("0"), None);
        assert_eq!(decode_hex("zz"), None);
        assert_eq!(decode_hex("é1"), None);
    }
}
