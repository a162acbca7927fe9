//! One attempt to put a record on the stream, and what the broker's answer means.

use std::time::Duration;

use alphorn_model::{RecordId, Seq};
use async_nats::{HeaderMap, client::RequestErrorKind, header};
use bytes::Bytes;
use serde::Deserialize;

use super::Shared;
use crate::Refused;

/// How long one attempt has. A write takes a few milliseconds, an election some seconds.
const ATTEMPT_TIME: Duration = Duration::from_secs(1);

/// What came of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The record is on the log.
    Stored(Seq),
    /// Not stored: the subject's last record is another one.
    Overtaken(Seq),
    /// Not stored now; the same again may be.
    Busy,
    /// It reached nobody.
    Nobody,
    /// It may or may not be stored.
    Ambiguous,
    /// Not stored, for this reason.
    Refused(Refused),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    seq: Option<Seq>,
    #[serde(default)]
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

/// Sends a record; `expected` is the subject's last sequence number that must still be the last.
pub(super) async fn publish(
    shared: &Shared,
    subject: &str,
    id: &RecordId,
    expected: Option<Seq>,
    body: Bytes,
) -> Attempt {
    let mut headers = HeaderMap::new();
    headers.insert(header::NATS_MESSAGE_ID, id.0.as_str());
    headers.insert(header::NATS_EXPECTED_STREAM, shared.names.stream());
    if let Some(expected) = expected {
        headers.insert(header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
    }
    let request = async_nats::Request::new().payload(body).headers(headers).timeout(Some(ATTEMPT_TIME));
    match shared.client.send_request(subject.to_owned(), request).await {
        Ok(message) => read(&message.payload),
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => Attempt::Nobody,
            RequestErrorKind::MaxPayloadExceeded => Attempt::Refused(Refused::TooLarge),
            RequestErrorKind::InvalidSubject => Attempt::Refused(Refused::Broken(error.to_string())),
            RequestErrorKind::TimedOut | RequestErrorKind::Other => Attempt::Ambiguous,
        },
    }
}

fn read(payload: &[u8]) -> Attempt {
    // Whatever cannot be read may have been an acknowledgement.
    let Ok(answer) = serde_json::from_slice::<Answer>(payload) else { return Attempt::Ambiguous };
    match (answer.error, answer.seq) {
        (Some(failure), _) => failed(&failure),
        (None, Some(seq)) => Attempt::Stored(seq),
        (None, None) => Attempt::Ambiguous,
    }
}

/// What the broker's error codes mean for the record.
fn failed(failure: &Failure) -> Attempt {
    match failure.err_code {
        // "wrong last sequence: N"
        10_071 => failure
            .description
            .rsplit(' ')
            .next()
            .and_then(|number| number.parse().ok())
            .map_or(Attempt::Busy, Attempt::Overtaken),
        // Another write to this subject is under way, or the broker is busy with its own.
        10_163 | 10_164 | 10_008 => Attempt::Busy,
        // An earlier attempt with this id is under way.
        10_158 => Attempt::Ambiguous,
        // Bounds of the account, the stream or the disk.
        10_002 | 10_023 | 10_047 | 10_077 | 10_122 => Attempt::Refused(Refused::DiskFull),
        10_054 => Attempt::Refused(Refused::TooLarge),
        code => Attempt::Refused(Refused::Broken(format!("NATS: {} ({code})", failure.description))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let error = |code: u64, words: &str| {
            read(
                format!(r#"{{"error":{{"code":400,"err_code":{code},"description":"{words}"}}}}"#).as_bytes(),
            )
        };
        assert_eq!(read(br#"{"stream":"A","seq":7}"#), Attempt::Stored(7));
        assert_eq!(read(br#"{"stream":"A","seq":7,"duplicate":true}"#), Attempt::Stored(7));
        assert_eq!(error(10_071, "wrong last sequence: 12"), Attempt::Overtaken(12));
        assert_eq!(error(10_164, "wrong last sequence"), Attempt::Busy);
        assert_eq!(error(10_158, "duplicate message id is in process"), Attempt::Ambiguous);
        assert_eq!(error(10_077, "maximum bytes exceeded"), Attempt::Refused(Refused::DiskFull));
        assert_eq!(read(b"{}"), Attempt::Ambiguous);
        assert_eq!(read(b"?"), Attempt::Ambiguous);
    }
}
