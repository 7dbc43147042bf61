//! Member groups: who makes them, what they ask for, and that nobody has anything by one that no custodian gave.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::{
    chain::{Group, Outgrown},
    ids::GroupId,
};

const BOT: Who = 7;
const SECOND: Who = 8;

pub(super) fn group(number: u8) -> GroupId {
    GroupId([number; 16])
}

pub(super) fn set_group(number: u8, members: &[Who]) -> Body {
    let members = members.iter().map(|who| member(*who)).collect();
    Body::SetGroup(SetGroup { group: group(number), members: Some(members) })
}

pub(super) fn end_group(number: u8) -> Body {
    Body::SetGroup(SetGroup { group: group(number), members: None })
}

pub(super) fn ask(number: u8, of: u8, role: Option<VaultRole>) -> Body {
    Body::SetGroupRole(SetGroupRole { vault: vault(number), group: group(of), role })
}

pub(super) fn give(number: u8, of: u8, role: VaultRole, members: &[Who]) -> Body {
    let members = members.iter().map(|who| member(*who)).collect();
    Body::GrantByGroup(GrantByGroup { vault: vault(number), group: group(of), role, members })
}

pub(super) fn take(number: u8, members: &[Who]) -> Body {
    let members = members.iter().map(|who| member(*who)).collect();
    Body::EndGroupGrants(EndGroupGrants { vault: vault(number), members, head: HEAD })
}

/// Three people; a group of Bob and Eve that should be users of Ada's vault.
fn team() -> Team {
    let mut team = Team::of_three();
    team.does(ADA, set_group(1, &[BOB, EVE]));
    team.does(ADA, ask(1, 1, Some(VaultRole::User)));
    team
}

fn role_of(team: &Team, who: Who) -> Option<VaultRole> {
    team.state.vault_role(&vault(1), &member(who))
}

fn asked(team: &Team) -> Vec<(MemberId, VaultRole)> {
    team.state.asked_by_group(&vault(1), &group(1)).into_iter().collect()
}

fn outgrown(team: &Team) -> Vec<Outgrown> {
    team.state.outgrown(&vault(1)).collect()
}

#[test]
fn a_group_holds_nothing_and_a_custodian_gives_what_it_asks_for() {
    let mut team = team();
    assert_eq!((role_of(&team, BOB), role_of(&team, EVE)), (None, None));
    assert_eq!(asked(&team), [(member(BOB), VaultRole::User), (member(EVE), VaultRole::User)]);
    assert_eq!(team.state.recipients(&vault(1)).count(), 1);
    team.does(ADA, give(1, 1, VaultRole::User, &[BOB]));
    assert_eq!((role_of(&team, BOB), role_of(&team, EVE)), (Some(VaultRole::User), None));
    assert_eq!(asked(&team), [(member(EVE), VaultRole::User)]);
    assert!(!team.is_due(1) && team.state.is_brought(&vault(1), &member(BOB)));
    // Whoever has more is asked nothing for.
    team.does(ADA, grant(1, EVE, VaultRole::Editor));
    assert_eq!(asked(&team), []);
    assert_eq!(outgrown(&team), []);
    let groups: Vec<_> = team.state.groups_of(&member(EVE)).map(|group| group.group).collect();
    assert_eq!(groups, [group(1)]);
}

#[test]
fn what_only_the_group_brought_is_taken_when_somebody_leaves() {
    let mut team = team();
    team.does(ADA, grant(1, EVE, VaultRole::Viewer));
    team.does(ADA, give(1, 1, VaultRole::User, &[BOB, EVE]));
    team.does(ADA, set_group(1, &[]));
    // Nothing is lost by itself.
    assert_eq!((role_of(&team, BOB), role_of(&team, EVE)), (Some(VaultRole::User), Some(VaultRole::User)));
    let wanted = [
        Outgrown { member: member(BOB), role: VaultRole::User, left: None },
        Outgrown { member: member(EVE), role: VaultRole::User, left: Some(VaultRole::Viewer) },
    ];
    assert_eq!(outgrown(&team), wanted);
    team.refuses(BOB, take(1, &[EVE]), Refused::Right);
    team.does(ADA, take(1, &[BOB, EVE]));
    assert_eq!((role_of(&team, BOB), role_of(&team, EVE)), (None, Some(VaultRole::Viewer)));
    assert!(team.is_due(1));
    assert_eq!(outgrown(&team), []);
    team.refuses(ADA, take(1, &[EVE]), Refused::Grants);
}

#[test]
fn what_was_missed_while_suspended_stays_missed_when_a_group_takes_its_role_back() {
    let mut team = team();
    team.does(ADA, grant(1, BOB, VaultRole::Viewer));
    team.does(ADA, give(1, 1, VaultRole::User, &[BOB]));
    team.does(ADA, team.suspend(BOB));
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    team.does(ADA, resume(BOB));
    let missed = |team: &Team| -> Vec<(MemberId, VaultRole)> {
        team.state.missed_keys(&vault(1)).map(|to| (to.member, to.role)).collect()
    };
    assert_eq!(missed(&team), [(member(BOB), VaultRole::User)]);
    team.does(ADA, set_group(1, &[]));
    team.does(ADA, take(1, &[BOB]));
    assert_eq!(missed(&team), [(member(BOB), VaultRole::Viewer)]);
    // New keys bring themselves alone; a greater role brings them all.
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    assert_eq!(missed(&team), [(member(BOB), VaultRole::Viewer)]);
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    assert_eq!(missed(&team), []);
}

#[test]
fn two_groups_bring_the_greater_role_and_the_lesser_stays() {
    let mut team = team();
    team.does(ADA, set_group(2, &[BOB]));
    team.does(ADA, ask(1, 2, Some(VaultRole::Editor)));
    team.does(ADA, give(1, 2, VaultRole::Editor, &[BOB]));
    assert_eq!(team.state.role_by_groups(&vault(1), &member(BOB)), Some(VaultRole::Editor));
    assert_eq!(asked(&team), [(member(EVE), VaultRole::User)]);
    team.does(ADA, end_group(2));
    assert_eq!(
        outgrown(&team),
        [Outgrown { member: member(BOB), role: VaultRole::Editor, left: Some(VaultRole::User) }]
    );
    team.does(ADA, take(1, &[BOB]));
    assert_eq!(role_of(&team, BOB), Some(VaultRole::User));
    // What the other group leaves is still a group's.
    team.does(ADA, ask(1, 1, None));
    assert_eq!(outgrown(&team), [Outgrown { member: member(BOB), role: VaultRole::User, left: None }]);
}

#[test]
fn a_custodian_can_make_it_the_members_own() {
    let mut team = team();
    team.does(ADA, give(1, 1, VaultRole::User, &[BOB, EVE]));
    team.does(ADA, grant(1, BOB, VaultRole::User));
    team.refuses(ADA, grant(1, BOB, VaultRole::User), Refused::State);
    team.does(ADA, set_group(1, &[]));
    assert_eq!(outgrown(&team), [Outgrown { member: member(EVE), role: VaultRole::User, left: None }]);
    // Taken one by one, it is taken whole.
    team.does(ADA, revoke(1, EVE));
    assert_eq!(outgrown(&team), []);
}

#[test]
fn who_may_say_what_of_groups() {
    let mut team = team();
    team.refuses(BOB, set_group(2, &[BOB]), Refused::Right);
    team.refuses(BOB, end_group(1), Refused::Right);
    team.refuses(BOB, ask(1, 1, Some(VaultRole::Editor)), Refused::Right);
    team.refuses(BOB, give(1, 1, VaultRole::User, &[BOB]), Refused::Right);
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    // An administrator makes groups, and comes by no vault that way.
    team.does(BOB, set_group(2, &[BOB]));
    team.refuses(BOB, ask(1, 2, Some(VaultRole::User)), Refused::Right);
    team.refuses(BOB, give(1, 1, VaultRole::User, &[BOB]), Refused::Right);
    // An editor gives nothing either.
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    team.refuses(BOB, give(1, 1, VaultRole::User, &[EVE]), Refused::Right);
}

#[test]
fn statements_about_groups_that_cannot_be() {
    let mut team = team();
    let personal = Body::NewVault(NewVault {
        vault: vault(3),
        kind: VaultKind::Personal,
        keys: team.epoch_keys(),
        grants: vec![Grant { member: member(ADA), role: VaultRole::Custodian }],
    });
    team.does(ADA, personal);
    let many: Vec<MemberId> = (0..=1_000_u16)
        .map(|number| MemberId([[0; 14].as_slice(), &number.to_be_bytes()].concat().try_into().unwrap()))
        .collect();
    for (body, reason) in [
        (set_group(1, &[BOB, EVE]), Refused::State),
        (set_group(2, &[EVE, BOB]), Refused::Members),
        (set_group(2, &[BOB, BOB]), Refused::Members),
        (set_group(2, &[BOB, 99]), Refused::Members),
        (Body::SetGroup(SetGroup { group: group(2), members: Some(many) }), Refused::Limit),
        (end_group(2), Refused::Unknown),
        (ask(1, 1, Some(VaultRole::User)), Refused::State),
        (ask(1, 2, Some(VaultRole::User)), Refused::Unknown),
        (ask(2, 1, Some(VaultRole::User)), Refused::Unknown),
        (ask(3, 1, Some(VaultRole::User)), Refused::Grants),
        (give(1, 1, VaultRole::Editor, &[BOB]), Refused::State),
        (give(1, 2, VaultRole::User, &[BOB]), Refused::Unknown),
        (give(1, 1, VaultRole::User, &[]), Refused::Members),
        (give(1, 1, VaultRole::User, &[EVE, BOB]), Refused::Members),
        // Ada is in no group, and has more.
        (give(1, 1, VaultRole::User, &[ADA, BOB]), Refused::Grants),
        (take(1, &[]), Refused::Members),
        (take(1, &[BOB]), Refused::Grants),
    ] {
        team.refuses(ADA, body, reason);
    }
    team.does(ADA, end_group(1));
    team.refuses(ADA, set_group(1, &[BOB]), Refused::Used);
    team.refuses(ADA, end_group(1), Refused::Used);
    assert!(!team.state.group(&group(1)).is_some_and(Group::is_live));
}

#[test]
fn who_is_removed_is_in_no_group_and_who_is_suspended_asks_for_nothing() {
    let mut team = team();
    team.does(ADA, give(1, 1, VaultRole::User, &[BOB]));
    team.does(ADA, team.suspend(BOB));
    team.does(ADA, team.suspend(EVE));
    assert_eq!(asked(&team), []);
    team.does(ADA, set_group(1, &[EVE]));
    assert_eq!(outgrown(&team), []);
    team.does(ADA, resume(BOB));
    assert_eq!(outgrown(&team), [Outgrown { member: member(BOB), role: VaultRole::User, left: None }]);
    team.does(ADA, team.remove(EVE));
    assert_eq!(team.state.group(&group(1)).unwrap().members().count(), 0);
    team.refuses(ADA, set_group(1, &[EVE]), Refused::Members);
}

#[test]
fn a_service_gets_no_more_than_a_service_may_have() {
    let mut team = Team::of_three();
    team.does(ADA, team.admit(BOT, &[]));
    team.does(ADA, team.admit_by(SECOND, &[], team.terms(None, ServiceScope::Requests)));
    team.does(ADA, set_group(1, &[BOB, BOT, SECOND]));
    team.does(ADA, ask(1, 1, Some(VaultRole::Custodian)));
    let wanted =
        [(member(BOB), VaultRole::Custodian), (member(BOT), VaultRole::Editor), (member(SECOND), VaultRole::Viewer)];
    assert_eq!(asked(&team), wanted);
    team.does(ADA, give(1, 1, VaultRole::Custodian, &[BOT, SECOND]));
    assert_eq!((role_of(&team, BOT), role_of(&team, SECOND)), (Some(VaultRole::Editor), Some(VaultRole::Viewer)));
    assert_eq!(asked(&team), [(member(BOB), VaultRole::Custodian)]);
    // A token that somebody without custody made is not given a vault's keys.
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.does(BOB, team.admit(BOT, &[]));
    team.does(ADA, set_group(1, &[BOT]));
    team.does(ADA, ask(1, 1, Some(VaultRole::User)));
    assert_eq!(asked(&team), []);
    team.refuses(ADA, give(1, 1, VaultRole::User, &[BOT]), Refused::Grants);
}

#[test]
fn a_policys_custodians_are_not_taken_by_a_group() {
    let mut team = Team::of_three();
    team.does(ADA, set_group(1, &[BOB, EVE]));
    team.does(ADA, ask(1, 1, Some(VaultRole::Custodian)));
    team.does(ADA, give(1, 1, VaultRole::Custodian, &[BOB, EVE]));
    team.does(ADA, approvals(1, 1));
    team.does(ADA, end_group(1));
    team.refuses(ADA, take(1, &[BOB, EVE]), Refused::Policy);
    team.does(ADA, take(1, &[BOB]));
}
