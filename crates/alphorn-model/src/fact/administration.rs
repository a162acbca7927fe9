//! Facts of administration: what administrators did, and the settings that change at run time.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::OwnedUserId;

/// Who acts as an administrator, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `person`: an administrator's account; `command_line`: somebody on the server's machine; `script`: whoever
    /// knows the secret of the shared-secret registration.
    pub via: String,
    /// The account, where it is a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<OwnedUserId>,
    /// The device of that account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

impl Actor {
    /// An administrator's account on one of its devices.
    #[must_use]
    pub fn person(user: OwnedUserId, device: &str) -> Self {
        let device = Some(device.to_owned()).filter(|device| !device.is_empty());
        Self { via: "person".to_owned(), user: Some(user), device }
    }

    /// The command line on the server's machine.
    #[must_use]
    pub fn command_line() -> Self {
        Self { via: "command_line".to_owned(), user: None, device: None }
    }

    /// A script that knows the secret of the shared-secret registration.
    #[must_use]
    pub fn script() -> Self {
        Self { via: "script".to_owned(), user: None, device: None }
    }
}

/// One act of an administrator: an entry of the audit log. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What was done, as `<area>.<what>`: `people.lock`, `rooms.close`, ...
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// To whom or what: a user id, a room id, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Why, in the administrator's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What else says what was done.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
    /// The error code with which it was refused; absent: it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl Act {
    /// An act on nothing in particular.
    #[must_use]
    pub fn new(actor: Actor, action: &str) -> Self {
        Self {
            action: action.to_owned(),
            actor,
            target: None,
            reason: None,
            details: Map::new(),
            refused: None,
        }
    }

    /// The same on somebody or something.
    #[must_use]
    pub fn on(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// The same with a reason.
    #[must_use]
    pub fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason.filter(|reason| !reason.trim().is_empty());
        self
    }

    /// The same with one more detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// The part of the action before its dot.
    #[must_use]
    pub fn area(&self) -> &str {
        self.action.split('.').next().unwrap_or_default()
    }
}

/// What administration leaves on the log. The aggregate is that of what was changed by the same record.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdministrationFact {
    /// An administrator did something, or was refused it.
    Acted(Act),
    /// Settings of the server were changed (aggregate: the server). `null` means: as configured.
    SettingsChanged {
        /// The new values by the settings' names.
        changes: Map<String, Value>,
    },
}
