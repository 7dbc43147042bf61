//! Personal vaults: one for each person, and nobody else's, whatever is said.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::policy;

#[test]
fn everybody_makes_one_and_no_second() {
    let mut team = Team::of_three();
    for (who, number) in [(ADA, 11), (BOB, 12), (EVE, 13)] {
        assert!(policy::may_make_vault(&team.state, &member(who), VaultKind::Personal));
        let made = team.personal_vault(who, number);
        team.does(who, made);
        assert_eq!(team.state.personal_vault(&member(who)).map(|(id, _)| *id), Some(vault(number)));
        let second = team.personal_vault(who, number + 10);
        team.refuses(who, second, Refused::Personal);
        assert!(!policy::may_make_vault(&team.state, &member(who), VaultKind::Personal));
    }
    assert_eq!(team.state.vault(&vault(1)).unwrap().owner(), None);
    assert_eq!(team.state.vault(&vault(12)).unwrap().owner(), Some(member(BOB)));
    // Of a shared one there may be many, and a personal one is none.
    let another = team.new_vault(&[(ADA, VaultRole::Custodian)], 2);
    team.does(ADA, another);
}

#[test]
fn nobody_makes_one_for_somebody_else() {
    let mut team = Team::of_three();
    let for_bob = team.personal_vault(BOB, 12);
    team.refuses(ADA, for_bob, Refused::Grants);
    let Body::NewVault(mut for_two) = team.personal_vault(BOB, 12) else { unreachable!() };
    for_two.grants.push(Grant { member: member(ADA), role: VaultRole::Viewer });
    team.refuses(BOB, Body::NewVault(for_two), Refused::Grants);
    team.does(ADA, team.admit(7, &[]));
    let of_service = team.personal_vault(7, 17);
    team.refuses(7, of_service, Refused::Right);
}

#[test]
fn nobody_else_gets_a_key_of_it() {
    let mut team = Team::of_three();
    let made = team.personal_vault(BOB, 12);
    team.does(BOB, made);
    team.does(ADA, set_role(EVE, TeamRole::Auditor));
    let recipients = |team: &Team| team.state.recipients(&vault(12)).map(|to| to.member).collect::<Vec<_>>();
    assert_eq!(recipients(&team), [member(BOB)]);
    assert_eq!(
        [ADA, BOB, EVE].map(|who| team.state.vault_role(&vault(12), &member(who))),
        [None, Some(VaultRole::Custodian), None]
    );
    for who in [ADA, EVE] {
        team.refuses(BOB, grant(12, who, VaultRole::Viewer), Refused::Grants);
        team.refuses(ADA, grant(12, who, VaultRole::Viewer), Refused::Right);
    }
    team.refuses(ADA, revoke(12, BOB), Refused::Grants);
    team.refuses(BOB, revoke(12, BOB), Refused::Grants);
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.refuses(BOB, team.invite(8, &[(12, VaultRole::Viewer)]), Refused::Grants);
    team.refuses(BOB, team.admit(8, &[(12, VaultRole::Viewer)]), Refused::Grants);
    let epoch = team.new_epoch(12);
    team.refuses(ADA, epoch.clone(), Refused::Right);
    team.does(BOB, epoch);
    assert_eq!(recipients(&team), [member(BOB)]);
}

#[test]
fn it_is_closed_with_its_owner_and_opened_with_a_resumed_one() {
    let mut team = Team::of_three();
    let made = team.personal_vault(BOB, 12);
    team.does(BOB, made);
    let suspended = team.suspend(BOB);
    team.does(ADA, suspended);
    assert!(team.is_due(12));
    assert_eq!(team.state.recipients(&vault(12)).count(), 0);
    assert_eq!(team.state.vault(&vault(12)).unwrap().owner(), Some(member(BOB)));
    let mut resumed = team.clone();
    resumed.does(ADA, resume(BOB));
    let second = resumed.personal_vault(BOB, 14);
    resumed.refuses(BOB, second, Refused::Personal);
    let epoch = resumed.new_epoch(12);
    resumed.does(BOB, epoch);
    assert_eq!(resumed.state.vault_role(&vault(12), &member(BOB)), Some(VaultRole::Custodian));
    team.does(ADA, Body::Remove(Remove { member: member(BOB), vaults: vec![], directory: None }));
    assert_eq!(team.state.vault(&vault(12)).unwrap().custodians(), 0);
    assert_eq!(team.state.recipients(&vault(12)).count(), 0);
    assert_eq!(team.state.vault(&vault(12)).unwrap().owner(), Some(member(BOB)));
}
