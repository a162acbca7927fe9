//! The engine on the simulated log: whatever the log does - lost races, refusals, ambiguous answers,
//! holes, crashes - nothing acknowledged is lost or doubled, order is kept, and every store that
//! reads the log says the same.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{collections::HashMap, path::Path, sync::Arc};

use alphorn_domain::{MemberDetails, MembershipChange, NewEvent, NewRoom, Preset, Signer};
use alphorn_engine::{Engine, NewAccount, Parts, PasswordCost, RoomWish, Wake};
use alphorn_log::{Faults, Simulated};
use alphorn_model::{
    Aggregate, Entropy, Fact, OwnedEventId, OwnedRoomId, OwnedUserId, Position, RoomVersionId, SystemClock,
    UserId,
    fact::{AccountFact, Transaction},
};
use alphorn_store::{Store, maintenance};
use parking_lot::Mutex;
use proptest::prelude::{ProptestConfig, any, proptest};
use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::StdRng};

struct Seeded(Mutex<StdRng>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}

struct Node {
    engine: Engine,
    log: Simulated,
    store: Store,
}

fn open(path: &Path, seed: u64, faults: Faults, log: Option<Simulated>) -> Node {
    let wake = Arc::new(Wake::default());
    let (store, writer) = Store::open(path, false, Arc::<Wake>::clone(&wake)).unwrap();
    let log = match log {
        Some(log) => {
            log.restart(Box::new(writer)).unwrap();
            log
        }
        None => Simulated::new(seed, faults, Box::new(writer)),
    };
    let name = alphorn_model::ServerName::parse("sim.example").unwrap();
    let engine = Engine::new(Parts {
        store: store.clone(),
        log: Arc::new(log.clone()),
        signer: Arc::new(Signer::from_seed(name, "1", &[7; 32]).unwrap()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(seed)))),
        wake,
        node: 1,
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 },
    });
    Node { engine, log, store }
}

fn user(number: usize) -> OwnedUserId {
    UserId::parse(format!("@user{number}:sim.example")).unwrap()
}

fn message(sender: &OwnedUserId, id: &str) -> RoomWish {
    let content =
        serde_json::value::to_raw_value(&serde_json::json!({ "msgtype": "m.text", "body": id })).unwrap();
    RoomWish::Event(NewEvent {
        transaction: Some(Transaction { user: sender.clone(), device: "D".to_owned(), id: id.to_owned() }),
        ..NewEvent::new(sender.clone(), "m.room.message", None, content)
    })
}

/// Retries what was refused for a moment, as clients do, with the same transaction id.
async fn insist(engine: &Engine, room: &OwnedRoomId, wish: RoomWish) -> OwnedEventId {
    for _ in 0..100 {
        match engine.in_room(room, wish.clone()).await {
            Ok(sent) => return sent.event_id,
            Err(refusal) if refusal.code.status() == 503 => {}
            Err(refusal) => panic!("refused: {refusal}"),
        }
    }
    panic!("never accepted");
}

async fn create(engine: &Engine, creator: &OwnedUserId) -> OwnedRoomId {
    for _ in 0..100 {
        let room =
            NewRoom { preset: Some(Preset::PublicChat), ..NewRoom::new(creator.clone(), RoomVersionId::V11) };
        if let Ok(room) = engine.create_room(room).await {
            return room;
        }
    }
    panic!("never created");
}

/// Several users talk in several rooms at once; gives what each was acknowledged, in order, by room.
async fn converse(node: &Node, seed: u64) -> HashMap<OwnedRoomId, Vec<Vec<OwnedEventId>>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut rooms = Vec::new();
    for number in 0..2 {
        rooms.push(create(&node.engine, &user(number)).await);
    }
    let mut talks = Vec::new();
    for room in &rooms {
        for number in 0..4 {
            let (engine, room, user) = (node.engine.clone(), room.clone(), user(number));
            let (count, tag) = (random.random_range(3..12), random.random::<u32>());
            talks.push(tokio::spawn(async move {
                let details = MemberDetails::default();
                let join = MembershipChange::Join { user: user.clone(), details, allowed_by_rooms: false };
                insist(&engine, &room, RoomWish::Membership(join)).await;
                let mut acknowledged = Vec::new();
                for step in 0..count {
                    acknowledged.push(insist(&engine, &room, message(&user, &format!("{tag}-{step}"))).await);
                }
                (room, acknowledged)
            }));
        }
    }
    let mut history: HashMap<OwnedRoomId, Vec<Vec<OwnedEventId>>> = HashMap::new();
    for talk in talks {
        let (room, acknowledged) = talk.await.unwrap();
        history.entry(room).or_default().push(acknowledged);
    }
    history
}

fn timeline(store: &Store, room: &OwnedRoomId) -> Vec<OwnedEventId> {
    store
        .read::<_, alphorn_store::StoreError>(|reader| {
            let row = reader.room(room.as_str())?.unwrap();
            let events = reader.timeline_forwards(row.nid, Position::START, Position::END, 10_000)?;
            Ok(events.into_iter().map(|event| event.event_id).collect())
        })
        .unwrap()
}

fn check(history: &HashMap<OwnedRoomId, Vec<Vec<OwnedEventId>>>, store: &Store) {
    for (room, talks) in history {
        let timeline = timeline(store, room);
        for talk in talks {
            let mut last = 0;
            for event in talk {
                let places: Vec<_> =
                    timeline.iter().enumerate().filter(|(_, id)| *id == event).map(|(at, _)| at).collect();
                assert_eq!(places.len(), 1, "{event} is there {} times", places.len());
                assert!(places[0] >= last, "{event} is out of order");
                last = places[0];
            }
        }
    }
}

fn run(seed: u64, faults: Faults) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first.db");
    let node = open(&first, seed, faults, None);
    let history = runtime.block_on(converse(&node, seed));
    check(&history, &node.store);

    // The node dies; another one with an empty store reads the log and says the same.
    node.log.crash();
    let second = folder.path().join("second.db");
    let other = open(&second, seed ^ 1, Faults::default(), Some(node.log.clone()));
    check(&history, &other.store);
    for room in history.keys() {
        assert_eq!(timeline(&node.store, room), timeline(&other.store, room));
    }
    // It goes on where the first one was, and knows the clients' transactions.
    let more = runtime.block_on(converse(&other, seed ^ 2));
    check(&more, &other.store);
    drop(other.engine);
    other.log.crash();
    let report = maintenance::check_at(&second, &folder.path().join("scratch.db"), |_, _| {}).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    maintenance::rebuild_at(&second, |_, _| {}).unwrap();
    let report = maintenance::check_at(&second, &folder.path().join("scratch.db"), |_, _| {}).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn nothing_acknowledged_is_lost_on_a_faulty_log(seed in any::<u64>()) {
        let faults =
            Faults { conflict: 0.1, refused: 0.05, ambiguous_stored: 0.1, ambiguous_lost: 0.1, delay: 0.2, gap: 0.2 };
        run(seed, faults);
    }
}

#[test]
fn a_sound_log_is_no_trouble() {
    run(1, Faults::default());
}

#[test]
fn one_user_name_goes_to_one_of_many_who_want_it() {
    let folder = tempfile::tempdir().unwrap();
    let faults = Faults { conflict: 0.2, ambiguous_stored: 0.2, ..Faults::default() };
    let node = open(&folder.path().join("a.db"), 5, faults, None);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let taken = runtime.block_on(async {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let engine = node.engine.clone();
                tokio::spawn(async move { engine.register(&user(9), NewAccount::default()).await.is_ok() })
            })
            .collect();
        let mut taken = 0;
        for attempt in tries {
            taken += usize::from(attempt.await.unwrap());
        }
        taken
    });
    assert_eq!(taken, 1);
    let registered = |facts: &[Fact]| {
        facts.iter().filter(|fact| matches!(fact, Fact::Account(AccountFact::Registered { .. }))).count()
    };
    let aggregate = Aggregate::User(user(9).to_string());
    let total: usize = node
        .log
        .records()
        .iter()
        .filter(|(_, r)| r.aggregate == aggregate)
        .map(|(_, r)| registered(&r.facts))
        .sum();
    assert_eq!(total, 1);
}
