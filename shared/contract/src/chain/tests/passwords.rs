//! People who become members without keys, those whose keys somebody else makes again, and those for whose device an
//! administrator's client stands in.

use super::*;
use crate::{
    chain::MemberState,
    policy::{self, MemberAction},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NEW: Who = 4;

fn registered() -> Team {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let new = team.register(NEW);
    team.does(BOB, new);
    team
}

fn state_of(team: &Team, who: Who) -> MemberState {
    team.state.member(&member(who)).unwrap().state
}

fn changes(team: &Team, who: Who) -> u32 {
    team.state.member(&member(who)).unwrap().changes
}

fn rights(team: &Team, who: Who) -> (Option<TeamRole>, Option<VaultRole>) {
    (team.state.role(&member(who)), team.state.vault_role(&vault(1), &member(who)))
}

#[test]
fn whoever_has_no_keys_can_do_nothing_and_is_given_none() {
    let mut team = registered();
    let known = team.state.member(&member(NEW)).unwrap();
    assert_eq!(
        (known.state, known.standing(), known.has_keys()),
        (MemberState::Keyless, Some(TeamRole::Member), false)
    );
    assert_eq!(rights(&team, NEW), (None, None));
    assert!(team.state.directory_recipients().iter().all(|(recipient, _)| *recipient != member(NEW)));
    // Nothing is theirs to sign, whoever signs it.
    for body in [team.replacement(NEW, None), set_role(NEW, TeamRole::Owner)] {
        assert!(team.clone().try_to(NEW, body).is_err());
    }
    team.refuses(ADA, set_role(NEW, TeamRole::Administrator), Refused::State);
    team.refuses(ADA, grant(1, NEW, VaultRole::User), Refused::Grants);
    team.refuses(ADA, team.recovery(NEW), Refused::State);
    // A name is there once.
    team.refuses(ADA, team.register(NEW), Refused::Used);
    let login_name = keys_of(EVE).login_name;
    team.refuses(ADA, Body::RegisterPerson(RegisterPerson { member: member(9), login_name }), Refused::Used);
    team.refuses(EVE, team.register(9), Refused::Right);
    let by = |who| policy::member_actions(&team.state, &member(who), team.state.member(&member(NEW)).unwrap());
    let wanted = [
        MemberAction::GetMember,
        MemberAction::PutProfile,
        MemberAction::SuspendMember,
        MemberAction::RemoveMember,
        MemberAction::SetPassword,
    ];
    assert_eq!((by(ADA).as_slice(), by(EVE).as_slice()), (&wanted[..], &wanted[..1]));

    // Disabled and enabled they are what they were.
    team.does(BOB, team.suspend(NEW));
    team.refuses(ADA, team.set_password(NEW, NEW, &[]), Refused::State);
    team.does(BOB, resume(NEW));
    assert_eq!((state_of(&team, NEW), changes(&team, NEW)), (MemberState::Keyless, 2));
    team.does(BOB, team.remove(NEW));
    assert_eq!(state_of(&team, NEW), MemberState::Removed);
    team.refuses(ADA, team.set_password(NEW, NEW, &[]), Refused::Right);
}

#[test]
fn the_first_keys_bring_roles_and_are_replaced_like_any_that_others_made() {
    let mut team = registered();
    for (by, grants, reason) in [
        (EVE, vec![], Refused::Right),
        (BOB, vec![(1, VaultRole::User)], Refused::Right),
        (ADA, vec![(1, VaultRole::Custodian)], Refused::Right),
        (ADA, vec![(1, VaultRole::User), (1, VaultRole::Viewer)], Refused::Grants),
    ] {
        team.refuses(by, team.set_password(NEW, NEW, &grants), reason);
    }
    // Keys that somebody has, or that are none.
    team.refuses(ADA, team.set_password(NEW, EVE, &[]), Refused::Used);
    let Body::SetPassword(none) = team.set_password(NEW, NEW, &[]) else { unreachable!() };
    let none = SetPassword { signing: VerifyingKey([0; 32]), ..none };
    team.refuses(ADA, Body::SetPassword(none), Refused::Key);
    team.refuses(ADA, team.set_password(EVE, NEW, &[]), Refused::State);

    team.does(ADA, team.set_password(NEW, NEW, &[(1, VaultRole::Editor)]));
    let known = team.state.member(&member(NEW)).unwrap();
    assert_eq!((known.state, known.keeper(), known.renewed()), (MemberState::Made, member(ADA), None));
    assert_eq!((rights(&team, NEW), team.is_due(1)), ((None, None), false));
    team.refuses(NEW, set_role(NEW, TeamRole::Owner), Refused::Made);

    // Again, before they signed in: only by whoever could have given them what they have, and with no further role.
    team.refuses(BOB, team.set_password(NEW, 90, &[]), Refused::Right);
    team.refuses(ADA, team.set_password(NEW, 90, &[(1, VaultRole::User)]), Refused::Grants);
    let Body::SetPassword(bare) = team.set_password(NEW, 90, &[]) else { unreachable!() };
    team.refuses(ADA, Body::SetPassword(SetPassword { vaults: vec![], ..bare }), Refused::Heads);
    team.does(ADA, team.set_password(NEW, 90, &[]));
    let at = team.state.position().sequence;
    assert!(team.is_due(1), "whoever made the first keys could have kept the vault's");
    let known = team.state.member(&member(NEW)).unwrap();
    assert_eq!(known.keepers().collect::<Vec<_>>(), [(member(ADA), Some(at)), (member(ADA), None)]);
    // The first keys are worth nothing any more.
    let body = team.replacement(NEW, None);
    assert_eq!(team.clone().try_signed(NEW, body.clone(), renewed(NEW), NEW), Err(Refused::Signature));
    assert_eq!(team.try_signed(NEW, body, renewed(NEW), 90), Ok(()));
    assert_eq!(state_of(&team, NEW), MemberState::Active);
    assert_eq!(rights(&team, NEW), (Some(TeamRole::Member), Some(VaultRole::Editor)));
    assert_eq!(changes(&team, NEW), 3);
    team.refuses(ADA, team.set_password(NEW, 91, &[]), Refused::State);
}

#[test]
fn somebody_with_keys_of_others_is_disabled_and_enabled_and_has_then_still_to_replace_them() {
    let mut team = Team::of_three();
    let made = team.admit_person(NEW, &[(1, VaultRole::Editor)]);
    team.does(ADA, made);
    team.does(ADA, team.suspend(NEW));
    assert!(team.is_due(1));
    team.refuses(NEW, team.replacement(NEW, None), Refused::Author);
    team.does(ADA, resume(NEW));
    assert_eq!((state_of(&team, NEW), rights(&team, NEW)), (MemberState::Made, (None, None)));
    team.replaces(NEW, None);
    assert_eq!(rights(&team, NEW), (Some(TeamRole::Member), Some(VaultRole::Editor)));
}

#[test]
fn whoever_was_stood_in_for_has_keys_of_others_until_they_are_replaced() {
    let mut team = Team::of_three();
    team.joins(NEW, &[(1, VaultRole::Editor)]);
    team.refuses(ADA, team.stand_in(NEW), Refused::Recovery);
    team.does(ADA, trustees_of(2, &[ADA, BOB, EVE]));
    team.does(NEW, team.enrolment(NEW));
    team.does(ADA, lower(1, NEW, VaultRole::Viewer));
    team.does(ADA, set_role(NEW, TeamRole::Auditor));
    team.refuses(EVE, team.stand_in(NEW), Refused::Right);
    team.does(ADA, team.stand_in(NEW));
    let since = team.state.recovery_of(&member(NEW), Timestamp(team.now)).unwrap().since;
    // The keys in force sign still: nobody has them but the person, and whoever was given enough shares.
    let body = team.replacement(NEW, Some(since));
    for by in [ADA, BOB, device(NEW)] {
        assert_eq!(team.clone().try_signed(NEW, body.clone(), renewed(NEW), by), Err(Refused::Signature));
    }
    let before = team.state.position().sequence;
    team.replaces(NEW, Some(since));
    let known = team.state.member(&member(NEW)).unwrap();
    assert_eq!(
        (known.state, known.keeper(), known.standing()),
        (MemberState::Made, member(ADA), Some(TeamRole::Auditor))
    );
    assert_eq!((rights(&team, NEW), known.enrolment().is_some()), ((None, None), false));
    assert!(team.state.vault(&vault(1)).unwrap().auditors().next().is_none());
    assert!(team.is_due(1));
    team.refuses(NEW, set_role(EVE, TeamRole::Owner), Refused::Made);
    team.refuses(ADA, team.recovery(NEW), Refused::State);
    // Their own keys, at once: nobody waits an hour with those of somebody else.
    let body = team.replacement_with(NEW, 99, None);
    assert_eq!(team.try_signed(NEW, body, 99, renewed(NEW)), Ok(()));
    let known = team.state.member(&member(NEW)).unwrap();
    let keepers: Vec<_> = known.keepers().collect();
    assert_eq!(keepers, [(member(NEW), Some(before + 1)), (member(ADA), Some(before + 2)), (member(NEW), None)]);
    assert_eq!(rights(&team, NEW), (Some(TeamRole::Auditor), Some(VaultRole::Viewer)));
    assert_eq!(team.state.role_at(&member(NEW), before + 1), None, "nothing of between counts");
}
