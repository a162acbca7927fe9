//! One event: building, authorising, hashing, signing; applying.

use std::hint::black_box;

use alphorn_domain::decide_event;
use alphorn_model::Fact;
use criterion::{BatchSize, Criterion};
use ruma_common::CanonicalJsonValue;

use crate::fixture::{Room, accepted};

/// The whole decision about a message: content checked, auth events selected, rules checked, hashed, signed.
pub(crate) fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("event: decide a message");
    for members in [10, 1_000] {
        let mut room = Room::with_members(members);
        let messages: Vec<_> = (0..64).map(|_| room.next_message()).collect();
        let mut messages = messages.iter().cycle();
        group.bench_function(format!("{members} members"), |bencher| {
            bencher.iter_batched(
                || messages.next().expect("endless").clone(),
                |message| accepted(decide_event(&room.state, message, &room.context())),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// What an accepted message changes in memory.
pub(crate) fn apply(criterion: &mut Criterion) {
    let mut room = Room::with_members(100);
    let facts = room.decide_next();
    let Some(Fact::Room(fact)) = facts.first() else { panic!("no fact of a room") };
    criterion.bench_function("event: apply a message", |bencher| {
        bencher.iter(|| room.state.apply(black_box(fact)));
    });
}

/// The signature alone, of a small object: what remains when everything around it is free.
pub(crate) fn sign(criterion: &mut Criterion) {
    let room = Room::with_members(1);
    let mut object = ruma_common::CanonicalJsonObject::new();
    object.insert("body".into(), CanonicalJsonValue::String("a message of usual length".into()));
    criterion.bench_function("event: sign a small object", |bencher| {
        bencher.iter_batched(
            || object.clone(),
            |mut object| room.signer.sign_json(&mut object).expect("signed"),
            BatchSize::SmallInput,
        );
    });
}
