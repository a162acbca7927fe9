//! People verify devices and each other: cross-signing keys and signatures.

use alphorn_tests::{Server, User, server::PASSWORD};
use ruma_common::{CanonicalJsonObject, serde::Base64};
use ruma_signatures::{Ed25519KeyPair, sign_json};
use serde_json::{Value, json};

const UPLOAD: &str = "/_matrix/client/v3/keys/device_signing/upload";
const SIGNATURES: &str = "/_matrix/client/v3/keys/signatures/upload";

/// A key pair of a user or a device.
struct Key {
    seed: [u8; 32],
    public: String,
}

impl Key {
    fn new(byte: u8) -> Self {
        let seed = [byte; 32];
        let public =
            Base64::<ruma_common::serde::base64::Standard, _>::new(pair(&seed, "x").public_key()).encode();
        Self { seed, public }
    }

    fn sign(&self, user: &User, version: &str, object: &Value) -> Value {
        let mut object: CanonicalJsonObject = serde_json::from_value(object.clone()).unwrap();
        sign_json(&user.user_id, &pair(&self.seed, version), &mut object).unwrap();
        serde_json::to_value(object).unwrap()
    }

    fn as_cross_signing(&self, user: &User, usage: &str) -> Value {
        json!({
            "user_id": user.user_id,
            "usage": [usage],
            "keys": {format!("ed25519:{}", self.public): self.public},
        })
    }
}

/// An Ed25519 private key in PKCS#8 form is this and the seed (RFC 8410, section 7).
fn pair(seed: &[u8; 32], version: &str) -> Ed25519KeyPair {
    let prefix =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    Ed25519KeyPair::from_der(&[&prefix[..], seed].concat(), version.to_owned()).unwrap()
}

/// The three keys of a user, and the upload of them.
struct Identity {
    master: Key,
    self_signing: Key,
    user_signing: Key,
    upload: Value,
}

fn identity(user: &User, first: u8) -> Identity {
    let (master, self_signing, user_signing) = (Key::new(first), Key::new(first + 1), Key::new(first + 2));
    let signed = |key: &Key, usage| master.sign(user, &master.public, &key.as_cross_signing(user, usage));
    let upload = json!({
        "master_key": master.as_cross_signing(user, "master"),
        "self_signing_key": signed(&self_signing, "self_signing"),
        "user_signing_key": signed(&user_signing, "user_signing"),
    });
    Identity { master, self_signing, user_signing, upload }
}

async fn query(viewer: &User, user: &User) -> Value {
    let body = json!({"device_keys": {&user.user_id: []}});
    viewer.post("/_matrix/client/v3/keys/query", body).await.expect_ok()
}

#[tokio::test]
async fn the_first_keys_are_free_and_changing_them_takes_the_password() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let first = identity(&alice, 10);
    alice.post(UPLOAD, first.upload.clone()).await.expect_ok();
    alice.post(UPLOAD, first.upload.clone()).await.expect_ok();

    let second = identity(&alice, 20);
    let challenge = alice.post(UPLOAD, second.upload.clone()).await.expect_status(401);
    assert_eq!(
        query(&alice, &alice).await["master_keys"][&alice.user_id]["keys"],
        first.upload["master_key"]["keys"]
    );

    let mut proven = second.upload.clone();
    let mut auth = json!({
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": alice.user_id},
        "session": challenge["session"],
        "password": "wrong",
    });
    proven["auth"] = auth.clone();
    alice.post(UPLOAD, proven.clone()).await.expect_status(401);
    auth["password"] = json!(PASSWORD);
    proven["auth"] = auth;
    alice.post(UPLOAD, proven).await.expect_ok();
    let seen = query(&alice, &alice).await;
    assert_eq!(seen["master_keys"][&alice.user_id]["keys"], second.upload["master_key"]["keys"]);
    assert_eq!(seen["user_signing_keys"][&alice.user_id]["keys"], second.upload["user_signing_key"]["keys"]);
}

#[tokio::test]
async fn keys_must_be_signed_by_their_master_key() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let (own, other) = (identity(&alice, 10), identity(&alice, 20));
    let mut mixed = own.upload.clone();
    mixed["self_signing_key"] = other.upload["self_signing_key"].clone();
    alice.post(UPLOAD, mixed).await.expect_error(400, "M_INVALID_SIGNATURE");
    let alone = json!({"self_signing_key": own.upload["self_signing_key"]});
    alice.post(UPLOAD, alone).await.expect_error(400, "M_MISSING_PARAM");
    let mut wrong = own.upload.clone();
    wrong["master_key"]["usage"] = json!(["self_signing"]);
    alice.post(UPLOAD, wrong).await.expect_error(400, "M_INVALID_PARAM");
    let mut wrong = own.upload.clone();
    wrong["master_key"]["keys"] = json!({"ed25519:abc": "abc"});
    alice.post(UPLOAD, wrong).await.expect_error(400, "M_INVALID_PARAM");
    assert_eq!(query(&alice, &alice).await["master_keys"], json!({}));
}

#[tokio::test]
async fn who_was_verified_by_whom_is_seen_by_the_signer_alone() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let (of_alice, of_bob) = (identity(&alice, 10), identity(&bob, 20));
    alice.post(UPLOAD, of_alice.upload.clone()).await.expect_ok();
    bob.post(UPLOAD, of_bob.upload.clone()).await.expect_ok();
    let since = alice.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    let token_of_bob = bob.sync(None).await["next_batch"].as_str().unwrap().to_owned();

    let signer = &of_alice.user_signing;
    let signed = signer.sign(&alice, &signer.public, &of_bob.upload["master_key"]);
    let body = json!({&bob.user_id: {&of_bob.master.public: signed}});
    assert_eq!(alice.post(SIGNATURES, body).await.expect_ok()["failures"], json!({}));

    let key_id = format!("ed25519:{}", signer.public);
    let seen =
        |answer: Value| answer["master_keys"][&bob.user_id]["signatures"][&alice.user_id][&key_id].clone();
    assert_eq!(seen(query(&alice, &bob).await), signed["signatures"][&alice.user_id][&key_id]);
    assert_eq!(seen(query(&bob, &bob).await), Value::Null);
    assert_eq!(query(&bob, &alice).await["user_signing_keys"], json!({}));
    assert_eq!(alice.sync(Some(&since)).await["device_lists"]["changed"], json!([bob.user_id]));
    assert_eq!(bob.sync(Some(&token_of_bob)).await["device_lists"]["changed"], Value::Null);
}

#[tokio::test]
async fn a_device_is_signed_by_its_owner_and_by_nobody_else() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let own = identity(&alice, 10);
    alice.post(UPLOAD, own.upload.clone()).await.expect_ok();
    let device = Key::new(40);
    let name = format!("ed25519:{}", alice.device_id);
    let keys = json!({
        "user_id": alice.user_id,
        "device_id": alice.device_id,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
        "keys": {&name: device.public},
    });
    let keys = device.sign(&alice, &alice.device_id, &keys);
    alice.post("/_matrix/client/v3/keys/upload", json!({"device_keys": keys})).await.expect_ok();
    let upload = |key: &str, object: &Value| alice.post(SIGNATURES, json!({&alice.user_id: {key: object}}));
    let failure = |answer: Value, key: &str| answer["failures"][&alice.user_id][key]["errcode"].clone();

    // By the device about the master key, and by the self-signing key about the device.
    let master = device.sign(&alice, &alice.device_id, &own.upload["master_key"]);
    assert_eq!(upload(&own.master.public, &master).await.expect_ok()["failures"], json!({}));
    let signed = own.self_signing.sign(&alice, &own.self_signing.public, &keys);
    assert_eq!(upload(&alice.device_id, &signed).await.expect_ok()["failures"], json!({}));

    let seen = query(&alice, &alice).await;
    let id = format!("ed25519:{}", own.self_signing.public);
    let signatures = &seen["device_keys"][&alice.user_id][&alice.device_id]["signatures"][&alice.user_id];
    assert_eq!(signatures[&id], signed["signatures"][&alice.user_id][&id]);
    assert_eq!(signatures[&name], keys["signatures"][&alice.user_id][&name]);
    assert!(seen["master_keys"][&alice.user_id]["signatures"][&alice.user_id][&name].is_string());

    let mut forged = signed.clone();
    forged["signatures"][&alice.user_id][&id] = json!("A".repeat(86));
    let answer = upload(&alice.device_id, &forged).await.expect_ok();
    assert_eq!(failure(answer, &alice.device_id), "M_INVALID_SIGNATURE");
    let stranger = Key::new(50);
    let answer = upload(&alice.device_id, &stranger.sign(&alice, &stranger.public, &keys)).await.expect_ok();
    assert_eq!(failure(answer, &alice.device_id), "M_INVALID_SIGNATURE");
    let mut changed = keys.clone();
    changed["algorithms"] = json!([]);
    let changed = own.self_signing.sign(&alice, &own.self_signing.public, &changed);
    let answer = upload(&alice.device_id, &changed).await.expect_ok();
    assert_eq!(failure(answer, &alice.device_id), "M_INVALID_PARAM");
    let answer = upload("NOSUCHDEVICE", &signed).await.expect_ok();
    assert_eq!(failure(answer, "NOSUCHDEVICE"), "M_NOT_FOUND");
}
