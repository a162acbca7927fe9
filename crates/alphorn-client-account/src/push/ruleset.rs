//! A user's push rules as clients see and change them. They are kept as the JSON that clients wrote, so
//! that nothing the server does not understand is lost; what it does understand it applies.
//! Specification: "Push Rules".

use alphorn_http::{
    domain::read::default_ruleset,
    engine::ReadError,
    model::{ErrorCode, RawJson, Refusal, UserId},
    store::Reader,
};
use ruma_common::push::{Action, PushCondition};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::to_raw_value};

/// Rules of one kind at most.
const RULES_MAX: usize = 1_000;

/// Largest rule in bytes.
const RULE_BYTES_MAX: usize = 16_384;

/// Longest rule id in bytes.
const ID_BYTES_MAX: usize = 255;

/// The kinds of rules, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Override,
    Content,
    Room,
    Sender,
    Underride,
}

impl Kind {
    pub(super) fn parse(name: &str) -> Result<Self, Refusal> {
        match name {
            "override" => Ok(Self::Override),
            "content" => Ok(Self::Content),
            "room" => Ok(Self::Room),
            "sender" => Ok(Self::Sender),
            "underride" => Ok(Self::Underride),
            _ => Err(Refusal::invalid_param("there is no such kind of push rules")),
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Rule {
    pub(super) rule_id: String,
    pub(super) default: bool,
    pub(super) enabled: bool,
    pub(super) actions: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conditions: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
}

/// What a client wants a rule to be.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct NewRule {
    actions: Vec<Value>,
    conditions: Option<Vec<Value>>,
    pattern: Option<String>,
}

/// All rules of a user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Rules {
    r#override: Vec<Rule>,
    content: Vec<Rule>,
    room: Vec<Rule>,
    sender: Vec<Rule>,
    underride: Vec<Rule>,
}

/// Refuses actions that the server does not know. Specification: "Actions".
pub(super) fn check_actions(actions: &[Value]) -> Result<(), Refusal> {
    let known = |action: &Value| match action {
        Value::String(word) => matches!(word.as_str(), "notify" | "dont_notify" | "coalesce"),
        Value::Object(tweak) => {
            tweak.get("set_tweak").is_some_and(Value::is_string)
                && serde_json::from_value::<Action>(action.clone()).is_ok()
        }
        _ => false,
    };
    match actions.iter().find(|action| !known(action)) {
        Some(unknown) => Err(Refusal::invalid_param(format!("{unknown} is not a known action"))),
        None => Ok(()),
    }
}

impl NewRule {
    /// Checks what a rule of a kind must and may have.
    pub(super) fn checked(self, kind: Kind, rule_id: String) -> Result<Rule, Refusal> {
        if rule_id.is_empty() || rule_id.len() > ID_BYTES_MAX || rule_id.contains(['/', '\\']) {
            return Err(Refusal::invalid_param("a rule id has 1 to 255 bytes and no slashes"));
        }
        if rule_id.starts_with('.') {
            return Err(Refusal::invalid_param("rule ids that begin with a dot belong to the server"));
        }
        check_actions(&self.actions)?;
        let (conditions, pattern) = match kind {
            Kind::Override | Kind::Underride => {
                let conditions = self.conditions.unwrap_or_default();
                serde_json::from_value::<Vec<PushCondition>>(Value::Array(conditions.clone()))
                    .map_err(|error| Refusal::bad_json(format!("'conditions': {error}")))?;
                (Some(conditions), None)
            }
            Kind::Content => {
                let pattern =
                    self.pattern.ok_or_else(|| Refusal::missing_param("missing field `pattern`"))?;
                (None, Some(pattern))
            }
            Kind::Room | Kind::Sender => (None, None),
        };
        let rule =
            Rule { rule_id, default: false, enabled: true, actions: self.actions, conditions, pattern };
        if to_raw_value(&rule).map_or(usize::MAX, |json| json.get().len()) > RULE_BYTES_MAX {
            return Err(Refusal::new(
                ErrorCode::TooLarge,
                format!("a rule has at most {RULE_BYTES_MAX} bytes"),
            ));
        }
        Ok(rule)
    }
}

impl Rules {
    /// A user's rules: the stored ones, with the server's own that are newer than these.
    pub(super) fn load(reader: &Reader<'_>, user: &UserId) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Content {
            global: Rules,
        }
        let stored = reader.account_datum(user.as_str(), "", "m.push_rules")?;
        let stored = stored.and_then(|content| serde_json::from_str::<Content>(content.get()).ok());
        let defaults = Self::defaults(user)?;
        let Some(Content { global: mut rules }) = stored else { return Ok(defaults) };
        for kind in [Kind::Override, Kind::Content, Kind::Room, Kind::Sender, Kind::Underride] {
            for rule in defaults.of(kind) {
                if rules.find(kind, &rule.rule_id).is_none() {
                    rules.of_mut(kind).push(rule.clone());
                }
            }
        }
        Ok(rules)
    }

    fn defaults(user: &UserId) -> Result<Self, ReadError> {
        serde_json::to_value(default_ruleset(user)).and_then(serde_json::from_value).map_err(|error| {
            tracing::error!(%error, "the server's own push rules cannot be JSON");
            Refusal::internal().into()
        })
    }

    /// As the content of the account data `m.push_rules`.
    pub(super) fn content(&self) -> Result<RawJson, Refusal> {
        to_raw_value(&json!({ "global": self })).map_err(|_| Refusal::internal())
    }

    pub(super) fn of(&self, kind: Kind) -> &[Rule] {
        match kind {
            Kind::Override => &self.r#override,
            Kind::Content => &self.content,
            Kind::Room => &self.room,
            Kind::Sender => &self.sender,
            Kind::Underride => &self.underride,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Vec<Rule> {
        match kind {
            Kind::Override => &mut self.r#override,
            Kind::Content => &mut self.content,
            Kind::Room => &mut self.room,
            Kind::Sender => &mut self.sender,
            Kind::Underride => &mut self.underride,
        }
    }

    fn find(&self, kind: Kind, rule_id: &str) -> Option<&Rule> {
        self.of(kind).iter().find(|rule| rule.rule_id == rule_id)
    }

    /// One rule, or `M_NOT_FOUND`.
    pub(super) fn get(&self, kind: Kind, rule_id: &str) -> Result<&Rule, Refusal> {
        self.find(kind, rule_id).ok_or_else(not_found)
    }

    /// One rule to be changed, or `M_NOT_FOUND`.
    pub(super) fn get_mut(&mut self, kind: Kind, rule_id: &str) -> Result<&mut Rule, Refusal> {
        self.of_mut(kind).iter_mut().find(|rule| rule.rule_id == rule_id).ok_or_else(not_found)
    }

    /// Removes a rule of the user's own.
    pub(super) fn remove(&mut self, kind: Kind, rule_id: &str) -> Result<(), Refusal> {
        if self.get(kind, rule_id)?.default {
            return Err(Refusal::invalid_param("the server's own rules cannot be removed"));
        }
        self.of_mut(kind).retain(|rule| rule.rule_id != rule_id);
        Ok(())
    }

    /// Puts a rule before or after another one, or where it was, or - a new one - in front.
    pub(super) fn put(
        &mut self,
        kind: Kind,
        mut rule: Rule,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<(), Refusal> {
        let rules = self.of_mut(kind);
        let old = rules.iter().position(|held| held.rule_id == rule.rule_id);
        if old.is_none() && rules.len() >= RULES_MAX {
            let words = format!("at most {RULES_MAX} rules of a kind");
            return Err(Refusal::new(ErrorCode::ResourceLimitExceeded, words));
        }
        if let Some(held) = old.and_then(|old| rules.get(old)) {
            rule.enabled = held.enabled;
        }
        let others: Vec<&Rule> = rules.iter().filter(|held| held.rule_id != rule.rule_id).collect();
        let neighbour = |wanted: &str| {
            let found = others.iter().position(|held| held.rule_id == wanted);
            match found {
                Some(_) if wanted.starts_with('.') => {
                    Err(unknown("rules cannot be placed next to the server's own rules"))
                }
                Some(at) => Ok(at),
                None => Err(unknown(&format!("before/after rule not found: {wanted}"))),
            }
        };
        let at = match (before, after, old) {
            (Some(before), ..) => neighbour(before)?,
            (None, Some(after), _) => neighbour(after)? + 1,
            (None, None, Some(old)) => old,
            // `.m.rule.master` turns everything off, so nothing stands before it.
            (None, None, None) => others.iter().take_while(|held| held.rule_id == ".m.rule.master").count(),
        };
        let mut placed: Vec<Rule> = others.into_iter().cloned().collect();
        placed.insert(at, rule);
        *rules = placed;
        Ok(())
    }
}

fn not_found() -> Refusal {
    Refusal::not_found("there is no such push rule")
}

fn unknown(words: &str) -> Refusal {
    Refusal::new(ErrorCode::Unknown, words).with_status(400)
}

#[cfg(test)]
mod tests;
