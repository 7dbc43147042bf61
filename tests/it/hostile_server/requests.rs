//! Lies about requests: an approval that was moved, by the server alone or with an approver who helps it, opens nothing for
//! whoever asked; and nobody approves what was put in the place of something else.

use super::damage_of_sealed;
use crate::harness::{GUARDED, Guarded, HOUR, Someone, answers, in_grant};
use sealward_client::{
    crypto::{hpke::XWingSecret, lease, randomness::OsRandom, sealing::SealingKey, signing::SigningKey},
    error::{Damage, DamagedObject, Error, Fault},
};
use sealward_contract::{
    bytes::Bytes,
    chain::LeaseTerms,
    crypto::Hash,
    ids::{MemberId, ObjectId, RequestId, TeamId, Timestamp, VaultId, Version},
    operations::requests::{
        ApproveRequest, GetRequest, GetRequestedSecret, LeasedSecret, NewApproval, ReleaseLeased, RequestListed,
        RequestPath, RequestedSecret,
    },
    record::RecordKind,
    request::{Approve, GrantNamed, LeaseContext, RequestBody, RequestRefused, Status},
};
use std::{cell::RefCell, rc::Rc};

fn broken(scene: &Guarded) -> Error {
    let object = DamagedObject::Request;
    Error::Damage(Damage {
        object,
        vault: Some(scene.made.vault),
        id: None,
        number: None,
        author: None,
        fault: Fault::Substituted,
    })
}

fn of_secret(scene: &Guarded, fault: Fault) -> Error {
    Error::Damage(damage_of_sealed(scene.made.vault, RecordKind::Secret, scene.made.first, fault))
}

/// An approval by Bob with a grant of his own making, which the server takes: it cannot tell what is in one.
async fn approve(scene: &Guarded, request: RequestId, grant: &lease::Grant) {
    let (named, grant) = in_grant(grant);
    let record = scene.record(Version(2)).hash();
    let policy = scene.known(request).await.state.ask().policy;
    let body = Approve { version: Version(2), record, policy, comment: None, grant: Some(named) };
    let statement = scene.step(&scene.bob, request, RequestBody::Approve(body)).await.to_wire();
    let path = RequestPath { team: scene.ada.team(), request };
    let body = NewApproval { statement, grant: Some(grant) };
    assert!(scene.bob.call::<ApproveRequest>(&path, &body).await.is_some());
}

/// An approver conspires with the server: the key is handed on under another name than the request has.
#[tokio::test(flavor = "current_thread")]
async fn a_grant_for_anything_else_opens_nothing() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let other = scene.known(scene.asked(&scene.carol).await).await;
    type Move = Box<dyn Fn(&LeaseContext) -> LeaseContext>;
    let second = scene.made.second;
    let before = scene.record(Version(1)).hash();
    let dan = scene.dan.id();
    let moves: Vec<(&str, Move, bool)> = vec![
        ("not moved: the control", Box::new(LeaseContext::clone), true),
        ("another team", Box::new(|it| LeaseContext { team: TeamId([1; 16]), ..*it }), false),
        ("another request of hers", Box::new(move |it| LeaseContext { request: other.state.hash(), ..*it }), false),
        ("another vault", Box::new(|it| LeaseContext { vault: VaultId([1; 16]), ..*it }), false),
        ("another account", Box::new(move |it| LeaseContext { account: second, ..*it }), false),
        ("an account that is not there", Box::new(|it| LeaseContext { account: ObjectId([1; 16]), ..*it }), false),
        ("an earlier version", Box::new(|it| LeaseContext { version: Version(1), ..*it }), false),
        ("an earlier version's record", Box::new(move |it| LeaseContext { record: before, ..*it }), false),
        ("Dan", Box::new(move |it| LeaseContext { member: dan, ..*it }), false),
        ("nobody", Box::new(|it| LeaseContext { member: MemberId([1; 16]), ..*it }), false),
        (
            "an earlier window",
            Box::new(|it| LeaseContext { window: (Timestamp(it.window.0.0 - 1), it.window.1), ..*it }),
            false,
        ),
        (
            "a longer window",
            Box::new(|it| LeaseContext { window: (it.window.0, it.window.1.plus_millis(HOUR)), ..*it }),
            false,
        ),
    ];
    for (what, moved, opens) in moves {
        let request = scene.asked(&scene.carol).await;
        let known = scene.known(request).await;
        let context = moved(&known.state.context(Version(2), scene.record(Version(2)).hash()));
        let key = scene.content_key(Version(2));
        let grant = lease::grant(&known.state.ask().key, &context, &key, &mut OsRandom::new()).unwrap();
        approve(&scene, request, &grant).await;
        scene.carol.check_out(request).await.unwrap();
        let expected = if opens { Ok(GUARDED.to_owned()) } else { Err(of_secret(&scene, Fault::Unopenable)) };
        assert_eq!(scene.carol.open(request).await, expected, "{what}");
    }
    // To another key than hers, and with a key that opens something else.
    let anothers = XWingSecret::make(&mut OsRandom::new()).public();
    for (what, to_her, right_key) in [("to another key", false, true), ("a key of something else", true, false)] {
        let request = scene.asked(&scene.carol).await;
        let known = scene.known(request).await;
        let context = known.state.context(Version(2), scene.record(Version(2)).hash());
        let to = if to_her { known.state.ask().key } else { anothers };
        let key = if right_key { scene.content_key(Version(2)) } else { SealingKey::make(&mut OsRandom::new()) };
        approve(&scene, request, &lease::grant(&to, &context, &key, &mut OsRandom::new()).unwrap()).await;
        scene.carol.check_out(request).await.unwrap();
        assert_eq!(scene.carol.open(request).await, Err(of_secret(&scene, Fault::Unopenable)), "{what}");
    }
}

/// What the server tells somebody of a request.
async fn told(who: &Someone, request: RequestId) -> RequestListed {
    let path = RequestPath { team: who.team(), request };
    who.call::<GetRequest>(&path, &sealward_contract::operations::Empty {}).await.unwrap()
}

/// What the server gives for a lease.
async fn given(who: &Someone, request: RequestId) -> LeasedSecret {
    let taken = Rc::new(RefCell::new(None));
    let keep = Rc::clone(&taken);
    who.wire.lie(answers::<ReleaseLeased>(move |given| *keep.borrow_mut() = Some(given.clone())));
    assert_eq!(who.open(request).await.as_deref(), Ok(GUARDED));
    who.wire.tell_the_truth();
    taken.take().unwrap()
}

/// The server alone moves what it has.
#[tokio::test(flavor = "current_thread")]
async fn what_was_approved_for_another_request_is_refused() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let (carol, dan) = (&scene.carol, &scene.dan);
    let (hers, his) = (scene.checked_out(carol).await, scene.checked_out(dan).await);
    let (of_hers, of_his) = (given(carol, hers).await, given(dan, his).await);
    let again = scene.checked_out(carol).await;
    let older = scene.record(Version(1)).to_wire();
    let (his_grant, her_grant) = (of_his.grant.clone(), of_hers.grant.clone());
    type Lie = Box<dyn Fn(&mut LeasedSecret)>;
    let half = her_grant.clone();
    let lies: Vec<(&str, Lie, Fault)> = vec![
        ("Dan's grant", Box::new(move |given| given.grant = his_grant.clone()), Fault::Substituted),
        ("her own of another time", Box::new(move |given| given.grant = her_grant.clone()), Fault::Substituted),
        (
            "half of another",
            Box::new(move |given| given.grant.as_mut().unwrap().part = half.as_ref().unwrap().part.clone()),
            Fault::Substituted,
        ),
        ("no grant", Box::new(|given| given.grant = None), Fault::Unopenable),
        ("an earlier version", Box::new(move |given| given.record = older.clone()), Fault::Substituted),
        ("no record", Box::new(|given| given.record = Bytes(Vec::new())), Fault::Malformed),
    ];
    for (what, lie, fault) in lies {
        carol.wire.lie(answers::<ReleaseLeased>(move |given| lie(given)));
        assert_eq!(carol.open(again).await, Err(of_secret(&scene, fault)), "{what}");
    }
    carol.wire.tell_the_truth();
    assert_eq!(carol.open(again).await.as_deref(), Ok(GUARDED), "the control");

    let (mine, theirs) = (told(carol, hers).await, told(dan, his).await);
    let asked = scene.asked(carol).await;
    let only_asked = told(carol, asked).await.statements;
    // As if by Bob, by a key of the server's.
    let forged = {
        let known = scene.known(asked).await;
        let record = scene.record(Version(2)).hash();
        let grant = Some(GrantNamed { envelope: Hash([1; 32]), part: Hash([2; 32]) });
        let policy = known.state.ask().policy;
        let approve = Approve { version: Version(2), record, policy, comment: None, grant };
        let statement = scene.statement(&scene.bob, &known, RequestBody::Approve(approve));
        SigningKey::make(&mut OsRandom::new()).sign(statement).to_wire()
    };
    type Tale = Box<dyn Fn(&mut RequestListed)>;
    let whole = mine.clone();
    let (first, moved, other) = (only_asked.clone(), mine.statements[1].clone(), theirs.statements[1].clone());
    let (a, b, c, d) = (first.clone(), first.clone(), first.clone(), mine.statements.clone());
    let tales: Vec<(&str, Tale)> = vec![
        ("another request of hers", Box::new(move |told| *told = whole.clone())),
        ("Dan's request", Box::new(move |told| *told = theirs.clone())),
        (
            "the approval of another request of hers",
            Box::new(move |told| told.statements = vec![a[0].clone(), moved.clone()]),
        ),
        ("the approval of Dan's", Box::new(move |told| told.statements = vec![b[0].clone(), other.clone()])),
        ("an approval of the server's own", Box::new(move |told| told.statements = vec![c[0].clone(), forged.clone()])),
        ("another one's statements", Box::new(move |told| told.statements = d.clone())),
        ("nothing that asks", Box::new(|told| told.statements.clear())),
        ("a statement twice", Box::new(move |told| told.statements = vec![first[0].clone(), first[0].clone()])),
    ];
    for (what, tale) in tales {
        carol.wire.lie(answers::<GetRequest>(move |told| tale(told)));
        let expected = if what == "nothing that asks" {
            Error::Damage(Damage {
                vault: None,
                ..match broken(&scene) {
                    Error::Damage(damage) => damage,
                    _ => panic!(),
                }
            })
        } else {
            broken(&scene)
        };
        assert_eq!(carol.request(asked).await.map(drop), Err(expected.clone()), "{what}");
        assert_eq!(carol.check_out(asked).await, Err(expected.clone()), "{what}");
        assert_eq!(carol.open(asked).await, Err(expected), "{what}");
    }
    // Of the half that is hers alone the server has no other.
    let others = mine.lease_secret.clone();
    carol.wire.lie(answers::<GetRequest>(move |told| told.lease_secret = others.clone()));
    assert_eq!(carol.open(again).await, Err(of_secret(&scene, Fault::Unopenable)));
    carol.wire.tell_the_truth();
    assert_eq!(carol.status(asked).await, Status::Requested);
}

/// An approver hands on the key of what the request names, to whoever signed it, and nothing else.
#[tokio::test(flavor = "current_thread")]
async fn an_approver_is_not_led_to_another_secret_or_another_person() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let (carol, bob) = (&scene.carol, &scene.bob);
    let request = scene.asked(carol).await;
    let known = scene.known(request).await;
    let older = scene.record(Version(1));
    // The key of the server's, in a statement that says it is Carol's.
    let servers = XWingSecret::make(&mut OsRandom::new()).public();
    let redirected = {
        let statement = scene.asks(carol, &known, |statement| {
            let RequestBody::Ask(ask) = &mut statement.body else { panic!() };
            ask.key = servers;
            statement.request = request;
        });
        SigningKey::make(&mut OsRandom::new()).sign(statement.value().clone()).to_wire()
    };
    // Carol conspires with the server: Bob reads one request of hers, and is to approve another one under its id.
    assert_eq!(bob.status(request).await, Status::Requested);
    let other = scene.asks(carol, &known, |statement| {
        let RequestBody::Ask(ask) = &mut statement.body else { panic!() };
        ask.seconds /= 2;
        statement.request = request;
    });
    let other = other.to_wire();
    type Tale = Box<dyn Fn(&mut RequestListed)>;
    let older_header = older.to_bare_wire();
    let changed = RequestRefused::Version;
    let tales: Vec<(&str, Tale, Error)> = vec![
        ("another key", Box::new(move |told| told.statements = vec![redirected.clone()]), broken(&scene)),
        ("another request", Box::new(move |told| told.statements = vec![other.clone()]), broken(&scene)),
        ("an earlier version", Box::new(move |told| told.secret = Some(older_header.clone())), Error::Request(changed)),
        ("no secret", Box::new(|told| told.secret = None), Error::Request(changed)),
        ("garbage", Box::new(|told| told.secret = Some(Bytes(vec![1, 2, 3]))), of_secret(&scene, Fault::Malformed)),
    ];
    for (what, tale, expected) in tales {
        bob.wire.lie(answers::<GetRequest>(move |told| tale(told)));
        assert_eq!(bob.approve_request(request, None).await, Err(expected), "{what}");
    }
    type Lie = Box<dyn Fn(&mut RequestedSecret)>;
    let bare = older.to_bare_wire();
    let lies: Vec<(&str, Lie, Error)> = vec![
        ("an earlier version", Box::new(move |given| given.record = bare.clone()), Error::StaleVersion),
        (
            "another wrapped key",
            Box::new(|given| given.wrapped_key = Some(Bytes(vec![1; 1_200]))),
            of_secret(&scene, Fault::Substituted),
        ),
        ("no wrapped key", Box::new(|given| given.wrapped_key = None), of_secret(&scene, Fault::Substituted)),
    ];
    for (what, lie, expected) in lies {
        bob.wire.lie(answers::<GetRequestedSecret>(move |given| lie(given)));
        assert_eq!(bob.approve_request(request, None).await, Err(expected), "{what}");
    }
    bob.wire.tell_the_truth();
    assert_eq!(bob.status(request).await, Status::Requested, "nothing was approved");
    bob.approve_request(request, None).await.unwrap();
    carol.check_out(request).await.unwrap();
    assert_eq!(carol.open(request).await.as_deref(), Ok(GUARDED), "the control");
}

/// The server's word ends what it serves, and begins nothing.
#[tokio::test(flavor = "current_thread")]
async fn the_server_cannot_make_a_status_up() {
    use sealward_contract::audit::RequestEnd;
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let carol = &scene.carol;
    let request = scene.asked(carol).await;
    for (ended, status) in [
        (RequestEnd::CheckedIn, Status::CheckedIn),
        (RequestEnd::Extended, Status::CheckedIn),
        (RequestEnd::Void, Status::Void),
        (RequestEnd::Restored, Status::Void),
    ] {
        carol.wire.lie(answers::<GetRequest>(move |told| told.ended = Some(ended)));
        let shown = carol.request(request).await.unwrap();
        assert_eq!((shown.status, shown.may), (status, Default::default()));
    }
    carol.wire.tell_the_truth();
    let rejected = scene.asked(carol).await;
    scene.bob.reject_request(rejected, None).await.unwrap();
    carol.wire.lie(answers::<GetRequest>(|told| told.ended = Some(RequestEnd::CheckedIn)));
    assert_eq!(carol.status(rejected).await, Status::Rejected, "what was signed stays said");
}
