//! Steps told of by hand: what an event may say of each, alone and after those before it.

use super::*;
use crate::{
    audit::{AuditHead, AuditWalk, Broken, BrokenEvent, check_statement},
    bytes::Bytes,
    chain::{Body, Genesis, MemberKeys, Statement},
    codec,
    crypto::{SealingPublicKey, Signature, VerifyingKey},
    ids::{TeamId, Timestamp, Version},
    request::{
        Approve, Ask, CheckOut, Comment,
        ahead::{AheadApproval, Proposal, Window},
    },
    suite::SUITE,
    text::LoginName,
};
use ed25519_dalek::{Signer, SigningKey};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ADA: MemberId = MemberId([1; 16]);
const BOB: MemberId = MemberId([2; 16]);
const VAULT: VaultId = VaultId([3; 16]);
const ACCOUNT: ObjectId = ObjectId([4; 16]);
const REQUEST: RequestId = RequestId([5; 16]);
const AHEAD: AheadId = AheadId([6; 16]);
const TIME: Timestamp = Timestamp(1_800_000_000_000);
/// What Ada asks for.
const HERS: About = About { vault: VAULT, account: ACCOUNT, of: ADA };
/// What she says to what Bob asks for.
const HIS: About = About { vault: VAULT, account: ACCOUNT, of: BOB };

fn sign<T: SignedKind>(value: T) -> Signed<T> {
    let bytes = T::LABEL.join(&[&codec::encode(&value)]);
    Signed::new(value, Signature(signing().sign(&bytes).to_bytes()))
}

fn signing() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// A team of Ada alone: nobody else has to sign here.
fn team() -> TeamState {
    let keys = MemberKeys {
        member: ADA,
        login_name: LoginName::parse("ada.lovelace").unwrap(),
        signing: VerifyingKey(signing().verifying_key().to_bytes()),
        sealing: SealingPublicKey([0; 1216]),
    };
    let genesis = Statement {
        suite: SUITE,
        team: None,
        sequence: 0,
        previous: Hash::ZERO,
        author: ADA,
        time: TIME,
        body: Body::Genesis(Genesis { founder: keys, directory: Hash([4; 32]) }),
    };
    TeamState::found(&sign(genesis)).unwrap()
}

fn ask() -> RequestBody {
    RequestBody::Ask(Ask {
        vault: VAULT,
        account: ACCOUNT,
        from: TIME,
        to: TIME.plus_millis(3_600_000),
        seconds: 3_600,
        reason: None,
        key: SealingPublicKey([0; 1216]),
        policy: None,
        extends: None,
        break_glass: false,
        ahead: None,
    })
}

fn approve() -> RequestBody {
    let (version, record) = (Version(1), Hash([7; 32]));
    RequestBody::Approve(Approve { version, record, policy: None, comment: None, grant: None })
}

fn check_out() -> RequestBody {
    RequestBody::CheckOut(CheckOut { version: Version(1), record: Hash([7; 32]) })
}

fn force() -> RequestBody {
    RequestBody::ForceCheckIn(Comment { text: None })
}

fn revoke() -> RequestBody {
    RequestBody::Revoke(Comment { text: None })
}

fn reject() -> RequestBody {
    RequestBody::Reject(Comment { text: None })
}

/// A step of Ada's.
fn step(state: &TeamState, number: u32, previous: Hash, body: RequestBody) -> SignedRequest {
    let (team, position) = (state.team(), state.position());
    sign(RequestStatement {
        suite: SUITE,
        team,
        request: REQUEST,
        number,
        previous,
        author: ADA,
        position,
        time: TIME,
        body,
    })
}

fn ahead_step(state: &TeamState, number: u32, previous: Hash, body: AheadBody) -> SignedAhead {
    let (team, position) = (state.team(), state.position());
    sign(AheadStatement { suite: SUITE, team, ahead: AHEAD, number, previous, author: ADA, position, time: TIME, body })
}

fn event(team: TeamId, what: AuditedAct, statement: Bytes) -> AuditEvent {
    AuditEvent {
        suite: SUITE,
        team,
        sequence: 1,
        previous: Hash::ZERO,
        time: TIME,
        member: Some(ADA),
        address: None,
        what,
        statement: Some(statement),
    }
}

fn told(signed: &SignedRequest, about: About) -> AuditEvent {
    let About { vault, account, of } = about;
    let step = RequestStepKind::of(&signed.value().body);
    let what = AuditedAct::RequestStepped { vault, account, request: REQUEST, of, step };
    event(signed.value().team, what, signed.to_wire())
}

fn ahead_told(signed: &SignedAhead, about: About) -> AuditEvent {
    let About { vault, account, of } = about;
    let step = AheadStepKind::of(&signed.value().body);
    let what = AuditedAct::AheadStepped { vault, account, ahead: AHEAD, of, step };
    event(signed.value().team, what, signed.to_wire())
}

/// The three ways to tell of something else.
fn others(about: About) -> [About; 3] {
    [
        About { vault: VaultId([13; 16]), ..about },
        About { account: ObjectId([14; 16]), ..about },
        About { of: MemberId([12; 16]), ..about },
    ]
}

#[test]
fn a_step_alone_says_whose_it_is_where_they_take_it_themselves() {
    let state = team();
    let before = Hash([8; 32]);
    // The step, its number, and of whose request it may be told: of Ada's, of Bob's.
    let rows = [
        (ask(), 0, true, false),
        (ask(), 1, false, false),
        (RequestBody::Cancel, 1, true, false),
        (check_out(), 1, true, false),
        (RequestBody::CheckIn, 1, true, false),
        (approve(), 1, false, true),
        (reject(), 1, false, true),
        (force(), 1, true, true),
        (revoke(), 1, true, true),
        (approve(), 0, false, false),
        (force(), 0, false, false),
    ];
    for (body, number, of_ada, of_bob) in rows {
        let previous = if number == 0 { Hash::ZERO } else { before };
        let signed = step(&state, number, previous, body.clone());
        for (about, fits) in [(HERS, of_ada), (HIS, of_bob)] {
            let checked = check_statement(&state, &told(&signed, about));
            assert_eq!(checked.is_ok(), fits, "{body:?}, number {number}, of {}", about.of);
            let alone = checked.as_ref().is_ok_and(Basis::is_step_alone);
            assert_eq!(alone, fits && number > 0, "{body:?}: nothing before it is known");
            assert!(fits || checked == Err(Unfounded::Other));
        }
    }
    // The one that asks says it all.
    let signed = step(&state, 0, Hash::ZERO, ask());
    for other in others(HERS) {
        assert_eq!(check_statement(&state, &told(&signed, other)), Err(Unfounded::Other));
    }
    let signed = step(&state, 0, before, ask());
    assert_eq!(check_statement(&state, &told(&signed, HERS)), Err(Unfounded::Other), "something stands before it");
}

/// Binds events to each other, and walks along them.
fn walk(state: &TeamState, anchor: AuditHead, events: &[AuditEvent]) -> Vec<Result<Basis, BrokenEvent>> {
    let mut walk = AuditWalk::new(state.team(), anchor);
    let steps = events.iter().map(|event| {
        let (sequence, previous) = (walk.at().sequence + 1, walk.at().hash);
        let bound = AuditEvent { sequence, previous, ..event.clone() };
        walk.step(Some(state), &codec::encode(&bound)).map(|(_, basis)| basis)
    });
    steps.collect()
}

fn faults(walked: &[Result<Basis, BrokenEvent>]) -> Vec<(u64, Broken)> {
    walked.iter().filter_map(|step| step.as_ref().err().map(|fault| (fault.sequence, fault.broken))).collect()
}

const OTHER: Broken = Broken::Unfounded(Unfounded::Other);

#[test]
fn a_walk_refuses_a_step_that_is_told_of_something_else() {
    let state = team();
    let asked = step(&state, 0, Hash::ZERO, ask());
    let out = step(&state, 1, request_hash(&asked), check_out());
    let forced = step(&state, 2, request_hash(&out), force());
    let events = [told(&asked, HERS), told(&out, HERS), told(&forced, HERS)];
    let walked = walk(&state, AuditHead::NONE, &events);
    assert_eq!(faults(&walked), []);
    assert!(walked.iter().flatten().all(|basis| !basis.is_step_alone()), "each is known back to the one that asks");
    // By its own statement the last may be about anything and anybody.
    for other in others(HERS) {
        let moved = told(&forced, other);
        assert!(check_statement(&state, &moved).is_ok());
        assert_eq!(
            faults(&walk(&state, AuditHead::NONE, &[told(&asked, HERS), told(&out, HERS), moved])),
            [(3, OTHER)]
        );
        // The ones after it are compared with what was asked, and not with the lie.
        if other.of == ADA {
            let events = [told(&asked, HERS), told(&out, other), told(&forced, HERS)];
            assert_eq!(faults(&walk(&state, AuditHead::NONE, &events)), [(2, OTHER)]);
        }
    }
}

#[test]
fn a_walk_refuses_steps_that_do_not_follow() {
    let state = team();
    let asked = step(&state, 0, Hash::ZERO, ask());
    let out = step(&state, 1, request_hash(&asked), check_out());
    let forced = step(&state, 2, request_hash(&out), force());
    // Signed for another request of the same id: the number is right, what stands before is not.
    let elsewhere = step(&state, 1, Hash([8; 32]), revoke());
    let events = |steps: &[&SignedRequest]| -> Vec<AuditEvent> { steps.iter().map(|step| told(step, HERS)).collect() };
    let rows: [(&str, &[&SignedRequest], &[u64]); 5] = [
        ("in order", &[&asked, &out, &forced], &[]),
        ("one left out", &[&asked, &forced], &[2]),
        ("told of twice", &[&asked, &out, &out], &[3]),
        ("of another request", &[&asked, &elsewhere], &[2]),
        ("nothing asked", &[&out, &forced], &[1, 2]),
    ];
    for (what, steps, at) in rows {
        let wanted: Vec<_> = at.iter().map(|sequence| (*sequence, Broken::OutOfOrder)).collect();
        assert_eq!(faults(&walk(&state, AuditHead::NONE, &events(steps))), wanted, "{what}");
    }
}

#[test]
fn what_was_asked_before_the_walk_begins_is_the_servers_word() {
    let state = team();
    let out = step(&state, 1, Hash([8; 32]), check_out());
    let forced = step(&state, 2, request_hash(&out), force());
    let anchor = AuditHead { sequence: 40, hash: Hash([9; 32]) };
    let walked = walk(&state, anchor, &[told(&out, HERS), told(&forced, HERS)]);
    assert_eq!(faults(&walked), []);
    assert!(walked.iter().flatten().all(Basis::is_step_alone), "nobody has signed for what they are about");
    // Two events of one request do not contradict each other for all that.
    for other in others(HERS) {
        assert_eq!(faults(&walk(&state, anchor, &[told(&out, HERS), told(&forced, other)])), [(42, OTHER)]);
    }
}

#[test]
fn what_is_approved_ahead_is_compared_as_well() {
    let state = team();
    let window =
        Window { days: 1, from: 0, to: 1, until: TIME.plus_millis(1), zone: "UTC".into(), offsets: Vec::new() };
    let proposal = Proposal {
        vault: VAULT,
        account: ACCOUNT,
        member: BOB,
        version: Version(1),
        record: Hash([7; 32]),
        policy: None,
        window,
        grant: None,
    };
    let proposed = ahead_step(&state, 0, Hash::ZERO, AheadBody::Propose(proposal));
    let withdrawn = ahead_step(&state, 1, ahead_hash(&proposed), AheadBody::Withdraw);
    let walked = walk(&state, AuditHead::NONE, &[ahead_told(&proposed, HIS), ahead_told(&withdrawn, HIS)]);
    assert_eq!(faults(&walked), []);
    assert!(walked.iter().flatten().all(|basis| !basis.is_step_alone()));
    for other in others(HIS) {
        assert_eq!(check_statement(&state, &ahead_told(&proposed, other)), Err(Unfounded::Other));
        assert!(check_statement(&state, &ahead_told(&withdrawn, other)).is_ok_and(|basis| basis.is_step_alone()));
        let events = [ahead_told(&proposed, HIS), ahead_told(&withdrawn, other)];
        assert_eq!(faults(&walk(&state, AuditHead::NONE, &events)), [(2, OTHER)]);
    }
    // Nobody approves for themselves.
    let approved = ahead_step(&state, 1, ahead_hash(&proposed), AheadBody::Approve(AheadApproval { grant: None }));
    assert!(check_statement(&state, &ahead_told(&approved, HIS)).is_ok());
    assert_eq!(check_statement(&state, &ahead_told(&approved, HERS)), Err(Unfounded::Other));
    assert_eq!(faults(&walk(&state, AuditHead::NONE, &[ahead_told(&withdrawn, HIS)])), [(1, Broken::OutOfOrder)]);
}

#[test]
fn on_a_part_of_the_chain_gaps_are_no_fault() {
    let state = team();
    let asked = step(&state, 0, Hash::ZERO, ask());
    let out = step(&state, 1, request_hash(&asked), check_out());
    let forced = step(&state, 2, request_hash(&out), force());
    let mut told_of = StepsTold::default();
    let mut take = |signed: &SignedRequest, about: About| {
        let event = told(signed, about);
        let mut basis = check_statement(&state, &event).unwrap();
        (told_of.take(&event, &mut basis), basis.is_step_alone())
    };
    assert_eq!(take(&asked, HERS), (Ok(()), false));
    assert_eq!(take(&forced, HERS), (Err(StepMisfit::Order), true), "one before it is not listed");
    assert_eq!(take(&forced, HIS), (Err(StepMisfit::About), true));
    assert_eq!(take(&out, HERS), (Ok(()), false));
    assert_eq!(take(&forced, HERS), (Ok(()), false));
}
