//! Steps of requests, and of approvals that are given ahead. Only the first statement of one names vault, account and
//! member; each after it names the one before by its hash. So what an event says of those three is signed for only
//! where the steps before it are known, back to the first.

use super::{
    AheadStepKind, AuditEvent, AuditedAct, Basis, RequestStepKind, Unfounded,
    check::{key_of, only},
};
use crate::{
    chain::TeamState,
    crypto::{Hash, Signed, SignedKind},
    ids::{AheadId, MemberId, ObjectId, RequestId, VaultId},
    record::ChainPosition,
    request::{
        RequestBody, RequestStatement, SignedRequest,
        ahead::{AheadBody, AheadStatement, SignedAhead, ahead_hash},
        request_hash,
    },
};
use std::collections::BTreeMap;

/// Where a step stands among the statements of its request, or of its approval that is given ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPlace {
    /// Its number there, from 0.
    pub number: u32,
    /// Hash of the statement before; zero for the first.
    pub previous: Hash,
    /// Hash of its own.
    pub hash: Hash,
}

impl StepPlace {
    fn is_first(&self) -> bool {
        self.number == 0 && self.previous == Hash::ZERO
    }

    fn follows(&self, before: &Self) -> bool {
        before.number.checked_add(1) == Some(self.number) && self.previous == before.hash
    }
}

/// Why an event does not fit the steps that were told before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepMisfit {
    /// It is not the next one.
    #[error("it is not the next step")]
    Order,
    /// It names another vault, account or member than the one before.
    #[error("it is about something else than the step before")]
    About,
}

/// The steps that events told of so far, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct StepsTold {
    /// Whether there are no events but those told of: then each first step is among them.
    whole: bool,
    requests: BTreeMap<RequestId, Told>,
    ahead: BTreeMap<AheadId, Told>,
}

/// What an event says that a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct About {
    vault: VaultId,
    account: ObjectId,
    of: MemberId,
}

/// The newest step, what it is about, and whether that is signed for.
#[derive(Clone, Copy, Debug)]
struct Told {
    about: About,
    place: StepPlace,
    bound: bool,
}

impl StepsTold {
    /// Nothing yet. `whole` where every event will be told of, from the first one of the team on: then a step whose
    /// first was not told of does not fit.
    #[must_use]
    pub fn new(whole: bool) -> Self {
        Self { whole, ..Self::default() }
    }

    /// Takes the next event, and notes in its basis whether what it is about is signed for. Events that tell of no step
    /// fit as they are.
    ///
    /// # Errors
    /// [`StepMisfit`].
    pub fn take(&mut self, event: &AuditEvent, basis: &mut Basis) -> Result<(), StepMisfit> {
        match (&event.what, basis) {
            (AuditedAct::RequestStepped { vault, account, of, .. }, Basis::Request { request, place, bound, .. }) => {
                let about = About { vault: *vault, account: *account, of: *of };
                *bound = follow(&mut self.requests, self.whole, *request, about, *place)?;
            }
            (AuditedAct::AheadStepped { vault, account, of, .. }, Basis::Ahead { ahead, place, bound, .. }) => {
                let about = About { vault: *vault, account: *account, of: *of };
                *bound = follow(&mut self.ahead, self.whole, *ahead, about, *place)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether what a step is about is signed for, by those before it.
fn follow<Id: Ord>(
    told: &mut BTreeMap<Id, Told>,
    whole: bool,
    id: Id,
    about: About,
    place: StepPlace,
) -> Result<bool, StepMisfit> {
    if let Some(before) = told.get_mut(&id) {
        let follows = place.follows(&before.place);
        // The statement is the next one whatever the event says of it, and those after it go on from there.
        if follows {
            before.place = place;
        }
        return match (before.about == about, follows) {
            (false, _) => Err(StepMisfit::About),
            (true, false) => Err(StepMisfit::Order),
            (true, true) => Ok(before.bound),
        };
    }
    let bound = place.is_first();
    if whole && !bound {
        return Err(StepMisfit::Order);
    }
    told.insert(id, Told { about, place, bound });
    Ok(bound)
}

/// Checks a step of a request by its statement alone. Whose it is, is signed for where they say it themselves.
pub(super) fn check_request(state: &TeamState, event: &AuditEvent, wire: &[u8]) -> Result<Basis, Unfounded> {
    let AuditedAct::RequestStepped { vault, account, request, of, step } = event.what else {
        return Err(Unfounded::Other);
    };
    let signed = SignedRequest::parse(wire).map_err(|_| Unfounded::Malformed)?;
    let RequestStatement { team, request: named, author, position, number, previous, body, .. } = signed.value();
    only(*team == state.team() && *named == request && event.member == Some(*author))?;
    only(RequestStepKind::of(body) == step)?;
    let place = StepPlace { number: *number, previous: *previous, hash: request_hash(&signed) };
    let own = *author == of;
    only(match body {
        RequestBody::Ask(ask) => own && place.is_first() && (ask.vault, ask.account) == (vault, account),
        RequestBody::Cancel | RequestBody::CheckOut(_) | RequestBody::CheckIn => own && *number > 0,
        RequestBody::Approve(_) | RequestBody::Reject(_) => !own && *number > 0,
        RequestBody::ForceCheckIn(_) | RequestBody::Revoke(_) => *number > 0,
    })?;
    check_signed(state, &signed, author, position)?;
    Ok(Basis::Request { author: *author, request, place, bound: place.is_first() })
}

/// Checks a step of an approval that is given ahead by its statement alone.
pub(super) fn check_ahead(state: &TeamState, event: &AuditEvent, wire: &[u8]) -> Result<Basis, Unfounded> {
    let AuditedAct::AheadStepped { vault, account, ahead, of, step } = event.what else {
        return Err(Unfounded::Other);
    };
    let signed = SignedAhead::parse(wire).map_err(|_| Unfounded::Malformed)?;
    let AheadStatement { team, ahead: named, author, position, number, previous, body, .. } = signed.value();
    only(*team == state.team() && *named == ahead && event.member == Some(*author))?;
    only(AheadStepKind::of(body) == step)?;
    let place = StepPlace { number: *number, previous: *previous, hash: ahead_hash(&signed) };
    let own = *author == of;
    only(match body {
        AheadBody::Propose(proposal) => {
            let named = (proposal.vault, proposal.account, proposal.member);
            !own && place.is_first() && named == (vault, account, of)
        }
        AheadBody::Approve(_) => !own && *number > 0,
        AheadBody::Withdraw => *number > 0,
    })?;
    check_signed(state, &signed, author, position)?;
    Ok(Basis::Ahead { author: *author, ahead, place, bound: place.is_first() })
}

fn check_signed<T: SignedKind>(
    state: &TeamState,
    signed: &Signed<T>,
    author: &MemberId,
    position: &ChainPosition,
) -> Result<(), Unfounded> {
    only(state.has_position(position))?;
    signed.verify(&key_of(state, author, position.sequence)?).map_err(|_| Unfounded::Signature)
}

#[cfg(test)]
mod tests;
