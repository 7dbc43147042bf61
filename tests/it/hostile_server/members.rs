//! Lies about members: planted, reordered and withheld statements, and keys that belong elsewhere.

use super::{Past, damage};
use crate::harness::{A_DAY, Founder, Furnished, ORIGIN, answers, keys_of_link, text};
use sealward_client::{
    api::Api,
    crypto::{randomness::OsRandom, signing::SigningKey},
    error::{Damage, DamagedObject, Error, Fault, InvitationFault},
    invitation::{InvitationLink, Joining, open_invitation},
};
use sealward_contract::{
    chain::{Body, SetTeamRole, SignedStatement, TeamRole, VaultGrant, VaultRole},
    crypto::context::Label,
    operations::{
        invitations::{JoinTeam, OpenInvitation},
        members::ListHeldHeads,
        sync::SyncTeam,
    },
    text::LoginName,
};

#[tokio::test(flavor = "current_thread")]
async fn a_member_whom_the_server_makes_up_is_refused() {
    let past = Past::make().await;
    let link =
        past.session.invite(&[VaultGrant { vault: past.made.vault, role: VaultRole::Editor }], A_DAY).await.unwrap();
    let chain = past.session.chain().unwrap().clone();
    let (newcomer, body) = Founder::prepare_join(&past.server, &link, &chain, "the.server");
    let right = SignedStatement::parse(&body.statement).unwrap();
    let own = SigningKey::make(&mut OsRandom::new());
    let by_server = newcomer.identity.signing.sign(right.value().clone());
    let by_server = by_server.clone().with_cosignature(own.sign_bytes(Label::Join, by_server.bytes()));
    let stolen = own.sign(right.value().clone());
    let stolen = stolen.clone().with_cosignature(keys_of_link(&link).signing.sign_bytes(Label::Join, stolen.bytes()));
    let owner = SetTeamRole { member: past.member(), role: TeamRole::Member };
    let demoted = own.sign(past.forge().state(Body::SetTeamRole(owner)).value().clone());
    for wire in [by_server.to_wire(), stolen.to_wire(), demoted.to_wire()] {
        let before = past.session.chain().unwrap().position();
        let lie = answers::<SyncTeam>(move |changes| changes.statements.push(wire.clone()));
        assert_eq!(past.lied_to(lie).await, Err(Error::Damage(damage(DamagedObject::Chain, Fault::NoRight))));
        assert_eq!(past.session.chain().unwrap().position(), before);
    }
    past.wire.tell_the_truth();
    assert_eq!(past.session.members().len(), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn reordered_and_withheld_statements_are_refused() {
    let past = Past::make().await;
    let grants = [(past.made.vault, VaultRole::Editor)];
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &grants).await;
    past.session.remove_member(grace.identity.member).await.unwrap();
    let memory = past.session.memory();
    let chain = |fault| Err(Error::Damage(damage(DamagedObject::Chain, fault)));
    // 0 genesis, 1 vault, 2 invitation, 3 join, 4 removal, 5 new keys.
    for (from, to) in [(2, 3), (3, 4), (4, 5)] {
        let fresh = past.fresh(answers::<SyncTeam>(move |changes| changes.statements.swap(from, to))).await;
        assert_eq!(fresh.synced, chain(Fault::NoRight));
    }
    let fresh = past.fresh(answers::<SyncTeam>(|changes| drop(changes.statements.remove(4)))).await;
    assert_eq!(fresh.synced, chain(Fault::NoRight), "a removal left out");
    // All from the removal on: only a device that has seen it can tell.
    let lie = answers::<SyncTeam>(|changes| changes.statements.truncate(4));
    assert_eq!(past.fresh_with(memory, lie).await.synced, chain(Fault::RolledBack));
}

#[tokio::test(flavor = "current_thread")]
async fn an_old_head_is_not_named_for_the_server() {
    let past = Past::make().await;
    let grants = [(past.made.vault, VaultRole::Editor)];
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &grants).await;
    let old = past.session.vaults()[&past.made.vault].signed_head().unwrap().to_wire();
    let draft = crate::harness::next_of(&past.session, past.made.vault, past.made.key(past.made.group), "newer");
    let drafts = vec![draft];
    past.session.write(&[sealward_client::session::VaultDrafts { vault: past.made.vault, drafts }]).await.unwrap();
    let before = past.session.chain().unwrap().position();
    past.wire.lie(answers::<ListHeldHeads>(move |held| held.heads[0].head = old.clone()));
    let back = Damage { vault: Some(past.made.vault), ..damage(DamagedObject::Head, Fault::RolledBack) };
    assert_eq!(past.session.remove_member(grace.identity.member).await, Err(Error::Damage(back)));
    past.wire.lie(answers::<ListHeldHeads>(|held| held.heads.clear()));
    assert_eq!(past.session.remove_member(grace.identity.member).await, Err(Error::Busy));
    assert_eq!(past.session.chain().unwrap().position(), before);
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_joins_believes_only_the_chain_of_the_link() {
    let past = Past::make().await;
    let link = past.session.invite(&[], A_DAY).await.unwrap();
    let other = Founder::found(&past.server, "mary.somerville").await;
    let theirs = other.session(&past.server, &past.server.connect()).await;
    theirs.sync(|_| {}).await.unwrap();
    let elsewhere = theirs.invite(&[], A_DAY).await.unwrap();
    let (_, body) = Founder::prepare(&past.server, "the.server");
    let genesis = body.genesis;
    type Change = Box<dyn Fn(&mut Vec<sealward_contract::bytes::Bytes>)>;
    let damaged = |fault| Error::Damage(damage(DamagedObject::Chain, fault));
    let cases: Vec<(Change, Error)> = vec![
        (Box::new(move |statements| statements[0] = genesis.clone()), damaged(Fault::Substituted)),
        (Box::new(|statements| statements.swap(1, 2)), damaged(Fault::NoRight)),
        (Box::new(|statements| statements.truncate(2)), Error::Invitation(InvitationFault::Foreign)),
        (Box::new(|statements| statements.clear()), damaged(Fault::Malformed)),
    ];
    for (change, expected) in cases {
        let wire = past.server.connect();
        wire.lie(answers::<OpenInvitation>(move |opened| change(&mut opened.statements)));
        let copy = InvitationLink::read(&link.expose()).unwrap();
        let opened = open_invitation(&Api::new(wire), &past.server.surroundings(), copy, ORIGIN).await;
        assert_eq!(opened.err(), Some(expected));
    }
    assert_ne!(elsewhere.team(), link.team());
}

#[tokio::test(flavor = "current_thread")]
async fn keys_of_another_vault_are_as_good_as_none() {
    let past = Past::make().await;
    let second = Furnished::make(&past.session, "Second").await;
    let vaults = [past.made.vault, second.vault];
    let grants = vaults.map(|vault| VaultGrant { vault, role: VaultRole::Editor });
    let link = past.session.invite(&grants, A_DAY).await.unwrap();
    let wire = past.server.connect();
    let (api, surroundings) = (Api::new(wire.clone()), past.server.surroundings());
    let copy = InvitationLink::read(&link.expose()).unwrap();
    let mut opened = open_invitation(&api, &surroundings, copy, ORIGIN).await.unwrap();
    wire.lie(answers::<JoinTeam>(move |joined| {
        let sealed = |vault| joined.envelopes.iter().position(|one| one.vault == Some(vault)).unwrap();
        let (to, from) = (sealed(vaults[0]), sealed(vaults[1]));
        joined.envelopes[to].envelope.sealed = joined.envelopes[from].envelope.sealed.clone();
    }));
    let new = Joining { login_name: LoginName::parse("grace.hopper").unwrap(), password: text("a password") };
    let newcomer = opened.join(&api, &surroundings, &new).await.unwrap();
    let session = newcomer.sign_in(Api::new(wire), past.server.surroundings(), "a device").await.unwrap();
    assert!(!session.vaults().contains_key(&vaults[0]) || session.vaults()[&vaults[0]].keys.is_empty());
    assert_eq!(session.refused().keys().copied().collect::<Vec<_>>(), [vaults[0]]);
    let released = session.release(second.vault, second.first).await.unwrap();
    assert_eq!(released.value.expose(), Furnished::FIRST.1);
    // A custodian wraps them anew.
    past.session.sync(|_| {}).await.unwrap();
    past.session.rewrap_keys(vaults[0], link.invite().member()).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn what_others_wrote_is_not_cut_off_by_a_custodian_who_is_shown_less() {
    let past = Past::make().await;
    let vault = past.made.vault;
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &[]).await;
    past.session.set_team_role(grace.identity.member, TeamRole::Administrator).await.unwrap();
    let xavier = Founder::invited(&past.server, &past.session, "xavier.roe", &[(vault, VaultRole::Editor)]).await;
    past.session.sync(|_| {}).await.unwrap();
    let old = past.session.vaults()[&vault].signed_head().unwrap().to_wire();
    let his = xavier.session(&past.server, &past.server.connect()).await;
    his.sync(|_| {}).await.unwrap();
    let draft = crate::harness::next_of(&his, vault, past.made.key(past.made.group), "newer");
    his.write(&[sealward_client::session::VaultDrafts { vault, drafts: vec![draft] }]).await.unwrap();
    let hers = grace.session(&past.server, &past.server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    hers.remove_member(xavier.identity.member).await.unwrap();
    let newest = his.vaults()[&vault].head();
    // The chain names the head that he wrote; the server tells the custodian of the one before.
    past.wire.lie(answers::<SyncTeam>(move |changes| changes.heads[0].head = old.clone()));
    let report = past.session.sync(|_| {}).await.unwrap();
    let cut = Damage { vault: Some(vault), ..damage(DamagedObject::Head, Fault::RolledBack) };
    assert_eq!(report.damages, [cut]);
    // The new keys that are due are made on what he wrote, which is fetched before.
    let named = past.session.chain().unwrap().vault(&vault).unwrap().cut().unwrap().head.unwrap();
    assert_eq!((named.sequence, named.hash), (newest.sequence, newest.hash));
    assert_eq!(past.session.vaults()[&vault].head(), newest);
    past.wire.tell_the_truth();
    assert_eq!(past.session.sync(|_| {}).await.unwrap().damages, []);
    assert!(past.session.refused().is_empty());
}
