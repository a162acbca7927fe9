//! `POST /_matrix/client/v3/register` by an application service.
//! Specification: Application Service API, "Server admin style permissions".

use alphorn_http::{
    App, Appservice, Result,
    engine::NewAccount,
    model::{ErrorCode, Refusal},
    names as name,
};
use http::{HeaderMap, header};

use super::register::{Wish, welcome};

/// The application service whose token a request carries.
pub(crate) fn by_token<'a>(app: &'a App, headers: &HeaderMap) -> Result<&'a Appservice> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| Refusal::new(ErrorCode::MissingToken, "the application service's token is needed"))?;
    app.appservices()
        .by_token
        .get(token)
        .ok_or_else(|| Refusal::new(ErrorCode::UnknownToken, "this is no application service's token").into())
}

/// Makes an account in the application service's namespace.
pub(super) async fn register(app: &App, headers: &HeaderMap, wish: Wish) -> Result {
    let service = by_token(app, headers)?;
    let wanted =
        wish.username.as_deref().ok_or_else(|| Refusal::missing_param("missing field `username`"))?;
    let user = name::service_user_id(app, wanted)?;
    if !service.namespaces.may_act_as(&user) {
        let words = "the application service may not register this name";
        return Err(Refusal::new(ErrorCode::Exclusive, words).into());
    }
    let account = NewAccount { appservice: Some(service.id.clone()), ..NewAccount::default() };
    app.engine().register(&user, account).await?;
    welcome(app, &user, wish.session(), wish.inhibit_login == Some(true)).await
}
