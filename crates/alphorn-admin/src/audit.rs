//! The audit log: what administrators did, and whether it is still what was written.

use alphorn_http::{
    Json, Result,
    model::Refusal,
    store::{AuditEntry, AuditFilter},
};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    api::{Api, Call},
    page::{self, LOOK_MAX, Page, bad_cursor},
};

/// Entries verified in one call at most.
const VERIFIED_MAX: usize = 1_000;

pub(crate) fn add(api: Api) -> Api {
    api.on(
        Method::GET,
        "/audit",
        ("audit.listAuditEntries", "Lists what administrators did, the newest first."),
        list,
    )
    .on(
        Method::GET,
        "/audit/verification",
        (
            "audit.verifyAudit",
            "Makes the hashes of up to 1,000 entries anew from the log and compares them; call it again with `upto` \
             and `hash` of the answer until `complete` is true.",
        ),
        verify,
    )
}

/// Which entries: all that is given must fit.
#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Who did it: a user id, or `command_line`, `script`.
    actor: Option<String>,
    /// To whom or what: a user id, a room id, ...
    target: Option<String>,
    /// What was done, such as `people.lock`.
    action: Option<String>,
    /// The part of the action before its dot, such as `people`.
    area: Option<String>,
    /// Not before this time, in milliseconds since the epoch.
    since_ms: Option<u64>,
    /// Before this time, in milliseconds since the epoch.
    until_ms: Option<u64>,
    /// `next` of the page before this one.
    from: Option<String>,
    /// How many at most: 1 to 200, 50 unless given.
    limit: Option<usize>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
struct Shown {
    /// Its number, from 1 without holes.
    entry: u64,
    /// When, in milliseconds since the epoch.
    at_ms: u64,
    /// The node that wrote it.
    node: u32,
    /// Through what: `person` (this interface), `command_line`, `script`.
    via: String,
    /// Who did it, where it was a person.
    actor: Option<String>,
    /// The device of that person.
    device: Option<String>,
    /// What was done, as `<area>.<what>`.
    action: String,
    /// To whom or what.
    target: Option<String>,
    /// Why, in the administrator's words.
    reason: Option<String>,
    /// What else says what was done. Never a secret.
    details: Map<String, Value>,
    /// The error code with which it was refused; null: it was done.
    refused: Option<String>,
    /// The hash over this entry and all before it, in hexadecimal digits.
    hash: String,
}

fn shown(found: AuditEntry) -> Shown {
    let AuditEntry { entry, time, node, act, hash, .. } = found;
    Shown {
        entry,
        at_ms: time,
        node,
        via: act.actor.via,
        actor: act.actor.user.map(|user| user.to_string()),
        device: act.actor.device,
        action: act.action,
        target: act.target,
        reason: act.reason,
        details: act.details,
        refused: act.refused,
        hash,
    }
}

async fn list(call: Call<(), Wanted>) -> Result<Json<Page<Shown>>> {
    let Wanted { actor, target, action, area, since_ms, until_ms, from, limit } = call.query;
    let before = from.map(|from| from.parse::<u64>().map_err(|_| bad_cursor())).transpose()?;
    let before = before.map(|before| before.min(i64::MAX as u64));
    let until = until_ms.map(|until| until.min(i64::MAX as u64));
    let filter = AuditFilter { actor, target, action, area, from: since_ms, until };
    let limit = page::limit(limit);
    let found =
        call.app.engine().read(move |reader| Ok(reader.audit_before(&filter, before, limit, LOOK_MAX)?));
    let (entries, next) = found.await?;
    let next = next.filter(|next| *next > 1).map(|next| next.to_string());
    Ok(Json(Page { entries: entries.into_iter().map(shown).collect(), next }))
}

/// From where to verify.
#[derive(Debug, Deserialize, JsonSchema)]
struct From {
    /// The entry after which to begin: the first unless given.
    after: Option<u64>,
    /// The hash of that entry, as an earlier answer gave it or as it was written down elsewhere.
    hash: Option<String>,
}

/// What came of verifying.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditVerification")]
struct Verification {
    /// The chain is what it should be up to this entry.
    upto: u64,
    /// The hash of that entry: write it down elsewhere, and nobody can change what is before it unnoticed.
    hash: String,
    /// The last entry that there is.
    last: u64,
    /// Whether `upto` is the last entry.
    complete: bool,
    /// The first entry that is not what was written; null: none was found.
    broken: Option<u64>,
}

async fn verify(call: Call<(), From>) -> Result<Json<Verification>> {
    let From { after, hash } = call.query;
    let after = after.unwrap_or(0);
    if hash
        .as_ref()
        .is_some_and(|hash| hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
    {
        return Err(Refusal::invalid_param("'hash' has 64 hexadecimal digits").into());
    }
    let check = call.app.engine().read(move |reader| {
        if after > reader.audit_head()?.0 {
            return Err(Refusal::not_found("the audit log has no such entry").into());
        }
        Ok(reader.audit_check(after, hash, VERIFIED_MAX)?)
    });
    let check = check.await?;
    Ok(Json(Verification {
        complete: check.upto == check.last,
        upto: check.upto,
        hash: check.hash,
        last: check.last,
        broken: check.broken,
    }))
}
