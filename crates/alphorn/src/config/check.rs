//! What the types cannot say: values that make no sense, files that are missing, keys that need each other.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;

use super::{Config, Problem, Rate, Source};

const ARGON2_MEMORY_KIB_MAX: u32 = 4 * 1024 * 1024;

struct Check<'a> {
    origins: &'a BTreeMap<String, Source>,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn fail(&mut self, key: &str, what: impl Into<String>, remedy: &str) {
        // `listeners[1].address` was given where `listeners` was given.
        let origin = key.split('[').next().unwrap_or(key);
        let source = self.origins.get(origin).cloned().unwrap_or(Source::Default);
        self.problems.push(Problem {
            source,
            key: key.to_owned(),
            what: what.into(),
            remedy: remedy.to_owned(),
        });
    }

    fn file(&mut self, key: &str, path: &Path) {
        if let Err(error) = std::fs::File::open(path) {
            self.fail(
                key,
                format!("{} cannot be read: {error}", path.display()),
                "give the path of a file that the server's user may read",
            );
        }
    }

    fn positive(&mut self, key: &str, value: u64) {
        if value == 0 {
            self.fail(key, "must not be 0", "give a number greater than 0");
        }
    }

    fn rate(&mut self, key: &str, rate: Rate) {
        if !rate.per_second.is_finite() || rate.per_second <= 0.0 {
            self.fail(
                &format!("{key}.per_second"),
                format!("{} is no rate", rate.per_second),
                "give a number greater than 0; `limits.rate_limits = false` turns all rates off",
            );
        }
        if rate.burst == 0 {
            self.fail(&format!("{key}.burst"), "must not be 0", "give a number greater than 0");
        }
    }
}

/// Judges the merged configuration; every mistake is added to `problems`.
pub(super) fn check(
    config: &Config,
    origins: &BTreeMap<String, Source>,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<String>,
) {
    let mut check = Check { origins, problems };
    names(&mut check, config);
    listeners(&mut check, config, warnings);
    tls(&mut check, config);
    limits(&mut check, config);
    passwords(&mut check, config);
    cluster(&mut check, config);
    rest(&mut check, config, warnings);
}

fn names(check: &mut Check<'_>, config: &Config) {
    if let Some(name) = &config.server_name
        && alphorn_model::ServerName::parse(name).is_err()
    {
        check.fail(
            "server_name",
            format!("`{name}` is no server name"),
            "give a host name or IP address, with a port only if users shall have it in their addresses",
        );
    }
    if let Some(url) = &config.public_base_url {
        let parsed = url.parse::<http::Uri>().ok();
        let good = parsed.is_some_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some()
                && uri.query().is_none()
        });
        if !good {
            check.fail(
                "public_base_url",
                format!("`{url}` is no base address"),
                "give it with scheme and without a query, for instance https://matrix.example.org",
            );
        }
    }
    if config.data_dir.as_os_str().is_empty() {
        check.fail("data_dir", "must not be empty", "give the path of a folder");
    }
    networks(check, "trusted_proxies", &config.trusted_proxies);
    networks(check, "metrics.allowed_networks", &config.metrics.allowed_networks);
}

fn networks(check: &mut Check<'_>, key: &str, networks: &[String]) {
    for network in networks {
        if let Err(error) = crate::peer::parse_network(network) {
            check.fail(key, error.to_string(), "give addresses or networks, for instance 10.0.0.0/8 or ::1");
        }
    }
}

fn listeners(check: &mut Check<'_>, config: &Config, warnings: &mut Vec<String>) {
    if config.listeners.is_empty() {
        check.fail("listeners", "there is no listener", "give at least one address to listen on");
    }
    let mut seen = BTreeSet::new();
    for (index, listener) in config.listeners.iter().enumerate() {
        let key = format!("listeners[{index}].address");
        match listener.address.parse::<SocketAddr>() {
            Err(_) => check.fail(
                &key,
                format!("`{}` is no address to listen on", listener.address),
                "give an IP address and a port, for instance 127.0.0.1:8008 or [::]:8448",
            ),
            Ok(address) => {
                if address.port() != 0 && !seen.insert(address) {
                    check.fail(&key, format!("{address} is given twice"), "remove one of the two listeners");
                }
                if !listener.tls && !address.ip().is_loopback() {
                    warnings.push(format!(
                        "listener {address} is not encrypted: whoever is on the way reads passwords and messages"
                    ));
                }
            }
        }
    }
}

fn tls(check: &mut Check<'_>, config: &Config) {
    let tls = &config.tls;
    match (&tls.cert_file, &tls.key_file) {
        (Some(cert), Some(key)) => {
            check.file("tls.cert_file", cert);
            check.file("tls.key_file", key);
        }
        (Some(_), None) => {
            check.fail("tls.cert_file", "needs `tls.key_file`", "give both, or none for a private authority");
        }
        (None, Some(_)) => {
            check.fail("tls.key_file", "needs `tls.cert_file`", "give both, or none for a private authority");
        }
        (None, None) => {}
    }
    for name in &tls.extra_names {
        if name.is_empty() || !name.is_ascii() || name.contains(['/', ' ', '@']) {
            check.fail(
                "tls.extra_names",
                format!("`{name}` is no host name"),
                "give host names or IP addresses",
            );
        }
    }
}

fn limits(check: &mut Check<'_>, config: &Config) {
    let limits = &config.limits;
    // An event may have 65536 bytes, and the request around it must fit as well.
    if limits.max_body_bytes < 128 * 1024 {
        check.fail(
            "limits.max_body_bytes",
            format!("{} is too small for the events that the protocol allows", limits.max_body_bytes),
            "give at least 131072",
        );
    }
    check.positive("limits.max_upload_bytes", limits.max_upload_bytes);
    check.positive("limits.max_connections", limits.max_connections.into());
    check.positive("limits.max_connections_per_address", limits.max_connections_per_address.into());
    check.positive("limits.header_timeout_seconds", limits.header_timeout_seconds);
    check.positive("limits.stall_timeout_seconds", limits.stall_timeout_seconds);
    check.rate("limits.login", limits.login);
    check.rate("limits.registration", limits.registration);
    check.rate("limits.message", limits.message);
    check.rate("limits.upload", limits.upload);
    let thumbnails = &limits.thumbnails;
    check.positive("limits.thumbnails.max_source_pixels", thumbnails.max_source_pixels);
    check.positive("limits.thumbnails.max_parallel", thumbnails.max_parallel.into());
    check.positive("limits.thumbnails.timeout_ms", thumbnails.timeout_ms);
}

fn passwords(check: &mut Check<'_>, config: &Config) {
    let passwords = &config.passwords;
    check.positive("passwords.iterations", passwords.iterations.into());
    if passwords.parallelism == 0 || passwords.parallelism > 255 {
        check.fail("passwords.parallelism", "is out of range", "give a number from 1 to 255");
    }
    let least = 8 * passwords.parallelism.clamp(1, 255);
    if !(least..=ARGON2_MEMORY_KIB_MAX).contains(&passwords.memory_kib) {
        check.fail(
            "passwords.memory_kib",
            format!("{} is out of range", passwords.memory_kib),
            "give at least 8 for each lane, and at most 4194304; 19456 is a good value",
        );
    }
    if !(1..=512).contains(&passwords.min_length) {
        check.fail("passwords.min_length", "is out of range", "give a number from 1 to 512");
    }
}

fn cluster(check: &mut Check<'_>, config: &Config) {
    let cluster = &config.cluster;
    if cluster.nats.is_empty() {
        return;
    }
    for (index, address) in cluster.nats.iter().enumerate() {
        let rest = address.strip_prefix("nats://").or_else(|| address.strip_prefix("tls://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['/', '@', ' '])) {
            check.fail(
                &format!("cluster.nats[{index}]"),
                format!("`{address}` is no address of a NATS server"),
                "give addresses such as tls://10.0.0.1:4222; user and password have keys of their own",
            );
        }
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if cluster.name.is_empty() || cluster.name.len() > 64 || !cluster.name.chars().all(plain) {
        let remedy = "give a name of letters, digits, - and _, at most 64 of them";
        check.fail("cluster.name", format!("`{}` cannot be a cluster's name", cluster.name), remedy);
    }
    if cluster.site.len() > 32 || !cluster.site.chars().all(plain) {
        let remedy = "give a name of letters, digits, - and _, at most 32 of them";
        check.fail("cluster.site", format!("`{}` cannot be a site's name", cluster.site), remedy);
    }
    check.positive("cluster.node", u64::from(cluster.node));
    if cluster.secret.as_ref().is_none_or(|secret| secret.reveal().chars().count() < 16) {
        let remedy =
            "give a random text of at least 16 characters, the same on each node (openssl rand -hex 32)";
        check.fail("cluster.secret", "is missing or too short", remedy);
    }
    let files = [
        ("cluster.credentials_file", &cluster.credentials_file),
        ("cluster.ca_file", &cluster.ca_file),
        ("cluster.cert_file", &cluster.cert_file),
        ("cluster.key_file", &cluster.key_file),
    ];
    for (key, path) in files {
        if let Some(path) = path {
            check.file(key, path);
        }
    }
    for (key, one, other) in [
        ("cluster.password", cluster.user.is_some(), cluster.password.is_some()),
        ("cluster.key_file", cluster.cert_file.is_some(), cluster.key_file.is_some()),
    ] {
        if one != other {
            let remedy = "give user and password together, and cert_file and key_file together";
            check.fail(key, "is given without its partner, or the other way round", remedy);
        }
    }
}

fn rest(check: &mut Check<'_>, config: &Config, warnings: &mut Vec<String>) {
    if !config.rooms.default_version.parse::<u8>().is_ok_and(|version| (1..=12).contains(&version)) {
        check.fail(
            "rooms.default_version",
            format!("`{}` is no room version that this server can make", config.rooms.default_version),
            "give a text from \"1\" to \"12\"; \"12\" is the best",
        );
    }
    if config.registration.shared_secret.as_ref().is_some_and(|secret| secret.reveal().is_empty()) {
        check.fail(
            "registration.shared_secret",
            "must not be empty",
            "give a long random text, or remove the key to turn this kind of registration off",
        );
    }
    if let Some(path) = &config.federation.trusted_ca_file {
        check.file("federation.trusted_ca_file", path);
    }
    for path in &config.appservices.files {
        check.file("appservices.files", path);
    }
    if config.log.level.parse::<tracing_subscriber::filter::Targets>().is_err() {
        check.fail(
            "log.level",
            format!("`{}` is no log level", config.log.level),
            "give error, warn, info, debug or trace, or a list such as info,alphorn_engine=debug",
        );
    }
    if config.federation.enabled {
        warnings.push("federation is not available yet: `federation.enabled` has no effect".to_owned());
    }
    if !config.appservices.files.is_empty() {
        warnings
            .push("application services are not available yet: `appservices.files` has no effect".to_owned());
    }
}
