//! An approval given ahead, as its statements tell it. Replaying them gives the same to everyone; whether it still counts
//! is [`Standing::judge_ahead`](crate::request::Standing::judge_ahead)'s to say.

use super::{AheadBody, AheadContext, AheadStatement, Proposal, SignedAhead, ahead_hash};
use crate::{
    chain::{TeamState, VaultRole},
    crypto::Hash,
    ids::{AheadId, MemberId, TeamId, Timestamp},
    limits,
    record::ChainPosition,
    request::{GrantNamed, RequestRefused, state::check_author},
};

/// One approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AheadGiven {
    /// Whose.
    pub by: MemberId,
    /// When.
    pub time: Timestamp,
    /// At which place of the chain.
    pub position: ChainPosition,
    /// What it brought.
    pub grant: Option<GrantNamed>,
}

/// An approval given ahead. Made by [`AheadState::open`] and changed by [`AheadState::apply`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AheadState {
    team: TeamId,
    id: AheadId,
    proposal: Proposal,
    last: Hash,
    count: u32,
    time: Timestamp,
    sequence: u64,
    given: Vec<AheadGiven>,
    withdrawn: Option<(MemberId, Timestamp)>,
}

impl AheadState {
    /// Begins with the statement that proposes it.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn open(signed: &SignedAhead, team: &TeamState) -> Result<Self, RequestRefused> {
        let AheadStatement { ahead, number, previous, author, position, time, body, .. } = signed.value();
        let AheadBody::Propose(proposal) = body else { return Err(RequestRefused::Order) };
        if *number != 0 || *previous != Hash::ZERO {
            return Err(RequestRefused::Order);
        }
        check(signed, team)?;
        if proposal.member == *author {
            return Err(RequestRefused::Own);
        }
        if !proposal.window.is_within_limits(*time) {
            return Err(RequestRefused::Time);
        }
        let mut state = Self {
            team: team.team(),
            id: *ahead,
            proposal: proposal.clone(),
            last: ahead_hash(signed),
            count: 1,
            time: *time,
            sequence: position.sequence,
            given: Vec::new(),
            withdrawn: None,
        };
        // The first approval is a custodian's, also where it does not give the key yet.
        let vault = team.vault(&proposal.vault).ok_or(RequestRefused::Right)?;
        if vault.role_at(author, position.sequence) != Some(VaultRole::Custodian) {
            return Err(RequestRefused::Right);
        }
        state.give(team, signed.value(), proposal.grant)?;
        Ok(state)
    }

    /// All statements, the one that proposes it first.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found.
    pub fn replay(statements: &[SignedAhead], team: &TeamState) -> Result<Self, RequestRefused> {
        let (first, rest) = statements.split_first().ok_or(RequestRefused::Order)?;
        let mut state = Self::open(first, team)?;
        rest.iter().try_for_each(|signed| state.apply(signed, team))?;
        Ok(state)
    }

    /// Takes the next statement.
    ///
    /// # Errors
    /// [`RequestRefused`] with the first reason found; the state is then as it was.
    pub fn apply(&mut self, signed: &SignedAhead, team: &TeamState) -> Result<(), RequestRefused> {
        let AheadStatement { ahead, number, previous, author, position, time, body, .. } = signed.value();
        if *ahead != self.id || *number != self.count || *previous != self.last {
            return Err(RequestRefused::Order);
        }
        if *time < self.time {
            return Err(RequestRefused::Time);
        }
        if position.sequence < self.sequence {
            return Err(RequestRefused::Position);
        }
        if self.count >= limits::AHEAD_STATEMENTS {
            return Err(RequestRefused::Limit);
        }
        check(signed, team)?;
        if self.withdrawn.is_some() {
            return Err(RequestRefused::State);
        }
        match body {
            AheadBody::Propose(_) => return Err(RequestRefused::Order),
            AheadBody::Approve(_) if *author == self.proposal.member => return Err(RequestRefused::Own),
            AheadBody::Approve(_) if self.given.iter().any(|given| given.by == *author) => {
                return Err(RequestRefused::Twice);
            }
            AheadBody::Approve(_) if self.granting().is_some() => return Err(RequestRefused::State),
            AheadBody::Approve(approval) => self.give(team, signed.value(), approval.grant)?,
            AheadBody::Withdraw => self.withdrawn = Some((*author, *time)),
        }
        (self.last, self.count, self.time, self.sequence) =
            (ahead_hash(signed), self.count + 1, *time, position.sequence);
        Ok(())
    }

    /// A key is given by whoever had it then.
    fn give(
        &mut self,
        team: &TeamState,
        statement: &AheadStatement,
        grant: Option<GrantNamed>,
    ) -> Result<(), RequestRefused> {
        let (by, time, position) = (statement.author, statement.time, statement.position);
        let vault = team.vault(&self.proposal.vault).ok_or(RequestRefused::Right)?;
        match vault.role_at(&by, position.sequence) {
            Some(VaultRole::Custodian) => {}
            Some(_) if grant.is_none() => {}
            _ => return Err(RequestRefused::Right),
        }
        self.given.push(AheadGiven { by, time, position, grant });
        Ok(())
    }

    /// The team.
    #[must_use]
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> AheadId {
        self.id
    }

    /// Who may have what, and when.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
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

    /// Who approved it, whoever proposed it first.
    #[must_use]
    pub fn given(&self) -> &[AheadGiven] {
        &self.given
    }

    /// What makes the secret open for the member; `None` until the number is complete.
    #[must_use]
    pub fn granting(&self) -> Option<GrantNamed> {
        self.given.iter().find_map(|given| given.grant)
    }

    /// Who withdrew it, and when.
    #[must_use]
    pub fn withdrawn(&self) -> Option<(MemberId, Timestamp)> {
        self.withdrawn
    }

    /// What its grant is bound to.
    #[must_use]
    pub fn context(&self) -> AheadContext {
        self.proposal.context(self.team, self.id)
    }
}

impl Proposal {
    /// What a grant for it is bound to.
    #[must_use]
    pub fn context(&self, team: TeamId, ahead: AheadId) -> AheadContext {
        let Self { vault, account, member, version, record, .. } = *self;
        AheadContext { team, ahead, vault, account, version, record, member, window: self.window.clone() }
    }
}

fn check(signed: &SignedAhead, team: &TeamState) -> Result<(), RequestRefused> {
    let AheadStatement { suite, team: of, author, position, .. } = signed.value();
    check_author(signed, (*suite, of, author, position), team)
}
