//! Auditors: viewers of every shared vault, and never more there.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// Vaults 1 and 2 are shared, 12 is Bob's own; Eve is an auditor.
fn audited() -> Team {
    let mut team = Team::of_three();
    let second = team.new_vault(&[(ADA, VaultRole::Custodian)], 2);
    team.does(ADA, second);
    let own = team.personal_vault(BOB, 12);
    team.does(BOB, own);
    team.does(ADA, set_role(EVE, TeamRole::Auditor));
    team
}

fn roles(team: &Team, who: Who) -> [Option<VaultRole>; 3] {
    [1, 2, 12].map(|number| team.state.vault_role(&vault(number), &member(who)))
}

fn gets_keys(team: &Team, number: u8) -> Vec<(MemberId, VaultRole)> {
    team.state.recipients(&vault(number)).map(|to| (to.member, to.role)).collect()
}

#[test]
fn an_auditor_sees_every_shared_vault() {
    let mut team = audited();
    assert_eq!(roles(&team, EVE), [Some(VaultRole::Viewer), Some(VaultRole::Viewer), None]);
    assert_eq!(gets_keys(&team, 1), [(member(ADA), VaultRole::Custodian), (member(EVE), VaultRole::Viewer)]);
    // What was there before has to be wrapped; nobody lost anything.
    let missed = |team: &Team, number| team.state.missed_since(&vault(number), &member(EVE));
    let since = team.state.position().sequence;
    assert_eq!([1, 2, 12].map(|number| missed(&team, number)), [Some(since), Some(since), None]);
    assert!(![1, 2, 12].map(|number| team.is_due(number)).contains(&true));
    // What is made later brings the keys.
    let later = team.new_vault(&[(ADA, VaultRole::Custodian)], 3);
    team.does(ADA, later);
    assert_eq!(gets_keys(&team, 3), [(member(ADA), VaultRole::Custodian), (member(EVE), VaultRole::Viewer)]);
    assert_eq!(missed(&team, 3), None);
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    assert_eq!(missed(&team, 1), Some(since), "the earlier keys are missing still");
    // It was granted nothing, and is no member of the vault as far as heads go.
    assert!(team.touched(EVE).is_empty());
    assert_eq!(team.state.vault(&vault(1)).unwrap().granted(&member(EVE)), None);
    assert_eq!(team.state.vault(&vault(1)).unwrap().role_at(&member(EVE), since), None);
    assert_eq!(team.state.vault(&vault(1)).unwrap().auditors().copied().collect::<Vec<_>>(), [member(EVE)]);
}

#[test]
fn an_auditor_is_never_more_than_a_viewer() {
    let mut team = audited();
    for role in [VaultRole::User, VaultRole::Editor, VaultRole::Custodian] {
        team.refuses(ADA, grant(1, EVE, role), Refused::Auditor);
        let made = team.new_vault(&[(ADA, VaultRole::Custodian), (EVE, role)], 4);
        team.refuses(ADA, made, Refused::Auditor);
        let mut other = team.clone();
        other.does(ADA, grant(1, BOB, role));
        other.refuses(ADA, set_role(BOB, TeamRole::Auditor), Refused::Auditor);
        let suspended = other.suspend(BOB);
        other.does(ADA, suspended);
        other.refuses(ADA, set_role(BOB, TeamRole::Auditor), Refused::Auditor);
        other.does(ADA, Body::Revoke(Revoke { vault: vault(1), member: member(BOB), head: None }));
        other.does(ADA, set_role(BOB, TeamRole::Auditor));
    }
    team.does(ADA, grant(1, EVE, VaultRole::Viewer));
    assert_eq!(gets_keys(&team, 1), [(member(ADA), VaultRole::Custodian), (member(EVE), VaultRole::Viewer)]);
    // It signs no epoch and grants nothing.
    let epoch = team.new_epoch(1);
    team.refuses(EVE, epoch, Refused::Right);
    team.refuses(EVE, grant(1, BOB, VaultRole::Viewer), Refused::Right);
    // Its own vault is its own.
    let own = team.personal_vault(EVE, 13);
    team.does(EVE, own);
    assert_eq!(team.state.vault_role(&vault(13), &member(EVE)), Some(VaultRole::Custodian));
}

#[test]
fn new_keys_are_due_wherever_an_auditor_is_none_any_more() {
    let mut team = audited();
    team.does(ADA, grant(2, EVE, VaultRole::Viewer));
    for (lost, also_two) in
        [(set_role(EVE, TeamRole::Member), false), (team.suspend(EVE), true), (team.remove(EVE), true)]
    {
        let mut team = team.clone();
        team.does(ADA, lost);
        assert_eq!([1, 2, 12].map(|number| team.is_due(number)), [true, also_two, false]);
        // It wrote nothing: nobody's head is cut off where it was granted nothing.
        assert!(team.state.vault(&vault(1)).unwrap().cut().is_none());
        let granted = (!also_two).then_some(VaultRole::Viewer);
        assert_eq!(roles(&team, EVE), [None, granted, None]);
        assert_eq!(gets_keys(&team, 1), [(member(ADA), VaultRole::Custodian)]);
        let epoch = team.new_epoch(1);
        team.does(ADA, epoch);
        assert!(!team.is_due(1));
    }
}

#[test]
fn a_resumed_auditor_is_one_again() {
    let mut team = audited();
    let suspended = team.suspend(EVE);
    team.does(ADA, suspended);
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    let later = team.new_vault(&[(ADA, VaultRole::Custodian)], 3);
    team.does(ADA, later);
    assert_eq!(gets_keys(&team, 3), [(member(ADA), VaultRole::Custodian)]);
    team.does(ADA, resume(EVE));
    let since = Some(team.state.position().sequence);
    assert_eq!(
        [1, 2, 3, 12].map(|number| team.state.missed_since(&vault(number), &member(EVE))),
        [since, since, since, None]
    );
    // One who was made something else meanwhile is none.
    let suspended = team.suspend(EVE);
    team.does(ADA, suspended);
    team.does(ADA, set_role(EVE, TeamRole::Member));
    team.does(ADA, resume(EVE));
    assert_eq!(roles(&team, EVE), [None, None, None]);
}

#[test]
fn only_owners_make_auditors() {
    let mut team = audited();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.refuses(BOB, set_role(EVE, TeamRole::Member), Refused::Right);
    team.joins(4, &[]);
    team.refuses(BOB, set_role(4, TeamRole::Auditor), Refused::Right);
    team.refuses(EVE, set_role(4, TeamRole::Auditor), Refused::Right);
}
