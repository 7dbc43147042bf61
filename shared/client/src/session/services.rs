//! Services of the team: admitted, given other terms and another token. The token and the keys in it are made here, by
//! whoever is shown it, and kept nowhere.

use super::{Session, kit_tag};
use crate::{
    crypto::{hpke, identity::Identity},
    error::{Error, from_plain_call},
    service::ServiceToken,
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Admit, Body, MemberKeys, NamedHead, Recipient, RenewService as RenewStatement, ServiceScope, ServiceTerms,
        SetService as SetStatement, SignedStatement, TeamState, TouchedVault, VaultGrant,
    },
    crypto::{Hash, SealingPublicKey, VerifyingKey, context::of_directory_envelope},
    ids::{MemberId, VaultId},
    operations::{
        Empty,
        invitations::VaultEnvelope,
        members::{MemberChange, MemberPath},
        services::{CreateService, ListServiceUses, RenewService, ServiceToken as SentToken, ServiceUse, SetService},
    },
    policy,
    text::LoginName,
};

/// A service that is to be admitted.
pub struct NewService {
    /// Its login name: what people know it by.
    pub login_name: LoginName,
    /// What binds it.
    pub terms: ServiceTerms,
    /// Its roles in vaults.
    pub grants: Vec<VaultGrant>,
}

/// A token that was made, and what goes with it besides the statement and the vaults' keys.
struct Made {
    token: ServiceToken,
    signing: VerifyingKey,
    sealing: SealingPublicKey,
    login_key: VerifyingKey,
    kit_tag: Hash,
    bundle: Bytes,
    directory: Bytes,
}

impl<T: Transport> Session<T> {
    /// Admits a service. The token that is given is a bearer token, and is kept nowhere else.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::NotAllowed`] for whoever is no owner or administrator, or no custodian of one of the
    /// vaults; [`Error::RequestOnly`] for a role that such a service cannot have; others.
    pub async fn admit_service(&self, new: &NewService) -> Result<ServiceToken, Error> {
        let member = MemberId(self.surroundings.make_id());
        let made = self.make_token(member)?;
        self.say(
            async || {
                let taken = |chain: &TeamState| chain.members().any(|known| known.keys.login_name == new.login_name);
                if self.with_chain(taken)? {
                    return Err(Error::NameTaken);
                }
                let keys = MemberKeys {
                    member,
                    login_name: new.login_name.clone(),
                    signing: made.signing,
                    sealing: made.sealing,
                };
                Ok(Some(Body::Admit(Admit { keys, terms: new.terms.clone(), grants: new.grants.clone() })))
            },
            async |statement, after| {
                let body = self.send_with(&made, statement, after)?;
                Ok(self.call_keyed::<CreateService>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await?;
        Ok(made.token)
    }

    /// Gives a service other terms; an expired one that gets more time is back with the roles that it had.
    ///
    /// # Errors
    /// [`Error::RequestOnly`] where its roles are more than it could have by these terms; others.
    pub async fn set_service(&self, member: MemberId, terms: &ServiceTerms) -> Result<(), Error> {
        let path = MemberPath { team: self.team, member };
        self.say(
            async || Ok(Some(Body::SetService(SetStatement { member, terms: terms.clone() }))),
            async |statement, _| {
                let body = MemberChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<SetService>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// Gives a service another token. The old one stops at once; its vaults get new keys.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no custodian of each vault in which the service has a role; others.
    pub async fn renew_service(&self, member: MemberId, terms: &ServiceTerms) -> Result<ServiceToken, Error> {
        let made = self.make_token(member)?;
        let path = MemberPath { team: self.team, member };
        self.say(
            async || {
                if !self.with_chain(|chain| policy::may_renew_service(chain, &self.identity.member, &member))? {
                    return Err(Error::NotAllowed);
                }
                let Some(vaults) = self.standing_heads(&member)? else { return Ok(None) };
                let (signing, sealing) = (made.signing, made.sealing);
                Ok(Some(Body::RenewService(RenewStatement { member, signing, sealing, terms: terms.clone(), vaults })))
            },
            async |statement, after| {
                let body = self.send_with(&made, statement, after)?;
                Ok(self.call_keyed::<RenewService>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        Ok(made.token)
    }

    /// When and from where services were last used, by the server's word.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn service_uses(&self) -> Result<Vec<ServiceUse>, Error> {
        let uses = self.call::<ListServiceUses>(&self.team_path(), &Empty {}).await.map_err(from_plain_call)?;
        Ok(uses.uses)
    }

    /// Whether this session is of a service that may only ask for secrets.
    #[must_use]
    pub fn is_request_only(&self) -> bool {
        let chain = self.chain.borrow();
        let own = chain.as_ref().and_then(|chain| chain.member(&self.identity.member)?.service());
        own.is_some_and(|terms| terms.scope == ServiceScope::Requests)
    }

    fn make_token(&self, member: MemberId) -> Result<Made, Error> {
        let team = self.team;
        let (token, identity) = self.surroundings.with_randomness(|randomness| {
            let token = ServiceToken::make(team, member, randomness);
            (token, Identity::make(member, self.identity.genesis, randomness))
        });
        let keys = token.keys();
        let sealing = identity.wrapping.public();
        let directory = {
            let epoch = self.with_chain(TeamState::directory_epoch)?;
            let directory = self.directory.borrow();
            let key = directory.key_at(epoch).ok_or(Error::NotAllowed)?;
            let info = of_directory_envelope(&team, &member);
            let wrapped = self
                .surroundings
                .with_randomness(|randomness| hpke::wrap(&sealing, &info, &[], key.expose(), randomness));
            Bytes(wrapped.map_err(|_| Error::Refused)?.into_bytes())
        };
        let bundle = self
            .surroundings
            .with_randomness(|randomness| identity.seal(&keys.root.lock_key(&team), &team, 1, randomness))
            .map_err(|_| Error::Refused)?
            .to_wire();
        Ok(Made {
            signing: identity.signing.public(),
            sealing,
            login_key: keys.root.login_key(&team).public(),
            kit_tag: kit_tag(&keys.secret_key, &team),
            bundle,
            directory,
            token,
        })
    }

    /// A token with the keys of all vaults in which its service then has a role.
    fn send_with(&self, made: &Made, statement: &SignedStatement, after: &TeamState) -> Result<SentToken, Error> {
        let member = made.token.member();
        let granted = after.vaults_of(&member).filter_map(|(vault, known)| Some((*vault, known.role(&member)?)));
        let envelopes = granted.map(|(vault, role)| {
            let (_, envelope) = self.wrap_all(&Recipient { member, sealing: &made.sealing, role }, vault)?;
            Ok(VaultEnvelope { vault, sealed: envelope.sealed })
        });
        Ok(SentToken {
            statement: statement.to_wire(),
            login_key: made.login_key,
            kit_tag: made.kit_tag,
            bundle: made.bundle.clone(),
            directory: made.directory.clone(),
            envelopes: envelopes.collect::<Result<Vec<_>, Error>>()?,
        })
    }

    /// The newest head of each vault in which a service has a role, or gets one back; `None` where one has to be brought
    /// up to date.
    fn standing_heads(&self, member: &MemberId) -> Result<Option<Vec<TouchedVault>>, Error> {
        let vaults: Vec<VaultId> = self.with_chain(|chain| chain.standing_vaults(member).copied().collect())?;
        let mut touched = Vec::with_capacity(vaults.len());
        for vault in vaults {
            let head: Option<NamedHead> = self.own_head(&vault)?;
            let Some(head) = head else { return Ok(None) };
            touched.push(TouchedVault { vault, head });
        }
        Ok(Some(touched))
    }
}
