//! How a request stands now: judged by whoever acts next, by the newest state of team and secret that they know. All that
//! the clock does is here, and nothing else asks it.

use super::{
    Approve, End, RequestBody, RequestRefused, RequestState, RequestStatement,
    ahead::AheadState,
    state::{Approval, regained},
};
use crate::{
    chain::{Member, Policy, Requirement, TeamState},
    crypto::Hash,
    ids::{MemberId, ObjectId, Timestamp, VaultId, Version},
    limits, policy,
    record::Tier,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for approvals.
    Requested,
    /// It may be checked out, once its window is open and nobody else has the secret.
    Approved,
    /// Whoever asked has the secret.
    CheckedOut,
    /// They had it.
    CheckedIn,
    /// It was rejected.
    Rejected,
    /// Whoever asked took it back.
    Cancelled,
    /// It was not approved, or not used, in time.
    Void,
    /// What was approved was taken back.
    Revoked,
}

impl Status {
    /// Whether nothing follows any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Requested | Self::Approved | Self::CheckedOut)
    }
}

/// The newest version of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretStand {
    /// Which.
    pub version: Version,
    /// Hash of its record.
    pub hash: Hash,
    /// Which key seals it.
    pub tier: Tier,
}

/// What is known of team, policy and secret now.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'s> {
    /// The team.
    pub team: &'s TeamState,
    /// The policy in force for the account, with the statement that set it.
    pub policy: Option<(u64, &'s Policy)>,
    /// The account's secret; `None` where there is none, or it was deleted.
    pub secret: Option<SecretStand>,
    /// The approval given ahead that a request names; `None` where none is known.
    pub ahead: Option<&'s AheadState>,
}

/// How a request stands, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// How.
    pub status: Status,
    /// How many approvals it needs.
    pub needed: u8,
    /// Who has approved what counts now.
    pub approved_by: Vec<MemberId>,
    /// The approval that brought the grant in force.
    pub granting: Option<Approval>,
    /// When the clock moves it on, if nothing else does.
    pub until: Timestamp,
}

impl<'s> Standing<'s> {
    /// What is known of an account: its secret, and the resource that it stands in.
    #[must_use]
    pub fn new(
        team: &'s TeamState,
        vault: &VaultId,
        (account, resource): (&ObjectId, Option<&ObjectId>),
        secret: Option<SecretStand>,
    ) -> Self {
        let policy = team.vault(vault).and_then(|vault| vault.policy_in_force(account, resource));
        Self { team, policy, secret, ahead: None }
    }

    /// The same, with the approval given ahead that a request names.
    #[must_use]
    pub fn with_ahead(self, ahead: Option<&'s AheadState>) -> Self {
        Self { ahead, ..self }
    }

    pub(super) fn terms(&self) -> Option<&'s Policy> {
        self.policy.map(|(_, policy)| policy)
    }

    /// How many approvals a member needs; `None` for whoever may not ask, or where there is nothing to ask for. Whoever
    /// has not the key needs one at least: nobody else could give it.
    #[must_use]
    pub fn needed(&self, vault: &VaultId, member: &MemberId, break_glass: bool) -> Option<u8> {
        let secret = self.secret?;
        if !policy::may_request(self.team, vault, member) {
            return None;
        }
        let role = self.team.vault_role(vault, member)?;
        let holds = policy::may_release(role, secret.tier);
        if break_glass {
            return policy::may_break_glass(self.team, vault, self.terms(), member).then_some(0);
        }
        if holds && policy::is_exempt(role, self.terms(), member) {
            return Some(0);
        }
        let approvals = self.terms().map_or(0, |policy| policy.approvals.0);
        match (holds, secret.tier) {
            (true, _) => Some(approvals),
            (false, Tier::Guarded) => Some(approvals.max(1)),
            // Sealed under a key that nobody can hand on for one version: until it is changed, it cannot be given.
            (false, _) => None,
        }
    }

    /// How a request stands at a time.
    #[must_use]
    pub fn judge(&self, request: &RequestState, now: Timestamp) -> Judged {
        let ask = request.ask();
        let needed = self.needed(&ask.vault, &request.requester(), ask.break_glass);
        let mut judged = Judged {
            status: Status::Requested,
            needed: needed.unwrap_or(ask_for(self.terms())),
            approved_by: Vec::new(),
            granting: None,
            until: ask.to,
        };
        if let Some((end, _, _)) = request.end() {
            judged.status = match end {
                End::Rejected => Status::Rejected,
                End::Cancelled => Status::Cancelled,
                End::CheckedIn | End::ForcedIn => Status::CheckedIn,
                End::Revoked => Status::Revoked,
            };
            return judged;
        }
        if let Some(lease) = request.lease() {
            let holds = policy::may_request(self.team, &ask.vault, &request.requester());
            judged.until = lease.until;
            judged.status = if holds && now < lease.until { Status::CheckedOut } else { Status::CheckedIn };
            return judged;
        }
        if now >= ask.to {
            judged.status = Status::Void;
            return judged;
        }
        if ask.ahead.is_some() {
            // What it was taken by is over, or its window closed: nothing is left to wait for.
            judged.status = Status::Void;
            if let Ok(approved_by) = self.check_use(request, now) {
                (judged.status, judged.approved_by) = (Status::Approved, approved_by);
            }
            return judged;
        }
        let counted = self.counted(request);
        judged.approved_by = counted.iter().map(|approval| approval.by).collect();
        judged.granting =
            counted.iter().rev().find(|approval| approval.approve.grant.is_some()).map(|it| (*it).clone());
        let enough = needed.is_some_and(|needed| counted.len() >= usize::from(needed));
        let given = judged.needed == 0 || !self.needs_grant() || judged.granting.is_some();
        if enough && given {
            judged.status = Status::Approved;
            return judged;
        }
        judged.until = self.waits_until(request);
        if now >= judged.until {
            judged.status = Status::Void;
        }
        judged
    }

    /// Whether somebody's approval would be another person's than the requester and those who approved: whoever made a
    /// service's keys holds them.
    #[must_use]
    pub fn is_somebody_else(&self, requester: &MemberId, approved_by: &[MemberId], member: &MemberId) -> bool {
        let own = keeper(self.team, member);
        keeper(self.team, requester) != own && approved_by.iter().all(|by| keeper(self.team, by) != own)
    }

    /// Whether an approval has to bring a key: of an open secret everyone who may ask has it.
    #[must_use]
    pub fn needs_grant(&self) -> bool {
        self.secret.is_some_and(|secret| secret.tier == Tier::Guarded)
    }

    /// When a request is void that nobody has approved.
    #[must_use]
    pub fn waits_until(&self, request: &RequestState) -> Timestamp {
        let waits = self.terms().and_then(|policy| policy.terms.as_ref()?.waits).unwrap_or(limits::REQUEST_WAITS);
        let ask = request.ask();
        request.asked().max(ask.from).plus_millis(u64::from(waits) * 1_000).min(ask.to)
    }

    /// The approvals that count now: to this version, under this policy, by people who may still give them, and each by
    /// another keeper.
    fn counted<'r>(&self, request: &'r RequestState) -> Vec<&'r Approval> {
        let (vault, requester) = (&request.ask().vault, request.requester());
        let Some(secret) = self.secret.filter(|_| policy::may_request(self.team, vault, &requester)) else {
            return Vec::new();
        };
        let in_force = self.policy.map(|(since, _)| since);
        let mut keepers = BTreeSet::from([keeper(self.team, &requester)]);
        let counts = |approval: &&Approval| {
            approval.is_of(secret.version, in_force)
                && approval.approve.record == secret.hash
                && approval.position.sequence >= regained(self.team, vault, [&requester, &approval.by])
                && policy::may_approve(self.team, vault, self.terms(), &approval.by)
                && keepers.insert(keeper(self.team, &approval.by))
        };
        request.approvals().iter().filter(counts).collect()
    }

    /// Whether somebody may say the first statement of a request now.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn check_ask(&self, request: &RequestState) -> Result<(), RequestRefused> {
        let (ask, requester) = (request.ask(), request.requester());
        if ask.policy != self.policy.map(|(since, _)| since) {
            return Err(RequestRefused::Policy);
        }
        self.secret.ok_or(RequestRefused::Version)?;
        let needed = self.needed(&ask.vault, &requester, ask.break_glass).ok_or(RequestRefused::Right)?;
        let terms = self.terms().and_then(|policy| policy.terms.as_ref());
        if needed == 0 && !terms.is_some_and(|terms| terms.exclusive) && !ask.break_glass {
            return Err(RequestRefused::NotNeeded);
        }
        let longest = terms.and_then(|terms| terms.longest).unwrap_or(limits::LEASE_DEFAULT);
        if ask.seconds > longest {
            return Err(RequestRefused::Time);
        }
        let asked = |requirement| requirement == Requirement::Required;
        let must = self.terms().is_some_and(|policy| asked(policy.reason))
            || terms.is_some_and(|terms| asked(terms.ticket))
            || ask.break_glass;
        if must && ask.reason.is_none() {
            return Err(RequestRefused::Reason);
        }
        if ask.ahead.is_some() { self.check_use(request, request.asked()).map(drop) } else { Ok(()) }
    }

    /// Whether a statement may be said now, by the newest that is known. What [`RequestState::apply`] checks is not
    /// checked again.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn check(
        &self,
        request: &RequestState,
        statement: &RequestStatement,
        now: Timestamp,
    ) -> Result<(), RequestRefused> {
        let (author, vault) = (&statement.author, &request.ask().vault);
        let judged = self.judge(request, now);
        let own = *author == request.requester();
        let only = |fits: bool, refused| if fits { Ok(()) } else { Err(refused) };
        let custodian = || self.team.vault_role(vault, author).is_some_and(policy::may_grant);
        let approves = || policy::may_approve(self.team, vault, self.terms(), author);
        match &statement.body {
            RequestBody::Ask(_) => Err(RequestRefused::Order),
            RequestBody::Approve(approve) => {
                let keepers = [&request.requester(), author].map(|member| keeper(self.team, member));
                only(!own && keepers[0] != keepers[1], RequestRefused::Own)?;
                only(approves(), RequestRefused::Right)?;
                only(judged.status == Status::Requested, RequestRefused::State)?;
                // Room is left for taking it and giving it back.
                only(request.count() + 3 <= limits::REQUEST_STATEMENTS, RequestRefused::Limit)?;
                // What could never count is not taken: for whoever may not ask now, or by a chain that is older than what
                // one of the two lost and got back.
                only(policy::may_request(self.team, vault, &request.requester()), RequestRefused::State)?;
                let since = regained(self.team, vault, [&request.requester(), author]);
                only(statement.position.sequence >= since, RequestRefused::Position)?;
                let given = judged.approved_by.iter().map(|by| keeper(self.team, by));
                only(!given.into_iter().any(|known| known == keepers[1]), RequestRefused::Twice)?;
                self.check_approve(approve, &judged, custodian())
            }
            RequestBody::Reject(_) => {
                only(!own && approves(), RequestRefused::Right)?;
                only(judged.status == Status::Requested, RequestRefused::State)
            }
            RequestBody::Revoke(_) => {
                only(custodian() || approves(), RequestRefused::Right)?;
                only(judged.status == Status::Approved, RequestRefused::State)
            }
            RequestBody::Cancel => {
                only(own, RequestRefused::Right)?;
                only(matches!(judged.status, Status::Requested | Status::Approved), RequestRefused::State)
            }
            RequestBody::CheckOut(out) => {
                only(own, RequestRefused::Right)?;
                only(judged.status == Status::Approved, RequestRefused::State)?;
                only(now >= request.ask().from, RequestRefused::Time)?;
                let newest = self.secret.map(|secret| (secret.version, secret.hash));
                only(newest == Some((out.version, out.record)), RequestRefused::Version)
            }
            RequestBody::CheckIn => {
                only(own, RequestRefused::Right)?;
                only(judged.status == Status::CheckedOut, RequestRefused::State)
            }
            RequestBody::ForceCheckIn(_) => {
                only(custodian(), RequestRefused::Right)?;
                only(judged.status == Status::CheckedOut, RequestRefused::State)
            }
        }
    }

    fn check_approve(&self, approve: &Approve, judged: &Judged, custodian: bool) -> Result<(), RequestRefused> {
        let secret = self.secret.ok_or(RequestRefused::Version)?;
        if (approve.version, approve.record) != (secret.version, secret.hash) {
            return Err(RequestRefused::Version);
        }
        if approve.policy != self.policy.map(|(since, _)| since) {
            return Err(RequestRefused::Policy);
        }
        let completes = judged.approved_by.len() + 1 >= usize::from(judged.needed);
        let wanted = completes && self.needs_grant();
        if wanted != approve.grant.is_some() || (wanted && !custodian) {
            return Err(RequestRefused::Grant);
        }
        Ok(())
    }
}

fn ask_for(policy: Option<&Policy>) -> u8 {
    policy.map_or(0, |policy| policy.approvals.0)
}

/// Whose client made a member's keys: two members of one keeper are one when approvals are counted.
pub(super) fn keeper(team: &TeamState, member: &MemberId) -> MemberId {
    team.member(member).map_or(*member, Member::keeper)
}
