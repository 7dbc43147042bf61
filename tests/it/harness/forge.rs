//! Records, heads and statements made by hand with a member's keys: right ones, for a test to bend.

use super::{Founder, InProcess};
use sealward_client::{
    crypto::randomness::OsRandom,
    session::Session,
    vault::{SealUnder, VaultKeys, seal_record, wrap_keys},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, EpochKeys, SignedStatement, Statement, VaultRole},
    crypto::Hash,
    ids::{Epoch, Number, ObjectId, Timestamp, VaultId, Version},
    operations::{
        records::{RecordWrite, VaultWrite},
        vault::Envelope,
    },
    record::{
        ChainPosition, Head, HeadRest, Leaf, LeafKey, Record, RecordContext, RecordKind, RecordState, Tier, Tree,
    },
    suite::SUITE,
};

/// Writes into one vault on top of what a session knows.
pub struct Forge<'a> {
    pub founder: &'a Founder,
    pub session: &'a Session<InProcess>,
    pub vault: VaultId,
}

impl Forge<'_> {
    pub fn position(&self) -> ChainPosition {
        self.session.chain().unwrap().position()
    }

    pub fn now(&self) -> Timestamp {
        self.session.surroundings().now()
    }

    pub fn make_object(&self) -> ObjectId {
        ObjectId(self.session.surroundings().make_id())
    }

    /// The next version of a record, or the first.
    pub fn context(&self, key: LeafKey, parent: ObjectId, number: Number) -> RecordContext {
        let vaults = self.session.vaults();
        let leaf = vaults[&self.vault].tree().get(&key);
        let chain = self.session.chain().unwrap();
        let epoch = chain.vault(&self.vault).and_then(|vault| vault.epoch()).map_or(Epoch::FIRST, |epoch| epoch.epoch);
        RecordContext {
            suite: SUITE,
            team: self.founder.team,
            vault: self.vault,
            kind: key.kind,
            id: key.id,
            parent,
            number,
            version: leaf.map_or(Version::FIRST, |leaf| leaf.version.next().unwrap()),
            previous: leaf.map_or(Hash::ZERO, |leaf| leaf.hash),
            epoch,
            tier: if key.kind.is_secret() { Tier::Open } else { Tier::Catalog },
            state: RecordState::Live,
            author: self.founder.identity.member,
            position: chain.position(),
            time: self.now(),
        }
    }

    /// The next version of a catalog entry as it stands.
    pub fn next(&self, key: LeafKey) -> RecordContext {
        let (parent, number) = {
            let vaults = self.session.vaults();
            let context = vaults[&self.vault].entry(&key).unwrap().record().context();
            (context.parent, context.number)
        };
        self.context(key, parent, number)
    }

    /// The next versions of an account's secret and facts.
    pub fn next_secret(&self, account: ObjectId) -> [RecordContext; 2] {
        let number = self.next(LeafKey { id: account, kind: RecordKind::Account }).number;
        [RecordKind::Secret, RecordKind::Facts].map(|kind| self.context(LeafKey { id: account, kind }, account, number))
    }

    pub fn seal(&self, context: RecordContext) -> Record {
        let vaults = self.session.vaults();
        let keyring = &vaults[&self.vault].keys;
        let keys = keyring.get(&context.epoch).unwrap_or(&keyring[&Epoch::FIRST]);
        let chain = self.session.chain().unwrap();
        let guarded = &chain.vault(&self.vault).unwrap().epoch().unwrap().keys.guarded;
        let under = match context.tier {
            Tier::Catalog | Tier::Directory => SealUnder::Key(&keys.catalog),
            Tier::Open => SealUnder::Key(keys.open.as_ref().unwrap()),
            Tier::Guarded => SealUnder::Guarded(guarded),
        };
        seal_record(context, b"forged", &under, &self.founder.identity.signing, &mut OsRandom::new()).unwrap()
    }

    /// The rest of the head that brings these records in.
    pub fn rest(&self, records: &[Record]) -> HeadRest {
        let leaves: Vec<Leaf> = records.iter().map(leaf_of).collect();
        let vaults = self.session.vaults();
        let view = &vaults[&self.vault];
        HeadRest {
            suite: SUITE,
            team: self.founder.team,
            vault: self.vault,
            sequence: view.head().sequence + 1,
            root: view.tree().root_with(&leaves),
            author: self.founder.identity.member,
            position: self.position(),
            time: self.now(),
        }
    }

    /// A head over the newest one.
    pub fn sign(&self, rest: HeadRest) -> Bytes {
        let previous = self.session.vaults()[&self.vault].head().hash;
        self.sign_over(previous, rest)
    }

    pub fn sign_over(&self, previous: Hash, rest: HeadRest) -> Bytes {
        self.founder.identity.signing.sign(Head::new(previous, rest)).to_wire()
    }

    /// A whole write of one vault.
    pub fn write(&self, contexts: impl IntoIterator<Item = RecordContext>) -> VaultWrite {
        let records: Vec<Record> = contexts.into_iter().map(|context| self.seal(context)).collect();
        self.write_of(&records)
    }

    pub fn write_of(&self, records: &[Record]) -> VaultWrite {
        let head = self.sign(self.rest(records));
        VaultWrite { vault: self.vault, records: records.iter().map(Record::to_wire).collect(), head }
    }

    pub fn write_one(&self, context: RecordContext) -> RecordWrite {
        let VaultWrite { mut records, head, .. } = self.write([context]);
        RecordWrite { record: records.remove(0), head }
    }

    /// The next statement of the chain.
    pub fn state(&self, body: Body) -> SignedStatement {
        let position = self.position();
        self.founder.identity.signing.sign(Statement {
            suite: SUITE,
            team: Some(self.founder.team),
            sequence: position.sequence + 1,
            previous: position.hash,
            author: self.founder.identity.member,
            time: self.now(),
            body,
        })
    }
}

impl Founder {
    /// New keys for a vault: the public side, and the envelope to this member.
    pub fn make_keys(&self, vault: VaultId, epoch: Epoch) -> (EpochKeys, Envelope) {
        let randomness = &mut OsRandom::new();
        let keys = VaultKeys::make(randomness);
        let recipient = (&self.identity.member, &self.identity.wrapping.public());
        let role = VaultRole::Custodian;
        let sealed = wrap_keys(&[(epoch, &keys)], &self.team, &vault, epoch, recipient, role, randomness).unwrap();
        let envelope = Envelope { recipient: self.identity.member, sealed: Bytes(sealed.into_bytes()) };
        (keys.commit(&self.team, &vault, epoch).unwrap(), envelope)
    }

    /// The record and the head that a vault begins with, sealed under any key: the server cannot tell.
    pub fn first_write(&self, vault: VaultId, number: Number, position: ChainPosition, now: Timestamp) -> RecordWrite {
        let context = RecordContext {
            suite: SUITE,
            team: self.team,
            vault,
            kind: RecordKind::Vault,
            id: vault.object(),
            parent: vault.object(),
            number,
            version: Version::FIRST,
            previous: Hash::ZERO,
            epoch: Epoch::FIRST,
            tier: Tier::Catalog,
            state: RecordState::Live,
            author: self.identity.member,
            position,
            time: now,
        };
        let under = SealUnder::Key(&self.lock_key);
        let record = seal_record(context, b"forged", &under, &self.identity.signing, &mut OsRandom::new()).unwrap();
        let rest = HeadRest {
            suite: SUITE,
            team: self.team,
            vault,
            sequence: 1,
            root: Tree::default().root_with(&[leaf_of(&record)]),
            author: self.identity.member,
            position,
            time: now,
        };
        let head = self.identity.signing.sign(Head::new(Hash::ZERO, rest)).to_wire();
        RecordWrite { record: record.to_wire(), head }
    }
}

pub fn leaf_of(record: &Record) -> Leaf {
    let context = record.context();
    let key = LeafKey { id: context.id, kind: context.kind };
    Leaf { key, version: context.version, hash: record.hash() }
}
