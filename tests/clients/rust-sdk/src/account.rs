//! Registration: by the dummy stage as a person does, or by Synapse's shared-secret admin endpoint.
use anyhow::{Context, Result, bail, ensure};
use hmac::{Hmac, Mac};
use matrix_sdk::{
    Client, reqwest,
    ruma::{
        UserId,
        api::client::{
            account::register,
            uiaa::{AuthData, Dummy},
        },
        api::error::ErrorKind,
    },
};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::device::{Account, Site, build_client};

/// Registers through the ordinary client endpoint: a first request for the flows, then the dummy stage.
///
/// # Errors
/// When the server offers no dummy flow or refuses.
pub async fn register(site: &Site, name: &str, password: &str) -> Result<Account> {
    let client = build_client(site, &site.stores.join(format!("{name}-registration"))).await?;
    let mut request = register::v3::Request::new();
    request.username = Some(name.to_owned());
    request.password = Some(password.to_owned());
    request.inhibit_login = true;

    let refusal = match client.matrix_auth().register(request.clone()).await {
        Ok(_) => bail!("registration without any authentication stage was accepted"),
        Err(error) => error,
    };
    let info =
        refusal.as_uiaa_response().with_context(|| format!("expected 401 with flows, got: {refusal}"))?;
    ensure!(
        info.flows.iter().any(|flow| flow.stages.iter().all(|stage| stage.as_str() == "m.login.dummy")),
        "no flow with only m.login.dummy: {:?}",
        info.flows
    );
    let mut dummy = Dummy::new();
    dummy.session = info.session.clone();
    request.auth = Some(AuthData::Dummy(dummy));
    let response = client.matrix_auth().register(request).await.context("POST /register")?;
    ensure!(response.access_token.is_none(), "inhibit_login was ignored");
    Ok(Account { name: name.to_owned(), password: password.to_owned(), user_id: response.user_id })
}

/// Registers as Synapse's `register_new_matrix_user` does: nonce, then an HMAC over the fields.
///
/// # Errors
/// When the server refuses.
pub async fn register_with_secret(site: &Site, secret: &str, name: &str, password: &str) -> Result<Account> {
    let url = format!("{}/_synapse/admin/v1/register", site.url);
    let http = reqwest::Client::new();
    let nonce = http.get(&url).send().await?.error_for_status()?.text().await?;
    let nonce: Value = serde_json::from_str(&nonce).context("the nonce is not JSON")?;
    let nonce = nonce["nonce"].as_str().context("no nonce in the answer")?;
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes())?;
    mac.update([nonce, name, password, "notadmin"].join("\0").as_bytes());
    let mac: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let body = json!({"nonce": nonce, "username": name, "password": password, "admin": false, "mac": mac});
    let answer = http.post(&url).body(body.to_string()).send().await?;
    let status = answer.status();
    let answer = answer.text().await?;
    let answer: Value =
        serde_json::from_str(&answer).with_context(|| format!("{status}, not JSON: {answer}"))?;
    ensure!(status.is_success(), "{status}: {answer}");
    let user_id = answer["user_id"].as_str().context("no user_id in the answer")?;
    Ok(Account { name: name.to_owned(), password: password.to_owned(), user_id: UserId::parse(user_id)? })
}

/// A login with the wrong password must be refused with `M_FORBIDDEN`.
///
/// # Errors
/// When it is accepted or refused for another reason.
pub async fn wrong_password(site: &Site, account: &Account) -> Result<()> {
    let client: Client = build_client(site, &site.stores.join("wrong-password")).await?;
    match client.matrix_auth().login_username(&account.name, "not the password").send().await {
        Ok(_) => bail!("the wrong password was accepted"),
        Err(error) => {
            ensure!(
                matches!(error.client_api_error_kind(), Some(ErrorKind::Forbidden)),
                "expected M_FORBIDDEN, got {error}"
            );
            Ok(())
        }
    }
}

/// A name that is taken must be refused with `M_USER_IN_USE`.
///
/// # Errors
/// When it is accepted or refused for another reason.
pub async fn taken_name(site: &Site, account: &Account) -> Result<()> {
    match register(site, &account.name, "another password").await {
        Ok(_) => bail!("the same name was registered twice"),
        Err(error) => {
            let text = format!("{error:#}");
            ensure!(text.contains("M_USER_IN_USE"), "expected M_USER_IN_USE, got {text}");
            Ok(())
        }
    }
}
