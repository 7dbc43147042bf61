//! Keys made for one recovery. They are nowhere but here: a device that forgets them begins anew.

use super::opened::{Opened, open};
use crate::{
    api::Api,
    crypto::{hpke::XWingSecret, signing::SigningKey, words::derive_words},
    error::{Damage, DamagedObject, Error, Fault, RecoveryFault, from_call, from_plain_call},
    surroundings::Surroundings,
    transport::Transport,
};
use sealward_contract::{
    chain::{DeviceKeys, SignedStatement, TeamState, statement_hash},
    ids::TeamId,
    operations::{
        Empty, TeamPath,
        recovery::{OpenRecovery, RecoveryError, RecoveryOpened, RecoveryOpening, RecoveryRequest, RequestRecovery},
    },
    session::OpenRecovery as Opening,
    suite::SUITE,
    text::LoginName,
};
use std::cell::RefCell;

/// A device on which somebody wants to be recovered.
pub struct RecoveringDevice {
    pub(super) team: TeamId,
    pub(super) login_name: LoginName,
    pub(super) origin: String,
    pub(super) sealing: XWingSecret,
    pub(super) signing: SigningKey,
    /// Whether it stands in for a device of the person's own.
    pub(super) stands_in: bool,
    /// The chain as far as it was given. What it is worth, only the person's own keys tell.
    pub(super) chain: RefCell<Option<TeamState>>,
}

impl RecoveringDevice {
    /// Makes the keys of a device for somebody.
    #[must_use]
    pub fn make(surroundings: &Surroundings, team: TeamId, login_name: LoginName, origin: String) -> Self {
        let (signing, sealing) =
            surroundings.with_randomness(|randomness| (SigningKey::make(randomness), XWingSecret::make(randomness)));
        Self { team, login_name, origin, sealing, signing, stands_in: false, chain: RefCell::default() }
    }

    /// Makes the keys of one that stands in for a device of the person's: whoever begins the recovery holds it.
    pub(crate) fn make_stand_in(
        surroundings: &Surroundings,
        team: TeamId,
        login_name: LoginName,
        origin: String,
    ) -> Self {
        Self { stands_in: true, ..Self::make(surroundings, team, login_name, origin) }
    }

    /// Who is recovered.
    #[must_use]
    pub fn login_name(&self) -> &LoginName {
        &self.login_name
    }

    /// The words that the person reads to the administrator and to each trustee.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        derive_words(&self.team, &self.login_name, &self.keys())
    }

    /// The public halves.
    #[must_use]
    pub fn keys(&self) -> DeviceKeys {
        DeviceKeys { signing: self.signing.public(), sealing: self.sealing.public() }
    }

    /// Asks administrators for a recovery on this device. Whether anyone has that name is not told.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn ask<T: Transport>(&self, api: &Api<T>) -> Result<(), Error> {
        let body = RecoveryRequest { login_name: self.login_name.clone(), device: self.keys() };
        let path = TeamPath { team: self.team };
        api.call::<RequestRecovery>(None, &path, &Empty {}, &body, None).await.map(drop).map_err(from_plain_call)
    }

    /// What there is by now.
    ///
    /// # Errors
    /// [`Error::Recovery`] while nobody has begun a recovery that names this device, and where the shares that were given
    /// do not open the person's keys; [`Error::Damage`] where the server gives another chain; others.
    pub async fn look<T: Transport>(&self, api: &Api<T>, surroundings: &Surroundings) -> Result<Opened, Error> {
        let looked = match self.fetch(api, surroundings).await {
            Ok(given) => open(self, surroundings, given),
            Err(error) => Err(error),
        };
        // Whoever lied once is asked for the whole chain again.
        if matches!(looked, Err(Error::Damage(_))) {
            self.chain.take();
        }
        looked
    }

    pub(super) async fn fetch<T: Transport>(
        &self,
        api: &Api<T>,
        surroundings: &Surroundings,
    ) -> Result<RecoveryOpened, Error> {
        let path = TeamPath { team: self.team };
        loop {
            let opening = self.signing.sign(Opening {
                suite: SUITE,
                origin: self.origin.clone(),
                team: self.team,
                login_name: self.login_name.clone(),
                time: surroundings.now(),
            });
            let from = self.chain.borrow().as_ref().map_or(0, |chain| chain.position().sequence + 1);
            let body = RecoveryOpening { opening: opening.to_wire(), from };
            let given = api.call::<OpenRecovery>(None, &path, &Empty {}, &body, None).await;
            let given = given.map_err(|error| from_call(error, refusal))?;
            if given.statements.is_empty() && !given.complete {
                return Err(damage(Fault::Malformed));
            }
            self.follow(&given)?;
            if given.complete {
                return Ok(given);
            }
        }
    }

    /// Applies statements to a copy, so that a bad one leaves everything as it was.
    fn follow(&self, given: &RecoveryOpened) -> Result<(), Error> {
        let mut chain = self.chain.borrow().clone();
        for wire in &given.statements {
            let statement = SignedStatement::parse(wire).map_err(|_| damage(Fault::Malformed))?;
            match &mut chain {
                None if TeamId::of_genesis(&statement_hash(&statement)) != self.team => {
                    return Err(damage(Fault::Substituted));
                }
                None => chain = Some(TeamState::found(&statement).map_err(|_| damage(Fault::Signature))?),
                Some(chain) => chain.apply(&statement).map_err(|_| damage(Fault::NoRight))?,
            }
        }
        *self.chain.borrow_mut() = chain;
        Ok(())
    }
}

pub(super) fn damage(fault: Fault) -> Error {
    Damage::of(DamagedObject::Chain, fault).into()
}

fn refusal(error: RecoveryError) -> Error {
    match error {
        RecoveryError::RecoveryUnknown => Error::Recovery(RecoveryFault::NotBegun),
        RecoveryError::ClockRefused => Error::Clock,
        RecoveryError::OriginRefused => Error::OriginRefused,
    }
}
