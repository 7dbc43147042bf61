//! Auditors: every shared catalog, no secret, nothing written; and nothing of what is written after they are none.

use crate::harness::{Founder, Furnished, InProcess, TestServer, furnished_team, next_of};
use sealward_client::{
    api::Api,
    error::Error,
    exposure::holders,
    session::{Session, VaultDrafts},
};
use sealward_contract::{
    audit::AuditedAct,
    chain::{TeamRole, VaultRole},
    ids::{Epoch, VaultId},
    operations::{
        Empty, ObjectPath,
        audit::{EventOrder, EventsQuery},
        records::GetResourceGroup,
    },
    record::Record,
};
use sealward_server::maintenance::verify::verify;

async fn opened(server: &TestServer, who: &Founder) -> Session<InProcess> {
    let session = who.session(server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    session
}

fn check(server: &TestServer) {
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

fn name_of(session: &Session<InProcess>, made: &Furnished) -> Option<String> {
    let vaults = session.vaults();
    let entry = vaults.get(&made.vault)?.entry(&made.key(made.group))?;
    Some(entry.details().ok()?.name().to_owned())
}

/// How often keys of a vault were wrapped, by the audit.
async fn wrapped(session: &Session<InProcess>, vault: VaultId) -> usize {
    let query = EventsQuery { order: EventOrder::Newest, vault: Some(vault), ..EventsQuery::default() };
    let listed = session.list_events(&query).await.unwrap();
    listed.events.iter().filter(|listed| matches!(listed.event.what, AuditedAct::KeysWrapped { .. })).count()
}

#[tokio::test(flavor = "current_thread")]
async fn an_auditor_opens_every_catalog_and_no_secret() {
    let (server, founder, made) = furnished_team().await;
    let ada = opened(&server, &founder).await;
    // A vault of somebody else's, with two epochs before the auditor comes.
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    ada.set_team_role(grace.identity.member, TeamRole::PasswordAdministrator).await.unwrap();
    let hers = opened(&server, &grace).await;
    let second = Furnished::make(&hers, "Databases").await;
    hers.start_epoch(second.vault).await.unwrap();
    let eve = Founder::invited(&server, &ada, "eve.auditor", &[]).await;
    ada.sync(|_| {}).await.unwrap();
    ada.set_team_role(eve.identity.member, TeamRole::Auditor).await.unwrap();

    // The founder's client wrapped what it keeps at once; the other waits for its custodian, and is no damage.
    let auditor = eve.session(&server, &server.connect()).await;
    assert_eq!(auditor.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(name_of(&auditor, &made).as_deref(), Some(Furnished::GROUP));
    assert_eq!(auditor.awaited_vaults(), [second.vault]);
    assert_eq!(name_of(&auditor, &second), None);
    // New keys that are made meanwhile bring themselves alone: what was there before waits all the same.
    let later = next_of(&hers, second.vault, second.key(second.group), "Later");
    hers.start_epoch(second.vault).await.unwrap();
    hers.write(&[VaultDrafts { vault: second.vault, drafts: vec![later] }]).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    assert_eq!(auditor.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(auditor.awaited_vaults(), []);
    assert_eq!(name_of(&auditor, &second).as_deref(), Some("Later"));
    assert_eq!(auditor.verify_some(usize::MAX), (vec![], false));
    // A vault that is made now is seen at once.
    let third = Furnished::make(&ada, "Network").await;
    auditor.sync(|_| {}).await.unwrap();
    assert_eq!(name_of(&auditor, &third).as_deref(), Some(Furnished::GROUP));

    for made in [&made, &second, &third] {
        assert_eq!(auditor.role(&made.vault), Some(VaultRole::Viewer));
        for keys in auditor.vaults()[&made.vault].keys.values() {
            assert!(keys.open.is_none() && keys.guarded.is_none(), "more than the catalog's key");
        }
        assert_eq!(auditor.release(made.vault, made.first).await.err(), Some(Error::NotAllowed));
        assert_eq!(auditor.secret_standings(made.vault).await.err(), Some(Error::NotAllowed));
        let draft = next_of(&auditor, made.vault, made.key(made.group), "by the auditor");
        let written = auditor.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await;
        assert_eq!(written, Err(Error::NotAllowed));
        assert_eq!(auditor.start_epoch(made.vault).await.err(), Some(Error::NotAllowed));
    }
    // The ledger knows that no secret is open to an auditor.
    ada.sync(|_| {}).await.unwrap();
    let standing = ada.secret_standing(made.vault, made.first).await.unwrap();
    let found = holders(&ada.chain().unwrap(), &standing);
    assert_eq!(found.iter().map(|holder| holder.member).collect::<Vec<_>>(), [founder.identity.member]);
    // A grant of more is refused, with what it is that stands in the way.
    let more = ada.set_grant(made.vault, eve.identity.member, VaultRole::User).await;
    assert_eq!(more, Err(Error::AuditorsRole));
    assert_eq!(ada.members()[2].grants, []);
    // Keys are wrapped once, however often custodians come.
    assert_eq!((wrapped(&ada, made.vault).await, wrapped(&ada, second.vault).await), (1, 1));
    for who in [&founder, &founder, &grace] {
        opened(&server, who).await;
    }
    assert_eq!((wrapped(&ada, made.vault).await, wrapped(&ada, second.vault).await), (1, 1));
    check(&server);
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_is_auditor_no_more_opens_nothing_written_later() {
    let (server, founder, made) = furnished_team().await;
    let created = founder.sign_in(&server).await;
    let ada = founder.take_over(&server, &server.connect(), &created, None);
    ada.sync(|_| {}).await.unwrap();
    let eve = Founder::invited(&server, &ada, "eve.auditor", &[]).await;
    let member = eve.identity.member;
    ada.set_team_role(member, TeamRole::Auditor).await.unwrap();
    let auditor = opened(&server, &eve).await;
    let had: Vec<_> = auditor.vaults()[&made.vault].keys.values().cloned().collect();
    assert_eq!(had.len(), 1);
    ada.set_team_role(member, TeamRole::Member).await.unwrap();
    let epoch = ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch;
    assert_eq!(epoch, Epoch(2), "a custodian's client makes the new keys by itself");
    let draft = next_of(&ada, made.vault, made.key(made.group), "after");
    ada.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();
    assert_eq!(auditor.sync(|_| {}).await.unwrap().damages, []);
    assert!(auditor.vaults().is_empty(), "nothing is shown any more");
    assert_eq!(auditor.sync_one(made.vault).await.err(), Some(Error::NotAllowed));
    let (group, none) = (ObjectPath { team: founder.team, vault: made.vault, id: made.group }, Empty {});
    let api = Api::new(server.connect());
    let given = api.call::<GetResourceGroup>(Some(&created.token), &group, &none, &none, None);
    let record = Record::parse(&given.await.unwrap().record).unwrap();
    assert_eq!(record.context().epoch, Epoch(2));
    for keys in &had {
        let header = record.header();
        let sealed = sealward_client::crypto::sealing::Sealed {
            salt: header.salt,
            commitment: header.commitment,
            bytes: record.payload().unwrap().0.clone(),
        };
        let context = sealward_contract::crypto::context::of_record(record.context());
        assert!(sealward_client::crypto::sealing::open(&keys.catalog, &context, &sealed).is_err());
    }
    // Suspended and removed ones lose it just so.
    ada.set_team_role(member, TeamRole::Auditor).await.unwrap();
    let auditor = opened(&server, &eve).await;
    assert_eq!(name_of(&auditor, &made).as_deref(), Some("after"));
    ada.suspend_member(member).await.unwrap();
    let epoch = ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch;
    assert_eq!(epoch, Epoch(3));
    ada.resume_member(member).await.unwrap();
    let auditor = opened(&server, &eve).await;
    assert_eq!(name_of(&auditor, &made).as_deref(), Some("after"), "what a resumed auditor missed was wrapped");
    ada.remove_member(member).await.unwrap();
    let epoch = ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch;
    assert_eq!(epoch, Epoch(4));
    check(&server);
}

#[tokio::test(flavor = "current_thread")]
async fn nobody_is_auditor_and_opens_secrets() {
    let (server, founder, made) = furnished_team().await;
    let ada = opened(&server, &founder).await;
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::User)]).await;
    let member = grace.identity.member;
    assert_eq!(ada.set_team_role(member, TeamRole::Auditor).await, Err(Error::AuditorsRole));
    ada.revoke_grant(made.vault, member).await.unwrap();
    ada.set_team_role(member, TeamRole::Auditor).await.unwrap();
    let hers = opened(&server, &grace).await;
    assert_eq!(name_of(&hers, &made).as_deref(), Some(Furnished::GROUP));
    // What she could open before counts until it is changed.
    let standing = ada.secret_standing(made.vault, made.first).await.unwrap();
    let found = holders(&ada.chain().unwrap(), &standing);
    let hers = found.iter().find(|holder| holder.member == member).unwrap();
    assert!(hers.lost.is_some());
}
