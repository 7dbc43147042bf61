//! New keys that may be in force though nobody knows: held here, and their Secret Key beside the former one where this
//! browser remembers that, until the server has said which of them counts.

use super::{
    device_store::Standing,
    engine::{Engine, Open},
    session::Begun,
};
use crate::bridge::{Error, SecretText, TeamId};
use sealward_client::{
    crypto::password::SecretKey,
    error as client,
    model::SecretText as ClientSecret,
    session::{Device, NewKeys},
};
use sealward_contract::{bytes::Bytes, problem::Rejection, text::LoginName};
use std::rc::Rc;

/// Keys that were made to replace others, and the password that goes with them.
pub struct Renewing {
    keys: Rc<NewKeys>,
    password: ClientSecret,
}

impl Renewing {
    fn device_of(&self, team: TeamId, login_name: &LoginName) -> Option<&Device> {
        Some(self.keys.device()).filter(|device| device.team == team && device.login_name == *login_name)
    }
}

/// Whether a question may be answered otherwise a little later.
pub fn may_pass(error: &client::Error) -> bool {
    let busy = |rejection: &Rejection| matches!(rejection, Rejection::Unavailable | Rejection::RateLimited { .. });
    match error {
        client::Error::Unreachable => true,
        client::Error::Rejected(rejection) => busy(rejection),
        _ => false,
    }
}

impl Engine {
    /// New keys for whoever has the open session: those of an attempt before this, where they may be in force.
    ///
    /// # Errors
    /// [`Error::OtherPassword`] where those go with another password; others.
    pub async fn hold_new_keys(
        &self,
        open: &Open,
        current: &SecretText,
        new: &SecretText,
    ) -> Result<Rc<NewKeys>, Error> {
        let (team, current) = (open.team(), ClientSecret::from(current.expose()));
        let login_name = open.session.device().login_name.clone();
        let held =
            self.renewing.borrow().as_ref().filter(|held| held.device_of(team, &login_name).is_some()).map(|held| {
                let same = held.password.expose() == new.expose();
                (Rc::clone(&held.keys), same)
            });
        let keys = match held {
            Some((_, false)) => return Err(Error::OtherPassword),
            Some((keys, true)) => {
                open.session.check_password(&current)?;
                keys
            }
            None => Rc::new(open.session.make_keys(&current, &ClientSecret::from(new.expose()))?),
        };
        if open.standing.get().remembered {
            self.store.put_pending(team, Some(keys.device().secret_key.expose())).await?;
        }
        let password = ClientSecret::from(new.expose());
        self.renewing.replace(Some(Renewing { keys: Rc::clone(&keys), password }));
        Ok(keys)
    }

    /// One of the two counts, and it is known which.
    pub async fn drop_new_keys(&self, team: TeamId) {
        self.renewing.take();
        let _ = self.store.put_pending(team, None).await;
    }

    /// Forgets that the keys of a session were in doubt, unless this browser still remembers the former Secret Key.
    pub async fn settle_new_keys(&self, open: &Open) {
        let (team, device) = (open.team(), open.session.device().duplicate());
        let Some(key) = device.map(|device| Bytes(device.secret_key.expose().to_vec())) else { return };
        let stored = self.store.find(team).await;
        if stored.is_some_and(|stored| stored.secret_key != key) {
            return;
        }
        let held =
            self.renewing.borrow().as_ref().is_some_and(|held| *held.keys.device().secret_key.expose() == *key.0);
        if held || self.store.pending(team).await.is_some_and(|pending| pending == key.0) {
            self.drop_new_keys(team).await;
        }
    }

    /// Signs in with a Secret Key, or with one that may have taken its place; `standing` says afterwards whether its kit
    /// was seen.
    ///
    /// # Errors
    /// As [`Engine::begin`].
    pub async fn begin_with_either(
        &self,
        device: Device,
        password: &ClientSecret,
        memory: Option<Vec<u8>>,
        standing: &mut Standing,
    ) -> Result<Begun, Error> {
        let (team, login_name) = (device.team, device.login_name.clone());
        match self.begin(device, password, memory).await {
            Err(Error::WrongKit) => {}
            begun => return begun,
        }
        let device = self.pending_device(team, &login_name).await.ok_or(Error::WrongKit)?;
        // What was sealed under the former keys opens for nobody any more.
        let _ = self.catalogs.forget(team, false).await;
        standing.kit_confirmed = false;
        self.begin(device, password, None).await
    }

    async fn pending_device(&self, team: TeamId, login_name: &LoginName) -> Option<Device> {
        let held = self.renewing.borrow().as_ref().and_then(|held| held.device_of(team, login_name)?.duplicate());
        if held.is_some() {
            return held;
        }
        let stored = self.store.find(team).await.filter(|stored| stored.login_name == login_name.as_str())?;
        let secret_key = SecretKey::from_slice(&self.store.pending(team).await?)?;
        Some(Device { team, login_name: login_name.clone(), origin: stored.origin.clone(), secret_key })
    }
}
