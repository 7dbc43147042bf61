//! A person's own keys, replaced.

use super::*;
use crate::crypto::SafetyNumber;
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
