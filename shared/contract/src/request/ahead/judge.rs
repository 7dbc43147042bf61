//! How an approval given ahead stands now. Whatever it rests on has to be as it was when it was given: once something is
//! not, it is over for good.

use super::{AheadBody, AheadState, AheadStatement};
use crate::{
    ids::{MemberId, Timestamp},
    policy,
    record::Tier,
    request::{GrantNamed, RequestRefused, RequestState, Standing, standing::keeper, state::regained},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How an approval given ahead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AheadStatus {
    /// It waits for further approvals.
    Waiting,
    /// It may be used whenever its window is open.
    Ready,
    /// A custodian withdrew it.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// The secret has another version, or is none any more.
    SecretChanged,
    /// The policy was changed.
    PolicyChanged,
    /// The member, or somebody who approved it, lost the right, or has other keys since.
    RightLost,
}

impl AheadStatus {
    /// Whether nothing follows any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Ready)
    }
}

/// How an approval given ahead stands, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AheadJudged {
    /// How.
    pub status: AheadStatus,
    /// How many approvals it takes.
    pub needed: u8,
    /// What makes the secret open.
    pub granting: Option<GrantNamed>,
}

impl Standing<'_> {
    /// How an approval given ahead for this account stands at a time.
    #[must_use]
    pub fn judge_ahead(&self, ahead: &AheadState, now: Timestamp) -> AheadJudged {
        let proposal = ahead.proposal();
        let needed = self.needed(&proposal.vault, &proposal.member, false).filter(|needed| *needed > 0);
        let granting = ahead.granting();
        let complete = needed.is_some_and(|needed| ahead.given().len() >= usize::from(needed));
        let status = if ahead.withdrawn().is_some() {
            AheadStatus::Withdrawn
        } else if now >= proposal.window.until {
            AheadStatus::Expired
        } else if self.secret.is_none_or(|secret| (secret.version, secret.hash) != (proposal.version, proposal.record))
        {
            AheadStatus::SecretChanged
        } else if proposal.policy != self.policy.map(|(since, _)| since) {
            AheadStatus::PolicyChanged
        } else if needed.is_none() || !self.all_count(ahead) {
            AheadStatus::RightLost
        } else if complete && granting.is_some() {
            AheadStatus::Ready
        } else {
            AheadStatus::Waiting
        };
        AheadJudged { status, needed: needed.unwrap_or(0), granting }
    }

    /// Whether everyone who approved may still do so, each of them another keeper, and nobody lost a right meanwhile.
    fn all_count(&self, ahead: &AheadState) -> bool {
        let proposal = ahead.proposal();
        let mut keepers = BTreeSet::from([keeper(self.team, &proposal.member)]);
        ahead.given().iter().all(|given| {
            let since = regained(self.team, &proposal.vault, [&proposal.member, &given.by]);
            given.position.sequence >= since
                && policy::may_approve(self.team, &proposal.vault, self.terms(), &given.by)
                && keepers.insert(keeper(self.team, &given.by))
        })
    }

    /// Whether a statement may be said now, by the newest that is known: the first one of `ahead`, which it then opened,
    /// or the next one. What [`AheadState::apply`] checks is not checked again.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn check_ahead(
        &self,
        ahead: &AheadState,
        statement: &AheadStatement,
        now: Timestamp,
    ) -> Result<(), RequestRefused> {
        let (author, vault) = (&statement.author, &ahead.proposal().vault);
        let only = |fits: bool, refused| if fits { Ok(()) } else { Err(refused) };
        let role = self.team.vault_role(vault, author);
        let custodian = role.is_some_and(policy::may_grant);
        let judged = self.judge_ahead(ahead, now);
        match &statement.body {
            AheadBody::Propose(proposal) => {
                only(policy::may_approve_ahead(self.team, vault, self.terms(), author), RequestRefused::Right)?;
                let needed = self.needed(vault, &proposal.member, false).ok_or(RequestRefused::Right)?;
                only(needed > 0, RequestRefused::NotNeeded)?;
                self.check_keepers([&proposal.member, author])?;
                only(self.secret.is_some_and(|secret| secret.tier == Tier::Guarded), RequestRefused::Version)?;
                only(judged.status != AheadStatus::SecretChanged, RequestRefused::Version)?;
                only(judged.status != AheadStatus::PolicyChanged, RequestRefused::Policy)?;
                only(!judged.status.is_over(), RequestRefused::Right)?;
                only((needed == 1) == proposal.grant.is_some(), RequestRefused::Grant)
            }
            AheadBody::Approve(approval) => {
                only(policy::may_approve(self.team, vault, self.terms(), author), RequestRefused::Right)?;
                only(judged.status == AheadStatus::Waiting, RequestRefused::State)?;
                self.check_keepers([&ahead.proposal().member, author])?;
                for given in ahead.given() {
                    only(self.check_keepers([&given.by, author]).is_ok(), RequestRefused::Twice)?;
                }
                let completes = ahead.given().len() + 1 >= usize::from(judged.needed);
                only(completes == approval.grant.is_some(), RequestRefused::Grant)?;
                only(!completes || custodian, RequestRefused::Grant)
            }
            AheadBody::Withdraw => {
                only(role.is_some_and(policy::may_withdraw_ahead), RequestRefused::Right)?;
                only(!judged.status.is_over(), RequestRefused::State)
            }
        }
    }

    fn check_keepers(&self, [one, other]: [&MemberId; 2]) -> Result<(), RequestRefused> {
        let differ = keeper(self.team, one) != keeper(self.team, other);
        if differ { Ok(()) } else { Err(RequestRefused::Own) }
    }

    /// Who approved a request ahead, where it names an approval that may be used for it at a time.
    ///
    /// # Errors
    /// [`RequestRefused::Time`] where its window is not open, or closes earlier; [`RequestRefused::State`] where it cannot
    /// be used at all.
    pub(in crate::request) fn check_use(
        &self,
        request: &RequestState,
        now: Timestamp,
    ) -> Result<Vec<MemberId>, RequestRefused> {
        let ask = request.ask();
        let ahead = self.ahead.filter(|ahead| Some(ahead.id()) == ask.ahead).ok_or(RequestRefused::State)?;
        let proposal = ahead.proposal();
        let same = (proposal.vault, proposal.account, proposal.member) == (ask.vault, ask.account, request.requester());
        if !same || self.judge_ahead(ahead, now).status != AheadStatus::Ready {
            return Err(RequestRefused::State);
        }
        if proposal.window.closes(now).is_none_or(|closes| ask.to > closes) {
            return Err(RequestRefused::Time);
        }
        Ok(ahead.given().iter().map(|given| given.by).collect())
    }
}
