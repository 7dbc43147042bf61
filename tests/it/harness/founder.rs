//! A member whose keys the test holds: it makes its team and its sessions by hand, without stretching a password, and
//! can sign what no client would.

use super::{InProcess, ORIGIN, TestServer};
use minicbor::{Decode, Encode};
use sealward_client::{
    api::{Api, CallError},
    crypto::{
        commitment::derive_commitment, hpke, identity::Identity, password::SecretKey, randomness::OsRandom,
        sealing::SealingKey, signing::SigningKey,
    },
    model::{Payload, ProfileDetails, TeamDetails},
    session::{HandoverKey, Session},
    vault::{SealUnder, seal_record},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Genesis, MemberKeys, Statement, statement_hash},
    codec,
    crypto::{
        Hash,
        context::{Label, of_directory_commitment, of_directory_envelope},
    },
    ids::{Epoch, MemberId, Number, ObjectId, SessionId, TeamId, Timestamp, VaultId, Version},
    operations::{
        Empty,
        session::{ChallengeFor, CreateChallenge, CreateSession, NewSession, SessionCreated},
        team::{CreateTeam, NewTeam},
    },
    problem::Rejection,
    record::{ChainPosition, RecordContext, RecordKind, RecordState, Tier},
    session::SignIn,
    suite::SUITE,
    text::LoginName,
};

/// A member with keys in hand: of a team that they founded, or joined.
pub struct Founder {
    pub team: TeamId,
    pub login_name: LoginName,
    pub identity: Identity,
    pub login_key: SigningKey,
    pub lock_key: SealingKey,
    pub secret_key: SecretKey,
    pub kit_tag: Hash,
}

/// What a window is given of a session: [`HandoverKey::take_over`] reads it, and whoever lays a client open.
#[derive(Encode, Decode)]
pub(super) struct Given {
    #[n(0)]
    pub(super) team: TeamId,
    #[n(1)]
    pub(super) login_name: LoginName,
    #[n(2)]
    pub(super) origin: String,
    #[n(3)]
    pub(super) secret_key: Bytes,
    #[n(4)]
    pub(super) session: SessionId,
    #[n(5)]
    pub(super) token: String,
    #[n(6)]
    pub(super) expires: Timestamp,
    #[n(7)]
    pub(super) bundle: Bytes,
    #[n(8)]
    pub(super) bundle_version: u32,
    #[n(9)]
    pub(super) identity: Bytes,
    #[n(10)]
    pub(super) key: Bytes,
    #[n(11)]
    pub(super) memory: Option<Bytes>,
}

impl Founder {
    /// Founds a team on a server.
    pub async fn found(server: &TestServer, login_name: &str) -> Self {
        let (founder, body) = Self::prepare(server, login_name);
        let api = Api::new(server.connect());
        let created = api.call::<CreateTeam>(None, &Empty {}, &Empty {}, &body, None).await.unwrap();
        assert_eq!(created.team, founder.team);
        founder
    }

    /// A founder whose team no server knows yet, and the request that would make it.
    pub fn prepare(server: &TestServer, login_name: &str) -> (Self, NewTeam) {
        let randomness = &mut OsRandom::new();
        let now = server.clock.now();
        let member = MemberId(server.surroundings().make_id());
        let login_name = LoginName::parse(login_name).unwrap();
        let mut identity = Identity::make(member, Hash::ZERO, randomness);
        let directory_key = SealingKey::make(randomness);
        let founder = MemberKeys {
            member,
            login_name: login_name.clone(),
            signing: identity.signing.public(),
            sealing: identity.wrapping.public(),
        };
        let directory = derive_commitment(&directory_key, &of_directory_commitment(&member));
        let genesis = identity.signing.sign(Statement {
            suite: SUITE,
            team: None,
            sequence: 0,
            previous: Hash::ZERO,
            author: member,
            time: now,
            body: Body::Genesis(Genesis { founder, directory }),
        });
        identity.genesis = statement_hash(&genesis);
        let team = TeamId::of_genesis(&identity.genesis);
        let record = |kind, id: ObjectId, number, payload: &[u8]| {
            let context = RecordContext {
                suite: SUITE,
                team,
                vault: VaultId::DIRECTORY,
                kind,
                id,
                parent: id,
                number,
                version: Version::FIRST,
                previous: Hash::ZERO,
                epoch: Epoch::FIRST,
                tier: Tier::Directory,
                state: RecordState::Live,
                author: member,
                position: ChainPosition { sequence: 0, hash: identity.genesis },
                time: now,
            };
            let under = SealUnder::Key(&directory_key);
            seal_record(context, payload, &under, &identity.signing, &mut OsRandom::new()).unwrap().to_wire()
        };
        let name = TeamDetails { name: format!("team of {login_name}") }.to_bytes().unwrap();
        let profile = ProfileDetails { full_name: format!("{login_name} in full"), ..Default::default() };
        let (login_key, lock_key) = (SigningKey::make(randomness), SealingKey::make(randomness));
        let bundle = identity.seal(&lock_key, &team, 1, randomness).unwrap().to_wire();
        let info = of_directory_envelope(&team, &member);
        let directory_envelope =
            hpke::wrap(&identity.wrapping.public(), &info, &[], directory_key.expose(), randomness).unwrap();
        let secret_key = SecretKey::make(randomness);
        let kit_tag = sealward_client::session::kit_tag(&secret_key, &team);
        let body = NewTeam {
            genesis: genesis.to_wire(),
            login_key: login_key.public(),
            kit_tag,
            bundle,
            directory_envelope: Bytes(directory_envelope.into_bytes()),
            team_record: record(RecordKind::Team, team.object(), Number(0), &name),
            profile_record: record(RecordKind::Profile, member.object(), Number(1), &profile.to_bytes().unwrap()),
            setup_code: None,
        };
        (Self { team, login_name, identity, login_key, lock_key, secret_key, kit_tag }, body)
    }

    /// Signs in on the server, by hand.
    pub async fn sign_in(&self, server: &TestServer) -> SessionCreated {
        self.try_sign_in(server).await.unwrap()
    }

    /// The same, where it may be refused: by the limits, or as wrong.
    pub async fn try_sign_in(&self, server: &TestServer) -> Result<SessionCreated, Option<Rejection>> {
        let api = Api::new(server.connect());
        let challenge_for = ChallengeFor { team: self.team, login_name: self.login_name.clone() };
        let challenge = api.call::<CreateChallenge>(None, &Empty {}, &Empty {}, &challenge_for, None).await;
        let body = self.answer(challenge.map_err(rejection)?.nonce);
        api.call::<CreateSession>(None, &Empty {}, &Empty {}, &body, None).await.map_err(rejection)
    }

    /// The right answer to a challenge.
    pub fn answer(&self, nonce: Hash) -> NewSession {
        let sign_in = SignIn {
            suite: SUITE,
            origin: ORIGIN.to_owned(),
            team: self.team,
            login_name: self.login_name.clone(),
            nonce,
        };
        NewSession {
            sign_in: self.login_key.sign(sign_in).to_wire(),
            kit_tag: self.kit_tag,
            device: "a device".to_owned(),
        }
    }

    /// An open session of the real client over a wire.
    pub async fn session(&self, server: &TestServer, wire: &InProcess) -> Session<InProcess> {
        self.session_with(server, wire, None).await
    }

    /// The same on a device that remembers something.
    pub async fn session_with(
        &self,
        server: &TestServer,
        wire: &InProcess,
        memory: Option<Vec<u8>>,
    ) -> Session<InProcess> {
        let created = self.sign_in(server).await;
        self.take_over(server, wire, &created, memory)
    }

    /// The real client with a session that was begun by hand.
    pub fn take_over(
        &self,
        server: &TestServer,
        wire: &InProcess,
        created: &SessionCreated,
        memory: Option<Vec<u8>>,
    ) -> Session<InProcess> {
        super::note_login(self.identity.member, &self.login_key);
        let randomness = &mut OsRandom::new();
        let key = SealingKey::make(randomness);
        let identity = self.identity.seal(&key, &self.team, created.bundle_version, randomness).unwrap();
        let given = Given {
            team: self.team,
            login_name: self.login_name.clone(),
            origin: ORIGIN.to_owned(),
            secret_key: Bytes(self.secret_key.expose().to_vec()),
            session: created.session,
            token: created.token.expose().to_owned(),
            expires: created.expires,
            bundle: created.bundle.clone(),
            bundle_version: created.bundle_version,
            identity: identity.to_wire(),
            key: Bytes(key.expose().to_vec()),
            memory: memory.map(Bytes),
        };
        let handover = HandoverKey::make(&server.surroundings());
        let info = Label::WindowHandover.join(&[]);
        let envelope = hpke::wrap(&handover.request(), &info, &[], &codec::encode(&given), randomness).unwrap();
        handover
            .take_over(Api::new(wire.clone()), server.surroundings(), envelope.as_bytes())
            .unwrap_or_else(|_| panic!("the client does not take the session over"))
    }
}

fn rejection<E>(error: CallError<E>) -> Option<Rejection> {
    match error {
        CallError::Rejected(rejection) => Some(rejection),
        _ => None,
    }
}
