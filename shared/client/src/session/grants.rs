//! Roles in vaults, given and taken. Whoever gives one wraps its keys; whoever takes one away makes new keys due.

use super::Session;
use crate::{error::Error, transport::Transport};
use sealward_contract::{
    chain::{Body, NamedHead, Revoke, SetGrant as SetGrantStatement, VaultRole},
    ids::{MemberId, VaultId},
    operations::{
        VaultPath,
        vault::{GrantChange, Revocation, RevokeGrant, SetGrant},
    },
    policy,
};

impl<T: Transport> Session<T> {
    /// Gives a member a role in a vault, or another one than before. A lesser role makes new keys due, which this client
    /// then makes.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn set_grant(&self, vault: VaultId, member: MemberId, role: VaultRole) -> Result<(), Error> {
        let path = VaultPath { team: self.team, vault };
        self.say(
            async || {
                let old = self.with_chain(|chain| chain.vault(&vault).and_then(|known| known.granted(&member)))?;
                let takes_away = old.is_some_and(|old| policy::takes_away(old, Some(role)));
                let head = if takes_away {
                    let Some(head) = self.own_head(&vault)? else { return Ok(None) };
                    Some(head)
                } else {
                    None
                };
                Ok(Some(Body::SetGrant(SetGrantStatement { vault, member, role, head })))
            },
            async |statement, after| {
                let takes_away = matches!(&statement.value().body, Body::SetGrant(set) if set.head.is_some());
                let to = after.recipients(&vault).find(|to| to.member == member);
                let envelope = match to.filter(|_| !takes_away) {
                    Some(to) => Some(self.wrap_all(&to, vault)?.1),
                    None => None,
                };
                let body = GrantChange { statement: statement.to_wire(), envelope };
                Ok(self.call_keyed::<SetGrant>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// Takes a member's role in a vault away, as a custodian of it, an owner or an administrator. New keys become due;
    /// a custodian's client makes them, this one if it is one.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn revoke_grant(&self, vault: VaultId, member: MemberId) -> Result<(), Error> {
        let path = VaultPath { team: self.team, vault };
        self.say(
            async || {
                let holds = self.with_chain(|chain| chain.standing_role(&vault, &member))?;
                let head = match holds {
                    // Suspended: the role was lost then.
                    None => None,
                    Some(_) if self.role(&vault).is_some() => {
                        let Some(head) = self.own_head(&vault)? else { return Ok(None) };
                        Some(head)
                    }
                    Some(_) => {
                        let Some(touched) = self.held_heads(member).await? else { return Ok(None) };
                        touched.into_iter().find(|touched| touched.vault == vault).map(|touched| touched.head)
                    }
                };
                Ok(Some(Body::Revoke(Revoke { vault, member, head })))
            },
            async |statement, _| {
                let body = Revocation { statement: statement.to_wire() };
                Ok(self.call_keyed::<RevokeGrant>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// The newest head of a vault that this session has verified; `None` where the chain names one that is not known here
    /// yet, or another: what others wrote must not be cut off by whoever is behind.
    pub(super) fn own_head(&self, vault: &VaultId) -> Result<Option<NamedHead>, Error> {
        let head = self.vaults.borrow().get(vault).ok_or(Error::Gone)?.head();
        let named = self.with_chain(|chain| chain.vault(vault).and_then(|known| known.cut()?.head))?;
        let own = NamedHead { sequence: head.sequence, hash: head.hash };
        let is_behind = named
            .is_some_and(|named| own.sequence < named.sequence || (own.sequence == named.sequence && own != named));
        Ok((!is_behind).then_some(own))
    }
}
