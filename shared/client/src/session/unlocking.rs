//! A password stretched once: it signs in, or opens what this device kept where the server cannot be reached.

use super::{Device, Session, memory::Memory, sign_in};
use crate::{
    api::Api,
    crypto::{
        identity::Identity,
        password::{Root, stretch},
        sealing::Sealed,
    },
    error::Error,
    model::SecretText,
    surroundings::Surroundings,
    transport::Transport,
};
use minicbor::{Decode, Encode};
use sealward_contract::{
    bytes::Bytes,
    codec,
    ids::{SessionId, Timestamp},
    operations::session::SessionToken,
};

/// What a password and a device's Secret Key give together, while it is needed.
pub struct Unlocking {
    device: Device,
    root: Root,
}

/// The identity bundle as the server keeps it, sealed under the lock key.
#[derive(Encode, Decode)]
struct KeptIdentity {
    #[n(0)]
    version: u32,
    #[n(1)]
    bundle: Bytes,
}

impl Unlocking {
    /// Stretches a password.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn stretch(device: Device, password: &SecretText) -> Result<Self, Error> {
        let root = stretch(password.expose(), &device.secret_key).map_err(|_| Error::OutOfMemory)?;
        Ok(Self { device, root })
    }

    /// From what was stretched already.
    pub(crate) fn of(device: Device, root: Root) -> Self {
        Self { device, root }
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Opens a session with the server. `remembered` is what [`Session::memory`] gave on this device before.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sign_in<T: Transport>(
        &self,
        api: Api<T>,
        surroundings: Surroundings,
        device_name: &str,
        remembered: Option<&[u8]>,
    ) -> Result<Session<T>, Error> {
        let device = self.device.duplicate().ok_or(Error::WrongKit)?;
        sign_in::sign_in_with(api, surroundings, device, &self.root, device_name, remembered).await
    }

    /// Opens a session without the server: it shows what this device kept, and every operation is answered with
    /// [`Error::Unreachable`]. `kept` is what [`Session::kept_identity`] gave on this device before.
    ///
    /// # Errors
    /// [`Error::WrongPassword`] when the bundle does not open, whatever the reason.
    pub fn open_kept<T: Transport>(
        &self,
        surroundings: Surroundings,
        kept: &[u8],
        remembered: Option<&[u8]>,
    ) -> Result<Session<T>, Error> {
        let device = self.device.duplicate().ok_or(Error::WrongKit)?;
        let team = device.team;
        let KeptIdentity { version, bundle } = codec::decode(kept).map_err(|_| Error::WrongPassword)?;
        let sealed = Sealed::from_wire(&bundle).map_err(|_| Error::WrongPassword)?;
        let identity =
            Identity::open(&self.root.lock_key(&team), &team, version, &sealed).map_err(|_| Error::WrongPassword)?;
        let memory = remembered.and_then(|bytes| Memory::open(&identity.personal, &team, bytes)).unwrap_or_default();
        let nobody = (SessionId([0; 16]), SessionToken::new(String::new()), Timestamp(0));
        Ok(Session::begin(Api::unreachable(), surroundings, device, identity, nobody, (bundle, version), memory))
    }
}

impl<T: Transport> Session<T> {
    /// What this device must keep so that the password alone opens it without the server: the identity bundle, sealed as
    /// the server has it.
    #[must_use]
    pub fn kept_identity(&self) -> Vec<u8> {
        let bundle = self.bundle.borrow();
        codec::encode(&KeptIdentity { version: bundle.version, bundle: bundle.sealed.clone() })
    }
}
