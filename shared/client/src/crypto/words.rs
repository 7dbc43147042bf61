//! Words that two people read to each other to know that they mean the same device: 132 bits of a hash as twelve words of
//! BIP-39's English list.

use bip39::Language;
use sealward_contract::{
    chain::DeviceKeys,
    crypto::{context::of_recovery_words, hash},
    ids::TeamId,
    text::LoginName,
};

/// How many words there are.
pub const WORDS: usize = 12;
/// Bits that one of the 2,048 words stands for.
const BITS: usize = 11;

/// The words of a device on which somebody wants to be recovered: the first 132 bits of the hash, eleven for each word.
#[must_use]
pub fn derive_words(team: &TeamId, login_name: &LoginName, device: &DeviceKeys) -> Vec<&'static str> {
    let digest = hash(&of_recovery_words(team, login_name, device));
    let list = Language::English.word_list();
    let bit = |at: usize| digest.0.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    let index = |word: usize| (0..BITS).fold(0, |index, at| index << 1 | bit(word * BITS + at));
    (0..WORDS).filter_map(|word| list.get(index(word)).copied()).collect()
}
