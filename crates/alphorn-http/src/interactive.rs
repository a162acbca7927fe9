//! User-interactive authentication: before something that cannot be taken back, the user proves again
//! who they are. Sessions are bound to the operation, to the user and to the parameters that they were
//! begun with. Specification: Client-Server API, "User-Interactive Authentication API".

mod stages;

use std::num::NonZeroUsize;

use alphorn_engine::{
    model::{ErrorCode, Refusal, UserId, secret},
    token_hash,
};
use serde_json::{Map, Value, json};

use crate::{ApiError, App, Client, Expiring, PeerAddr};

/// Sessions remembered at most, of each of the two kinds.
const SESSIONS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// How long a session lasts.
const SESSION_MS: u64 = 15 * 60 * 1_000;

/// One step of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The account's password.
    Password,
    /// Nothing: only that the client knows what it does.
    Dummy,
    /// A registration token.
    RegistrationToken,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "m.login.password",
            Self::Dummy => "m.login.dummy",
            Self::RegistrationToken => "m.login.registration_token",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Password, Self::Dummy, Self::RegistrationToken].into_iter().find(|it| it.as_str() == name)
    }
}

/// What has to be proven, and for what.
pub struct Ask<'a> {
    /// Method and path with everything that says what is acted on.
    pub operation: String,
    /// Who asks; absent where nobody is signed in yet.
    pub user: Option<&'a UserId>,
    /// Each is a way to succeed.
    pub flows: &'a [&'a [Stage]],
    /// The request's parameters without `auth`.
    pub parameters: Parameters,
}

/// What a session does with the parameters that it was begun with.
pub enum Parameters {
    /// Later requests of the session may not differ.
    Fixed(Value),
    /// Later requests may leave out what the first one had: see [`App::recall`]. To be kept small.
    Remembered(Value),
}

/// What a session remembers.
#[derive(Debug, Clone)]
pub struct Recalled {
    /// The parameters that it was begun with.
    pub parameters: Value,
    /// What came of the operation, if it was done.
    pub outcome: Option<String>,
}

/// That it was proven.
#[derive(Debug)]
pub struct Proven {
    session: Option<String>,
    /// The registration token that was shown, if that was a stage.
    pub registration_token: Option<String>,
}

struct Session {
    operation: String,
    user: Option<String>,
    /// Of fixed parameters: they can be large, and are only compared.
    fingerprint: Option<String>,
    remembered: Value,
    outcome: Option<String>,
    completed: Vec<Stage>,
    registration_token: Option<String>,
}

/// The sessions of this node.
pub(crate) struct Interactive {
    /// Strangers cannot push users' sessions out.
    strangers: Expiring<Session>,
    users: Expiring<Session>,
}

impl Default for Interactive {
    fn default() -> Self {
        Self {
            strangers: Expiring::new(SESSIONS_MAX, SESSION_MS),
            users: Expiring::new(SESSIONS_MAX, SESSION_MS),
        }
    }
}

impl Interactive {
    const fn sessions(&self, known_user: bool) -> &Expiring<Session> {
        if known_user { &self.users } else { &self.strangers }
    }
}

impl Parameters {
    fn fingerprint(&self) -> Option<String> {
        match self {
            Self::Fixed(value) => Some(token_hash(&value.to_string())),
            Self::Remembered(_) => None,
        }
    }
}

/// What `auth` says besides the stage's own fields.
struct Attempt<'a> {
    stage: Option<&'a str>,
    session: Option<&'a str>,
    fields: &'a Map<String, Value>,
}

impl<'a> Attempt<'a> {
    /// Nothing at all, or an empty object, asks for the flows.
    fn read(auth: Option<&'a Value>) -> Result<Option<Self>, ApiError> {
        let fields = match auth {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Object(fields)) if fields.is_empty() => return Ok(None),
            Some(Value::Object(fields)) => fields,
            Some(_) => return Err(Refusal::bad_json("'auth' must be an object").into()),
        };
        Ok(Some(Self { stage: text(fields, "type")?, session: text(fields, "session")?, fields }))
    }
}

/// A string out of an object; another type is refused.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ApiError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::bad_json(format!("'{name}' must be a string")).into()),
    }
}

impl App {
    /// Has the client's user prove the password. Application services need not: nobody could.
    /// `body` is the request's whole body; its `auth` is the proof.
    ///
    /// # Errors
    /// The 401 answer that tells how to go on, or what is wrong with `auth`.
    pub async fn prove_user(
        &self,
        client: &Client,
        operation: &str,
        body: &Map<String, Value>,
        peer: PeerAddr,
    ) -> Result<Proven, ApiError> {
        if client.appservice.is_some() {
            return Ok(Proven { session: None, registration_token: None });
        }
        let mut parameters = body.clone();
        parameters.remove("auth");
        let ask = Ask {
            operation: operation.to_owned(),
            user: Some(&client.user),
            flows: &[&[Stage::Password]],
            parameters: Parameters::Fixed(Value::Object(parameters)),
        };
        self.prove(&ask, body.get("auth"), peer).await
    }

    /// Has something proven.
    ///
    /// # Errors
    /// The 401 answer that tells how to go on, or what is wrong with `auth`.
    pub async fn prove(
        &self,
        ask: &Ask<'_>,
        auth: Option<&Value>,
        peer: PeerAddr,
    ) -> Result<Proven, ApiError> {
        let Some(attempt) = Attempt::read(auth)? else {
            return Err(self.challenge(ask, &self.begin(ask), &[], ""));
        };
        let session = match attempt.session {
            None => self.begin(ask),
            Some(session) => match self.resume(ask, session)? {
                true => session.to_owned(),
                false => return Err(self.challenge(ask, &self.begin(ask), &[], "the session has ended")),
            },
        };
        if let Some(stage) = attempt.stage {
            self.attempt(ask, &session, stage, attempt.fields, peer).await?;
        }
        let (completed, registration_token) = self.progress(ask, &session);
        if ask.flows.iter().any(|flow| completed.starts_with(flow)) {
            return Ok(Proven { session: Some(session), registration_token });
        }
        Err(self.challenge(ask, &session, &completed, ""))
    }

    /// Ends the session of a proof whose operation was done.
    pub fn proof_used(&self, proven: &Proven) {
        if let Some(session) = &proven.session {
            let now = self.engine().now_ms();
            for known_user in [false, true] {
                self.interactive().sessions(known_user).take(session, now);
            }
        }
    }

    /// Keeps the session of a proof whose operation was done, with what came of it, so that a repeated
    /// request gets the same answer.
    pub fn proof_settled(&self, proven: &Proven, outcome: &str) {
        if let Some(session) = &proven.session {
            let now = self.engine().now_ms();
            self.interactive().strangers.with(session, now, |held| held.outcome = Some(outcome.to_owned()));
        }
    }

    /// What the session that `auth` names remembers of an operation of somebody who is not signed in.
    #[must_use]
    pub fn recall(&self, operation: &str, auth: Option<&Value>) -> Option<Recalled> {
        let session = auth?.get("session")?.as_str()?;
        let recalled = self.interactive().strangers.with(session, self.engine().now_ms(), |held| {
            (held.operation == operation)
                .then(|| Recalled { parameters: held.remembered.clone(), outcome: held.outcome.clone() })
        });
        recalled.flatten()
    }

    fn begin(&self, ask: &Ask<'_>) -> String {
        let name = secret::alphanumeric(self.engine().entropy(), 24);
        let session = Session {
            operation: ask.operation.clone(),
            user: ask.user.map(ToString::to_string),
            fingerprint: ask.parameters.fingerprint(),
            remembered: match &ask.parameters {
                Parameters::Fixed(_) => Value::Null,
                Parameters::Remembered(value) => value.clone(),
            },
            outcome: None,
            completed: Vec::new(),
            registration_token: None,
        };
        let sessions = self.interactive().sessions(ask.user.is_some());
        sessions.put(name.clone(), session, self.engine().now_ms());
        name
    }

    /// Whether the session is there; one that was begun for something else is refused.
    fn resume(&self, ask: &Ask<'_>, session: &str) -> Result<bool, ApiError> {
        let sessions = self.interactive().sessions(ask.user.is_some());
        let fingerprint = ask.parameters.fingerprint();
        let same = sessions.with(session, self.engine().now_ms(), |held| {
            held.operation == ask.operation
                && held.user.as_deref() == ask.user.map(UserId::as_str)
                && held.fingerprint == fingerprint
        });
        if same == Some(false) {
            return Err(Refusal::forbidden("the session was begun for another request").into());
        }
        Ok(same.is_some())
    }

    fn progress(&self, ask: &Ask<'_>, session: &str) -> (Vec<Stage>, Option<String>) {
        let sessions = self.interactive().sessions(ask.user.is_some());
        let progress = sessions.with(session, self.engine().now_ms(), |held| {
            (held.completed.clone(), held.registration_token.clone())
        });
        progress.unwrap_or_default()
    }

    /// One try at one stage. A completed stage is not tried again.
    async fn attempt(
        &self,
        ask: &Ask<'_>,
        session: &str,
        stage: &str,
        fields: &Map<String, Value>,
        peer: PeerAddr,
    ) -> Result<(), ApiError> {
        let (completed, _) = self.progress(ask, session);
        let due = |stage: Stage| {
            ask.flows
                .iter()
                .any(|flow| flow.starts_with(&completed) && flow.get(completed.len()) == Some(&stage))
        };
        let stage = match Stage::parse(stage) {
            Some(stage) if completed.contains(&stage) => return Ok(()),
            Some(stage) if due(stage) => stage,
            _ => {
                return Err(self.challenge(
                    ask,
                    session,
                    &completed,
                    "this is not the stage to complete now",
                ));
            }
        };
        let shown = match self.check_stage(ask, stage, fields, peer).await? {
            Ok(shown) => shown,
            Err(why) => return Err(self.challenge(ask, session, &completed, why)),
        };
        let sessions = self.interactive().sessions(ask.user.is_some());
        sessions.with(session, self.engine().now_ms(), |held| {
            if !held.completed.contains(&stage) {
                held.completed.push(stage);
            }
            if shown.is_some() {
                held.registration_token = shown;
            }
        });
        Ok(())
    }

    fn challenge(&self, ask: &Ask<'_>, session: &str, completed: &[Stage], why: &str) -> ApiError {
        let flows: Vec<Value> = ask
            .flows
            .iter()
            .map(|flow| json!({"stages": flow.iter().map(|stage| stage.as_str()).collect::<Vec<_>>()}))
            .collect();
        let mut refusal = Refusal::new(ErrorCode::Forbidden, why)
            .with_status(401)
            .with("flows", flows)
            .with("params", json!({}))
            .with("session", session);
        if !completed.is_empty() || !why.is_empty() {
            let completed: Vec<_> = completed.iter().map(|stage| stage.as_str()).collect();
            refusal = refusal.with("completed", completed);
        }
        refusal.into()
    }
}
