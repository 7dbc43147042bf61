//! Personal vaults that are nobody's business, and keys that are wrapped too late.

use super::Scene;
use crate::harness::{Forge, Founder, InProcess, service, terms};
use sealward_client::{
    api::{Api, CallError},
    crypto::randomness::OsRandom,
    session::Session,
    vault::{VaultKeys, wrap_keys},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Grant, NamedHead, NewEpoch, NewVault, SetGrant, TeamRole, VaultKind, VaultRole},
    ids::{Epoch, VaultId},
    operations::{
        Empty, VaultPath,
        sync::KeyEnvelope,
        vault::{self, CreateVault, Envelope, RenewedKeys, RewrapError, RewrapKeys, Rewrapping},
    },
};

/// The request that makes a personal vault with these holders, but for its record and head.
fn personal(scene: &Scene, holders: &[&Founder]) -> vault::NewVault {
    let forge = scene.forge();
    let id = VaultId(forge.make_object().0);
    let keys = VaultKeys::make(&mut OsRandom::new());
    let team = scene.founder.team;
    let grants = holders.iter().map(|who| Grant { member: who.identity.member, role: VaultRole::Custodian }).collect();
    let body = Body::NewVault(NewVault {
        vault: id,
        kind: VaultKind::Personal,
        keys: keys.commit(&team, &id, Epoch::FIRST).unwrap(),
        grants,
    });
    let envelopes = holders.iter().map(|who| {
        let to = (&who.identity.member, &who.identity.wrapping.public());
        let keys = [(Epoch::FIRST, &keys)];
        let role = VaultRole::Custodian;
        let sealed = wrap_keys(&keys, &team, &id, Epoch::FIRST, to, role, &mut OsRandom::new()).unwrap();
        Envelope { recipient: who.identity.member, sealed: Bytes(sealed.into_bytes()) }
    });
    let statement = forge.state(body).to_wire();
    vault::NewVault { statement, envelopes: envelopes.collect(), record: Bytes(vec![]), head: Bytes(vec![]) }
}

#[tokio::test(flavor = "current_thread")]
async fn there_is_one_personal_vault_for_each_and_for_nobody_else() {
    let scene = Scene::set().await;
    let grace = Founder::invited(&scene.server, &scene.session, "grace.hopper", &[]).await;
    let path = scene.team_path();
    for (what, holders, expected) in [
        ("one for somebody else", vec![&grace], "statement_refused: grants"),
        ("one for two", vec![&scene.founder, &grace], "statement_refused: grants"),
    ] {
        scene.refuses::<CreateVault>(what, path, &personal(&scene, &holders), (422, expected)).await;
    }
    scene.session.make_personal_vault().await.unwrap();
    let second = personal(&scene, &[&scene.founder]);
    scene.refuses::<CreateVault>("a second one", path, &second, (422, "statement_refused: personal")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn an_auditor_is_left_out_of_nothing_and_given_no_more() {
    let scene = Scene::set().await;
    let vault = scene.made.vault;
    let grace = Founder::invited(&scene.server, &scene.session, "grace.hopper", &[]).await;
    let member = grace.identity.member;
    scene.session.set_team_role(member, TeamRole::Auditor).await.unwrap();
    scene.session.sync(|_| {}).await.unwrap();
    let forge = scene.forge();
    let path = VaultPath { team: scene.founder.team, vault };
    let (keys, own) = scene.founder.make_keys(vault, Epoch(2));
    let to_grace = Envelope { recipient: member, ..own.clone() };
    for role in [VaultRole::User, VaultRole::Editor, VaultRole::Custodian] {
        let statement = forge.state(Body::SetGrant(SetGrant { vault, member, role, head: None })).to_wire();
        let body = vault::GrantChange { statement, envelope: Some(to_grace.clone()) };
        let expected = (422, "statement_refused: auditor");
        scene.refuses::<vault::SetGrant>("a role that opens secrets", path, &body, expected).await;
    }
    let head = scene.session.vaults()[&vault].head();
    let head = NamedHead { sequence: head.sequence, hash: head.hash };
    let statement = forge.state(Body::NewEpoch(NewEpoch { vault, epoch: Epoch(2), keys, head })).to_wire();
    let without = vault::EpochStart { statement, envelopes: vec![own] };
    let expected = (422, "envelopes_refused");
    scene.refuses::<vault::StartEpoch>("new keys without the auditor", path, &without, expected).await;
    let mut shared = personal(&scene, &[&scene.founder]);
    let id = VaultId(forge.make_object().0);
    let (keys, own) = scene.founder.make_keys(id, Epoch::FIRST);
    let grants = vec![Grant { member: scene.founder.identity.member, role: VaultRole::Custodian }];
    let new = NewVault { vault: id, kind: VaultKind::Shared, keys, grants };
    (shared.statement, shared.envelopes) = (forge.state(Body::NewVault(new)).to_wire(), vec![own]);
    scene.refuses::<CreateVault>("a vault without the auditor", scene.team_path(), &shared, expected).await;
}

/// The keys of the scene's vault, sealed to the sealing key that a service had at some time.
fn sealed_to(scene: &Scene, session: &Session<InProcess>, bot: &Founder) -> KeyEnvelope {
    let vaults = session.vaults();
    let keys = &vaults[&scene.made.vault].keys[&Epoch::FIRST];
    let to = (&bot.identity.member, &bot.identity.wrapping.public());
    let (team, vault) = (&scene.founder.team, scene.made.vault);
    let wrapped = [(Epoch::FIRST, &**keys)];
    let sealed = wrap_keys(&wrapped, team, &vault, Epoch(2), to, VaultRole::User, &mut OsRandom::new()).unwrap();
    let envelope = Envelope { recipient: bot.identity.member, sealed: Bytes(sealed.into_bytes()) };
    KeyEnvelope { vault: Some(vault), epoch: Epoch(2), envelope }
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_sealed_before_a_renewal_does_not_take_its_place() {
    let scene = Scene::set().await;
    let vault = scene.made.vault;
    let new = service("bot", &[(vault, VaultRole::User)], terms(&[]));
    let token = scene.session.admit_service(&new).await.unwrap();
    let (old, _) = Founder::of_token(&scene.server, &token).await;
    let renewed = scene.session.renew_service(token.member(), &terms(&[])).await.unwrap();
    let since = scene.session.chain().unwrap().member(&token.member()).unwrap().renewed().unwrap();
    scene.session.sync(|_| {}).await.unwrap();
    let (bot, _) = Founder::of_token(&scene.server, &renewed).await;
    let late = sealed_to(&scene, &scene.session, &old);
    let forge: Forge<'_> = scene.forge();
    let path = scene.team_path();
    let member = bot.identity.member;
    for (what, renewed) in [
        ("keys from before there were others", vec![]),
        ("keys of another statement", vec![RenewedKeys { member, since: since - 1 }]),
        ("keys of somebody else", vec![RenewedKeys { member: forge.founder.identity.member, since }]),
    ] {
        let body = Rewrapping { envelopes: vec![late.clone()], renewed };
        scene.refuses::<RewrapKeys>(what, path, &body, (409, "keys_replaced")).await;
    }
    let api = Api::new(scene.server.connect());
    let body = Rewrapping { envelopes: vec![late], renewed: vec![] };
    let refused = api.call::<RewrapKeys>(Some(&scene.created.token), &path, &Empty {}, &body, None).await;
    assert!(matches!(refused, Err(CallError::Own(RewrapError::KeysReplaced))));
    // The renewal's own keys are as they were, and those that know of it are taken.
    let program = bot.session(&scene.server, &scene.server.connect()).await;
    assert_eq!(program.sync(|_| {}).await.unwrap().damages, []);
    assert!(program.release(vault, scene.made.first).await.is_ok());
    scene.session.rewrap_keys(vault, member).await.unwrap();
    let again = bot.session(&scene.server, &scene.server.connect()).await;
    assert_eq!(again.sync(|_| {}).await.unwrap().damages, []);
    assert!(again.release(vault, scene.made.second).await.is_ok());
}
