//! Roles in the team, suspension, removal.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::{chain::MemberState, policy};

const ROLES: [TeamRole; 5] =
    [TeamRole::Owner, TeamRole::Administrator, TeamRole::PasswordAdministrator, TeamRole::Auditor, TeamRole::Member];

/// What a role may do: change a role from and to the same set, manage the second set, make shared vaults, read the audit.
struct Row {
    role: TeamRole,
    sets: &'static [TeamRole],
    manages: &'static [TeamRole],
    invites: bool,
    makes_vaults: bool,
    reads_audit: bool,
}

const TABLE: [Row; 5] = [
    Row { role: TeamRole::Owner, sets: &ROLES, manages: &ROLES, invites: true, makes_vaults: true, reads_audit: true },
    Row {
        role: TeamRole::Administrator,
        sets: &[TeamRole::PasswordAdministrator, TeamRole::Member],
        manages: &[TeamRole::PasswordAdministrator, TeamRole::Auditor, TeamRole::Member],
        invites: true,
        makes_vaults: false,
        reads_audit: false,
    },
    Row {
        role: TeamRole::PasswordAdministrator,
        sets: &[],
        manages: &[],
        invites: false,
        makes_vaults: true,
        reads_audit: false,
    },
    Row { role: TeamRole::Auditor, sets: &[], manages: &[], invites: false, makes_vaults: false, reads_audit: true },
    Row { role: TeamRole::Member, sets: &[], manages: &[], invites: false, makes_vaults: false, reads_audit: false },
];

#[test]
fn each_role_may_do_what_its_row_says() {
    for row in TABLE {
        let mut team = Team::of_three();
        if row.role != TeamRole::Member {
            team.does(ADA, set_role(BOB, row.role));
        }
        let state = &team.state;
        for from in ROLES {
            assert_eq!(policy::may_manage(state, &member(BOB), from), row.manages.contains(&from), "{:?}", row.role);
            for to in ROLES {
                let may = row.sets.contains(&from) && row.sets.contains(&to);
                assert_eq!(policy::may_set_role(state, &member(BOB), from, to), may, "{:?}: {from:?} {to:?}", row.role);
            }
        }
        let invite = team.invitation(9, &[]);
        assert_eq!(policy::may_invite(state, &member(BOB), &invite), row.invites);
        assert_eq!(policy::manages_people(state, &member(BOB)), row.invites);
        assert_eq!(policy::may_make_vault(state, &member(BOB), VaultKind::Shared), row.makes_vaults);
        assert!(policy::may_make_vault(state, &member(BOB), VaultKind::Personal));
        assert_eq!(policy::may_read_audit(state, &member(BOB)), row.reads_audit);
    }
}

#[test]
fn roles_are_given_by_those_who_have_more() {
    let mut team = Team::of_three();
    team.refuses(BOB, set_role(BOB, TeamRole::Owner), Refused::Right);
    team.refuses(ADA, set_role(9, TeamRole::Auditor), Refused::Unknown);
    team.refuses(ADA, set_role(BOB, TeamRole::Member), Refused::State);
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    for role in [TeamRole::Owner, TeamRole::Administrator, TeamRole::Auditor] {
        team.refuses(BOB, set_role(EVE, role), Refused::Right);
    }
    team.refuses(BOB, set_role(BOB, TeamRole::Owner), Refused::Right);
    team.refuses(BOB, set_role(ADA, TeamRole::Member), Refused::Right);
    team.does(BOB, set_role(EVE, TeamRole::PasswordAdministrator));
    let made = team.new_vault(&[(EVE, VaultRole::Custodian)], 2);
    team.does(EVE, made);
}

#[test]
fn the_last_owner_stays() {
    let mut team = Team::of_three();
    for body in [set_role(ADA, TeamRole::Member), team.suspend(ADA), team.remove(ADA)] {
        team.refuses(ADA, body, Refused::LastOwner);
    }
    team.does(ADA, set_role(BOB, TeamRole::Owner));
    team.does(ADA, team.suspend(BOB));
    // One who may not act does not count.
    team.refuses(ADA, team.remove(ADA), Refused::LastOwner);
    team.does(ADA, resume(BOB));
    team.does(ADA, team.remove(ADA));
    team.refuses(BOB, set_role(BOB, TeamRole::Member), Refused::LastOwner);
}

#[test]
fn the_suspended_sign_nothing_and_get_back_what_they_had() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.refuses(ADA, Body::Suspend(Suspend { member: member(BOB), vaults: vec![] }), Refused::Heads);
    let twice = [team.touched(BOB), team.touched(BOB)].concat();
    team.refuses(ADA, Body::Suspend(Suspend { member: member(BOB), vaults: twice }), Refused::Heads);
    team.refuses(EVE, team.suspend(BOB), Refused::Right);
    team.refuses(ADA, resume(BOB), Refused::State);
    team.refuses(ADA, team.suspend(9), Refused::Unknown);
    team.does(ADA, team.suspend(BOB));
    let suspended = team.state.position().sequence;
    assert_eq!(team.state.member(&member(BOB)).unwrap().state, MemberState::Suspended);
    assert!(team.is_due(1));
    team.refuses(BOB, team.invite(9, &[]), Refused::Author);
    team.refuses(ADA, team.suspend(BOB), Refused::State);
    team.refuses(ADA, grant(1, BOB, VaultRole::Viewer), Refused::Grants);
    assert!(!team.state.recipients(&vault(1)).any(|to| to.member == member(BOB)));
    let mut demoted = team.clone();
    demoted.does(ADA, set_role(BOB, TeamRole::Member));
    demoted.refuses(ADA, revoke(1, BOB), Refused::Grants);
    demoted.does(ADA, Body::Revoke(Revoke { vault: vault(1), member: member(BOB), head: None }));
    demoted.does(ADA, resume(BOB));
    assert_eq!(demoted.state.role(&member(BOB)), Some(TeamRole::Member));
    assert_eq!(demoted.state.vault_role(&vault(1), &member(BOB)), None);
    team.does(ADA, resume(BOB));
    assert_eq!(team.state.role(&member(BOB)), Some(TeamRole::Administrator));
    assert_eq!(team.state.vault_role(&vault(1), &member(BOB)), Some(VaultRole::Editor));
    assert_eq!(team.state.missed_keys(&vault(1)).count(), 0);
    let mut renewed = team.clone();
    renewed.does(ADA, renewed.suspend(BOB));
    let epoch = renewed.new_epoch(1);
    renewed.does(ADA, epoch);
    assert_eq!(renewed.state.missed_keys(&vault(1)).count(), 0);
    renewed.does(ADA, resume(BOB));
    let missed: Vec<_> = renewed.state.missed_keys(&vault(1)).map(|to| (to.member, to.role)).collect();
    assert_eq!(missed, [(member(BOB), VaultRole::Editor)]);
    // What was signed meanwhile is nobody's.
    assert_eq!(team.state.role_at(&member(BOB), suspended), None);
    assert_eq!(team.state.vault(&vault(1)).unwrap().role_at(&member(BOB), suspended), None);
    assert_eq!(team.state.vault(&vault(1)).unwrap().role_at(&member(BOB), suspended - 1), Some(VaultRole::Editor));
}

#[test]
fn the_removed_never_come_back() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Custodian));
    team.does(ADA, team.suspend(EVE));
    team.refuses(BOB, team.remove(EVE), Refused::Right);
    team.does(ADA, team.remove(EVE));
    assert!(!team.is_due(1), "she had no role there");
    team.does(ADA, team.remove(BOB));
    assert!(team.is_due(1));
    for body in [resume(BOB), team.remove(BOB), team.suspend(BOB), set_role(BOB, TeamRole::Owner)] {
        team.refuses(ADA, body, Refused::Unknown);
    }
    team.refuses(BOB, team.invite(9, &[]), Refused::Author);
    team.refuses(ADA, team.invite(BOB, &[]), Refused::Used);
    team.does(ADA, team.invite(7, &[]));
    let named = MemberKeys { login_name: keys_of(BOB).login_name, ..keys_of(7) };
    team.refuses(7, Body::Join(Join { invite: invite_id(7), keys: named }), Refused::Used);
}
