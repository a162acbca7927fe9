//! `POST /_matrix/client/v3/keys/device_signing/upload`: a user publishes cross-signing keys.
//! Specification: Client-Server API, "Cross-signing".
//!
//! The first set of keys needs no user-interactive authentication, nor does repeating a set that is stored; a
//! change does, or whoever holds an access token could put themselves in the user's place.

use alphorn_http::{
    App, Client, JsonBody, PeerAddr, RawAnswer, Result, empty,
    engine::ReadError,
    model::{Aggregate, ErrorCode, Fact, RawJson, Refusal, fact::KeysFact},
    store::Reader,
};
use axum::extract::State;
use serde_json::{Map, Value};

use super::cross_signing::{CrossSigningKey, Usage};
use crate::signed;

/// The keys of one upload.
#[derive(Debug, Clone)]
struct Upload {
    user: String,
    master: Option<CrossSigningKey>,
    self_signing: Option<CrossSigningKey>,
    user_signing: Option<CrossSigningKey>,
}

/// What becomes of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Stored,
    NeedsProof,
}

pub(crate) async fn upload(
    State(app): State<App>,
    client: Client,
    peer: PeerAddr,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<RawAnswer> {
    let user = client.user.to_string();
    let upload = Upload {
        master: key(&body, Usage::Master, &user)?,
        self_signing: key(&body, Usage::SelfSigning, &user)?,
        user_signing: key(&body, Usage::UserSigning, &user)?,
        user,
    };
    // An application service could not prove anything, and need not.
    if upload.store(&app, client.appservice.is_some()).await? == Outcome::NeedsProof {
        let operation = "POST /keys/device_signing/upload";
        let proven = app.prove_user(&client, operation, &body, peer).await?;
        upload.store(&app, true).await?;
        app.proof_used(&proven);
    }
    empty()
}

fn key(
    body: &Map<String, Value>,
    usage: Usage,
    user: &str,
) -> std::result::Result<Option<CrossSigningKey>, Refusal> {
    match body.get(usage.member()) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let raw = serde_json::value::to_raw_value(value).map_err(|_| Refusal::internal())?;
            CrossSigningKey::check(&raw, usage, user).map(Some)
        }
    }
}

impl Upload {
    async fn store(&self, app: &App, proven: bool) -> std::result::Result<Outcome, Refusal> {
        let upload = self.clone();
        app.engine()
            .decide(Aggregate::User(self.user.clone()), move |reader| upload.decide(reader, proven))
            .await
    }

    fn keys(&self) -> [(Usage, Option<&CrossSigningKey>); 3] {
        [
            (Usage::Master, self.master.as_ref()),
            (Usage::SelfSigning, self.self_signing.as_ref()),
            (Usage::UserSigning, self.user_signing.as_ref()),
        ]
    }

    fn decide(
        &self,
        reader: &Reader<'_>,
        proven: bool,
    ) -> std::result::Result<(Vec<Fact>, Outcome), ReadError> {
        let stored_master = CrossSigningKey::stored(reader, &self.user, Usage::Master)?;
        self.check(reader, stored_master.as_ref())?;
        if self.is_stored(reader)? {
            return Ok((Vec::new(), Outcome::Stored));
        }
        if stored_master.is_some() && !proven {
            return Ok((Vec::new(), Outcome::NeedsProof));
        }
        let raw = |key: &Option<CrossSigningKey>| -> std::result::Result<Option<RawJson>, Refusal> {
            key.as_ref().map(CrossSigningKey::to_raw).transpose()
        };
        let fact = KeysFact::CrossSigningUploaded {
            master: raw(&self.master)?,
            self_signing: raw(&self.self_signing)?,
            user_signing: raw(&self.user_signing)?,
        };
        Ok((vec![Fact::Keys(fact)], Outcome::Stored))
    }

    /// Every key must be signed by the master key that will stand, and none may have a device's name: signatures
    /// are kept by that name.
    fn check(
        &self,
        reader: &Reader<'_>,
        stored_master: Option<&CrossSigningKey>,
    ) -> std::result::Result<(), ReadError> {
        let master = self.master.as_ref().or(stored_master);
        for (usage, key) in self.keys() {
            let Some(key) = key else { continue };
            if usage != Usage::Master {
                let master = master.ok_or_else(|| Refusal::missing_param("there is no master key"))?;
                key.check_signed_by(master, &self.user, usage)?;
            }
            if reader.device(&self.user, &key.public)?.is_some() {
                let refusal = Refusal::new(ErrorCode::Forbidden, "a device has the name of this key");
                return Err(refusal.into());
            }
        }
        Ok(())
    }

    fn is_stored(&self, reader: &Reader<'_>) -> std::result::Result<bool, ReadError> {
        for (usage, key) in self.keys() {
            let Some(key) = key else { continue };
            let stored = CrossSigningKey::stored(reader, &self.user, usage)?;
            if !stored.is_some_and(|stored| signed::same_content(&stored.object, &key.object)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
