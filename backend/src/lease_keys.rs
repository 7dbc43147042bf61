//! Keys of the hour, under which the server's parts of grants are sealed in the data file. They live in a file of their
//! own beside it, in no backup, and each is destroyed with the last lease that needs it: what was deleted can then be
//! found in no free page and in no copy. What is approved ahead is kept for weeks, so that each part of it is sealed under a
//! key of its own: the hour's would have to stay as long, and with it what was deleted of that hour.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use minicbor::{Decode, Encode};
use sealward_contract::{bytes::Bytes, ids::Timestamp};

use crate::{
    memory::lock,
    surroundings::{Random, make_bytes},
};

/// Name of the file in the data folder.
pub const LEASE_KEYS_FILE: &str = "leases.key";

/// An hour in milliseconds.
const HOUR: u64 = 60 * 60 * 1_000;

/// What keys that are no hour's are called from: no clock comes that far.
const OWN: u64 = 1 << 63;

/// Bits of an hour's name that are drawn. Another key of the same hour, made after a backup was restored, has another name,
/// so that what began before the restoring finds its key gone.
const DRAWN: u32 = 24;

/// Bytes of a nonce of AES-GCM.
const NONCE: usize = 12;

/// The keys.
pub struct LeaseKeys {
    file: Option<PathBuf>,
    keys: Mutex<BTreeMap<u64, [u8; 32]>>,
}

#[derive(Encode, Decode)]
struct KeptKey {
    #[n(0)]
    hour: u64,
    #[cbor(n(1), with = "minicbor::bytes")]
    key: [u8; 32],
}

impl LeaseKeys {
    /// Keys that are in memory alone.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { file: None, keys: Mutex::default() }
    }

    /// The keys of a data folder.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let file = folder.join(LEASE_KEYS_FILE);
        let kept: Vec<KeptKey> = match fs::read(&file) {
            Ok(bytes) => minicbor::decode(&bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let keys = kept.into_iter().map(|kept| (kept.hour, kept.key)).collect();
        Ok(Self { file: Some(file), keys: Mutex::new(keys) })
    }

    /// What the key of a time's hour is called; it is there afterwards.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn hour(&self, now: Timestamp, random: &dyn Random) -> io::Result<u64> {
        let first = (now.0 / HOUR) << DRAWN;
        let mut keys = lock(&self.keys);
        if let Some((name, _)) = keys.range(first..first + (1 << DRAWN)).next() {
            return Ok(*name);
        }
        let drawn = u64::from(u32::from_be_bytes(make_bytes(random)) >> (u32::BITS - DRAWN));
        self.add(&mut keys, first | drawn, random)
    }

    /// A key of its own for one thing; what it is called beside those of the hours.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn own(&self, random: &dyn Random) -> io::Result<u64> {
        let mut keys = lock(&self.keys);
        let name = loop {
            let name = u64::from_be_bytes(make_bytes(random)) | OWN;
            if !keys.contains_key(&name) {
                break name;
            }
        };
        self.add(&mut keys, name, random)
    }

    /// A new key under a name that is free; without it where it cannot be kept.
    fn add(&self, keys: &mut BTreeMap<u64, [u8; 32]>, name: u64, random: &dyn Random) -> io::Result<u64> {
        keys.insert(name, make_bytes(random));
        if let Err(error) = self.keep(keys) {
            keys.remove(&name);
            return Err(error);
        }
        Ok(name)
    }

    /// Whether the key of an hour is there.
    #[must_use]
    pub fn has(&self, hour: u64) -> bool {
        lock(&self.keys).contains_key(&hour)
    }

    /// Seals something under the key of an hour; `bound` is what it belongs to.
    #[must_use]
    pub fn seal(&self, hour: u64, bound: &[u8], plain: &[u8], random: &dyn Random) -> Option<Bytes> {
        let nonce: [u8; NONCE] = make_bytes(random);
        let sealed = self.cipher(hour)?.encrypt(&nonce.into(), Payload { msg: plain, aad: bound }).ok()?;
        Some(Bytes([&nonce[..], &sealed].concat()))
    }

    /// Opens it; `None` where the key is gone, or it is something else.
    #[must_use]
    pub fn open_sealed(&self, hour: u64, bound: &[u8], sealed: &[u8]) -> Option<Bytes> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let plain = self.cipher(hour)?.decrypt(&(*nonce).into(), Payload { msg: sealed, aad: bound }).ok()?;
        Some(Bytes(plain))
    }

    /// Destroys all keys but these.
    ///
    /// # Errors
    /// The file cannot be written; the keys are then still there.
    pub fn keep_only(&self, hours: &BTreeSet<u64>) -> io::Result<()> {
        let mut keys = lock(&self.keys);
        let kept: BTreeMap<u64, [u8; 32]> =
            keys.iter().filter(|(hour, _)| hours.contains(hour)).map(|(hour, key)| (*hour, *key)).collect();
        if kept.len() < keys.len() {
            self.keep(&kept)?;
            *keys = kept;
        }
        Ok(())
    }

    fn cipher(&self, hour: u64) -> Option<Aes256Gcm> {
        Aes256Gcm::new_from_slice(lock(&self.keys).get(&hour)?).ok()
    }

    /// Writes the file anew, whole or not at all; what it said before is overwritten where it lies.
    fn keep(&self, keys: &BTreeMap<u64, [u8; 32]>) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let kept: Vec<KeptKey> = keys.iter().map(|(hour, key)| KeptKey { hour: *hour, key: *key }).collect();
        let bytes = minicbor::to_vec(&kept).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let fresh = file.with_extension("key.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut written = options.open(&fresh)?;
        written.write_all(&bytes)?;
        written.sync_all()?;
        let old = OpenOptions::new().write(true).open(file).ok();
        fs::rename(&fresh, file)?;
        if let Some(folder) = file.parent() {
            File::open(folder)?.sync_all()?;
        }
        if let Some(mut old) = old {
            let length = usize::try_from(old.metadata()?.len()).unwrap_or(0);
            old.write_all(&vec![0; length])?;
            old.sync_all()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(Mutex<u8>);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let mut next = lock(&self.0);
            *next += 1;
            bytes.fill(*next);
        }
    }

    #[test]
    fn a_key_that_is_destroyed_opens_nothing_again() {
        let folder = std::env::temp_dir().join(format!("sealward-leases-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let random = Counting(Mutex::new(0));
        let keys = LeaseKeys::open(&folder).unwrap();
        let first = keys.hour(Timestamp(HOUR), &random).unwrap();
        let second = keys.hour(Timestamp(2 * HOUR), &random).unwrap();
        assert_eq!((first >> DRAWN, second >> DRAWN), (1, 2));
        assert_eq!(keys.hour(Timestamp(HOUR + 1), &random).unwrap(), first);
        let sealed = keys.seal(first, b"request", b"part", &random).unwrap();
        assert_eq!(keys.open_sealed(first, b"request", &sealed).unwrap().0, b"part");
        assert!(keys.open_sealed(first, b"another", &sealed).is_none());
        assert!(keys.open_sealed(second, b"request", &sealed).is_none());
        // It is still there after a restart.
        assert!(LeaseKeys::open(&folder).unwrap().open_sealed(first, b"request", &sealed).is_some());
        // One of its own stays beside those of the hours, and goes without them.
        let own = keys.own(&random).unwrap();
        assert!(own > second && own != keys.own(&random).unwrap());
        let apart = keys.seal(own, b"ahead", b"part", &random).unwrap();
        keys.keep_only(&BTreeSet::from([second, own])).unwrap();
        assert_eq!(LeaseKeys::open(&folder).unwrap().open_sealed(own, b"ahead", &apart).unwrap().0, b"part");
        keys.keep_only(&BTreeSet::from([second])).unwrap();
        assert!(keys.open_sealed(own, b"ahead", &apart).is_none());
        assert!(keys.open_sealed(first, b"request", &sealed).is_none());
        let again = LeaseKeys::open(&folder).unwrap();
        assert!(!again.has(first) && again.has(second));
        // Made again within its hour, it is called otherwise.
        assert_ne!(again.hour(Timestamp(HOUR), &random).unwrap(), first);
        fs::remove_dir_all(&folder).unwrap();
    }
}
