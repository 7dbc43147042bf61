//! Why an export is made: sealed for the team, as one statement may concern many vaults. Every member can read it who is
//! shown the statement; the server cannot.

use super::Session;
use crate::{
    crypto::sealing::{self, Sealed},
    error::{Damage, DamagedObject, Error, Fault},
    model::{Field, Invalid, Problem, Unwritable, limits},
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes, chain::TeamState, crypto::context::of_export_reason, ids::ReleaseId, release::ExportStatement,
};

impl<T: Transport> Session<T> {
    /// Seals a reason for one statement; a blank one is none.
    pub(super) fn seal_export_reason(&self, export: &ReleaseId, reason: Option<&str>) -> Result<Option<Bytes>, Error> {
        let Some(reason) = reason.map(str::trim).filter(|reason| !reason.is_empty()) else { return Ok(None) };
        let too_long = || {
            let problem = Problem::TooLong { limit: limits::REASON };
            Error::Unwritable(Unwritable::Invalid(Invalid::new(Field::Reason, problem)))
        };
        if reason.chars().count() > limits::REASON {
            return Err(too_long());
        }
        let newest = self.with_chain(TeamState::directory_epoch)?;
        let directory = self.directory.borrow();
        let unreadable = || Damage::of(DamagedObject::Directory, Fault::Unopenable);
        let key = directory.key_at(newest).ok_or_else(unreadable)?;
        let context = of_export_reason(&self.team, export);
        let sealed = self
            .surroundings
            .with_randomness(|randomness| sealing::seal(key, &context, reason.as_bytes(), randomness))
            .map_err(|_| too_long())?;
        Ok(Some(sealed.to_wire()))
    }

    /// Why an export was made. `None` where nothing was said, or it does not open.
    #[must_use]
    pub fn open_export_reason(&self, statement: &ExportStatement) -> Option<String> {
        let sealed = Sealed::from_wire(statement.reason.as_ref()?).ok()?;
        let directory = self.directory.borrow();
        let context = of_export_reason(&statement.team, &statement.id);
        // Under the key that held then: each but the right one fails at its commitment.
        let opens = |key| sealing::open(key, &context, &sealed).ok();
        let reason = directory.keys.values().rev().find_map(opens)?;
        String::from_utf8(reason.to_vec()).ok()
    }
}
