//! A small HTTP/1.1 client with keep-alive: exactly what the tests, drills and load generator need.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use thiserror::Error;
use tokio::net::TcpSocket;

/// Longest wait for one answer, long polls included, unless the client is told otherwise.
const ANSWER_WAIT: Duration = Duration::from_secs(90);
/// Idle connections that a client keeps.
const IDLE_MAX: usize = 64;

/// Why a request has no answer. The server may or may not have carried it out.
#[derive(Debug, Error)]
pub enum HttpError {
    /// No connection could be opened: nothing was sent.
    #[error("cannot connect: {0}")]
    Connect(#[source] std::io::Error),
    /// The connection broke before the whole answer was read.
    #[error("connection broke: {0}")]
    Broken(#[source] hyper::Error),
    /// No answer came in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The request itself is not HTTP, for example a space in the path.
    #[error("cannot build the request: {0}")]
    Build(#[source] http::Error),
}

/// Talks to one server address and keeps its connections open between requests. Clones share them.
#[derive(Clone, Debug)]
pub struct Client {
    address: SocketAddr,
    source: Option<IpAddr>,
    answer_wait: Duration,
    idle: Arc<Mutex<Vec<SendRequest<Full<Bytes>>>>>,
}

impl Client {
    /// A client of the server at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, source: None, answer_wait: ANSWER_WAIT, idle: Arc::default() }
    }

    /// The same server, with connections of its own.
    #[must_use]
    pub fn separate(&self) -> Self {
        Self { idle: Arc::default(), ..self.clone() }
    }

    /// Connects from this local address (all of 127.0.0.0/8 is ours on loopback).
    #[must_use]
    pub fn from_source(self, source: IpAddr) -> Self {
        Self { source: Some(source), idle: Arc::default(), ..self }
    }

    /// Waits at most so long for one answer.
    #[must_use]
    pub fn with_answer_wait(self, answer_wait: Duration) -> Self {
        Self { answer_wait, ..self }
    }

    /// The address that this client talks to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request without a body.
    ///
    /// # Errors
    /// When no whole answer came; an answer of any status is not an error.
    pub async fn get(&self, token: Option<&str>, path: &str) -> Result<Response, HttpError> {
        self.send(Method::GET, path, token, &[], Bytes::new()).await
    }

    /// Sends a JSON body.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn json(
        &self,
        method: Method,
        token: Option<&str>,
        path: &str,
        body: &Value,
    ) -> Result<Response, HttpError> {
        let headers = [(CONTENT_TYPE.as_str(), "application/json")];
        self.send(method, path, token, &headers, Bytes::from(body.to_string())).await
    }

    /// Sends any request: `path` with its query, a bearer token, further headers, body bytes.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Response, HttpError> {
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path).header(HOST, self.address.to_string());
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).map_err(HttpError::Build)?;
        tokio::time::timeout(self.answer_wait, self.exchange(request, asked))
            .await
            .unwrap_or(Err(HttpError::Timeout(self.answer_wait)))
    }

    /// One request, on an idle connection if the server has not closed it meanwhile. A request that was not
    /// written at all is repeated on a new connection; anything else is the caller's to repeat.
    async fn exchange(&self, request: Request<Full<Bytes>>, asked: String) -> Result<Response, HttpError> {
        let mut request = request;
        while let Some(mut connection) = self.take_idle() {
            if connection.ready().await.is_err() {
                continue;
            }
            match connection.try_send_request(request).await {
                Ok(answer) => return self.read(connection, answer, asked).await,
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(HttpError::Broken(failed.into_error())),
                },
            }
        }
        let mut connection = self.connect().await?;
        let answer = connection.send_request(request).await.map_err(HttpError::Broken)?;
        self.read(connection, answer, asked).await
    }

    async fn read(
        &self,
        connection: SendRequest<Full<Bytes>>,
        answer: http::Response<hyper::body::Incoming>,
        asked: String,
    ) -> Result<Response, HttpError> {
        let (head, body) = answer.into_parts();
        let bytes = body.collect().await.map_err(HttpError::Broken)?.to_bytes();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX && !connection.is_closed() {
            idle.push(connection);
        }
        Ok(Response { asked, status: head.status, headers: head.headers, bytes })
    }

    fn take_idle(&self) -> Option<SendRequest<Full<Bytes>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, HttpError> {
        let socket = if self.address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
        let socket = socket.map_err(HttpError::Connect)?;
        if let Some(source) = self.source {
            socket.bind(SocketAddr::new(source, 0)).map_err(HttpError::Connect)?;
        }
        let stream = socket.connect(self.address).await.map_err(HttpError::Connect)?;
        stream.set_nodelay(true).map_err(HttpError::Connect)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(HttpError::Broken)?;
        // Ends when the sender is dropped or the server closes; its error reaches the waiting request.
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// Method and path of the request, for messages.
    pub asked: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
}

#[expect(clippy::panic, reason = "these are the assertions of tests")]
impl Response {
    /// The body as JSON; `null` when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The JSON body of a 200; anything else fails the test.
    #[track_caller]
    pub fn expect_ok(&self) -> Value {
        self.expect_status(200)
    }

    /// The JSON body of an answer with this status; anything else fails the test.
    #[track_caller]
    pub fn expect_status(&self, status: u16) -> Value {
        if self.status.as_u16() != status {
            panic!("{}: expected {status}, got {}", self.asked, self.summary());
        }
        match serde_json::from_slice(&self.bytes) {
            Ok(value) => value,
            Err(_) if self.bytes.is_empty() => Value::Null,
            Err(error) => panic!("{}: body is not JSON ({error}): {}", self.asked, self.summary()),
        }
    }

    /// The body of a specified error: this status and errcode and a text for people.
    ///
    /// Client-server API, "Standard error response".
    #[track_caller]
    pub fn expect_error(&self, status: u16, errcode: &str) -> Value {
        let body = self.json();
        if self.status.as_u16() != status || body["errcode"] != errcode {
            panic!("{}: expected {status} {errcode}, got {}", self.asked, self.summary());
        }
        if !body["error"].is_string() {
            panic!("{}: the error has no `error` text: {}", self.asked, self.summary());
        }
        body
    }

    /// Status and the beginning of the body.
    #[must_use]
    pub fn summary(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        let short: String = text.chars().take(600).collect();
        format!("{} {short}", self.status.as_u16())
    }
}

/// Percent-encodes one path segment or query value.
#[must_use]
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            // Writing to a String cannot fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn a_segment_keeps_no_reserved_byte() {
        assert_eq!(segment("#a b/ü:x"), "%23a%20b%2F%C3%BC%3Ax");
        assert_eq!(segment("Az09-._~"), "Az09-._~");
    }
}
