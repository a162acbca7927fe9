//! Checking what a client shows for one stage.

use alphorn_engine::model::{Refusal, UserId};
use serde_json::{Map, Value};

use super::{Ask, Stage, text};
use crate::{ApiError, App, PeerAddr, Subject};

/// `Ok`: completed, with the registration token that was shown; `Err`: not, and why.
type Checked = Result<Option<String>, &'static str>;

impl App {
    pub(super) async fn check_stage(
        &self,
        ask: &Ask<'_>,
        stage: Stage,
        fields: &Map<String, Value>,
        peer: PeerAddr,
    ) -> Result<Checked, ApiError> {
        match stage {
            Stage::Dummy => Ok(Ok(None)),
            Stage::RegistrationToken => {
                let token =
                    text(fields, "token")?.ok_or_else(|| Refusal::missing_param("missing field `token`"))?;
                self.limits().check("registration", Subject::address(peer.ip()))?;
                let valid = self.registration_token_valid(token).await?;
                Ok(if valid {
                    Ok(Some(token.to_owned()))
                } else {
                    Err("the registration token is not valid")
                })
            }
            Stage::Password => self.check_password(ask, fields, peer).await,
        }
    }

    /// Whether a registration token can be used now.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn registration_token_valid(&self, token: &str) -> Result<bool, ApiError> {
        let (token, now) = (token.to_owned(), self.engine().now_ms());
        let found = self.engine().read(move |reader| Ok(reader.registration_token(&token)?)).await?;
        Ok(found.is_some_and(|found| {
            found.uses_allowed.is_none_or(|allowed| found.used < allowed)
                && found.expires_at.is_none_or(|end| end > now)
        }))
    }

    async fn check_password(
        &self,
        ask: &Ask<'_>,
        fields: &Map<String, Value>,
        peer: PeerAddr,
    ) -> Result<Checked, ApiError> {
        let Some(user) = ask.user else { return Ok(Err("nobody is signed in")) };
        let password =
            text(fields, "password")?.ok_or_else(|| Refusal::missing_param("missing field `password`"))?;
        let named = named_user(fields)?;
        if let Some(named) = named
            && named != user.as_str()
            && named != user.localpart()
        {
            return Err(Refusal::forbidden("this is not the user who is signed in").into());
        }
        self.limits().check("login", Subject::address(peer.ip()))?;
        self.limits().check("login", Subject::User(user.to_string()))?;
        let hash = password_hash(self, user).await?;
        let fits = self.engine().verify_password(password.to_owned(), hash).await?;
        Ok(if fits { Ok(None) } else { Err("the password is wrong") })
    }
}

/// The user that `auth` names, in the present form or the older one. Nobody: whoever is signed in.
fn named_user(fields: &Map<String, Value>) -> Result<Option<&str>, ApiError> {
    match fields.get("identifier") {
        None | Some(Value::Null) => text(fields, "user"),
        Some(Value::Object(identifier)) => match text(identifier, "type")? {
            Some("m.id.user") => text(identifier, "user"),
            _ => Err(Refusal::invalid_param("only identifiers of the type m.id.user are known").into()),
        },
        Some(_) => Err(Refusal::bad_json("'identifier' must be an object").into()),
    }
}

async fn password_hash(app: &App, user: &UserId) -> Result<Option<String>, ApiError> {
    let name = user.to_string();
    let account = app.engine().read(move |reader| Ok(reader.account(&name)?)).await?;
    Ok(account.and_then(|account| account.password_hash))
}
