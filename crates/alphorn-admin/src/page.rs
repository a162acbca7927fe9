//! Lists in pages: how many at once, and where the next page begins.

use alphorn_http::{Result, model::Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Entries of a page unless more or fewer are asked for.
const PAGE: usize = 50;

/// Entries of a page at most.
const PAGE_MAX: usize = 200;

/// Entries looked at for one page of a search at most.
pub(crate) const LOOK_MAX: usize = 1_000;

/// Longest search in bytes.
const SEARCH_BYTES_MAX: usize = 255;

/// Which page.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Paging {
    /// `next` of the page before this one.
    pub(crate) from: Option<String>,
    /// How many at most: 1 to 200, 50 unless given.
    pub(crate) limit: Option<usize>,
}

/// How many entries a page has at most.
pub(crate) fn limit(wanted: Option<usize>) -> usize {
    wanted.unwrap_or(PAGE).clamp(1, PAGE_MAX)
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub(crate) struct Page<T> {
    /// The entries.
    pub(crate) entries: Vec<T>,
    /// Where the next page begins; null: this is the last one.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// A page out of one entry more than it has place for: that one says that there is more.
    pub(crate) fn cut(mut entries: Vec<T>, limit: usize, name: impl Fn(&T) -> String) -> Self {
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(name);
        Self { entries, next }
    }
}

/// What is searched for, if anything.
pub(crate) fn search(text: Option<&str>) -> Result<Option<String>> {
    let text = text.unwrap_or_default().trim();
    if text.len() > SEARCH_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("a search has at most {SEARCH_BYTES_MAX} bytes")).into());
    }
    Ok(Some(text.to_lowercase()).filter(|text| !text.is_empty()))
}

/// The refusal of a `from` that no page gave.
pub(crate) fn bad_cursor() -> Refusal {
    Refusal::invalid_param("'from' is not what a page before gave as `next`")
}
