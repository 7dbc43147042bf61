//! Steps of requests that no client would take: signed by hand, each refused with the code that names it, with nothing of
//! any request, grant or lease changed.

use super::told;
use crate::harness::{Answered, Guarded, HOUR, Someone};
use sealward_contract::{
    bytes::Bytes,
    chain::LeaseTerms,
    crypto::{Hash, SealingPublicKey},
    ids::{Epoch, ObjectId, ReleaseId, RequestId, VaultId, Version},
    limits,
    operations::{
        records::ReleaseRequest,
        requests::{NewRequest, ReleaseLeased, RequestPath, RequestStep},
        wire::Format,
    },
    release::ReleaseStatement,
    request::{Ask, CheckOut, Comment, RequestBody, RequestStatement, SealedText},
    suite::SUITE,
};
use sealward_server::{
    maintenance::{receive_rows, send_rows},
    store::{StoreError, tables::OPEN_REQUESTS},
};

/// Tables of requests, grants and leases.
const OF_REQUESTS: std::ops::RangeInclusive<u8> = 80..=87;

pub(super) fn rows(scene: &Guarded) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut all, mut rows) = (Vec::new(), Vec::new());
    send_rows(&scene.server.server.app().store.snapshot().unwrap(), &mut all).unwrap();
    receive_rows(&mut &all[..], |key, value| {
        if OF_REQUESTS.contains(&key[0]) {
            rows.push((key.to_vec(), value.to_vec()));
        }
        Ok(())
    })
    .unwrap();
    rows
}

pub(super) async fn post(scene: &Guarded, by: &Someone, to: &str, body: Vec<u8>) -> Answered {
    let bearer = format!("Bearer {}", by.created.token.expose());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let target = format!("/v1/teams/{}/requests{to}", scene.ada.team());
    crate::harness::raw(&by.wire, "POST", &target, &headers, body).await
}

pub(super) async fn refuses(scene: &Guarded, what: &str, by: &Someone, to: &str, body: Vec<u8>, expected: (u16, &str)) {
    let before = rows(scene);
    let answered = post(scene, by, to, body).await;
    assert_eq!(told(&answered), (expected.0, expected.1.to_owned()), "{what}");
    assert!(rows(scene) == before, "{what} changed something");
}

pub(super) fn step(statement: Bytes) -> Vec<u8> {
    Format::Json.write(&RequestStep { statement })
}

#[tokio::test(flavor = "current_thread")]
async fn steps_that_are_somebody_elses_or_out_of_turn() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let (bob, carol, dan) = (&scene.bob, &scene.carol, &scene.dan);
    let record = scene.record(Version(2)).hash();
    let out = |version, record| RequestBody::CheckOut(CheckOut { version, record });
    let newest = || out(Version(2), record);
    let no_comment = || Comment { text: None };
    let refuse = async |what: &str, by: &Someone, request: RequestId, to: &str, body: RequestBody, expected| {
        let statement = scene.step(by, request, body).await.to_wire();
        refuses(&scene, what, by, &format!("/{request}/{to}"), step(statement), expected).await;
    };
    let (state, forbidden, gone) = ((422, "request_refused: state"), (403, "forbidden"), (404, "not_found"));
    let wrong = (422, "request_refused: version");

    let asked = scene.asked(carol).await;
    refuse("taken before it is approved", carol, asked, "check-outs", newest(), state).await;
    refuse("given back before it is taken", carol, asked, "check-ins", RequestBody::CheckIn, state).await;
    refuse("forced before it is taken", bob, asked, "forced-check-ins", RequestBody::ForceCheckIn(no_comment()), state)
        .await;
    refuse("revoked before it is approved", bob, asked, "revocations", RequestBody::Revoke(no_comment()), state).await;
    refuse("rejected by whoever asks", carol, asked, "rejections", RequestBody::Reject(no_comment()), forbidden).await;
    refuse("cancelled by another", bob, asked, "cancellations", RequestBody::Cancel, forbidden).await;
    refuse("cancelled by whoever may not know", dan, asked, "cancellations", RequestBody::Cancel, gone).await;

    let approved = scene.approved(carol).await;
    refuse("taken by another", bob, approved, "check-outs", newest(), forbidden).await;
    refuse("taken by whoever may not know", dan, approved, "check-outs", newest(), gone).await;
    refuse(
        "an earlier version",
        carol,
        approved,
        "check-outs",
        out(Version(1), scene.record(Version(1)).hash()),
        wrong,
    )
    .await;
    refuse("another record", carol, approved, "check-outs", out(Version(2), Hash([1; 32])), wrong).await;
    refuse("rejected when approved", bob, approved, "rejections", RequestBody::Reject(no_comment()), state).await;
    refuse("revoked by whoever asked", carol, approved, "revocations", RequestBody::Revoke(no_comment()), forbidden)
        .await;

    let later = sealward_client::session::RequestDraft {
        from: Some(scene.server.clock.now().plus_millis(HOUR)),
        ..scene.draft()
    };
    let later = carol.ask_for_secret(later).await.unwrap();
    bob.approve_request(later, None).await.unwrap();
    refuse("before its time", carol, later, "check-outs", newest(), (422, "request_refused: time")).await;

    let held = scene.checked_out(carol).await;
    refuse("taken twice", carol, held, "check-outs", newest(), state).await;
    refuse("cancelled when it is taken", carol, held, "cancellations", RequestBody::Cancel, state).await;
    refuse("given back by another", bob, held, "check-ins", RequestBody::CheckIn, forbidden).await;
    refuse(
        "forced by whoever has it",
        carol,
        held,
        "forced-check-ins",
        RequestBody::ForceCheckIn(no_comment()),
        forbidden,
    )
    .await;
    refuse(
        "forced by whoever may not know",
        dan,
        held,
        "forced-check-ins",
        RequestBody::ForceCheckIn(no_comment()),
        gone,
    )
    .await;
    refuse("revoked when it is taken", bob, held, "revocations", RequestBody::Revoke(no_comment()), state).await;
    carol.check_in(held).await.unwrap();
    bob.reject_request(asked, None).await.unwrap();
    bob.revoke_request(approved, None).await.unwrap();
    carol.cancel_request(later).await.unwrap();
    for (what, request) in [("given back", held), ("rejected", asked), ("revoked", approved), ("cancelled", later)] {
        refuse(what, carol, request, "check-outs", newest(), state).await;
        refuse(what, carol, request, "check-ins", RequestBody::CheckIn, state).await;
        refuse(what, carol, request, "cancellations", RequestBody::Cancel, state).await;
        refuse(what, bob, request, "forced-check-ins", RequestBody::ForceCheckIn(no_comment()), state).await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn requests_that_cannot_be() {
    let terms = LeaseTerms { longest: Some(7_200), ..LeaseTerms::default() };
    let scene = Guarded::in_memory(1, terms).await;
    let (carol, dan) = (&scene.carol, &scene.dan);
    let (like, dans) = (scene.known(scene.asked(carol).await).await, scene.checked_out(dan).await);
    let secret = || Bytes(vec![1; 300]);
    let ask = async |what: &str, change: &dyn Fn(&mut RequestStatement, &mut Ask), secret: Bytes, expected| {
        let statement = scene.asks(carol, &like, |statement| {
            let RequestBody::Ask(mut ask) = statement.body.clone() else { panic!() };
            change(statement, &mut ask);
            statement.body = RequestBody::Ask(ask);
        });
        let body = Format::Json.write(&NewRequest { statement: statement.to_wire(), lease_secret: secret });
        refuses(&scene, what, carol, "", body, expected).await;
    };
    let bad = |reason: &'static str| (422, reason);
    let gone = (404, "not_found");
    ask("no first statement", &|it, _| it.number = 1, secret(), bad("request_refused: order")).await;
    ask("one that follows", &|it, _| it.previous = Hash([1; 32]), secret(), bad("request_refused: order")).await;
    let there = |it: &mut RequestStatement, ask: &mut Ask| (it.request, ask.seconds) = (like.state.id(), 60);
    ask("that is there", &|it, ask| there(it, ask), secret(), bad("request_refused: order")).await;
    ask("under another's id", &|it, _| it.request = dans, secret(), gone).await;
    ask("by another", &|it, _| it.author = dan.id(), secret(), bad("request_refused: malformed")).await;
    ask("for no time", &|_, it| it.seconds = 0, secret(), bad("request_refused: time")).await;
    ask("for longer than may be", &|_, it| it.seconds = 7_201, secret(), bad("request_refused: time")).await;
    ask("that is over", &|_, it| it.to = it.from, secret(), bad("request_refused: time")).await;
    ask(
        "for the far future",
        &|_, it| it.to = it.from.plus_millis(91 * 24 * HOUR),
        secret(),
        bad("request_refused: time"),
    )
    .await;
    ask("to no key", &|_, it| it.key = SealingPublicKey([0xff; 1_216]), secret(), bad("request_refused: malformed"))
        .await;
    ask("under no policy", &|_, it| it.policy = None, secret(), bad("request_refused: policy")).await;
    ask("without a reason", &|_, it| it.reason = None, secret(), bad("request_refused: reason")).await;
    let long = SealedText { epoch: Epoch::FIRST, sealed: Bytes(vec![1; 4_097]) };
    ask("with a long reason", &|_, it| it.reason = Some(long.clone()), secret(), bad("request_refused: limit")).await;
    ask("for no account", &|_, it| it.account = ObjectId([1; 16]), secret(), gone).await;
    ask("in no vault", &|_, it| it.vault = VaultId([1; 16]), secret(), gone).await;
    let free = |it: &mut Ask| (it.account, it.policy) = (scene.made.second, None);
    ask("for what is given without", &|_, it| free(it), secret(), bad("request_refused: not_needed")).await;
    ask(
        "to go on with nothing",
        &|_, it| it.extends = Some(RequestId([1; 16])),
        secret(),
        bad("request_refused: state"),
    )
    .await;
    ask(
        "to go on with what is not taken",
        &|_, it| it.extends = Some(like.state.id()),
        secret(),
        bad("request_refused: state"),
    )
    .await;
    ask("to go on with another's", &|_, it| it.extends = Some(dans), secret(), bad("request_refused: state")).await;
    ask("in an emergency, unnamed", &|_, it| it.break_glass = true, secret(), (403, "forbidden")).await;
    ask("without a half of a key", &|_, _| {}, Bytes(Vec::new()), bad("request_refused: limit")).await;
    ask("with a long half of a key", &|_, _| {}, Bytes(vec![1; 4_097]), bad("request_refused: limit")).await;
    let statement = scene.asks(carol, &like, |_| {}).to_wire();
    let right = Format::Json.write(&NewRequest { statement, lease_secret: secret() });
    assert_eq!(post(&scene, carol, "", right).await.status, 200, "the control");
    // So many and no more: two are open, and of another account there are as many rows as leave room for one.
    let (team, vault, member) = (scene.ada.team(), scene.made.vault, carol.id());
    let fill = scene.server.server.app().store.write(move |tx| {
        for number in 0..limits::OPEN_REQUESTS - 3 {
            let request = RequestId(std::array::from_fn(|at| number.to_be_bytes().get(at).copied().unwrap_or(1)));
            OPEN_REQUESTS.put(tx, &(team, vault, ObjectId([9; 16]), 1, request), &member)?;
        }
        Ok::<_, StoreError>(())
    });
    fill.await.unwrap();
    let one_more = || {
        let statement = scene.asks(carol, &like, |_| {}).to_wire();
        Format::Json.write(&NewRequest { statement, lease_secret: secret() })
    };
    assert_eq!(post(&scene, carol, "", one_more()).await.status, 200);
    refuses(&scene, "one too many", carol, "", one_more(), (409, "too_many_requests")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_lease_is_released_to_whoever_has_it_alone_and_each_statement_once() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let request = scene.checked_out(&scene.carol).await;
    let path = RequestPath { team: scene.ada.team(), request };
    for by in [&scene.bob, &scene.dan, &scene.eve] {
        let answered = by.send::<ReleaseLeased>(&path, Some(&release(&scene, by))).await;
        assert_eq!(told(&answered), (404, "not_found".to_owned()));
    }
    let body = release(&scene, &scene.carol);
    assert_eq!(scene.carol.send::<ReleaseLeased>(&path, Some(&body)).await.status, 200, "the control");
    let again = scene.carol.send::<ReleaseLeased>(&path, Some(&body)).await;
    assert_eq!(told(&again), (422, "release_refused".to_owned()));
}

fn release(scene: &Guarded, by: &Someone) -> ReleaseRequest {
    let statement = by.keys.identity.signing.sign(ReleaseStatement {
        suite: SUITE,
        id: ReleaseId(by.surroundings().make_id()),
        team: scene.ada.team(),
        vault: scene.made.vault,
        account: scene.made.first,
        version: Version(2),
        member: by.id(),
        position: scene.ada.chain().unwrap().position(),
        time: scene.server.clock.now(),
        reason: None,
    });
    ReleaseRequest { statement: statement.to_wire(), wanted: Default::default() }
}
