//! Approvals that no client would give: signed by hand, each refused with the code that names it.

use super::requests::{post, refuses, rows, step};
use crate::harness::{Guarded, Known, Someone};
use sealward_contract::{
    bytes::Bytes,
    chain::{LeaseTerms, VaultRole},
    crypto::{Hash, hash},
    ids::{Epoch, RequestId, Version},
    operations::{
        requests::{Grant, NewApproval},
        wire::Format,
    },
    record::ChainPosition,
    request::{Approve, GrantNamed, RequestBody, RequestStatement, SealedText, Status},
};

/// A right approval of Bob's: his statement, and the grant that goes with it.
fn approval(scene: &Guarded, known: &Known) -> (RequestStatement, Grant) {
    let record = scene.record(Version(2)).hash();
    let (named, grant) = scene.grant(known, &known.state.context(Version(2), record));
    let policy = known.state.ask().policy;
    let approve = Approve { version: Version(2), record, policy, comment: None, grant: Some(named) };
    (scene.statement(&scene.bob, known, RequestBody::Approve(approve)), grant)
}

#[tokio::test(flavor = "current_thread")]
async fn approvals_that_cannot_be() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let (ada, bob, carol, dan, eve) = (&scene.ada, &scene.bob, &scene.carol, &scene.dan, &scene.eve);
    let older = scene.ada.chain().unwrap().position();
    scene.ada.set_grant(scene.made.vault, dan.id(), VaultRole::Editor).await.unwrap();
    scene.server.clock.advance(1_000);
    let (request, other) = (scene.asked(carol).await, scene.asked(carol).await);
    let known = scene.known(request).await;
    let (right, grant) = approval(&scene, &known);
    let to = format!("/{request}/approvals");
    let with = |change: &dyn Fn(&mut RequestStatement, &mut Approve)| {
        let mut statement = right.clone();
        let RequestBody::Approve(mut approve) = statement.body.clone() else { panic!() };
        change(&mut statement, &mut approve);
        statement.body = RequestBody::Approve(approve);
        statement
    };
    let refuse = async |what: &str, by: &Someone, statement: RequestStatement, given: Option<Grant>, expected| {
        let statement = by.keys.identity.signing.sign(statement).to_wire();
        refuses(&scene, what, by, &to, Format::Json.write(&NewApproval { statement, grant: given }), expected).await;
    };
    let bad = |reason: &'static str| (422, reason);
    let given = || Some(grant.clone());
    refuse("one's own", carol, with(&|it, _| it.author = carol.id()), given(), bad("request_refused: own")).await;
    refuse("by whoever may not know", dan, with(&|it, _| it.author = dan.id()), given(), (404, "not_found")).await;
    refuse("of another author", eve, right.clone(), given(), bad("request_refused: malformed")).await;
    refuse("of another team", bob, with(&|it, _| it.team.0[0] ^= 1), given(), bad("request_refused: malformed")).await;
    refuse("of another suite", bob, with(&|it, _| it.suite = 9), given(), bad("request_refused: malformed")).await;
    refuse("of another request", bob, with(&|it, _| it.request = other), given(), bad("request_refused: malformed"))
        .await;
    refuse("without its grant", bob, right.clone(), None, bad("request_refused: grant")).await;
    refuse("that names none", bob, with(&|_, it| it.grant = None), None, bad("request_refused: grant")).await;
    refuse("that names none and has one", bob, with(&|_, it| it.grant = None), given(), bad("request_refused: grant"))
        .await;
    for (what, changed) in [
        ("with another envelope", Grant { envelope: Bytes(vec![1; 1_700]), ..grant.clone() }),
        ("with another part", Grant { part: Bytes(vec![1; 32]), ..grant.clone() }),
    ] {
        refuse(what, bob, right.clone(), Some(changed), bad("request_refused: grant")).await;
    }
    for (what, changed) in [
        ("with a part that is short", Grant { part: Bytes(vec![1; 31]), ..grant.clone() }),
        ("with an envelope that is long", Grant { envelope: Bytes(vec![1; 4_097]), ..grant.clone() }),
    ] {
        let named = GrantNamed { envelope: hash(&changed.envelope), part: hash(&changed.part) };
        let statement = with(&|_, it| it.grant = Some(named));
        refuse(what, bob, statement, Some(changed), bad("request_refused: grant")).await;
    }
    refuse(
        "to an earlier version",
        bob,
        with(&|_, it| it.version = Version(1)),
        given(),
        bad("request_refused: version"),
    )
    .await;
    refuse(
        "to another record",
        bob,
        with(&|_, it| it.record = Hash([1; 32])),
        given(),
        bad("request_refused: version"),
    )
    .await;
    refuse("under another policy", bob, with(&|_, it| it.policy = None), given(), bad("request_refused: policy")).await;
    refuse("of another number", bob, with(&|it, _| it.number = 2), given(), bad("request_refused: order")).await;
    refuse("after another", bob, with(&|it, _| it.previous = Hash([1; 32])), given(), bad("request_refused: order"))
        .await;
    refuse("before it was asked", bob, with(&|it, _| it.time.0 -= 1), given(), bad("request_refused: time")).await;
    let ahead = with(&|it, _| it.time = it.time.plus_millis(2 * 60 * 1_000 + 1));
    refuse("ahead of the clock", bob, ahead, given(), bad("clock_refused")).await;
    let nowhere = ChainPosition { hash: Hash([1; 32]), ..known.state.place() };
    refuse("at no place", bob, with(&|it, _| it.position = nowhere), given(), bad("request_refused: position")).await;
    refuse("at an earlier place", bob, with(&|it, _| it.position = older), given(), bad("request_refused: position"))
        .await;
    let long = SealedText { epoch: Epoch::FIRST, sealed: Bytes(vec![1; 25 * 1_024]) };
    let comment = with(&|_, it| it.comment = Some(long.clone()));
    refuse("with a comment that is long", bob, comment, given(), bad("request_refused: limit")).await;
    let by_another = ada.keys.identity.signing.sign(right.clone()).to_wire();
    let body = Format::Json.write(&NewApproval { statement: by_another, grant: given() });
    refuses(&scene, "with another's signature", bob, &to, body, bad("request_refused: signature")).await;
    let signed = bob.keys.identity.signing.sign(right.clone()).to_wire();
    refuses(
        &scene,
        "as a rejection",
        bob,
        &format!("/{request}/rejections"),
        step(signed.clone()),
        bad("request_refused: malformed"),
    )
    .await;
    let body = Format::Json.write(&NewApproval { statement: signed, grant: given() });
    refuses(
        &scene,
        "to another path",
        bob,
        &format!("/{other}/approvals"),
        body.clone(),
        bad("request_refused: malformed"),
    )
    .await;
    let nobodys = RequestId([9; 16]);
    let unknown = bob.keys.identity.signing.sign(with(&|it, _| it.request = nobodys)).to_wire();
    let unknown = Format::Json.write(&NewApproval { statement: unknown, grant: given() });
    refuses(&scene, "to no request", bob, &format!("/{nobodys}/approvals"), unknown, (404, "not_found")).await;
    let garbage = Format::Json.write(&NewApproval { statement: Bytes(vec![1, 2, 3]), grant: None });
    refuses(&scene, "garbage", bob, &to, garbage, bad("request_refused: malformed")).await;

    // The control: the right one is taken, once, and the same answer is given to whoever says it again.
    assert_eq!(post(&scene, bob, &to, body.clone()).await.status, 200);
    let once = rows(&scene);
    assert_eq!(post(&scene, bob, &to, body).await.status, 200);
    assert!(rows(&scene) == once);
    let (again, grant) = approval(&scene, &scene.known(request).await);
    let statement = bob.keys.identity.signing.sign(again).to_wire();
    let again = Format::Json.write(&NewApproval { statement, grant: Some(grant) });
    refuses(&scene, "a second time", bob, &to, again, bad("request_refused: state")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_key_is_handed_on_with_the_approval_that_completes_the_number_alone() {
    let scene = Guarded::in_memory(2, LeaseTerms::default()).await;
    let request = scene.asked(&scene.carol).await;
    let (statement, grant) = approval(&scene, &scene.known(request).await);
    let statement = scene.bob.keys.identity.signing.sign(statement).to_wire();
    let body = Format::Json.write(&NewApproval { statement, grant: Some(grant) });
    let to = format!("/{request}/approvals");
    refuses(&scene, "too early", &scene.bob, &to, body, (422, "request_refused: grant")).await;
    scene.bob.approve_request(request, None).await.unwrap();
    let (statement, grant) = approval(&scene, &scene.known(request).await);
    let statement = scene.bob.keys.identity.signing.sign(statement).to_wire();
    let body = Format::Json.write(&NewApproval { statement, grant: Some(grant) });
    refuses(&scene, "both of one", &scene.bob, &to, body, (422, "request_refused: twice")).await;
    scene.eve.approve_request(request, None).await.unwrap();
    assert_eq!(scene.carol.status(request).await, Status::Approved);
}
