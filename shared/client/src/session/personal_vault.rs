//! The vault that every person has for themselves. It is made by their own client, without being asked, and nobody else
//! ever holds a key of it.

use super::{NewVault, Session};
use crate::{error::Error, model::VaultDetails, transport::Transport};
use sealward_contract::{
    chain::{VaultKind, VaultState},
    ids::VaultId,
    policy,
};

/// What its own record calls it; what it is called where it is shown is fixed, in the person's language.
const NAME: &str = "Personal";

impl<T: Transport> Session<T> {
    /// This member's own vault.
    #[must_use]
    pub fn personal_vault(&self) -> Option<VaultId> {
        let chain = self.chain.borrow();
        chain.as_ref()?.personal_vault(&self.identity.member).map(|(vault, _)| *vault)
    }

    /// Whether a vault is somebody's own.
    #[must_use]
    pub fn is_personal(&self, vault: &VaultId) -> bool {
        let chain = self.chain.borrow();
        chain.as_ref().and_then(|chain| chain.vault(vault)).and_then(VaultState::owner).is_some()
    }

    /// Makes this member's own vault where there is none yet: after a team was made or joined, and for people from before
    /// everybody had one. Services have none.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn make_personal_vault(&self) -> Result<Option<VaultId>, Error> {
        let wanted =
            self.with_chain(|chain| policy::may_make_vault(chain, &self.identity.member, VaultKind::Personal))?;
        if !wanted {
            return Ok(self.personal_vault());
        }
        let details = VaultDetails { name: NAME.to_owned(), ..VaultDetails::default() };
        match self.create_vault(&NewVault { details, kind: VaultKind::Personal }).await {
            // Another device of theirs was faster.
            Err(Error::NotAllowed) if self.personal_vault().is_some() => Ok(self.personal_vault()),
            made => made.map(Some),
        }
    }
}
