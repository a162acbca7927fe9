//! `GET /people`.

use alphorn_http::{
    Json, Result,
    engine::ReadError,
    store::{Account, AccountKind, Reader, words},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::show::{PersonState, state_of};
use crate::{
    api::Call,
    page::{self, LOOK_MAX, Page, bad_cursor},
};

/// Which people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum PersonKind {
    /// All.
    #[default]
    Any,
    /// Those who administer the server.
    Administrators,
    /// Those who are locked or suspended.
    KeptOut,
    /// Those whose account is deactivated.
    Deactivated,
    /// Guests.
    Guests,
}

impl PersonKind {
    const fn accounts(self) -> AccountKind {
        match self {
            Self::Any => AccountKind::Any,
            Self::Administrators => AccountKind::Administrator,
            Self::KeptOut => AccountKind::KeptOut,
            Self::Deactivated => AccountKind::Deactivated,
            Self::Guests => AccountKind::Guest,
        }
    }
}

/// Which people, and which page of them.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Wanted {
    /// The beginning of a user id or of words of the display name.
    search: Option<String>,
    /// Which people.
    #[serde(default)]
    kind: PersonKind,
    /// `next` of the page before this one.
    from: Option<String>,
    /// How many at most: 1 to 200, 50 unless given.
    limit: Option<usize>,
}

/// Where a search goes on: among the ids that begin so, or among the words that do.
enum Place {
    Ids(String),
    Words(String, String),
}

impl Place {
    fn parse(from: Option<&str>) -> Result<Self> {
        let Some(from) = from else { return Ok(Self::Ids(String::new())) };
        match (from.strip_prefix('i'), from.strip_prefix('w').and_then(|from| from.split_once(' '))) {
            (Some(user), _) => Ok(Self::Ids(user.to_owned())),
            (_, Some((word, user))) => Ok(Self::Words(word.to_owned(), user.to_owned())),
            _ => Err(bad_cursor().into()),
        }
    }
}

pub(super) async fn list(call: Call<(), Wanted>) -> Result<Json<Page<PersonState>>> {
    let Wanted { search, kind, from, limit } = call.query;
    let (limit, kind) = (page::limit(limit), kind.accounts());
    let now = call.app.engine().now_ms();
    let Some(search) = page::search(search.as_deref())? else {
        let after = from.unwrap_or_default();
        let page = call.app.engine().read(move |reader| {
            let accounts = reader.accounts_of_kind(kind, &after, limit + 1)?;
            let page = Page::cut(accounts, limit, |account| account.user.clone());
            shown(reader, page, now)
        });
        return Ok(Json(page.await?));
    };
    let place = Place::parse(from.as_deref())?;
    let page = call.app.engine().read(move |reader| {
        let page = find(reader, &search, kind, &place, limit)?;
        shown(reader, page, now)
    });
    Ok(Json(page.await?))
}

fn shown(
    reader: &Reader<'_>,
    page: Page<Account>,
    now: u64,
) -> std::result::Result<Page<PersonState>, ReadError> {
    let entries = page.entries.into_iter().map(|account| state_of(reader, account, now));
    Ok(Page { entries: entries.collect::<std::result::Result<_, _>>()?, next: page.next })
}

/// First those whose id begins so, in their order, then those with such a word, in the order of the words.
fn find(
    reader: &Reader<'_>,
    search: &str,
    kind: AccountKind,
    place: &Place,
    limit: usize,
) -> std::result::Result<Page<Account>, ReadError> {
    // A whole user id is looked for by its first part.
    let name = search.strip_prefix('@').unwrap_or(search).split(':').next().unwrap_or_default();
    let prefix = format!("@{name}");
    let (mut page, after) = match place {
        Place::Ids(user) => {
            let page = by_id(reader, &prefix, kind, user, limit)?;
            if page.next.is_some() {
                return Ok(page);
            }
            (page, (String::new(), String::new()))
        }
        Place::Words(word, user) => (Page { entries: Vec::new(), next: None }, (word.clone(), user.clone())),
    };
    let wanted = words(name);
    // The longest word leaves the fewest people.
    let Some(longest) = wanted.iter().max_by_key(|word| word.len()) else { return Ok(page) };
    let found = reader.people_after(longest, (&after.0, &after.1), LOOK_MAX)?;
    let (seen, mut last) = (found.len(), None);
    for (word, user) in found {
        if page.entries.len() == limit {
            page.next = last.or_else(|| Some("w ".to_owned()));
            return Ok(page);
        }
        last = Some(format!("w{word} {user}"));
        // Those were among the ids.
        if user.starts_with(&prefix) || !has_words(reader, &user, &wanted)? {
            continue;
        }
        page.entries.extend(reader.account(&user)?.filter(|account| kind.has(account)));
    }
    page.next = last.filter(|_| seen == LOOK_MAX);
    Ok(page)
}

fn by_id(
    reader: &Reader<'_>,
    prefix: &str,
    kind: AccountKind,
    after: &str,
    limit: usize,
) -> std::result::Result<Page<Account>, ReadError> {
    let found = reader.accounts_named(prefix, after, LOOK_MAX)?;
    let (seen, mut last) = (found.len(), None);
    let mut page = Page { entries: Vec::new(), next: None };
    for account in found {
        if page.entries.len() == limit {
            page.next = last;
            return Ok(page);
        }
        last = Some(format!("i{}", account.user));
        if kind.has(&account) {
            page.entries.push(account);
        }
    }
    page.next = last.filter(|_| seen == LOOK_MAX);
    Ok(page)
}

/// Whether each wanted word begins a word of the person's.
fn has_words(reader: &Reader<'_>, user: &str, wanted: &[String]) -> std::result::Result<bool, ReadError> {
    if wanted.len() == 1 {
        return Ok(true);
    }
    let words = reader.words_of(user)?;
    Ok(wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str()))))
}
