//! The kit's code: `version (4 bits) ‖ team id ‖ Secret Key` is 52 letters of base32, three more are a checksum over
//! them; five letters and their check letter make a group. So a typo is found in its group, and what the groups cannot
//! see (groups of another kit) the checksum does.

use super::alphabet::{check, letter, plain, value};
use crate::crypto::password::SecretKey;
use sealward_contract::ids::TeamId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Groups in a code.
pub const GROUPS: usize = 11;
/// Letters in a group, its check letter included.
pub(super) const GROUP: usize = 6;
const DATA: usize = GROUP - 1;
const LETTERS: usize = GROUPS * GROUP;
/// Letters that carry version, team and key; the checksum follows.
const PAYLOAD: usize = 52;
const CHECKSUM: usize = GROUPS * DATA - PAYLOAD;
const VERSION: u8 = 1;
const LABEL: &[u8] = b"sealward emergency kit 1";

/// Why a text is not a kit. No variant holds any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kit_error")]
pub enum KitError {
    /// There is no code in it.
    #[error("no kit code")]
    Empty,
    /// A group, counted from 1, has a typo.
    #[error("group {number} has a typo")]
    WrongGroup {
        /// Which one.
        number: u8,
    },
    /// It ends too early; what is there is right.
    #[error("only {groups} groups are complete")]
    Incomplete {
        /// How many groups are complete.
        groups: u8,
    },
    /// More letters than a code has.
    #[error("longer than a kit code")]
    TooLong,
    /// Every group is right in itself, but not all are of one kit.
    #[error("the groups are not of one kit")]
    WrongChecksum,
    /// A kit of a newer Sealward.
    #[error("a kit of a newer version")]
    Newer,
}

/// How far one group is, while it is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// Not all letters are there.
    Unfinished,
    /// Its check letter agrees.
    Right,
    /// Its check letter disagrees, or it has letters that no code has.
    Wrong,
}

/// Writes the code, groups by dashes.
pub(super) fn write(team: &TeamId, key: &SecretKey) -> Zeroizing<String> {
    let mut values = Zeroizing::new(Vec::with_capacity(GROUPS * DATA));
    let mut bits = Bits::default();
    bits.push(u32::from(VERSION), 4, &mut values);
    for &byte in team.0.iter().chain(key.expose()) {
        bits.push(u32::from(byte), 8, &mut values);
    }
    let sum = checksum(&values);
    values.extend_from_slice(&sum);

    let mut text = Zeroizing::new(String::with_capacity(LETTERS + GROUPS));
    for (number, group) in (1..).zip(values.chunks(DATA)) {
        if number > 1 {
            text.push('-');
        }
        text.extend(group.iter().map(|&value| letter(value)));
        text.push(letter(check(number, group)));
    }
    text
}

/// Reads a code that may have any case, any or no separators, and letters that look alike.
pub(super) fn read(text: &str) -> Result<(TeamId, SecretKey), KitError> {
    let text = plain(text);
    let groups = split(&text);
    if groups.is_empty() {
        return Err(KitError::Empty);
    }
    let mut values = Zeroizing::new(Vec::with_capacity(GROUPS * DATA));
    for (at, group) in groups.iter().take(GROUPS).enumerate() {
        let last = at + 1 == groups.len();
        let number = u8::try_from(at + 1).unwrap_or(u8::MAX);
        match read_group(number, group, &mut values) {
            GroupState::Right => {}
            GroupState::Unfinished if last => return Err(KitError::Incomplete { groups: number - 1 }),
            GroupState::Unfinished | GroupState::Wrong => return Err(KitError::WrongGroup { number }),
        }
    }
    if groups.len() < GROUPS {
        return Err(KitError::Incomplete { groups: u8::try_from(groups.len()).unwrap_or(u8::MAX) });
    }
    if groups.len() > GROUPS {
        return Err(KitError::TooLong);
    }
    let (payload, sum) = values.split_at_checked(PAYLOAD).ok_or(KitError::WrongChecksum)?;
    if checksum(payload) != sum {
        return Err(KitError::WrongChecksum);
    }
    unpack(payload)
}

/// The state of each group of a code in the making, in order; at most [`GROUPS`].
pub fn states(text: &str) -> Vec<GroupState> {
    let text = plain(text);
    let groups = split(&text);
    let mut values = Zeroizing::new(Vec::with_capacity(GROUPS * DATA));
    (1..).zip(groups.iter().take(GROUPS)).map(|(number, group)| read_group(number, group, &mut values)).collect()
}

/// Groups as the person separated them, if that makes groups of six: then one letter too few or too many is found in
/// its group. Otherwise every six letters are a group.
fn split(text: &str) -> Vec<Zeroizing<String>> {
    let parts: Vec<&str> = text.split(is_separator).filter(|part| !part.is_empty()).collect();
    let whole = parts.iter().filter(|part| part.chars().count() == GROUP).count();
    if parts.len() > 1 && whole + 2 >= parts.len() && parts.len() <= GROUPS {
        return parts.iter().map(|&part| Zeroizing::new(part.to_owned())).collect();
    }
    let mut groups = Vec::with_capacity(GROUPS);
    let mut group = Zeroizing::new(String::with_capacity(GROUP * 4));
    for letter in parts.iter().flat_map(|part| part.chars()) {
        group.push(letter);
        if group.chars().count() == GROUP {
            groups.push(core::mem::replace(&mut group, Zeroizing::new(String::with_capacity(GROUP * 4))));
        }
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

/// What people put between groups. Any other sign counts as a wrong letter, so that its group is named.
fn is_separator(sign: char) -> bool {
    sign.is_whitespace() || sign.is_control() || "-‐‑‒–—−_.,:;/|·、。，：".contains(sign)
}

fn read_group(number: u8, group: &str, values: &mut Vec<u8>) -> GroupState {
    let mut read = Zeroizing::new([0_u8; GROUP]);
    let mut count = 0;
    for letter in group.chars() {
        let (Some(place), Some(value)) = (read.get_mut(count), value(letter)) else { return GroupState::Wrong };
        *place = value;
        count += 1;
    }
    if count < GROUP {
        return GroupState::Unfinished;
    }
    let Some((&last, data)) = read.split_last() else { return GroupState::Unfinished };
    if check(number, data) != last {
        return GroupState::Wrong;
    }
    values.extend_from_slice(data);
    GroupState::Right
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM] {
    let hash = Sha256::new().chain_update(LABEL).chain_update(payload).finalize();
    let mut values = [0; CHECKSUM];
    for (value, byte) in values.iter_mut().zip(hash) {
        *value = byte & 31;
    }
    values
}

fn unpack(payload: &[u8]) -> Result<(TeamId, SecretKey), KitError> {
    // 4 bits of version, then 256 of payload: the bytes begin after the first four bits.
    let mut bytes = Zeroizing::new(Vec::with_capacity(33));
    let mut held: u32 = 0;
    let mut count = 4;
    for &value in payload {
        held = (held << 5 | u32::from(value)) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count) as u8);
        }
    }
    let (&version, rest) = bytes.split_first().ok_or(KitError::WrongChecksum)?;
    if version != VERSION {
        return Err(KitError::Newer);
    }
    let (team, key) = rest.split_first_chunk::<16>().ok_or(KitError::WrongChecksum)?;
    Ok((TeamId(*team), SecretKey::from_slice(key).ok_or(KitError::WrongChecksum)?))
}

/// Bits on their way into values of five.
#[derive(Default)]
struct Bits {
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, bits: u32, values: &mut Vec<u8>) {
        self.held = (self.held << bits | value) & 0xffff;
        self.count += bits;
        while self.count >= 5 {
            self.count -= 5;
            values.push((self.held >> self.count & 31) as u8);
        }
    }
}
