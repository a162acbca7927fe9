//! Files that people uploaded: what they come to, keeping them back, deleting them.

use alphorn_http::{
    App, Json, Result,
    model::{
        Aggregate, Fact, Refusal,
        fact::{Act, MediaFact},
    },
    store::{MediaTotal, Medium},
};
use alphorn_media::BlobKey;
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Api, Around, Call, Nothing, Reason, local_user, reason},
    page::{self, Page, Paging, bad_cursor},
};

pub(crate) fn add(api: Api) -> Api {
    api.on(
        Method::GET,
        "/media/totals",
        ("media.listMediaTotals", "Lists what each person's files come to, the most bytes first."),
        totals,
    )
    .on(
        Method::GET,
        "/people/{user_id}/media",
        ("media.listPersonMedia", "Lists a person's files, the newest first."),
        of_person,
    )
    .on(
        Method::GET,
        "/media/quarantined",
        ("media.listQuarantinedMedia", "Lists files that are kept back."),
        quarantined,
    )
    .on(Method::GET, "/media/{media_id}", ("media.getMedia", "Shows what is known of a file."), show)
    .on(
        Method::PUT,
        "/media/{media_id}/quarantine",
        ("media.quarantineMedia", "Keeps a file back from everybody, or gives it free again."),
        quarantine,
    )
    .on(Method::DELETE, "/media/{media_id}", ("media.deleteMedia", "Deletes a file for good."), delete)
}

/// What a person's files come to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MediaTotal")]
struct Total {
    /// Whose.
    user_id: String,
    /// How many files.
    files: u64,
    /// How many bytes.
    bytes: u64,
}

async fn totals(call: Call<(), Paging>) -> Result<Json<Page<Total>>> {
    let Paging { from, limit } = call.query;
    let after = from.map(|from| cursor(&from).ok_or_else(bad_cursor)).transpose()?;
    let limit = page::limit(limit);
    let found = call.app.engine().read(move |reader| {
        let after = after.as_ref().map(|(bytes, user)| (*bytes, user.as_str()));
        Ok(reader.media_totals_after(after, limit + 1)?)
    });
    let shown = |MediaTotal { user, files, bytes }| Total { user_id: user, files, bytes };
    let found = found.await?.into_iter().map(shown).collect();
    Ok(Json(Page::cut(found, limit, |total: &Total| format!("{} {}", total.bytes, total.user_id))))
}

fn cursor(from: &str) -> Option<(u64, String)> {
    let (number, name) = from.split_once(' ')?;
    let number = number.parse::<u64>().ok().filter(|number| i64::try_from(*number).is_ok())?;
    Some((number, name.to_owned()))
}

/// A file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MediaFile")]
struct File {
    /// Its id.
    media_id: String,
    /// Its `mxc:` address.
    uri: String,
    /// Who uploaded it.
    user_id: String,
    /// When, in milliseconds since the epoch.
    created_at_ms: u64,
    /// Whether its content was uploaded; otherwise the place is only reserved.
    uploaded: bool,
    /// What kind it is, as the client said.
    content_type: Option<String>,
    /// Its name, as the client gave it.
    file_name: Option<String>,
    /// Its size.
    size_bytes: Option<u64>,
    /// SHA-256 of its content in hexadecimal digits.
    sha256: Option<String>,
    /// Whether it is kept back.
    quarantined: bool,
}

fn shown(app: &App, medium: Medium) -> File {
    File {
        uri: format!("mxc://{}/{}", app.engine().server_name(), medium.id),
        media_id: medium.id,
        user_id: medium.user,
        created_at_ms: medium.created_at,
        uploaded: medium.object.is_some(),
        content_type: medium.content_type,
        file_name: medium.file_name,
        size_bytes: medium.size_bytes,
        sha256: medium.sha256,
        quarantined: medium.quarantined,
    }
}

async fn of_person(call: Call<String, Paging>) -> Result<Json<Page<File>>> {
    let Paging { from, limit } = call.query;
    let user = local_user(&call.app, &call.path)?.to_string();
    let before = from.map(|from| cursor(&from).ok_or_else(bad_cursor)).transpose()?;
    let limit = page::limit(limit);
    let found = call.app.engine().read(move |reader| {
        reader.account(&user)?.ok_or_else(|| Refusal::not_found("there is no such account"))?;
        let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
        Ok(reader.media_of(&user, before, limit + 1)?)
    });
    let files = found.await?.into_iter().map(|medium| shown(&call.app, medium)).collect();
    Ok(Json(Page::cut(files, limit, |file: &File| format!("{} {}", file.created_at_ms, file.media_id))))
}

async fn quarantined(call: Call<(), Paging>) -> Result<Json<Page<File>>> {
    let (after, limit) = (call.query.from.unwrap_or_default(), page::limit(call.query.limit));
    let found = call.app.engine().read(move |reader| Ok(reader.media_quarantined(&after, limit + 1)?));
    let files = found.await?.into_iter().map(|medium| shown(&call.app, medium)).collect();
    Ok(Json(Page::cut(files, limit, |file: &File| file.media_id.clone())))
}

async fn show(call: Call<String>) -> Result<Json<File>> {
    find(&call.app, call.path).await
}

fn unknown() -> Refusal {
    Refusal::not_found("there is no such media")
}

async fn find(app: &App, id: String) -> Result<Json<File>> {
    let found = app.engine().read(move |reader| Ok(reader.medium(&id)?)).await?;
    Ok(Json(shown(app, found.ok_or_else(unknown)?)))
}

/// Whether a file is kept back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Quarantine {
    /// Kept back, or not.
    quarantined: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

async fn quarantine(call: Call<String, Nothing, Quarantine>) -> Result<Json<File>> {
    let act = call.act("media.quarantine").on(call.path.as_str());
    let Call { app, path: id, body: Quarantine { quarantined, reason: why }, .. } = call;
    let act = act.because(reason(why)?).with("quarantined", quarantined);
    let wanted = id.clone();
    let done = app.engine().administer(Aggregate::Media(id.clone()), act, move |reader| {
        let medium = reader.medium(&wanted)?.filter(|medium| medium.object.is_some()).ok_or_else(unknown)?;
        let fact = Fact::Media(MediaFact::QuarantineChanged { quarantined });
        Ok(((medium.quarantined != quarantined).then_some(fact).into_iter().collect(), ()))
    });
    done.await?;
    find(&app, id).await
}

async fn delete(call: Call<String, Nothing, Reason>) -> Result<Json<Nothing>> {
    let act = call.act("media.delete").on(call.path.as_str()).because(reason(call.body.reason)?);
    if remove(&call.app, &call.around, &call.path, act).await? {
        return Ok(Json(Nothing {}));
    }
    Err(unknown().into())
}

/// Deletes a file: nobody finds it any more, and its bytes go. Those that cannot be deleted now are swept away later.
pub(crate) async fn remove(app: &App, around: &Around, id: &str, act: Act) -> Result<bool> {
    let wanted = id.to_owned();
    let gone = app.engine().administer(Aggregate::Media(id.to_owned()), act, move |reader| {
        let Some(medium) = reader.medium(&wanted)? else { return Ok((Vec::new(), None)) };
        Ok((vec![Fact::Media(MediaFact::Removed {})], Some(medium)))
    });
    let Some(medium) = gone.await? else { return Ok(false) };
    if let Some(key) = medium.object.and_then(|object| BlobKey::parse(&object).ok())
        && let Err(error) = around.media.delete(&key).await
    {
        tracing::warn!(%error, media = id, "the bytes of a deleted file are still there");
    }
    Ok(true)
}
