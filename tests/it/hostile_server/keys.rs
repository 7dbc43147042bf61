//! Lies about keys: envelopes that are another's, planted, or withheld.

use super::{Past, damage};
use crate::harness::{Founder, Furnished, answers};
use sealward_client::{
    crypto::{hpke, randomness::OsRandom, sealing::SealingKey},
    error::{Damage, DamagedObject, Error, Fault},
};
use sealward_contract::{
    bytes::Bytes,
    crypto::context::of_directory_envelope,
    ids::{Epoch, VaultId},
    operations::sync::{KeyEnvelope, SyncTeam},
};

fn without_keys(vault: VaultId) -> Damage {
    Damage { vault: Some(vault), ..damage(DamagedObject::VaultKeys, Fault::Unopenable) }
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_without_its_keys_is_refused_and_the_others_are_shown() {
    let past = Past::make().await;
    let vault = past.made.vault;
    let second = Furnished::make(&past.session, "Second").await;
    let (stranger, _) = Founder::prepare(&past.server, "the.server");
    // The server makes keys of its own and wraps them to the member, whose public key it knows.
    let planted = past.founder.make_keys(vault, Epoch::FIRST).1.sealed;
    let others = stranger.make_keys(vault, Epoch::FIRST).1;
    let second_vault = second.vault;
    type Change = Box<dyn Fn(&mut Vec<KeyEnvelope>)>;
    let lies: Vec<Change> = vec![
        Box::new(move |envelopes| envelopes.retain(|one| one.vault != Some(vault))),
        Box::new(move |envelopes| of(envelopes, vault).envelope.sealed = planted.clone()),
        Box::new(move |envelopes| of(envelopes, vault).envelope = others.clone()),
        Box::new(move |envelopes| of(envelopes, vault).envelope.sealed = Bytes(vec![1; 1_300])),
        Box::new(move |envelopes| of(envelopes, vault).envelope.sealed = Bytes(Vec::new())),
        Box::new(move |envelopes| of(envelopes, vault).epoch = Epoch(2)),
        Box::new(move |envelopes| {
            let sealed = of(envelopes, second_vault).envelope.sealed.clone();
            of(envelopes, vault).envelope.sealed = sealed;
        }),
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let fresh = past.fresh(answers::<SyncTeam>(move |changes| lie(&mut changes.envelopes))).await;
        assert_eq!(fresh.damage(), without_keys(vault), "lie {number}");
        assert_eq!(fresh.session.refused().get(&vault), Some(&without_keys(vault)));
        assert!(fresh.shows_nothing_of(vault));
        let released = fresh.session.release(second.vault, second.first).await.unwrap();
        assert_eq!(released.value.expose(), Furnished::FIRST.1);
    }
}

fn of(envelopes: &mut [KeyEnvelope], vault: VaultId) -> &mut KeyEnvelope {
    envelopes.iter_mut().find(|one| one.vault == Some(vault)).unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn planted_keys_do_not_take_the_place_of_the_right_ones() {
    let past = Past::make().await;
    let vault = past.made.vault;
    let planted = past.founder.make_keys(vault, Epoch::FIRST).1;
    let lie = answers::<SyncTeam>(move |changes| {
        let epoch = Epoch::FIRST;
        changes.envelopes.push(KeyEnvelope { vault: Some(vault), epoch, envelope: planted.clone() });
    });
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.synced.as_ref().unwrap().damages, []);
    let released = fresh.session.release(vault, past.made.first).await.unwrap();
    assert_eq!(released.value.expose(), Furnished::FIRST.1);
}

#[tokio::test(flavor = "current_thread")]
async fn one_missing_epoch_damages_only_what_is_sealed_under_it() {
    let past = Past::make().await;
    let vault = past.made.vault;
    past.session.start_epoch(vault).await.unwrap();
    let draft = crate::harness::next_of(&past.session, vault, past.made.key(past.made.group), "newer");
    let drafts = vec![draft];
    past.session.write(&[sealward_client::session::VaultDrafts { vault, drafts }]).await.unwrap();
    let lie = answers::<SyncTeam>(|changes| changes.envelopes.retain(|one| one.epoch != Epoch(2)));
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.synced.as_ref().unwrap().damages, []);
    let newer = fresh.session.verified(vault, past.made.key(past.made.group)).unwrap_err();
    assert!(matches!(newer, Error::Damage(Damage { fault: Fault::Unopenable, .. })));
    let vaults = fresh.session.vaults();
    let older = vaults[&vault].entry(&past.made.key(past.made.resource)).unwrap();
    assert_eq!(older.details().unwrap().name(), Furnished::RESOURCE);
}

#[tokio::test(flavor = "current_thread")]
async fn a_planted_directory_key_is_refused() {
    let past = Past::make().await;
    let (team, member) = (past.founder.team, past.member());
    let randomness = &mut OsRandom::new();
    let key = SealingKey::make(randomness);
    let public = past.founder.identity.wrapping.public();
    let planted = hpke::wrap(&public, &of_directory_envelope(&team, &member), &[], key.expose(), randomness).unwrap();
    for sealed in [planted.into_bytes(), vec![1; 1_300], Vec::new()] {
        let lie = answers::<SyncTeam>(move |changes| {
            let directory = changes.envelopes.iter_mut().find(|one| one.vault.is_none()).unwrap();
            directory.envelope.sealed = Bytes(sealed.clone());
        });
        let refused = Err(Error::Damage(damage(DamagedObject::Directory, Fault::Unopenable)));
        assert_eq!(past.fresh(lie).await.synced, refused);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_withheld_vault_is_missed() {
    let past = Past::make().await;
    let second = Furnished::make(&past.session, "Second").await;
    let vault = past.made.vault;
    let withhold = move || answers::<SyncTeam>(move |changes| changes.heads.retain(|head| head.vault != vault));
    let missed = Damage { vault: Some(vault), ..damage(DamagedObject::Head, Fault::RolledBack) };
    let fresh = past.fresh(withhold()).await;
    assert_eq!(fresh.damage(), missed);
    assert_eq!(fresh.session.release(second.vault, second.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    // Also when it was there before; and it is no longer refused when it is back.
    assert_eq!(past.lied_to(withhold()).await.unwrap().damages, [missed]);
    assert!(past.session.refused().contains_key(&vault));
    past.wire.tell_the_truth();
    assert_eq!(past.session.sync(|_| {}).await.unwrap().damages, []);
    assert!(past.session.refused().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn a_planted_vault_is_refused_and_the_others_are_shown() {
    let past = Past::make().await;
    let planted = VaultId([7; 16]);
    let lie = answers::<SyncTeam>(move |changes| {
        let mut head = changes.heads[0].clone();
        head.vault = planted;
        changes.heads.insert(0, head);
    });
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.damage(), Damage { vault: Some(planted), ..damage(DamagedObject::Head, Fault::Substituted) });
    let released = fresh.session.release(past.made.vault, past.made.first).await.unwrap();
    assert_eq!(released.value.expose(), Furnished::FIRST.1);
}
