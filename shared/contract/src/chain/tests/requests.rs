//! Random histories of a request, with a clock that jumps: whatever people try, in whatever order, what must always hold
//! does.

use super::*;
use crate::{
    ids::{ObjectId, RequestId, Version},
    record::{ChainPosition, Tier},
    request::{
        Approve, Ask, CheckOut, Comment, GrantNamed, RequestBody, RequestRefused, RequestState, RequestStatement,
        SecretStand, SignedRequest, Standing, Status,
    },
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Asks; Ada, Bob, Eve and 4 are custodians.
const DAN: Who = 5;
const CUSTODIANS: [Who; 4] = [ADA, BOB, EVE, 4];
const ACCOUNT: ObjectId = ObjectId([7; 16]);
const SECONDS: u32 = 3_600;

#[derive(Clone, Debug)]
enum Attempt {
    Approve(Who),
    /// By somebody who has not heard of the newest statements of the chain.
    ApproveBehind(Who, usize),
    Reject(Who),
    Revoke(Who),
    Cancel(Who),
    CheckOut(Who),
    CheckIn(Who),
    Force(Who),
    Wait(u64),
    NewVersion,
    Policy(u8),
    Demote(Who),
    Promote(Who),
    Suspend,
    Resume,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let who = || prop_oneof![3 => 1..=4_u8, 2 => Just(DAN)];
    prop_oneof![
        12 => who().prop_map(Attempt::Approve),
        2 => (2..=4_u8, 1..4_usize).prop_map(|(who, behind)| Attempt::ApproveBehind(who, behind)),
        1 => who().prop_map(Attempt::Reject),
        1 => who().prop_map(Attempt::Revoke),
        1 => who().prop_map(Attempt::Cancel),
        6 => who().prop_map(Attempt::CheckOut),
        3 => who().prop_map(Attempt::CheckIn),
        1 => who().prop_map(Attempt::Force),
        4 => prop_oneof![Just(1_u64), 1..HOUR, Just(HOUR), HOUR..80 * HOUR].prop_map(Attempt::Wait),
        2 => Just(Attempt::NewVersion),
        2 => (1..=3_u8).prop_map(Attempt::Policy),
        1 => (2..=4_u8).prop_map(Attempt::Demote),
        1 => (2..=4_u8).prop_map(Attempt::Promote),
        1 => Just(Attempt::Suspend),
        1 => Just(Attempt::Resume),
    ]
}

struct World {
    team: Team,
    version: u32,
    state: RequestState,
    /// Who approved which version under which policy, and when the one who did so lost nothing since.
    given: BTreeSet<(Who, u32, u64)>,
    /// The newest place of the chain after each attempt.
    places: Vec<ChainPosition>,
}

impl World {
    fn new() -> Self {
        let mut team = Team::new();
        let made = team.new_vault(&[(ADA, VaultRole::Custodian)], 1);
        team.does(ADA, made);
        for who in 2..=DAN {
            team.joins(who, &[]);
            team.does(ADA, grant(1, who, if who == DAN { VaultRole::User } else { VaultRole::Custodian }));
        }
        team.does(ADA, approvals(1, 2));
        let ask = Ask {
            vault: vault(1),
            account: ACCOUNT,
            from: Timestamp(team.now),
            to: Timestamp(team.now + 100 * HOUR),
            seconds: SECONDS,
            reason: None,
            key: sealing(900),
            policy: Some(team.state.position().sequence),
            extends: None,
            break_glass: false,
            ahead: None,
        };
        let signed = said(&team, DAN, 0, Hash::ZERO, RequestBody::Ask(ask));
        let state = RequestState::open(&signed, &team.state).unwrap();
        let places = vec![team.state.position()];
        Self { team, version: 1, state, given: BTreeSet::new(), places }
    }

    fn secret(&self) -> SecretStand {
        SecretStand { version: Version(self.version), hash: Hash([self.version as u8; 32]), tier: Tier::Guarded }
    }

    fn standing(&self) -> Standing<'_> {
        Standing::new(&self.team.state, &vault(1), (&ACCOUNT, None), Some(self.secret()))
    }

    fn status(&self, now: u64) -> Status {
        self.standing().judge(&self.state, Timestamp(now)).status
    }

    fn policy(&self) -> (u64, u8) {
        let (since, policy) = self.team.state.vault(&vault(1)).unwrap().policy_in_force(&ACCOUNT, None).unwrap();
        (since, policy.approvals.0)
    }

    fn says(&mut self, who: Who, body: RequestBody) -> Result<(), RequestRefused> {
        self.says_at(self.team.state.position(), who, body)
    }

    fn says_at(&mut self, position: ChainPosition, who: Who, body: RequestBody) -> Result<(), RequestRefused> {
        let signed = said_at(&self.team, position, who, (self.state.count(), self.state.last()), body);
        self.standing().check(&self.state, signed.value(), Timestamp(self.team.now))?;
        self.state.apply(&signed, &self.team.state)
    }

    fn is_custodian(&self, who: Who) -> bool {
        self.team.state.vault_role(&vault(1), &member(who)) == Some(VaultRole::Custodian)
    }

    /// Those whose approvals count, worked out from what was tried.
    fn counting(&self) -> usize {
        let (since, _) = self.policy();
        let counts = |who: &&Who| self.given.contains(&(**who, self.version, since)) && self.is_custodian(**who);
        CUSTODIANS.iter().filter(counts).count()
    }
}

fn said(team: &Team, who: Who, number: u32, previous: Hash, body: RequestBody) -> SignedRequest {
    said_at(team, team.state.position(), who, (number, previous), body)
}

fn said_at(
    team: &Team,
    position: ChainPosition,
    who: Who,
    (number, previous): (u32, Hash),
    body: RequestBody,
) -> SignedRequest {
    let value = RequestStatement {
        suite: SUITE,
        team: team.state.team(),
        request: RequestId([3; 16]),
        number,
        previous,
        author: member(who),
        position,
        time: Timestamp(team.now),
        body,
    };
    let bytes = Label::Request.join(&[&codec::encode(&value)]);
    Signed::new(value, Signature(signing(who).sign(&bytes).to_bytes()))
}

fn try_it(world: &mut World, attempt: &Attempt) -> bool {
    let comment = || Comment { text: None };
    match *attempt {
        Attempt::Approve(who) | Attempt::ApproveBehind(who, _) => {
            let known = match *attempt {
                Attempt::ApproveBehind(_, behind) => world.places.iter().rev().nth(behind),
                _ => None,
            };
            let position = known.copied().unwrap_or_else(|| world.team.state.position());
            let (since, needed) = world.policy();
            let completes = world.counting() + 1 >= usize::from(needed);
            let grant = completes.then_some(GrantNamed { envelope: Hash([1; 32]), part: Hash([2; 32]) });
            let secret = world.secret();
            let approve =
                Approve { version: secret.version, record: secret.hash, policy: Some(since), comment: None, grant };
            let taken = world.says_at(position, who, RequestBody::Approve(approve)).is_ok();
            if taken {
                assert!(who != DAN && world.is_custodian(who));
                assert!(world.team.state.role(&member(DAN)).is_some(), "approved for somebody who may not ask");
                let judged = world.standing().judge(&world.state, Timestamp(world.team.now));
                assert!(judged.approved_by.contains(&member(who)), "what is taken counts");
                assert!(world.given.insert((who, world.version, since)), "approved twice by {who}");
            }
            taken
        }
        Attempt::Reject(who) => world.says(who, RequestBody::Reject(comment())).is_ok(),
        Attempt::Revoke(who) => world.says(who, RequestBody::Revoke(comment())).is_ok(),
        Attempt::Cancel(who) => world.says(who, RequestBody::Cancel).is_ok(),
        Attempt::CheckOut(who) => {
            let secret = world.secret();
            let enough = world.counting() >= usize::from(world.policy().1);
            let out = CheckOut { version: secret.version, record: secret.hash };
            let taken = world.says(who, RequestBody::CheckOut(out)).is_ok();
            assert!(!taken || (who == DAN && enough), "checked out by {who} with too few approvals");
            taken
        }
        Attempt::CheckIn(who) => world.says(who, RequestBody::CheckIn).is_ok(),
        Attempt::Force(who) => world.says(who, RequestBody::ForceCheckIn(comment())).is_ok(),
        Attempt::Wait(millis) => {
            world.team.now += millis;
            false
        }
        Attempt::NewVersion => {
            world.version += 1;
            false
        }
        Attempt::Policy(needed) => {
            let signed = world.team.signed(ADA, approvals(1, needed));
            let _ = world.team.append(&signed);
            false
        }
        Attempt::Demote(who) => {
            let signed = world.team.signed(ADA, lower(1, who, VaultRole::User));
            if world.team.append(&signed).is_ok() {
                world.given.retain(|(by, ..)| *by != who);
            }
            false
        }
        Attempt::Promote(who) => {
            let signed = world.team.signed(ADA, grant(1, who, VaultRole::Custodian));
            let _ = world.team.append(&signed);
            false
        }
        Attempt::Suspend => {
            let vaults = vec![TouchedVault { vault: vault(1), head: HEAD }];
            let signed = world.team.signed(ADA, Body::Suspend(Suspend { member: member(DAN), vaults }));
            if world.team.append(&signed).is_ok() {
                world.given.clear();
            }
            false
        }
        Attempt::Resume => {
            // What was approved before was for somebody who then lost the right.
            let signed = world.team.signed(ADA, resume(DAN));
            if world.team.append(&signed).is_ok() {
                world.given.clear();
            }
            false
        }
    }
}

#[test]
fn however_often_it_is_approved_there_is_room_to_take_it_and_to_take_it_back() {
    let mut world = World::new();
    try_it(&mut world, &Attempt::Policy(1));
    // One that asks, and an approval of each version.
    for count in 2..=62 {
        assert!(try_it(&mut world, &Attempt::Approve(BOB)));
        assert_eq!(world.state.count(), count);
        if count < 62 {
            try_it(&mut world, &Attempt::NewVersion);
        }
    }
    assert!(try_it(&mut world, &Attempt::CheckOut(DAN)));
    assert!(try_it(&mut world, &Attempt::Force(EVE)));
    assert_eq!(world.state.count(), 64);
}

#[test]
fn an_approval_that_would_leave_no_room_is_refused() {
    let mut world = World::new();
    try_it(&mut world, &Attempt::Policy(1));
    for _ in 2..=62 {
        assert!(try_it(&mut world, &Attempt::Approve(BOB)));
        try_it(&mut world, &Attempt::NewVersion);
    }
    assert!(!try_it(&mut world, &Attempt::Approve(BOB)));
    assert!(try_it(&mut world, &Attempt::Cancel(DAN)));
}

proptest! {
    #[test]
    fn whatever_is_tried_a_request_goes_one_way(attempts in prop::collection::vec(attempt(), 1..60)) {
        let mut world = World::new();
        let asked = world.team.now;
        let mut ended = None;
        for attempt in &attempts {
            let before = world.state.clone();
            let taken = try_it(&mut world, attempt);
            if !taken {
                prop_assert_eq!(&before, &world.state, "a refusal changes nothing");
            }
            world.places.push(world.team.state.position());
            let now = world.team.now;
            let status = world.status(now);
            // What ended by a statement or with its window stays so.
            if let Some(ended) = ended {
                prop_assert_eq!(status, ended, "{:?}", attempt);
            }
            if world.state.end().is_some() || now >= asked + 100 * HOUR {
                ended = Some(status);
                prop_assert!(status.is_final());
            }
            if let Some(lease) = world.state.lease().filter(|_| world.state.end().is_none()) {
                prop_assert_eq!(lease.until.0, (lease.since.0 + HOUR).min(asked + 100 * HOUR));
                let may = world.team.state.role(&member(DAN)).is_some();
                let held = if may { Status::CheckedOut } else { Status::CheckedIn };
                prop_assert_eq!(world.status(lease.until.0 - 1), held);
                prop_assert_eq!(world.status(lease.until.0), Status::CheckedIn);
            } else if world.state.end().is_none() {
                prop_assert_ne!(status, Status::CheckedOut);
                let enough = world.counting() >= usize::from(world.policy().1);
                let may = world.team.state.role(&member(DAN)).is_some();
                prop_assert_eq!(status == Status::Approved, enough && may && now < asked + 100 * HOUR);
                if !enough {
                    // Three days for approvals, to the millisecond.
                    prop_assert_eq!(world.status(asked + 72 * HOUR - 1), Status::Requested);
                    prop_assert_eq!(world.status(asked + 72 * HOUR), Status::Void);
                }
            }
        }
    }
}
