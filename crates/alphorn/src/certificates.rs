//! The certificate of TLS listeners: the operator's own files, or one from a private authority made here.

mod authority;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use alphorn_model::{Clock, ServerName};
use parking_lot::RwLock;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Config;
use crate::data_folder::{DataFolder, DataFolderError};
use authority::Authority;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    /// A file cannot be read or holds something else.
    #[error("{path} holds no usable {what}: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// Why it was not found.
        reason: String,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// TLS does not accept it.
    #[error("cannot use the certificate: {0}")]
    Tls(#[from] rustls::Error),
    /// The data folder failed.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
}

enum Origin {
    /// The operator's own files.
    Files { cert: PathBuf, key: PathBuf },
    /// The private authority.
    Authority(Box<Authority>),
}

/// The certificate in use; it can be exchanged while connections come in.
pub(crate) struct Certificates {
    origin: Origin,
    current: RwLock<Current>,
}

struct Current {
    certified: Arc<CertifiedKey>,
    modified: Option<SystemTime>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Certificates")
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().certified))
    }
}

impl Certificates {
    /// Reads or makes the certificate.
    pub(crate) fn prepare(
        config: &Config,
        folder: &DataFolder,
        name: &ServerName,
        host_name: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CertificateError> {
        let origin = match (&config.tls.cert_file, &config.tls.key_file) {
            (Some(cert), Some(key)) => Origin::Files { cert: cert.clone(), key: key.clone() },
            _ => Origin::Authority(Box::new(Authority::prepare(config, folder, name, host_name, clock)?)),
        };
        let current = RwLock::new(load(&origin)?);
        Ok(Self { origin, current })
    }

    /// The authority's certificate in PEM format, which devices have to trust; none with the operator's files.
    pub(crate) fn authority_pem(&self) -> Option<&str> {
        match &self.origin {
            Origin::Files { .. } => None,
            Origin::Authority(authority) => Some(authority.certificate_pem()),
        }
    }

    /// Takes up a changed file, or makes a new certificate when the old one is near its end.
    /// True when another certificate is in use from now on.
    pub(crate) fn refresh(&self) -> Result<bool, CertificateError> {
        let due = match &self.origin {
            Origin::Files { cert, .. } => modified(cert) != self.current.read().modified,
            Origin::Authority(authority) => authority.renew_if_due()?,
        };
        if due {
            let new = load(&self.origin)?;
            *self.current.write() = new;
        }
        Ok(due)
    }

    /// What TLS listeners need.
    pub(crate) fn tls_config(self: &Arc<Self>) -> Result<rustls::ServerConfig, CertificateError> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let builder = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = ring::Ticketer::new()?;
        Ok(config)
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn load(origin: &Origin) -> Result<Current, CertificateError> {
    let (cert, key) = match origin {
        Origin::Files { cert, key } => (cert.clone(), key.clone()),
        Origin::Authority(authority) => authority.server_files(),
    };
    let modified = modified(&cert);
    let unusable = |path: &Path, what, reason: String| CertificateError::Unusable {
        path: path.to_path_buf(),
        what,
        reason,
    };
    let chain = CertificateDer::pem_file_iter(&cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(&cert, "certificate", error.to_string()))?;
    if chain.is_empty() {
        return Err(unusable(&cert, "certificate", "there is none in it".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(&key)
        .map_err(|error| unusable(&key, "private key", error.to_string()))?;
    let certified = CertifiedKey::from_der(chain, private, &ring::default_provider())?;
    Ok(Current { certified: Arc::new(certified), modified })
}

#[cfg(test)]
mod tests;
