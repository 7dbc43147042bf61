//! A new password, or a new Secret Key: the bundle sealed anew, signed over by the login key in force.

use super::{Session, StoredBundle, kit_tag};
use crate::{
    api::CallError,
    crypto::{
        identity::Identity,
        password::{Root, SecretKey, stretch},
        sealing::Sealed,
    },
    error::{Error, from_call},
    model::SecretText,
    transport::Transport,
};
use sealward_contract::{
    crypto::{Hash, hash},
    operations::{
        Empty,
        session::{ChangeLogin, ChangeLoginError, NewLogin},
    },
    session::ChangeLogin as ChangeLoginStatement,
    suite::SUITE,
};

impl<T: Transport> Session<T> {
    /// Checks the password against the stored bundle, without the server.
    ///
    /// # Errors
    /// [`Error::WrongPassword`].
    pub fn check_password(&self, password: &SecretText) -> Result<(), Error> {
        self.root_of(password).map(drop)
    }

    /// Changes the password; every other session ends.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn change_password(&self, current: &SecretText, new: &SecretText) -> Result<(), Error> {
        let old = self.root_of(current)?;
        let new = stretch(new.expose(), &self.device().secret_key).map_err(|_| Error::OutOfMemory)?;
        let tag = kit_tag(&self.device().secret_key, &self.team);
        self.change_login(&old, &new, tag).await
    }

    /// Makes a new Secret Key; the old kit is worthless afterwards. This session goes on with the new one.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn replace_kit(&self, password: &SecretText) -> Result<(), Error> {
        let old = self.root_of(password)?;
        let secret_key = self.surroundings.with_randomness(SecretKey::make);
        let new = stretch(password.expose(), &secret_key).map_err(|_| Error::OutOfMemory)?;
        self.change_login(&old, &new, kit_tag(&secret_key, &self.team)).await?;
        self.device.borrow_mut().secret_key = secret_key;
        Ok(())
    }

    pub(super) fn root_of(&self, password: &SecretText) -> Result<Root, Error> {
        let root = stretch(password.expose(), &self.device().secret_key).map_err(|_| Error::OutOfMemory)?;
        let StoredBundle { sealed, version } = &*self.bundle.borrow();
        let sealed = Sealed::from_wire(sealed).map_err(|_| Error::WrongPassword)?;
        let team = &self.team;
        Identity::open(&root.lock_key(team), team, *version, &sealed).map_err(|_| Error::WrongPassword)?;
        Ok(root)
    }

    async fn change_login(&self, old: &Root, new: &Root, kit_tag: Hash) -> Result<(), Error> {
        let team = self.team;
        let version = self.bundle.borrow().version.checked_add(1).ok_or(Error::Refused)?;
        let sealed = self
            .surroundings
            .with_randomness(|randomness| self.identity.seal(&new.lock_key(&team), &team, version, randomness))
            .map_err(|_| Error::Refused)?
            .to_wire();
        let change = old.login_key(&team).sign(ChangeLoginStatement {
            suite: SUITE,
            team,
            member: self.identity.member,
            login_key: new.login_key(&team).public(),
            bundle: hash(&sealed),
            version,
        });
        let body = NewLogin { change: change.to_wire(), kit_tag, bundle: sealed.clone() };
        let path = self.team_path();
        let mut answer = self.api.call::<ChangeLogin>(Some(&self.token), &path, &Empty {}, &body, None).await;
        if matches!(answer, Err(CallError::Unreachable(_))) {
            // The answer may have been lost, and not the question. A change ends every session but the one that asked
            // for it: where the old login key is refused and this session goes on, it was this change.
            answer = self.api.call::<ChangeLogin>(Some(&self.token), &path, &Empty {}, &body, None).await;
            if matches!(answer, Err(CallError::Own(ChangeLoginError::LoginRefused))) {
                answer = Ok(Empty {});
            }
        }
        answer.map_err(|error| {
            from_call(error, |own| match own {
                ChangeLoginError::LoginRefused => Error::WrongPassword,
                ChangeLoginError::StaleBundle { .. } => Error::StaleVersion,
            })
        })?;
        *self.bundle.borrow_mut() = StoredBundle { sealed, version };
        Ok(())
    }
}
