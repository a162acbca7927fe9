//! An administrator looks after people's accounts through the administrator's API.

use std::time::{Duration, Instant};

use alphorn_tests::server::{PASSWORD, SERVER_NAME};
use alphorn_tests::{Server, User, segment};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

/// Where the administrator's API stands.
pub(crate) const ADMIN: &str = "/_alphorn/admin/v1";

/// A server's administrator.
pub(crate) async fn administrator(server: &Server) -> User {
    server.register("root").await;
    let made = server.run(&["user", "admin", "root"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    server.login("root").await
}

fn person(name: &str) -> String {
    format!("{ADMIN}/people/{}", segment(&format!("@{name}:{SERVER_NAME}")))
}

fn ids(page: &Value) -> Vec<&str> {
    page["entries"].as_array().unwrap().iter().map(|entry| entry["user_id"].as_str().unwrap()).collect()
}

/// All pages of a list, two entries at a time.
#[expect(clippy::panic, reason = "a list without an end is a failure of the test")]
async fn pages(root: &User, query: &str) -> Vec<String> {
    let (mut all, mut from) = (Vec::new(), String::new());
    for _ in 0..50 {
        let page = root.get(&format!("{ADMIN}/people?limit=2&{query}{from}")).await.expect_ok();
        assert!(page["entries"].as_array().unwrap().len() <= 2);
        all.extend(ids(&page).iter().map(|id| (*id).to_owned()));
        match page["next"].as_str() {
            Some(next) => from = format!("&from={}", segment(next)),
            None => return all,
        }
    }
    panic!("the list does not end: {all:?}");
}

#[tokio::test]
async fn every_operation_of_the_document_is_there_and_only_for_administrators() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    let document = server.get(&format!("{ADMIN}/openapi.json")).await.expect_ok();
    let written =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/admin-api.openapi.json"));
    assert_eq!(document, serde_json::from_str::<Value>(&written.unwrap()).unwrap());
    let mut checked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let path = path.replace(['{', '}'], "");
            let method: Method = method.to_uppercase().parse().unwrap();
            let send = async |user: &User| user.raw(method.clone(), &path, &[], Bytes::new()).await;
            if operation["security"] == json!([]) {
                assert_ne!(send(&alice).await.json()["errcode"], "M_UNRECOGNIZED", "{method} {path}");
                continue;
            }
            send(&alice).await.expect_error(403, "M_FORBIDDEN");
            let nobody = json!({"user_id": alice.user_id, "access_token": "x", "device_id": "x"});
            let nobody = User::from_login(server.client(), &nobody).unwrap();
            send(&nobody).await.expect_error(401, "M_UNKNOWN_TOKEN");
            let answer = send(&root).await.json();
            assert_ne!(answer["errcode"], "M_UNRECOGNIZED", "{method} {path}");
            assert_ne!(answer["errcode"], "M_UNKNOWN", "{method} {path}");
            checked += 1;
        }
    }
    assert!(checked > 15, "{checked}");
    root.get(&format!("{ADMIN}/nothing")).await.expect_error(404, "M_UNRECOGNIZED");
    assert!(server.log_errors().is_empty());
}

#[tokio::test]
async fn people_are_listed_in_pages_and_found_by_the_beginning_of_a_name() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    for name in ["anna", "annabel", "ben", "berta", "carla"] {
        server.register(name).await;
    }
    let all =
        ["anna", "annabel", "ben", "berta", "carla", "root"].map(|name| format!("@{name}:{SERVER_NAME}"));
    assert_eq!(pages(&root, "").await, all);
    assert_eq!(pages(&root, "search=ANN").await, all[..2]);
    assert_eq!(pages(&root, &format!("search={}", segment("@ben:test"))).await, all[2..3]);

    let carla = server.login("carla").await;
    let name = format!("/_matrix/client/v3/profile/{}/displayname", segment(&carla.user_id));
    carla.put(&name, json!({"displayname": "Ann Annen-Besson"})).await.expect_ok();
    // First those whose id begins so; each once.
    assert_eq!(pages(&root, "search=ann").await, [&all[0], &all[1], &all[4]].map(String::clone));
    assert_eq!(pages(&root, "search=bess%20ann").await, all[4..5]);
    assert_eq!(pages(&root, "search=nobody").await, Vec::<String>::new());

    assert_eq!(pages(&root, "kind=administrators").await, all[5..]);
    root.put(&format!("{}/lock", person("ben")), json!({"locked": true})).await.expect_ok();
    root.put(&format!("{}/suspension", person("anna")), json!({"suspended": true})).await.expect_ok();
    root.post(&format!("{}/deactivate", person("berta")), json!({})).await.expect_ok();
    assert_eq!(pages(&root, "kind=kept_out").await, [&all[0], &all[2]].map(String::clone));
    assert_eq!(pages(&root, "kind=kept_out&search=a").await, all[..1]);
    assert_eq!(pages(&root, "kind=deactivated").await, all[3..4]);
    assert_eq!(pages(&root, "kind=guests").await, Vec::<String>::new());

    root.get(&format!("{ADMIN}/people?kind=odd")).await.expect_error(400, "M_INVALID_PARAM");
    root.get(&format!("{ADMIN}/people?limit=many")).await.expect_error(400, "M_INVALID_PARAM");
    root.get(&format!("{ADMIN}/people?search=a&from=x")).await.expect_error(400, "M_INVALID_PARAM");
    let long = "x".repeat(300);
    root.get(&format!("{ADMIN}/people?search={long}")).await.expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn a_person_is_shown_with_devices_and_rooms() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    alice.create_room(json!({})).await;
    alice.upload("text/plain", "hello").await;
    let shown = root.get(&person("alice")).await.expect_ok();
    assert_eq!(shown["person"]["user_id"], alice.user_id);
    assert_eq!(shown["person"]["has_password"], true);
    assert_eq!(shown["joined_rooms"], 1);
    assert_eq!((&shown["media_files"], &shown["media_bytes"]), (&json!(1), &json!(5)));
    assert_eq!(shown["devices"][0]["device_id"], alice.device_id);
    assert!(shown["devices"][0]["last_seen_at_ms"].is_u64());
    assert!(!shown.to_string().contains("argon2"));
    root.get(&person("nobody")).await.expect_error(404, "M_NOT_FOUND");
    root.get(&format!("{ADMIN}/people/alice")).await.expect_error(400, "M_INVALID_PARAM");
    let elsewhere = format!("{ADMIN}/people/{}", segment("@a:elsewhere.example"));
    root.get(&elsewhere).await.expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn an_invited_person_sets_a_password_once() {
    let server = Server::builder().config("public_base_url = \"https://chat.test/\"").start().await;
    let root = administrator(&server).await;
    let wish = json!({"username": "nadia", "display_name": "Nadia Frei"});
    let made = root.post(&format!("{ADMIN}/people"), wish.clone()).await.expect_ok();
    assert_eq!(made["user_id"], format!("@nadia:{SERVER_NAME}"));
    let code = made["code"].as_str().unwrap();
    assert_eq!(made["link"], format!("https://chat.test/#/invitation/{code}"));
    root.post(&format!("{ADMIN}/people"), wish).await.expect_error(400, "M_USER_IN_USE");
    let shown = root.get(&person("nadia")).await.expect_ok();
    assert_eq!(shown["person"]["has_password"], false);
    assert_eq!(shown["person"]["invitation_expires_at_ms"], made["expires_at_ms"]);

    let (look, accept) = ("/_alphorn/v1/invitation", "/_alphorn/v1/invitation/accept");
    let seen = server.post(look, json!({"code": code})).await.expect_ok();
    assert_eq!((&seen["user_id"], &seen["display_name"]), (&made["user_id"], &json!("Nadia Frei")));
    server.post(look, json!({"code": "guess"})).await.expect_error(403, "M_FORBIDDEN");
    server.post(look, json!({})).await.expect_error(400, "M_MISSING_PARAM");
    let weak = json!({"code": code, "password": "short"});
    server.post(accept, weak).await.expect_error(400, "M_WEAK_PASSWORD");
    let acceptance = json!({"code": code, "password": PASSWORD, "device_id": "WARD4B"});
    let session = server.post(accept, acceptance.clone()).await.expect_ok();
    assert_eq!(session["device_id"], "WARD4B");
    let nadia = User::from_login(server.client(), &session).unwrap();
    nadia.sync(None).await;
    server.post(accept, acceptance).await.expect_error(403, "M_FORBIDDEN");
    server.login("nadia").await;

    // Forgotten: another one, which logs out when it is used; only the newest is good.
    let path = format!("{}/invitation", person("nadia"));
    let first = root.post(&path, json!({"log_out": true})).await.expect_ok();
    let second = root.post(&path, json!({"log_out": true})).await.expect_ok();
    let acceptance = |made: &Value| json!({"code": made["code"], "password": "another password"});
    server.post(accept, acceptance(&first)).await.expect_error(403, "M_FORBIDDEN");
    server.post(accept, acceptance(&second)).await.expect_ok();
    nadia.get("/_matrix/client/v3/account/whoami").await.expect_error(401, "M_UNKNOWN_TOKEN");

    // Taken back, or of a locked account: no good.
    let third = root.post(&path, json!({})).await.expect_ok();
    root.put(&format!("{}/lock", person("nadia")), json!({"locked": true})).await.expect_ok();
    server.post(accept, acceptance(&third)).await.expect_error(401, "M_USER_LOCKED");
    root.put(&format!("{}/lock", person("nadia")), json!({"locked": false})).await.expect_ok();
    root.delete(&path).await.expect_ok();
    root.delete(&path).await.expect_error(404, "M_NOT_FOUND");
    server.post(accept, acceptance(&third)).await.expect_error(403, "M_FORBIDDEN");
    for bad in [json!({"expires_in_ms": 1}), json!({"expires_in_ms": 1u64 << 50})] {
        root.post(&path, bad).await.expect_error(400, "M_INVALID_PARAM");
    }
    for (name, errcode) in [("a b", "M_INVALID_USERNAME"), ("", "M_INVALID_USERNAME")] {
        let wish = json!({"username": name});
        root.post(&format!("{ADMIN}/people"), wish).await.expect_error(400, errcode);
    }
    root.post(&format!("{ADMIN}/people"), json!({"username": "x", "admin": true}))
        .await
        .expect_error(400, "M_BAD_JSON");
}

#[tokio::test]
async fn passwords_and_devices_are_taken_away() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let (phone, laptop) = (server.register("alice").await, server.login("alice").await);
    let whoami = "/_matrix/client/v3/account/whoami";
    let device = format!("{}/devices/{}", person("alice"), segment(&phone.device_id));
    assert_eq!(root.delete(&device).await.expect_ok(), json!({"devices": 1}));
    root.delete(&device).await.expect_error(404, "M_NOT_FOUND");
    phone.get(whoami).await.expect_error(401, "M_UNKNOWN_TOKEN");

    let path = format!("{}/password", person("alice"));
    root.put(&path, json!({"password": "short"})).await.expect_error(400, "M_WEAK_PASSWORD");
    root.put(&path, json!({"password": PASSWORD, "log_out": false})).await.expect_ok();
    laptop.get(whoami).await.expect_ok();
    root.put(&path, json!({"password": PASSWORD})).await.expect_ok();
    laptop.get(whoami).await.expect_error(401, "M_UNKNOWN_TOKEN");

    server.login("alice").await;
    let all = format!("{}/devices", person("alice"));
    assert_eq!(root.delete(&all).await.expect_ok(), json!({"devices": 1}));
    assert_eq!(root.delete(&all).await.expect_ok(), json!({"devices": 0}));
    root.delete(&format!("{}/devices", person("nobody"))).await.expect_error(404, "M_NOT_FOUND");
    root.put(&format!("{}/password", person("nobody")), json!({"password": PASSWORD}))
        .await
        .expect_error(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    let rights = |name: &str| format!("{}/administrator", person(name));
    root.put(&rights("root"), json!({"administrator": false})).await.expect_error(403, "M_FORBIDDEN");
    root.put(&rights("alice"), json!({"administrator": true})).await.expect_ok();
    alice.get(&format!("{ADMIN}/people")).await.expect_ok();
    // Administrators are neither locked nor closed before their rights are taken.
    alice
        .put(&format!("{}/lock", person("root")), json!({"locked": true}))
        .await
        .expect_error(403, "M_FORBIDDEN");
    alice.post(&format!("{}/deactivate", person("root")), json!({})).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&rights("root"), json!({"administrator": false})).await.expect_ok();
    root.get(&format!("{ADMIN}/people")).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&rights("alice"), json!({"administrator": false})).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&rights("nobody"), json!({"administrator": true})).await.expect_error(404, "M_NOT_FOUND");
    alice.put(&rights("root"), json!({})).await.expect_error(400, "M_MISSING_PARAM");
}

#[tokio::test]
async fn a_deactivated_person_is_gone_from_rooms() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    let room = root.create_room(json!({"invite": [alice.user_id]})).await;
    alice.join(&room).await;
    let gone =
        root.post(&format!("{}/deactivate", person("alice")), json!({"erase": true})).await.expect_ok();
    assert_eq!((&gone["deactivated"], &gone["erased"]), (&json!(true), &json!(true)));
    alice.get("/_matrix/client/v3/account/whoami").await.expect_error(401, "M_UNKNOWN_TOKEN");
    let member = root.state(&room, "m.room.member", &alice.user_id).await;
    assert_eq!(member["membership"], "leave");
    root.put(&format!("{}/password", person("alice")), json!({"password": PASSWORD}))
        .await
        .expect_error(403, "M_USER_DEACTIVATED");
}

#[tokio::test]
async fn who_is_locked_or_signed_out_while_waiting_hears_of_it_at_once() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let ben = server.register("ben").await;
    let room = ben.create_room(json!({})).await;
    let sliding = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync";
    let list =
        json!({ "lists": { "all": { "ranges": [[0, 9]], "required_state": [], "timeline_limit": 1 } } });
    let waits = async |user: &User| {
        let since = user.sync(None).await["next_batch"].as_str().unwrap().to_owned();
        let pos = user.post(sliding, list.clone()).await.expect_ok()["pos"].as_str().unwrap().to_owned();
        let classic = format!("/_matrix/client/v3/sync?timeout=30000&since={}", segment(&since));
        (classic, format!("{sliding}?timeout=30000&pos={}", segment(&pos)))
    };

    let (classic, slide) = waits(&ben).await;
    let moment = Duration::from_millis(500);
    let lock = async {
        tokio::time::sleep(moment).await;
        root.put(&format!("{}/lock", person("ben")), json!({"locked": true})).await.expect_ok();
    };
    let started = Instant::now();
    let (one, other, ()) = tokio::join!(ben.get(&classic), ben.post(&slide, list.clone()), lock);
    assert!(started.elapsed() < Duration::from_secs(20), "they waited on");
    for answer in [one, other] {
        assert_eq!(answer.expect_error(401, "M_USER_LOCKED")["soft_logout"], true);
    }
    root.put(&format!("{}/lock", person("ben")), json!({"locked": false})).await.expect_ok();

    let (classic, slide) = waits(&ben).await;
    let sign_out = async {
        tokio::time::sleep(moment).await;
        root.delete(&format!("{}/devices", person("ben"))).await.expect_ok();
    };
    let started = Instant::now();
    let (one, other, ()) = tokio::join!(ben.get(&classic), ben.post(&slide, list.clone()), sign_out);
    assert!(started.elapsed() < Duration::from_secs(20), "they waited on");
    for answer in [one, other] {
        answer.expect_error(401, "M_UNKNOWN_TOKEN");
    }
    // Whoever signs in again is answered again.
    let ben = server.login("ben").await;
    assert!(ben.sync(None).await["rooms"]["join"][&room].is_object());
}
