//! The task of one room: load, decide, append, answer.

use std::{collections::HashMap, sync::Arc, time::Duration};

use alphorn_domain::{
    Decision, Pdu, Redaction, RoomState, decide_event, decide_membership, decide_redaction,
};
use alphorn_log::Outcome;
use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedEventId, OwnedRoomId, OwnedUserId, Position, Refusal, Seq,
    fact::{RoomFact, Transaction},
};
use alphorn_store::{Purge, Reader, StoreError, StoredEvent};
use tokio::sync::mpsc;

use super::{Request, RoomWish, Sent};
use crate::{Engine, ReadError, closing, office::entry, refuse, retention};

/// Wishes decided for one record at most.
const BATCH_MAX: usize = 256;

/// A record is closed when its facts have about this many bytes: a replicated log takes no larger ones.
const BATCH_BYTES_MAX: usize = 384 << 10;

/// After this time without a wish the room leaves memory.
const REST_AFTER: Duration = Duration::from_secs(600);

/// Members looked at for one who can vouch for a restricted join.
const VOUCHERS_MAX: usize = 50;

/// Memberships kept in memory between batches.
const MEMBERS_KEPT: usize = 2_000;

/// A room in memory.
struct Loaded {
    state: RoomState,
    /// The room's number in the store.
    nid: i64,
    /// The last record of the room: what the next one builds on.
    head: Seq,
}

/// Serves a room until nobody wants anything of it any more.
pub(super) async fn run(engine: Engine, room: OwnedRoomId, mut waiting: mpsc::Receiver<Request>) {
    let mut loaded: Option<Loaded> = None;
    loop {
        let first = match tokio::time::timeout(REST_AFTER, waiting.recv()).await {
            Ok(request) => request,
            Err(_) => {
                waiting.close();
                // What slipped in before the queue closed is still served.
                waiting.recv().await
            }
        };
        let Some(first) = first else { return };
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX {
            let Ok(next) = waiting.try_recv() else { break };
            batch.push(next);
        }
        serve(&engine, &room, &mut loaded, batch).await;
    }
}

/// Decides and appends a batch: in several records if it is large, again when another node got in first.
async fn serve(engine: &Engine, room: &OwnedRoomId, loaded: &mut Option<Loaded>, mut batch: Vec<Request>) {
    for _ in 0..crate::CONFLICTS_MAX {
        if loaded.is_none() {
            match load(engine, room).await {
                Ok(found) => *loaded = Some(found),
                Err(refusal) => {
                    answer_all(batch, &refusal);
                    return;
                }
            }
        }
        let Some(held) = loaded.as_mut() else { return };
        let decided = Decided::make(engine, room, held, batch);
        if decided.facts.is_empty() {
            batch = match holds(engine, room, held.head, &decided).await {
                Ok(true) => decided.answer(held.head, Ok(())),
                Ok(false) => {
                    *loaded = None;
                    decided.requests()
                }
                Err(refusal) => {
                    answer_all(decided.requests(), &refusal);
                    return;
                }
            };
            if batch.is_empty() {
                return;
            }
            continue;
        }
        let record = engine.record(Aggregate::Room(room.to_string()), Some(held.head), decided.facts.clone());
        match engine.append(record).await {
            Outcome::Committed(seq) => {
                held.head = seq;
                held.state.shed_members(MEMBERS_KEPT);
                let reload = held.state.needs_reload();
                batch = decided.answer(seq, Ok(()));
                if reload {
                    *loaded = None;
                }
                if batch.is_empty() {
                    return;
                }
            }
            Outcome::Conflict => {
                *loaded = None;
                batch = decided.requests();
            }
            other => {
                *loaded = None;
                let rest = decided.answer(0, Err(refuse(&other)));
                answer_all(rest, &refuse(&other));
                return;
            }
        }
    }
    answer_all(batch, &Refusal::writes_unavailable("too many writers at once in this room"));
}

/// Whether what was decided without a record is true of the room as it is now. A record is taken only where its
/// precondition holds; a refusal has none, and must not rest on what another node has changed meanwhile.
async fn holds(engine: &Engine, room: &OwnedRoomId, head: Seq, decided: &Decided) -> Result<bool, Refusal> {
    if decided.moved || !decided.rests_on_state() {
        return Ok(!decided.moved);
    }
    hear_of_all(engine).await?;
    let key = key(room);
    Ok(engine.read(move |reader| Ok(reader.aggregate_seq(&key)?)).await? == head)
}

/// Waits until this node has what any node has written until now.
async fn hear_of_all(engine: &Engine) -> Result<(), Refusal> {
    let unknown = |_| Refusal::writes_unavailable("how the room is now is not known here");
    engine.up_to_date().await.map_err(unknown)
}

fn key(room: &OwnedRoomId) -> String {
    Aggregate::Room(room.to_string()).key()
}

fn answer_all(batch: Vec<Request>, refusal: &Refusal) {
    for request in batch {
        let _gone = request.answer.send(Err(refusal.clone()));
    }
}

/// A batch with what was decided of it.
#[derive(Default)]
struct Decided {
    facts: Vec<Fact>,
    /// Wishes that are answered once the facts are durable.
    done: Vec<(Request, Result<OwnedEventId, Refusal>)>,
    /// Wishes that did not fit into this record.
    rest: Vec<Request>,
    /// Another node has written to the room since it was loaded; nothing was decided.
    moved: bool,
}

impl Decided {
    /// Decides a batch against one snapshot of the store.
    fn make(engine: &Engine, room: &OwnedRoomId, held: &mut Loaded, batch: Vec<Request>) -> Self {
        let mut decided = Self::default();
        let mut waiting = batch.into_iter();
        let looked = engine.store().read_at(engine.now_ms(), |reader| {
            decided.moved = reader.aggregate_seq(&key(room))? != held.head;
            if decided.moved {
                decided.rest.extend(&mut waiting);
            } else {
                decided.take(engine, reader, held, &mut waiting);
            }
            Ok::<_, StoreError>(())
        });
        if let Err(error) = looked {
            let refusal = ReadError::Store(error).into_refusal();
            decided.done.extend(waiting.map(|request| (request, Err(refusal.clone()))));
        }
        decided
    }

    fn take(
        &mut self,
        engine: &Engine,
        reader: &Reader<'_>,
        held: &mut Loaded,
        waiting: &mut impl Iterator<Item = Request>,
    ) {
        let mut bytes = 0;
        let mut transactions: HashMap<Name, OwnedEventId> = HashMap::new();
        for request in waiting {
            if bytes > BATCH_BYTES_MAX || !self.rest.is_empty() {
                self.rest.push(request);
                continue;
            }
            let transaction = request.wish.transaction().map(name);
            if let Some(event) = transaction.as_ref().and_then(|name| transactions.get(name)) {
                let event = event.clone();
                self.done.push((request, Ok(event)));
                continue;
            }
            let outcome = decide(engine, reader, held, &request.wish).map_err(ReadError::into_refusal);
            let outcome = outcome.map(|(facts, event)| {
                for fact in facts {
                    if let Fact::Room(fact) = &fact {
                        held.state.apply(fact);
                        bytes += size(fact);
                    }
                    self.facts.push(fact);
                }
                event
            });
            if let (Some(name), Ok(event)) = (transaction, &outcome) {
                transactions.insert(name, event.clone());
            }
            self.done.push((request, outcome));
        }
    }

    /// Answers everybody; gives back the wishes that are still to be decided.
    fn answer(self, head: Seq, stored: Result<(), Refusal>) -> Vec<Request> {
        for (request, outcome) in self.done {
            let outcome = match (&stored, outcome) {
                (Ok(()), Ok(event_id)) => Ok(Sent { event_id, position: Position::end_of(head) }),
                // A refusal stands whatever became of the others.
                (_, Err(refusal)) => Err(refusal),
                (Err(refusal), Ok(_)) => Err(refusal.clone()),
            };
            let _gone = request.answer.send(outcome);
        }
        self.rest
    }

    /// Whether an answer would say how the room is: everything but what a transaction has sent already.
    fn rests_on_state(&self) -> bool {
        self.done.iter().any(|(request, outcome)| outcome.is_err() || request.wish.transaction().is_none())
    }

    fn requests(self) -> Vec<Request> {
        self.done.into_iter().map(|(request, _)| request).chain(self.rest).collect()
    }
}

/// What makes two requests one: user, device, transaction id and path.
type Name = (OwnedUserId, String, String, String);

fn name((transaction, what): (&Transaction, &str)) -> Name {
    (transaction.user.clone(), transaction.device.clone(), transaction.id.clone(), what.to_owned())
}

fn size(fact: &RoomFact) -> usize {
    match fact {
        RoomFact::Event(event) => event.pdu.get().len() + 200,
        _ => 100,
    }
}

/// Decides one wish, loading the memberships that the decision asks for.
fn decide(
    engine: &Engine,
    reader: &Reader<'_>,
    held: &mut Loaded,
    wish: &RoomWish,
) -> Result<(Vec<Fact>, OwnedEventId), ReadError> {
    if let Some((transaction, what)) = wish.transaction() {
        let sent = reader.transaction(transaction, held.nid, what)?;
        if let Some(event) = sent {
            return Ok((Vec::new(), parse_event_id(&event)?));
        }
    }
    if held.state.is_closed() && !closing::fits_closed(wish) {
        // The web client knows it by these words: there is no code for it.
        return Err(Refusal::forbidden("this room was closed by an administrator of the server").into());
    }
    if matches!(wish, RoomWish::Membership(alphorn_domain::MembershipChange::Join { .. })) {
        supply_voucher(engine, reader, held)?;
    }
    // Each round loads what was missing; a decision asks for a handful of memberships at most.
    for _ in 0..16 {
        let decision = decide_once(engine, reader, &held.state, held.nid, wish)?;
        match decision {
            Decision::Accept(facts, event) => return Ok((facts, event)),
            Decision::Existing(event) => return Ok((Vec::new(), event)),
            Decision::Refuse(refusal) => return Err(refusal.into()),
            Decision::Missing(users) => {
                for user in users {
                    let event = reader.state_event(held.nid, "m.room.member", user.as_str())?;
                    let member =
                        event.map(|event| parse(&event, held.state.room_id().to_owned())).transpose()?;
                    held.state.supply_member(&user, member);
                }
            }
        }
    }
    tracing::error!(room = %held.state.room_id(), "a decision never had enough memberships");
    Err(Refusal::internal().into())
}

/// Somebody of this server who is in the room can vouch for a restricted join: one is enough.
fn supply_voucher(engine: &Engine, reader: &Reader<'_>, held: &mut Loaded) -> Result<(), ReadError> {
    if !alphorn_domain::decide::wants_voucher(&held.state, engine.server_name()) {
        return Ok(());
    }
    for member in reader.members_as(held.nid, alphorn_store::Membership::Join, VOUCHERS_MAX)? {
        let local = alphorn_model::UserId::parse(&member.user)
            .ok()
            .filter(|user| user.server_name() == engine.server_name().as_str());
        if let Some(user) = local {
            if let Some(event) = reader.event_at(member.position)? {
                let event = parse(&event, held.state.room_id().to_owned())?;
                held.state.supply_member(&user, Some(event));
            }
            return Ok(());
        }
    }
    Ok(())
}

fn decide_once(
    engine: &Engine,
    reader: &Reader<'_>,
    state: &RoomState,
    nid: i64,
    wish: &RoomWish,
) -> Result<Decision, ReadError> {
    let context = engine.context();
    Ok(match wish {
        RoomWish::Event(event) => decide_event(state, event.clone(), &context),
        RoomWish::Membership(change) => decide_membership(state, change.clone(), &context),
        RoomWish::Redact { sender, target, reason, further, transaction } => {
            let Some(found) = reader.event(target.as_str())? else {
                return Err(Refusal::not_found("there is no such event in this room").into());
            };
            if found.room != nid {
                return Err(Refusal::invalid_param("this event is in another room").into());
            }
            let target = parse(&found, state.room_id().to_owned())?;
            let redaction = Redaction {
                sender: sender.clone(),
                target: &target,
                reason: reason.clone(),
                further: further.clone(),
                transaction: transaction.clone(),
                timestamp_ms: None,
            };
            decide_redaction(state, redaction, &context)
        }
        RoomWish::Close { closed: false, .. }
            if reader.room_by_nid(nid)?.is_some_and(|row| row.purge != Purge::None) =>
        {
            return Err(
                Refusal::forbidden("this room was purged: nothing is left that could be opened").into()
            );
        }
        RoomWish::Close { closed, remove_members, act } => {
            closing::close(state, *closed, *remove_members, act)
        }
        RoomWish::MakeAdministrator { user, act } => match closing::promotion(state, user) {
            Err(decision) => decision,
            Ok(event) => match decide_event(state, event, &context) {
                Decision::Accept(mut facts, event) => {
                    facts.push(entry(act.clone()));
                    Decision::Accept(facts, event)
                }
                other => other,
            },
        },
        RoomWish::Publish { by, public } => publish(state, by.as_ref(), *public),
        RoomWish::Expire { .. } | RoomWish::Purge { .. } | RoomWish::EndPurge => {
            let row = reader.room_by_nid(nid)?.ok_or_else(|| Refusal::not_found("unknown room"))?;
            match wish {
                RoomWish::Expire { upto, state: whole } => retention::expire(state, &row, *upto, *whole),
                RoomWish::Purge { act } => retention::purge(state, &row, act),
                _ => retention::end_purge(state, &row),
            }
        }
    })
}

/// Who may send the canonical alias may list the room. Specification: "Listing rooms" leaves it to us.
fn publish(state: &RoomState, by: Option<&OwnedUserId>, public: bool) -> Decision {
    if let Some(user) = by {
        match state.member(user) {
            alphorn_domain::Member::Unknown => return Decision::Missing(vec![user.clone()]),
            member if member.membership() != Some("join") => {
                return Decision::Refuse(Refusal::forbidden("you are not in this room"));
            }
            _ => {}
        }
        let level = |power: &alphorn_domain::Power| {
            power.of_user(user).reaches(power.required_level("m.room.canonical_alias", true))
        };
        if !state.power().is_some_and(level) {
            return Decision::Refuse(Refusal::forbidden(
                "your power level does not allow changing the directory",
            ));
        }
    }
    let Some(create) = state.state("m.room.create", "") else {
        return Decision::Refuse(Refusal::not_found("unknown room"));
    };
    let fact = Fact::Room(RoomFact::DirectoryVisibility { public });
    Decision::Accept(vec![fact], create.event_id.clone())
}

async fn load(engine: &Engine, room: &OwnedRoomId) -> Result<Loaded, Refusal> {
    let read = || {
        let room = room.clone();
        engine.read(move |reader| load_from(reader, &room))
    };
    match read().await {
        // It may be of another node, and come this moment.
        Err(refusal) if refusal.code == ErrorCode::NotFound => {
            hear_of_all(engine).await?;
            read().await
        }
        loaded => loaded,
    }
}

fn load_from(reader: &Reader<'_>, room: &OwnedRoomId) -> Result<Loaded, ReadError> {
    let Some(row) = reader.room(room.as_str())? else {
        return Err(Refusal::new(ErrorCode::NotFound, "unknown room").into());
    };
    let head = reader.aggregate_seq(&key(room))?;
    let mut state = Vec::new();
    for (_, _, position) in reader.current_state(row.nid, false)? {
        if let Some(event) = reader.event_at(position)? {
            state.push(parse(&event, room.clone())?);
        }
    }
    let mut extremities = Vec::new();
    let mut tips = Vec::new();
    for (id, depth) in reader.extremities(row.nid)? {
        tips.extend(reader.event_of_graph(&id)?);
        extremities.push((parse_event_id(&id)?, depth));
    }
    let mut loaded = RoomState::load(room.clone(), &row.version, state, extremities)
        .map_err(|error| StoreError::Inconsistent(format!("room {room}: {error}")))?;
    loaded.set_closed(row.closed);
    for tip in tips {
        loaded.supply_extremity(&*parse(&tip, room.clone())?);
    }
    Ok(Loaded { state: loaded, nid: row.nid, head })
}

fn parse(event: &StoredEvent, room: OwnedRoomId) -> Result<Arc<Pdu>, ReadError> {
    Pdu::parse(event.event_id.clone(), room, &event.pdu, false)
        .map(Arc::new)
        .map_err(|error| StoreError::Inconsistent(format!("event {}: {error}", event.event_id)).into())
}

fn parse_event_id(id: &str) -> Result<OwnedEventId, ReadError> {
    alphorn_model::EventId::parse(id).map_err(|_| StoreError::Inconsistent(format!("event id {id}")).into())
}
