//! What opens a session, and the key that it is found by afterwards.

use crate::failure::Failure;
use sealward_client::{error::Error, model::SecretText, service::ServiceToken, session::Device};
use sha2::{Digest, Sha256};

/// What opens a session.
pub enum Credential {
    /// A service's token.
    Service(ServiceToken),
    /// A person's device and password.
    Person {
        /// Team, login name and Secret Key.
        device: Device,
        /// The password.
        password: SecretText,
        /// The six digits of a second factor, where the server asks for one.
        code: Option<SecretText>,
        /// Whether the team began here, or somebody has compared what this device is shown.
        compared: bool,
    },
}

/// The key of a session: a hash, which says nothing of what opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// Which of many threads holds it.
    pub(super) fn spread(&self) -> usize {
        self.0.iter().take(4).fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
    }

    /// The key of a person's session.
    #[must_use]
    pub fn of_device(device: &Device) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"person");
        hash.update(device.team.0);
        hash.update(device.login_name.as_str().as_bytes());
        Self(hash.finalize().into())
    }
}

impl Credential {
    /// A service's.
    ///
    /// # Errors
    /// [`Failure::Credential`] when the text is no token.
    pub fn of_token(text: &str) -> Result<Self, Failure> {
        ServiceToken::read(text).map(Self::Service).map_err(|fault| Failure::Credential(Error::Token(fault)))
    }

    /// The key of the session that it opens.
    #[must_use]
    pub fn key(&self) -> SessionKey {
        match self {
            Self::Service(token) => SessionKey(Sha256::digest(token.expose().as_bytes()).into()),
            Self::Person { device, .. } => SessionKey::of_device(device),
        }
    }
}
