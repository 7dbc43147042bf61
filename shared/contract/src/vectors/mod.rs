//! The bytes of suite 1, frozen: every label and context, and every kind of record, head, statement and event. All
//! were made without this code, from the protocol's words alone; a test that fails here means another suite.

mod ahead;
mod audit;
mod contexts;
mod groups;
mod heads;
mod made;
mod members;
mod records;
mod recovery;
mod requests;
mod services;
mod sessions;
mod statements;
mod team_policy;

use crate::{
    crypto::{Hash, VerifyingKey},
    ids::{MemberId, ObjectId, TeamId, Timestamp, VaultId},
    record::ChainPosition,
};

const TEAM: TeamId = TeamId([0x11; 16]);
const VAULT: VaultId = VaultId([0x22; 16]);
const MEMBER: MemberId = MemberId([0x33; 16]);
const OBJECT: ObjectId = ObjectId([0x44; 16]);
const PARENT: ObjectId = ObjectId([0x55; 16]);
const POSITION: ChainPosition = ChainPosition { sequence: 5, hash: filled(0x66) };
const TIME: Timestamp = Timestamp(1_800_000_000_000);

/// The public key of the seed 00 01 02 … 1f.
const KEY: VerifyingKey = VerifyingKey([
    0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99, 0x67, 0xe4, 0xd6,
    0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8,
]);

/// The public key of the seed 20 21 22 … 3f: an invitation's, the one in force, or a device's.
const SECOND_KEY: VerifyingKey = VerifyingKey([
    0x29, 0xac, 0xba, 0xe1, 0x41, 0xbc, 0xca, 0xf0, 0xb2, 0x2e, 0x1a, 0x94, 0xd3, 0x4d, 0x0b, 0xc7, 0x36, 0x1e, 0x52,
    0x6d, 0x0b, 0xfe, 0x12, 0xc8, 0x97, 0x94, 0xbc, 0x93, 0x22, 0x96, 0x6d, 0xd7,
]);

const fn filled(byte: u8) -> Hash {
    Hash([byte; 32])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
