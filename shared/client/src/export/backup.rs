//! The encrypted backup: an archive's items under a password, in parts that are sealed one by one, so that a large one
//! needs no second copy in memory. `docs/backup-file.md` has every byte.

use super::{archive::Archive, items::BadItems};
use crate::{
    crypto::{
        password::{OutOfMemory, stretch_for_backup},
        randomness::CryptoRng,
        sealing::{Sealed, SealingKey, open, seal},
    },
    model::{SecretText, Unwritable},
};
use sealward_contract::{
    crypto::{Hash, context::of_backup_part},
    suite::{SUITE, is_sealed_length},
};
use zeroize::Zeroizing;

/// What a backup begins with.
pub const MAGIC: &[u8; 8] = b"SEALWARD";
/// Bytes of items in one part; the last has what is left.
const PART: usize = 1024 * 1024;
/// Magic, suite, salt.
const HEADER: usize = 8 + 1 + 32;
/// Length, salt and commitment before the sealed bytes of a part.
const PART_HEADER: usize = 4 + 32 + 32;

/// A backup cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// No backup at all, or cut off.
    #[error("no whole backup")]
    Malformed,
    /// Written by a newer program.
    #[error("a newer backup")]
    Newer,
    /// The password is wrong; or the very beginning was changed, which cannot be told from it.
    #[error("wrong password")]
    WrongPassword,
    /// A part was changed, exchanged or left out.
    #[error("damaged")]
    Damaged,
    /// There are not the 64 MiB that stretching a password takes.
    #[error("not enough memory")]
    OutOfMemory,
}

impl From<OutOfMemory> for BackupError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<BadItems> for BackupError {
    fn from(bad: BadItems) -> Self {
        match bad {
            BadItems::Malformed => Self::Damaged,
            BadItems::Newer => Self::Newer,
        }
    }
}

/// A backup cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwritableBackup {
    /// A payload breaks a rule.
    #[error(transparent)]
    Payload(#[from] Unwritable),
    /// There are not the 64 MiB that stretching a password takes.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
}

/// Whether a file is a backup, by how it begins.
#[must_use]
pub fn is_backup(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Writes a backup.
///
/// # Errors
/// [`UnwritableBackup`].
pub fn write(
    archive: &Archive,
    password: &SecretText,
    randomness: &mut dyn CryptoRng,
) -> Result<Vec<u8>, UnwritableBackup> {
    Ok(seal_items(&archive.to_items()?, password, randomness)?)
}

/// Writes a backup of items that [`Archive::to_items`] made: for whoever has them already, and no room for a second copy.
///
/// # Errors
/// [`OutOfMemory`].
pub fn seal_items(items: &[u8], password: &SecretText, randomness: &mut dyn CryptoRng) -> Result<Vec<u8>, OutOfMemory> {
    let mut salt = [0; 32];
    randomness.fill_bytes(&mut salt);
    let key = stretch_for_backup(password.expose(), &salt)?;
    let mut file = Vec::with_capacity(HEADER + items.len() + items.len() / 8 + PART_HEADER);
    file.extend_from_slice(MAGIC);
    file.push(SUITE);
    file.extend_from_slice(&salt);
    let last = items.len().div_ceil(PART).saturating_sub(1);
    for (number, part) in items.chunks(PART).enumerate() {
        seal_part(&mut file, &key, &salt, (number, number == last), part, randomness);
    }
    Ok(file)
}

fn seal_part(
    file: &mut Vec<u8>,
    key: &SealingKey,
    salt: &[u8; 32],
    (number, is_last): (usize, bool),
    part: &[u8],
    randomness: &mut dyn CryptoRng,
) {
    let context = of_backup_part(salt, number as u64, is_last);
    // A part is far shorter than what cannot be sealed.
    let Ok(Sealed { salt, commitment, bytes }) = seal(key, &context, part, randomness) else { return };
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(&salt.0);
    file.extend_from_slice(&commitment.0);
    file.extend_from_slice(&bytes);
}

/// Reads a backup.
///
/// # Errors
/// [`BackupError`].
pub fn read(file: &[u8], password: &SecretText) -> Result<Archive, BackupError> {
    let rest = file.strip_prefix(MAGIC).ok_or(BackupError::Malformed)?;
    let (suite, rest) = rest.split_first().ok_or(BackupError::Malformed)?;
    if *suite != SUITE {
        return Err(BackupError::Newer);
    }
    let (salt, mut rest) = rest.split_first_chunk::<32>().ok_or(BackupError::Malformed)?;
    let key = stretch_for_backup(password.expose(), salt)?;
    let mut items = Zeroizing::new(Vec::with_capacity(rest.len()));
    let mut number = 0;
    while !rest.is_empty() {
        let (sealed, after) = next_part(rest)?;
        let is_last = after.is_empty();
        let opened = open(&key, &of_backup_part(salt, number, is_last), &sealed);
        // The first part tells whether the password is right: a key that is not its own does not open any.
        let wrong = if number == 0 { BackupError::WrongPassword } else { BackupError::Damaged };
        let part = opened
            .map_err(|_| if is_first_of_more(&key, salt, &sealed, number) { BackupError::Damaged } else { wrong })?;
        if part.len() > PART || (!is_last && part.len() != PART) {
            return Err(BackupError::Damaged);
        }
        items.extend_from_slice(&part);
        (rest, number) = (after, number + 1);
    }
    Ok(Archive::from_items(&items)?)
}

/// Whether the first part opens as one that has others after it: then the password is right, and they are missing.
fn is_first_of_more(key: &SealingKey, salt: &[u8; 32], sealed: &Sealed, number: u64) -> bool {
    let commits = |is_last| {
        let context = of_backup_part(salt, 0, is_last);
        crate::crypto::sealing::is_key_of(key, &context, &sealed.salt, &sealed.commitment)
    };
    number == 0 && (commits(false) || commits(true))
}

fn next_part(bytes: &[u8]) -> Result<(Sealed, &[u8]), BackupError> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(BackupError::Malformed)?;
    let (salt, rest) = rest.split_first_chunk::<32>().ok_or(BackupError::Malformed)?;
    let (commitment, rest) = rest.split_first_chunk::<32>().ok_or(BackupError::Malformed)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BackupError::Malformed)?;
    let (sealed, rest) = rest.split_at_checked(length).ok_or(BackupError::Malformed)?;
    if !is_sealed_length(length) {
        return Err(BackupError::Malformed);
    }
    Ok((Sealed { salt: Hash(*salt), commitment: Hash(*commitment), bytes: sealed.to_vec() }, rest))
}
