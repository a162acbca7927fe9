//! The journal: the input that is being tried, in a file, so that it is known even when the process dies of it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Length of the input as a number of this many bytes, then the input.
const HEADER: usize = size_of::<u64>();

pub(crate) struct Journal {
    file: File,
    buffer: Vec<u8>,
}

impl Journal {
    pub(crate) fn create(path: &Path) -> io::Result<Journal> {
        Ok(Journal { file: File::create(path)?, buffer: Vec::new() })
    }

    /// One write, no flush: the file must outlive this process, not the machine.
    pub(crate) fn note(&mut self, input: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&(input.len() as u64).to_le_bytes());
        self.buffer.extend_from_slice(input);
        self.file.write_all_at(&self.buffer, 0)
    }
}

/// The last input that was noted; nothing when none was.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let bytes = std::fs::read(path)?;
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
    let length = usize::try_from(u64::from_le_bytes(*header)).unwrap_or(usize::MAX);
    Ok(rest.get(..length).map(<[u8]>::to_vec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_input_is_read_back_also_after_a_longer_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::create(&path).unwrap();
        assert_eq!(read(&path).unwrap(), None);
        journal.note(b"a longer input").unwrap();
        journal.note(b"short").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some(&b"short"[..]));
    }
}
