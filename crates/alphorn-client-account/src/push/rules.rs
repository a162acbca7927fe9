//! `/_matrix/client/v3/pushrules/` and below. Specification: "Push Rules: API".

use alphorn_http::{
    App, Client, JsonBody, Path, Query, RawAnswer, Regular, Result, empty,
    model::{Aggregate, Fact, Refusal, fact::AccountFact},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ruleset::{Kind, NewRule, Rules, check_actions};

async fn load(app: &App, client: &Client) -> Result<Rules> {
    let user = client.user.clone();
    Ok(app.engine().read(move |reader| Rules::load(reader, &user)).await?)
}

/// Changes the rules; stores them if there is a difference.
async fn change(
    app: &App,
    client: &Client,
    change: impl Fn(&mut Rules) -> std::result::Result<(), Refusal> + Send + Sync + 'static,
) -> Result {
    let user = client.user.clone();
    app.engine()
        .decide(Aggregate::User(user.to_string()), move |reader| {
            let before = Rules::load(reader, &user)?;
            let mut rules = before.clone();
            change(&mut rules)?;
            if rules == before {
                return Ok((Vec::new(), ()));
            }
            let content = rules.content()?;
            let fact = AccountFact::AccountDataSet { room: None, kind: "m.push_rules".to_owned(), content };
            Ok((vec![Fact::Account(fact)], ()))
        })
        .await?;
    empty()
}

/// `GET /pushrules/`: all rules.
pub(super) async fn all(State(app): State<App>, Regular(client): Regular) -> Result {
    RawAnswer::of(&json!({ "global": load(&app, &client).await? }))
}

/// `GET /pushrules/global/`: the same without the outer object.
pub(super) async fn global(State(app): State<App>, Regular(client): Regular) -> Result {
    RawAnswer::of(&load(&app, &client).await?)
}

/// `GET /pushrules/global/{kind}/`: the rules of a kind, as older clients ask for them.
pub(super) async fn of_kind(
    State(app): State<App>,
    Regular(client): Regular,
    Path(kind): Path<String>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    RawAnswer::of(&load(&app, &client).await?.of(kind))
}

/// `GET /pushrules/global/{kind}/{ruleId}`: one rule.
pub(super) async fn one(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    RawAnswer::of(load(&app, &client).await?.get(kind, &rule)?)
}

#[derive(Deserialize)]
pub(super) struct Place {
    before: Option<String>,
    after: Option<String>,
}

/// `PUT /pushrules/global/{kind}/{ruleId}`: adds or changes a rule.
pub(super) async fn put(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
    Query(place): Query<Place>,
    JsonBody(body): JsonBody<NewRule>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    let rule = body.checked(kind, rule)?;
    change(&app, &client, move |rules| {
        rules.put(kind, rule.clone(), place.before.as_deref(), place.after.as_deref())
    })
    .await
}

/// `PUT /pushrules/global/{kind}/` with an empty rule id.
pub(super) async fn without_id(Path(kind): Path<String>, _: Regular) -> Result {
    Kind::parse(&kind)?;
    Err(Refusal::invalid_param("a rule id has 1 to 255 bytes and no slashes").into())
}

/// `DELETE /pushrules/global/{kind}/{ruleId}`: removes a rule.
pub(super) async fn delete(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    change(&app, &client, move |rules| rules.remove(kind, &rule)).await
}

/// `GET /pushrules/global/{kind}/{ruleId}/enabled`.
pub(super) async fn enabled(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    RawAnswer::of(&json!({ "enabled": load(&app, &client).await?.get(kind, &rule)?.enabled }))
}

#[derive(Deserialize)]
pub(super) struct Enabled {
    enabled: bool,
}

/// `PUT /pushrules/global/{kind}/{ruleId}/enabled`.
pub(super) async fn enable(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
    JsonBody(body): JsonBody<Enabled>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    change(&app, &client, move |rules| {
        rules.get_mut(kind, &rule)?.enabled = body.enabled;
        Ok(())
    })
    .await
}

/// `GET /pushrules/global/{kind}/{ruleId}/actions`.
pub(super) async fn actions(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    RawAnswer::of(&json!({ "actions": load(&app, &client).await?.get(kind, &rule)?.actions }))
}

#[derive(Deserialize)]
pub(super) struct Actions {
    actions: Vec<Value>,
}

/// `PUT /pushrules/global/{kind}/{ruleId}/actions`.
pub(super) async fn set_actions(
    State(app): State<App>,
    Regular(client): Regular,
    Path((kind, rule)): Path<(String, String)>,
    JsonBody(body): JsonBody<Actions>,
) -> Result {
    let kind = Kind::parse(&kind)?;
    check_actions(&body.actions)?;
    change(&app, &client, move |rules| {
        rules.get_mut(kind, &rule)?.actions.clone_from(&body.actions);
        Ok(())
    })
    .await
}
