//! The bytes of all media: verifying that they are what the database says, and giving them to a cluster or taking
//! them from it.

use std::path::Path;

use alphorn_media::{
    BlobKey,
    storage::{Storage, StorageError},
};
use alphorn_store::{Medium, maintenance};
use anyhow::Context as _;

use super::Output;
use super::progress::Progress;
use crate::backend::{DATABASE, MEDIA};

const PAGE: usize = 500;

/// Reads the bytes of all media that a database knows; what is wrong comes back in words.
///
/// A node of a cluster need not have a file that nobody asked it for.
pub(super) fn check(
    database: &Path,
    root: &Path,
    is_node: bool,
    output: Output,
) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let storage = Storage::look_at_local(&root.join(MEDIA));
    let mut progress = Progress::of("verifying media", output.json);
    let (mut problems, mut last, mut done) = (Vec::new(), String::new(), 0);
    loop {
        let page = maintenance::media_at(database, &last, PAGE).context("cannot read the list of media")?;
        let Some(end) = page.last() else { return Ok(problems) };
        last = end.id.clone();
        for medium in &page {
            let problem = runtime.block_on(problem_of(&storage, medium, is_node));
            // It may have been deleted since: then the database of the running server no longer has it.
            if let Some(problem) = problem.filter(|_| still_there(&root.join(DATABASE), medium)) {
                problems.push(format!("media {}: {problem}", medium.id));
            }
            done += 1;
            progress.count(done);
        }
    }
}

async fn problem_of(storage: &Storage, medium: &Medium, elsewhere: bool) -> Option<String> {
    let key = match BlobKey::parse(medium.object.as_ref()?) {
        Ok(key) => key,
        Err(error) => return Some(error.to_string()),
    };
    match storage.measure(&key).await {
        Err(StorageError::NotFound) if elsewhere => None,
        Err(error) => Some(error.to_string()),
        Ok(found) if medium.size_bytes.is_some_and(|bytes| bytes != found.size_bytes) => {
            Some(format!("it has {} bytes instead of {}", found.size_bytes, medium.size_bytes.unwrap_or(0)))
        }
        Ok(found) if medium.sha256.as_ref().is_some_and(|hash| *hash != found.sha256.to_hex()) => {
            Some("its bytes are not those that were uploaded".to_owned())
        }
        Ok(_) => None,
    }
}

fn still_there(database: &Path, medium: &Medium) -> bool {
    let found = maintenance::medium_at(database, &medium.id);
    // A database that cannot be asked is no reason to keep quiet about what was seen.
    found.map_or(true, |found| found.is_some_and(|found| found.object == medium.object))
}

/// Makes sure that all media a database knows are in this folder and with the cluster; tells how many were copied.
pub(super) async fn level(database: &Path, storage: &Storage, output: Output) -> anyhow::Result<u64> {
    let mut progress = Progress::of("copying media", output.json);
    let (mut last, mut copied) = (String::new(), 0);
    loop {
        let page = maintenance::media_at(database, &last, PAGE).context("cannot read the list of media")?;
        let Some(end) = page.last() else { return Ok(copied) };
        last = end.id.clone();
        for medium in page {
            let Some(key) = medium.object.as_deref().and_then(|key| BlobKey::parse(key).ok()) else {
                continue;
            };
            match storage.level(&key).await {
                Ok(done) => copied += u64::from(done),
                // Deleted since, or lost before: a check says so, and nothing else need wait for it.
                Err(StorageError::NotFound) => {
                    tracing::warn!(media = medium.id, "the bytes of a file are nowhere");
                }
                Err(error) => {
                    return Err(anyhow::Error::new(error).context(format!("cannot copy {}", medium.id)));
                }
            }
            progress.count(copied);
        }
    }
}
