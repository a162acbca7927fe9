//! The real program in a folder of its own: what it prints, what it answers, how it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "process/running.rs"]
mod running;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::time::{Duration, Instant};

use running::{Running, alphorn, get, post};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

#[test]
fn a_first_start_makes_everything_and_says_where_it_is() {
    let server = Running::start(&[]);
    let announced = server.announced();
    assert!(announced.contains("Alphorn serves localhost from "), "{announced}");
    assert!(announced.contains("tls/ca.pem"), "{announced}");
    assert!(announced.contains("alphorn user add NAME --admin --data-dir "), "{announced}");
    assert_eq!(get(server.plain(), "/health"), (200, "alive\n".to_owned()));
    assert_eq!(get(server.plain(), "/ready").0, 200);
    assert_eq!(get(server.plain(), "/nothing/here").0, 404);
    let mode =
        |name: &str| std::fs::metadata(server.data_dir().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(""), mode("signing.key"), mode("tls/ca.key"), mode("tls/server.key")),
        (0o700, 0o600, 0o600, 0o600)
    );
    let pem = std::fs::read_to_string(server.data_dir().join("tls/ca.pem")).unwrap();
    assert_eq!(get(server.plain(), "/_alphorn/v1/ca.pem"), (200, pem));
}

#[test]
fn figures_tell_of_requests_and_of_the_process() {
    let server = Running::start(&[]);
    get(server.plain(), "/health");
    let (status, page) = get(server.plain(), "/metrics");
    assert_eq!(status, 200);
    assert!(page.contains("alphorn_requests_total{class=\"shell\",status=\"200\"} 1\n"), "{page}");
    assert!(page.contains("process_cpu_seconds_total "), "{page}");
    let closed = Running::start(&["--set", "metrics.enabled=false"]);
    assert_eq!(get(closed.plain(), "/metrics").0, 404);
    let narrow = Running::start(&["--set", "metrics.allowed_networks=192.0.2.0/24"]);
    assert_eq!(get(narrow.plain(), "/metrics").0, 403);
}

fn tls_get(server: &Running, protocols: &[&[u8]]) -> Result<(Option<Vec<u8>>, String), std::io::Error> {
    let authority = CertificateDer::from_pem_file(server.data_dir().join("tls/ca.pem")).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let connection =
        rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut stream = rustls::StreamOwned::new(connection, TcpStream::connect(server.encrypted())?);
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    if protocols.contains(&&b"h2"[..]) {
        // A request of HTTP/1.1 makes an HTTP/2 server hang up; only the choice of protocol is wanted.
        return Ok((stream.conn.alpn_protocol().map(<[u8]>::to_vec), String::new()));
    }
    stream.read_to_end(&mut answer)?;
    Ok((stream.conn.alpn_protocol().map(<[u8]>::to_vec), String::from_utf8_lossy(&answer).into_owned()))
}

#[test]
fn whoever_trusts_the_private_authority_gets_tls() {
    let server = Running::start(&[]);
    let (protocol, answer) = tls_get(&server, &[b"http/1.1"]).unwrap();
    assert_eq!(protocol.as_deref(), Some(&b"http/1.1"[..]));
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!(tls_get(&server, &[b"h2"]).unwrap().0.as_deref(), Some(&b"h2"[..]));
}

#[test]
fn a_second_start_keeps_name_key_and_authority() {
    let mut server = Running::start(&["--server-name", "chat.example"]);
    let read = |server: &Running, name: &str| std::fs::read(server.data_dir().join(name)).unwrap();
    let files = ["signing.key", "tls/ca.pem", "tls/server.pem", "server_name"];
    let before: Vec<_> = files.iter().map(|name| read(&server, name)).collect();
    server.stop();
    server.start_again(&[]);
    assert!(server.announced().contains("Alphorn serves chat.example from"));
    assert_eq!(files.iter().map(|name| read(&server, name)).collect::<Vec<_>>(), before);
    server.stop();
    let refusal = server.refused(&["--server-name", "other.example"]);
    assert!(refusal.contains("this server is `chat.example`"), "{refusal}");
}

#[test]
fn a_stop_is_graceful_and_idle_connections_do_not_hold_it_up() {
    let mut server = Running::start(&[]);
    let mut idle = TcpStream::connect(server.plain()).unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut bytes = [0; 12];
    idle.read_exact(&mut bytes).unwrap();
    let start = Instant::now();
    server.stop();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).unwrap();
}

#[test]
fn a_long_poll_is_answered_when_the_server_stops() {
    let cheap = [("ALPHORN_PASSWORDS__MEMORY_KIB", "8"), ("ALPHORN_REGISTRATION__MODE", "open")];
    let mut server = Running::start_with(&cheap, &[]);
    let body = r#"{"username":"anna","password":"long enough","auth":{"type":"m.login.dummy"}}"#;
    let (status, registered) = post(server.plain(), "/_matrix/client/v3/register", body);
    assert_eq!(status, 200, "{registered}");
    let text = |json: &str, field: &str| {
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        json[field].as_str().unwrap().to_owned()
    };
    let token = text(&registered, "access_token");
    let (_, synced) = get(server.plain(), &format!("/_matrix/client/v3/sync?access_token={token}"));
    let since = text(&synced, "next_batch");
    let path = format!("/_matrix/client/v3/sync?timeout=60000&since={since}&access_token={token}");
    let address = server.plain();
    let poll = std::thread::spawn(move || get(address, &path));
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    server.stop();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let (status, answer) = poll.join().unwrap();
    assert_eq!(status, 200, "{answer}");
    text(&answer, "next_batch");
}

#[test]
fn a_silent_connection_is_ended() {
    let server = Running::start(&["--set", "limits.header_timeout_seconds=1"]);
    for sent in [&b""[..], b"GET / HTTP/1.1\r\nhost:"] {
        let mut stream = TcpStream::connect(server.plain()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(sent).unwrap();
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        assert!(
            ended.is_ok() || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
        );
    }
}

#[test]
fn one_address_cannot_take_all_connections() {
    let server = Running::start(&[
        "--set",
        "limits.max_connections_per_address=2",
        "--set",
        "trusted_proxies=192.0.2.1",
    ]);
    let held: Vec<_> = (0..2).map(|_| TcpStream::connect(server.plain()).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(300));
    let mut third = TcpStream::connect(server.plain()).unwrap();
    third.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let ended = third.read(&mut [0; 1]);
    assert!(
        matches!(ended, Ok(0))
            || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    );
    drop(held);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(get(server.plain(), "/health").0, 200);
}

#[test]
fn systemd_hears_that_the_server_is_ready_and_that_it_stops() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut server = Running::start_with(&[("NOTIFY_SOCKET", path.to_str().unwrap())], &[]);
    let next = || {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    assert_eq!(next(), "READY=1");
    server.stop();
    assert_eq!(next(), "STOPPING=1");
}

#[test]
fn a_second_server_in_the_same_folder_is_refused() {
    let server = Running::start(&[]);
    let refusal = server.refused(&[]);
    assert!(refusal.contains("is in use by another process"), "{refusal}");
}

#[test]
fn a_wrong_configuration_is_refused_with_all_its_mistakes() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("alphorn.toml");
    std::fs::write(&file, "[limits]\nmax_uploads = 1\n[log]\nformat = 'loud'\n").unwrap();
    let output = alphorn()
        .args(["serve", "--config"])
        .arg(&file)
        .env("ALPHORN_PASSWORDS__MIN_LENGTH", "0")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    for expected in ["3 problems", "limits.max_uploads", "log.format", "ALPHORN_PASSWORDS__MIN_LENGTH"] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
fn man_pages_and_completions_are_written() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("man");
    assert!(alphorn().arg("man").arg(&dir).status().unwrap().success());
    assert!(dir.join("alphorn-user-add.1").exists());
    for shell in ["bash", "zsh", "fish"] {
        let output = alphorn().args(["completions", shell]).output().unwrap();
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("alphorn"));
    }
}
