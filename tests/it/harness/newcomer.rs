//! Somebody who joins by a link with keys that the test holds: by hand, without stretching a password.

use super::{Founder, InProcess, ORIGIN, TestServer};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::{
    api::{Api, CallError},
    crypto::{
        SecretBytes, hpke,
        identity::Identity,
        invitation::{InvitationKeys, derive_invitation_keys},
        password::SecretKey,
        randomness::OsRandom,
        sealing::SealingKey,
        signing::SigningKey,
    },
    invitation::{InvitationLink, open_invitation},
    session::Session,
    vault::{VaultKeys, unwrap_keys, wrap_keys},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Join, MemberKeys, Statement, TeamState, VaultGrant, VaultRole},
    crypto::context::{Label, of_directory_envelope},
    ids::{Epoch, VaultId},
    operations::{
        Empty, TeamPath,
        invitations::{JoinError, JoinTeam, Joined, NewMember},
        sync::KeyEnvelope,
        vault::{Envelope, RewrapKeys, Rewrapping},
    },
    suite::SUITE,
    text::LoginName,
};

/// How long invitations in tests are good for.
pub const A_DAY: u64 = 24 * 3_600_000;

/// What a link's secret gives.
pub fn keys_of_link(link: &InvitationLink) -> InvitationKeys {
    let bytes = Base64UrlUnpadded::decode_vec(&link.expose()).unwrap();
    derive_invitation_keys(&SecretBytes::from_slice(&bytes[49..81]).unwrap(), &link.team(), &link.invite())
}

impl Founder {
    /// Is invited by an open session, and joins.
    pub async fn invited(
        server: &TestServer,
        inviter: &Session<InProcess>,
        login_name: &str,
        grants: &[(VaultId, VaultRole)],
    ) -> Self {
        let grants: Vec<VaultGrant> =
            grants.iter().map(|(vault, role)| VaultGrant { vault: *vault, role: *role }).collect();
        let link = inviter.invite(&grants, A_DAY).await.unwrap();
        let joined = Self::join(server, &link, login_name).await;
        inviter.sync(|_| {}).await.unwrap();
        joined
    }

    /// Joins by a link.
    pub async fn join(server: &TestServer, link: &InvitationLink, login_name: &str) -> Self {
        let copy = InvitationLink::read(&link.expose()).unwrap();
        let opened = open_invitation(&Api::new(server.connect()), &server.surroundings(), copy, ORIGIN).await.unwrap();
        let (newcomer, body) = Self::prepare_join(server, link, opened.chain(), login_name);
        let joined = newcomer.send_join(server, &body).await.unwrap();
        newcomer.rewrap(server, &keys_of_link(link), &joined).await;
        newcomer
    }

    /// Somebody who could join, and the request that does it.
    pub fn prepare_join(
        server: &TestServer,
        link: &InvitationLink,
        chain: &TeamState,
        login_name: &str,
    ) -> (Self, NewMember) {
        let randomness = &mut OsRandom::new();
        let team = link.team();
        let login_name = LoginName::parse(login_name).unwrap();
        let identity = Identity::make(link.invite().member(), link.genesis(), randomness);
        let keys = MemberKeys {
            member: identity.member,
            login_name: login_name.clone(),
            signing: identity.signing.public(),
            sealing: identity.wrapping.public(),
        };
        let newest = chain.position();
        let statement = identity.signing.sign(Statement {
            suite: SUITE,
            team: Some(team),
            sequence: newest.sequence + 1,
            previous: newest.hash,
            author: identity.member,
            time: server.clock.now(),
            body: Body::Join(Join { invite: link.invite(), keys }),
        });
        let cosignature = keys_of_link(link).signing.sign_bytes(Label::Join, statement.bytes());
        let (login_key, lock_key) = (SigningKey::make(randomness), SealingKey::make(randomness));
        let secret_key = SecretKey::make(randomness);
        let kit_tag = sealward_client::session::kit_tag(&secret_key, &team);
        let bundle = identity.seal(&lock_key, &team, 1, randomness).unwrap().to_wire();
        let statement = statement.with_cosignature(cosignature).to_wire();
        let body = NewMember { statement, login_key: login_key.public(), kit_tag, bundle };
        (Self { team, login_name, identity, login_key, lock_key, secret_key, kit_tag }, body)
    }

    pub async fn send_join(&self, server: &TestServer, body: &NewMember) -> Result<Joined, CallError<JoinError>> {
        let path = TeamPath { team: self.team };
        Api::new(server.connect()).call::<JoinTeam>(None, &path, &Empty {}, body, None).await
    }

    /// Wraps what was wrapped to the invitation to oneself.
    async fn rewrap(&self, server: &TestServer, link: &InvitationKeys, joined: &Joined) {
        let randomness = &mut OsRandom::new();
        let member = self.identity.member;
        let to = (&member, &self.identity.wrapping.public());
        let mut envelopes = Vec::new();
        let newest = joined.envelopes.iter().filter(|given| given.vault.is_none()).map(|given| given.epoch).max();
        // Of the directory's keys the newest leads back to the others.
        let wanted = joined.envelopes.iter().filter(|given| given.vault.is_some() || Some(given.epoch) == newest);
        for KeyEnvelope { vault, epoch, envelope } in wanted {
            let sealed = match vault {
                None => {
                    let info = of_directory_envelope(&self.team, &member);
                    let wrapped = hpke::Envelope::from_bytes(envelope.sealed.0.clone()).unwrap();
                    let key = hpke::unwrap(&link.sealing, &info, &[], &wrapped).unwrap();
                    hpke::wrap(to.1, &info, &[], &key, randomness).unwrap()
                }
                Some(vault) => {
                    let keys = unwrap_keys(
                        &envelope.sealed,
                        &self.team,
                        vault,
                        *epoch,
                        (&member, &hpke::Unwrapper::new(&link.sealing)),
                    )
                    .unwrap();
                    let keys: Vec<(Epoch, &VaultKeys)> = keys.iter().map(|(epoch, keys)| (*epoch, keys)).collect();
                    // A link never has more than this role's keys.
                    wrap_keys(&keys, &self.team, vault, *epoch, to, VaultRole::Editor, randomness).unwrap()
                }
            };
            let envelope = Envelope { recipient: member, sealed: Bytes(sealed.into_bytes()) };
            envelopes.push(KeyEnvelope { vault: *vault, epoch: *epoch, envelope });
        }
        let created = self.sign_in(server).await;
        let (api, path) = (Api::new(server.connect()), TeamPath { team: self.team });
        let body = Rewrapping { envelopes, renewed: Vec::new() };
        api.call::<RewrapKeys>(Some(&created.token), &path, &Empty {}, &body, None).await.unwrap();
    }
}
