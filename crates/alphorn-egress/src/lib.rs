//! Floor 1: the one way out. Every request that this server makes to another one goes through
//! [`Egress`]: the address is looked up once, checked against the filter, and connected to as checked
//! (so that a name cannot change its mind in between); time and size are bounded; redirects are not
//! followed; TLS is rustls with the machine's certificates and those the administrator adds.

mod filter;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub use filter::is_public;

/// Largest answer read.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The address is not one that can be asked.
    #[error("the URL cannot be used: {0}")]
    Url(&'static str),
    /// The address filter keeps this destination from strangers' requests.
    #[error("requests to {0} are not allowed; see `egress.allow_private_addresses`")]
    Forbidden(std::net::IpAddr),
    /// The certificates could not be read.
    #[error("certificates: {0}")]
    Certificates(String),
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
    /// The other side could not be reached or broke off.
    #[error("connection: {0}")]
    Connection(String),
}

/// The way out.
pub struct Egress {
    tls: TlsConnector,
    allow_private: bool,
    timeout: Duration,
}

impl Egress {
    /// Prepares it. `extra_ca_pem`: certificates of authorities to trust besides the machine's.
    ///
    /// # Errors
    /// When the extra certificates cannot be read.
    pub fn new(
        allow_private: bool,
        timeout: Duration,
        extra_ca_pem: Option<&[u8]>,
    ) -> Result<Self, EgressError> {
        let mut roots = RootCertStore::empty();
        // A machine without certificates can still reach services whose authority is added.
        let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        tracing::debug!(added, "trusting the machine's certificates");
        for certificate in extra_ca_pem.into_iter().flat_map(CertificateDer::pem_slice_iter) {
            let certificate = certificate.map_err(|error| EgressError::Certificates(error.to_string()))?;
            roots.add(certificate).map_err(|error| EgressError::Certificates(error.to_string()))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| EgressError::Certificates(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), allow_private, timeout })
    }

    /// Posts JSON; gives status and body.
    ///
    /// # Errors
    /// [`EgressError`] when there is no answer.
    pub async fn post_json(&self, url: &str, body: String) -> Result<(u16, Bytes), EgressError> {
        match tokio::time::timeout(self.timeout, self.post(url, body)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(EgressError::TimedOut),
        }
    }

    async fn post(&self, url: &str, body: String) -> Result<(u16, Bytes), EgressError> {
        let uri: Uri = url.parse().map_err(|_| EgressError::Url("it does not parse"))?;
        let authority = uri.authority().ok_or(EgressError::Url("it has no host"))?.clone();
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(EgressError::Url("it is neither https nor http")),
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, authority.as_str().rsplit('@').next().unwrap_or(&host))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "Alphorn")
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| EgressError::Url("it makes no request"))?;
        let stream = TcpStream::connect(self.address(&host, port).await?).await.map_err(connection)?;
        if secure {
            let name = ServerName::try_from(host).map_err(|_| EgressError::Url("its host is no name"))?;
            let stream = self.tls.connect(name, stream).await.map_err(connection)?;
            exchange(TokioIo::new(stream), request).await
        } else {
            exchange(TokioIo::new(stream), request).await
        }
    }

    /// The first address of a host, if requests may go there.
    async fn address(&self, host: &str, port: u16) -> Result<SocketAddr, EgressError> {
        let mut found = tokio::net::lookup_host((host, port)).await.map_err(connection)?;
        let address = found.next().ok_or(EgressError::Url("its host has no address"))?;
        if self.allow_private || is_public(address.ip()) {
            Ok(address)
        } else {
            Err(EgressError::Forbidden(address.ip()))
        }
    }
}

fn connection(error: impl std::fmt::Display) -> EgressError {
    EgressError::Connection(error.to_string())
}

async fn exchange<T>(io: TokioIo<T>, request: Request<Full<Bytes>>) -> Result<(u16, Bytes), EgressError>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connecting) = http1::handshake(io).await.map_err(connection)?;
    // Ends by itself when the exchange is over or given up.
    let driver = tokio::spawn(connecting);
    let outcome = async {
        let answer = sender.send_request(request).await.map_err(connection)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(connection)?;
        Ok((status, body.to_bytes()))
    }
    .await;
    driver.abort();
    outcome
}
