//! Joining, inviting, leaving, kicking, banning.

use alphorn_domain::{Decision, MemberDetails, MembershipChange, NewRoom, decide_membership, wants_voucher};
use alphorn_model::{ErrorCode, OwnedEventId, Refusal, RoomVersionId};
use serde_json::json;

use crate::room::{Room, VERSIONS, forbidden, refused, user};

fn private(version: &RoomVersionId) -> Room {
    Room::create(NewRoom::new(user("alice"), version.clone()))
}

#[test]
fn an_invite_can_be_accepted_declined_or_taken_back() {
    for version in &VERSIONS {
        let mut room = private(version);
        forbidden(room.join("bob"));
        forbidden(room.leave("bob"));
        room.invite("alice", "bob").unwrap();
        room.invite("alice", "carol").unwrap();
        room.invite("alice", "dora").unwrap();
        room.join("bob").unwrap();
        room.leave("carol").unwrap();
        room.kick("alice", "dora").unwrap();
        for who in ["carol", "dora"] {
            assert_eq!(room.membership(who).as_deref(), Some("leave"));
            forbidden(room.join(who));
        }
        forbidden(room.invite("alice", "bob"));
        forbidden(room.invite("eve", "dora"));
        room.ban("alice", "bob").unwrap();
        forbidden(room.invite("alice", "bob"));
        forbidden(room.leave("bob"));
        forbidden(room.kick("alice", "bob"));
    }
}

#[test]
fn nothing_happens_twice() {
    let mut room = private(&RoomVersionId::V12);
    let invited = room.invite("alice", "bob").unwrap();
    assert_eq!(room.invite("alice", "bob").unwrap(), invited);
    let joined = room.join("bob").unwrap();
    assert_eq!(room.join("bob").unwrap(), joined);
    let left = room.leave("bob").unwrap();
    assert_eq!(room.leave("bob").unwrap(), left);
    let banned = room.ban("alice", "bob").unwrap();
    assert_eq!(room.ban("alice", "bob").unwrap(), banned);
}

#[test]
fn a_member_may_change_its_profile() {
    let mut room = private(&RoomVersionId::V12);
    let details = MemberDetails { displayname: Some("A".to_owned()), ..MemberDetails::default() };
    room.change(MembershipChange::Join { user: user("alice"), details, allowed_by_rooms: false }).unwrap();
    let member = room.content("m.room.member", "@alice:alphorn.test");
    assert_eq!(member, json!({ "membership": "join", "displayname": "A" }));
}

#[test]
fn a_new_profile_is_shown_only_where_one_is() {
    let mut room = Room::public(&RoomVersionId::V12);
    let show = |who: &str, name: Option<&str>| MembershipChange::ShowProfile {
        user: user(who),
        displayname: name.map(str::to_owned),
        avatar_url: None,
    };
    let mut details = MemberDetails::reason(Some("curious".to_owned()));
    details.further.insert("org.example.mood".to_owned(), "good".into());
    room.change(MembershipChange::Join { user: user("bob"), details, allowed_by_rooms: false }).unwrap();
    let shown = room.change(show("bob", Some("Bob"))).unwrap();
    let member = room.content("m.room.member", "@bob:alphorn.test");
    assert_eq!(member, json!({ "membership": "join", "displayname": "Bob", "org.example.mood": "good" }));
    assert_eq!(room.change(show("bob", Some("Bob"))).unwrap(), shown, "it says so already");
    room.change(show("bob", None)).unwrap();
    assert_eq!(room.content("m.room.member", "@bob:alphorn.test").get("displayname"), None);
    room.leave("bob").unwrap();
    forbidden(room.change(show("bob", Some("Bob"))));
    forbidden(room.change(show("carol", Some("Carol"))));
    assert_eq!(room.membership("bob").as_deref(), Some("leave"));
}

#[test]
fn kick_and_unban_need_someone_to_act_on() {
    let mut room = Room::public(&RoomVersionId::V12);
    room.join("bob").unwrap();
    room.join("carol").unwrap();
    forbidden(room.kick("alice", "dora"));
    forbidden(room.unban("alice", "bob"));
    forbidden(room.kick("bob", "carol"));
    forbidden(room.ban("bob", "carol"));
    room.leave("carol").unwrap();
    forbidden(room.kick("alice", "carol"));
    room.ban("alice", "carol").unwrap();
    forbidden(room.unban("bob", "carol"));
    room.unban("alice", "carol").unwrap();
}

#[test]
fn membership_as_an_ordinary_state_event_is_decided_alike() {
    let mut room = Room::public(&RoomVersionId::V12);
    let mut put = |sender: &str, target: &str, membership: &str| {
        let target = user(target);
        room.set(sender, "m.room.member", target.as_str(), json!({ "membership": membership, "reason": "r" }))
    };
    put("bob", "bob", "join").unwrap();
    forbidden(put("bob", "carol", "join"));
    forbidden(put("bob", "carol", "knock"));
    put("alice", "bob", "ban").unwrap();
    forbidden(put("bob", "bob", "join"));
    put("alice", "bob", "leave").unwrap();
    forbidden(put("alice", "bob", "leave"));
    put("alice", "bob", "invite").unwrap();
    put("bob", "bob", "leave").unwrap();
    refused(put("alice", "bob", "friend"), ErrorCode::BadJson);
    assert_eq!(
        room.content("m.room.member", "@bob:alphorn.test"),
        json!({ "membership": "leave", "reason": "r" })
    );
}

fn join_restricted(room: &mut Room, who: &str, allowed_by_rooms: bool) -> Result<OwnedEventId, Refusal> {
    let mut details = MemberDetails::default();
    details.further.insert("join_authorised_via_users_server".to_owned(), json!("@forged:alphorn.test"));
    room.change(MembershipChange::Join { user: user(who), details, allowed_by_rooms })
}

#[test]
fn restricted_joins_are_vouched_for() {
    for rule in ["restricted", "knock_restricted"] {
        for (number, version) in (1..).zip(&VERSIONS) {
            let mut room = private(version);
            let allow = json!([{ "type": "m.room_membership", "room_id": "!other:alphorn.test" }]);
            room.set("alice", "m.room.join_rules", "", json!({ "join_rule": rule, "allow": allow })).unwrap();
            let since = if rule == "restricted" { 8 } else { 10 };
            if number < since {
                forbidden(join_restricted(&mut room, "bob", true));
                continue;
            }
            forbidden(join_restricted(&mut room, "bob", false));
            join_restricted(&mut room, "bob", true).unwrap();
            let member = room.content("m.room.member", "@bob:alphorn.test");
            assert_eq!(member["join_authorised_via_users_server"], "@alice:alphorn.test");
            room.invite("alice", "carol").unwrap();
            join_restricted(&mut room, "carol", false).unwrap();
            let member = room.content("m.room.member", "@carol:alphorn.test");
            assert_eq!(member.get("join_authorised_via_users_server"), None);
            if rule == "knock_restricted" {
                room.knock("dora").unwrap();
            }
        }
    }
}

#[test]
fn nobody_vouches_when_those_who_may_invite_have_left() {
    let mut room = private(&RoomVersionId::V12);
    room.set("alice", "m.room.join_rules", "", json!({ "join_rule": "restricted", "allow": [] })).unwrap();
    room.set_levels("alice", json!({ "invite": 50 })).unwrap();
    join_restricted(&mut room, "bob", true).unwrap();
    room.leave("alice").unwrap();
    refused(join_restricted(&mut room, "carol", true), ErrorCode::UnableToAuthoriseJoin);
}

#[test]
fn those_who_could_vouch_are_asked_for() {
    let mut room = private(&RoomVersionId::V11);
    room.set("alice", "m.room.join_rules", "", json!({ "join_rule": "restricted", "allow": [] })).unwrap();
    let alices = room.state.member(&user("alice")).event().cloned();
    room.state.shed_members(0);
    room.state.supply_member(&user("bob"), None);
    let change = MembershipChange::Join {
        user: user("bob"),
        details: MemberDetails::default(),
        allowed_by_rooms: true,
    };
    let decision = room.decide(|state, ctx| decide_membership(state, change.clone(), ctx));
    assert!(matches!(&decision, Decision::Missing(users) if *users == [user("alice")]), "{decision:?}");
    room.state.supply_member(&user("alice"), alices);
    let decision = room.decide(|state, ctx| decide_membership(state, change, ctx));
    room.settle(decision).unwrap();
}

#[test]
fn anyone_may_vouch_where_anyone_may_invite() {
    let mut room = private(&RoomVersionId::V12);
    let allow = json!([
        { "type": "m.room_membership", "room_id": "!a:alphorn.test" },
        { "type": "org.example", "room_id": "!b:alphorn.test" },
        7,
    ]);
    room.set("alice", "m.room.join_rules", "", json!({ "join_rule": "restricted", "allow": allow })).unwrap();
    assert_eq!(room.state.allowed_rooms(), ["!a:alphorn.test"]);
    join_restricted(&mut room, "bob", true).unwrap();
    let bobs = room.state.member(&user("bob")).event().cloned();
    room.leave("alice").unwrap();
    let alices = room.state.member(&user("alice")).event().cloned();
    room.state.shed_members(0);
    room.state.supply_member(&user("alice"), alices);
    room.state.supply_member(&user("carol"), None);
    refused(join_restricted(&mut room, "carol", true), ErrorCode::UnableToAuthoriseJoin);
    assert!(wants_voucher(&room.state, user("bob").server_name()));
    room.state.supply_member(&user("bob"), bobs);
    assert!(!wants_voucher(&room.state, user("bob").server_name()));
    join_restricted(&mut room, "carol", true).unwrap();
    let member = room.content("m.room.member", "@carol:alphorn.test");
    assert_eq!(member["join_authorised_via_users_server"], "@bob:alphorn.test");
}

#[test]
fn only_texts_are_names_and_reasons() {
    let mut room = private(&RoomVersionId::V12);
    for key in ["displayname", "avatar_url", "reason"] {
        let alice = user("alice");
        let content = json!({ "membership": "join", key: 1 });
        refused(room.set("alice", "m.room.member", alice.as_str(), content), ErrorCode::BadJson);
    }
}

#[test]
fn levels_cannot_be_raised_above_ones_own() {
    let mut room = Room::public(&RoomVersionId::V11);
    for who in ["bob", "carol"] {
        room.join(who).unwrap();
        room.give_level("alice", who, 100).unwrap();
    }
    forbidden(room.give_level("bob", "carol", 50));
    forbidden(room.give_level("bob", "bob", 101));
    room.give_level("bob", "bob", 50).unwrap();
    forbidden(room.give_level("bob", "dora", 10));
}
