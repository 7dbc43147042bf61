//! Removing for good what was deleted: a custodian's signed request.

use super::Session;
use crate::{
    error::{Error, from_call},
    transport::Transport,
};
use sealward_contract::{
    ids::VaultId,
    operations::{
        Empty, VaultPath,
        records::{PurgeError, PurgeObjects, PurgeRequest},
    },
    purge::{PurgeStatement, PurgedObject},
    record::LeafKey,
    suite::SUITE,
};

impl<T: Transport> Session<T> {
    /// Has the server remove what is left of deleted objects, in the versions known here; containers come before what
    /// stands in them. At most [`sealward_contract::limits::PURGE_OBJECTS`].
    ///
    /// # Errors
    /// [`Error`]; nothing is then removed.
    pub(crate) async fn purge_objects(&self, vault: VaultId, keys: &[LeafKey]) -> Result<(), Error> {
        self.check_held()?;
        let objects = {
            let vaults = self.vaults.borrow();
            let view = vaults.get(&vault).ok_or(Error::Gone)?;
            let object = |key: &LeafKey| {
                let leaf = view.tree().get(key).ok_or(Error::Gone)?;
                Ok(PurgedObject { kind: key.kind, id: key.id, version: leaf.version })
            };
            keys.iter().map(object).collect::<Result<Vec<_>, Error>>()?
        };
        let statement = self.identity.signing.sign(PurgeStatement {
            suite: SUITE,
            team: self.team,
            vault,
            member: self.identity.member,
            position: self.with_chain(|chain| chain.position())?,
            time: self.surroundings.now(),
            objects,
        });
        let path = VaultPath { team: self.team, vault };
        let body = PurgeRequest { statement: statement.to_wire() };
        self.api
            .call::<PurgeObjects>(Some(&self.token), &path, &Empty {}, &body, None)
            .await
            .map_err(|error| from_call(error, refusal))?;
        self.forget_purged(vault, keys);
        Ok(())
    }

    /// Forgets what purged objects said.
    pub(super) fn forget_purged(&self, vault: VaultId, keys: &[LeafKey]) {
        if let Some(view) = self.vaults.borrow_mut().get_mut(&vault) {
            view.forget(keys);
        }
        self.note_changes(vault, keys);
    }
}

fn refusal(error: PurgeError) -> Error {
    match error {
        PurgeError::Forbidden => Error::NotAllowed,
        PurgeError::StaleVersion { .. } | PurgeError::NotDeleted { .. } => Error::StaleVersion,
        PurgeError::ClockRefused => Error::Clock,
        PurgeError::PurgeRefused => Error::Refused,
    }
}
