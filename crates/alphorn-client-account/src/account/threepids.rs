//! `/_matrix/client/v3/account/3pid` and below. This server sends no mail and knows no identity server:
//! administrators enter third-party identifiers, users see and remove them.
//! Specification: "Adding account administrative contact information".

use alphorn_http::{
    App, JsonBody, PeerAddr, RawAnswer, Regular, Result,
    model::{Aggregate, ErrorCode, Fact, Refusal, fact::AccountFact},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `GET /account/3pid`: the account's third-party identifiers.
pub(super) async fn get(State(app): State<App>, Regular(client): Regular) -> Result {
    let name = client.user.to_string();
    let found = app.engine().read(move |reader| Ok(reader.threepids(&name)?)).await?;
    let shown: Vec<_> = found
        .into_iter()
        .map(|(medium, address, validated_at, added_at)| {
            json!({ "medium": medium, "address": address, "validated_at": validated_at, "added_at": added_at })
        })
        .collect();
    RawAnswer::of(&json!({ "threepids": shown }))
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(rename = "three_pid_creds", alias = "threePidCreds")]
    _three_pid_creds: Map<String, Value>,
}

/// `POST /account/3pid`: identity servers would have to vouch, and none is trusted.
pub(super) async fn post(_: Regular, JsonBody(_): JsonBody<Credentials>) -> Result {
    Err(Refusal::new(ErrorCode::ThreepidAuthFailed, "the server trusts no identity server").into())
}

#[derive(Deserialize)]
struct Session {
    #[serde(rename = "client_secret")]
    _client_secret: String,
    #[serde(rename = "sid")]
    _sid: String,
}

fn read<T: serde::de::DeserializeOwned>(body: &Map<String, Value>) -> Result<T> {
    alphorn_http::parse_json(Value::Object(body.clone()).to_string().as_bytes())
}

/// `POST /account/3pid/add`: there can be no validated session to add.
pub(super) async fn add(
    State(app): State<App>,
    Regular(client): Regular,
    peer: PeerAddr,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result {
    read::<Session>(&body)?;
    app.prove_user(&client, "POST /account/3pid/add", &body, peer).await?;
    let refusal = Refusal::new(ErrorCode::ThreepidAuthFailed, "there is no validated session of this name");
    Err(refusal.with_status(400).into())
}

#[derive(Deserialize)]
pub(super) struct Binding {
    #[serde(rename = "client_secret")]
    _client_secret: String,
    #[serde(rename = "id_server")]
    _id_server: String,
    #[serde(rename = "id_access_token")]
    _id_access_token: String,
    #[serde(rename = "sid")]
    _sid: String,
}

/// `POST /account/3pid/bind`: no identity server is trusted.
pub(super) async fn bind(_: Regular, JsonBody(_): JsonBody<Binding>) -> Result {
    Err(Refusal::new(ErrorCode::ServerNotTrusted, "the server trusts no identity server").into())
}

#[derive(Deserialize)]
pub(super) struct Threepid {
    medium: String,
    address: String,
}

/// `POST /account/3pid/delete`: removes an identifier from the account.
pub(super) async fn delete(
    State(app): State<App>,
    Regular(client): Regular,
    JsonBody(body): JsonBody<Threepid>,
) -> Result {
    let name = client.user.to_string();
    app.engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let owner = reader.threepid_owner(&body.medium, &body.address)?;
            let fact = AccountFact::ThreepidChanged {
                medium: body.medium.clone(),
                address: body.address.clone(),
                validated_at: None,
            };
            let own = owner.as_deref() == Some(name.as_str());
            Ok((if own { vec![Fact::Account(fact)] } else { Vec::new() }, ()))
        })
        .await?;
    RawAnswer::of(&json!({ "id_server_unbind_result": "no-support" }))
}

/// `POST /account/3pid/unbind`: nothing was ever bound through this server.
pub(super) async fn unbind(_: Regular, JsonBody(_): JsonBody<Threepid>) -> Result {
    RawAnswer::of(&json!({ "id_server_unbind_result": "no-support" }))
}
