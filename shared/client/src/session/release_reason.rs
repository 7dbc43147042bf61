//! Why a secret or a file is asked for: sealed under the vault's catalog key, for everyone who sees what it is of.

use super::Session;
use crate::{
    crypto::sealing::{self, Sealed},
    error::Error,
    model::{Field, Invalid, Problem, Unwritable, limits},
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    crypto::context::of_release_reason,
    ids::{ReleaseId, VaultId},
    release::ReleaseStatement,
};

impl<T: Transport> Session<T> {
    /// Gives the reason for what is released from now on without one of its own; `None` forgets it.
    pub fn give_reason(&self, reason: Option<String>) {
        *self.reason.borrow_mut() = reason;
    }

    /// Seals a reason for one statement; a blank one is none.
    pub(super) fn seal_release_reason(
        &self,
        vault: VaultId,
        release: &ReleaseId,
        reason: Option<&str>,
    ) -> Result<Option<Bytes>, Error> {
        let given = self.reason.borrow();
        let reason = reason.or(given.as_deref()).map(str::trim).filter(|reason| !reason.is_empty());
        let Some(reason) = reason else { return Ok(None) };
        if reason.chars().count() > limits::REASON {
            let problem = Problem::TooLong { limit: limits::REASON };
            return Err(Error::Unwritable(Unwritable::Invalid(Invalid::new(Field::Reason, problem))));
        }
        let vaults = self.vaults.borrow();
        let (_, keys) = vaults.get(&vault).and_then(|view| view.keys.iter().next_back()).ok_or(Error::Gone)?;
        let context = of_release_reason(&self.team, &vault, release);
        let sealed = self
            .surroundings
            .with_randomness(|randomness| sealing::seal(&keys.catalog, &context, reason.as_bytes(), randomness))
            .map_err(|_| Error::Refused)?;
        Ok(Some(sealed.to_wire()))
    }

    /// Why something was released. `None` where nothing was said, or it does not open.
    #[must_use]
    pub fn open_release_reason(&self, statement: &ReleaseStatement) -> Option<String> {
        let sealed = Sealed::from_wire(statement.reason.as_ref()?).ok()?;
        let context = of_release_reason(&statement.team, &statement.vault, &statement.id);
        let vaults = self.vaults.borrow();
        // Under the key that held then: each but the right one fails at its commitment.
        let opens = |keys: &crate::vault::VaultKeys| sealing::open(&keys.catalog, &context, &sealed).ok();
        let reason = vaults.get(&statement.vault)?.keys.values().rev().find_map(|keys| opens(keys))?;
        String::from_utf8(reason.to_vec()).ok()
    }
}
