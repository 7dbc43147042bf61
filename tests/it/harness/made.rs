//! Somebody who is made a member with keys that the test holds, by hand.

use super::{Forge, Founder};
use sealward_client::{
    crypto::{
        hpke, identity::Identity, password::SecretKey, randomness::OsRandom, sealing::SealingKey, signing::SigningKey,
    },
    session::kit_tag,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{AdmitPerson, Body, MemberKeys, SetPassword, VaultGrant, VaultRole},
    crypto::context::of_directory_envelope,
    ids::{MemberId, VaultId},
    operations::{invitations::VaultEnvelope, members::MadeMember},
    text::LoginName,
};

impl Founder {
    /// Somebody whom a member could make one, and the request that does it. The vaults' keys are none that open anything.
    pub fn prepare_made(forge: &Forge<'_>, login_name: &str, vaults: &[VaultId]) -> (Self, MadeMember) {
        let member = MemberId(forge.make_object().0);
        let login_name = LoginName::parse(login_name).unwrap();
        let grants = vaults.iter().map(|vault| VaultGrant { vault: *vault, role: VaultRole::Editor }).collect();
        Self::prepare_keys(forge, (member, &login_name), vaults, |keys| Body::AdmitPerson(AdmitPerson { keys, grants }))
    }

    /// Somebody who was registered, with the first keys that another makes for them, and the request that does it.
    pub fn prepare_password(forge: &Forge<'_>, member: MemberId, login_name: &LoginName) -> (Self, MadeMember) {
        Self::prepare_keys(forge, (member, login_name), &[], |MemberKeys { signing, sealing, .. }| {
            Body::SetPassword(SetPassword { member, signing, sealing, grants: vec![], vaults: vec![] })
        })
    }

    fn prepare_keys(
        forge: &Forge<'_>,
        (member, login_name): (MemberId, &LoginName),
        vaults: &[VaultId],
        says: impl FnOnce(MemberKeys) -> Body,
    ) -> (Self, MadeMember) {
        let randomness = &mut OsRandom::new();
        let (team, login_name) = (forge.founder.team, login_name.clone());
        let identity = Identity::make(member, forge.founder.identity.genesis, randomness);
        let statement = forge.state(says(MemberKeys {
            member,
            login_name: login_name.clone(),
            signing: identity.signing.public(),
            sealing: identity.wrapping.public(),
        }));
        let (login_key, lock_key) = (SigningKey::make(randomness), SealingKey::make(randomness));
        let secret_key = SecretKey::make(randomness);
        let tag = kit_tag(&secret_key, &team);
        let info = of_directory_envelope(&team, &member);
        let directory = hpke::wrap(&identity.wrapping.public(), &info, &[], &[7; 32], randomness).unwrap();
        let body = MadeMember {
            statement: statement.to_wire(),
            login_key: login_key.public(),
            kit_tag: tag,
            bundle: identity.seal(&lock_key, &team, 1, randomness).unwrap().to_wire(),
            directory: Bytes(directory.into_bytes()),
            envelopes: vaults.iter().map(|vault| VaultEnvelope { vault: *vault, sealed: Bytes(vec![1; 64]) }).collect(),
        };
        (Self { team, login_name, identity, login_key, lock_key, secret_key, kit_tag: tag }, body)
    }
}
