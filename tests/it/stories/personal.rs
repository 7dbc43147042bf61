//! Everybody's own vault: made without being asked, nobody else's ever, and kept sealed for a time after a removal.

use crate::harness::{
    A_DAY, Founder, Furnished, InProcess, ORIGIN, TestClock, TestServer, attach, bytes_of, furnished_team,
};
use futures_util::future::join;
use sealward_client::{
    crypto::hpke::{self, Envelope as Wrapped},
    error::Error,
    operations::{Item, Place},
    session::Session,
};
use sealward_contract::{
    audit::AuditedAct,
    chain::{TeamRole, VaultKind, VaultRole},
    crypto::context::of_vault_envelope,
    ids::{Epoch, MemberId, VaultId},
    operations::audit::{EventOrder, EventsQuery},
    record::RecordKind,
};
use sealward_server::{
    config::Config,
    jobs,
    maintenance::verify::verify,
    store::tables::{ENTRIES, ENVELOPES, FILE_CHUNKS, FILES, HEADS, NUMBERED, RECORDS, RESTS},
};
use std::ops::ControlFlow;

async fn opened(server: &TestServer, who: &Founder) -> Session<InProcess> {
    let session = who.session(server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    session
}

fn check(server: &TestServer) {
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

/// How many rows there are of a vault.
macro_rules! count {
    ($server:expr, $table:ident, $vault:expr) => {{
        let mut count = 0;
        let snapshot = $server.server.app().store.snapshot().unwrap();
        $table
            .scan_all(&snapshot, &$vault, |_| {
                count += 1;
                Ok(())
            })
            .unwrap();
        count
    }};
}

#[tokio::test(flavor = "current_thread")]
async fn everybody_gets_one_by_themselves() {
    let (server, founder, _) = furnished_team().await;
    let ada = opened(&server, &founder).await;
    assert_eq!(ada.personal_vault(), None);
    let own = ada.make_personal_vault().await.unwrap().unwrap();
    assert_eq!((ada.personal_vault(), ada.is_personal(&own)), (Some(own), true));
    assert_eq!(ada.make_personal_vault().await.unwrap(), Some(own), "it is made once");
    let report = ada.delete_items(&[Item::vault(own)], |_, _, _| {}).await;
    assert_eq!(report.left.into_iter().map(|left| left.error).collect::<Vec<_>>(), [Error::NotAllowed]);
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    // Two of her devices find none at once: one of them makes it, and both end with it.
    let (one, other) = (opened(&server, &grace).await, opened(&server, &grace).await);
    let (made, found) = join(one.make_personal_vault(), other.make_personal_vault()).await;
    let (made, found) = (made.unwrap().unwrap(), found.unwrap().unwrap());
    assert_eq!(made, found);
    for session in [&one, &other] {
        assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
        assert_eq!(session.vaults().keys().copied().collect::<Vec<_>>(), [made]);
    }
    ada.sync(|_| {}).await.unwrap();
    let personal = ada.chain().unwrap().vaults().filter(|(_, vault)| vault.kind == VaultKind::Personal).count();
    assert_eq!(personal, 2);
    // A program has none.
    let token = ada.admit_service(&crate::harness::service("bot", &[], crate::harness::terms(&[]))).await.unwrap();
    let (bot, _) = Founder::of_token(&server, &token).await;
    let bot = opened(&server, &bot).await;
    assert_eq!(bot.make_personal_vault().await.unwrap(), None);
    check(&server);
}

#[tokio::test(flavor = "current_thread")]
async fn it_does_what_a_vault_does_and_is_seen_by_nobody_else() {
    let (server, founder, made) = furnished_team().await;
    let ada = opened(&server, &founder).await;
    ada.make_personal_vault().await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let eve = Founder::invited(&server, &ada, "eve.auditor", &[]).await;
    ada.set_team_role(eve.identity.member, TeamRole::Auditor).await.unwrap();
    let hers = opened(&server, &grace).await;
    let own = hers.make_personal_vault().await.unwrap().unwrap();
    // Out of a shared vault, and back into it.
    let group = Item::within(made.vault, RecordKind::ResourceGroup, made.group);
    let to = Place { vault: own, parent: own.object() };
    hers.move_items(&[group], to, |_, _, _| {}).await.whole().unwrap();
    let moved = hers.vaults()[&own].children(&own.object()).map(|(key, _)| *key).next().unwrap();
    let back = Place { vault: made.vault, parent: made.vault.object() };
    hers.copy_items(&[Item { vault: own, key: moved }], back, |_, _, _| {}).await.whole().unwrap();
    // What is there is hers: neither founder nor auditor are told that it is.
    for other in [opened(&server, &founder).await, opened(&server, &eve).await] {
        assert!(!other.vaults().contains_key(&own));
        assert_eq!(other.role(&own), None);
        assert_eq!(other.sync_one(own).await.err(), Some(Error::NotAllowed));
        assert_eq!(other.rewrap_keys(own, other.member()).await, Err(Error::NotAllowed));
        assert_eq!(other.set_grant(own, other.member(), VaultRole::Viewer).await, Err(Error::NotAllowed));
        assert_eq!(other.revoke_grant(own, grace.identity.member).await, Err(Error::NotAllowed));
        let grants = other.members().into_iter().flat_map(|member| member.grants);
        assert!(grants.clone().count() > 0 && grants.into_iter().all(|grant| grant.vault == made.vault));
    }
    assert_eq!(hers.set_grant(own, founder.identity.member, VaultRole::Viewer).await, Err(Error::NotAllowed));
    let invited = [sealward_contract::chain::VaultGrant { vault: own, role: VaultRole::Viewer }];
    assert_eq!(hers.invite(&invited, A_DAY).await.err(), Some(Error::NotAllowed));
    // Suspended and resumed, she has it as it was, under new keys that nobody else could make.
    ada.sync(|_| {}).await.unwrap();
    ada.suspend_member(grace.identity.member).await.unwrap();
    ada.resume_member(grace.identity.member).await.unwrap();
    let hers = opened(&server, &grace).await;
    assert_eq!(hers.personal_vault(), Some(own));
    assert_eq!(hers.chain().unwrap().vault(&own).unwrap().epoch().unwrap().epoch, Epoch(2));
    assert!(hers.vaults()[&own].entry(&moved).unwrap().details().is_ok());
    check(&server);
}

/// Whether a key of a member opens any envelope with keys of a vault, of all that ever went over any wire and of all that
/// the server keeps.
fn finds_keys(server: &TestServer, who: &Founder, vault: VaultId, of: MemberId) -> bool {
    let infos: Vec<Vec<u8>> = (1..4)
        .flat_map(|epoch| [of, who.identity.member].map(|to| of_vault_envelope(&who.team, &vault, Epoch(epoch), &to)))
        .collect();
    let opens = |sealed: &[u8]| {
        Wrapped::from_bytes(sealed.to_vec()).is_some_and(|wrapped| {
            infos.iter().any(|info| hpke::unwrap(&who.identity.wrapping, info, &[], &wrapped).is_ok())
        })
    };
    let snapshot = server.server.app().store.snapshot().unwrap();
    let mut found = false;
    ENVELOPES
        .scan(&snapshot, &(), sealward_server::store::Order::Forward, |_, row| {
            found |= opens(&row.sealed);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    for bytes in server.recorded.all() {
        for at in 0..bytes.len().saturating_sub(1_200).min(4_096) {
            // Only where a byte string of an envelope's size may begin, or this would take minutes.
            if bytes[at] == 0x59 && (4..6).contains(&bytes[at + 1]) {
                let length = usize::from(bytes[at + 1]) << 8 | usize::from(bytes[at + 2]);
                found |= bytes.get(at + 3..at + 3 + length).is_some_and(opens);
            }
        }
    }
    found
}

#[tokio::test(flavor = "current_thread")]
async fn a_removed_persons_vault_stays_sealed_and_is_then_deleted() {
    let config = Config { keep_personal_days: 30, ..Config::in_memory(ORIGIN) };
    let server = TestServer::with(config, TestClock::new());
    let founder = Founder::found(&server, "ada.lovelace").await;
    let shared = Furnished::make(&founder.session(&server, &server.connect()).await, "Operations").await;
    let ada = opened(&server, &founder).await;
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(shared.vault, VaultRole::Editor)]).await;
    let member = grace.identity.member;
    let hers = opened(&server, &grace).await;
    let own = hers.make_personal_vault().await.unwrap().unwrap();
    let things = Furnished::fill(&hers, own).await;
    attach(&hers, &things, &bytes_of(3_000_000)).await;
    hers.release(own, things.second).await.unwrap();
    // Something that came from the shared vault, whose place there is a tombstone.
    let group = Item::within(shared.vault, RecordKind::ResourceGroup, shared.group);
    hers.move_items(&[group], Place { vault: own, parent: own.object() }, |_, _, _| {}).await.whole().unwrap();
    assert!(finds_keys(&server, &grace, own, member), "her own key opens hers");
    ada.sync(|_| {}).await.unwrap();
    ada.remove_member(member).await.unwrap();
    check(&server);
    assert!(grace.try_sign_in(&server).await.is_err());

    // It is kept: sealed, for its time, and nobody who is left comes by a key of it.
    server.clock.advance(30 * A_DAY - 60_000);
    jobs::sweep(server.server.app()).await.unwrap();
    let tables = |server: &TestServer| {
        [
            count!(server, HEADS, own),
            count!(server, RESTS, own),
            count!(server, ENTRIES, own),
            count!(server, RECORDS, own),
            count!(server, FILES, own),
            count!(server, FILE_CHUNKS, own),
        ]
    };
    assert!(tables(&server).into_iter().all(|rows| rows > 0), "{:?}", tables(&server));
    let ada = opened(&server, &founder).await;
    assert_eq!(ada.sync_one(own).await.err(), Some(Error::NotAllowed));
    assert_eq!(ada.start_epoch(own).await.err(), Some(Error::Gone));
    let state = ada.chain().unwrap().clone();
    assert_eq!((state.vault(&own).unwrap().custodians(), state.recipients(&own).count()), (0, 0));
    assert!(!finds_keys(&server, &founder, own, member), "a key of hers for somebody else");
    assert!(finds_keys(&server, &grace, own, member), "what she has opens it still");
    check(&server);

    // Then it goes, all of it, with an event that says so.
    server.clock.advance(120_000);
    jobs::sweep(server.server.app()).await.unwrap();
    assert_eq!(tables(&server), [0; 6]);
    let mut bearers = 0;
    let snapshot = server.server.app().store.snapshot().unwrap();
    NUMBERED
        .scan(&snapshot, &(), sealward_server::store::Order::Forward, |_, row| {
            bearers += usize::from(row.vault == own);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(bearers, 0);
    drop(snapshot);
    check(&server);
    let newest = EventsQuery { order: EventOrder::Newest, vault: Some(own), ..EventsQuery::default() };
    let listed = ada.list_events(&newest).await.unwrap();
    assert_eq!(listed.events[0].event.what, AuditedAct::PersonalVaultDeleted { vault: own, of: member });
    assert!(listed.events.iter().all(|listed| listed.basis.is_ok()));
    assert_eq!(ada.check_audit(|_, _| {}).await.unwrap().broken, None);
    jobs::sweep(server.server.app()).await.unwrap();
    let again = ada.list_events(&newest).await.unwrap();
    assert_eq!(again.events.len(), listed.events.len(), "it is deleted once");
    // The others go on as before.
    assert_eq!(opened(&server, &founder).await.sync(|_| {}).await.unwrap().damages, []);
}
