//! One unlock serves the browser: a window that is locked out asks the open ones, and gets the session sealed to a key
//! that it has just made.

use super::{Device, Session, memory::Memory};
use crate::{
    api::Api,
    crypto::{
        hpke::{self, Envelope, XWingSecret},
        identity::Identity,
        password::SecretKey,
        sealing::{Sealed, SealingKey},
    },
    error::Error,
    surroundings::Surroundings,
    transport::Transport,
};
use minicbor::{Decode, Encode};
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::{SealingPublicKey, context::Label},
    ids::{SessionId, TeamId, Timestamp},
    operations::session::SessionToken,
    text::LoginName,
};
use zeroize::{Zeroize, Zeroizing};

/// The key that a window makes to be given a session.
pub struct HandoverKey(XWingSecret);

/// What it sends to the other windows: its public half.
pub type HandoverRequest = SealingPublicKey;

#[derive(Encode, Decode)]
struct Given {
    #[n(0)]
    team: TeamId,
    #[n(1)]
    login_name: LoginName,
    #[n(2)]
    origin: String,
    #[n(3)]
    secret_key: Bytes,
    #[n(4)]
    session: SessionId,
    #[n(5)]
    token: String,
    #[n(6)]
    expires: Timestamp,
    #[n(7)]
    bundle: Bytes,
    #[n(8)]
    bundle_version: u32,
    /// The bundle's identity, sealed under `key` for this one handing over.
    #[n(9)]
    identity: Bytes,
    #[n(10)]
    key: Bytes,
    #[n(11)]
    memory: Option<Bytes>,
}

impl Drop for Given {
    fn drop(&mut self) {
        self.secret_key.0.zeroize();
        self.token.zeroize();
        self.key.0.zeroize();
    }
}

impl HandoverKey {
    /// Makes a key for one handing over.
    #[must_use]
    pub fn make(surroundings: &Surroundings) -> Self {
        Self(surroundings.with_randomness(XWingSecret::make))
    }

    /// What is sent to the other windows.
    #[must_use]
    pub fn request(&self) -> HandoverRequest {
        self.0.public()
    }

    /// Takes a session over.
    ///
    /// # Errors
    /// [`Error::Unintelligible`] when the envelope is not for this key.
    pub fn take_over<T: Transport>(
        self,
        api: Api<T>,
        surroundings: Surroundings,
        envelope: &[u8],
    ) -> Result<Session<T>, Error> {
        let envelope = Envelope::from_bytes(envelope.to_vec()).ok_or(Error::Unintelligible)?;
        let plain = hpke::unwrap(&self.0, &Label::WindowHandover.join(&[]), &[], &envelope)
            .map_err(|_| Error::Unintelligible)?;
        let given: Given = codec::decode(&plain).map_err(|_| Error::Unintelligible)?;
        let key = SealingKey::from_slice(&given.key).ok_or(Error::Unintelligible)?;
        let sealed = Sealed::from_wire(&given.identity).map_err(|_| Error::Unintelligible)?;
        let identity =
            Identity::open(&key, &given.team, given.bundle_version, &sealed).map_err(|_| Error::Unintelligible)?;
        let memory = given
            .memory
            .as_ref()
            .and_then(|bytes| Memory::open(&identity.personal, &given.team, bytes))
            .unwrap_or_default();
        let device = Device {
            team: given.team,
            login_name: given.login_name.clone(),
            origin: given.origin.clone(),
            secret_key: SecretKey::from_slice(&given.secret_key).ok_or(Error::Unintelligible)?,
        };
        Ok(Session::begin(
            api,
            surroundings,
            device,
            identity,
            (given.session, SessionToken::new(given.token.clone()), given.expires),
            (given.bundle.clone(), given.bundle_version),
            memory,
        ))
    }
}

impl<T: Transport> Session<T> {
    /// Seals this session to another window's key.
    #[must_use]
    pub fn hand_over(&self, to: &HandoverRequest) -> Option<Vec<u8>> {
        let memory = self.memory();
        let bundle = self.bundle.borrow();
        let device = self.device();
        self.surroundings.with_randomness(|randomness| {
            let key = SealingKey::make(randomness);
            let identity = self.identity.seal(&key, &self.team, bundle.version, randomness).ok()?;
            let given = Given {
                team: self.team,
                login_name: device.login_name.clone(),
                origin: device.origin.clone(),
                secret_key: Bytes(device.secret_key.expose().to_vec()),
                session: self.id,
                token: self.token.expose().to_owned(),
                expires: self.expires,
                bundle: bundle.sealed.clone(),
                bundle_version: bundle.version,
                identity: identity.to_wire(),
                key: Bytes(key.expose().to_vec()),
                memory: memory.map(Bytes),
            };
            let plain = Zeroizing::new(codec::encode(&given));
            let envelope = hpke::wrap(to, &Label::WindowHandover.join(&[]), &[], &plain, randomness).ok()?;
            Some(envelope.into_bytes())
        })
    }
}
