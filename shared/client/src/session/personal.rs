//! What the person keeps on a device for themselves, such as saved views: names of views tell as much as names of
//! accounts. Sealed under the member's personal key; the server gets none of it.

use super::Session;
use crate::{
    crypto::sealing::{self, Sealed},
    transport::Transport,
};
use sealward_contract::{crypto::context::Label, ids::TeamId};
use zeroize::Zeroizing;

impl<T: Transport> Session<T> {
    /// Seals bytes for this member on this team's devices. `None` when they are too long.
    #[must_use]
    pub fn seal_personal(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let context = context(&self.team);
        let sealed = self
            .surroundings
            .with_randomness(|randomness| sealing::seal(&self.identity.personal, &context, bytes, randomness))
            .ok()?;
        Some(sealed.to_wire().0)
    }

    /// Opens what [`Session::seal_personal`] sealed. `None` when it is another member's, or damaged.
    #[must_use]
    pub fn open_personal(&self, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = Sealed::from_wire(bytes).ok()?;
        sealing::open(&self.identity.personal, &context(&self.team), &sealed).ok()
    }
}

fn context(team: &TeamId) -> Vec<u8> {
    Label::DevicePersonal.join(&[&team.0])
}
