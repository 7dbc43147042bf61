//! What happens between opening a link and the first session: the chain is checked against the genesis that the link
//! names, the new member's keys are made here, and the keys that were wrapped for it are wrapped to itself.

use super::InvitationLink;
use crate::{
    api::{Api, CallError},
    crypto::{
        hpke::XWingSecret,
        identity::Identity,
        password::{SecretKey, stretch},
    },
    error::{Damage, DamagedObject, Error, Fault, InvitationFault, from_call},
    model::SecretText,
    session::{Device, Session, Unlocking, kit_tag},
    surroundings::Surroundings,
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, Invitation, InvitationState, Join, MemberKeys, Refused, SignedStatement, Statement, TeamState,
        statement_hash,
    },
    crypto::context::Label,
    ids::TeamId,
    operations::{
        Empty, TeamPath,
        invitations::{InvitationError, InvitationPath, JoinError, JoinTeam, NewMember, OpenInvitation, Opening},
        sync::KeyEnvelope,
    },
    session::OpenInvitation as OpeningStatement,
    suite::SUITE,
    text::LoginName,
};

/// How often a statement is made anew after the chain moved on.
const TRIES: usize = 8;

/// An invitation whose team's chain was checked.
pub struct OpenedInvitation {
    link: InvitationLink,
    origin: String,
    chain: TeamState,
}

/// What a person says when they join.
pub struct Joining {
    /// What they will sign in with.
    pub login_name: LoginName,
    /// Their password.
    pub password: SecretText,
}

/// Somebody who joined and has not signed in yet.
pub struct Newcomer {
    unlocking: Unlocking,
    link_key: XWingSecret,
    envelopes: Vec<KeyEnvelope>,
}

/// Opens a link with the server: fetches the team's chain and checks it against the link.
///
/// # Errors
/// [`Error::Invitation`] with what is wrong with the link; [`Error::Clock`]; [`Error::Damage`] where the server gives
/// another chain; others.
pub async fn open_invitation<T: Transport>(
    api: &Api<T>,
    surroundings: &Surroundings,
    link: InvitationLink,
    origin: &str,
) -> Result<OpenedInvitation, Error> {
    let (team, invite, keys) = (link.team(), link.invite(), link.keys());
    let mut chain: Option<TeamState> = None;
    loop {
        let opening = keys.signing.sign(OpeningStatement {
            suite: SUITE,
            origin: origin.to_owned(),
            team,
            invite,
            time: surroundings.now(),
        });
        let from = chain.as_ref().map_or(0, |chain| chain.position().sequence + 1);
        let (path, body) = (InvitationPath { team, invite }, Opening { opening: opening.to_wire(), from });
        let opened = api.call::<OpenInvitation>(None, &path, &Empty {}, &body, None).await;
        let opened = opened.map_err(|error| from_call(error, refusal))?;
        if opened.statements.is_empty() && !opened.complete {
            return Err(damage(Fault::Malformed));
        }
        for statement in &opened.statements {
            follow(&mut chain, &link, statement)?;
        }
        if opened.complete {
            break;
        }
    }
    let chain = chain.ok_or_else(|| damage(Fault::Malformed))?;
    let invitation = chain.invitation(&invite).ok_or(Error::Invitation(InvitationFault::Foreign))?;
    if invitation.invite.signing != keys.signing.public() || invitation.invite.sealing != keys.sealing.public() {
        return Err(Error::Invitation(InvitationFault::Foreign));
    }
    check_open(invitation, surroundings)?;
    Ok(OpenedInvitation { link, origin: origin.to_owned(), chain })
}

fn follow(chain: &mut Option<TeamState>, link: &InvitationLink, wire: &Bytes) -> Result<(), Error> {
    let statement = SignedStatement::parse(wire).map_err(|_| damage(Fault::Malformed))?;
    match chain {
        None if statement_hash(&statement) != link.genesis() => return Err(damage(Fault::Substituted)),
        None => *chain = Some(TeamState::found(&statement).map_err(|_| damage(Fault::Signature))?),
        Some(chain) => chain.apply(&statement).map_err(|_| damage(Fault::NoRight))?,
    }
    Ok(())
}

/// The chain says so too: the server's word alone lets nobody believe that a link is good.
fn check_open(invitation: &Invitation, surroundings: &Surroundings) -> Result<(), Error> {
    let fault = match invitation.state {
        InvitationState::Open if invitation.invite.expires > surroundings.now() => return Ok(()),
        InvitationState::Open | InvitationState::Expired => InvitationFault::Expired,
        InvitationState::Used => InvitationFault::Used,
        InvitationState::Withdrawn | InvitationState::Lapsed => InvitationFault::Withdrawn,
    };
    Err(Error::Invitation(fault))
}

impl OpenedInvitation {
    /// The team.
    #[must_use]
    pub fn team(&self) -> TeamId {
        self.link.team()
    }

    /// The team's chain: who invited, and to what.
    #[must_use]
    pub fn chain(&self) -> &TeamState {
        &self.chain
    }

    /// What the invitation says.
    #[must_use]
    pub fn invitation(&self) -> Option<&Invitation> {
        self.chain.invitation(&self.link.invite())
    }

    /// Joins: with new keys, a new Secret Key and this password. Where it fails, nothing was used up unless the server
    /// could not be reached.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::Invitation`]; [`Error::Clock`]; others.
    pub async fn join<T: Transport>(
        &mut self,
        api: &Api<T>,
        surroundings: &Surroundings,
        new: &Joining,
    ) -> Result<Newcomer, Error> {
        let (team, invite, keys) = (self.link.team(), self.link.invite(), self.link.keys());
        let member = invite.member();
        let (secret_key, identity) = surroundings.with_randomness(|randomness| {
            (SecretKey::make(randomness), Identity::make(member, self.link.genesis(), randomness))
        });
        let root = stretch(new.password.expose(), &secret_key).map_err(|_| Error::OutOfMemory)?;
        let bundle = surroundings
            .with_randomness(|randomness| identity.seal(&root.lock_key(&team), &team, 1, randomness))
            .map_err(|_| Error::Refused)?
            .to_wire();
        let (login_key, kit_tag) = (root.login_key(&team).public(), kit_tag(&secret_key, &team));
        for _ in 0..TRIES {
            let statement = self.statement(&identity, new, surroundings)?;
            let cosignature = keys.signing.sign_bytes(Label::Join, statement.bytes());
            let statement = statement.with_cosignature(cosignature);
            let mut after = self.chain.clone();
            after.apply(&statement).map_err(|refused| self.explain(refused, new))?;
            let body = NewMember { statement: statement.to_wire(), login_key, kit_tag, bundle: bundle.clone() };
            let key = uuid::Uuid::from_bytes(surroundings.make_id()).to_string();
            let path = TeamPath { team };
            let mut joined = api.call::<JoinTeam>(None, &path, &Empty {}, &body, Some(key.clone())).await;
            // The answer may have been lost, and not the question: under the same key it is the same answer.
            if matches!(joined, Err(CallError::Unreachable(_))) {
                joined = api.call::<JoinTeam>(None, &path, &Empty {}, &body, Some(key)).await;
            }
            match joined {
                Ok(joined) => {
                    self.chain = after;
                    let (login_name, origin) = (new.login_name.clone(), self.origin.clone());
                    let device = Device { team, login_name, origin, secret_key };
                    let unlocking = Unlocking::of(device, root);
                    return Ok(Newcomer { unlocking, link_key: keys.sealing, envelopes: joined.envelopes });
                }
                Err(CallError::Own(JoinError::StaleChain { statements })) => {
                    let mut chain = Some(self.chain.clone());
                    for statement in &statements {
                        follow(&mut chain, &self.link, statement)?;
                    }
                    self.chain = chain.ok_or_else(|| damage(Fault::Malformed))?;
                }
                Err(error) => {
                    return Err(from_call(error, |own| match own {
                        JoinError::InvitationRefused => Error::Invitation(InvitationFault::Foreign),
                        JoinError::InvitationUsed => Error::Invitation(InvitationFault::Used),
                        JoinError::InvitationWithdrawn => Error::Invitation(InvitationFault::Withdrawn),
                        JoinError::InvitationExpired => Error::Invitation(InvitationFault::Expired),
                        JoinError::StatementRefused { reason } => self.explain(reason, new),
                        JoinError::StaleChain { .. } | JoinError::EnvelopesRefused => Error::Refused,
                    }));
                }
            }
        }
        Err(Error::Busy)
    }

    fn statement(
        &self,
        identity: &Identity,
        new: &Joining,
        surroundings: &Surroundings,
    ) -> Result<SignedStatement, Error> {
        check_open(self.invitation().ok_or(Error::Gone)?, surroundings)?;
        let newest = self.chain.position();
        let keys = MemberKeys {
            member: identity.member,
            login_name: new.login_name.clone(),
            signing: identity.signing.public(),
            sealing: identity.wrapping.public(),
        };
        Ok(identity.signing.sign(Statement {
            suite: SUITE,
            team: Some(self.team()),
            sequence: newest.sequence + 1,
            previous: newest.hash,
            author: identity.member,
            time: surroundings.now().max(self.chain.time()),
            body: Body::Join(Join { invite: self.link.invite(), keys }),
        }))
    }

    fn explain(&self, refused: Refused, new: &Joining) -> Error {
        let named = self.chain.members().any(|member| member.keys.login_name == new.login_name);
        match refused {
            Refused::Used if named => Error::NameTaken,
            Refused::Closed => Error::Invitation(InvitationFault::Used),
            Refused::Time => Error::Clock,
            _ => Error::Refused,
        }
    }
}

impl Newcomer {
    /// What the new member's devices keep, and the kit is made from.
    #[must_use]
    pub fn device(&self) -> &Device {
        self.unlocking.device()
    }

    /// Opens the first session: the keys that were wrapped to the invitation are wrapped to the member, and all that it
    /// may see is fetched.
    ///
    /// # Errors
    /// [`Error`]; where it fails on the way it can be called again.
    pub async fn sign_in<T: Transport>(
        &self,
        api: Api<T>,
        surroundings: Surroundings,
        device_name: &str,
    ) -> Result<Session<T>, Error> {
        let session = self.unlocking.sign_in(api, surroundings, device_name, None).await?;
        session.take_invited(&self.link_key, &self.envelopes).await?;
        session.sync(|_| {}).await?;
        Ok(session)
    }
}

fn damage(fault: Fault) -> Error {
    Damage::of(DamagedObject::Chain, fault).into()
}

fn refusal(error: InvitationError) -> Error {
    match error {
        InvitationError::InvitationRefused => Error::Invitation(InvitationFault::Foreign),
        InvitationError::InvitationUsed => Error::Invitation(InvitationFault::Used),
        InvitationError::InvitationWithdrawn => Error::Invitation(InvitationFault::Withdrawn),
        InvitationError::InvitationExpired => Error::Invitation(InvitationFault::Expired),
        InvitationError::ClockRefused => Error::Clock,
        InvitationError::OriginRefused => Error::OriginRefused,
    }
}
