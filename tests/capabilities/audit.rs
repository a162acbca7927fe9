//! What administrators do stands in the audit log.

use alphorn_tests::server::{PASSWORD, SERVER_NAME};
use alphorn_tests::{Server, segment};
use serde_json::{Value, json};

use crate::administer_people::{ADMIN, administrator};

fn acts(page: &Value) -> Vec<(String, Option<String>, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let entries = page["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| (text(&entry["action"]).unwrap(), text(&entry["target"]), text(&entry["refused"])))
        .collect()
}

#[tokio::test]
async fn every_act_is_an_entry_and_none_tells_a_secret() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    let person = format!("{ADMIN}/people/{}", segment(&alice.user_id));
    root.put(&format!("{person}/lock"), json!({"locked": true, "reason": "lost phone"})).await.expect_ok();
    // Nothing changes: nothing to tell.
    root.put(&format!("{person}/lock"), json!({"locked": true})).await.expect_ok();
    root.put(&format!("{person}/password"), json!({"password": PASSWORD})).await.expect_ok();
    let nobody = format!("{ADMIN}/people/{}", segment(&format!("@nobody:{SERVER_NAME}")));
    root.put(&format!("{nobody}/lock"), json!({"locked": true})).await.expect_error(404, "M_NOT_FOUND");
    let token = root.post(&format!("{ADMIN}/registration_tokens"), json!({"length": 40})).await.expect_ok();
    let invited = root.post(&format!("{person}/invitation"), json!({})).await.expect_ok();
    alice.get(&format!("{ADMIN}/audit")).await.expect_error(401, "M_UNKNOWN_TOKEN");

    let page = root.get(&format!("{ADMIN}/audit")).await.expect_ok();
    let target = Some(alice.user_id.clone());
    let shown = acts(&page);
    assert_eq!(shown[0], ("people.renew_invitation".to_owned(), target.clone(), None));
    assert_eq!(shown[1].0, "tokens.add");
    assert_eq!(shown[2].2.as_deref(), Some("M_NOT_FOUND"));
    assert_eq!(shown[3], ("people.password".to_owned(), target.clone(), None));
    assert_eq!(shown[4], ("people.lock".to_owned(), target, None));
    let lock = &page["entries"][4];
    assert_eq!((&lock["reason"], &lock["details"]), (&json!("lost phone"), &json!({"locked": true})));
    assert_eq!((&lock["actor"], &lock["device"]), (&json!(root.user_id), &json!(root.device_id)));
    // The command line made the administrator.
    assert_eq!(shown[5].0, "people.admin");
    assert_eq!(page["entries"][5]["via"], "command_line");
    let text = page.to_string();
    for secret in [PASSWORD, token["token"].as_str().unwrap(), invited["code"].as_str().unwrap(), "argon2"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn entries_are_filtered_and_paged() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    for name in ["anna", "ben", "carla"] {
        let user = server.register(name).await;
        let path = format!("{ADMIN}/people/{}/suspension", segment(&user.user_id));
        root.put(&path, json!({"suspended": true})).await.expect_ok();
        root.post(&format!("{ADMIN}/registration_tokens"), json!({"token": name})).await.expect_ok();
    }
    let list = async |query: &str| root.get(&format!("{ADMIN}/audit?{query}")).await.expect_ok();
    let (mut all, mut from) = (Vec::new(), String::new());
    loop {
        let page = list(&format!("limit=2{from}")).await;
        all.extend(page["entries"].as_array().unwrap().iter().map(|entry| entry["entry"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        from = format!("&from={next}");
    }
    assert_eq!(all, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(acts(&list("area=tokens").await).len(), 3);
    assert_eq!(acts(&list("action=people.suspend").await).len(), 3);
    assert_eq!(acts(&list("actor=command_line").await).len(), 1);
    let anna = segment(&format!("@anna:{SERVER_NAME}"));
    assert_eq!(acts(&list(&format!("target={anna}&area=people")).await).len(), 1);
    assert_eq!(acts(&list(&format!("target={anna}&area=tokens")).await).len(), 0);
    let at = list("action=people.admin").await["entries"][0]["at_ms"].as_u64().unwrap();
    assert_eq!(acts(&list(&format!("until_ms={at}")).await).len(), 0);
    assert_eq!(acts(&list(&format!("until_ms={}", at + 1)).await).len(), 1);
    assert_eq!(acts(&list(&format!("since_ms={}", at + 10_000_000)).await).len(), 0);
    assert_eq!(acts(&list(&format!("since_ms={at}")).await).len(), 7);
    root.get(&format!("{ADMIN}/audit?from=x")).await.expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn the_chain_of_entries_is_verified() {
    let mut server = Server::start().await;
    let root = administrator(&server).await;
    let verification = format!("{ADMIN}/audit/verification");
    for number in 0..5 {
        root.post(&format!("{ADMIN}/registration_tokens"), json!({"token": number.to_string()}))
            .await
            .expect_ok();
    }
    let whole = root.get(&verification).await.expect_ok();
    assert_eq!(
        (&whole["upto"], &whole["complete"], &whole["broken"]),
        (&json!(6), &json!(true), &json!(null))
    );
    let newest = root.get(&format!("{ADMIN}/audit?limit=1")).await.expect_ok();
    assert_eq!(newest["entries"][0]["hash"], whole["hash"]);
    // Going on from what was written down before.
    let hash = whole["hash"].as_str().unwrap();
    let later = root.get(&format!("{verification}?after=6&hash={hash}")).await.expect_ok();
    assert_eq!(later["complete"], true);
    let forged = "0".repeat(64);
    let broken = root.get(&format!("{verification}?after=5&hash={forged}")).await.expect_ok();
    assert_eq!((&broken["broken"], &broken["complete"]), (&json!(6), &json!(false)));
    root.get(&format!("{verification}?after=7")).await.expect_error(404, "M_NOT_FOUND");
    root.get(&format!("{verification}?hash=x")).await.expect_error(400, "M_INVALID_PARAM");

    let says = |server: &Server, arguments: &[&str]| {
        let output = server.run(arguments);
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (well, text) = says(&server, &["audit", "verify"]);
    assert!(well && text.contains("6"), "{text}");
    assert!(says(&server, &["audit", "verify", "--expect", &format!("6:{hash}")]).0);
    assert!(!says(&server, &["audit", "verify", "--expect", &format!("6:{forged}")]).0);
    server.stop().await;
    // Without a server it works, too.
    assert!(says(&server, &["audit", "verify"]).0);
}
