//! For tests only: what is always the same, and hexadecimal.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng, utils};
use sealward_contract::crypto::Hash;
use sealward_contract::ids::{Epoch, MemberId, Number, ObjectId, TeamId, Timestamp, VaultId, Version};
use sealward_contract::record::{ChainPosition, RecordContext, RecordKind, RecordState, Tier};
use sealward_contract::suite::SUITE;
use sha2::{Digest, Sha256};

/// 00 01 02 … fe ff 00 …, or given bytes again and again.
pub(crate) struct FixedRandomness {
    bytes: Vec<u8>,
    at: usize,
}

impl FixedRandomness {
    pub(crate) fn new() -> Self {
        Self::of((0..=255).collect())
    }

    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }
}

impl TryRng for FixedRandomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for byte in out {
            *byte = self.bytes[self.at % self.bytes.len()];
            self.at += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for FixedRandomness {}

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256, where the bytes themselves would fill the page.
pub(crate) fn digest(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// A version of one guarded secret.
pub(super) fn record(version: u32) -> RecordContext {
    RecordContext {
        suite: SUITE,
        team: TeamId([1; 16]),
        vault: VaultId([2; 16]),
        kind: RecordKind::Secret,
        id: ObjectId([3; 16]),
        parent: ObjectId([3; 16]),
        number: Number(307),
        version: Version(version),
        previous: Hash::ZERO,
        epoch: Epoch(1),
        tier: Tier::Guarded,
        state: RecordState::Live,
        author: MemberId([4; 16]),
        position: ChainPosition { sequence: 5, hash: Hash([6; 32]) },
        time: Timestamp(1_800_000_000_000),
    }
}
