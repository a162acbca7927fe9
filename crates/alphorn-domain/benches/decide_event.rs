//! How long it takes to decide a text message.

use std::hint::black_box;

use alphorn_domain::{Context, MemberDetails, MembershipChange, NewEvent, NewRoom, RoomState, Signer};
use alphorn_domain::{Decision, decide_creation, decide_event, decide_membership};
use alphorn_model::{Entropy, Fact, OwnedUserId, RoomVersionId};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::value::RawValue;

struct Zero;

impl Entropy for Zero {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn take(state: &mut RoomState, facts: Vec<Fact>) {
    for fact in facts {
        if let Fact::Room(fact) = fact {
            state.apply(&fact);
        }
    }
}

fn message() -> Box<RawValue> {
    let text =
        r#"{"body":"The hut has room for twelve tonight; bring your own sleeping bag.","msgtype":"m.text"}"#;
    RawValue::from_string(text.to_owned()).unwrap_or_default()
}

fn bench(c: &mut Criterion) {
    let Ok(server) = "alphorn.test".try_into() else { return };
    let Ok(signer) = Signer::from_seed(server, "one", &[7; 32]) else { return };
    let ctx = Context { signer: &signer, now_ms: 1_000, entropy: &Zero };
    let Ok(alice) = OwnedUserId::try_from("@alice:alphorn.test") else { return };
    for version in [RoomVersionId::V10, RoomVersionId::V12] {
        let mut new = NewRoom::new(alice.clone(), version.clone());
        let users = (0..1_000).map(|n| (format!("@user{n}:alphorn.test"), 50.into())).collect();
        new.power_level_content_override.insert("users".to_owned(), serde_json::Value::Object(users));
        if version == RoomVersionId::V10 {
            new.power_level_content_override.remove("users");
        }
        let Ok((room_id, facts)) = decide_creation(new, &ctx) else { return };
        let mut state = RoomState::empty(room_id);
        take(&mut state, facts);
        c.bench_function(&format!("decide a message, version {version}"), |b| {
            b.iter(|| {
                let event = NewEvent::new(alice.clone(), "m.room.message", None, message());
                black_box(decide_event(&state, event, &ctx))
            });
        });
        let event = NewEvent::new(alice.clone(), "m.room.message", None, message());
        let Decision::Accept(facts, _) = decide_event(&state, event, &ctx) else { return };
        let Some(Fact::Room(fact)) = facts.into_iter().next() else { return };
        c.bench_function(&format!("apply a message, version {version}"), |b| {
            b.iter_batched_ref(
                || state.clone(),
                |state| state.apply(black_box(&fact)),
                criterion::BatchSize::SmallInput,
            );
        });
        c.bench_function(&format!("decide a profile change, version {version}"), |b| {
            b.iter(|| {
                let details = MemberDetails { displayname: Some("A".to_owned()), ..MemberDetails::default() };
                let change = MembershipChange::Join { user: alice.clone(), details, allowed_by_rooms: false };
                black_box(decide_membership(&state, change, &ctx))
            });
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
