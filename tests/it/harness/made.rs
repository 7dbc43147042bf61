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
    chain::{AdmitPerson, Body, MemberKeys, VaultGrant, VaultRole},
    crypto::context::of_directory_envelope,
    ids::{MemberId, VaultId},
    operations::{invitations::VaultEnvelope, members::MadeMember},
    text::LoginName,
};

impl Founder {
    /// Somebody whom a member could make one, and the request that does it. The vaults' keys are none that open anything.
    pub fn prepare_made(forge: &Forge<'_>, login_name: &str, vaults: &[VaultId]) -> (Self, MadeMember) {
        let randomness = &mut OsRandom::new();
        let team = forge.founder.team;
        let login_name = LoginName::parse(login_name).unwrap();
        let member = MemberId(forge.make_object().0);
        let identity = Identity::make(member, forge.founder.identity.genesis, randomness);
        let keys = MemberKeys {
            member,
            login_name: login_name.clone(),
            signing: identity.signing.public(),
            sealing: identity.wrapping.public(),
        };
        let grants = vaults.iter().map(|vault| VaultGrant { vault: *vault, role: VaultRole::Editor }).collect();
        let statement = forge.state(Body::AdmitPerson(AdmitPerson { keys, grants }));
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
