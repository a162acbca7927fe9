//! `POST /_matrix/client/v3/account/password`. Specification: "Account management".

use alphorn_http::{
    App, JsonBody, PeerAddr, Regular, Result, empty,
    model::{Aggregate, Fact, Refusal, fact::AccountFact},
    names::check_password,
};
use axum::extract::State;
use serde_json::{Map, Value};

/// Changes the password. Other devices are signed out unless the client wants them to stay.
pub(super) async fn post(
    State(app): State<App>,
    Regular(client): Regular,
    peer: PeerAddr,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result {
    let password = match body.get("new_password") {
        Some(Value::String(password)) => password.clone(),
        Some(_) => return Err(Refusal::bad_json("'new_password' must be a string").into()),
        None => return Err(Refusal::missing_param("missing field `new_password`").into()),
    };
    let logout_devices = match body.get("logout_devices") {
        None => true,
        Some(Value::Bool(logout)) => *logout,
        Some(_) => return Err(Refusal::bad_json("'logout_devices' must be true or false").into()),
    };
    check_password(&app, &password)?;
    let proven = app.prove_user(&client, "POST /account/password", &body, peer).await?;
    let hash = app.engine().hash_password(password).await?;
    let (name, kept) = (client.user.to_string(), client.device.clone());
    app.engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let mut facts =
                vec![Fact::Account(AccountFact::PasswordChanged { password_hash: Some(hash.clone()) })];
            if logout_devices {
                let others = reader.devices(&name)?.into_iter().filter(|device| device.device != kept);
                facts.extend(
                    others.map(|other| Fact::Account(AccountFact::DeviceDeleted { device: other.device })),
                );
            }
            Ok((facts, ()))
        })
        .await?;
    app.proof_used(&proven);
    empty()
}
