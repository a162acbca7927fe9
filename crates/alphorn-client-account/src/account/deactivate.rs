//! `POST /_matrix/client/v3/account/deactivate`. Specification: "Account management".

use alphorn_http::{
    App, OptionalJsonBody, PeerAddr, RawAnswer, Regular, Result,
    model::{Aggregate, Fact, Refusal, fact::AccountFact},
};
use axum::extract::State;
use serde_json::{Map, Value, json};

/// Closes the account for good. Its rooms are left afterwards, by the engine's upkeep.
pub(super) async fn post(
    State(app): State<App>,
    Regular(client): Regular,
    peer: PeerAddr,
    OptionalJsonBody(body): OptionalJsonBody<Map<String, Value>>,
) -> Result {
    let erase = match body.get("erase") {
        None => false,
        Some(Value::Bool(erase)) => *erase,
        Some(_) => return Err(Refusal::bad_json("'erase' must be true or false").into()),
    };
    let proven = app.prove_user(&client, "POST /account/deactivate", &body, peer).await?;
    let fact = Fact::Account(AccountFact::Deactivated { erase });
    app.engine().note(Aggregate::User(client.user.to_string()), vec![fact]).await?;
    app.proof_used(&proven);
    // No identifiers are bound at identity servers through this server, so there is nothing to unbind.
    RawAnswer::of(&json!({ "id_server_unbind_result": "success" }))
}
