//! The story in its order: accounts, keys, a room, a conversation, more devices, sync from below, goodbye.
use anyhow::{Context, ensure};
use matrix_sdk::ruma::OwnedRoomId;

use crate::{
    account, conversation,
    device::{Account, Device, Site},
    keys,
    outage::{self, Control},
    protocol,
    report::{Report, Stopped},
    rooms, verification,
    view::View,
    wait::STEP,
};

const ROOM: &str = "Holiday plans";
const OLD: [&str; 2] = ["Hello Bob, can you read this?", "Hello Alice, loud and clear"];

/// A person with an account and a first device.
struct Person {
    account: Account,
    device: Device,
}

/// Runs everything.
///
/// # Errors
/// `Stopped` when a step failed that all later ones need.
pub async fn run(
    report: &mut Report,
    site: &Site,
    secret: Option<&str>,
    control: Option<&Control>,
) -> Result<(), Stopped> {
    let alice = person(report, site, "alice", None).await?;
    let bob = person(report, site, "bob", secret).await?;
    report.check("a taken name cannot be registered", STEP, account::taken_name(site, &alice.account)).await;
    report.check("a wrong password is refused", STEP, account::wrong_password(site, &alice.account)).await;
    report
        .check(
            "replacing cross-signing keys asks for the password",
            STEP,
            keys::replacing_needs_password(&bob.device),
        )
        .await;

    let room_id = meet(report, &alice, &bob).await?;
    let (at_alice, at_bob) = open(report, &alice, &bob, &room_id).await?;
    converse(report, &at_alice, &at_bob).await?;
    let alice = more_devices(report, site, alice, &at_bob, &room_id).await?;
    from_below(report, &alice.device, &bob, &room_id).await;
    if let Some(control) = control {
        let outage = outage::outage(control, &alice.device, &bob.device, &room_id);
        report
            .check("the server is killed and started again; nothing is lost or doubled", STEP, outage)
            .await;
    }
    goodbye(report, &alice, &bob, &at_bob).await;
    Ok(())
}

async fn person(
    report: &mut Report,
    site: &Site,
    name: &str,
    secret: Option<&str>,
) -> Result<Person, Stopped> {
    // A name of its own for each run, so that the same server can be used again.
    let full = format!("{name}{:06x}", rand::random::<u32>() & 0x00ff_ffff);
    let password = format!("{full} has a long password");
    let account = match secret {
        Some(secret) => {
            let work = account::register_with_secret(site, secret, &full, &password);
            report.need(&format!("{name} is registered by shared secret"), STEP, work).await?
        }
        None => {
            let work = account::register(site, &full, &password);
            report.need(&format!("{name} registers"), STEP, work).await?
        }
    };
    let work = Device::login(site, &account, "phone");
    let device =
        report.need(&format!("{name} logs in by password and the room list loads"), STEP, work).await?;
    report
        .need(
            &format!("{name} creates cross-signing keys"),
            STEP,
            keys::bootstrap_cross_signing(&device, &account),
        )
        .await?;
    Ok(Person { account, device })
}

async fn meet(report: &mut Report, alice: &Person, bob: &Person) -> Result<OwnedRoomId, Stopped> {
    let room_id = report
        .need("alice creates an encrypted room", STEP, rooms::create_encrypted(&alice.device, ROOM))
        .await?;
    let invite = rooms::invite(&alice.device, &bob.device, &bob.account, &room_id, ROOM);
    report.need("bob gets the invitation with inviter and name", STEP, invite).await?;
    report
        .need("bob joins and both count two members", STEP, rooms::join(&alice.device, &bob.device, &room_id))
        .await?;
    Ok(room_id)
}

async fn open(
    report: &mut Report,
    alice: &Person,
    bob: &Person,
    room_id: &OwnedRoomId,
) -> Result<(View, View), Stopped> {
    let work = async {
        Ok((
            View { who: "alice", timeline: alice.device.open(room_id).await? },
            View { who: "bob", timeline: bob.device.open(room_id).await? },
        ))
    };
    report.need("both open the room", STEP, work).await
}

async fn converse(report: &mut Report, alice: &View, bob: &View) -> Result<(), Stopped> {
    let [hello, answer] = OLD;
    let text = conversation::text_arrives(alice, bob, hello);
    let first = report.need("a text of alice is decrypted by bob", STEP, text).await?;
    let text = conversation::text_arrives(bob, alice, answer);
    report.need("a text of bob is decrypted by alice", STEP, text).await?;
    report.check("a reply", STEP, conversation::reply(bob, alice, &first)).await;
    report
        .check("a thread of two messages with its summary", STEP, conversation::thread(bob, alice, &first))
        .await;
    report
        .check(
            "the server lists the thread with its summary",
            STEP,
            conversation::thread_is_listed(alice, &first),
        )
        .await;
    report.check("a reaction and taking it back", STEP, conversation::reaction(bob, alice, &first)).await;
    report.check("an edit", STEP, conversation::edit(alice, bob)).await;
    report.check("a redaction", STEP, conversation::redaction(alice, bob)).await;
    report
        .check("an encrypted file of 300 kB, byte for byte", STEP, conversation::file(alice, bob, 300_000))
        .await;
    report.check("an encrypted file of one byte", STEP, conversation::file(bob, alice, 1)).await;
    report.check("unread count and read receipt", STEP, conversation::receipt(bob, alice)).await;
    report
        .check("a private read receipt stays private", STEP, conversation::private_receipt(bob, alice))
        .await;
    report.check("typing starts and stops", STEP, conversation::typing(alice, bob)).await;
    Ok(())
}

/// Alice's second and third device: emoji verification, recovery, and coming back after a pause.
async fn more_devices(
    report: &mut Report,
    site: &Site,
    alice: Person,
    bob: &View,
    room_id: &OwnedRoomId,
) -> Result<Person, Stopped> {
    let Person { account, device: phone } = alice;
    let work = Device::login(site, &account, "laptop");
    let laptop = report.need("alice logs in on a second device", STEP, work).await?;
    let unreadable = keys::history_is_unreadable(&laptop, room_id, OLD[0]);
    report.check("without keys its history is unreadable", STEP, unreadable).await;
    let verify = verification::verify_own_device(&laptop, &phone);
    report.check("both devices compare emojis and are verified", STEP, verify).await;
    report.check("the private keys are shared with it", STEP, verification::secrets_arrive(&laptop)).await;
    let work = async {
        let view = View { who: "alice's laptop", timeline: laptop.open(room_id).await? };
        conversation::text_arrives(bob, &view, "for both of your devices").await.map(drop)
    };
    report.check("a new text is decrypted on the second device", STEP, work).await;

    let key = report
        .need("alice creates key backup and secret storage", STEP, keys::enable_recovery(&phone))
        .await?;
    let work = Device::login(site, &account, "tablet");
    let tablet = report.need("alice logs in on a third device", STEP, work).await?;
    report.check("a wrong recovery key is refused", STEP, keys::wrong_recovery_key(&tablet)).await;
    let mut old = OLD.to_vec();
    old.push("for both of your devices");
    let restore = keys::restore(&tablet, room_id, &key, &old);
    report.check("the recovery key restores all history on it", STEP, restore).await;

    report.check("alice logs the second device out", STEP, logout(&laptop, &phone)).await;
    let refreshed = report.need("access tokens are refreshed and used", STEP, refresh(&phone)).await;
    let phone =
        report.need("alice reopens her phone after a pause", STEP, pause(site, phone, bob, room_id)).await?;
    refreshed.map(|()| Person { account, device: phone })
}

/// A logged-out device is refused, and the other device sees it gone.
async fn logout(gone: &Device, other: &Device) -> anyhow::Result<()> {
    let user = other.client.user_id().context("not logged in")?.to_owned();
    let id = gone.client.device_id().context("not logged in")?.to_owned();
    ensure!(
        other.client.encryption().get_device(&user, &id).await?.is_some(),
        "the other device never knew {id}"
    );
    gone.sync.stop().await;
    gone.client.logout().await?;
    ensure!(gone.client.whoami().await.is_err(), "the access token still works after logout");
    crate::wait::until("the logged-out device to vanish from the device list", || async {
        match other.client.encryption().get_device(&user, &id).await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err("still listed".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

async fn refresh(device: &Device) -> anyhow::Result<()> {
    let before = device.client.session_tokens().context("no tokens")?;
    ensure!(before.refresh_token.is_some(), "the server gave no refresh token although it was asked for one");
    device.client.refresh_access_token().await.context("POST /refresh")?;
    let after = device.client.session_tokens().context("no tokens")?;
    ensure!(after.access_token != before.access_token, "the access token is the same");
    device.client.whoami().await.context("using the new token")?;
    device.still_syncing()
}

/// The phone is closed, misses a text, is opened again from its store and finds the text by its old position.
async fn pause(site: &Site, phone: Device, bob: &View, room_id: &OwnedRoomId) -> anyhow::Result<Device> {
    let (store, session) = phone.close().await?;
    bob.say("you were offline").await?;
    let phone = Device::reopen(site, &store, session).await?;
    let view = View { who: "alice after the pause", timeline: phone.open(room_id).await? };
    view.message("you were offline").await?;
    conversation::text_arrives(&view, bob, "I am back").await?;
    Ok(phone)
}

async fn from_below(report: &mut Report, alice: &Device, bob: &Person, room_id: &OwnedRoomId) {
    let Person { account: guest, device: bob } = bob;
    let (client, other) = (&alice.client, &bob.client);
    let pages = conversation::pagination(alice, bob, guest, 30);
    report.check("a late guest pages through 30 older messages in order", STEP, pages).await;
    report.check("sync: an idle long poll waits", STEP, protocol::idle_poll_waits(client)).await;
    report
        .check("sync: a first request answers at once", STEP, protocol::first_request_is_immediate(client))
        .await;
    report
        .check("sync: a message ends a long poll", STEP, protocol::message_ends_poll(client, other, room_id))
        .await;
    report
        .check("sync: a lost answer is repeated", STEP, protocol::lost_answer_is_repeated(client, room_id))
        .await;
    let open = protocol::opening_a_room_is_immediate(client, room_id);
    report.check("sync: opening a room brings 20 events at once", STEP, open).await;
    report
        .check("sync: a position nobody gave out is refused", STEP, protocol::unknown_position(client))
        .await;
    report
        .check("sync: somebody else's position is refused", STEP, protocol::foreign_position(client, other))
        .await;
    report.check("sync: an old position loses nothing", STEP, protocol::old_position(client, room_id)).await;
    report
        .check("sync: updates out of range are not lost", STEP, async {
            let rooms = [
                rooms::create_plain(alice, "one").await?,
                rooms::create_plain(alice, "two").await?,
                rooms::create_plain(alice, "three").await?,
            ];
            protocol::out_of_range_is_not_lost(client, &rooms).await
        })
        .await;
}

async fn goodbye(report: &mut Report, alice: &Person, bob: &Person, at_bob: &View) {
    report
        .check(
            "a declined invitation goes away",
            STEP,
            rooms::decline(&alice.device, &bob.device, &bob.account),
        )
        .await;
    report
        .check(
            "being removed from a room is seen",
            STEP,
            rooms::kick(&alice.device, &bob.device, &bob.account),
        )
        .await;
    report
        .check("bob leaves and both see it", STEP, conversation::leave(&bob.device, at_bob, &alice.device))
        .await;
    report.check("alice's sync never stopped", STEP, async { alice.device.still_syncing() }).await;
    report.check("bob's sync never stopped", STEP, async { bob.device.still_syncing() }).await;
}
