//! Records as a client would sign them, with padding for a payload.

use ed25519_dalek::SigningKey;
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::{Hash, context::Label, hash},
    ids::{Epoch, Number, ObjectId, VaultId, Version},
    operations::{
        Empty,
        records::{Batch, BatchWritten, VaultWrite, WriteBatch},
    },
    record::{Header, Leaf, LeafKey, Record, RecordContext, RecordKind, RecordState, Tier},
    suite::{SUITE, TAG_LENGTH, padded_length},
};

use super::{Member, Refused, World, member::sign_bytes};

/// What a record is to say.
#[derive(Clone, Debug)]
pub struct Draft {
    pub vault: VaultId,
    pub kind: RecordKind,
    pub id: ObjectId,
    pub parent: ObjectId,
    pub number: Number,
    pub version: Version,
    pub previous: Hash,
    pub state: RecordState,
    pub tier: Tier,
    pub epoch: Epoch,
    pub length: usize,
}

impl Draft {
    pub fn new(kind: RecordKind, id: ObjectId, parent: ObjectId, number: Number) -> Self {
        let tier = match kind {
            RecordKind::Team | RecordKind::Profile | RecordKind::Group => Tier::Directory,
            RecordKind::Secret | RecordKind::Facts => Tier::Open,
            _ => Tier::Catalog,
        };
        Self {
            vault: VaultId::DIRECTORY,
            kind,
            id,
            parent,
            number,
            version: Version::FIRST,
            previous: Hash::ZERO,
            state: RecordState::Live,
            tier,
            epoch: Epoch::FIRST,
            length: 200,
        }
    }
}

/// The version after a record.
pub fn next(record: &Record) -> Draft {
    let context = record.context();
    Draft {
        vault: context.vault,
        kind: context.kind,
        id: context.id,
        parent: context.parent,
        number: context.number,
        version: context.version.next().unwrap(),
        previous: record.hash(),
        state: context.state,
        tier: context.tier,
        epoch: context.epoch,
        length: 200,
    }
}

/// Seals and signs.
pub fn sealed(world: &World, member: &Member, draft: Draft) -> Record {
    signed_by(world, member, &member.secrets.signing, draft)
}

/// Seals, and signs with a key that need not be the author's.
pub fn signed_by(world: &World, member: &Member, key: &SigningKey, draft: Draft) -> Record {
    let mut payload = vec![0; padded_length(draft.length) + TAG_LENGTH];
    payload[..32].copy_from_slice(&world.bytes::<32>());
    let wrapped = (draft.tier == Tier::Guarded).then(|| Bytes(vec![5; 1_200]));
    let header = Header {
        context: RecordContext {
            suite: SUITE,
            team: member.team,
            vault: draft.vault,
            kind: draft.kind,
            id: draft.id,
            parent: draft.parent,
            number: draft.number,
            version: draft.version,
            previous: draft.previous,
            epoch: draft.epoch,
            tier: draft.tier,
            state: draft.state,
            author: member.id,
            position: member.state.position(),
            time: world.now(),
        },
        salt: Hash(world.bytes()),
        commitment: Hash(world.bytes()),
        wrapped_key: wrapped.as_ref().map_or(Hash::ZERO, |key| hash(key)),
        payload: hash(&payload),
    };
    let signature = sign_bytes(key, Label::Record, &codec::encode(&header));
    Record::new(header, signature, wrapped, Bytes(payload))
}

pub fn leaf(record: &Record) -> Leaf {
    let context = record.context();
    Leaf { key: LeafKey { id: context.id, kind: context.kind }, version: context.version, hash: record.hash() }
}

impl Member {
    /// A batch of one vault that follows what this member knows.
    pub fn batch(&self, world: &World, vault: VaultId, records: &[Record]) -> Batch {
        let leaves: Vec<Leaf> = records.iter().map(leaf).collect();
        let head = self.head(world, vault, &leaves).to_wire();
        let records = records.iter().map(Record::to_wire).collect();
        Batch { writes: vec![VaultWrite { vault, records, head }] }
    }

    pub async fn write(&mut self, world: &World, vault: VaultId, records: &[Record]) -> Result<BatchWritten, Refused> {
        let batch = self.batch(world, vault, records);
        let written = world.call::<WriteBatch>(Some(&self.token), &self.path(), &Empty {}, &batch).await?;
        let leaves: Vec<Leaf> = records.iter().map(leaf).collect();
        let head = self.head(world, vault, &leaves);
        self.taken(vault, head.value(), &leaves);
        assert_eq!(written.written[0].hash, head.value().hash());
        Ok(written)
    }

    /// Drafts of a resource, an account on it, its secret and facts.
    pub fn drafts(&self, world: &World, vault: VaultId, first: Number) -> Vec<Draft> {
        let (resource, account) = (ObjectId(world.bytes()), ObjectId(world.bytes()));
        let second = Number(first.0 + 1);
        [
            Draft::new(RecordKind::Resource, resource, vault.object(), first),
            Draft::new(RecordKind::Account, account, resource, second),
            Draft::new(RecordKind::Secret, account, account, second),
            Draft::new(RecordKind::Facts, account, account, second),
        ]
        .into_iter()
        .map(|draft| Draft { vault, ..draft })
        .collect()
    }

    pub fn seal(&self, world: &World, drafts: &[Draft]) -> Vec<Record> {
        drafts.iter().map(|draft| sealed(world, self, draft.clone())).collect()
    }
}
