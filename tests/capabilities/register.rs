//! A person makes an account; scripts make accounts for others.

use alphorn_tests::server::{PASSWORD, SERVER_NAME, SHARED_SECRET};
use alphorn_tests::{Response, Server, User, segment};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

const REGISTER: &str = "/_matrix/client/v3/register";
const SCRIPTED: &str = "/_synapse/admin/v1/register";

async fn register(server: &Server, body: Value) -> Response {
    server.post(REGISTER, body).await
}

#[tokio::test]
async fn a_person_registers_step_by_step() {
    let server = Server::start().await;
    let wish = json!({"username": "Alice", "password": PASSWORD, "device_id": "PHONE"});

    let flows = register(&server, wish.clone()).await.expect_status(401);
    assert_eq!(flows["flows"], json!([{"stages": ["m.login.dummy"]}]));
    assert_eq!(flows.get("errcode"), None, "nothing went wrong yet");
    let auth = json!({"type": "m.login.dummy", "session": flows["session"]});

    // The session remembers what the first request asked for.
    let account = register(&server, json!({"auth": auth})).await.expect_ok();
    assert_eq!(account["user_id"], format!("@alice:{SERVER_NAME}"));
    assert_eq!(account["device_id"], "PHONE");

    // The answer was lost: the same request gets the same account again, but not with another password.
    let again = register(&server, json!({"auth": auth})).await.expect_ok();
    assert_eq!(again["user_id"], account["user_id"]);
    let other = json!({"password": "another password", "auth": auth});
    register(&server, other).await.expect_error(400, "M_USER_IN_USE");

    let profile = format!("/_matrix/client/v3/profile/@alice:{SERVER_NAME}");
    assert_eq!(server.get(&profile).await.expect_ok(), json!({"displayname": "alice"}));
}

#[tokio::test]
async fn names_and_passwords_that_cannot_be_had_are_refused_first() {
    let server = Server::start().await;
    server.register("alice").await;
    let long = "a".repeat(250);
    let cases = [
        (json!({"username": "alice"}), 400, "M_USER_IN_USE"),
        (json!({"username": "ALICE"}), 400, "M_USER_IN_USE"),
        (json!({"username": "a b"}), 400, "M_INVALID_USERNAME"),
        (json!({"username": "ümlaut"}), 400, "M_INVALID_USERNAME"),
        (json!({"username": ""}), 400, "M_INVALID_USERNAME"),
        (json!({"username": "_bridge"}), 400, "M_INVALID_USERNAME"),
        (json!({"username": long}), 400, "M_INVALID_USERNAME"),
        (json!({"username": 7}), 400, "M_BAD_JSON"),
        (json!([]), 400, "M_BAD_JSON"),
        (json!({"username": "bob", "password": "short"}), 400, "M_WEAK_PASSWORD"),
        (json!({"username": "bob", "password": PASSWORD, "auth": "yes"}), 400, "M_BAD_JSON"),
        (json!({"username": "bob", "auth": {"type": "m.login.dummy"}}), 400, "M_MISSING_PARAM"),
    ];
    for (body, status, errcode) in cases {
        register(&server, body).await.expect_error(status, errcode);
    }
    let wrong = json!({"username": "bob", "password": PASSWORD, "auth": {"type": "m.login.recaptcha"}});
    let answer = register(&server, wrong).await.expect_error(401, "M_FORBIDDEN");
    assert!(answer["flows"].is_array(), "it says how to go on: {answer}");

    let available = |name: &str| format!("{REGISTER}/available?username={name}");
    assert_eq!(server.get(&available("bob")).await.expect_ok(), json!({"available": true}));
    server.get(&available("alice")).await.expect_error(400, "M_USER_IN_USE");
    server.get(&available("a%20b")).await.expect_error(400, "M_INVALID_USERNAME");
    server.get(&format!("{REGISTER}/available")).await.expect_error(400, "M_MISSING_PARAM");
    server
        .post(&format!("{REGISTER}?kind=guest"), json!({}))
        .await
        .expect_error(403, "M_GUEST_ACCESS_FORBIDDEN");
    server.post(&format!("{REGISTER}?kind=robot"), json!({})).await.expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn a_registration_token_lets_in_as_many_as_it_allows() {
    let server = Server::builder().config("[registration]\nmode = \"token\"").start().await;
    let made = server.run(&["token", "add", "--token", "welcome", "--uses", "1"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let valid = |token: &str| {
        format!("/_matrix/client/v1/register/m.login.registration_token/validity?token={token}")
    };
    assert_eq!(server.get(&valid("welcome")).await.expect_ok(), json!({"valid": true}));
    assert_eq!(server.get(&valid("guess")).await.expect_ok(), json!({"valid": false}));

    let with = |name: &str, token: &str| {
        let auth = json!({"type": "m.login.registration_token", "token": token});
        json!({"username": name, "password": PASSWORD, "auth": auth})
    };
    register(&server, with("alice", "guess")).await.expect_error(401, "M_FORBIDDEN");
    register(&server, json!({"username": "alice", "password": PASSWORD, "auth": {"type": "m.login.dummy"}}))
        .await
        .expect_error(401, "M_FORBIDDEN");
    register(&server, with("alice", "welcome")).await.expect_ok();
    register(&server, with("bob", "welcome")).await.expect_error(401, "M_FORBIDDEN");
    assert_eq!(server.get(&valid("welcome")).await.expect_ok(), json!({"valid": false}));
}

#[tokio::test]
async fn a_closed_server_takes_nobody() {
    let server = Server::builder().config("[registration]\nmode = \"closed\"").start().await;
    let body = json!({"username": "alice", "password": PASSWORD, "auth": {"type": "m.login.dummy"}});
    register(&server, body).await.expect_error(403, "M_FORBIDDEN");
}

/// The body of a scripted registration with its MAC.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn scripted(nonce: &Value, name: &str, admin: bool, secret: &str) -> Value {
    let nonce = nonce["nonce"].as_str().unwrap_or_default();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    let role = if admin { "admin" } else { "notadmin" };
    mac.update([nonce, name, PASSWORD, role].join("\0").as_bytes());
    let mac: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"nonce": nonce, "username": name, "password": PASSWORD, "admin": admin, "mac": mac})
}

#[tokio::test]
async fn scripts_register_with_the_shared_secret() {
    let server = Server::builder().config("[registration]\nmode = \"closed\"").start().await;
    let nonce = server.get(SCRIPTED).await.expect_ok();

    let wrong = scripted(&nonce, "root", true, "a guess");
    server.post(SCRIPTED, wrong).await.expect_error(403, "M_UNKNOWN");
    let root = scripted(&nonce, "root", true, SHARED_SECRET);
    let answer = server.post(SCRIPTED, root.clone()).await.expect_ok();
    assert_eq!(answer["user_id"], format!("@root:{SERVER_NAME}"));
    server.post(SCRIPTED, root).await.expect_error(400, "M_UNKNOWN");

    let mut forged = scripted(&nonce, "eve", true, SHARED_SECRET);
    forged["nonce"] = "1.aaaa.bbbb".into();
    server.post(SCRIPTED, forged).await.expect_error(400, "M_UNKNOWN");
    let nonce = server.get(SCRIPTED).await.expect_ok();
    server
        .post(SCRIPTED, scripted(&nonce, "root", false, SHARED_SECRET))
        .await
        .expect_error(400, "M_USER_IN_USE");
    server.post(SCRIPTED, json!({"nonce": "x"})).await.expect_error(400, "M_MISSING_PARAM");

    // The administrator may look at others, which nobody else may.
    let nonce = server.get(SCRIPTED).await.expect_ok();
    server.post(SCRIPTED, scripted(&nonce, "bob", false, SHARED_SECRET)).await.expect_ok();
    let whois = |name: &str| format!("/_matrix/client/v3/admin/whois/@{name}:{SERVER_NAME}");
    server.login("root").await.get(&whois("bob")).await.expect_ok();
    server.login("bob").await.get(&whois("root")).await.expect_error(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn a_guest_may_do_little_until_it_becomes_an_ordinary_user() {
    let server = Server::builder().config("[registration]\nallow_guests = true").start().await;
    let other = server.post(&format!("{REGISTER}?kind=guest"), json!({})).await.expect_ok();
    let answer = server.post(&format!("{REGISTER}?kind=guest"), json!({})).await.expect_ok();
    let guest = User::from_login(server.client(), &answer).unwrap();
    let whoami = "/_matrix/client/v3/account/whoami";
    assert_eq!(guest.get(whoami).await.expect_ok()["is_guest"], true);
    let id = segment(&guest.user_id);
    let profile = |key: &str| format!("/_matrix/client/v3/profile/{id}/{key}");
    guest.put(&profile("displayname"), json!({"displayname": "Visitor"})).await.expect_ok();
    let code = "M_GUEST_ACCESS_FORBIDDEN";
    guest.put(&profile("m.tz"), json!({"m.tz": "UTC"})).await.expect_error(403, code);
    guest.get("/_matrix/client/v3/pushers").await.expect_error(403, code);
    guest
        .put(&format!("/_matrix/client/v3/user/{id}/account_data/x"), json!({}))
        .await
        .expect_error(403, code);
    guest
        .post("/_matrix/client/v3/user_directory/search", json!({"search_term": "a"}))
        .await
        .expect_error(403, code);

    let upgrade = |token: &Value| {
        let name = guest.user_id.trim_start_matches('@').split(':').next();
        let auth = json!({"type": "m.login.dummy"});
        json!({"username": name, "password": PASSWORD, "guest_access_token": token, "auth": auth})
    };
    register(&server, upgrade(&other["access_token"])).await.expect_error(403, "M_FORBIDDEN");
    let ordinary = register(&server, upgrade(&answer["access_token"])).await.expect_ok();
    assert_eq!(ordinary["user_id"], guest.user_id.as_str());
    let user = User::from_login(server.client(), &ordinary).unwrap();
    assert_eq!(user.get(whoami).await.expect_ok()["is_guest"], false);
    user.get("/_matrix/client/v3/pushers").await.expect_ok();
    assert_eq!(user.get(&profile("displayname")).await.expect_ok(), json!({"displayname": "Visitor"}));
    register(&server, upgrade(&answer["access_token"])).await.expect_error(403, "M_FORBIDDEN");
}
