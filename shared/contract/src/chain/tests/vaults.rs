//! Roles in vaults, and the new keys that follow when one is taken away.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::{policy, record::Tier};

#[test]
fn custodians_grant_and_nobody_else() {
    let mut team = Team::of_three();
    let made = team.new_vault(&[(ADA, VaultRole::Custodian)], 2);
    team.does(ADA, made);
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    team.refuses(BOB, grant(1, EVE, VaultRole::Viewer), Refused::Right);
    team.refuses(BOB, grant(1, BOB, VaultRole::Custodian), Refused::Right);
    team.refuses(ADA, grant(7, BOB, VaultRole::Viewer), Refused::Unknown);
    team.refuses(ADA, grant(1, 9, VaultRole::Viewer), Refused::Grants);
    team.refuses(ADA, grant(1, BOB, VaultRole::Editor), Refused::State);
    team.refuses(ADA, grant(1, BOB, VaultRole::Viewer), Refused::Heads);
    team.refuses(ADA, lower(1, BOB, VaultRole::Custodian), Refused::Heads);
    team.refuses(ADA, lower(1, EVE, VaultRole::Viewer), Refused::Heads);
    // An owner who is no custodian gives nothing, to nobody.
    team.does(ADA, set_role(EVE, TeamRole::Owner));
    team.refuses(EVE, grant(1, EVE, VaultRole::Viewer), Refused::Right);
    assert!(!team.is_due(1));
    team.does(ADA, grant(1, BOB, VaultRole::Custodian));
    assert!(!team.is_due(1), "more rights make no new keys due");
    team.does(BOB, grant(1, EVE, VaultRole::Viewer));
}

#[test]
fn taking_a_role_away_makes_keys_due() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    team.does(ADA, grant(1, EVE, VaultRole::User));
    team.refuses(BOB, revoke(1, EVE), Refused::Right);
    team.refuses(ADA, Body::Revoke(Revoke { vault: vault(1), member: member(BOB), head: None }), Refused::Heads);
    team.refuses(ADA, revoke(1, 9), Refused::Grants);
    team.refuses(ADA, revoke(7, BOB), Refused::Unknown);
    for taken in [revoke(1, EVE), lower(1, BOB, VaultRole::User), team.suspend(BOB), team.remove(BOB)] {
        let mut team = team.clone();
        team.does(ADA, taken);
        let since = team.state.position().sequence;
        assert!(team.is_due(1));
        let known = team.state.vault(&vault(1)).unwrap();
        assert_eq!(known.cut().map(|cut| (cut.sequence, cut.head)), Some((since, Some(HEAD))));
        let epoch = team.new_epoch(1);
        team.refuses(EVE, epoch.clone(), Refused::Right);
        team.does(ADA, epoch);
        assert!(!team.is_due(1));
        let known = team.state.vault(&vault(1)).unwrap();
        assert_eq!([since - 1, since, since + 1].map(|at| known.is_due_at(at)), [false, true, false]);
    }
    // Without custody, but with the right to remove people, roles are taken away.
    team.does(ADA, set_role(EVE, TeamRole::Administrator));
    team.does(EVE, revoke(1, BOB));
    let epoch = team.new_epoch(1);
    team.refuses(EVE, epoch, Refused::Right);
}

#[test]
fn a_vault_without_custodians_is_closed() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    team.does(ADA, set_role(EVE, TeamRole::Owner));
    team.does(EVE, team.remove(ADA));
    assert_eq!(team.state.vault(&vault(1)).unwrap().custodians(), 0);
    let epoch = team.new_epoch(1);
    for who in [BOB, EVE] {
        team.refuses(who, epoch.clone(), Refused::Right);
        team.refuses(who, grant(1, EVE, VaultRole::Viewer), Refused::Right);
    }
    assert!(team.is_due(1));
}

#[test]
fn approvals_stay_fewer_than_custodians() {
    let mut team = Team::of_three();
    team.refuses(ADA, approvals(1, 1), Refused::Policy);
    team.does(ADA, grant(1, BOB, VaultRole::Custodian));
    team.does(ADA, approvals(1, 1));
    team.refuses(ADA, approvals(1, 2), Refused::Policy);
    team.refuses(ADA, revoke(1, BOB), Refused::Policy);
    team.refuses(ADA, lower(1, BOB, VaultRole::Editor), Refused::Policy);
    // But no custodian makes itself immovable.
    for body in [team.suspend(BOB), team.remove(BOB)] {
        team.clone().does(ADA, body);
    }
    team.does(ADA, grant(1, EVE, VaultRole::Custodian));
    team.does(ADA, revoke(1, BOB));
}

#[test]
fn keys_go_with_roles() {
    let rows = [
        (VaultRole::Viewer, [true, false, false, false]),
        (VaultRole::User, [true, true, false, false]),
        (VaultRole::Editor, [true, true, false, false]),
        (VaultRole::Custodian, [true, true, true, false]),
    ];
    for (role, held) in rows {
        let tiers = [Tier::Catalog, Tier::Open, Tier::Guarded, Tier::Directory];
        assert_eq!(tiers.map(|tier| policy::holds_key(role, tier)), held, "{role:?}");
    }
}

#[test]
fn forged_and_reordered_statements_do_not_follow() {
    let mut team = Team::of_three();
    let body = grant(1, BOB, VaultRole::Viewer);
    let right = team.statement(ADA, body);
    let newest = team.state.position();
    let cases = [
        (Statement { suite: 2, ..right.clone() }, Refused::Suite),
        (Statement { team: None, ..right.clone() }, Refused::Team),
        (Statement { sequence: newest.sequence, ..right.clone() }, Refused::Order),
        (Statement { sequence: newest.sequence + 2, ..right.clone() }, Refused::Order),
        (Statement { previous: Hash::ZERO, ..right.clone() }, Refused::Order),
        (Statement { time: Timestamp(START - 1), ..right.clone() }, Refused::Time),
        (Statement { author: member(9), ..right.clone() }, Refused::Author),
        (Statement { author: member(BOB), ..right.clone() }, Refused::Signature),
    ];
    for (statement, reason) in cases {
        assert_eq!(team.append(&sign(ADA, statement)), Err(reason));
    }
    let right = sign(ADA, right);
    assert_eq!(team.append(&right), Ok(()));
    assert_eq!(team.append(&right), Err(Refused::Order));
}
