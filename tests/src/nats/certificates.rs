//! Certificates for a cluster with TLS: one authority, and one certificate that all servers have.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

use super::NatsError;

/// Files as the configuration names them.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) authority: PathBuf,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// Makes them in `folder`, for servers on loopback.
pub(super) fn make(folder: &Path) -> Result<Files, NatsError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "authority of a test");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;

    let mut params = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "nats-server of a test");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // A server that calls another one shows it as a client does.
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &authority)?;

    let write = |name: &str, pem: String| {
        let path = folder.join(name);
        let written = std::fs::write(&path, pem);
        written.map(|()| path).map_err(|error| NatsError::System("write a certificate", error))
    };
    Ok(Files {
        authority: write("authority.pem", authority.pem())?,
        certificate: write("server.pem", certificate.pem())?,
        key: write("server.key", key.serialize_pem())?,
    })
}
