//! Somebody who has keys and bytes, from wherever they come, and tries every key on every piece until nothing new opens.

use super::Someone;
use sealward_client::{
    crypto::{
        hpke::{self, Envelope, XWingSecret},
        sealing::{self, Sealed, SealingKey},
    },
    model::{Payload, SecretPayload},
};
use sealward_contract::{
    crypto::context::{Label, of_guarded_key, of_lease_secret, of_record},
    ids::{MemberId, RequestId, TeamId, VaultId},
    record::Record,
    request::LeaseContext,
};
use sealward_server::lease_keys::{LEASE_KEYS_FILE, LeaseKeys};
use std::collections::BTreeSet;

/// Shortest and longest envelope that is tried, in bytes.
const ENVELOPES: std::ops::Range<usize> = 1_136..4_096;
/// What the server seals under a key of the hour: nonce, part, tag.
const KEPT_PART: usize = 12 + 32 + 16;
/// What is to be opened: one version of a secret, and the requests by which somebody might come to it. All this is known
/// to everyone.
pub struct Target {
    pub team: TeamId,
    pub record: Record,
    pub requests: Vec<(RequestId, MemberId, LeaseContext)>,
}

/// Keys and bytes.
#[derive(Default)]
pub struct Attack {
    keys: BTreeSet<[u8; 32]>,
    seeds: BTreeSet<[u8; 32]>,
    pieces: BTreeSet<Vec<u8>>,
    of_the_hour: Vec<(LeaseKeys, Vec<u64>)>,
}

impl Attack {
    /// With all keys of somebody, and those that they hold of a vault.
    pub fn keys_of(mut self, who: &Someone, vault: VaultId) -> Self {
        self.keys.insert(*who.keys.identity.personal.expose());
        self.keys.insert(*who.keys.lock_key.expose());
        self.seeds.insert(*who.keys.identity.wrapping.expose());
        let vaults = who.vaults();
        for keys in vaults.get(&vault).into_iter().flat_map(|view| view.keys.values()) {
            self.keys.insert(*keys.catalog.expose());
            self.keys.extend(keys.open.as_ref().map(|key| *key.expose()));
            self.seeds.extend(keys.guarded.as_ref().map(|key| *key.expose()));
        }
        self
    }

    /// With bytes: whatever in them looks like something that is sealed, wrapped, or a key.
    pub fn bytes<B: AsRef<[u8]>>(mut self, all: impl IntoIterator<Item = B>) -> Self {
        for bytes in all {
            self.take(bytes.as_ref());
        }
        self
    }

    /// With what the file of the keys of the hour said at some time.
    pub fn lease_keys(mut self, file: &[u8]) -> Self {
        let folder = super::empty_folder(&format!("lease-keys-{}", self.of_the_hour.len()));
        std::fs::write(folder.join(LEASE_KEYS_FILE), file).unwrap();
        // The names of the keys: every number of eight bytes that CBOR has.
        let names = file.windows(9).filter_map(|at| match at {
            [0x1b, name @ ..] => Some(u64::from_be_bytes(name.try_into().unwrap())),
            _ => None,
        });
        self.of_the_hour.push((LeaseKeys::open(&folder).unwrap(), names.collect()));
        std::fs::remove_dir_all(&folder).unwrap();
        self
    }

    /// The strings of bytes that CBOR has, wherever they begin.
    fn take(&mut self, bytes: &[u8]) {
        for (at, head) in bytes.iter().enumerate() {
            let rest = &bytes[at + 1..];
            let (length, rest) = match (head, rest) {
                (0x58, [length, rest @ ..]) => (usize::from(*length), rest),
                (0x59, [high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
                _ => continue,
            };
            let Some(piece) = rest.get(..length) else { continue };
            let is_of_use = length == 32 || length == KEPT_PART || ENVELOPES.contains(&length);
            // Something sealed is an array of four.
            if is_of_use || (piece.first() == Some(&0x84) && Sealed::from_wire(piece).is_ok()) {
                self.pieces.insert(piece.to_vec());
                self.keys.extend(<[u8; 32]>::try_from(piece));
            }
        }
    }

    /// Takes what was opened; whether it is new.
    fn learn(&mut self, opened: &[u8]) -> bool {
        let before = (self.pieces.len(), self.keys.len(), self.seeds.len());
        self.pieces.insert(opened.to_vec());
        if let Ok(key) = <[u8; 32]>::try_from(opened) {
            self.keys.insert(key);
            self.seeds.insert(key);
        }
        self.take(opened);
        before != (self.pieces.len(), self.keys.len(), self.seeds.len())
    }

    /// Tries everything; the secret where it opens.
    pub fn opens(mut self, target: &Target) -> Option<String> {
        let context = target.record.context();
        let mut infos = vec![of_guarded_key(context)];
        let (mut contexts, mut bounds) = (Vec::new(), Vec::new());
        for (request, member, lease) in &target.requests {
            infos.push(lease.join(Label::LeaseEnvelope));
            contexts.push(lease.join(Label::LeasePart));
            contexts.push(of_lease_secret(&target.team, member, request));
            bounds.push([&target.team.0[..], &request.0].concat());
        }
        if let Some(wrapped) = target.record.wrapped_key() {
            self.pieces.insert(wrapped.0.clone());
        }
        let (mut pieces, mut keys, mut seeds) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        loop {
            let mut opened = Vec::new();
            for piece in &self.pieces {
                // What was tried before is not tried again.
                let known = pieces.contains(piece);
                let fresh_keys = || self.keys.iter().filter(|key| !(known && keys.contains(*key)));
                let fresh_seeds = || self.seeds.iter().filter(|seed| !(known && seeds.contains(*seed)));
                if ENVELOPES.contains(&piece.len()) {
                    let envelope = Envelope::from_bytes(piece.clone()).unwrap();
                    for secret in fresh_seeds().map(|seed| XWingSecret::from_slice(seed).unwrap()) {
                        let plain = infos.iter().filter_map(|info| hpke::unwrap(&secret, info, &[], &envelope).ok());
                        opened.extend(plain.map(|plain| plain.to_vec()));
                    }
                }
                if let Ok(sealed) = Sealed::from_wire(piece) {
                    for key in fresh_keys().map(|key| SealingKey::from_slice(key).unwrap()) {
                        let plain = contexts.iter().filter_map(|it| sealing::open(&key, it, &sealed).ok());
                        opened.extend(plain.map(|plain| plain.to_vec()));
                    }
                }
                if piece.len() == KEPT_PART && !known {
                    for ((keys, names), bound) in
                        self.of_the_hour.iter().flat_map(|it| bounds.iter().map(move |at| (it, at)))
                    {
                        let parts = names.iter().filter_map(|name| keys.open_sealed(*name, bound, piece));
                        opened.extend(parts.map(|part| part.0));
                    }
                }
            }
            (pieces, keys, seeds) = (self.pieces.clone(), self.keys.clone(), self.seeds.clone());
            let mut is_new = false;
            for plain in opened {
                is_new |= self.learn(&plain);
            }
            if !is_new {
                break;
            }
        }
        let header = target.record.header();
        let sealed = Sealed {
            salt: header.salt,
            commitment: header.commitment,
            bytes: target.record.payload().unwrap().0.clone(),
        };
        let keys = self.keys.iter().map(|key| SealingKey::from_slice(key).unwrap());
        let payload = keys.filter_map(|key| sealing::open(&key, &of_record(context), &sealed).ok()).next()?;
        Some(SecretPayload::from_bytes(&payload).ok().unwrap().value.expose().to_owned())
    }
}
