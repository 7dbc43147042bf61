//! Approvals that are given ahead: made for one member, one version of a secret and a window, and used by a request that
//! names one.

mod shown;

pub use shown::{AheadActions, AheadDraft, AheadPage, AheadShown};

use super::{RequestDraft, Session, broken, from_step};
use crate::{
    error::{Error, from_plain_call},
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    chain::Member,
    crypto::Hash,
    ids::{AheadId, MemberId, ObjectId, RequestId, Timestamp, VaultId},
    operations::{
        Empty, ObjectPath,
        ahead::{
            AheadItem, AheadPath, AheadWithdrawal, ApproveAhead, CreateAhead, GetSecretToGrant, ListAhead,
            NewAheadApproval, WithdrawAhead,
        },
        requests::{Grant, RequestedSecret},
    },
    policy,
    request::{
        GrantNamed, RequestRefused, SecretStand, Standing,
        ahead::{
            AheadApproval, AheadBody, AheadJudged, AheadState, AheadStatement, AheadStatus, Proposal, SignedAhead,
            ahead_hash,
        },
    },
    suite::SUITE,
};

/// One that was replayed.
struct Replayed {
    state: AheadState,
    secret: Option<SecretStand>,
}

impl<T: Transport> Session<T> {
    /// Approves ahead that a member has a secret within a window. Where one approval is enough, the key of this one version
    /// is handed on with it.
    ///
    /// # Errors
    /// [`Error::Request`] where it cannot be approved so, or not by this member; others.
    pub async fn propose_ahead(&self, draft: AheadDraft) -> Result<AheadId, Error> {
        self.check_held()?;
        let place = (draft.vault, draft.account);
        let (given, secret) = self.secret_to_grant(place).await?;
        let id = AheadId(self.surroundings.make_id());
        let (needed, policy) = self.with_standing(place, Some(secret), |standing| {
            (standing.needed(&draft.vault, &draft.member, false), standing.policy.map(|(since, _)| since))
        })?;
        let mut proposal = Proposal {
            vault: draft.vault,
            account: draft.account,
            member: draft.member,
            version: secret.version,
            record: secret.hash,
            policy,
            window: draft.window,
            grant: None,
        };
        let mut grant = None;
        if needed == Some(1) {
            let (named, halves) = self.grant_ahead(&proposal, id, &secret, given)?;
            (proposal.grant, grant) = (Some(named), Some(halves));
        }
        let statement = self.sign_ahead(id, (0, Hash::ZERO), Timestamp(0), AheadBody::Propose(proposal))?;
        self.with_standing(place, Some(secret), |standing| {
            let state = AheadState::open(&statement, standing.team)?;
            standing.check_ahead(&state, statement.value(), self.surroundings.now())
        })?
        .map_err(Error::Request)?;
        let body = NewAheadApproval { statement: statement.to_wire(), grant };
        let path = self.team_path();
        self.confirmed(async || self.call_keyed::<CreateAhead>(&path, &body).await.map_err(from_step)).await?;
        Ok(id)
    }

    /// For whom a secret may be approved ahead by this member, each with the number of approvals that it takes: those who
    /// would have to ask for it, where its key can be handed on.
    ///
    /// # Errors
    /// [`Error::Gone`] when there is no such account.
    pub fn ahead_people(&self, vault: VaultId, account: ObjectId) -> Result<Vec<(MemberId, u8)>, Error> {
        let secret = self.presumed_secret(vault, account)?;
        let own = self.identity.member;
        self.with_standing((vault, account), secret, |standing| {
            let team = standing.team;
            let terms = standing.policy.map(|(_, policy)| policy);
            if !standing.needs_grant() || !policy::may_approve_ahead(team, &vault, terms, &own) {
                return Vec::new();
            }
            let keeper = |member: &MemberId| team.member(member).map(Member::keeper);
            let others = team.vault(&vault).into_iter().flat_map(|vault| vault.grants().map(|(member, _)| *member));
            let others = others.filter(|member| keeper(member) != keeper(&own));
            others
                .filter_map(|member| Some((member, standing.needed(&vault, &member, false)?)))
                .filter(|(_, needed)| *needed > 0)
                .collect()
        })
    }

    /// Approves what somebody else approved ahead. Whoever completes the number hands the key of this one version on.
    ///
    /// # Errors
    /// [`Error::Request`] where it is not this member's to approve, or not any more; others.
    pub async fn approve_ahead(&self, ahead: AheadId) -> Result<(), Error> {
        self.check_held()?;
        let known = self.know_ahead(ahead).await?;
        let proposal = known.state.proposal();
        let place = (proposal.vault, proposal.account);
        let judged = self.judge_ahead(&known)?;
        let completes = known.state.given().len() + 1 >= usize::from(judged.needed);
        let (mut named, mut grant) = (None, None);
        if completes && self.role(&proposal.vault).is_some_and(policy::may_grant) {
            let (given, secret) = self.secret_to_grant(place).await?;
            if (secret.version, secret.hash) != (proposal.version, proposal.record) {
                return Err(Error::Request(RequestRefused::Version));
            }
            let (of, halves) = self.grant_ahead(proposal, ahead, &secret, given)?;
            (named, grant) = (Some(of), Some(halves));
        }
        let statement = self.next_ahead(&known, AheadBody::Approve(AheadApproval { grant: named }))?;
        let path = AheadPath { team: self.team, ahead };
        let body = NewAheadApproval { statement, grant };
        self.confirmed(async || self.call::<ApproveAhead>(&path, &body).await.map_err(from_step)).await.map(drop)
    }

    /// Withdraws what was approved ahead.
    ///
    /// # Errors
    /// [`Error::Request`] where that is not this member's to do, or it is over; others.
    pub async fn withdraw_ahead(&self, ahead: AheadId) -> Result<(), Error> {
        let known = self.know_ahead(ahead).await?;
        let statement = self.next_ahead(&known, AheadBody::Withdraw)?;
        let path = AheadPath { team: self.team, ahead };
        self.call::<WithdrawAhead>(&path, &AheadWithdrawal { statement }).await.map(drop).map_err(from_step)
    }

    /// All that is approved ahead for this member, and in vaults where they approve. What cannot be followed is left out and
    /// named.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn list_ahead(&self) -> Result<AheadPage, Error> {
        let listed = self.fetch_ahead().await?;
        let (mut items, mut damages) = (Vec::new(), Vec::new());
        for item in listed {
            match self.replay_item(&item).and_then(|known| self.show_ahead(&known)) {
                Ok(shown) => items.push(shown),
                Err(Error::Damage(damage)) => damages.push(damage),
                Err(Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(AheadPage { items, damages })
    }

    /// Asks for a secret that was approved ahead, and checks it out: from now on the clock runs.
    /// [`Self::release_leased`] then opens it.
    ///
    /// # Errors
    /// [`Error::Request`] where the window is not open, or the approval is over; [`Error::InUse`] where somebody else has
    /// the secret: the request then waits for its turn; [`Error::ReasonNeeded`]; [`Error::TicketNeeded`]; others.
    pub async fn check_out_ahead(
        &self,
        ahead: AheadId,
        seconds: Option<u32>,
        reason: Option<String>,
        ticket: Option<String>,
    ) -> Result<RequestId, Error> {
        self.check_held()?;
        let known = self.know_ahead(ahead).await?;
        let shown = self.show_ahead(&known)?;
        if shown.status != AheadStatus::Ready || shown.member != self.identity.member {
            return Err(Error::Request(RequestRefused::State));
        }
        let closes = shown.closes.ok_or(Error::Request(RequestRefused::Time))?;
        let draft = RequestDraft {
            vault: shown.vault,
            account: shown.account,
            from: None,
            seconds,
            reason,
            ticket,
            extends: None,
            break_glass: false,
        };
        let request = self.ask_by(draft, Some((ahead, closes))).await?;
        self.check_out(request).await.map(|()| request)
    }

    /// Replays the statements of the one that a request names; `None` where they are of another.
    pub(super) fn replay_ahead(&self, named: AheadId, wires: &[Bytes]) -> Result<Option<AheadState>, Error> {
        let parsed: Result<Vec<SignedAhead>, _> = wires.iter().map(|wire| SignedAhead::parse(wire)).collect();
        let Ok(statements) = parsed else { return Ok(None) };
        let Some(first) = statements.first().map(ahead_hash) else { return Ok(None) };
        let state = self.with_chain(|chain| AheadState::replay(&statements, chain))?;
        Ok(state.ok().filter(|state| state.id() == named && self.is_first_said(named.0, first)))
    }

    async fn fetch_ahead(&self) -> Result<Vec<AheadItem>, Error> {
        let listed = self.call::<ListAhead>(&self.team_path(), &Empty {}).await.map_err(from_plain_call)?;
        self.keep_up_to(places(listed.items.iter().flat_map(|item| &item.statements)).max()).await?;
        Ok(listed.items)
    }

    /// One as the server has it now, replayed by the newest chain.
    async fn know_ahead(&self, ahead: AheadId) -> Result<Replayed, Error> {
        let listed = self.fetch_ahead().await?;
        let item = listed.into_iter().find(|item| item.ahead == ahead).ok_or(Error::Gone)?;
        let vault = self.replay_ahead(ahead, &item.statements)?.ok_or_else(|| broken(None))?.proposal().vault;
        self.sync_one(vault).await?;
        self.replay_item(&item)
    }

    fn replay_item(&self, item: &AheadItem) -> Result<Replayed, Error> {
        let state = self.replay_ahead(item.ahead, &item.statements)?.ok_or_else(|| broken(None))?;
        let place = (state.proposal().vault, state.proposal().account);
        self.role(&place.0).ok_or(Error::Gone)?;
        let secret = self.proved_secret(place, item.secret.as_ref())?;
        Ok(Replayed { state, secret })
    }

    fn show_ahead(&self, known: &Replayed) -> Result<AheadShown, Error> {
        let (state, proposal, now) = (&known.state, known.state.proposal(), self.surroundings.now());
        let judged = self.judge_ahead(known)?;
        let own = self.identity.member;
        let place = (proposal.vault, proposal.account);
        let approves = self.with_standing(place, known.secret, |standing| {
            let policy = standing.policy.map(|(_, policy)| policy);
            policy::may_approve(standing.team, &place.0, policy, &own)
        })?;
        let custodian = self.role(&place.0);
        let completes = state.given().len() + 1 >= usize::from(judged.needed);
        let closes = proposal.window.closes(now);
        let ready = judged.status == AheadStatus::Ready;
        let may = AheadActions {
            approve: judged.status == AheadStatus::Waiting
                && approves
                && own != proposal.member
                && !state.given().iter().any(|given| given.by == own)
                && (!completes || custodian.is_some_and(policy::may_grant)),
            withdraw: !judged.status.is_over() && custodian.is_some_and(policy::may_withdraw_ahead),
            check_out: ready && own == proposal.member && closes.is_some(),
        };
        Ok(AheadShown {
            id: state.id(),
            vault: proposal.vault,
            account: proposal.account,
            member: proposal.member,
            window: proposal.window.clone(),
            status: judged.status,
            needed: judged.needed,
            given: state.given().to_vec(),
            closes,
            opens: proposal.window.opens(now),
            may,
        })
    }

    fn judge_ahead(&self, known: &Replayed) -> Result<AheadJudged, Error> {
        let proposal = known.state.proposal();
        let now = self.surroundings.now();
        self.with_standing((proposal.vault, proposal.account), known.secret, |standing| {
            standing.judge_ahead(&known.state, now)
        })
    }

    fn with_standing<R>(
        &self,
        (vault, account): (VaultId, ObjectId),
        secret: Option<SecretStand>,
        take: impl FnOnce(&Standing<'_>) -> R,
    ) -> Result<R, Error> {
        let resource = self.resource_of(&vault, &account);
        self.with_chain(|chain| take(&Standing::new(chain, &vault, (&account, resource.as_ref()), secret)))
    }

    /// What the server gives a custodian of an account's secret, and which version it is by the verified tree.
    async fn secret_to_grant(&self, place: (VaultId, ObjectId)) -> Result<(RequestedSecret, SecretStand), Error> {
        let (vault, id) = place;
        self.sync_one(vault).await?;
        let path = ObjectPath { team: self.team, vault, id };
        let given = self.call::<GetSecretToGrant>(&path, &Empty {}).await.map_err(from_step)?;
        let secret = self.proved_secret(place, Some(&given.record))?.ok_or(Error::StaleVersion)?;
        Ok((given, secret))
    }

    /// Hands the key of the version that is proposed on, to the member's own key and in two halves.
    fn grant_ahead(
        &self,
        proposal: &Proposal,
        ahead: AheadId,
        secret: &SecretStand,
        given: RequestedSecret,
    ) -> Result<(GrantNamed, Grant), Error> {
        let key = self.unwrap_given((proposal.vault, proposal.account), secret, given)?;
        let to = self.with_chain(|chain| chain.member(&proposal.member).map(|known| known.keys.sealing))?;
        let to = to.ok_or(Error::Request(RequestRefused::Right))?;
        self.grant_to(&to, &proposal.context(self.team, ahead), &key)
    }

    /// Signs the next statement, and judges it as everyone else will.
    fn next_ahead(&self, known: &Replayed, body: AheadBody) -> Result<Bytes, Error> {
        let (state, proposal) = (&known.state, known.state.proposal());
        let statement = self.sign_ahead(state.id(), (state.count(), state.last()), state.time(), body)?;
        self.with_standing((proposal.vault, proposal.account), known.secret, |standing| {
            state.clone().apply(&statement, standing.team)?;
            standing.check_ahead(state, statement.value(), statement.value().time)
        })?
        .map_err(Error::Request)?;
        Ok(statement.to_wire())
    }

    fn sign_ahead(
        &self,
        ahead: AheadId,
        (number, previous): (u32, Hash),
        earliest: Timestamp,
        body: AheadBody,
    ) -> Result<SignedAhead, Error> {
        let position = self.with_chain(|chain| chain.position())?;
        Ok(self.identity.signing.sign(AheadStatement {
            suite: SUITE,
            team: self.team,
            ahead,
            number,
            previous,
            author: self.identity.member,
            position,
            time: self.surroundings.now().max(earliest),
            body,
        }))
    }
}

/// The places of the chain that statements name.
pub(super) fn places<'w>(wires: impl Iterator<Item = &'w Bytes>) -> impl Iterator<Item = u64> {
    wires.filter_map(|wire| SignedAhead::parse(wire).ok()).map(|signed| signed.value().position.sequence)
}
