//! Passwords changed where they are used, and in the vault: whatever happens in between, the vault holds the password that
//! is in force, and says which one that is.
//!
//! 1. Nothing is written until somebody is signed in on the target.
//! 2. The new password is stored before it is set, so that it can be found whatever happens next.
//! 3. Where the target refuses it, the former one is put back as the newest version. Where the target does not answer, both
//!    are tried there.

mod work;

use super::{
    change::may_write,
    find::{self, Account},
    named::Named,
    read,
    turns::Turns,
};
use crate::{
    connectors::{Connectors, NewPassword, check, choose},
    engine::Open,
    failure::Failure,
};
use sealward_client::{
    error::Error,
    model::{SecretText, SecretType},
};
use sealward_contract::ids::ObjectId;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use work::{Kept, Work, prepare, user_of, version_of};

/// What a release says where the caller gave no reason.
const REASON: &str = "the password is changed on the resource";
/// What every failure ends with that left everything as it was.
const NOTHING: &str = "Nothing was changed there, and nothing stored";

/// Longest time that a change takes: signing in, changing, and finding out what became of it.
const LONGEST: Duration = Duration::from_secs(150);
/// How often it is looked whether one is under way.
const LOOKED: Duration = Duration::from_millis(100);

/// Changes passwords on targets, of each account one at a time.
pub struct Remote {
    connectors: Connectors,
    turns: Turns<ObjectId>,
}

/// Why a password was not changed.
#[derive(Debug)]
pub enum RemoteFault {
    /// The team's reason, or the engine's; nothing was changed, and nothing stored.
    Failure(Failure),
    /// In these words; the vault's present password is the one in force, as before.
    Refused(String),
    /// In these words; they say what the vault holds.
    Unsure(String),
}

impl From<Failure> for RemoteFault {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for RemoteFault {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

impl Remote {
    /// By connectors.
    #[must_use]
    pub fn new(connectors: Connectors) -> Self {
        Self { connectors, turns: Turns::default() }
    }

    /// Changes an account's password on its resource and in the vault. `reason` goes into the releases that it takes.
    ///
    /// # Errors
    /// [`RemoteFault`].
    pub async fn change(
        &self,
        session: &Open,
        account: &Account,
        new: SecretText,
        reason: Option<&str>,
    ) -> Result<(), RemoteFault> {
        let _turn = self.turns.take(account.id).await;
        // Whoever had the turn before may have changed it.
        session.sync_one(account.vault).await?;
        let account = find::account(session, Named::Id(account.id))?;
        may_write(session, &account.vault)?;
        let resource = find::resource_of(session, &account)?;
        let refused = |why: String| RemoteFault::Refused(format!("{why}. {NOTHING}"));
        let target = choose(&resource.details).map_err(|fault| refused(fault.to_string()))?;
        if account.details.secret_type != SecretType::Password || account.details.secret_file.is_some() {
            return Err(refused("only passwords are changed on resources".into()));
        }
        let user = user_of(&account);
        check(&target, user, &new).map_err(|unusable| refused(unusable.to_string()))?;
        let version = version_of(session, &account);
        let former = match version {
            None => None,
            Some(_) => Some(read::newest(session, &account, Some(reason.unwrap_or(REASON))).await?),
        };
        let prepared = prepare(session, &account, former.as_ref(), &new).await?;
        let mut kept = Kept { vault: account.vault, account: account.id, former, version };
        let work = Work { session, connectors: &self.connectors, target: &target, user, new: &new };
        let (connection, signer) = work.sign_in(&kept, &resource, reason).await?;
        work.store(&mut kept, prepared).await?;
        let changed = connection.change(&signer.login(), &NewPassword { user, password: &new }).await;
        work.settle(kept, &changed, signer.user == user).await
    }

    /// Waits until no change is under way, and not for ever: one that is left in the middle has nobody who finds out which
    /// password is in force.
    pub async fn finished(&self) {
        let idle = async {
            while !self.turns.is_idle() {
                sleep(LOOKED).await;
            }
        };
        drop(timeout(LONGEST, idle).await);
    }
}
