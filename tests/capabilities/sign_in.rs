//! Signing in and out, on several devices.

use alphorn_tests::server::{PASSWORD, SERVER_NAME};
use alphorn_tests::{Server, User};
use serde_json::{Value, json};

const LOGIN: &str = "/_matrix/client/v3/login";
const WHOAMI: &str = "/_matrix/client/v3/account/whoami";

fn password_login(user: &str, password: &str) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
    })
}

#[tokio::test]
async fn a_person_signs_in_by_name_or_id_and_only_with_the_password() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let older = json!({"type": "m.login.password", "user": "alice", "password": PASSWORD});
    for body in [
        password_login("alice", PASSWORD),
        password_login("Alice", PASSWORD),
        password_login(&alice.user_id, PASSWORD),
        older,
    ] {
        assert_eq!(server.post(LOGIN, body).await.expect_ok()["user_id"], alice.user_id.as_str());
    }
    let cases = [
        (password_login("alice", "wrong"), 403, "M_FORBIDDEN"),
        (password_login("nobody", PASSWORD), 403, "M_FORBIDDEN"),
        (password_login("@alice:elsewhere.example", PASSWORD), 403, "M_FORBIDDEN"),
        (password_login("alice", ""), 403, "M_FORBIDDEN"),
        (json!({"type": "m.login.password", "user": "alice"}), 400, "M_MISSING_PARAM"),
        (json!({"type": "m.login.password", "password": PASSWORD}), 400, "M_MISSING_PARAM"),
        (json!({"type": "m.login.magic"}), 400, "M_UNKNOWN"),
        (json!({"password": PASSWORD}), 400, "M_MISSING_PARAM"),
        (json!({"type": "m.login.token", "token": "guess"}), 403, "M_FORBIDDEN"),
        (json!({"type": "m.login.application_service"}), 401, "M_MISSING_TOKEN"),
        (json!({"type": 1}), 400, "M_BAD_JSON"),
    ];
    for (body, status, errcode) in cases {
        server.post(LOGIN, body).await.expect_error(status, errcode);
    }
}

#[tokio::test]
async fn a_session_lasts_until_its_device_signs_out() {
    let server = Server::start().await;
    let phone = server.register("alice").await;
    let laptop = server.login("alice").await;
    let tablet = server.login("alice").await;
    let me = phone.get(WHOAMI).await.expect_ok();
    assert_eq!(me, json!({"user_id": phone.user_id, "device_id": phone.device_id, "is_guest": false}));

    phone.post("/_matrix/client/v3/logout", json!({})).await.expect_ok();
    let gone = phone.get(WHOAMI).await.expect_error(401, "M_UNKNOWN_TOKEN");
    assert_eq!(gone["soft_logout"], false);
    laptop.get(WHOAMI).await.expect_ok();

    laptop.post("/_matrix/client/v3/logout/all", json!({})).await.expect_ok();
    laptop.get(WHOAMI).await.expect_error(401, "M_UNKNOWN_TOKEN");
    tablet.get(WHOAMI).await.expect_error(401, "M_UNKNOWN_TOKEN");
    server.get(WHOAMI).await.expect_error(401, "M_MISSING_TOKEN");
}

#[tokio::test]
async fn signing_in_again_on_a_device_ends_its_older_session() {
    let server = Server::start().await;
    server.register("alice").await;
    let mut body = password_login("alice", PASSWORD);
    body["device_id"] = "PHONE".into();
    let first =
        User::from_login(server.client(), &server.post(LOGIN, body.clone()).await.expect_ok()).unwrap();
    let second = User::from_login(server.client(), &server.post(LOGIN, body).await.expect_ok()).unwrap();
    assert_eq!(second.device_id, "PHONE");
    first.get(WHOAMI).await.expect_error(401, "M_UNKNOWN_TOKEN");
    second.get(WHOAMI).await.expect_ok();
}

#[tokio::test]
async fn a_refresh_token_gives_new_tokens_and_the_old_ones_end_with_their_use() {
    let server = Server::start().await;
    server.register("alice").await;
    let mut body = password_login("alice", PASSWORD);
    body["refresh_token"] = true.into();
    let first = server.post(LOGIN, body).await.expect_ok();
    assert!(first["expires_in_ms"].as_u64().unwrap() > 0);

    let refresh = |answer: &Value| json!({"refresh_token": answer["refresh_token"]});
    let path = "/_matrix/client/v3/refresh";
    let lost = server.post(path, refresh(&first)).await.expect_ok();
    // The answer was lost, so the client asks again: neither locks it out.
    let second = server.post(path, refresh(&first)).await.expect_ok();
    assert_ne!(lost["access_token"], second["access_token"]);

    let user = |answer: &Value| {
        let mut user = User::from_login(server.client(), &first).unwrap();
        user.access_token = answer["access_token"].as_str().unwrap().to_owned();
        user
    };
    user(&first).get(WHOAMI).await.expect_ok();
    user(&second).get(WHOAMI).await.expect_ok();
    user(&first).get(WHOAMI).await.expect_error(401, "M_UNKNOWN_TOKEN");
    server.post(path, refresh(&first)).await.expect_error(401, "M_UNKNOWN_TOKEN");
    server.post(path, json!({"refresh_token": "guess"})).await.expect_error(401, "M_UNKNOWN_TOKEN");
    server.post(path, json!({})).await.expect_error(400, "M_MISSING_PARAM");
}

#[tokio::test]
async fn a_login_token_brings_one_further_device_in() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let path = "/_matrix/client/v1/login/get_token";
    let challenge = alice.post(path, json!({})).await.expect_status(401);
    let auth = json!({
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "alice"},
        "password": PASSWORD,
        "session": challenge["session"],
    });
    let answer = alice.post(path, json!({"auth": auth})).await.expect_ok();

    let login = json!({"type": "m.login.token", "token": answer["login_token"]});
    let device = server.post(LOGIN, login.clone()).await.expect_ok();
    assert_eq!(device["user_id"], alice.user_id.as_str());
    assert_ne!(device["device_id"], alice.device_id.as_str());
    server.post(LOGIN, login).await.expect_error(403, "M_FORBIDDEN");
    let flows = server.get(LOGIN).await.expect_ok();
    let token_flow = json!({"type": "m.login.token", "get_login_token": true});
    assert!(flows["flows"].as_array().unwrap().contains(&token_flow), "{flows}");
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let limits = "[limits]\nrate_limits = true\nlogin = { per_second = 0.01, burst = 3 }";
    let server = Server::builder().config(limits).start().await;
    for _ in 0..3 {
        server.post(LOGIN, password_login("alice", "guess")).await.expect_error(403, "M_FORBIDDEN");
    }
    let refused = server.post(LOGIN, password_login("alice", "guess")).await;
    let body = refused.expect_error(429, "M_LIMIT_EXCEEDED");
    assert!(body["retry_after_ms"].as_u64().unwrap() > 1_000);
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 1);
}

#[tokio::test]
async fn a_client_learns_what_the_server_offers() {
    let server = Server::builder().config("public_base_url = \"https://chat.example.org/\"").start().await;
    let versions = server.get("/_matrix/client/versions").await.expect_ok();
    for version in ["r0.6.1", "v1.1", "v1.11", "v1.19"] {
        assert!(versions["versions"].as_array().unwrap().contains(&version.into()), "{versions}");
    }
    assert_eq!(versions["unstable_features"]["org.matrix.simplified_msc3575"], true);
    let well_known = server.get("/.well-known/matrix/client").await.expect_ok();
    assert_eq!(well_known, json!({"m.homeserver": {"base_url": "https://chat.example.org"}}));

    let alice = server.register("alice").await;
    let capabilities = alice.get("/_matrix/client/v3/capabilities").await.expect_ok();
    assert_eq!(capabilities["capabilities"]["m.room_versions"]["default"], "12");
    assert_eq!(capabilities["capabilities"]["m.room_versions"]["available"]["1"], "stable");
    assert_eq!(alice.user_id, format!("@alice:{SERVER_NAME}"));
    server.get("/_matrix/client/v3/capabilities").await.expect_error(401, "M_MISSING_TOKEN");
    // There is no OAuth here, and clients are told so in the way they look for.
    server.get("/_matrix/client/v1/auth_metadata").await.expect_error(404, "M_UNRECOGNIZED");
}
