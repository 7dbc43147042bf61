//! Services: what their tokens give, and names that lead where a test says.

use super::{Founder, InProcess, TestServer};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::{
    api::Api,
    crypto::{SecretBytes, identity::Identity, randomness::OsRandom, sealing::Sealed, token::derive_token_keys},
    error::Error,
    service::ServiceToken,
    session::{NewService, Session, kit_tag, sign_in_service},
};
use sealward_contract::{
    chain::{ServiceScope, ServiceTerms, VaultGrant, VaultRole},
    host::Host,
    ids::VaultId,
    operations::{
        Empty,
        session::{ChallengeFor, CreateChallenge, CreateSession, SessionCreated},
    },
    text::LoginName,
};
use sealward_server::surroundings::{Addresses, Resolve};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

/// Host names and their addresses.
#[derive(Clone, Default)]
pub struct TestNames(Arc<Mutex<HashMap<String, Vec<IpAddr>>>>);

impl TestNames {
    pub fn set(&self, name: &str, addresses: &[&str]) {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        self.0.lock().unwrap().insert(name.to_owned(), addresses);
    }
}

impl Resolve for TestNames {
    fn resolve<'n>(&'n self, name: &'n str) -> Addresses<'n> {
        let found = self.0.lock().unwrap().get(name).cloned().unwrap_or_default();
        Box::pin(async move { found })
    }
}

/// Terms without an end, from these hosts.
pub fn terms(hosts: &[&str]) -> ServiceTerms {
    let hosts = hosts.iter().map(|host| Host::parse(host).unwrap()).collect();
    ServiceTerms { expires: None, hosts, scope: ServiceScope::Roles, vault: None }
}

/// A service that is to be admitted.
pub fn service(name: &str, grants: &[(VaultId, VaultRole)], terms: ServiceTerms) -> NewService {
    let grants = grants.iter().map(|(vault, role)| VaultGrant { vault: *vault, role: *role }).collect();
    NewService { login_name: LoginName::parse(name).unwrap(), terms, grants }
}

/// Signs in by a token, on a machine that remembers nothing.
pub async fn by_token(server: &TestServer, token: &ServiceToken) -> Result<Session<InProcess>, Error> {
    by_token_over(server, token, server.connect()).await
}

pub async fn by_token_over(
    server: &TestServer,
    token: &ServiceToken,
    wire: InProcess,
) -> Result<Session<InProcess>, Error> {
    sign_in_service(Api::new(wire), server.surroundings(), token, super::ORIGIN, "a machine", None).await
}

impl Founder {
    /// A service whose keys the test holds, and a session of it.
    pub async fn of_token(server: &TestServer, token: &ServiceToken) -> (Self, SessionCreated) {
        let text = token.expose();
        let bytes = Base64UrlUnpadded::decode_vec(text.strip_prefix("swt1.").unwrap()).unwrap();
        let (team, member) = (token.team(), token.member());
        let keys = derive_token_keys(&SecretBytes::from_slice(&bytes[32..]).unwrap(), &team, &member);
        let (login_key, lock_key) = (keys.root.login_key(&team), keys.root.lock_key(&team));
        let kit_tag = kit_tag(&keys.secret_key, &team);
        let login_name = LoginName::of_service(&member);
        // Only its signature is needed before its bundle is there.
        let nobody = Identity::make(member, sealward_contract::crypto::Hash([0; 32]), &mut OsRandom::new());
        let secret_key = keys.secret_key;
        let unopened = Self { team, login_name, identity: nobody, login_key, lock_key, secret_key, kit_tag };
        let api = Api::new(server.connect());
        let body = ChallengeFor { team, login_name: unopened.login_name.clone() };
        let challenge = api.call::<CreateChallenge>(None, &Empty {}, &Empty {}, &body, None).await.unwrap();
        let answer = unopened.answer(challenge.nonce);
        let created = api.call::<CreateSession>(None, &Empty {}, &Empty {}, &answer, None).await.unwrap();
        let sealed = Sealed::from_wire(&created.bundle).unwrap();
        let identity = Identity::open(&unopened.lock_key, &team, created.bundle_version, &sealed).unwrap();
        (Self { identity, ..unopened }, created)
    }
}
