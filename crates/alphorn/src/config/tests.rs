//! Precedence of the sources, and what is said about mistakes.

use std::path::Path;

use super::{Environment, Flag, Loaded, Problems, RegistrationMode, Source, load, reference};

fn flag(key: &str, value: &str) -> Flag {
    Flag { name: format!("--set {key}"), key: key.to_owned(), value: toml::Value::String(value.to_owned()) }
}

fn load_text(text: &str, environment: &Environment, flags: &[Flag]) -> Result<Loaded, Problems> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alphorn.toml");
    std::fs::write(&path, text).unwrap();
    load(environment, Some(&path), flags)
}

fn nothing() -> Environment {
    Environment::default()
}

#[test]
fn nothing_is_needed() {
    let loaded = load(&nothing(), None, &[]).unwrap();
    assert_eq!(loaded.config.data_dir, Path::new("./alphorn-data"));
    assert_eq!(loaded.config.listeners.len(), 2);
    assert_eq!(loaded.config.registration.mode, RegistrationMode::Token);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
}

#[test]
fn flags_beat_environment_beats_file_beats_defaults() {
    let file = "[limits]\nmax_upload_bytes = 1\nmax_connections = 1\nmax_body_bytes = 200000\n";
    let environment = Environment::from([
        ("ALPHORN_LIMITS__MAX_UPLOAD_BYTES", "2"),
        ("ALPHORN_LIMITS__MAX_CONNECTIONS", "2"),
        ("HOME", "/nowhere"),
    ]);
    let loaded = load_text(file, &environment, &[flag("limits.max_upload_bytes", "3")]).unwrap();
    let limits = &loaded.config.limits;
    assert_eq!((limits.max_upload_bytes, limits.max_connections, limits.max_body_bytes), (3, 2, 200_000));
    assert_eq!(limits.drain_seconds, 10);
    let origin = |key: &str| loaded.origins.get(key).cloned();
    assert_eq!(origin("limits.max_upload_bytes"), Some(Source::Flag("--set limits.max_upload_bytes".into())));
    assert_eq!(
        origin("limits.max_connections"),
        Some(Source::Environment("ALPHORN_LIMITS__MAX_CONNECTIONS".into()))
    );
}

#[test]
fn texts_from_outside_take_the_type_of_their_key() {
    let environment = Environment::from([
        ("ALPHORN_ROOMS__DEFAULT_VERSION", "11"),
        ("ALPHORN_LIMITS__RATE_LIMITS", "false"),
        ("ALPHORN_LIMITS__LOGIN__PER_SECOND", "3"),
        ("ALPHORN_TLS__EXTRA_NAMES", "a.example, b.example"),
        ("ALPHORN_LISTENERS", "[{ address = '127.0.0.1:1' }]"),
        ("ALPHORN_REGISTRATION__MODE", "open"),
    ]);
    let config = load(&environment, None, &[]).unwrap().config;
    assert_eq!(config.rooms.default_version, "11");
    assert!(!config.limits.rate_limits);
    assert!((config.limits.login.per_second - 3.0).abs() < f64::EPSILON);
    assert_eq!(config.limits.login.burst, 10);
    assert_eq!(config.tls.extra_names, ["a.example", "b.example"]);
    assert_eq!(config.listeners.len(), 1);
    assert_eq!(config.registration.mode, RegistrationMode::Open);
}

#[test]
fn every_mistake_is_named_at_once() {
    let file = "server_nmae = 'x'\n[limits]\nmax_upload_bytes = 'many'\n[[listeners]]\naddress = '127.0.0.1:1'\n\
                [[listeners]]\nadress = '127.0.0.1:1'\n[log]\nlevel = 'loud=very=much'\n";
    let environment = Environment::from([("ALPHORN_PASSWORDS__MIN_LENGTH", "-1")]);
    let problems = load_text(file, &environment, &[flag("rooms.default_version", "13")]).unwrap_err();
    let text = problems.to_string();
    assert_eq!(problems.0.len(), 6, "{text}");
    for expected in [
        "alphorn.toml: server_nmae: there is no such key\n    remedy: did you mean `server_name`?",
        "alphorn.toml: limits.max_upload_bytes: invalid type",
        "alphorn.toml: listeners[1]: ",
        "alphorn.toml: log.level: ",
        "environment ALPHORN_PASSWORDS__MIN_LENGTH: passwords.min_length: ",
        "flag --set rooms.default_version: rooms.default_version: `13`",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
}

#[test]
fn a_key_in_the_wrong_section_is_recognised() {
    let problems = load_text("[limits]\nshared_secret = 'x'", &nothing(), &[]).unwrap_err();
    assert!(problems.to_string().contains("did you mean `registration.shared_secret`?"), "{problems}");
}

#[test]
fn values_that_make_no_sense_together_are_refused() {
    let file = "[tls]\ncert_file = '/nowhere/cert.pem'\n[limits.message]\nper_second = 0\n\
                [federation]\ntrusted_ca_file = '/nowhere/ca.pem'\n";
    let text = load_text(file, &nothing(), &[]).unwrap_err().to_string();
    for expected in
        ["needs `tls.key_file`", "limits.message.per_second: 0 is no rate", "/nowhere/ca.pem cannot be read"]
    {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
}

#[test]
fn broken_and_missing_files_are_named() {
    let text = load_text("[limits\n", &nothing(), &[]).unwrap_err().to_string();
    assert!(text.contains("alphorn.toml: is not valid TOML"), "{text}");
    let text = load(&nothing(), Some(Path::new("/nowhere/x.toml")), &[]).unwrap_err().to_string();
    assert!(text.contains("file /nowhere/x.toml: cannot be read"), "{text}");
    let environment = Environment::from([("ALPHORN_CONFIG", "/nowhere/y.toml")]);
    assert!(load(&environment, None, &[]).unwrap_err().to_string().contains("/nowhere/y.toml"));
}

#[test]
fn variables_of_orchestrators_are_no_mistakes() {
    let environment = Environment::from([("ALPHORN_SERVICE_HOST", "10.0.0.1"), ("ALPHORN_BIN", "/x")]);
    let loaded = load(&environment, None, &[]).unwrap();
    assert_eq!(loaded.warnings.len(), 1);
    let environment = Environment::from([("ALPHORN_LIMITS__LOGINS", "1")]);
    assert!(load(&environment, None, &[]).is_err());
}

#[test]
fn systemd_gives_the_data_folder_unless_somebody_else_does() {
    let environment = Environment::from([("STATE_DIRECTORY", "/var/lib/alphorn:/var/lib/other")]);
    assert_eq!(load(&environment, None, &[]).unwrap().config.data_dir, Path::new("/var/lib/alphorn"));
    let loaded = load(&environment, None, &[flag("data_dir", "/srv/a")]).unwrap();
    assert_eq!(loaded.config.data_dir, Path::new("/srv/a"));
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let loaded = load(&nothing(), None, &[flag("registration.shared_secret", "hunter2")]).unwrap();
    assert_eq!(loaded.config.registration.shared_secret.as_ref().unwrap().reveal(), "hunter2");
    assert!(!format!("{loaded:?}").contains("hunter2"));
}

#[test]
fn the_reference_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        page == reference::reference_page(),
        "docs/configuration.md is stale: run `alphorn config reference > docs/configuration.md`"
    );
}
