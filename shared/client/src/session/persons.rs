//! People who are made members with keys of this client's making: kit and password are handed to them, and replaced with
//! the keys when they first sign in.

use super::{
    Device, Session,
    fresh_keys::{FreshKeys, Owner},
};
use crate::{error::Error, model::SecretText, transport::Transport};
use sealward_contract::{
    chain::{AdmitPerson, Body, MemberKeys, MemberState, Recipient, SignedStatement, TeamState, VaultGrant},
    ids::MemberId,
    operations::{
        invitations::VaultEnvelope,
        members::{CreateMember, MadeMember},
    },
    text::LoginName,
};

/// Somebody who is to be made a member.
pub struct NewPerson {
    /// What they sign in with.
    pub login_name: LoginName,
    /// The password that they first sign in with.
    pub password: SecretText,
    /// Their roles in vaults; never that of a custodian.
    pub grants: Vec<VaultGrant>,
}

impl<T: Transport> Session<T> {
    /// Makes somebody a member. The kit is made from what is given, which is kept nowhere else. Whoever makes keys could
    /// have kept them: the ledger counts this member as a holder of what they open.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::NotAllowed`] for whoever is no owner or administrator, or no custodian of one of the
    /// vaults; [`Error::OutOfMemory`]; others.
    pub async fn admit_person(&self, new: &NewPerson) -> Result<Device, Error> {
        let member = MemberId(self.surroundings.make_id());
        let owner = Owner {
            team: self.team,
            member,
            genesis: self.identity.genesis,
            login_name: new.login_name.clone(),
            origin: self.device().origin.clone(),
        };
        let fresh = FreshKeys::make(&self.surroundings, owner, &new.password, 1)?;
        self.say(
            async || {
                let taken = |chain: &TeamState| chain.members().any(|known| known.keys.login_name == new.login_name);
                if self.with_chain(taken)? {
                    return Err(Error::NameTaken);
                }
                let keys = MemberKeys {
                    member,
                    login_name: new.login_name.clone(),
                    signing: fresh.identity.signing.public(),
                    sealing: fresh.identity.wrapping.public(),
                };
                Ok(Some(Body::AdmitPerson(AdmitPerson { keys, grants: new.grants.clone() })))
            },
            async |statement, after| {
                let body = self.send_made(&fresh, statement, after)?;
                Ok(self.call_keyed::<CreateMember>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await?;
        fresh.unlocking.device().duplicate().ok_or(Error::Refused)
    }

    pub(super) fn send_made(
        &self,
        fresh: &FreshKeys,
        statement: &SignedStatement,
        after: &TeamState,
    ) -> Result<MadeMember, Error> {
        let (member, sealing) = (fresh.identity.member, fresh.identity.wrapping.public());
        let granted = after.vaults_of(&member).filter_map(|(vault, known)| Some((*vault, known.role(&member)?)));
        let envelopes = granted.map(|(vault, role)| {
            let (_, envelope) = self.wrap_all(&Recipient { member, sealing: &sealing, role }, vault)?;
            Ok(VaultEnvelope { vault, sealed: envelope.sealed })
        });
        let directory = {
            let directory = self.directory.borrow();
            fresh.wrap_directory(
                &self.surroundings,
                directory.key_at(after.directory_epoch()).ok_or(Error::NotAllowed)?,
            )?
        };
        Ok(MadeMember {
            statement: statement.to_wire(),
            login_key: fresh.login_key,
            kit_tag: fresh.kit_tag,
            bundle: fresh.bundle.clone(),
            directory,
            envelopes: envelopes.collect::<Result<Vec<_>, Error>>()?,
        })
    }

    /// Who made this member's keys, where it has not replaced them yet: until then it may do nothing else.
    #[must_use]
    pub fn made_by(&self) -> Option<MemberId> {
        let chain = self.chain.borrow();
        let own = chain.as_ref()?.member(&self.identity.member)?;
        (own.state == MemberState::Made).then(|| own.keeper())
    }
}
