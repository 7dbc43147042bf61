//! What is written down, who may read it, and who could open what.

use crate::harness::{A_DAY, Founder, Furnished, InProcess, ORIGIN, TestClock, TestServer, furnished_team};
use sealward_client::{
    error::Error,
    exposure::{Exposed, Holder, SecretStanding, Why, exposed, holders},
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::Session,
};
use sealward_contract::{
    audit::{ActKind, AuditedAct, RefusedRequest},
    chain::{TeamRole, VaultGrant, VaultRole},
    ids::{Epoch, Version},
    operations::audit::{EventOrder, EventsQuery},
    record::Tier,
};
use sealward_server::{config::Config, jobs};

async fn acts(session: &Session<InProcess>, query: EventsQuery) -> Vec<AuditedAct> {
    let listed = session.list_events(&query).await.unwrap();
    assert!(listed.events.iter().all(|listed| listed.basis.is_ok()), "{:?}", listed.events);
    listed.events.into_iter().map(|listed| listed.event.what).collect()
}

fn of_kind(kind: ActKind) -> EventsQuery {
    EventsQuery { kind: Some(kind), order: EventOrder::Newest, ..EventsQuery::default() }
}

#[tokio::test(flavor = "current_thread")]
async fn refusals_are_written_down_once_and_read_by_whoever_may() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Viewer)]).await;
    let hers = grace.session(&server, &server.connect_from("198.51.100.9:1234")).await;
    hers.sync(|_| {}).await.unwrap();
    for _ in 0..3 {
        assert_eq!(hers.release(made.vault, made.first).await.err(), Some(Error::NotAllowed));
    }
    let refused = |request, object| AuditedAct::RequestRefused { request, vault: Some(made.vault), object };
    assert_eq!(acts(&ada, of_kind(ActKind::Refusal)).await, [refused(RefusedRequest::Release, Some(made.first))]);
    assert_eq!(hers.secret_standing(made.vault, made.first).await.err(), Some(Error::NotAllowed));
    assert_eq!(hers.secret_standings(made.vault).await.err(), Some(Error::NotAllowed));
    let read = [refused(RefusedRequest::Read, None), refused(RefusedRequest::Read, Some(made.first))];
    assert_eq!(acts(&ada, of_kind(ActKind::Refusal)).await[..2], read);
    let listed = ada.list_events(&of_kind(ActKind::Refusal)).await.unwrap();
    assert_eq!(listed.events[0].event.member, Some(grace.identity.member));
    assert_eq!(listed.events[0].event.address.as_deref(), Some("198.51.100.9"));
    // Grace sees what she did, and may not ask for what others did.
    assert!(acts(&hers, EventsQuery::default()).await.contains(&refused(RefusedRequest::Read, None)));
    assert!(!acts(&hers, EventsQuery::default()).await.contains(&AuditedAct::TeamCreated));
    let others = EventsQuery { member: Some(founder.identity.member), ..EventsQuery::default() };
    assert_eq!(hers.list_events(&others).await.err(), Some(Error::NotAllowed));
    // The link was looked at before it was used.
    let people = acts(&ada, of_kind(ActKind::People)).await;
    assert!(people.iter().any(|act| matches!(act, AuditedAct::InvitationOpened { .. })));
    // An auditor reads all of it.
    ada.set_team_role(grace.identity.member, TeamRole::Auditor).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    let checked = hers.check_audit(|_, _| {}).await.unwrap();
    assert_eq!((checked.broken, checked.whole, checked.events), (None, true, checked.head.sequence));
}

#[tokio::test(flavor = "current_thread")]
async fn events_of_one_object_are_found() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    ada.release(made.vault, made.second).await.unwrap();
    let of_second = EventsQuery { object: Some(made.second), ..EventsQuery::default() };
    let found = acts(&ada, of_second).await;
    let [AuditedAct::RecordsWritten { changed: Some(changed), .. }, AuditedAct::SecretReleased { account, .. }] =
        found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!(*account, made.second);
    assert!(changed.iter().any(|written| written.id == made.second && written.version == Version(1)));
}

#[tokio::test(flavor = "current_thread")]
async fn a_removed_member_exposes_until_the_secret_is_changed() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::User)]).await;
    let (owner, member) = (founder.identity.member, grace.identity.member);
    let before = server.clock.now();
    let standing = ada.secret_standing(made.vault, made.first).await.unwrap();
    let wanted = SecretStanding {
        vault: made.vault,
        account: made.first,
        version: Version(1),
        epoch: Epoch::FIRST,
        tier: Tier::Open,
        author: owner,
        time: before,
    };
    assert_eq!(standing, wanted);
    let now = |session: &Session<InProcess>, secrets: &[SecretStanding]| exposed(&session.chain().unwrap(), secrets);
    let all = ada.secret_standings(made.vault).await.unwrap();
    assert_eq!((all.len(), now(&ada, &all)), (2, vec![]));
    server.clock.advance(A_DAY / 2);
    ada.remove_member(member).await.unwrap();
    let holder = Holder { member, why: Why::Role(VaultRole::User), since: before, lost: Some(server.clock.now()) };
    let all = ada.secret_standings(made.vault).await.unwrap();
    let found = now(&ada, &all);
    assert_eq!(found.len(), 2);
    assert!(found.contains(&Exposed { secret: wanted, holder, since: server.clock.now() }));
    // New keys were made; only a new secret ends it.
    assert_eq!(ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch, Epoch(2));
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("changed".into()), score: None });
    ada.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    let changed = ada.secret_standing(made.vault, made.first).await.unwrap();
    assert_eq!((changed.version, changed.epoch), (Version(2), Epoch(2)));
    let keeper = Holder { member: owner, why: Why::Role(VaultRole::Custodian), since: changed.time, lost: None };
    assert_eq!(holders(&ada.chain().unwrap(), &changed), [keeper]);
    let all = ada.secret_standings(made.vault).await.unwrap();
    let left: Vec<_> = now(&ada, &all).iter().map(|exposed| exposed.secret.account).collect();
    assert_eq!(left, [made.second]);
}

#[tokio::test(flavor = "current_thread")]
async fn an_open_link_is_a_holder() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let link = ada.invite(&[VaultGrant { vault: made.vault, role: VaultRole::Editor }], A_DAY).await.unwrap();
    let standing = ada.secret_standing(made.vault, made.first).await.unwrap();
    let found = holders(&ada.chain().unwrap(), &standing);
    let link = found.iter().find(|holder| holder.member == link.invite().member()).unwrap();
    assert!(matches!(link.why, Why::Invited(VaultRole::Editor, _)));
    assert_eq!((found.len(), link.lost), (2, None));
}

#[tokio::test(flavor = "current_thread")]
async fn the_chain_is_checked_from_where_old_events_ended() {
    let config = Config { audit_days: Some(180), ..Config::in_memory(ORIGIN) };
    let server = TestServer::with(config, TestClock::new());
    let founder = Founder::found(&server, "ada.lovelace").await;
    let ada = founder.session(&server, &server.connect()).await;
    Furnished::make(&ada, "Operations").await;
    let before = ada.check_audit(|_, _| {}).await.unwrap();
    assert_eq!((before.broken, before.anchor.sequence), (None, 0));
    server.clock.advance(200 * A_DAY);
    jobs::sweep(server.server.app()).await.unwrap();
    let later = founder.session_with(&server, &server.connect(), ada.memory()).await;
    later.sync(|_| {}).await.unwrap();
    let checked = later.check_audit(|_, _| {}).await.unwrap();
    assert_eq!((checked.broken, checked.anchor, checked.whole), (None, before.head, true));
    // What is left: that the others were removed, and the session that looks at it.
    let left = acts(&later, EventsQuery::default()).await;
    let pruned = AuditedAct::EventsPruned { through: before.head.sequence, hash: before.head.hash };
    assert_eq!((left.len(), &left[0]), (2, &pruned));
}
