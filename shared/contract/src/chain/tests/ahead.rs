//! Approvals that are given ahead: who may give them, for whom, and what ends them.

use super::*;
use crate::{
    chain::LeaseTerms,
    ids::{AheadId, ObjectId, RequestId, Version},
    record::Tier,
    request::{
        Ask, GrantNamed, RequestBody, RequestRefused, RequestState, RequestStatement, SecretStand, SignedRequest,
        Standing, Status,
        ahead::{
            AheadApproval, AheadBody, AheadState, AheadStatement, AheadStatus, Proposal, SignedAhead, Window,
            ZoneOffset,
        },
    },
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// It is for Dan; Ada, Bob and Eve are custodians, 4 is a service that Ada made.
const BOT: Who = 4;
const DAN: Who = 5;
const ACCOUNT: ObjectId = ObjectId([7; 16]);
const AHEAD: AheadId = AheadId([3; 16]);
const GRANT: GrantNamed = GrantNamed { envelope: Hash([1; 32]), part: Hash([2; 32]) };

struct World {
    team: Team,
    version: u32,
}

impl World {
    fn new(needed: u8) -> Self {
        let mut team = Team::new();
        let made = team.new_vault(&[(ADA, VaultRole::Custodian)], 1);
        team.does(ADA, made);
        for who in [BOB, EVE, DAN] {
            team.joins(who, &[]);
            team.does(ADA, grant(1, who, if who == DAN { VaultRole::User } else { VaultRole::Custodian }));
        }
        team.does(ADA, team.admit(BOT, &[(1, VaultRole::User)]));
        team.does(ADA, approvals(1, needed));
        Self { team, version: 1 }
    }

    fn standing(&self) -> Standing<'_> {
        let hash = Hash([self.version as u8; 32]);
        let secret = SecretStand { version: Version(self.version), hash, tier: Tier::Guarded };
        Standing::new(&self.team.state, &vault(1), (&ACCOUNT, None), Some(secret))
    }

    /// From now on, on every day and at every hour, for a day.
    fn proposal(&self, who: Who, grant: Option<GrantNamed>) -> Proposal {
        let now = Timestamp(self.team.now);
        Proposal {
            vault: vault(1),
            account: ACCOUNT,
            member: member(who),
            version: Version(self.version),
            record: Hash([self.version as u8; 32]),
            policy: self.standing().policy.map(|(since, _)| since),
            window: Window {
                days: 0b111_1111,
                from: 0,
                to: 24 * 60,
                until: Timestamp(now.0 + 24 * HOUR),
                zone: "UTC".into(),
                offsets: vec![ZoneOffset { since: now, minutes: 0 }],
            },
            grant,
        }
    }

    fn said(&self, who: Who, (number, previous): (u32, Hash), body: AheadBody) -> SignedAhead {
        let value = AheadStatement {
            suite: SUITE,
            team: self.team.state.team(),
            ahead: AHEAD,
            number,
            previous,
            author: member(who),
            position: self.team.state.position(),
            time: Timestamp(self.team.now),
            body,
        };
        let bytes = Label::Ahead.join(&[&codec::encode(&value)]);
        Signed::new(value, Signature(signing(who).sign(&bytes).to_bytes()))
    }

    fn propose(&self, who: Who, proposal: Proposal) -> Result<AheadState, RequestRefused> {
        let signed = self.said(who, (0, Hash::ZERO), AheadBody::Propose(proposal));
        let state = AheadState::open(&signed, &self.team.state)?;
        self.standing().check_ahead(&state, signed.value(), Timestamp(self.team.now))?;
        Ok(state)
    }

    fn says(&self, state: &mut AheadState, who: Who, body: AheadBody) -> Result<(), RequestRefused> {
        let signed = self.said(who, (state.count(), state.last()), body);
        self.standing().check_ahead(state, signed.value(), Timestamp(self.team.now))?;
        state.apply(&signed, &self.team.state)
    }

    fn approves(&self, state: &mut AheadState, who: Who, grant: Option<GrantNamed>) -> Result<(), RequestRefused> {
        self.says(state, who, AheadBody::Approve(AheadApproval { grant }))
    }

    fn status(&self, state: &AheadState) -> AheadStatus {
        self.standing().judge_ahead(state, Timestamp(self.team.now)).status
    }

    /// How a request stands that names the approval and lies within these hours from now.
    fn asks(&self, state: Option<&AheadState>, who: Who, hours: u64) -> Result<Status, RequestRefused> {
        let now = Timestamp(self.team.now);
        let ask = Ask {
            vault: vault(1),
            account: ACCOUNT,
            from: now,
            to: Timestamp(now.0 + hours * HOUR),
            seconds: 3_600,
            reason: Some(crate::request::SealedText { epoch: Epoch(1), sealed: Bytes(vec![1]) }),
            key: sealing(900),
            policy: self.standing().policy.map(|(since, _)| since),
            extends: None,
            break_glass: false,
            ahead: Some(AHEAD),
        };
        let value = RequestStatement {
            suite: SUITE,
            team: self.team.state.team(),
            request: RequestId([4; 16]),
            number: 0,
            previous: Hash::ZERO,
            author: member(who),
            position: self.team.state.position(),
            time: now,
            body: RequestBody::Ask(ask),
        };
        let bytes = Label::Request.join(&[&codec::encode(&value)]);
        let signed: SignedRequest = Signed::new(value, Signature(signing(who).sign(&bytes).to_bytes()));
        let request = RequestState::open(&signed, &self.team.state)?;
        let standing = self.standing().with_ahead(state);
        standing.check_ask(&request)?;
        Ok(standing.judge(&request, now).status)
    }
}

#[test]
fn a_custodian_approves_for_somebody_else_what_is_there_now() {
    let world = World::new(1);
    let good = world.proposal(DAN, Some(GRANT));
    assert_eq!(world.status(&world.propose(BOB, good.clone()).unwrap()), AheadStatus::Ready);
    let cases = [
        (BOB, world.proposal(BOB, Some(GRANT)), RequestRefused::Own),
        // Whose keys somebody made is that person when approvals are counted.
        (ADA, world.proposal(BOT, Some(GRANT)), RequestRefused::Own),
        (BOT, world.proposal(DAN, Some(GRANT)), RequestRefused::Right),
        (DAN, world.proposal(BOT, None), RequestRefused::Right),
        // Ada needs no approval.
        (BOB, world.proposal(ADA, Some(GRANT)), RequestRefused::NotNeeded),
        (BOB, world.proposal(9, Some(GRANT)), RequestRefused::Right),
        (BOB, world.proposal(DAN, None), RequestRefused::Grant),
        (BOB, Proposal { version: Version(2), ..good.clone() }, RequestRefused::Version),
        (BOB, Proposal { record: Hash([9; 32]), ..good.clone() }, RequestRefused::Version),
        (BOB, Proposal { policy: None, ..good.clone() }, RequestRefused::Policy),
        (BOB, Proposal { window: Window { days: 0, ..good.window.clone() }, ..good }, RequestRefused::Time),
    ];
    for (number, (who, proposal, reason)) in cases.into_iter().enumerate() {
        assert_eq!(world.propose(who, proposal).err(), Some(reason), "case {number}");
    }
    assert!(world.propose(BOB, world.proposal(BOT, Some(GRANT))).is_ok());
}

#[test]
fn as_many_keepers_as_the_policy_asks_for_and_the_last_one_brings_the_key() {
    let world = World::new(2);
    assert_eq!(world.propose(BOB, world.proposal(DAN, Some(GRANT))).err(), Some(RequestRefused::Grant));
    let mut state = world.propose(BOB, world.proposal(DAN, None)).unwrap();
    assert_eq!(world.status(&state), AheadStatus::Waiting);
    assert_eq!(world.asks(Some(&state), DAN, 1), Err(RequestRefused::State));
    assert_eq!(world.approves(&mut state, BOB, Some(GRANT)), Err(RequestRefused::Twice));
    assert_eq!(world.approves(&mut state, DAN, Some(GRANT)), Err(RequestRefused::Right));
    assert_eq!(world.approves(&mut state, EVE, None), Err(RequestRefused::Grant));
    assert_eq!(world.says(&mut state, DAN, AheadBody::Withdraw), Err(RequestRefused::Right));
    assert_eq!(world.approves(&mut state, EVE, Some(GRANT)), Ok(()));
    assert_eq!(world.status(&state), AheadStatus::Ready);
    assert_eq!(world.approves(&mut state, ADA, Some(GRANT)), Err(RequestRefused::State));
    assert_eq!(world.says(&mut state, ADA, AheadBody::Withdraw), Ok(()));
    assert_eq!(world.status(&state), AheadStatus::Withdrawn);
    assert_eq!(world.says(&mut state, BOB, AheadBody::Withdraw), Err(RequestRefused::State));
}

#[test]
fn a_request_by_it_lies_within_one_opening_and_is_of_whom_it_is_for() {
    let mut world = World::new(1);
    let state = world.propose(BOB, world.proposal(DAN, Some(GRANT))).unwrap();
    assert_eq!(world.asks(Some(&state), DAN, 24), Ok(Status::Approved));
    assert_eq!(world.asks(Some(&state), DAN, 25), Err(RequestRefused::Time));
    assert_eq!(world.asks(Some(&state), BOT, 1), Err(RequestRefused::State));
    // Nobody believes in one whose statements are not there.
    assert_eq!(world.asks(None, DAN, 1), Err(RequestRefused::State));
    world.team.now += 24 * HOUR;
    assert_eq!(world.status(&state), AheadStatus::Expired);
    assert_eq!(world.asks(Some(&state), DAN, 1), Err(RequestRefused::State));
}

#[test]
fn what_it_rests_on_ends_it_and_nothing_brings_it_back() {
    type Act = fn(&mut World);
    let cases: [(Act, AheadStatus); 6] = [
        (|world| world.version = 2, AheadStatus::SecretChanged),
        (|world| world.team.does(ADA, approvals(1, 1)), AheadStatus::PolicyChanged),
        (
            |world| {
                let lesser = lower(1, BOB, VaultRole::Editor);
                world.team.does(ADA, lesser);
                world.team.does(ADA, grant(1, BOB, VaultRole::Custodian));
            },
            AheadStatus::RightLost,
        ),
        (
            |world| {
                let suspend = world.team.suspend(DAN);
                world.team.does(ADA, suspend);
                world.team.does(ADA, resume(DAN));
            },
            AheadStatus::RightLost,
        ),
        (
            |world| {
                let remove = world.team.remove(BOB);
                world.team.does(ADA, remove);
            },
            AheadStatus::RightLost,
        ),
        (|world| world.team.does(ADA, grant(1, DAN, VaultRole::Custodian)), AheadStatus::RightLost),
    ];
    for (number, (act, ended)) in cases.into_iter().enumerate() {
        let mut world = World::new(1);
        let state = world.propose(BOB, world.proposal(DAN, Some(GRANT))).unwrap();
        act(&mut world);
        assert_eq!(world.status(&state), ended, "case {number}");
        assert!(world.asks(Some(&state), DAN, 1).is_err(), "case {number}");
    }
}

/// Also one that brings no key yet: a server that takes it from somebody else is not believed.
#[test]
fn nobody_but_a_custodian_begins_one() {
    let world = World::new(2);
    for (who, refused) in [(BOB, None), (BOT, Some(RequestRefused::Right))] {
        let signed = world.said(who, (0, Hash::ZERO), AheadBody::Propose(world.proposal(DAN, None)));
        assert_eq!(AheadState::open(&signed, &world.team.state).err(), refused);
    }
}

/// A service is its maker's when approvals are counted.
#[test]
fn those_who_are_named_are_as_many_people_as_it_takes() {
    let mut world = World::new(2);
    let named = |who: [Who; 2]| {
        let mut approvers = who.map(member).to_vec();
        approvers.sort_unstable();
        let terms = Some(LeaseTerms { approvers, ..LeaseTerms::default() });
        let policy = Some(Policy { approvals: Approvals(2), reason: Requirement::None, terms });
        Body::SetPolicy(SetPolicy { vault: vault(1), scope: PolicyScope::Vault, policy })
    };
    world.team.refuses(BOB, named([ADA, BOT]), Refused::Policy);
    world.team.does(BOB, named([BOB, BOT]));
}
