//! A private certificate authority for networks in which nobody else can vouch for the server.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;

use alphorn_model::{Clock, OwnedServerName, ServerName, TimestampMs};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::CertificateError;
use crate::config::Config;
use crate::data_folder::{DataFolder, make_private_folder, read_text, write_file};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS: u64 = 20 * 365;
/// Apple's systems refuse server certificates that are valid for longer than 398 days.
const SERVER_DAYS: u64 = 397;
const RENEW_BEFORE_DAYS: u64 = 60;
/// Clocks in closed networks differ, so certificates begin before they are made.
const BACKDATE_DAYS: u64 = 2;

/// The authority, and the certificate that it gave to this server.
pub(super) struct Authority {
    folder: PathBuf,
    name: OwnedServerName,
    fixed_names: BTreeSet<String>,
    certificate_pem: String,
    key_pem: zeroize::Zeroizing<String>,
    clock: Arc<dyn Clock>,
}

/// What has to be known about the server's certificate without taking it apart.
#[derive(Serialize, Deserialize)]
struct Issued {
    names: BTreeSet<String>,
    not_after_ms: TimestampMs,
}

impl Authority {
    /// Reads the authority, or makes it; then sees to a valid server certificate.
    pub(super) fn prepare(
        config: &Config,
        data: &DataFolder,
        name: &ServerName,
        host_name: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CertificateError> {
        let folder = data.path("tls");
        make_private_folder(&folder)?;
        let (cert_path, key_path) = (folder.join("ca.pem"), folder.join("ca.key"));
        let (certificate_pem, key_pem) = match (read_text(&cert_path)?, read_text(&key_path)?) {
            (Some(certificate), Some(key)) => (certificate, key),
            _ => {
                let key = KeyPair::generate()?;
                let certificate = authority_params(name, clock.now_ms()).self_signed(&key)?.pem();
                // The key first: an authority without its key would be distributed in vain.
                write_file(&key_path, key.serialize_pem().as_bytes(), 0o600)?;
                write_file(&cert_path, certificate.as_bytes(), 0o644)?;
                (certificate, key.serialize_pem())
            }
        };
        let fixed_names = fixed_names(config, name, host_name);
        let key_pem = zeroize::Zeroizing::new(key_pem);
        let authority = Self { folder, name: name.to_owned(), fixed_names, certificate_pem, key_pem, clock };
        authority.renew_if_due()?;
        Ok(authority)
    }

    /// The certificate that devices have to trust.
    pub(super) fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Certificate and key of this server.
    pub(super) fn server_files(&self) -> (PathBuf, PathBuf) {
        (self.folder.join("server.pem"), self.folder.join("server.key"))
    }

    /// Makes a new server certificate when there is none, it ends soon, or a name is missing in it.
    pub(super) fn renew_if_due(&self) -> Result<bool, CertificateError> {
        let (cert_path, key_path) = self.server_files();
        let about_path = self.folder.join("server.json");
        let issued: Option<Issued> =
            read_text(&about_path)?.and_then(|text| serde_json::from_str(&text).ok());
        let mut names = self.fixed_names.clone();
        names.extend(outward_addresses());
        let now = self.clock.now_ms();
        let good = issued.as_ref().is_some_and(|issued| {
            names.is_subset(&issued.names) && issued.not_after_ms > now + RENEW_BEFORE_DAYS * DAY_MS
        });
        if good && cert_path.exists() && key_path.exists() {
            return Ok(false);
        }
        let key = match read_text(&key_path)?.and_then(|pem| KeyPair::from_pem(&pem).ok()) {
            Some(key) => key,
            None => KeyPair::generate()?,
        };
        let not_after_ms = now + SERVER_DAYS * DAY_MS;
        let mut params = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())?;
        params.distinguished_name = common_name(self.name.host());
        params.not_before = moment(now.saturating_sub(BACKDATE_DAYS * DAY_MS));
        params.not_after = moment(not_after_ms - BACKDATE_DAYS * DAY_MS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::new(authority_params(&self.name, now), KeyPair::from_pem(&self.key_pem)?);
        let chain = format!("{}{}", params.signed_by(&key, &issuer)?.pem(), self.certificate_pem);
        write_file(&key_path, key.serialize_pem().as_bytes(), 0o600)?;
        write_file(&cert_path, chain.as_bytes(), 0o644)?;
        let about = Issued { names, not_after_ms };
        let about = serde_json::to_vec(&about).unwrap_or_default();
        write_file(&about_path, &about, 0o600)?;
        Ok(true)
    }
}

/// The same parameters each time, so that the issuer's name always equals the authority's.
fn authority_params(name: &ServerName, now: TimestampMs) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(&format!("Alphorn authority of {}", name.host()));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = moment(now.saturating_sub(BACKDATE_DAYS * DAY_MS));
    params.not_after = moment(now + AUTHORITY_DAYS * DAY_MS);
    params
}

fn common_name(text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    // A common name has at most 64 characters; what counts are the alternative names anyway.
    name.push(DnType::CommonName, text.chars().take(64).collect::<String>());
    name
}

fn moment(ms: TimestampMs) -> OffsetDateTime {
    let seconds = i64::try_from(ms / 1000).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn fixed_names(config: &Config, name: &ServerName, host_name: &str) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        ["localhost", "127.0.0.1", "::1"].into_iter().map(str::to_owned).collect();
    names.insert(name.host().trim_matches(['[', ']']).to_owned());
    names.insert(host_name.to_owned());
    names.extend(config.tls.extra_names.iter().cloned());
    let public = config.public_base_url.as_ref().and_then(|url| url.parse::<http::Uri>().ok());
    names.extend(public.and_then(|uri| uri.host().map(|host| host.trim_matches(['[', ']']).to_owned())));
    let addresses =
        config.listeners.iter().filter_map(|listener| listener.address.parse::<SocketAddr>().ok());
    names.extend(
        addresses.filter(|address| !address.ip().is_unspecified()).map(|address| address.ip().to_string()),
    );
    names.retain(|name| !name.is_empty());
    names
}

/// The addresses under which this machine is seen by others, so that a phone in a network without a name
/// service can connect by address. Connecting a datagram socket sends nothing: it only asks for the route.
fn outward_addresses() -> Vec<String> {
    let routes = [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")];
    let address = |(from, to): (&str, &str)| -> Option<IpAddr> {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified())
    };
    routes.into_iter().filter_map(address).map(|ip| ip.to_string()).collect()
}
