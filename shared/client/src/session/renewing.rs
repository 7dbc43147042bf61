//! New keys for a vault: by a custodian's wish, or by itself where somebody lost a right; and keys wrapped anew for
//! whoever was suspended while some were made, or became an auditor.

use super::{
    Session,
    statement::{CHAIN_TRIES, Settled},
};
use crate::{
    error::{Error, from_call, from_plain_call},
    transport::Transport,
    vault::{VaultKeyring, VaultKeys},
};
use sealward_contract::{
    chain::{Body, Member, NewEpoch, Recipient, VaultState},
    ids::{Epoch, MemberId, VaultId},
    operations::{
        VaultPath,
        sync::{KeyEnvelope, MissedKeys},
        vault::{Envelope, EpochStart, ListEnvelopes, RenewedKeys, RewrapError, RewrapKeys, Rewrapping, StartEpoch},
    },
    policy,
};

impl<T: Transport> Session<T> {
    /// Gives a vault new keys. What is in it stays under the old ones until it is written again.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn start_epoch(&self, vault: VaultId) -> Result<Epoch, Error> {
        let _turn = self.writing.lock().await;
        self.start_epoch_while(vault, |_| true).await?.ok_or(Error::Busy)
    }

    /// Gives new keys to every vault where they are due, as far as this member is a custodian, and wraps keys to those
    /// who missed some. What fails is tried again at the next synchronisation.
    pub(super) async fn renew_keys(&self) {
        if self.is_held() {
            return;
        }
        let due = self.custodies(|state| state.is_due());
        for vault in due {
            let _turn = self.writing.lock().await;
            // Another custodian may have been faster.
            drop(self.start_epoch_while(vault, VaultState::is_due).await);
        }
        for vault in self.custodies(|_| true) {
            drop(self.wrap_missed_keys(vault).await);
        }
    }

    /// Makes keys that are due, so that this member's own write can go on.
    ///
    /// # Errors
    /// [`Error::EpochDue`] for whoever is no custodian; others.
    pub(super) async fn renew_for_write(&self, vault: VaultId) -> Result<(), Error> {
        let is_due = self.with_chain(|chain| chain.vault(&vault).is_some_and(VaultState::is_due))?;
        match self.role(&vault) {
            _ if !is_due => Ok(()),
            Some(role) if policy::may_start_epoch(role) => {
                self.start_epoch_while(vault, VaultState::is_due).await.map(drop)
            }
            _ => Err(Error::EpochDue),
        }
    }

    /// The vaults of which this member is a custodian, and whose content was verified.
    fn custodies(&self, wanted: impl Fn(&VaultState) -> bool) -> Vec<VaultId> {
        let vaults = self.vaults.borrow();
        let verified = vaults.iter().filter(|(_, view)| view.head().sequence > 0).map(|(vault, _)| *vault);
        let is_wanted = |vault: &VaultId| {
            let may = self.role(vault).is_some_and(policy::may_start_epoch);
            may && self.with_chain(|chain| chain.vault(vault).is_some_and(&wanted)).unwrap_or(false)
        };
        verified.filter(is_wanted).collect()
    }

    /// Starts an epoch in the writer's turn, unless the vault has come to want none.
    pub(super) async fn start_epoch_while(
        &self,
        vault: VaultId,
        wanted: impl Fn(&VaultState) -> bool,
    ) -> Result<Option<Epoch>, Error> {
        for _ in 0..CHAIN_TRIES {
            let alone = self.keeping_up.lock().await;
            let Some(head) = self.own_head(&vault)? else {
                drop(alone);
                self.sync_one(vault).await?;
                continue;
            };
            let last = self.with_chain(|chain| {
                let known = chain.vault(&vault)?;
                Some((known.epoch()?.epoch, wanted(known)))
            })?;
            let (last, is_wanted) = last.ok_or(Error::Gone)?;
            if !is_wanted {
                return Ok(None);
            }
            let epoch = Epoch(last.0.checked_add(1).ok_or(Error::Refused)?);
            let keys = self.surroundings.with_randomness(VaultKeys::make);
            let body = Body::NewEpoch(NewEpoch {
                vault,
                epoch,
                keys: keys.commit(&self.team, &vault, epoch).ok_or(Error::Refused)?,
                head,
            });
            let (statement, after) = self.state(body)?;
            let wrapped = after.recipients(&vault).map(|to| self.wrap_to(&to, vault, epoch, &[(epoch, &keys)]));
            let envelopes = wrapped.collect::<Result<Vec<Envelope>, Error>>()?;
            let own = envelopes.iter().find(|envelope| envelope.recipient == self.identity.member).cloned();
            let path = VaultPath { team: self.team, vault };
            let body = EpochStart { statement: statement.to_wire(), envelopes };
            let answer = self.call_keyed::<StartEpoch>(&path, &body).await;
            match self.settle(answer.map(drop)).await? {
                Settled::Taken => {
                    self.take_own_statement(after, &statement);
                    if let Some(own) = own {
                        self.given.borrow_mut().take_envelope(Some(vault), epoch, own);
                    }
                    self.take_keys(vault, VaultKeyring::from([(epoch, keys)]));
                    return Ok(Some(epoch));
                }
                Settled::ChainMoved | Settled::HeadMoved => {
                    drop(alone);
                    self.sync_one(vault).await?;
                }
            }
        }
        Err(Error::Busy)
    }

    /// Wraps all keys of a vault to a member anew, for whoever can open none.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no custodian; [`Error::Gone`] where the member has no role in the vault.
    pub async fn rewrap_keys(&self, vault: VaultId, member: MemberId) -> Result<(), Error> {
        if !self.role(&vault).is_some_and(policy::may_grant) {
            return Err(Error::NotAllowed);
        }
        for _ in 0..CHAIN_TRIES {
            let wrapped = self.with_chain(|chain| {
                let to = chain.recipients(&vault).find(|to| to.member == member).ok_or(Error::Gone)?;
                self.wrap_all(&to, vault)
            })??;
            match self.send_rewrapped(vec![key_envelope(vault, wrapped)]).await {
                // They have other keys by now.
                Err(Error::Busy) => {
                    let _alone = self.keeping_up.lock().await;
                    self.sync_team().await?;
                }
                sent => return sent,
            }
        }
        Err(Error::Busy)
    }

    /// Whoever became an auditor when the vault was there, or was suspended while keys were made, gets them: those that
    /// the server has not kept yet, and each once in a session, whatever it says.
    async fn wrap_missed_keys(&self, vault: VaultId) -> Result<(), Error> {
        let missed: Vec<MemberId> =
            self.with_chain(|chain| chain.missed_keys(&vault).map(|to: Recipient<'_>| to.member).collect())?;
        for member in missed.into_iter().filter(|member| *member != self.identity.member) {
            let since = self.with_chain(|chain| chain.missed_since(&vault, &member))?;
            let is_kept = {
                let (asked, missed) = &*self.missed.borrow();
                since <= Some(*asked) && !missed.contains(&MissedKeys { vault, member })
            };
            // What was wrapped to keys that were replaced is gone with them.
            let renewed = self.with_chain(|chain| chain.member(&member).and_then(Member::renewed))?;
            let once = (vault, member, since.max(renewed));
            if is_kept || self.rewrapped.borrow().contains(&once) {
                continue;
            }
            self.rewrap_keys(vault, member).await?;
            self.rewrapped.borrow_mut().insert(once);
        }
        Ok(())
    }

    /// Sends keys that were wrapped anew, to the keys that their recipients have as far as is known here.
    ///
    /// # Errors
    /// [`Error::Busy`] where one has others by now; others.
    pub(super) async fn send_rewrapped(&self, envelopes: Vec<KeyEnvelope>) -> Result<(), Error> {
        self.check_held()?;
        let renewed = self.with_chain(|chain| {
            let keys = envelopes.iter().filter_map(|given| {
                let member = given.envelope.recipient;
                Some(RenewedKeys { member, since: chain.member(&member)?.renewed()? })
            });
            keys.collect()
        })?;
        let body = Rewrapping { envelopes, renewed };
        self.call::<RewrapKeys>(&self.team_path(), &body).await.map(drop).map_err(|error| {
            from_call(error, |own| match own {
                RewrapError::EnvelopesRefused => Error::Refused,
                RewrapError::KeysReplaced => Error::Busy,
            })
        })
    }

    /// Fetches what a custodian wrapped for this member after it was resumed, or became an auditor: no statement brought
    /// it.
    pub(super) async fn fetch_missed_keys(&self) -> Result<(), Error> {
        let missing: Vec<VaultId> = self.with_chain(|chain| {
            let vaults = self.vaults.borrow();
            let lacks = |vault: &VaultId| {
                let Some(known) = chain.vault(vault) else { return false };
                let held = |epoch| vaults.get(vault).is_some_and(|view| view.keys.contains_key(&epoch));
                // Whoever was resumed has the earlier ones, as far as they were given any: what is missing came after those.
                let granted = known.granted(&self.identity.member).is_some();
                let oldest = vaults.get(vault).and_then(|view| view.keys.keys().next().copied());
                let earlier =
                    known.epochs().iter().filter(|made| !granted || oldest.is_some_and(|own| own < made.epoch));
                earlier.chain(known.epoch()).any(|wanted| !held(wanted.epoch))
            };
            let missed = |vault: &VaultId| chain.missed_since(vault, &self.identity.member).is_some();
            let own = chain.vaults_of(&self.identity.member).map(|(vault, _)| *vault);
            own.filter(|vault| lacks(vault) && missed(vault)).collect()
        })?;
        for vault in missing {
            let path = VaultPath { team: self.team, vault };
            let body = sealward_contract::operations::Empty {};
            let given = self.call::<ListEnvelopes>(&path, &body).await.map_err(from_plain_call)?;
            self.open_envelopes(&given.envelopes)?;
        }
        Ok(())
    }
}

impl<T: Transport> Session<T> {
    /// Whether this member sees a vault as an auditor and was not given all its keys yet: that is no fault of anything.
    pub(super) fn awaits_keys(&self, vault: &VaultId) -> Result<bool, Error> {
        let vaults = self.vaults.borrow();
        let held = |epoch| vaults.get(vault).is_some_and(|view| view.keys.contains_key(&epoch));
        self.with_chain(|chain| {
            let Some(known) = chain.vault(vault) else { return false };
            known.granted(&self.identity.member).is_none()
                && chain.missed_since(vault, &self.identity.member).is_some()
                && known.epochs().iter().any(|wanted| !held(wanted.epoch))
        })
    }

    /// The vaults that this member will see, as an auditor, once one of their custodians' clients has given it their keys.
    #[must_use]
    pub fn awaited_vaults(&self) -> Vec<VaultId> {
        let Ok(own) = self.with_chain(|chain| {
            chain.vaults_of(&self.identity.member).map(|(vault, _)| *vault).collect::<Vec<VaultId>>()
        }) else {
            return Vec::new();
        };
        own.into_iter().filter(|vault| self.awaits_keys(vault).unwrap_or(false)).collect()
    }
}

/// What is sent of keys that were wrapped anew.
pub(super) fn key_envelope(vault: VaultId, (epoch, envelope): (Epoch, Envelope)) -> KeyEnvelope {
    KeyEnvelope { vault: Some(vault), epoch, envelope }
}
