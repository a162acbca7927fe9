//! Just enough of the NATS client protocol to see from outside what a cluster does, without the client library that
//! the program uses: INFO, CONNECT, SUB, PUB and HPUB, and TLS after INFO.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
    BufReader,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const ANSWER_WAIT: Duration = Duration::from_secs(2);

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection to one server.
pub(crate) struct Wire {
    stream: BufReader<Box<dyn Stream>>,
    requests: u64,
}

impl Wire {
    /// Connects, with TLS if there is an authority to trust.
    pub(crate) async fn connect(
        address: SocketAddr,
        (user, password): (&str, &str),
        authority: Option<&Path>,
    ) -> Result<Self, String> {
        within(async {
            let plain = TcpStream::connect(address).await.map_err(text)?;
            let mut stream = BufReader::new(plain);
            let info = line(&mut stream).await?;
            let info = info.strip_prefix("INFO ").ok_or_else(|| format!("no INFO but {info}"))?;
            let info: Value = serde_json::from_str(info).map_err(text)?;
            let stream: Box<dyn Stream> = match authority {
                Some(authority) => secured(stream.into_inner(), address, authority).await?,
                None if info["tls_required"] == true => return Err("it wants TLS".to_owned()),
                None => Box::new(stream.into_inner()),
            };
            let mut wire = Self { stream: BufReader::new(stream), requests: 0 };
            let hello = json!({
                "verbose": false, "pedantic": false, "headers": true, "no_responders": true,
                "user": user, "pass": password, "lang": "alphorn-tests", "version": "0",
            });
            wire.write(&format!("CONNECT {hello}\r\nPING\r\n")).await?;
            loop {
                let said = line(&mut wire.stream).await?;
                if said == "PONG" {
                    return Ok(wire);
                } else if said.starts_with("-ERR") {
                    return Err(said);
                }
            }
        })
        .await
    }

    /// Publishes and waits for the answer; with a message id, JetStream stores what it gets twice once.
    pub(crate) async fn request(
        &mut self,
        subject: &str,
        id: Option<&str>,
        body: &str,
    ) -> Result<Value, String> {
        self.requests += 1;
        let number = self.requests;
        let inbox = format!("_INBOX.{:016x}", rand::random::<u64>());
        let mut asked = format!("SUB {inbox} {number}\r\nUNSUB {number} 1\r\n");
        match id {
            Some(id) => {
                let headers = format!("NATS/1.0\r\nNats-Msg-Id: {id}\r\n\r\n");
                let lengths = format!("{} {}", headers.len(), headers.len() + body.len());
                asked.push_str(&format!("HPUB {subject} {inbox} {lengths}\r\n{headers}{body}\r\n"));
            }
            None => asked.push_str(&format!("PUB {subject} {inbox} {}\r\n{body}\r\n", body.len())),
        }
        within(async {
            self.write(&asked).await?;
            let answer = self.answer(number).await?;
            match answer.get("error") {
                Some(error) => Err(error.to_string()),
                None => Ok(answer),
            }
        })
        .await
    }

    /// Hears from now on what is said on a subject; gives the number for [`Wire::heard`].
    pub(crate) async fn hear(&mut self, subject: &str) -> Result<u64, String> {
        self.requests += 1;
        let number = self.requests;
        within(self.write(&format!("SUB {subject} {number}\r\n"))).await?;
        Ok(number)
    }

    /// The next that is said there.
    pub(crate) async fn heard(&mut self, number: u64) -> Result<Value, String> {
        self.answer(number).await
    }

    /// Says something that nobody has to answer.
    pub(crate) async fn say(&mut self, subject: &str, body: &str) -> Result<(), String> {
        within(self.write(&format!("PUB {subject} {}\r\n{body}\r\n", body.len()))).await
    }

    async fn answer(&mut self, number: u64) -> Result<Value, String> {
        loop {
            let said = line(&mut self.stream).await?;
            let mut words = said.split(' ');
            match words.next() {
                Some("PING") => self.write("PONG\r\n").await?,
                Some("MSG") => {
                    let body = self.body(words.next_back()).await?;
                    if words.nth(1) == Some(number.to_string().as_str()) {
                        return serde_json::from_slice(&body).map_err(text);
                    }
                }
                Some("HMSG") => {
                    let body = self.body(words.next_back()).await?;
                    return Err(String::from_utf8_lossy(&body).lines().next().unwrap_or_default().to_owned());
                }
                Some("-ERR") => return Err(said),
                _ => {}
            }
        }
    }

    async fn body(&mut self, length: Option<&str>) -> Result<Vec<u8>, String> {
        let length: usize = length.and_then(|length| length.parse().ok()).ok_or("no length")?;
        let mut body = vec![0; length + 2];
        self.stream.read_exact(&mut body).await.map_err(text)?;
        body.truncate(length);
        Ok(body)
    }

    async fn write(&mut self, words: &str) -> Result<(), String> {
        self.stream.write_all(words.as_bytes()).await.map_err(text)?;
        self.stream.flush().await.map_err(text)
    }
}

async fn secured(
    stream: TcpStream,
    address: SocketAddr,
    authority: &Path,
) -> Result<Box<dyn Stream>, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).map_err(text)?).map_err(text)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(text)?.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::IpAddress(address.ip().into());
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(text)?;
    Ok(Box::new(stream))
}

async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<String, String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await.map_err(text)? {
        0 => Err("the connection ended".to_owned()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

async fn within<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    tokio::time::timeout(ANSWER_WAIT, work).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
