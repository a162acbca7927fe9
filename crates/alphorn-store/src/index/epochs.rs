//! Epochs of the log: which record was the first of each.

use alphorn_model::{Seq, fact::LogFact};

use super::Write;
use crate::{Reader, Result};

impl Reader<'_> {
    /// Every epoch that a site's promotion began, with its first record, in order. The first epoch of all is none of
    /// them.
    pub fn epochs(&self) -> Result<Vec<(u32, Seq)>> {
        self.all("SELECT epoch, seq FROM epochs ORDER BY epoch", (), |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

pub(super) fn apply(write: &Write<'_>, fact: &LogFact) -> Result<()> {
    match fact {
        LogFact::EpochBegan { epoch, site } => {
            write.run("INSERT OR IGNORE INTO epochs VALUES (?1, ?2, ?3)", (epoch, write.seq, site))?;
        }
    }
    Ok(())
}
