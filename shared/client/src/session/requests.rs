//! Asking for guarded secrets, and answering: each step is a signed statement of its request, judged here as the server
//! judges it, by the newest chain and the verified tree. What the server says of a request is replayed before it counts.

mod ahead;
mod granting;
mod knowing;
mod sealed;
mod shown;
mod text;

pub use ahead::{AheadActions, AheadDraft, AheadPage, AheadShown};
pub(super) use knowing::FirstSaid;
use knowing::{Known, broken};
pub(super) use sealed::Tiers;
pub use shown::{Access, ApprovalShown, EndShown, Ending, RequestActions, RequestShown, RequestsPage, TextShown};
pub use text::is_ticket_pattern;

use super::Session;
use crate::{
    api::CallError,
    crypto::{hpke::XWingSecret, sealing},
    error::{Error, from_call, from_plain_call},
    transport::Transport,
};
pub use sealward_contract::operations::requests::{AccountUse, Holder as UseHolder};
use sealward_contract::{
    bytes::Bytes,
    chain::Requirement,
    crypto::{Hash, context::of_lease_secret},
    ids::{AheadId, ObjectId, RequestId, Timestamp, VaultId},
    operations::{
        Empty, Operation,
        requests::{
            ApproveRequest, CancelRequest, CheckInSecret, CheckOutSecret, CreateRequest, ForceCheckIn, ListRequests,
            ListUses, NewApproval, NewRequest, RejectRequest, RequestError, RequestPath, RequestStands, RequestStep,
            RequestsQuery, RevokeRequest, WhichRequests,
        },
    },
    problem::Rejection,
    request::{
        Approve, Ask, CheckOut, Comment, RequestBody, RequestRefused, RequestState, RequestStatement, SignedRequest,
        Standing, Status,
    },
    suite::SUITE,
};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestDraft {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// When it is to be checked out first; `None` for as soon as may be.
    pub from: Option<Timestamp>,
    /// For how many seconds; `None` for as long as the policy lets.
    pub seconds: Option<u32>,
    /// Why.
    pub reason: Option<String>,
    /// For which ticket.
    pub ticket: Option<String>,
    /// The request whose lease is to go on.
    pub extends: Option<RequestId>,
    /// Whether it is taken without an approval, in an emergency.
    pub break_glass: bool,
}

impl<T: Transport> Session<T> {
    /// What somebody has to do for an account's secret, by the policy in force, as if that had sealed it.
    ///
    /// # Errors
    /// [`Error::Gone`] when there is no such account.
    pub fn access(&self, vault: VaultId, account: ObjectId) -> Result<Access, Error> {
        let (secret, resource) = (self.presumed_secret(vault, account)?, self.resource_of(&vault, &account));
        self.with_chain(|chain| {
            let standing = Standing::new(chain, &vault, (&account, resource.as_ref()), secret);
            Access::of(&standing, &vault, &self.identity.member)
        })
    }

    /// Asks for a secret.
    ///
    /// # Errors
    /// [`Error::ReasonNeeded`], [`Error::TicketNeeded`], [`Error::Request`] where it cannot be asked for so; others.
    pub async fn ask_for_secret(&self, draft: RequestDraft) -> Result<RequestId, Error> {
        self.check_held()?;
        self.sync_one(draft.vault).await?;
        self.ask_by(draft, None).await
    }

    /// Asks, where it is by an approval that was given ahead until its window closes.
    async fn ask_by(&self, draft: RequestDraft, ahead: Option<(AheadId, Timestamp)>) -> Result<RequestId, Error> {
        let access = self.access_now(draft.vault, draft.account).await?;
        let reason = self.check_texts(&draft, &access)?;
        let id = RequestId(self.surroundings.make_id());
        let now = self.surroundings.now();
        let longest = access.longest;
        let seconds = draft.seconds.unwrap_or(longest);
        if seconds > longest {
            return Err(Error::Request(RequestRefused::Time));
        }
        let from = draft.from.map_or(now, |from| from.max(now));
        // What is wanted now may be used as long as it may wait; what is wanted later, while it was wanted.
        let open = u64::from(if draft.from.is_some() { seconds } else { access.waits.saturating_add(seconds) });
        let (secret, sealed) = self.make_lease_key(&id)?;
        let ask = Ask {
            vault: draft.vault,
            account: draft.account,
            from,
            to: ahead.map_or(Timestamp(u64::MAX), |(_, closes)| closes).min(from.plus_millis(open * 1_000)),
            seconds,
            reason: self.seal_request_text(draft.vault, &id, 0, &reason)?,
            key: secret.public(),
            policy: access.policy_since,
            extends: draft.extends,
            break_glass: draft.break_glass,
            ahead: ahead.map(|(ahead, _)| ahead),
        };
        let position = self.with_chain(|chain| chain.position())?;
        let statement = self.identity.signing.sign(RequestStatement {
            suite: SUITE,
            team: self.team,
            request: id,
            number: 0,
            previous: Hash::ZERO,
            author: self.identity.member,
            position,
            time: now,
            body: RequestBody::Ask(ask),
        });
        self.with_chain(|chain| RequestState::open(&statement, chain))?.map_err(Error::Request)?;
        let body = NewRequest { statement: statement.to_wire(), lease_secret: sealed };
        // Without a second try: a key that was heard of is asked for once.
        let answer = self.call_keyed::<CreateRequest>(&self.team_path(), &body).await;
        answer.map(|RequestStands { .. }| id).map_err(from_step)
    }

    /// Approves a request. Whoever completes the number hands the key of this one version on.
    ///
    /// # Errors
    /// [`Error::Request`] where it cannot be approved by this member now; others.
    pub async fn approve_request(&self, request: RequestId, comment: Option<String>) -> Result<(), Error> {
        self.check_held()?;
        let known = self.know_anew(request).await?;
        if known.state.requester() == self.identity.member {
            return Err(Error::Request(RequestRefused::Own));
        }
        let secret = known.secret.ok_or(Error::Request(RequestRefused::Version))?;
        let now = self.surroundings.now();
        let (judged, policy, guarded) = self.judge_with(&known, now, |standing, judged| {
            (judged, standing.policy.map(|(since, _)| since), standing.needs_grant())
        })?;
        if judged.status != Status::Requested {
            return Err(Error::Request(RequestRefused::State));
        }
        if judged.approved_by.contains(&self.identity.member) {
            return Err(Error::Request(RequestRefused::Twice));
        }
        let completes = judged.approved_by.len() + 1 >= usize::from(judged.needed);
        let (named, grant) = if completes && guarded {
            let (named, grant) = self.make_grant(&known, &secret).await?;
            (Some(named), Some(grant))
        } else {
            (None, None)
        };
        let body = RequestBody::Approve(Approve {
            version: secret.version,
            record: secret.hash,
            policy,
            comment: self.seal_comment(&known, comment)?,
            grant: named,
        });
        let statement = self.state_step(&known, body)?.to_wire();
        let path = RequestPath { team: self.team, request };
        self.call::<ApproveRequest>(&path, &NewApproval { statement, grant }).await.map(drop).map_err(from_step)
    }

    /// Rejects a request.
    ///
    /// # Errors
    /// [`Error::Request`] where it cannot be rejected by this member now; others.
    pub async fn reject_request(&self, request: RequestId, comment: Option<String>) -> Result<(), Error> {
        let known = self.know_anew(request).await?;
        let body = RequestBody::Reject(Comment { text: self.seal_comment(&known, comment)? });
        self.step::<RejectRequest>(&known, body).await
    }

    /// Takes a request of one's own back.
    ///
    /// # Errors
    /// [`Error::Request`] where that is too late; others.
    pub async fn cancel_request(&self, request: RequestId) -> Result<(), Error> {
        let known = self.know_anew(request).await?;
        self.step::<CancelRequest>(&known, RequestBody::Cancel).await
    }

    /// Takes what was approved back before it is used.
    ///
    /// # Errors
    /// [`Error::Request`] where that is too late, or not this member's to do; others.
    pub async fn revoke_request(&self, request: RequestId, comment: Option<String>) -> Result<(), Error> {
        let known = self.know_anew(request).await?;
        let body = RequestBody::Revoke(Comment { text: self.seal_comment(&known, comment)? });
        self.step::<RevokeRequest>(&known, body).await
    }

    /// Checks a secret out: from now on the clock runs. [`Self::release_leased`] then opens it.
    ///
    /// # Errors
    /// [`Error::InUse`] where somebody else has it; [`Error::Request`]; others.
    pub async fn check_out(&self, request: RequestId) -> Result<(), Error> {
        let known = self.know_anew(request).await?;
        let secret = known.secret.ok_or(Error::Request(RequestRefused::Version))?;
        let body = RequestBody::CheckOut(CheckOut { version: secret.version, record: secret.hash });
        self.confirmed(async || self.step::<CheckOutSecret>(&known, body.clone()).await).await
    }

    /// Checks a secret in.
    ///
    /// # Errors
    /// [`Error::Request`] where it is not checked out; others.
    pub async fn check_in(&self, request: RequestId) -> Result<(), Error> {
        let known = self.know_anew(request).await?;
        self.step::<CheckInSecret>(&known, RequestBody::CheckIn).await
    }

    /// Checks a secret in for whoever has it.
    ///
    /// # Errors
    /// [`Error::Request`] where it is not checked out, or that is not this member's to do; others.
    pub async fn force_check_in(&self, request: RequestId, comment: Option<String>) -> Result<(), Error> {
        let known = self.know_anew(request).await?;
        let body = RequestBody::ForceCheckIn(Comment { text: self.seal_comment(&known, comment)? });
        self.step::<ForceCheckIn>(&known, body).await
    }

    /// A request as it stands.
    ///
    /// # Errors
    /// [`Error::Gone`] where there is none for this member.
    pub async fn request(&self, request: RequestId) -> Result<RequestShown, Error> {
        let known = self.know_anew(request).await?;
        self.show(&known)
    }

    /// A page of requests, the newest first: one's own, or those that this member may answer. Requests that cannot be
    /// followed are left out and named.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn list_requests(
        &self,
        which: WhichRequests,
        open: bool,
        cursor: Option<String>,
    ) -> Result<RequestsPage, Error> {
        let query = RequestsQuery { which, open, cursor, limit: None };
        let page = self
            .api
            .call::<ListRequests>(Some(&self.token), &self.team_path(), &query, &Empty {}, None)
            .await
            .map_err(from_plain_call)?;
        self.catch_up(&page.items).await?;
        let (mut requests, mut damages) = (Vec::new(), Vec::new());
        for listed in page.items {
            match self.know(listed).and_then(|known| self.show(&known)) {
                Ok(shown) => requests.push(shown),
                Err(Error::Damage(damage)) => damages.push(damage),
                Err(Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(RequestsPage { requests, damages, next: page.next })
    }

    /// All pages of requests as one.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn list_all_requests(&self, which: WhichRequests, open: bool) -> Result<RequestsPage, Error> {
        let mut all = self.list_requests(which, open, None).await?;
        while let Some(cursor) = all.next.take() {
            let page = self.list_requests(which, open, Some(cursor)).await?;
            all.requests.extend(page.requests);
            all.damages.extend(page.damages);
            all.next = page.next;
        }
        Ok(all)
    }

    /// Who has which secrets now, who waits, and what is to be changed, by the server's word: of all vaults that this
    /// member sees.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn list_uses(&self) -> Result<Vec<AccountUse>, Error> {
        self.call::<ListUses>(&self.team_path(), &Empty {}).await.map(|listed| listed.uses).map_err(from_plain_call)
    }

    /// A step without anything else, sent.
    async fn step<O>(&self, known: &Known, body: RequestBody) -> Result<(), Error>
    where
        O: Operation<
                Path = RequestPath,
                Query = Empty,
                Request = RequestStep,
                Response = RequestStands,
                Error = RequestError,
            >,
    {
        let statement = self.state_step(known, body)?.to_wire();
        let path = RequestPath { team: self.team, request: known.state.id() };
        self.call::<O>(&path, &RequestStep { statement }).await.map(drop).map_err(from_step)
    }

    /// Signs the next statement of a request, and judges it as everyone else will.
    fn state_step(&self, known: &Known, body: RequestBody) -> Result<SignedRequest, Error> {
        let now = self.surroundings.now().max(known.state.time());
        let position = self.with_chain(|chain| chain.position())?;
        let statement = self.identity.signing.sign(RequestStatement {
            suite: SUITE,
            team: self.team,
            request: known.state.id(),
            number: known.state.count(),
            previous: known.state.last(),
            author: self.identity.member,
            position,
            time: now,
            body,
        });
        let resource = self.resource_of(&known.state.ask().vault, &known.state.ask().account);
        self.with_chain(|chain| {
            let ask = known.state.ask();
            let standing = Standing::new(chain, &ask.vault, (&ask.account, resource.as_ref()), known.secret);
            let standing = standing.with_ahead(known.ahead.as_ref());
            standing.check(&known.state, statement.value(), now)?;
            known.state.clone().apply(&statement, chain)
        })?
        .map_err(Error::Request)?;
        Ok(statement)
    }

    fn make_lease_key(&self, request: &RequestId) -> Result<(XWingSecret, Bytes), Error> {
        let context = of_lease_secret(&self.team, &self.identity.member, request);
        self.surroundings.with_randomness(|randomness| {
            let secret = XWingSecret::make(randomness);
            let sealed = sealing::seal(&self.identity.personal, &context, secret.expose(), randomness);
            sealed.map(|sealed| (secret, sealed.to_wire())).map_err(|_| Error::Refused)
        })
    }

    /// Reason and ticket as the policy asks for them.
    fn check_texts(&self, draft: &RequestDraft, access: &Access) -> Result<text::RequestText, Error> {
        let given = text::RequestText::new(draft.reason.as_deref(), draft.ticket.as_deref())?;
        if given.reason.is_none() && (access.reason == Requirement::Required || draft.break_glass) {
            return Err(Error::ReasonNeeded);
        }
        let fits = match &given.ticket {
            Some(ticket) => access.ticket_pattern.as_deref().is_none_or(|pattern| text::matches(pattern, ticket)),
            None => access.ticket != Requirement::Required,
        };
        if fits { Ok(given) } else { Err(Error::TicketNeeded) }
    }
}

pub(super) fn from_step(error: CallError<RequestError>) -> Error {
    match error {
        CallError::Rejected(Rejection::NotFound) => Error::Gone,
        error => from_call(error, |own| match own {
            RequestError::Forbidden => Error::NotAllowed,
            RequestError::RequestRefused { reason } => Error::Request(reason),
            RequestError::ClockRefused => Error::Clock,
            RequestError::InUse { member, until } => Error::InUse { member, until },
            RequestError::Deleted => Error::Gone,
            RequestError::TooManyRequests => Error::TooManyRequests,
        }),
    }
}
