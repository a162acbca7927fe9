//! The disk is full: writes are refused with a clear error, reads go on, nothing is corrupt, and
//! service resumes by itself when there is room. The disk is a small file system in memory, really
//! filled; making one needs the right to mount, which tests run as root or in a user namespace have.

use alphorn_tests::Server;
use alphorn_tests::small_disk::SmallDisk;
use alphorn_tests::user::room_path;
use serde_json::json;

#[tokio::test]
async fn a_full_disk_refuses_writes_serves_reads_and_heals() {
    let Some(disk) = SmallDisk::mount(24) else {
        println!("not tried: this needs the right to mount a file system (root)");
        return;
    };
    let mut server = Server::builder().home(&disk.path().join("home")).start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({ "name": "ward" })).await;
    let mut acknowledged = vec![alice.send_text(&room, "before").await];

    disk.fill().unwrap();
    let mut refused = None;
    for number in 0..3_000 {
        let path = room_path(&room, &format!("send/m.room.message/full{number}"));
        let body = json!({ "msgtype": "m.text", "body": "x".repeat(2_000) });
        let answer = alice.put(&path, body).await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
        acknowledged.push(answer.json()["event_id"].as_str().unwrap().to_owned());
    }
    let refused = refused.expect("the disk is full, but writes go on");
    let body = refused.expect_error(503, "IO.ALPHORN.WRITES_UNAVAILABLE");
    assert!(body["error"].as_str().unwrap().contains("disk is full"), "{body}");
    assert!(refused.header("retry-after").is_some());

    // Reading goes on.
    let last = acknowledged.last().unwrap().clone();
    alice.get(&room_path(&room, &format!("event/{last}"))).await.expect_ok();
    let sync = alice.sync(None).await;
    assert!(sync["rooms"]["join"][&room].is_object());

    // With room again, so does writing, by itself; and nothing acknowledged is missing after a crash.
    disk.free().unwrap();
    acknowledged.push(alice.send_text(&room, "after").await);
    server.kill();
    server.start_again().await;
    for event in &acknowledged {
        alice.get(&room_path(&room, &format!("event/{event}"))).await.expect_ok();
    }
    server.stop().await;
    let check = server.run(&["store", "check"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}
