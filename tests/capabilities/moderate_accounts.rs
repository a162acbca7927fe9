//! An administrator locks and suspends accounts.

use alphorn_tests::{Server, User, segment};
use serde_json::json;

async fn with_administrator(server: &Server) -> User {
    server.register("root").await;
    let made = server.run(&["user", "admin", "root"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    server.login("root").await
}

fn path(what: &str, user: &str) -> String {
    format!("/_matrix/client/v1/admin/{what}/{}", segment(user))
}

#[tokio::test]
async fn a_locked_account_can_only_sign_out() {
    let server = Server::start().await;
    let root = with_administrator(&server).await;
    let alice = server.register("alice").await;
    let whoami = "/_matrix/client/v3/account/whoami";

    root.put(&path("lock", &alice.user_id), json!({"locked": true})).await.expect_ok();
    assert_eq!(root.get(&path("lock", &alice.user_id)).await.expect_ok(), json!({"locked": true}));
    let locked = alice.get(whoami).await.expect_error(401, "M_USER_LOCKED");
    assert_eq!(locked["soft_logout"], true);
    let login =
        json!({"type": "m.login.password", "user": "alice", "password": alphorn_tests::server::PASSWORD});
    server.post("/_matrix/client/v3/login", login).await.expect_error(401, "M_USER_LOCKED");
    root.put(&path("lock", &alice.user_id), json!({"locked": false})).await.expect_ok();
    alice.get(whoami).await.expect_ok();

    root.put(&path("lock", &alice.user_id), json!({"locked": true})).await.expect_ok();
    alice.post("/_matrix/client/v3/logout", json!({})).await.expect_ok();
    root.put(&path("lock", &alice.user_id), json!({"locked": false})).await.expect_ok();
    alice.get(whoami).await.expect_error(401, "M_UNKNOWN_TOKEN");
}

#[tokio::test]
async fn a_suspended_account_can_read_but_not_change_its_profile() {
    let server = Server::start().await;
    let root = with_administrator(&server).await;
    let alice = server.register("alice").await;
    let profile = format!("/_matrix/client/v3/profile/{}/displayname", segment(&alice.user_id));
    root.put(&path("suspend", &alice.user_id), json!({"suspended": true})).await.expect_ok();
    alice.put(&profile, json!({"displayname": "x"})).await.expect_error(403, "M_USER_SUSPENDED");
    alice.sync(None).await;
    root.put(&path("suspend", &alice.user_id), json!({"suspended": false})).await.expect_ok();
    assert_eq!(root.get(&path("suspend", &alice.user_id)).await.expect_ok(), json!({"suspended": false}));
    alice.put(&profile, json!({"displayname": "x"})).await.expect_ok();
}

#[tokio::test]
async fn only_administrators_do_so_and_not_to_each_other() {
    let server = Server::start().await;
    let root = with_administrator(&server).await;
    let alice = server.register("alice").await;
    let body = json!({"locked": true, "suspended": true});
    for what in ["lock", "suspend"] {
        alice.put(&path(what, "@nobody:test.localhost"), body.clone()).await.expect_error(403, "M_FORBIDDEN");
        alice.get(&path(what, &root.user_id)).await.expect_error(403, "M_FORBIDDEN");
        root.put(&path(what, &root.user_id), body.clone()).await.expect_error(403, "M_FORBIDDEN");
        root.put(&path(what, "@nobody:test.localhost"), body.clone()).await.expect_error(404, "M_NOT_FOUND");
        root.put(&path(what, "@x:elsewhere.example"), body.clone())
            .await
            .expect_error(400, "M_INVALID_PARAM");
        root.put(&path(what, &alice.user_id), json!({})).await.expect_error(400, "M_MISSING_PARAM");
    }
}
