//! Recovery as members see it: the group, their own enrolment, whom they may begin to recover, and to whose recovery they
//! have a share.

use super::Session;
use crate::{
    api::CallError,
    crypto::{
        hpke::{self, Envelope},
        sealing::SealingKey,
        shares,
        words::derive_words,
    },
    error::{Error, RecoveryFault, from_call, from_plain_call},
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, CancelRecovery as Cancel, DeviceKeys, EndEnrolment as End, Enrol as EnrolStatement, NamedShare, Recover,
        RecoveryGroup, SetRecovery as SetGroup, StandIn, TeamState,
    },
    crypto::{
        SealingPublicKey,
        context::{of_given_share, of_recovery_copy, of_recovery_share},
        hash,
    },
    ids::{MemberId, Timestamp},
    limits,
    operations::{
        Empty,
        members::{MemberChange, MemberPath},
        recovery::{
            CancelRecovery, EndEnrolment, Enrol, GetShare, GiveShare, GivenShare, ListRecoveryRequests, NewEnrolment,
            SetRecovery, ShareError, StartRecovery,
        },
    },
    policy,
    problem::Rejection,
};

/// How the member itself could be recovered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnRecovery {
    /// The group as it stands.
    pub group: Option<RecoveryGroup>,
    /// The statement that set it.
    pub since: Option<u64>,
    /// When the member enrolled with it.
    pub enrolled: Option<Timestamp>,
    /// How many of its trustees could give their share now.
    pub usable: usize,
    /// Whether there are enough trustees besides the member.
    pub possible: bool,
}

/// A recovery that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryListed {
    /// Whose.
    pub member: MemberId,
    /// The statement that began it.
    pub since: u64,
    /// Who began it.
    pub by: MemberId,
    /// When.
    pub time: Timestamp,
    /// From when on nothing comes of it.
    pub expires: Timestamp,
    /// The words of the device that it names.
    pub words: Vec<&'static str>,
    /// Whether the client of whoever began it stands in for the person's device.
    pub stands_in: bool,
    /// Whether this member can give a share.
    pub may_give: bool,
    /// Whether this member may take it back.
    pub may_cancel: bool,
}

/// A device on which somebody wants to be recovered, by the server's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedRecovery {
    /// Who.
    pub member: MemberId,
    /// The device's keys.
    pub device: DeviceKeys,
    /// Its words.
    pub words: Vec<&'static str>,
    /// When it asked.
    pub time: Timestamp,
    /// From which address.
    pub address: String,
}

impl<T: Transport> Session<T> {
    /// Sets the team's recovery group, or none.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no owner, or a group that could recover nobody; others.
    pub async fn set_recovery(&self, group: Option<RecoveryGroup>) -> Result<(), Error> {
        let path = self.team_path();
        self.say(
            async || Ok(Some(Body::SetRecovery(SetGroup { group: group.clone() }))),
            async |statement, _| {
                let body = MemberChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<SetRecovery>(&path, &body).await.map(drop))
            },
        )
        .await
    }

    /// How this member could be recovered.
    #[must_use]
    pub fn own_recovery(&self) -> OwnRecovery {
        let chain = self.chain.borrow();
        let Some(chain) = chain.as_ref() else { return OwnRecovery::default() };
        let own = self.identity.member;
        let group = chain.recovery_group().cloned();
        let enrolment = chain.member(&own).and_then(|member| member.enrolment());
        let usable = group.iter().flat_map(|group| &group.trustees);
        let others = |group: &RecoveryGroup| group.trustees.iter().filter(|trustee| **trustee != own).count();
        OwnRecovery {
            possible: group.as_ref().is_some_and(|group| others(group) >= usize::from(group.needed)),
            usable: usable.filter(|trustee| policy::may_give_share(chain, trustee, &own)).count(),
            since: chain.recovery_since(),
            enrolled: enrolment.map(|enrolment| chain.time_of(enrolment.since)),
            group,
        }
    }

    /// Lets the trustees of the group that a statement set recover this member from now on: enough of them together, and only
    /// for a device that an administrator has named. Their shares are made anew.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] where another group stands by now; [`Error::Recovery`] where there is none, or not enough
    /// trustees besides the member; others.
    pub async fn enrol(&self, since: u64) -> Result<(), Error> {
        let (team, own) = (self.team, self.identity.member);
        // Made anew for every attempt, as shares are for the group as it stands.
        let made = std::cell::RefCell::new(None);
        self.say(
            async || {
                let (group, needed, trustees) = self.with_chain(|chain| trustees(chain, &own))??;
                // The person agrees to the trustees that they were shown, and to nobody else.
                if group != since {
                    return Err(Error::StaleVersion);
                }
                let (key, context) =
                    (self.surroundings.with_randomness(SealingKey::make), of_recovery_copy(&team, &own, group));
                let copy = self
                    .surroundings
                    .with_randomness(|randomness| self.identity.seal_copy(&key, &context, randomness))
                    .map_err(|_| Error::Refused)?
                    .to_wire();
                let split = self
                    .surroundings
                    .with_randomness(|randomness| shares::split(&key, needed, trustees.len(), randomness));
                let wrap = |(share, (trustee, sealing)): (&zeroize::Zeroizing<Vec<u8>>, &(MemberId, _))| {
                    let info = of_recovery_share(&team, &own, group, trustee);
                    let wrapped = self
                        .surroundings
                        .with_randomness(|randomness| hpke::wrap(sealing, &info, &[], share, randomness));
                    Ok(Bytes(wrapped.map_err(|_| Error::Refused)?.into_bytes()))
                };
                let sealed = split.iter().zip(&trustees).map(wrap).collect::<Result<Vec<Bytes>, Error>>()?;
                let named = trustees.iter().zip(&sealed);
                let shares =
                    named.map(|((trustee, _), sealed)| NamedShare { trustee: *trustee, envelope: hash(sealed) });
                let body = EnrolStatement { group, copy: hash(&copy), shares: shares.collect() };
                made.replace(Some((copy, sealed)));
                Ok(Some(Body::Enrol(body)))
            },
            async |statement, _| {
                let (copy, shares) = made.borrow().clone().ok_or(Error::Refused)?;
                let body = NewEnrolment { statement: statement.to_wire(), copy, shares };
                Ok(self.call_keyed::<Enrol>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await
    }

    /// Lets nobody recover this member any more.
    ///
    /// # Errors
    /// [`Error::Gone`] where it is not enrolled; others.
    pub async fn end_enrolment(&self) -> Result<(), Error> {
        let own = self.identity.member;
        self.say(
            async || {
                let since = self.with_chain(|chain| Some(chain.member(&own)?.enrolment()?.since))?;
                Ok(Some(Body::EndEnrolment(End { enrolment: since.ok_or(Error::Gone)? })))
            },
            async |statement, _| {
                let body = MemberChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<EndEnrolment>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await
    }

    /// The devices on which people want to be recovered whose recovery this member may begin.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever manages nobody; others.
    pub async fn recovery_requests(&self) -> Result<Vec<RequestedRecovery>, Error> {
        let listed = self.call::<ListRecoveryRequests>(&self.team_path(), &Empty {}).await;
        let listed = listed.map_err(|error| match error {
            CallError::Rejected(Rejection::NotFound) => Error::NotAllowed,
            error => from_plain_call(error),
        })?;
        self.with_chain(|chain| {
            let known = listed.requests.into_iter().filter_map(|request| {
                let name = &chain.member(&request.member)?.keys.login_name;
                let words = derive_words(&self.team, name, &request.device);
                let (member, device, time, address) = (request.member, request.device, request.time, request.address);
                Some(RequestedRecovery { member, device, words, time, address })
            });
            known.collect()
        })
    }

    /// Begins a person's recovery for a device whose words were compared with them.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; [`Error::Recovery`] where the person is not enrolled, or another recovery of theirs is open
    /// and has to be stopped first; others.
    pub async fn start_recovery(&self, member: MemberId, device: &DeviceKeys) -> Result<(), Error> {
        self.begin_recovery(member, device, None).await
    }

    /// The same, with this member's client in the stead of the person's device where the statement says so.
    pub(super) async fn begin_recovery(
        &self,
        member: MemberId,
        device: &DeviceKeys,
        stand_in: Option<StandIn>,
    ) -> Result<(), Error> {
        let path = MemberPath { team: self.team, member };
        self.say(
            async || {
                let enrolled = |chain: &TeamState| chain.member(&member).is_some_and(|of| of.enrolment().is_some());
                if !self.with_chain(enrolled)? {
                    return Err(Error::Recovery(RecoveryFault::NotEnrolled));
                }
                if self.with_chain(|chain| chain.recovery_of(&member, self.surroundings.now()).is_some())? {
                    return Err(Error::Recovery(RecoveryFault::OtherOpen));
                }
                // A little less than it may be: the statement's own time is taken afterwards.
                let expires = self.surroundings.now().plus_millis(limits::RECOVERY - limits::CLOCK_SKEW);
                Ok(Some(Body::Recover(Recover { member, device: device.clone(), expires, stand_in })))
            },
            async |statement, _| {
                let body = MemberChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<StartRecovery>(&path, &body).await.map(drop))
            },
        )
        .await
    }

    /// Takes a recovery back: one's own, or one that this member could have begun.
    ///
    /// # Errors
    /// [`Error::Gone`] where there is none; [`Error::NotAllowed`]; others.
    pub async fn cancel_recovery(&self, member: MemberId) -> Result<(), Error> {
        let path = MemberPath { team: self.team, member };
        self.say(
            async || {
                let since = self.with_chain(|chain| Some(chain.recovery_of(&member, Timestamp(0))?.since))?;
                Ok(Some(Body::CancelRecovery(Cancel { member, recovery: since.ok_or(Error::Gone)? })))
            },
            async |statement, _| {
                let body = MemberChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<CancelRecovery>(&path, &body).await.map(drop))
            },
        )
        .await
    }

    /// All recoveries that were begun and are not over.
    #[must_use]
    pub fn recoveries(&self) -> Vec<RecoveryListed> {
        let (own, now) = (self.identity.member, self.surroundings.now());
        let listed = self.with_chain(|chain| {
            let begun = chain.members().filter_map(|known| {
                let (member, recovery) = (known.id(), chain.recovery_of(&known.id(), now)?);
                Some(RecoveryListed {
                    member,
                    since: recovery.since,
                    by: recovery.by,
                    time: chain.time_of(recovery.since),
                    expires: recovery.recover.expires,
                    words: derive_words(&self.team, &known.keys.login_name, &recovery.recover.device),
                    stands_in: recovery.recover.stand_in.is_some(),
                    may_give: policy::may_give_share(chain, &own, &member),
                    may_cancel: own == member || policy::may_recover(chain, &own, &member),
                })
            });
            begun.collect()
        });
        listed.unwrap_or_default()
    }

    /// The trustees who have given their share to a recovery, by the server's word, as a trustee is told.
    ///
    /// # Errors
    /// [`Error::Gone`] where there is none that this member has a share to; others.
    pub async fn given_shares(&self, member: MemberId) -> Result<Vec<MemberId>, Error> {
        let path = MemberPath { team: self.team, member };
        let held = self.call::<GetShare>(&path, &Empty {}).await.map_err(gone)?;
        Ok(held.given)
    }

    /// Gives this member's share to the recovery that a statement began, sealed to the device that it names. The words of
    /// that device are to be compared with the person before.
    ///
    /// # Errors
    /// [`Error::Gone`] where that one is over, whatever took its place, or this member has no share to it;
    /// [`Error::Recovery`] where the server gives another share than the person made; others.
    pub async fn give_share(&self, member: MemberId, since: u64) -> Result<(), Error> {
        self.check_held()?;
        let (team, own) = (self.team, self.identity.member);
        let path = MemberPath { team, member };
        let now = self.surroundings.now();
        let held = self.call::<GetShare>(&path, &Empty {}).await.map_err(gone)?;
        let (group, recovery, sealing, envelope) = self
            .with_chain(|chain| {
                let enrol = &chain.member(&member)?.enrolment()?.enrol;
                let share = enrol.shares.iter().find(|share| share.trustee == own)?;
                // Only to the device whose words were compared.
                let recovery = chain.recovery_of(&member, now).filter(|recovery| recovery.since == since)?;
                Some((enrol.group, recovery.since, recovery.recover.device.sealing, share.envelope))
            })?
            .ok_or(Error::Gone)?;
        let other = || Error::Recovery(RecoveryFault::OtherShare);
        if hash(&held.sealed) != envelope {
            return Err(other());
        }
        let wrapped = Envelope::from_bytes(held.sealed.0).ok_or_else(other)?;
        let info = of_recovery_share(&team, &member, group, &own);
        let share = hpke::unwrap(&self.identity.wrapping, &info, &[], &wrapped).map_err(|_| other())?;
        let info = of_given_share(&team, &member, recovery, &own);
        let sealed = self
            .surroundings
            .with_randomness(|randomness| hpke::wrap(&sealing, &info, &[], &share, randomness))
            .map_err(|_| Error::Refused)?;
        let body = GivenShare { recovery, sealed: Bytes(sealed.into_bytes()) };
        let given = self.call::<GiveShare>(&path, &body).await.map(drop);
        given.map_err(|error| match error {
            CallError::Rejected(Rejection::NotFound) => Error::Gone,
            error => from_call(error, |ShareError::ShareRefused| Error::Gone),
        })
    }
}

fn gone(error: CallError<sealward_contract::problem::Never>) -> Error {
    match error {
        CallError::Rejected(Rejection::NotFound) => Error::Gone,
        error => from_plain_call(error),
    }
}

/// The statement that set the group, how many of it are needed, and its trustees but for the member.
type Trustees = (u64, u8, Vec<(MemberId, SealingPublicKey)>);

fn trustees(chain: &TeamState, own: &MemberId) -> Result<Trustees, Error> {
    let none = || Error::Recovery(RecoveryFault::NoGroup);
    let (group, since) = chain.recovery_group().zip(chain.recovery_since()).ok_or_else(none)?;
    let others = group.trustees.iter().filter(|trustee| *trustee != own);
    let trustees: Vec<_> = others.filter_map(|trustee| Some((*trustee, chain.member(trustee)?.keys.sealing))).collect();
    if trustees.len() < usize::from(group.needed) { Err(none()) } else { Ok((since, group.needed, trustees)) }
}
