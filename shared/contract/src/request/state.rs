//! A request as its statements tell it. Replaying them gives the same to everyone: whether they were signed by whom they
//! name, in order, and could follow one another. Whether it still counts is [`super::Standing`]'s to say.

use super::{Approve, Ask, GrantNamed, RequestBody, RequestRefused, RequestStatement, SignedRequest, request_hash};
use crate::{
    chain::{TeamState, VaultRole},
    crypto::{Hash, Signed, SignedKind},
    ids::{MemberId, RequestId, TeamId, Timestamp, VaultId, Version},
    limits,
    record::ChainPosition,
    suite::SUITE,
};

/// One approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: MemberId,
    /// When.
    pub time: Timestamp,
    /// At which place of the chain.
    pub position: ChainPosition,
    /// To what.
    pub approve: Approve,
}

/// How a request was ended by a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Rejected.
    Rejected,
    /// Cancelled by whoever asked.
    Cancelled,
    /// Checked in by whoever had it.
    CheckedIn,
    /// Checked in by a custodian.
    ForcedIn,
    /// Taken back before it was used.
    Revoked,
}

/// A secret that somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Which version.
    pub version: Version,
    /// Hash of its record.
    pub record: Hash,
}

/// A request as its statements tell it. Made by [`RequestState::open`] and changed by [`RequestState::apply`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestState {
    team: TeamId,
    id: RequestId,
    requester: MemberId,
    ask: Ask,
    hash: Hash,
    asked: Timestamp,
    place: ChainPosition,
    last: Hash,
    count: u32,
    time: Timestamp,
    sequence: u64,
    approvals: Vec<Approval>,
    lease: Option<Lease>,
    end: Option<(End, MemberId, Timestamp)>,
}

impl RequestState {
    /// Begins with the statement that asks.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn open(signed: &SignedRequest, team: &TeamState) -> Result<Self, RequestRefused> {
        let RequestStatement { request, number, previous, author, position, time, body, .. } = signed.value();
        let RequestBody::Ask(ask) = body else { return Err(RequestRefused::Order) };
        if *number != 0 || *previous != Hash::ZERO {
            return Err(RequestRefused::Order);
        }
        check_said_by(signed, team)?;
        ask.key.check().map_err(|_| RequestRefused::Malformed)?;
        // A clock that is a little ahead of another does no harm.
        let window = ask.to.since(ask.from);
        let in_time = ask.to > *time && window > 0 && ask.to.since(*time) <= limits::REQUEST_AHEAD;
        if !in_time || !(limits::LEASE_SECONDS).contains(&ask.seconds) {
            return Err(RequestRefused::Time);
        }
        if ask.ahead.is_some() && ask.break_glass {
            return Err(RequestRefused::Malformed);
        }
        let hash = request_hash(signed);
        Ok(Self {
            team: team.team(),
            id: *request,
            requester: *author,
            ask: ask.clone(),
            hash,
            asked: *time,
            place: *position,
            last: hash,
            count: 1,
            time: *time,
            sequence: position.sequence,
            approvals: Vec::new(),
            lease: None,
            end: None,
        })
    }

    /// All statements of a request, the one that asks first.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn replay(statements: &[SignedRequest], team: &TeamState) -> Result<Self, RequestRefused> {
        let (first, rest) = statements.split_first().ok_or(RequestRefused::Order)?;
        let mut state = Self::open(first, team)?;
        rest.iter().try_for_each(|signed| state.apply(signed, team))?;
        Ok(state)
    }

    /// Takes the next statement.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found; the state is then as it was.
    pub fn apply(&mut self, signed: &SignedRequest, team: &TeamState) -> Result<(), RequestRefused> {
        let RequestStatement { request, number, previous, author, position, time, body, .. } = signed.value();
        if *request != self.id || *number != self.count || *previous != self.last {
            return Err(RequestRefused::Order);
        }
        if *time < self.time {
            return Err(RequestRefused::Time);
        }
        if position.sequence < self.sequence {
            return Err(RequestRefused::Position);
        }
        if self.count >= limits::REQUEST_STATEMENTS {
            return Err(RequestRefused::Limit);
        }
        check_said_by(signed, team)?;
        if self.end.is_some() {
            return Err(RequestRefused::State);
        }
        let own = *author == self.requester;
        let only = |fits: bool, refused| if fits { Ok(()) } else { Err(refused) };
        match body {
            RequestBody::Ask(_) => return Err(RequestRefused::Order),
            RequestBody::Approve(approve) => {
                only(!own, RequestRefused::Own)?;
                only(self.lease.is_none(), RequestRefused::State)?;
                let same = |known: &Approval| known.by == *author && known.is_of(approve.version, approve.policy);
                // Whoever lost the right and has it again may say it once more.
                let again = |known: &Approval| {
                    same(known) && known.position.sequence >= regained(team, &self.ask.vault, [&self.requester, author])
                };
                only(!self.approvals.iter().any(again), RequestRefused::Twice)?;
                self.check_custody(team, author, position, approve.grant)?;
                let approve = approve.clone();
                self.approvals.push(Approval { by: *author, time: *time, position: *position, approve });
            }
            RequestBody::Reject(_) => {
                only(!own, RequestRefused::Right)?;
                only(self.lease.is_none(), RequestRefused::State)?;
                self.end = Some((End::Rejected, *author, *time));
            }
            RequestBody::Cancel => {
                only(own, RequestRefused::Right)?;
                only(self.lease.is_none(), RequestRefused::State)?;
                self.end = Some((End::Cancelled, *author, *time));
            }
            RequestBody::CheckOut(out) => {
                only(own, RequestRefused::Right)?;
                only(self.lease.is_none(), RequestRefused::State)?;
                only(*time >= self.ask.from && *time < self.ask.to, RequestRefused::Time)?;
                let until = time.plus_millis(u64::from(self.ask.seconds) * 1_000).min(self.ask.to);
                self.lease = Some(Lease { since: *time, until, version: out.version, record: out.record });
            }
            RequestBody::CheckIn => {
                only(own, RequestRefused::Right)?;
                only(self.lease.is_some(), RequestRefused::State)?;
                self.end = Some((End::CheckedIn, *author, *time));
            }
            RequestBody::ForceCheckIn(_) => {
                only(self.lease.is_some(), RequestRefused::State)?;
                self.end = Some((End::ForcedIn, *author, *time));
            }
            RequestBody::Revoke(_) => {
                only(self.lease.is_none(), RequestRefused::State)?;
                self.end = Some((End::Revoked, *author, *time));
            }
        }
        (self.last, self.count, self.time, self.sequence) =
            (request_hash(signed), self.count + 1, *time, position.sequence);
        Ok(())
    }

    /// A key is given by whoever had it then.
    fn check_custody(
        &self,
        team: &TeamState,
        author: &MemberId,
        position: &ChainPosition,
        grant: Option<GrantNamed>,
    ) -> Result<(), RequestRefused> {
        let vault = team.vault(&self.ask.vault).ok_or(RequestRefused::Right)?;
        match vault.role_at(author, position.sequence) {
            None => Err(RequestRefused::Right),
            Some(role) if grant.is_some() && role != VaultRole::Custodian => Err(RequestRefused::Right),
            Some(_) => Ok(()),
        }
    }

    /// The team.
    #[must_use]
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// Who asks.
    #[must_use]
    pub fn requester(&self) -> MemberId {
        self.requester
    }

    /// For what.
    #[must_use]
    pub fn ask(&self) -> &Ask {
        &self.ask
    }

    /// Hash of the statement that asks.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// When it was asked.
    #[must_use]
    pub fn asked(&self) -> Timestamp {
        self.asked
    }

    /// The place of the chain that whoever asks knew.
    #[must_use]
    pub fn place(&self) -> ChainPosition {
        self.place
    }

    /// Hash of its newest statement.
    #[must_use]
    pub fn last(&self) -> Hash {
        self.last
    }

    /// How many statements it has.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Time of its newest statement.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// All approvals, those that count no more included.
    #[must_use]
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// What was checked out, whether that is over or not.
    #[must_use]
    pub fn lease(&self) -> Option<Lease> {
        self.lease
    }

    /// How it was ended by a statement, by whom, and when.
    #[must_use]
    pub fn end(&self) -> Option<(End, MemberId, Timestamp)> {
        self.end
    }

    /// What a grant for a version of the secret is bound to.
    #[must_use]
    pub fn context(&self, version: Version, record: Hash) -> super::LeaseContext {
        super::LeaseContext {
            team: self.team,
            request: self.hash,
            vault: self.ask.vault,
            account: self.ask.account,
            version,
            record,
            member: self.requester,
            window: (self.ask.from, self.ask.to),
        }
    }
}

impl Approval {
    /// Whether it is to this version, under this policy.
    #[must_use]
    pub fn is_of(&self, version: Version, policy: Option<u64>) -> bool {
        self.approve.version == version && self.approve.policy == policy
    }
}

/// The statement since which neither of two members, whoever asks and whoever approves, lost a right in a vault and got it
/// back, or other keys: what was approved before counts no more.
pub(super) fn regained(team: &TeamState, vault: &VaultId, members: [&MemberId; 2]) -> u64 {
    let since = |member: &MemberId| {
        let known = team.member(member);
        let standing = known.and_then(|known| known.resumed().max(known.renewed()));
        let granted = team.vault(vault).and_then(|vault| vault.role_since(member));
        standing.max(granted).unwrap_or(0)
    };
    let [one, other] = members.map(since);
    one.max(other)
}

fn check_said_by(signed: &SignedRequest, team: &TeamState) -> Result<(), RequestRefused> {
    let RequestStatement { suite, team: of, author, position, .. } = signed.value();
    check_author(signed, (*suite, of, author, position), team)
}

/// Suite, team, place, right to speak at all, and signature.
pub(super) fn check_author<T: SignedKind>(
    signed: &Signed<T>,
    (suite, of, author, position): (u8, &TeamId, &MemberId, &ChainPosition),
    team: &TeamState,
) -> Result<(), RequestRefused> {
    if suite != SUITE || *of != team.team() {
        return Err(RequestRefused::Malformed);
    }
    if !team.has_position(position) {
        return Err(RequestRefused::Position);
    }
    team.role_at(author, position.sequence).ok_or(RequestRefused::Right)?;
    let key = team.member(author).map(|known| known.signing_at(position.sequence)).ok_or(RequestRefused::Right)?;
    signed.verify(key).map_err(|_| RequestRefused::Signature)
}
