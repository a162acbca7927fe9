//! The form of a log's file: a line that says whose it is; each record as its number and length on one line and its
//! bytes on the next; sums on the way, so that damage is found where it is; and at the end, how many there were.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use alphorn_model::record::RECORD_VERSION;
use alphorn_model::{Delivered, Digest, Record, Seq, TimestampMs};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The form that this program writes, and the newest that it reads.
const FORMAT: u32 = 1;
/// Records between two sums.
const SUM_EVERY: Seq = 10_000;
/// The longest line beside records.
const LINE_BYTES_MAX: u64 = 4_096;
/// The longest record.
const RECORD_BYTES_MAX: usize = 64 << 20;
const BUFFER_BYTES: usize = 1 << 20;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    alphorn_log: u32,
    pub(super) server_name: String,
    pub(super) records: Seq,
    made_at_ms: TimestampMs,
}

impl Head {
    pub(super) const fn new(server_name: String, records: Seq, made_at_ms: TimestampMs) -> Self {
        Self { alphorn_log: FORMAT, server_name, records, made_at_ms }
    }
}

/// The sum of a file with one more record: of what is in the file, whatever the record was before contents expired.
fn sum(before: &Digest, seq: Seq, body: &[u8]) -> Digest {
    Sha256::new().chain_update(before).chain_update(seq.to_be_bytes()).chain_update(body).finalize().into()
}

fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file from the first record to the last.
pub(super) struct LogWriter {
    file: BufWriter<File>,
    digest: Digest,
    last: Seq,
}

impl LogWriter {
    /// Begins a file that is not there yet.
    pub(super) fn create(path: &Path, head: &Head) -> io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
        serde_json::to_writer(&mut file, head)?;
        file.write_all(b"\n")?;
        Ok(Self { file, digest: Digest::default(), last: 0 })
    }

    pub(super) fn add(&mut self, seq: Seq, body: &[u8]) -> io::Result<()> {
        self.digest = sum(&self.digest, seq, body);
        self.last = seq;
        writeln!(self.file, "{seq} {}", body.len())?;
        self.file.write_all(body)?;
        self.file.write_all(b"\n")?;
        if seq.is_multiple_of(SUM_EVERY) {
            writeln!(self.file, "sum {seq} {}", hex(&self.digest))?;
        }
        Ok(())
    }

    /// Ends the file, makes it durable, and gives the log's digest.
    pub(super) fn finish(mut self) -> io::Result<String> {
        let digest = hex(&self.digest);
        writeln!(self.file, "end {} {digest}", self.last)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(digest)
    }
}

/// What comes next in a file.
pub(super) enum Piece {
    /// A record.
    Record(Delivered),
    /// Nothing more, and all before it was as it was written.
    End,
}

/// Reads a file, and verifies what it reads.
pub(super) struct LogReader {
    file: BufReader<File>,
    head: Head,
    digest: Digest,
    last: Seq,
}

impl LogReader {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
        let text = line(&mut file)?;
        #[derive(Deserialize)]
        struct Form {
            alphorn_log: u32,
        }
        let form: Form = serde_json::from_str(&text).context("it is not a log that alphorn exported")?;
        anyhow::ensure!(
            form.alphorn_log <= FORMAT,
            "it has the form {}, this program knows forms up to {FORMAT}: use a newer alphorn",
            form.alphorn_log
        );
        let head = serde_json::from_str(&text).context("its first line is damaged")?;
        Ok(Self { file, head, digest: Digest::default(), last: 0 })
    }

    pub(super) const fn head(&self) -> &Head {
        &self.head
    }

    /// What comes next. Sums are verified on the way.
    pub(super) fn next(&mut self) -> anyhow::Result<Piece> {
        loop {
            let after = self.last;
            let text = line(&mut self.file).with_context(|| format!("after record {after}"))?;
            let words: Vec<_> = text.split(' ').collect();
            match words.as_slice() {
                ["sum", seq, sum] => self.verify(seq, sum)?,
                ["end", seq, sum] => {
                    self.verify(seq, sum)?;
                    anyhow::ensure!(
                        self.last == self.head.records,
                        "it should have {} records, and it has {after}",
                        self.head.records
                    );
                    anyhow::ensure!(self.file.fill_buf()?.is_empty(), "something follows its end");
                    return Ok(Piece::End);
                }
                [seq, bytes] => return self.record(seq, bytes).map(Piece::Record),
                _ => anyhow::bail!("what follows record {after} is damaged"),
            }
        }
    }

    fn verify(&self, seq: &str, sum: &str) -> anyhow::Result<()> {
        let last = self.last;
        anyhow::ensure!(
            seq.parse() == Ok(last) && sum == hex(&self.digest),
            "the records up to {last} are not what was written: the file is damaged"
        );
        Ok(())
    }

    fn record(&mut self, seq: &str, bytes: &str) -> anyhow::Result<Delivered> {
        let expected = self.last + 1;
        anyhow::ensure!(seq.parse() == Ok(expected), "record {expected} is missing");
        let length = bytes.parse().ok().filter(|length| *length <= RECORD_BYTES_MAX);
        let mut body = vec![0; length.with_context(|| format!("record {expected} is damaged"))?];
        self.file.read_exact(&mut body).with_context(|| format!("record {expected} is cut off"))?;
        let mut end = [0];
        self.file.read_exact(&mut end).with_context(|| format!("record {expected} is cut off"))?;
        anyhow::ensure!(end == *b"\n", "record {expected} is damaged");
        let record: Record =
            serde_json::from_slice(&body).with_context(|| format!("record {expected} cannot be read"))?;
        anyhow::ensure!(
            record.v <= RECORD_VERSION,
            "record {expected} has version {}: use a newer alphorn",
            record.v
        );
        self.digest = sum(&self.digest, expected, &body);
        self.last = expected;
        Ok(Delivered { seq: expected, record: Arc::new(record), body: body.into() })
    }
}

fn line(file: &mut BufReader<File>) -> anyhow::Result<String> {
    let mut text = String::new();
    file.take(LINE_BYTES_MAX).read_line(&mut text).context("the file is damaged")?;
    let text = text.strip_suffix('\n').context("the file is cut off")?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: Seq = 3;

    fn written(folder: &Path) -> Vec<u8> {
        let path = folder.join("written");
        let mut file = LogWriter::create(&path, &Head::new("here.test".to_owned(), RECORDS, 7)).unwrap();
        for seq in 1..=RECORDS {
            // Line ends within a record are its own.
            let body = format!(
                "{{\"v\":1,\"id\":\"id{seq}\",\n\"aggregate\":\"server\",\"node\":1,\"time\":1,\"facts\":[]}}"
            );
            file.add(seq, body.as_bytes()).unwrap();
        }
        file.finish().unwrap();
        std::fs::read(&path).unwrap()
    }

    fn read(folder: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Delivered>> {
        let path = folder.join("read");
        std::fs::write(&path, bytes).unwrap();
        let mut file = LogReader::open(&path)?;
        let mut records = Vec::new();
        while let Piece::Record(record) = file.next()? {
            records.push(record);
        }
        Ok(records)
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = written(folder.path());
        let records = read(folder.path(), &bytes).unwrap();
        assert_eq!(records.iter().map(|record| record.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(records.last().unwrap().record.id.0, "id3");
    }

    #[test]
    fn no_byte_can_be_changed_or_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = written(folder.path());
        let body = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        for at in body..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(read(folder.path(), &other).is_err(), "byte {at} changed");
            assert!(read(folder.path(), &bytes[..at]).is_err(), "cut off at {at}");
        }
        let more = [bytes.as_slice(), b"\n"].concat();
        assert!(read(folder.path(), &more).is_err(), "more than there was");
    }
}
