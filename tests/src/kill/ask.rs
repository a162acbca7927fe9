//! A request that is repeated, unchanged, until the server answers it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::http::{Client, Response};

/// Longest time that a request is repeated: far more than a restart takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between repetitions.
const PAUSE: Duration = Duration::from_millis(4);
/// Longest wait for one answer; after that the request counts as unanswered.
const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// One request, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub struct Ask {
    method: Method,
    path: String,
    content_type: &'static str,
    body: Bytes,
}

/// The answer to a request, with what lies between.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub response: Response,
    /// When the request was sent for the first time.
    pub started: Instant,
    /// When the answer was read.
    pub acked: Instant,
    /// How often it was sent; from 2 on the server may have carried it out before.
    pub attempts: u32,
}

impl Ask {
    /// A request with a JSON body.
    #[must_use]
    pub fn json(method: Method, path: impl Into<String>, body: &Value) -> Self {
        let body = Bytes::from(body.to_string());
        Self { method, path: path.into(), content_type: "application/json", body }
    }

    /// A request with a body of bytes.
    #[must_use]
    pub fn bytes(method: Method, path: impl Into<String>, body: Bytes) -> Self {
        Self { method, path: path.into(), content_type: "application/octet-stream", body }
    }

    /// A request without a body.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::bytes(Method::GET, path, Bytes::new())
    }

    /// Repeats the request until it is answered. A 503 is no answer: the server says that it was not done.
    ///
    /// # Errors
    /// When nothing answers for a minute.
    pub async fn until_answered(&self, client: &Client, token: Option<&str>) -> Result<Answered, String> {
        let client = client.clone().with_answer_wait(ANSWER_WAIT);
        let started = Instant::now();
        let headers = [("content-type", self.content_type)];
        let headers = if self.method == Method::GET { &headers[..0] } else { &headers[..] };
        let mut attempts = 0;
        let mut last = String::new();
        while started.elapsed() < PATIENCE {
            attempts += 1;
            let sent = client.send(self.method.clone(), &self.path, token, headers, self.body.clone()).await;
            match sent {
                Ok(response) if response.status != 503 => {
                    return Ok(Answered { response, started, acked: Instant::now(), attempts });
                }
                Ok(response) => last = response.summary(),
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(format!("{} {}: no answer within {PATIENCE:?}, last: {last}", self.method, self.path))
    }
}
