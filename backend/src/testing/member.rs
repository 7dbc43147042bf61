//! A member with keys, a session, and what it knows of team and vaults.

use std::collections::HashMap;

use ed25519_dalek::{Signer, SigningKey};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, EpochKeys, Genesis, Grant, MemberKeys, NewVault, SignedStatement, Statement, TeamState, VaultKind,
        VaultRole,
    },
    crypto::{Hash, SealingPublicKey, Signature, Signed, SignedKind, VerifyingKey, context::Label},
    ids::{MemberId, Number, TeamId, VaultId},
    operations::{self, Empty, TeamPath, records::Written, session, team, vault},
    record::{Head, HeadRest, RecordKind, SignedHead, Tree},
    session::SignIn,
    suite::SUITE,
    text::LoginName,
};

use super::{Draft, ORIGIN, Refused, World, sealed};

pub const KIT_TAG: Hash = Hash([3; 32]);

/// What only the member has.
pub struct Secrets {
    pub signing: SigningKey,
    pub login: SigningKey,
}

/// A member who signed in.
pub struct Member {
    pub id: MemberId,
    pub name: LoginName,
    pub team: TeamId,
    pub secrets: Secrets,
    pub state: TeamState,
    pub token: String,
    pub vaults: HashMap<VaultId, Known>,
}

/// What a member knows of a vault.
#[derive(Clone, Default)]
pub struct Known {
    pub sequence: u64,
    pub head: Option<Hash>,
    pub tree: Tree,
}

pub fn sign<T: SignedKind>(key: &SigningKey, value: T) -> Signed<T> {
    let bytes = sealward_contract::codec::encode(&value);
    let signature = sign_bytes(key, T::LABEL, &bytes);
    Signed::new(value, signature)
}

pub fn sign_bytes(key: &SigningKey, label: Label, bytes: &[u8]) -> Signature {
    Signature(key.sign(&label.join(&[bytes])).to_bytes())
}

/// Small coefficients make a sound key.
fn sealing_key(world: &World) -> SealingPublicKey {
    SealingPublicKey(world.bytes().map(|byte| byte & 7))
}

pub fn public(key: &SigningKey) -> VerifyingKey {
    VerifyingKey(key.verifying_key().to_bytes())
}

impl World {
    /// Makes a team and signs its founder in.
    pub async fn found(&self, name: &str) -> Member {
        let mut member = self.draft_founder(name);
        let new = self.new_team(&member);
        let made = self.call::<team::CreateTeam>(None, &Empty {}, &Empty {}, &new).await.unwrap();
        assert_eq!((made.team, made.founder), (member.team, member.id));
        member.token = self.sign_in(&member).await.unwrap().token.expose().to_owned();
        member
    }

    /// A founder of a team that is not made yet.
    pub fn draft_founder(&self, name: &str) -> Member {
        let secrets =
            Secrets { signing: SigningKey::from_bytes(&self.bytes()), login: SigningKey::from_bytes(&self.bytes()) };
        let name = LoginName::parse(name).unwrap();
        let id = MemberId(self.bytes());
        let keys = MemberKeys {
            member: id,
            login_name: name.clone(),
            signing: public(&secrets.signing),
            sealing: sealing_key(self),
        };
        let statement = Statement {
            suite: SUITE,
            team: None,
            sequence: 0,
            previous: Hash::ZERO,
            author: id,
            time: self.now(),
            body: Body::Genesis(Genesis { founder: keys, directory: Hash(self.bytes()) }),
        };
        let genesis = sign(&secrets.signing, statement);
        let state = TeamState::found(&genesis).unwrap();
        let mut member =
            Member { id, name, team: state.team(), secrets, state, token: String::new(), vaults: HashMap::new() };
        member.vaults.insert(VaultId::DIRECTORY, Known::default());
        GENESES.with_borrow_mut(|geneses| geneses.insert(member.team, genesis.to_wire()));
        member
    }

    pub fn new_team(&self, member: &Member) -> team::NewTeam {
        let record = |kind, id| {
            let draft = Draft { vault: VaultId::DIRECTORY, ..Draft::new(kind, id, id, Number(0)) };
            sealed(self, member, draft).to_wire()
        };
        team::NewTeam {
            genesis: GENESES.with_borrow(|geneses| geneses[&member.team].clone()),
            login_key: public(&member.secrets.login),
            kit_tag: KIT_TAG,
            bundle: Bytes(vec![7; 300]),
            directory_envelope: Bytes(vec![8; 300]),
            team_record: record(RecordKind::Team, member.team.object()),
            profile_record: record(RecordKind::Profile, member.id.object()),
            setup_code: None,
        }
    }

    pub async fn sign_in(&self, member: &Member) -> Result<session::SessionCreated, Refused> {
        let wanted = session::ChallengeFor { team: member.team, login_name: member.name.clone() };
        let challenge = self.call::<session::CreateChallenge>(None, &Empty {}, &Empty {}, &wanted).await?;
        let sign_in = SignIn {
            suite: SUITE,
            origin: ORIGIN.to_owned(),
            team: member.team,
            login_name: member.name.clone(),
            nonce: challenge.nonce,
        };
        let sign_in = sign(&member.secrets.login, sign_in).to_wire();
        let new = session::NewSession { sign_in, kit_tag: KIT_TAG, device: "test".to_owned() };
        self.call::<session::CreateSession>(None, &Empty {}, &Empty {}, &new).await
    }
}

thread_local! {
    static GENESES: std::cell::RefCell<HashMap<TeamId, Bytes>> = std::cell::RefCell::default();
}

impl Member {
    pub fn path(&self) -> TeamPath {
        TeamPath { team: self.team }
    }

    pub fn vault_path(&self, vault: VaultId) -> operations::VaultPath {
        operations::VaultPath { team: self.team, vault }
    }

    pub fn object_path(&self, vault: VaultId, id: sealward_contract::ids::ObjectId) -> operations::ObjectPath {
        operations::ObjectPath { team: self.team, vault, id }
    }

    /// A statement that follows what this member knows.
    pub fn statement(&self, world: &World, body: Body) -> SignedStatement {
        let position = self.state.position();
        let statement = Statement {
            suite: SUITE,
            team: Some(self.team),
            sequence: position.sequence + 1,
            previous: position.hash,
            author: self.id,
            time: world.now(),
            body,
        };
        sign(&self.secrets.signing, statement)
    }

    pub fn keys(&self, world: &World) -> EpochKeys {
        EpochKeys { catalog: Hash(world.bytes()), open: Hash(world.bytes()), guarded: sealing_key(world) }
    }

    pub fn envelope(&self) -> vault::Envelope {
        vault::Envelope { recipient: self.id, sealed: Bytes(vec![9; 400]) }
    }

    /// The head that brings in these leaves.
    pub fn head(&self, world: &World, vault: VaultId, leaves: &[sealward_contract::record::Leaf]) -> SignedHead {
        let known = self.vaults.get(&vault).cloned().unwrap_or_default();
        let rest = HeadRest {
            suite: SUITE,
            team: self.team,
            vault,
            sequence: known.sequence + 1,
            root: known.tree.root_with(leaves),
            author: self.id,
            position: self.state.position(),
            time: world.now(),
        };
        sign(&self.secrets.signing, Head::new(known.head.unwrap_or(Hash::ZERO), rest))
    }

    /// What is known after a head was taken.
    pub fn taken(&mut self, vault: VaultId, head: &Head, leaves: &[sealward_contract::record::Leaf]) {
        let known = self.vaults.entry(vault).or_default();
        known.sequence = head.sequence;
        known.head = Some(head.hash());
        for leaf in leaves {
            known.tree.put(*leaf);
        }
        assert_eq!(known.tree.root(), head.rest.root);
    }

    /// A new vault of this member.
    pub fn new_vault(&mut self, world: &World) -> (VaultId, vault::NewVault, Head, sealward_contract::record::Leaf) {
        self.new_vault_with(world, VaultId(world.bytes()))
    }

    /// A new vault with this id.
    pub fn new_vault_with(
        &mut self,
        world: &World,
        vault: VaultId,
    ) -> (VaultId, vault::NewVault, Head, sealward_contract::record::Leaf) {
        let grants = vec![Grant { member: self.id, role: VaultRole::Custodian }];
        let new = NewVault { vault, kind: VaultKind::Shared, keys: self.keys(world), grants };
        let statement = self.statement(world, Body::NewVault(new));
        self.state.apply(&statement).unwrap();
        let number = self.state.vault(&vault).unwrap().number;
        let draft = Draft { vault, ..Draft::new(RecordKind::Vault, vault.object(), vault.object(), number) };
        let record = sealed(world, self, draft);
        let leaf = super::records::leaf(&record);
        let head = self.head(world, vault, &[leaf]);
        let body = vault::NewVault {
            statement: statement.to_wire(),
            envelopes: vec![self.envelope()],
            record: record.to_wire(),
            head: head.to_wire(),
        };
        (vault, body, head.value().clone(), leaf)
    }

    pub async fn make_vault(&mut self, world: &World) -> VaultId {
        let (vault, body, head, leaf) = self.new_vault(world);
        let made = world.call::<vault::CreateVault>(Some(&self.token), &self.path(), &Empty {}, &body).await.unwrap();
        assert_eq!(made, Written { vault, sequence: 1, hash: head.hash() });
        self.taken(vault, &head, &[leaf]);
        vault
    }

    pub async fn numbers(&self, world: &World, count: u32) -> Number {
        let body = team::NumberCount { count };
        let block =
            world.call::<team::ReserveNumbers>(Some(&self.token), &self.path(), &Empty {}, &body).await.unwrap();
        assert_eq!(block.count, count);
        block.first
    }
}
