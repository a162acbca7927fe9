//! An administrator looks after files, settings and nodes.

use alphorn_tests::{Server, User, segment};
use http::Method;
use serde_json::{Value, json};

use crate::administer_people::{ADMIN, administrator};

fn id_of(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap()
}

fn download(uri: &str) -> String {
    format!("/_matrix/client/v1/media/download/test.localhost/{}", id_of(uri))
}

async fn patch(root: &User, path: &str, body: Value) -> alphorn_tests::Response {
    root.raw(Method::PATCH, path, &[], body.to_string().into()).await
}

#[tokio::test]
async fn files_are_counted_kept_back_and_deleted() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let (alice, ben) = (server.register("alice").await, server.register("ben").await);
    let small = ben.upload("text/plain", "12345").await;
    let (one, two) = (alice.upload("text/plain", "1234567890").await, alice.upload("text/plain", "x").await);

    let totals = root.get(&format!("{ADMIN}/media/totals?limit=1")).await.expect_ok();
    assert_eq!(totals["entries"][0], json!({"user_id": alice.user_id, "files": 2, "bytes": 11}));
    let next = segment(totals["next"].as_str().unwrap());
    let totals = root.get(&format!("{ADMIN}/media/totals?limit=1&from={next}")).await.expect_ok();
    assert_eq!(totals["entries"][0], json!({"user_id": ben.user_id, "files": 1, "bytes": 5}));
    assert_eq!(totals["next"], json!(null));

    let files = format!("{ADMIN}/people/{}/media", segment(&alice.user_id));
    let newest = root.get(&format!("{files}?limit=1")).await.expect_ok();
    assert_eq!(newest["entries"][0]["uri"], two);
    let next = segment(newest["next"].as_str().unwrap());
    let older = root.get(&format!("{files}?limit=1&from={next}")).await.expect_ok();
    assert_eq!((&older["entries"][0]["uri"], &older["next"]), (&json!(one), &json!(null)));

    let file = format!("{ADMIN}/media/{}", id_of(&one));
    root.put(&format!("{file}/quarantine"), json!({"quarantined": true})).await.expect_ok();
    alice.get(&download(&one)).await.expect_error(404, "M_NOT_FOUND");
    let kept = root.get(&format!("{ADMIN}/media/quarantined")).await.expect_ok();
    assert_eq!(kept["entries"][0]["media_id"], id_of(&one));
    root.put(&format!("{file}/quarantine"), json!({"quarantined": false})).await.expect_ok();
    assert_eq!(alice.get(&download(&one)).await.status.as_u16(), 200);
    root.delete(&file).await.expect_ok();
    root.delete(&file).await.expect_error(404, "M_NOT_FOUND");
    alice.get(&download(&one)).await.expect_error(404, "M_NOT_FOUND");
    root.put(&format!("{file}/quarantine"), json!({"quarantined": true}))
        .await
        .expect_error(404, "M_NOT_FOUND");

    // Files that messages refer to, of whoever sent them: nobody loses a file because somebody else named it.
    let room = ben.create_room(json!({})).await;
    let image = |url: &str| json!({"msgtype": "m.image", "body": "x", "url": url});
    ben.send(&room, "m.room.message", image(&small)).await;
    ben.send(&room, "m.room.message", image(&two)).await;
    let purge = format!("{ADMIN}/rooms/{}/purge_media", segment(&room));
    assert_eq!(root.post(&purge, json!({})).await.expect_ok(), json!({"deleted": 1, "next": null}));
    ben.get(&download(&small)).await.expect_error(404, "M_NOT_FOUND");
    assert_eq!(alice.get(&download(&two)).await.status.as_u16(), 200);
    let storage = root.get(&format!("{ADMIN}/storage")).await.expect_ok();
    assert_eq!((&storage["media_files"], &storage["media_bytes"]), (&json!(1), &json!(1)));
    assert!(storage["database_bytes"].as_u64().unwrap() > 0 && storage["free_bytes"].as_u64().unwrap() > 0);
    assert!(storage["records"].as_u64().unwrap() > 10);
    let check = server.run(&["store", "check"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

#[tokio::test]
async fn settings_change_at_once_and_outlive_a_restart() {
    let mut server = Server::start().await;
    let root = administrator(&server).await;
    let settings = format!("{ADMIN}/settings");
    assert_eq!(root.get(&settings).await.expect_ok()["registration_mode"], "open");
    let wish = json!({
        "registration_mode": "closed", "organisation_name": "Spital Hochmatt", "emergency_phone": "+41 31 000 00 00",
        "emergency_channel": "#emergency:test.localhost", "message_of_the_day": "Drill at ten", "upload_bytes_max": 70_000,
        "reason": "drill",
    });
    let changed = patch(&root, &settings, wish.clone()).await.expect_ok();
    assert_eq!(changed["changed"].as_array().unwrap().len(), 6);
    let register = json!({"username": "eve", "password": "correct horse"});
    server.post("/_matrix/client/v3/register", register.clone()).await.expect_error(403, "M_FORBIDDEN");
    let limit = root.get("/_matrix/client/v1/media/config").await.expect_ok();
    assert_eq!(limit["m.upload.size"], 70_000);
    let large = vec![0_u8; 80_000];
    root.raw(Method::POST, "/_matrix/media/v3/upload", &[], large.into())
        .await
        .expect_error(413, "M_TOO_LARGE");

    server.stop().await;
    server.start_again().await;
    let shown = server.get("/_alphorn/v1/organisation").await.expect_ok();
    assert_eq!((&shown["name"], &shown["registration_mode"]), (&json!("Spital Hochmatt"), &json!("closed")));
    assert_eq!(shown["emergency_phone"], "+41 31 000 00 00");
    assert_eq!(shown["emergency_channel"], "#emergency:test.localhost");
    let root = server.login("root").await;
    patch(&root, &settings, json!({"registration_mode": null, "message_of_the_day": ""})).await.expect_ok();
    server.post("/_matrix/client/v3/register", register).await.expect_status(401);
    assert_eq!(server.get("/_alphorn/v1/organisation").await.expect_ok()["message_of_the_day"], json!(null));
    let audit = root.get(&format!("{ADMIN}/audit?area=settings")).await.expect_ok();
    assert_eq!(audit["entries"][1]["details"]["registration_mode"], "closed");
    for (bad, errcode) in [
        (json!({"emergency_phone": "call me"}), "M_INVALID_PARAM"),
        (json!({"emergency_channel": "somewhere"}), "M_INVALID_PARAM"),
        (json!({"upload_bytes_max": 1}), "M_INVALID_PARAM"),
        (json!({"upload_bytes_max": 1u64 << 50}), "M_INVALID_PARAM"),
        (json!({"organisation_name": "x".repeat(300)}), "M_INVALID_PARAM"),
        (json!({"registration_mode": "odd"}), "M_BAD_JSON"),
        (json!({"odd": 1}), "M_BAD_JSON"),
    ] {
        patch(&root, &settings, bad).await.expect_error(400, errcode);
    }
}

#[tokio::test]
async fn a_server_that_is_alone_is_one_node() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let nodes = root.get(&format!("{ADMIN}/nodes")).await.expect_ok();
    let nodes = nodes["nodes"].as_array().unwrap();
    assert_eq!((nodes.len(), &nodes[0]["ready"], &nodes[0]["here"]), (1, &json!(true), &json!(true)));
    assert_eq!((&nodes[0]["behind"], nodes[0]["applied"].as_u64().unwrap() > 0), (&json!(0), true));
}
