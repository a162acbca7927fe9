//! A push gateway that takes everything and shows it. Specification: Push Gateway API.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Longest time until a notice comes.
const NOTICE_WAIT: Duration = Duration::from_secs(30);

/// How long it is waited to see that nothing comes.
const QUIET_WAIT: Duration = Duration::from_millis(1_500);

/// Notices that may wait to be looked at.
const WAITING_MAX: usize = 100;

/// A gateway on this machine; the server under test needs `egress.allow_private_addresses`.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    notices: mpsc::Receiver<Value>,
    task: JoinHandle<()>,
}

impl Gateway {
    /// Starts to listen.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (sender, notices) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(body) = take(stream).await {
                    let _gone = sender.send(body["notification"].clone()).await;
                }
            }
        });
        Ok(Self { address, notices, task })
    }

    /// A pusher that sends to this gateway, for `POST /pushers/set`.
    #[must_use]
    pub fn pusher(&self, pushkey: &str) -> Value {
        let url = format!("http://{}/_matrix/push/v1/notify", self.address);
        json!({
            "kind": "http", "app_id": "org.example.app", "pushkey": pushkey, "lang": "en",
            "app_display_name": "App", "device_display_name": "Phone", "data": {"url": url},
        })
    }

    /// The next notice; nothing: none comes in time.
    pub async fn next(&mut self) -> Option<Value> {
        tokio::time::timeout(NOTICE_WAIT, self.notices.recv()).await.ok().flatten()
    }

    /// Asserts that nothing comes for a while.
    ///
    /// # Panics
    /// When something comes.
    pub async fn expect_nothing(&mut self) {
        let notice = tokio::time::timeout(QUIET_WAIT, self.notices.recv()).await;
        assert!(notice.is_err(), "nothing was to be pushed, but: {notice:?}");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads one request and answers that nothing was rejected.
async fn take(stream: TcpStream) -> io::Result<Value> {
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let answer = r#"{"rejected":[]}"#;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ";
    stream.write_all(format!("{head}{}\r\n\r\n{answer}", answer.len()).as_bytes()).await?;
    stream.flush().await?;
    serde_json::from_slice(&body).map_err(io::Error::other)
}
