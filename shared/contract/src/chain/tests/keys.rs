//! A person's own keys, replaced.

use super::*;
use crate::{chain::InvitationState, crypto::SafetyNumber};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn the_new_keys_count_from_the_statement_on_and_the_old_ones_before() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    let (before, old) = (team.state.position().sequence, team.state.clone());
    team.replaces(BOB, None);
    let at = team.state.position().sequence;
    let bob = team.state.member(&member(BOB)).unwrap();
    assert_eq!((bob.keys.signing, bob.renewed(), bob.keeper()), (public(renewed(BOB)), Some(at), member(BOB)));
    assert_eq!((bob.signing_at(before), bob.signing_at(at)), (&public(BOB), &public(renewed(BOB))));
    assert_eq!(bob.keepers().collect::<Vec<_>>(), [(member(BOB), Some(at)), (member(BOB), None)]);
    assert!(team.is_due(1), "whoever had the old keys may have had the vault's");
    let cut = team.state.vault(&vault(1)).unwrap().cut().unwrap();
    assert_eq!((cut.sequence, cut.head), (at, Some(HEAD)));
    assert_eq!(team.state.vault_role(&vault(1), &member(BOB)), Some(VaultRole::Editor));
    let to: Vec<_> = team.state.recipients(&vault(1)).map(|to| *to.sealing).collect();
    assert_eq!(to, [sealing(ADA.into()), sealing(renewed(BOB).into())]);
    // What he says is signed by the new key alone.
    let made = team.new_vault(&[(BOB, VaultRole::Custodian)], 2);
    let made = Body::NewVault(NewVault {
        kind: VaultKind::Personal,
        ..match made {
            Body::NewVault(new) => new,
            _ => unreachable!(),
        }
    });
    let old_key = sign(BOB, team.statement(BOB, made.clone()));
    assert_eq!(team.append(&old_key), Err(Refused::Signature));
    let signed = sign(renewed(BOB), team.statement(BOB, made));
    assert_eq!(team.append(&signed), Ok(()));
    // A chain that ends before says otherwise, and its safety number is another.
    let number = |state: &TeamState| {
        let [ada, bob] = [ADA, BOB].map(|who| state.member(&member(who)).unwrap().keys.clone());
        let number = SafetyNumber::derive(&state.genesis(), &ada, &bob);
        assert_eq!(number, SafetyNumber::derive(&state.genesis(), &bob, &ada), "symmetric");
        number
    };
    assert_ne!(number(&old), number(&team.state));
}

#[test]
fn both_keys_sign_and_nobody_else() {
    let mut team = Team::of_three();
    let body = team.replacement(BOB, None);
    let statement = |team: &Team| team.statement(BOB, body.clone());
    let signed = |team: &Team, by: u8, cosigner: u8| {
        let signed = sign(by, statement(team));
        let label = Label::ReplaceKeys.join(&[signed.bytes()]);
        signed.with_cosignature(Signature(signing(cosigner).sign(&label).to_bytes()))
    };
    for (by, cosigner) in
        [(BOB, renewed(BOB)), (renewed(BOB), renewed(BOB)), (BOB, BOB), (renewed(BOB), ADA), (ADA, BOB)]
    {
        let wrong = signed(&team, by, cosigner);
        assert_eq!(team.append(&wrong), Err(Refused::Signature), "{by} {cosigner}");
    }
    // A signature for another purpose is none.
    let other = sign(renewed(BOB), statement(&team));
    let label = Label::Join.join(&[other.bytes()]);
    let other = other.clone().with_cosignature(Signature(signing(BOB).sign(&label).to_bytes()));
    assert_eq!(team.append(&other), Err(Refused::Signature));
    let right = signed(&team, renewed(BOB), BOB);
    assert_eq!(team.append(&right), Ok(()));
    // The former keys are never used again.
    let back = team.replacement_with(BOB, BOB, None);
    assert_eq!(team.try_signed(BOB, back, BOB, renewed(BOB)), Err(Refused::Used));
}

#[test]
fn invitations_made_with_the_former_keys_lapse() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.does(BOB, team.invite(5, &[]));
    team.does(ADA, team.invite(6, &[(1, VaultRole::Viewer)]));
    let states = |team: &Team| [5, 6].map(|who| team.state.invitation(&invite_id(who)).unwrap().state);
    let mut by_bob = team.clone();
    by_bob.replaces(BOB, None);
    assert_eq!(states(&by_bob), [InvitationState::Lapsed, InvitationState::Open], "his, and nobody else's");
    let closed = by_bob.state.invitation(&invite_id(5)).unwrap().closed;
    assert_eq!(closed, Some(by_bob.state.position().sequence));
    assert_eq!(by_bob.try_to(5, join(5)), Err(Refused::Closed));
    let mut by_ada = team.clone();
    by_ada.replaces(ADA, None);
    assert_eq!(states(&by_ada), [InvitationState::Open, InvitationState::Lapsed]);
    assert!(by_ada.is_due(1));
}

#[test]
fn keys_are_kept_for_an_hour_but_for_those_of_a_recovery() {
    let mut team = Team::of_three();
    team.joins(4, &[]);
    team.replaces(BOB, None);
    let at = team.now;
    let again = |team: &Team, recovery| {
        let mut team = team.clone();
        let body = team.replacement_with(BOB, 99, recovery);
        team.try_signed(BOB, body, 99, renewed(BOB))
    };
    team.now = at + HOUR - 1;
    assert_eq!(again(&team, None), Err(Refused::Limit));
    team.replaces(EVE, None);
    let mut later = team.clone();
    later.now = at + HOUR;
    assert_eq!(again(&later, None), Ok(()));
    team.does(ADA, trustees_of(2, &[ADA, EVE]));
    let enrol = team.enrolment(BOB);
    let signed = sign(renewed(BOB), team.statement(BOB, enrol));
    assert_eq!(team.append(&signed), Ok(()));
    team.does(ADA, team.recovery(BOB));
    let since = team.state.recovery_of(&member(BOB), Timestamp(team.now)).unwrap().since;
    assert_eq!(again(&team, Some(since)), Ok(()));
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Editor));
    let with = |change: &dyn Fn(&mut ReplaceKeys)| {
        let Body::ReplaceKeys(mut replace) = team.replacement(BOB, None) else { unreachable!() };
        change(&mut replace);
        Body::ReplaceKeys(replace)
    };
    for (what, body, reason) in [
        ("no heads", with(&|replace| replace.vaults.clear()), Refused::Heads),
        ("another's sealing key", with(&|replace| replace.sealing = sealing(EVE.into())), Refused::Used),
        ("a recovery that nobody began", with(&|replace| replace.recovery = Some(3)), Refused::Closed),
        ("no login key", with(&|replace| replace.login_key = VerifyingKey([0; 32])), Refused::Key),
    ] {
        let got = team.clone().try_signed(BOB, body, renewed(BOB), BOB);
        assert_eq!(got, Err(reason), "{what}");
    }
    // A service's keys are its keeper's to renew.
    team.does(ADA, team.admit(4, &[]));
    assert_eq!(team.clone().try_signed(4, team.replacement(4, None), renewed(4), 4), Err(Refused::Service));
    team.does(ADA, team.suspend(BOB));
    assert_eq!(team.clone().try_signed(BOB, team.replacement(BOB, None), renewed(BOB), BOB), Err(Refused::Author));
}
