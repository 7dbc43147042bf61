//! Approvals that are given ahead: used within their window alone, over once anything they rest on is not as it was, and
//! bound to what they were given for. And services that approve.

use crate::harness::{
    App, Founder, Furnished, InProcess, TestServer, answers, by_token, furnished_team, is_about, service, terms,
};
use sealward_client::{
    api::{Api, CallError},
    error::{DamagedObject, Error, Fault},
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::{AheadDraft, AheadShown, RequestDraft, Session},
};
use sealward_contract::{
    audit::{AheadEnd, AheadStepKind, AuditedAct, RequestStepKind},
    chain::{Approvals, FactorDemand, LeaseTerms, Policy, PolicyScope, Requirement, SetPolicy, TeamPolicy, VaultRole},
    crypto::{Hash, hash},
    factor::FactorsHeld,
    ids::{AheadId, MemberId, RequestId, Timestamp, Version},
    operations::{
        Empty, TeamPath,
        ahead::ListAhead,
        audit::EventsQuery,
        requests::{CreateRequest, GetRequest, NewRequest, ReleaseLeased, RequestError, WhichRequests},
    },
    request::{
        Ask, RequestBody, RequestRefused, RequestStatement, Status,
        ahead::{AheadStatus, Window, ZoneOffset},
    },
    suite::SUITE,
};
use sealward_server::{
    maintenance::verify::verify,
    store::{
        Key, Order, Rows, Table,
        tables::{AHEAD, AHEAD_GRANTS, GRANTS, OPEN_AHEAD},
    },
};
use std::{cell::RefCell, collections::BTreeSet, ops::ControlFlow, rc::Rc, sync::Arc};

const HOUR: u64 = 60 * 60 * 1_000;
const GUARDED: &str = "only when approved";

/// Ada, Bob and Eve are custodians, Carol and Dan use the vault; the first account's secret is guarded.
struct Scene {
    server: TestServer,
    made: Furnished,
    ada: Session<InProcess>,
    bob: Session<InProcess>,
    eve: Session<InProcess>,
    carol: Session<InProcess>,
    adas: Founder,
    carols: Founder,
    wire: InProcess,
}

impl Scene {
    /// A session that has just begun.
    async fn anew(&self, who: &Founder) -> Session<InProcess> {
        let session = who.session(&self.server, &self.server.connect()).await;
        session.sync(|_| {}).await.unwrap();
        session
    }
}

async fn scene(approvals: u8) -> Scene {
    let (server, adas, made) = furnished_team().await;
    let ada = adas.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    // A second factor is another story.
    ada.set_team_policy(TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT }).await.unwrap();
    let mut others = Vec::new();
    for (name, role) in [("bob", VaultRole::Custodian), ("eve", VaultRole::Custodian), ("carol", VaultRole::User)] {
        let who = Founder::invited(&server, &ada, name, &[]).await;
        ada.set_grant(made.vault, who.identity.member, role).await.unwrap();
        others.push(who);
    }
    set_policy(&ada, &made, approvals, LeaseTerms::default()).await;
    change(&ada, &made, Version(1), GUARDED).await;
    let [bob, eve, carols] = <[_; 3]>::try_from(others).ok().unwrap();
    let wire = server.connect();
    let carol = carols.session(&server, &wire).await;
    let (bob, eve) = (bob.session(&server, &server.connect()).await, eve.session(&server, &server.connect()).await);
    for session in [&bob, &eve, &carol] {
        session.sync(|_| {}).await.unwrap();
    }
    Scene { server, made, ada, bob, eve, carol, adas, carols, wire }
}

async fn set_policy(session: &Session<InProcess>, made: &Furnished, approvals: u8, terms: LeaseTerms) {
    let policy = Some(Policy { approvals: Approvals(approvals), reason: Requirement::None, terms: Some(terms) });
    session
        .set_policy(&SetPolicy { vault: made.vault, scope: PolicyScope::Account(made.first), policy })
        .await
        .unwrap();
}

async fn change(session: &Session<InProcess>, made: &Furnished, base: Version, secret: &str) {
    session.sync(|_| {}).await.unwrap();
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new(secret.into()), score: None });
    session.update_account(made.vault, made.first, base, details, secret).await.unwrap();
}

/// From 22:00 to 06:00 on every day, by UTC, for ten days. The clock of a test begins on a Friday at 08:00.
fn nights(server: &TestServer) -> Window {
    let now = server.clock.now();
    Window {
        days: 0b111_1111,
        from: 22 * 60,
        to: 6 * 60,
        until: now.plus_millis(10 * 24 * HOUR),
        zone: "UTC".into(),
        offsets: vec![ZoneOffset { since: now, minutes: 0 }],
    }
}

fn always(server: &TestServer) -> Window {
    Window { from: 0, to: 24 * 60, ..nights(server) }
}

fn for_carol(scene: &Scene, window: Window) -> AheadDraft {
    AheadDraft { vault: scene.made.vault, account: scene.made.first, member: scene.carol.member(), window }
}

async fn listed(session: &Session<InProcess>) -> Vec<AheadShown> {
    let page = session.list_ahead().await.unwrap();
    assert_eq!(page.damages, []);
    page.items
}

async fn statuses(session: &Session<InProcess>) -> Vec<AheadStatus> {
    listed(session).await.into_iter().map(|shown| shown.status).collect()
}

async fn take(session: &Session<InProcess>, ahead: AheadId) -> Result<RequestId, Error> {
    session.check_out_ahead(ahead, None, None, None).await
}

async fn opened(session: &Session<InProcess>, request: RequestId) -> Result<String, Error> {
    session.release_leased(request).await.map(|payload| payload.value.expose().to_owned())
}

fn refused<T>(reason: RequestRefused) -> Result<T, Error> {
    Err(Error::Request(reason))
}

fn count<K: Key, V>(rows: &impl Rows, table: &Table<K, V>) -> usize
where
    V: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()>,
{
    let mut count = 0;
    table
        .scan(rows, &(), Order::Forward, |_, _| {
            count += 1;
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    count
}

/// Grants that are given ahead and to requests, as they are stored.
fn grants(scene: &Scene) -> (usize, usize) {
    let snapshot = scene.server.server.app().store.snapshot().unwrap();
    (count(&snapshot, &AHEAD_GRANTS), count(&snapshot, &GRANTS))
}

async fn end_leases(scene: &Scene) {
    sealward_server::jobs::end_leases(scene.server.server.app()).await.unwrap();
}

async fn is_sound(scene: &Scene) {
    let report = verify(&scene.server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let checked = scene.anew(&scene.adas).await.check_audit(|_, _| {}).await;
    assert!(checked.is_ok(), "{:?}", checked.err());
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_approved_ahead_is_had_within_its_window_and_no_longer() {
    let scene = scene(1).await;
    let Scene { server, made, bob, carol, .. } = &scene;
    let ahead = bob.propose_ahead(for_carol(&scene, nights(server))).await.unwrap();
    let [shown] = <[_; 1]>::try_from(listed(carol).await).unwrap();
    assert_eq!((shown.status, shown.needed, shown.given.len()), (AheadStatus::Ready, 1, 1));
    assert_eq!((shown.closes, shown.opens), (None, Some(server.clock.now().plus_millis(14 * HOUR))));
    assert!(!shown.may.check_out && !shown.may.withdraw && !shown.may.approve);
    assert!(listed(bob).await[0].may.withdraw);
    // Not before, by her own client; nor by the server, whatever hers says.
    assert_eq!(take(carol, ahead).await, refused(RequestRefused::Time));
    let open = (server.clock.now(), server.clock.now().plus_millis(HOUR));
    let night = (server.clock.now().plus_millis(15 * HOUR), server.clock.now().plus_millis(16 * HOUR));
    for window in [open, night] {
        let answer = ask_by_hand(&scene, carol, ahead, window).await;
        assert_eq!(answer, Err(Some(RequestRefused::Time)), "{window:?}");
    }
    assert_eq!(grants(&scene), (1, 0));

    server.clock.advance(14 * HOUR - 1);
    assert_eq!(take(carol, ahead).await, refused(RequestRefused::Time));
    server.clock.advance(1);
    let request = take(carol, ahead).await.unwrap();
    assert_eq!(opened(carol, request).await.as_deref(), Ok(GUARDED));
    assert_eq!(bob.list_uses().await.unwrap()[0].holder.map(|holder| holder.member), Some(carol.member()));
    carol.check_in(request).await.unwrap();
    assert_eq!(opened(carol, request).await, Err(Error::NotCheckedOut));
    assert_eq!(grants(&scene), (1, 0));
    // Half an hour before it closes there is no more than that.
    server.clock.advance(8 * HOUR - HOUR / 2);
    let request = take(carol, ahead).await.unwrap();
    server.clock.advance(HOUR / 2 - 1);
    assert_eq!(opened(carol, request).await.as_deref(), Ok(GUARDED));
    server.clock.advance(1);
    assert_eq!(opened(carol, request).await, Err(Error::NotCheckedOut));
    assert_eq!(take(carol, ahead).await, refused(RequestRefused::Time));
    end_leases(&scene).await;
    assert_eq!(grants(&scene), (1, 0));
    // Nobody else has it by that, and in the end nobody at all.
    assert_eq!(take(bob, ahead).await, refused(RequestRefused::State));
    server.clock.advance(10 * 24 * HOUR);
    assert_eq!(listed(&scene.anew(&scene.carols).await).await, []);
    end_leases(&scene).await;
    assert_eq!(grants(&scene), (0, 0));
    let acts = acts(&scene).await;
    let account = made.first;
    let stepped = |step| AuditedAct::AheadStepped { vault: made.vault, account, ahead, of: carol.member(), step };
    assert!(acts.contains(&stepped(AheadStepKind::Proposed)));
    let ended = AheadEnd::Expired;
    assert!(acts.contains(&AuditedAct::AheadEnded { vault: made.vault, account, ahead, of: carol.member(), ended }));
    let asked = |act: &&AuditedAct| matches!(act, AuditedAct::RequestStepped { step: RequestStepKind::AskedAhead, .. });
    assert_eq!(acts.iter().filter(asked).count(), 2);
    is_sound(&scene).await;
}

async fn acts(scene: &Scene) -> Vec<AuditedAct> {
    let query = EventsQuery { limit: Some(500), ..EventsQuery::default() };
    let listed = scene.anew(&scene.adas).await.list_events(&query).await.unwrap();
    listed.events.into_iter().map(|listed| listed.event.what).collect()
}

/// What no client of ours would send: a request by an approval ahead for a window of one's own.
async fn ask_by_hand(
    scene: &Scene,
    carol: &Session<InProcess>,
    ahead: AheadId,
    (from, to): (Timestamp, Timestamp),
) -> Result<(), Option<RequestRefused>> {
    let Scene { server, made, carols, .. } = scene;
    let policy = carol.chain().unwrap().vault(&made.vault).unwrap().policy_in_force(&made.first, None).unwrap().0;
    let ask = Ask {
        vault: made.vault,
        account: made.first,
        from,
        to,
        seconds: 3_600,
        reason: None,
        key: carols.identity.wrapping.public(),
        policy: Some(policy),
        extends: None,
        break_glass: false,
        ahead: Some(ahead),
    };
    let statement = carols.identity.signing.sign(RequestStatement {
        suite: SUITE,
        team: carols.team,
        request: RequestId(carol.surroundings().make_id()),
        number: 0,
        previous: Hash::ZERO,
        author: carol.member(),
        position: carol.chain().unwrap().position(),
        time: server.clock.now(),
        body: RequestBody::Ask(ask),
    });
    let created = carols.sign_in(server).await;
    let body = NewRequest { statement: statement.to_wire(), lease_secret: vec![1].into() };
    let path = TeamPath { team: carols.team };
    let api = Api::new(server.connect());
    let answer = api.call::<CreateRequest>(Some(&created.token), &path, &Empty {}, &body, None).await;
    answer.map(drop).map_err(|error| match error {
        CallError::Own(RequestError::RequestRefused { reason }) => Some(reason),
        _ => None,
    })
}

#[tokio::test(flavor = "current_thread")]
async fn two_keepers_have_to_approve_ahead_and_either_withdraws() {
    let scene = scene(2).await;
    let Scene { server, made, ada, bob, eve, carol, .. } = &scene;
    // Never for oneself, and only by whoever may approve.
    let own = AheadDraft { member: bob.member(), ..for_carol(&scene, always(server)) };
    assert!(matches!(bob.propose_ahead(own).await, Err(Error::Request(RequestRefused::Own))));
    let by_carol = AheadDraft { member: bob.member(), ..for_carol(&scene, always(server)) };
    assert_eq!(carol.propose_ahead(by_carol).await, Err(Error::NotAllowed));
    let ahead = bob.propose_ahead(for_carol(&scene, always(server))).await.unwrap();
    assert_eq!(statuses(carol).await, [AheadStatus::Waiting]);
    assert_eq!(take(carol, ahead).await, refused(RequestRefused::State));
    assert_eq!(bob.approve_ahead(ahead).await, refused(RequestRefused::Twice));
    assert!(carol.approve_ahead(ahead).await.is_err());
    assert_eq!(grants(&scene), (0, 0));
    assert!(listed(eve).await[0].may.approve && !listed(bob).await[0].may.approve);
    eve.approve_ahead(ahead).await.unwrap();
    assert_eq!(ada.approve_ahead(ahead).await, refused(RequestRefused::State));
    let request = take(carol, ahead).await.unwrap();
    assert_eq!(opened(carol, request).await.as_deref(), Ok(GUARDED));
    // Whoever has it keeps it for as long as any other lease; it begins no other one.
    ada.withdraw_ahead(ahead).await.unwrap();
    assert_eq!(opened(carol, request).await.as_deref(), Ok(GUARDED));
    assert_eq!(grants(&scene), (0, 1));
    carol.check_in(request).await.unwrap();
    assert_eq!(take(carol, ahead).await, Err(Error::Gone));
    let now = server.clock.now();
    let answer = ask_by_hand(&scene, carol, ahead, (now, now.plus_millis(HOUR))).await;
    assert_eq!(answer, Err(Some(RequestRefused::State)));
    assert!(carol.withdraw_ahead(ahead).await.is_err());
    let steps = acts(&scene).await.into_iter().filter_map(|act| match act {
        AuditedAct::AheadStepped { account, step, .. } if account == made.first => Some(step),
        _ => None,
    });
    let mut steps: Vec<_> = steps.collect();
    steps.sort_by_key(|step| *step as u8);
    assert_eq!(steps, [AheadStepKind::Proposed, AheadStepKind::Approved, AheadStepKind::Withdrawn]);
    is_sound(&scene).await;
}

#[tokio::test(flavor = "current_thread")]
async fn whatever_it_rests_on_ends_it_for_good() {
    let scene = scene(1).await;
    let Scene { server, made, ada, bob, .. } = &scene;
    let mut ended = Vec::new();
    let mut version = 2;
    // A new version, another policy, a right of whoever approved, one of whom it is for; each until it is made again.
    for what in 0..5 {
        let ahead = bob.propose_ahead(for_carol(&scene, always(server))).await.unwrap();
        let carol = scene.anew(&scene.carols).await;
        assert_eq!(statuses(&carol).await, [AheadStatus::Ready], "{what}");
        ended.push(match what {
            0 => {
                change(ada, made, Version(version), "another one").await;
                version += 1;
                AheadEnd::SecretChanged
            }
            1 => {
                set_policy(ada, made, 1, LeaseTerms { waits: Some(3_600), ..LeaseTerms::default() }).await;
                AheadEnd::PolicyChanged
            }
            2 => {
                ada.set_grant(made.vault, bob.member(), VaultRole::Editor).await.unwrap();
                ada.set_grant(made.vault, bob.member(), VaultRole::Custodian).await.unwrap();
                AheadEnd::RightLost
            }
            3 => {
                ada.suspend_member(carol.member()).await.unwrap();
                end_leases(&scene).await;
                ada.resume_member(carol.member()).await.unwrap();
                AheadEnd::RightLost
            }
            // The server was restored from a backup: its part is gone with its key.
            _ => {
                server.server.app().lease_keys.keep_only(&BTreeSet::new()).unwrap();
                AheadEnd::Restored
            }
        });
        for session in [bob, ada] {
            session.sync(|_| {}).await.unwrap();
        }
        let carol = scene.anew(&scene.carols).await;
        assert_eq!(take(&carol, ahead).await, Err(Error::Gone), "{what}");
        let now = server.clock.now();
        let asked = ask_by_hand(&scene, &carol, ahead, (now, now.plus_millis(HOUR))).await;
        // The statements are still good where only the server's part is gone: it is not to be had all the same.
        assert_eq!(asked, if what == 4 { Ok(()) } else { Err(Some(RequestRefused::State)) }, "{what}");
        end_leases(&scene).await;
        assert_eq!(grants(&scene), (0, 0), "{what}");
    }
    let told = acts(&scene).await.into_iter().filter_map(|act| match act {
        AuditedAct::AheadEnded { ended, .. } => Some(ended),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, ended);
    is_sound(&scene).await;
    // A row that belongs to none is found.
    let app = server.server.app();
    let team = scene.carols.team;
    let orphan = (team, made.vault, made.first, AheadId([7; 16]));
    app.store.write(move |tx| OPEN_AHEAD.put(tx, &orphan, &MemberId([8; 16]))).await.unwrap();
    let report = verify(&app.store.snapshot().unwrap()).unwrap();
    assert!(!report.is_sound());
    assert_eq!(count(&app.store.snapshot().unwrap(), &AHEAD), 5);
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_given_for_something_else_opens_nothing() {
    let scene = scene(1).await;
    let Scene { server, made, bob, carol, wire, .. } = &scene;
    let days = bob.propose_ahead(for_carol(&scene, always(server))).await.unwrap();
    let other = bob.propose_ahead(for_carol(&scene, nights(server))).await.unwrap();
    let damage = |error: Option<Error>| match error {
        Some(Error::Damage(damage)) => Some((damage.object, damage.fault)),
        _ => None,
    };
    // The statements of one under the name of the other.
    wire.lie(answers::<ListAhead>(move |listed| {
        let taken: Vec<_> = listed.items.iter().map(|item| item.statements.clone()).rev().collect();
        listed.items.iter_mut().zip(taken).for_each(|(item, statements)| item.statements = statements);
    }));
    let page = carol.list_ahead().await.unwrap();
    assert_eq!((page.items.len(), page.damages.len()), (0, 2));
    assert_eq!(page.damages[0].object, DamagedObject::Request);
    // A window that nobody signed.
    wire.lie(answers::<ListAhead>(move |listed| {
        for item in &mut listed.items {
            let at = item.statements[0].0.windows(3).position(|bytes| bytes == b"UTC").unwrap();
            item.statements[0].0[at] = b'V';
        }
    }));
    assert_eq!(carol.list_ahead().await.unwrap().items.len(), 0);
    wire.tell_the_truth();

    server.clock.advance(14 * HOUR);
    // The halves of the one for the window of the other: named by no statement of it, and bound to another one.
    let first = take(carol, other).await.unwrap();
    let taken = Rc::new(RefCell::new(None));
    let keep = taken.clone();
    wire.lie(answers::<ReleaseLeased>(move |given| *keep.borrow_mut() = given.grant.clone()));
    assert_eq!(opened(carol, first).await.as_deref(), Ok(GUARDED));
    let moved = taken.take();
    wire.tell_the_truth();
    carol.check_in(first).await.unwrap();
    let second = take(carol, days).await.unwrap();
    wire.lie(answers::<ReleaseLeased>(move |given| given.grant = moved.clone()));
    let told = damage(opened(carol, second).await.err()).map(|(_, fault)| fault);
    assert_eq!(told, Some(Fault::Substituted));
    // Without the statements of what it was taken by, or with those of another, it counts for nothing.
    wire.lie(answers::<GetRequest>(|listed| listed.ahead = None));
    assert!(opened(carol, second).await.is_err());
    wire.tell_the_truth();
    assert_eq!(opened(carol, second).await.as_deref(), Ok(GUARDED));
    // What she holds, and the whole of what she was given, do not open it without the server's part.
    wire.lie(answers::<ReleaseLeased>(|given| {
        let grant = given.grant.as_mut().unwrap();
        grant.part.0 = hash(b"guessed").0.to_vec();
    }));
    assert!(opened(carol, second).await.is_err());
    assert_eq!(made.first, listed(bob).await[0].account);
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_that_is_named_approves_and_a_custodian_completes() {
    let scene = scene(2).await;
    let Scene { server, made, ada, bob, carol, .. } = &scene;
    let token =
        ada.admit_service(&service("gatekeeper", &[(made.vault, VaultRole::Viewer)], terms(&[]))).await.unwrap();
    let gatekeeper = by_token(server, &token).await.unwrap();
    gatekeeper.sync(|_| {}).await.unwrap();
    let draft = RequestDraft {
        vault: made.vault,
        account: made.first,
        from: None,
        seconds: None,
        reason: Some("change 4711".into()),
        ticket: None,
        extends: None,
        break_glass: false,
    };
    // Where nobody named it, it is told of nothing.
    let request = carol.ask_for_secret(draft.clone()).await.unwrap();
    let waiting = gatekeeper.list_requests(WhichRequests::Others, true, None).await.unwrap();
    assert_eq!(waiting.requests.len(), 0);
    assert_eq!(gatekeeper.approve_request(request, None).await, Err(Error::Gone));
    carol.cancel_request(request).await.unwrap();

    let mut approvers = vec![bob.member(), token.member()];
    approvers.sort_unstable();
    set_policy(ada, made, 2, LeaseTerms { approvers, ..LeaseTerms::default() }).await;
    carol.sync(|_| {}).await.unwrap();
    let request = carol.ask_for_secret(draft).await.unwrap();
    // Its rule: a reason that begins with a change's number. It reads the reason as everyone who sees the account.
    gatekeeper.sync(|_| {}).await.unwrap();
    let waiting = gatekeeper.list_requests(WhichRequests::Others, true, None).await.unwrap();
    assert_eq!((waiting.requests.len(), waiting.damages.len()), (1, 0));
    let asked = &waiting.requests[0];
    assert!(asked.may.approve && format!("{:?}", asked.reason).contains("change 4711"));
    gatekeeper.approve_request(asked.id, Some("by rule".into())).await.unwrap();
    assert_eq!(carol.request(request).await.unwrap().status, Status::Requested);
    bob.approve_request(request, None).await.unwrap();
    carol.check_out(request).await.unwrap();
    assert_eq!(opened(carol, request).await.as_deref(), Ok(GUARDED));
    carol.check_in(request).await.unwrap();

    // The same ahead: it has no key to hand on, so that it never completes the number, and begins nothing.
    let draft = for_carol(&scene, always(server));
    assert!(gatekeeper.propose_ahead(draft.clone()).await.is_err());
    let ahead = bob.propose_ahead(draft.clone()).await.unwrap();
    assert_eq!(gatekeeper.approve_ahead(ahead).await, refused(RequestRefused::Grant));
    assert!(!listed(&gatekeeper).await[0].may.approve);
    assert_eq!(statuses(carol).await, [AheadStatus::Waiting]);
}

#[tokio::test(flavor = "current_thread")]
async fn approving_ahead_asks_for_a_fresh_confirmation_and_withdrawing_for_none() {
    let scene = scene(2).await;
    let Scene { server, ada, bob, eve, .. } = &scene;
    ada.set_team_policy(TeamPolicy::DEFAULT).await.unwrap();
    let (bobs, eves) = (App::set_up(server, bob).await, App::set_up(server, eve).await);
    server.clock.advance(HOUR);
    let needed = Error::SecondFactorNeeded(FactorsHeld { codes: true, ..FactorsHeld::default() });
    let draft = for_carol(&scene, always(server));
    assert_eq!(bob.propose_ahead(draft.clone()).await.err(), Some(needed.clone()));
    assert!(listed(bob).await.is_empty());
    bobs.confirm(server, bob).await.unwrap();
    let ahead = bob.propose_ahead(draft).await.unwrap();
    assert_eq!(eve.approve_ahead(ahead).await, Err(needed));
    assert_eq!(statuses(eve).await, [AheadStatus::Waiting]);
    eves.confirm(server, eve).await.unwrap();
    eve.approve_ahead(ahead).await.unwrap();
    server.clock.advance(HOUR);
    bob.withdraw_ahead(ahead).await.unwrap();
    assert!(listed(bob).await.is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn one_that_is_over_already_ends_once_in_the_audit() {
    let scene = scene(1).await;
    let Scene { server, bob, .. } = &scene;
    let ahead = bob.propose_ahead(for_carol(&scene, always(server))).await.unwrap();
    // Once Ada has looked, the server is restored from a backup; no job has come by when her word arrives.
    let (wire, app) = (server.connect(), Arc::clone(server.server.app()));
    let ada = scene.adas.session(server, &wire).await;
    ada.sync(|_| {}).await.unwrap();
    wire.lie(move |asked, answered| {
        if is_about::<ListAhead>(asked) {
            app.lease_keys.keep_only(&BTreeSet::new()).unwrap();
        }
        answered
    });
    assert_eq!(ada.withdraw_ahead(ahead).await, refused(RequestRefused::State));
    end_leases(&scene).await;
    let ends = acts(&scene).await.into_iter().filter_map(|act| match act {
        AuditedAct::AheadEnded { ended, .. } => Some(Ok(ended)),
        AuditedAct::AheadStepped { step: AheadStepKind::Withdrawn, .. } => Some(Err("withdrawn")),
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [Ok(AheadEnd::Restored)]);
}
