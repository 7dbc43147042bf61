//! The first session of whoever joined: what was wrapped to the invitation is opened once, checked, and wrapped to the
//! member itself.

use super::{Session, renewing::key_envelope};
use crate::{
    crypto::hpke::{self, Envelope as Wrapped, Unwrapper, XWingSecret},
    error::{Damage, DamagedObject, Error, Fault},
    transport::Transport,
    vault::unwrap_keys,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Recipient, TeamState},
    crypto::context::of_directory_envelope,
    ids::VaultId,
    operations::{sync::KeyEnvelope, vault::Envelope},
};

/// How often keys are wrapped anew when new ones were made meanwhile.
const TRIES: usize = 4;

impl<T: Transport> Session<T> {
    /// Takes what was wrapped to the invitation.
    pub(crate) async fn take_invited(&self, link_key: &XWingSecret, given: &[KeyEnvelope]) -> Result<(), Error> {
        for attempt in 1..=TRIES {
            let alone = self.keeping_up.lock().await;
            self.sync_team().await?;
            let own = self.rewrap_invited(link_key, given)?;
            drop(alone);
            match self.send_rewrapped(own.clone()).await {
                // New keys were made since: what is wrapped has to be as of the newest.
                Err(Error::Refused) if attempt < TRIES => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    let mut kept = self.given.borrow_mut();
                    for KeyEnvelope { vault, epoch, envelope } in own {
                        kept.take_envelope(vault, epoch, envelope);
                    }
                    return Ok(());
                }
            }
        }
        Err(Error::Busy)
    }

    /// An envelope that does not open, or holds other keys than the chain commits to, is as good as none.
    fn rewrap_invited(&self, link_key: &XWingSecret, given: &[KeyEnvelope]) -> Result<Vec<KeyEnvelope>, Error> {
        let member = self.identity.member;
        let unwrapper = Unwrapper::new(link_key);
        for KeyEnvelope { vault, epoch, envelope } in given {
            let Some(vault) = vault else { continue };
            let Ok(keys) = unwrap_keys(&envelope.sealed, &self.team, vault, *epoch, (&member, &unwrapper)) else {
                continue;
            };
            self.take_keys(*vault, keys);
        }
        let mut own = vec![self.rewrap_directory(link_key, given)?];
        let sealing = self.identity.wrapping.public();
        let held: Vec<VaultId> = self.vaults.borrow().keys().copied().collect();
        for vault in held {
            let Some(role) = self.role(&vault) else { continue };
            let wrapped = self.wrap_all(&Recipient { member, sealing: &sealing, role }, vault);
            own.extend(wrapped.ok().map(|wrapped| key_envelope(vault, wrapped)));
        }
        Ok(own)
    }

    fn rewrap_directory(&self, link_key: &XWingSecret, given: &[KeyEnvelope]) -> Result<KeyEnvelope, Error> {
        let damage = || Error::from(Damage::of(DamagedObject::Directory, Fault::Unopenable));
        let member = self.identity.member;
        let info = of_directory_envelope(&self.team, &member);
        // One from when the link was made, and one for each key since.
        for sealed in given.iter().filter(|given| given.vault.is_none()) {
            let sealed = Wrapped::from_bytes(sealed.envelope.sealed.0.clone()).ok_or_else(damage)?;
            let key = hpke::unwrap(link_key, &info, &[], &sealed).map_err(|_| damage())?;
            self.take_directory_key(&key)?;
        }
        let epoch = self.with_chain(TeamState::directory_epoch)?;
        let directory = self.directory.borrow();
        let key = directory.key_at(epoch).ok_or_else(damage)?;
        let wrapped = self.surroundings.with_randomness(|randomness| {
            let own = self.identity.wrapping.public();
            hpke::wrap(&own, &info, &[], key.expose(), randomness).map_err(|_| Error::Refused)
        })?;
        let envelope = Envelope { recipient: member, sealed: Bytes(wrapped.into_bytes()) };
        Ok(KeyEnvelope { vault: None, epoch, envelope })
    }
}
