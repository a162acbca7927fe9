//! An administrator hands out registration tokens.

use alphorn_tests::{Server, segment};
use serde_json::json;

use crate::administer_people::{ADMIN, administrator};

#[tokio::test]
async fn a_token_is_made_changed_and_removed() {
    let server = Server::builder().config("[registration]\nmode = \"token\"").start().await;
    let made = server.run(&["user", "add", "root", "--admin", "--generate", "--json"]);
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let login = json!({"type": "m.login.password", "user": "root", "password": made["password"]});
    let login = server.post("/_matrix/client/v3/login", login).await.expect_ok();
    let root = alphorn_tests::User::from_login(server.client(), &login).unwrap();
    let tokens = format!("{ADMIN}/registration_tokens");

    let token = root.post(&tokens, json!({"uses_allowed": 1, "length": 20})).await.expect_ok();
    assert_eq!(token["token"].as_str().unwrap().len(), 20);
    assert_eq!((&token["used"], &token["valid"]), (&json!(0), &json!(true)));
    let path = format!("{tokens}/{}", token["token"].as_str().unwrap());
    let validity = format!(
        "/_matrix/client/v1/register/m.login.registration_token/validity?token={}",
        token["token"].as_str().unwrap()
    );
    assert_eq!(server.get(&validity).await.expect_ok(), json!({"valid": true}));
    let changed =
        root.raw(http::Method::PATCH, &path, &[], r#"{"uses_allowed": 0}"#.into()).await.expect_ok();
    assert_eq!((&changed["uses_allowed"], &changed["valid"]), (&json!(0), &json!(false)));
    assert_eq!(server.get(&validity).await.expect_ok(), json!({"valid": false}));
    let changed =
        root.raw(http::Method::PATCH, &path, &[], r#"{"uses_allowed": null}"#.into()).await.expect_ok();
    assert_eq!((&changed["uses_allowed"], &changed["valid"]), (&json!(null), &json!(true)));
    root.delete(&path).await.expect_ok();
    root.get(&path).await.expect_error(404, "M_NOT_FOUND");
    root.delete(&path).await.expect_error(404, "M_NOT_FOUND");
    root.raw(http::Method::PATCH, &path, &[], "{}".into()).await.expect_error(404, "M_NOT_FOUND");
    assert_eq!(server.get(&validity).await.expect_ok(), json!({"valid": false}));
}

#[tokio::test]
async fn tokens_are_listed_in_pages_and_bad_ones_are_refused() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let tokens = format!("{ADMIN}/registration_tokens");
    for token in ["c", "a", "b"] {
        root.post(&tokens, json!({"token": token})).await.expect_ok();
    }
    let first = root.get(&format!("{tokens}?limit=2")).await.expect_ok();
    assert_eq!((&first["entries"][0]["token"], &first["entries"][1]["token"]), (&json!("a"), &json!("b")));
    let next = segment(first["next"].as_str().unwrap());
    let second = root.get(&format!("{tokens}?limit=2&from={next}")).await.expect_ok();
    assert_eq!((&second["entries"][0]["token"], &second["next"]), (&json!("c"), &json!(null)));
    for bad in [
        json!({"token": "a"}),
        json!({"token": ""}),
        json!({"token": "a b"}),
        json!({"token": "x".repeat(65)}),
        json!({"length": 3}),
        json!({"expires_at_ms": 1}),
        json!({"uses_allowed": 1u64 << 60}),
    ] {
        root.post(&tokens, bad).await.expect_error(400, "M_INVALID_PARAM");
    }
    root.post(&tokens, json!({"uses_allowed": -1})).await.expect_error(400, "M_BAD_JSON");
    root.post(&tokens, json!({"uses": 1})).await.expect_error(400, "M_BAD_JSON");
}
