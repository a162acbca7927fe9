//! A machine's clock is set far ahead: messages that a room still keeps are hidden while it is wrong, and are all there
//! when it is right again, a restart with the wrong clock between.

use std::time::Duration;

use alphorn_tests::Server;
use alphorn_tests::fake_clock::FakeClock;
use alphorn_tests::user::room_path;
use serde_json::json;

const DAY_S: i64 = 24 * 3_600;

/// Longer than it takes until it is looked for what is too old.
const LOOKED: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_clock_far_ahead_takes_nothing_out_for_good() {
    let Some(clock) = FakeClock::find() else {
        println!("not tried: this needs libfaketime (`apt install libfaketime`)");
        return;
    };
    let mut builder = Server::builder();
    for (name, value) in &clock.environment() {
        builder = builder.env(name, value);
    }
    let mut server = builder.start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({ "name": "ward" })).await;
    let event = alice.send_text(&room, "kept for a day").await;
    alice.send_state(&room, "m.room.retention", "", json!({ "max_lifetime": DAY_S * 1_000 })).await;
    let path = room_path(&room, &format!("event/{event}"));
    alice.get(&path).await.expect_ok();

    clock.set(400 * DAY_S).unwrap();
    alice.get(&path).await.expect_error(404, "M_NOT_FOUND");
    tokio::time::sleep(LOOKED).await;
    // A start with a wrong clock is a jump, too: nothing was written since.
    server.stop().await;
    server.start_again().await;
    alice.get(&path).await.expect_error(404, "M_NOT_FOUND");
    tokio::time::sleep(LOOKED).await;
    assert!(server.log_text().contains("the clock is far ahead"), "{}", server.log_tail());

    clock.set(0).unwrap();
    assert_eq!(alice.get(&path).await.expect_ok()["content"]["body"], "kept for a day");
}
