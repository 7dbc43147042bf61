//! Steps of requests at the same moment, each from a thread of its own, on one store: one of them is first, the others are
//! told so, and what is stored follows from the statements that were taken.

use crate::harness::{Answered, Founder, Guarded, Someone, TestServer, raw};
use sealward_contract::{
    bytes::Bytes,
    chain::{LeaseTerms, VaultRole},
    ids::{RequestId, Version},
    operations::{
        requests::{NewApproval, RequestStep},
        wire::Format,
    },
    request::{Approve, CheckOut, Comment, RequestBody, Status},
};
use sealward_server::{
    maintenance::verify::verify,
    store::{
        Order,
        tables::{GRANTS, LEASES},
    },
};
use std::{collections::BTreeSet, ops::ControlFlow, sync::Barrier};

/// Longer than whoever is next has the turn.
const PAST_THE_TURN: u64 = 11 * 60 * 1_000;

/// How often each race is run.
const ROUNDS: usize = 6;

/// A request that is ready to be sent.
struct Shot {
    token: String,
    target: String,
    body: Vec<u8>,
}

fn block_on<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(act)
}

impl Shot {
    async fn send(&self, server: &TestServer, start: &Barrier) -> Answered {
        let headers = [("authorization", self.token.as_str()), ("content-type", "application/json")];
        let wire = server.connect_apart().0;
        start.wait();
        raw(&wire, "POST", &self.target, &headers, self.body.clone()).await
    }
}

/// Sends all of them from the same moment on, each from a thread of its own.
fn fire(server: &TestServer, shots: &[Shot]) -> Vec<Answered> {
    let start = Barrier::new(shots.len());
    std::thread::scope(|scope| {
        let shoot = |shot: &Shot| block_on(shot.send(server, &start));
        let threads: Vec<_> = shots.iter().map(|shot| scope.spawn(move || shoot(shot))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn code(answered: &Answered) -> String {
    let problem: serde_json::Value = serde_json::from_slice(&answered.body).unwrap_or_default();
    problem.get("code").and_then(|code| code.as_str()).unwrap_or_default().to_owned()
}

async fn shot(scene: &Guarded, by: &Someone, request: RequestId, to: &str, body: RequestBody) -> Shot {
    let statement = scene.step(by, request, body).await.to_wire();
    Shot {
        token: format!("Bearer {}", by.created.token.expose()),
        target: format!("/v1/teams/{}/requests/{request}/{to}", scene.ada.team()),
        body: Format::Json.write(&RequestStep { statement }),
    }
}

async fn approval(scene: &Guarded, by: &Someone, request: RequestId) -> Shot {
    let known = scene.known(request).await;
    let record = scene.record(Version(2)).hash();
    let (named, grant) = scene.grant(&known, &known.state.context(Version(2), record));
    let policy = known.state.ask().policy;
    let body = RequestBody::Approve(Approve { version: Version(2), record, policy, comment: None, grant: Some(named) });
    let shot = shot(scene, by, request, "approvals", body.clone()).await;
    let statement: serde_json::Value = serde_json::from_slice(&shot.body).unwrap();
    let statement: Bytes = serde_json::from_value(statement["statement"].clone()).unwrap();
    Shot { body: Format::Json.write(&NewApproval { statement, grant: Some(grant) }), ..shot }
}

fn check_out(scene: &Guarded) -> RequestBody {
    RequestBody::CheckOut(CheckOut { version: Version(2), record: scene.record(Version(2)).hash() })
}

/// The requests that have a lease, and those that have a grant.
fn rows(scene: &Guarded) -> (Vec<RequestId>, BTreeSet<RequestId>) {
    let rows = scene.server.server.app().store.snapshot().unwrap();
    let (mut leases, mut grants) = (Vec::new(), BTreeSet::new());
    LEASES
        .scan(&rows, &(), Order::Forward, |(.., request), _| {
            leases.push(request);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    GRANTS
        .scan(&rows, &(), Order::Forward, |(_, request), _| {
            grants.insert(request);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    (leases, grants)
}

fn is_sound(scene: &Guarded) {
    let report = verify(&scene.server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{report:?}");
}

#[tokio::test(flavor = "current_thread")]
async fn of_many_at_once_one_has_an_exclusive_secret() {
    let scene = Guarded::in_memory(1, LeaseTerms { exclusive: true, ..LeaseTerms::default() }).await;
    let mut asking = Vec::new();
    for number in 0..6 {
        let keys = Founder::invited(&scene.server, &scene.ada, &format!("user-{number}"), &[]).await;
        scene.ada.set_grant(scene.made.vault, keys.identity.member, VaultRole::User).await.unwrap();
        asking.push(Someone::sign_in(&scene.server, keys).await);
    }
    let mut waiting = Vec::new();
    for by in asking.iter().chain([&scene.carol, &scene.dan]) {
        by.sync(|_| {}).await.unwrap();
        scene.bob.sync(|_| {}).await.unwrap();
        waiting.push((by, scene.approved(by).await));
    }
    let mut held: Option<(&Someone, RequestId)> = None;
    while !waiting.is_empty() {
        // Nobody has the turn any more.
        scene.server.clock.advance(PAST_THE_TURN);
        let mut shots = Vec::new();
        for (by, request) in &waiting {
            shots.push(shot(&scene, by, *request, "check-outs", check_out(&scene)).await);
        }
        // Whoever has it gives it back at the same moment.
        if let Some((by, request)) = held {
            shots.push(shot(&scene, by, request, "check-ins", RequestBody::CheckIn).await);
        }
        let mut answers = fire(&scene.server, &shots);
        if held.take().is_some() {
            assert_eq!(answers.pop().unwrap().status, 200, "it is always given back");
        }
        let mut won = Vec::new();
        for (answered, at) in answers.iter().zip(0..) {
            match answered.status {
                200 => won.push(at),
                status => assert_eq!((status, code(answered).as_str()), (409, "in_use")),
            }
        }
        assert!(won.len() <= 1, "{} have it", won.len());
        held = won.pop().map(|at| waiting.remove(at));
        let (leases, grants) = rows(&scene);
        assert_eq!(leases, held.iter().map(|(_, request)| *request).collect::<Vec<_>>());
        let open = waiting.iter().chain(held.iter()).map(|(_, request)| *request).collect();
        assert_eq!(grants, open);
        let uses = scene.ada.list_uses().await.unwrap();
        assert_eq!(uses.iter().filter(|listed| listed.holder.is_some()).count(), leases.len());
    }
    let (by, request) = held.unwrap();
    by.check_in(request).await.unwrap();
    is_sound(&scene);
}

/// One of a race: by whom, to which path, with what.
type Side = (fn(&Guarded) -> &Someone, &'static str, fn(&Guarded) -> RequestBody);

#[tokio::test(flavor = "current_thread")]
async fn of_two_steps_at_once_one_is_taken() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let cancel: Side = (|scene| &scene.carol, "cancellations", |_| RequestBody::Cancel);
    let take: Side = (|scene| &scene.carol, "check-outs", check_out);
    let give: Side = (|scene| &scene.carol, "check-ins", |_| RequestBody::CheckIn);
    let reject: Side = (|scene| &scene.eve, "rejections", |_| RequestBody::Reject(Comment { text: None }));
    let revoke: Side = (|scene| &scene.bob, "revocations", |_| RequestBody::Revoke(Comment { text: None }));
    let force: Side = (|scene| &scene.eve, "forced-check-ins", |_| RequestBody::ForceCheckIn(Comment { text: None }));
    // From where, and what it stands at when the first or the second of them was taken.
    let races: [(Status, Side, Side, Status, Status); 5] = [
        (Status::Requested, cancel, reject, Status::Cancelled, Status::Rejected),
        (Status::Approved, take, revoke, Status::CheckedOut, Status::Revoked),
        (Status::Approved, take, cancel, Status::CheckedOut, Status::Cancelled),
        (Status::Approved, revoke, cancel, Status::Revoked, Status::Cancelled),
        (Status::CheckedOut, give, force, Status::CheckedIn, Status::CheckedIn),
    ];
    for (from, one, other, if_one, if_other) in races {
        for _ in 0..ROUNDS {
            let request = match from {
                Status::Requested => scene.asked(&scene.carol).await,
                Status::Approved => scene.approved(&scene.carol).await,
                _ => scene.checked_out(&scene.carol).await,
            };
            let before = scene.known(request).await.state.count();
            let mut shots = Vec::new();
            for (by, to, body) in [one, other] {
                shots.push(shot(&scene, by(&scene), request, to, body(&scene)).await);
            }
            let answers = fire(&scene.server, &shots);
            let taken: Vec<bool> = answers.iter().map(|answered| answered.status == 200).collect();
            assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{:?}", answers);
            let lost = answers.iter().find(|answered| answered.status != 200).unwrap();
            assert_eq!((lost.status, code(lost).as_str()), (422, "request_refused"));
            let expected = if taken[0] { if_one } else { if_other };
            assert_eq!(scene.carol.status(request).await, expected);
            assert_eq!(scene.known(request).await.state.count(), before + 1);
            let (leases, grants) = rows(&scene);
            let out = expected == Status::CheckedOut;
            assert_eq!((leases.contains(&request), grants.contains(&request)), (out, out));
            if out {
                scene.carol.check_in(request).await.unwrap();
            }
        }
    }
    is_sound(&scene);
}

#[tokio::test(flavor = "current_thread")]
async fn one_grant_is_kept_of_two_that_come_at_once() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    for _ in 0..ROUNDS {
        let request = scene.asked(&scene.carol).await;
        let shots = [approval(&scene, &scene.bob, request).await, approval(&scene, &scene.eve, request).await];
        let taken = fire(&scene.server, &shots).iter().filter(|answered| answered.status == 200).count();
        assert_eq!(taken, 1);
        // And the one that is kept is the one that was approved with.
        scene.carol.check_out(request).await.unwrap();
        assert_eq!(scene.carol.open(request).await.as_deref(), Ok(crate::harness::GUARDED));
        // The same step twice at once is one step, for both.
        let back = shot(&scene, &scene.carol, request, "check-ins", RequestBody::CheckIn).await;
        let twice = [Shot { token: back.token.clone(), target: back.target.clone(), body: back.body.clone() }, back];
        assert!(fire(&scene.server, &twice).iter().all(|answered| answered.status == 200));
        assert_eq!(scene.known(request).await.state.count(), 4);
    }
    is_sound(&scene);
}

#[tokio::test(flavor = "current_thread")]
async fn an_approval_against_a_cancellation_leaves_no_grant_behind() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    for _ in 0..ROUNDS {
        let request = scene.asked(&scene.carol).await;
        let cancel = shot(&scene, &scene.carol, request, "cancellations", RequestBody::Cancel).await;
        let answers = fire(&scene.server, &[approval(&scene, &scene.bob, request).await, cancel]);
        // Each was made after the asking: whichever is second follows another statement than it names.
        assert_eq!(answers.iter().filter(|answered| answered.status == 200).count(), 1);
        let status = if answers[0].status == 200 { Status::Approved } else { Status::Cancelled };
        assert_eq!(scene.carol.status(request).await, status);
        assert_eq!(rows(&scene).1.contains(&request), status == Status::Approved);
        if status == Status::Approved {
            scene.carol.cancel_request(request).await.unwrap();
        }
        assert_eq!(rows(&scene), (Vec::new(), BTreeSet::new()));
    }
    is_sound(&scene);
}

#[tokio::test(flavor = "current_thread")]
async fn nobody_keeps_a_secret_who_is_suspended_at_the_same_moment() {
    let mut scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    for _ in 0..3 {
        scene.bob.sync(|_| {}).await.unwrap();
        let request = scene.approved(&scene.carol).await;
        let taking = shot(&scene, &scene.carol, request, "check-outs", check_out(&scene)).await;
        let (server, ada, carol, start) = (&scene.server, &scene.ada.keys, scene.carol.id(), Barrier::new(2));
        let (suspended, taken) = std::thread::scope(|scope| {
            let suspends = scope.spawn(|| {
                block_on(async {
                    let session = ada.session(server, &server.connect_apart().0).await;
                    session.sync(|_| {}).await.unwrap();
                    start.wait();
                    session.suspend_member(carol).await
                })
            });
            let takes = scope.spawn(|| block_on(taking.send(server, &start)));
            (suspends.join().unwrap(), takes.join().unwrap())
        });
        assert_eq!(suspended, Ok(()));
        assert!(matches!(taken.status, 200 | 401 | 404 | 403 | 422), "{taken:?}");
        assert_eq!(rows(&scene).0, [], "a lease of somebody who is suspended");
        scene.ada.sync(|_| {}).await.unwrap();
        scene.ada.resume_member(carol).await.unwrap();
        scene.carol = Someone::sign_in(&scene.server, scene.carol.keys).await;
        assert!(scene.carol.open(request).await.is_err());
        if !scene.carol.status(request).await.is_final() {
            scene.carol.cancel_request(request).await.unwrap();
        }
    }
    is_sound(&scene);
}
