//! The commands around a server, with the server running and without: both must do the same.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "process/running.rs"]
mod running;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use running::{Running, alphorn, get, post};
use serde_json::{Value, json};

/// Argon2id at its cheapest: these tests are not about its cost.
const CHEAP: [(&str, &str); 2] =
    [("ALPHORN_PASSWORDS__MEMORY_KIB", "8"), ("ALPHORN_PASSWORDS__ITERATIONS", "1")];

fn run(data_dir: &Path, words: &[&str]) -> Output {
    alphorn().args(words).arg("--data-dir").arg(data_dir).envs(CHEAP).stdin(Stdio::null()).output().unwrap()
}

fn says(data_dir: &Path, words: &[&str]) -> Value {
    let output = run(data_dir, &[words, &["--json"]].concat());
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refuses(data_dir: &Path, words: &[&str]) -> String {
    let output = run(data_dir, words);
    assert!(!output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn with_each_state_of_the_server(test: impl Fn(&Path)) {
    let running = Running::start_with(&CHEAP, &[]);
    test(&running.data_dir());
    let mut stopped = Running::start_with(&CHEAP, &[]);
    stopped.stop();
    test(&stopped.data_dir());
}

#[test]
fn accounts_are_made_listed_changed_and_closed() {
    with_each_state_of_the_server(|dir| {
        let made = says(dir, &["user", "add", "anna", "--admin", "--generate"]);
        assert_eq!(made["user_id"], "@anna:localhost");
        assert_eq!(made["password"].as_str().unwrap().len(), 20);
        says(dir, &["user", "add", "@ben:localhost", "--generate"]);
        assert!(refuses(dir, &["user", "add", "anna", "--generate"]).contains("taken"));
        assert!(refuses(dir, &["user", "add", "Anna", "--generate"]).contains("may only have"));
        assert!(refuses(dir, &["user", "add", "@anna:elsewhere", "--generate"]).contains("another server"));
        assert!(refuses(dir, &["user", "passwd", "nobody", "--generate"]).contains("no such account"));
        says(dir, &["user", "passwd", "ben", "--generate"]);
        says(dir, &["user", "admin", "ben"]);
        says(dir, &["user", "admin", "anna", "--revoke"]);
        says(dir, &["user", "deactivate", "anna"]);
        assert!(refuses(dir, &["user", "admin", "anna"]).contains("deactivated"));
        let users = says(dir, &["user", "list"])["users"].clone();
        let flags = |index: usize| (users[index]["admin"].clone(), users[index]["deactivated"].clone());
        assert_eq!(users.as_array().unwrap().len(), 2);
        assert_eq!((flags(0), flags(1)), ((json!(false), json!(true)), (json!(true), json!(false))));
        let words = String::from_utf8(run(dir, &["user", "list"]).stdout).unwrap();
        assert!(words.contains("@ben:localhost") && words.contains("deactivated"), "{words}");
    });
}

fn add_user(data_dir: &Path, name: &str, password: &str) -> Output {
    let mut command = alphorn();
    command.args(["user", "add", name, "--password-stdin", "--data-dir"]).arg(data_dir).envs(CHEAP);
    let mut child =
        command.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_password_comes_from_standard_input() {
    let mut server = Running::start_with(&CHEAP, &[]);
    let add = |password: &str| add_user(&server.data_dir(), "anna", password);
    let short = add("short\n");
    assert!(String::from_utf8_lossy(&short.stderr).contains("at least 8 characters"), "{short:?}");
    assert!(!add("").status.success());
    let good = add("long enough\nand nothing else");
    assert!(good.status.success());
    assert!(!String::from_utf8_lossy(&good.stdout).contains("long enough"));
    server.stop();
}

#[test]
fn registration_tokens_are_made_listed_and_removed() {
    with_each_state_of_the_server(|dir| {
        let made = says(dir, &["token", "add", "--uses", "3", "--expires-in", "7d"]);
        let token = made["token"].as_str().unwrap().to_owned();
        assert_eq!((token.len(), &made["uses_allowed"]), (16, &json!(3)));
        says(dir, &["token", "add", "--token", "for-ever"]);
        assert!(refuses(dir, &["token", "add", "--token", "for-ever"]).contains("there already"));
        assert!(refuses(dir, &["token", "add", "--token", "with space"]).contains("1 to 64"));
        let listed = says(dir, &["token", "list"]);
        assert_eq!(listed["tokens"].as_array().unwrap().len(), 2);
        says(dir, &["token", "remove", &token]);
        assert!(refuses(dir, &["token", "remove", &token]).contains("no such token"));
        assert_eq!(says(dir, &["token", "list"])["tokens"][0]["token"], "for-ever");
    });
}

#[test]
fn rooms_are_listed_and_unknown_ones_are_refused() {
    with_each_state_of_the_server(|dir| {
        assert_eq!(says(dir, &["room", "list"]), json!({ "rooms": [] }));
        for room in ["!nothing:localhost", "#nothing:localhost", "nothing"] {
            assert!(refuses(dir, &["room", "show", room]).contains("there is no room"), "{room}");
        }
    });
}

#[test]
fn the_store_is_checked_at_any_time_and_rebuilt_only_at_rest() {
    let mut server = Running::start_with(&CHEAP, &[]);
    let dir = server.data_dir();
    says(&dir, &["user", "add", "anna", "--generate"]);
    let check = says(&dir, &["store", "check"]);
    assert_eq!(check["problems"], json!([]));
    assert!(refuses(&dir, &["store", "rebuild"]).contains("in use by another process"));
    server.stop();
    let records = says(&dir, &["store", "check"])["records"].clone();
    assert!(records.as_u64().is_some_and(|records| records > 0), "{records}");
    assert_eq!(says(&dir, &["store", "rebuild"]), json!({ "records": records }));
    assert_eq!(says(&dir, &["user", "list"])["users"][0]["user_id"], "@anna:localhost");
    let left: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("check-") || name.ends_with(".sock"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_backup_of_a_running_server_is_restored_whole() {
    let server = Running::start_with(&CHEAP, &["--server-name", "chat.example"]);
    let dir = server.data_dir();
    says(&dir, &["user", "add", "anna", "--admin", "--generate"]);
    let login = r#"{"type":"m.login.password","identifier":{"type":"m.id.user","user":"ben"},"password":"long enough"}"#;
    add_user(&dir, "ben", "long enough");
    let (status, answer) = post(server.plain(), "/_matrix/client/v3/login", login);
    assert_eq!(status, 200, "{answer}");
    let token = serde_json::from_str::<Value>(&answer).unwrap()["access_token"].as_str().unwrap().to_owned();
    let upload = format!("/_matrix/media/v3/upload?filename=a.txt&access_token={token}");
    assert_eq!(post(server.plain(), &upload, "some text in a file").0, 200);
    let medium = files_below(&dir.join("media")).pop().unwrap();
    let home = tempfile::tempdir().unwrap();
    let (backup, restored) = (home.path().join("backup"), home.path().join("restored"));
    let made = says(&dir, &["backup", backup.to_str().unwrap()]);
    assert_eq!(made["server_name"], "chat.example");
    assert!(refuses(&dir, &["backup", backup.to_str().unwrap()]).contains("is not empty"));
    assert!(refuses(&dir, &["restore", backup.to_str().unwrap()]).contains("is not empty"));
    says(&restored, &["restore", backup.to_str().unwrap()]);
    assert_eq!(says(&restored, &["user", "list"])["users"][0]["user_id"], "@anna:chat.example");
    let medium = medium.strip_prefix(&dir).unwrap();
    for file in [Path::new("signing.key"), Path::new("tls/ca.pem"), Path::new("tls/ca.key"), medium] {
        assert_eq!(
            std::fs::read(restored.join(file)).unwrap(),
            std::fs::read(dir.join(file)).unwrap(),
            "{}",
            file.display()
        );
        assert_eq!(std::fs::metadata(restored.join(file)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(says(&restored, &["store", "check"])["problems"], json!([]));
    std::fs::write(restored.join(medium), "some text in a lie!").unwrap();
    assert!(refuses(&restored, &["store", "check"]).contains("the store has 1 problems"));
    let again = Running::start_on(&restored, &CHEAP);
    assert!(again.announced().contains("Alphorn serves chat.example"));
    assert!(!again.announced().contains("no administrator"));
    assert_eq!(get(again.plain(), "/ready").0, 200);
    assert_eq!(post(again.plain(), "/_matrix/client/v3/login", login).0, 200);
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let mut server = Running::start_with(&CHEAP, &[]);
    let dir = server.data_dir();
    server.stop();
    let home = tempfile::tempdir().unwrap();
    let (backup, restored) = (home.path().join("backup"), home.path().join("restored"));
    says(&dir, &["backup", backup.to_str().unwrap()]);
    let path = backup.join("alphorn.db");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(
        refuses(&restored, &["restore", backup.to_str().unwrap()])
            .contains("alphorn.db of the backup is damaged")
    );
    assert!(!restored.exists());
    std::fs::remove_file(backup.join("backup.json")).unwrap();
    assert!(refuses(&restored, &["restore", backup.to_str().unwrap()]).contains("no complete backup"));
    std::fs::write(backup.join("backup.json"), r#"{"format": 99}"#).unwrap();
    assert!(refuses(&restored, &["restore", backup.to_str().unwrap()]).contains("use a newer alphorn"));
}

#[test]
fn an_unfinished_restore_is_not_served() {
    let mut server = Running::start_with(&CHEAP, &[]);
    server.stop();
    std::fs::write(server.data_dir().join("restoring"), "").unwrap();
    assert!(server.refused(&[]).contains("unfinished restore"));
}

#[test]
fn commands_reach_a_server_whose_folder_has_a_long_name() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("a".repeat(100)).join("b".repeat(100));
    let _server = Running::start_on(&dir, &CHEAP);
    assert_eq!(std::fs::metadata(dir.join("admin.sock")).unwrap().permissions().mode() & 0o777, 0o600);
    says(&dir, &["user", "add", "anna", "--generate"]);
}

#[test]
fn without_a_data_folder_commands_say_so() {
    let home = tempfile::tempdir().unwrap();
    for words in [&["user", "list"][..], &["store", "check"], &["backup", "/nowhere/backup"]] {
        let text = refuses(&home.path().join("none"), words);
        assert!(text.contains("there is no data"), "{text}");
    }
}
