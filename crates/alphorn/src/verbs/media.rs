//! Verifying that the bytes of all media are what the database says.

use std::path::Path;

use alphorn_media::{BlobKey, storage::Storage};
use alphorn_store::{Medium, maintenance};
use anyhow::Context as _;

use super::Output;
use super::progress::Progress;
use crate::backend::{DATABASE, MEDIA};

const PAGE: usize = 500;

/// Reads the bytes of all media that a database knows; what is wrong comes back in words.
pub(super) fn check(database: &Path, root: &Path, output: Output) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let storage = Storage::look_at_local(&root.join(MEDIA));
    let mut progress = Progress::of("verifying media", output.json);
    let (mut problems, mut last, mut done) = (Vec::new(), String::new(), 0);
    loop {
        let page = maintenance::media_at(database, &last, PAGE).context("cannot read the list of media")?;
        let Some(end) = page.last() else { return Ok(problems) };
        last = end.id.clone();
        for medium in &page {
            let problem = runtime.block_on(problem_of(&storage, medium));
            // It may have been deleted since: then the database of the running server no longer has it.
            if let Some(problem) = problem.filter(|_| still_there(&root.join(DATABASE), medium)) {
                problems.push(format!("media {}: {problem}", medium.id));
            }
            done += 1;
            progress.count(done);
        }
    }
}

async fn problem_of(storage: &Storage, medium: &Medium) -> Option<String> {
    let key = match BlobKey::parse(medium.object.as_ref()?) {
        Ok(key) => key,
        Err(error) => return Some(error.to_string()),
    };
    match storage.measure(&key).await {
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
