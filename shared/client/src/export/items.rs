//! An archive as a sequence of items: what is inside a backup, and how an archive travels between the worker and the
//! program that writes files. Canonical minicbor, one item after the other (RFC 8742). A payload stands in it with the
//! bytes that it has in its record, schema number included.

use super::archive::{
    Archive, ArchivedAccount, ArchivedFile, ArchivedGroup, ArchivedResource, ArchivedVault, Container, PastSecret,
};
use crate::model::{Payload, Unreadable, Unwritable};
use minicbor::{Decode, Decoder, Encode};
use sealward_contract::ids::{ObjectId, Timestamp};
use zeroize::Zeroizing;

/// Bytes of a file in one item.
const FILE_PART: usize = 1024 * 1024;

/// One item. New kinds are added at the end; a reader that does not know one says that the file is newer.
#[derive(Encode, Decode)]
enum Item {
    /// The first one.
    #[n(0)]
    Begin {
        #[n(0)]
        team: String,
        #[n(1)]
        written: Timestamp,
    },
    #[n(1)]
    Vault {
        #[n(0)]
        id: ObjectId,
        #[n(1)]
        details: Plain,
    },
    #[n(2)]
    Group {
        #[n(0)]
        id: ObjectId,
        #[n(1)]
        parent: Container,
        #[n(2)]
        details: Plain,
    },
    #[n(3)]
    Resource {
        #[n(0)]
        id: ObjectId,
        #[n(1)]
        parent: Container,
        #[n(2)]
        details: Plain,
    },
    #[n(4)]
    Account {
        #[n(0)]
        id: ObjectId,
        #[n(1)]
        resource: usize,
        #[n(2)]
        details: Plain,
    },
    /// Of the account before it.
    #[n(5)]
    Secret {
        #[n(0)]
        payload: Plain,
    },
    /// Of the account before it; newest first.
    #[n(6)]
    PastSecret {
        #[n(0)]
        until: Timestamp,
        #[n(1)]
        payload: Plain,
    },
    /// The first bytes of a file.
    #[n(7)]
    File {
        #[n(0)]
        id: ObjectId,
        #[n(1)]
        bytes: Plain,
    },
    /// Further bytes of the file before it.
    #[n(8)]
    MoreOfFile {
        #[n(0)]
        bytes: Plain,
    },
    /// The last one.
    #[n(9)]
    End,
}

/// Bytes that may be secret: overwritten when dropped.
struct Plain(Zeroizing<Vec<u8>>);

impl<C> Encode<C> for Plain {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Plain {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self(Zeroizing::new(decoder.bytes()?.to_vec())))
    }
}

/// The items of something cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadItems {
    /// Not a sequence of items as this writes them.
    #[error("malformed")]
    Malformed,
    /// Written by a newer program.
    #[error("newer")]
    Newer,
}

impl From<Unreadable> for BadItems {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Newer { .. } => Self::Newer,
            Unreadable::TooLarge | Unreadable::Malformed => Self::Malformed,
        }
    }
}

impl Archive {
    /// The archive as a sequence of items. The buffer is made in its final size, so that no copy of a secret is left
    /// behind by growth.
    ///
    /// # Errors
    /// [`Unwritable`] when a payload breaks a rule.
    pub fn to_items(&self) -> Result<Zeroizing<Vec<u8>>, Unwritable> {
        let mut counter = Counter(0);
        self.each_item(|item| write(item, &mut counter))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(counter.0));
        self.each_item(|item| write(item, &mut *bytes))?;
        Ok(bytes)
    }

    fn each_item(&self, mut put: impl FnMut(&Item)) -> Result<(), Unwritable> {
        put(&Item::Begin { team: self.team.clone(), written: self.written });
        for ArchivedVault { id, details } in &self.vaults {
            put(&Item::Vault { id: *id, details: Plain(details.to_bytes()?) });
        }
        for ArchivedGroup { id, parent, details } in &self.groups {
            put(&Item::Group { id: *id, parent: *parent, details: Plain(details.to_bytes()?) });
        }
        for ArchivedResource { id, parent, details } in &self.resources {
            put(&Item::Resource { id: *id, parent: *parent, details: Plain(details.to_bytes()?) });
        }
        for ArchivedAccount { id, resource, details, secret, past } in &self.accounts {
            put(&Item::Account { id: *id, resource: *resource, details: Plain(details.to_bytes()?) });
            if let Some(secret) = secret {
                put(&Item::Secret { payload: Plain(secret.to_bytes()?) });
            }
            for PastSecret { until, secret } in past {
                put(&Item::PastSecret { until: *until, payload: Plain(secret.to_bytes()?) });
            }
        }
        for ArchivedFile { id, bytes } in &self.files {
            let mut parts = bytes.chunks(FILE_PART).map(|part| Plain(Zeroizing::new(part.to_vec())));
            let first = parts.next().unwrap_or_else(|| Plain(Zeroizing::default()));
            put(&Item::File { id: *id, bytes: first });
            parts.for_each(|bytes| put(&Item::MoreOfFile { bytes }));
        }
        put(&Item::End);
        Ok(())
    }

    /// Reads what [`Archive::to_items`] made.
    ///
    /// # Errors
    /// [`BadItems`].
    pub fn from_items(bytes: &[u8]) -> Result<Self, BadItems> {
        let mut archive: Option<Self> = None;
        let mut rest = bytes;
        loop {
            let (item, length) = next(rest)?;
            rest = rest.get(length..).unwrap_or_default();
            match (&mut archive, item) {
                (None, Item::Begin { team, written }) => archive = Some(Self { team, written, ..Self::default() }),
                (Some(_), Item::End) if rest.is_empty() => break,
                (Some(archive), item) => archive.take(item)?,
                (None, _) => return Err(BadItems::Malformed),
            }
        }
        archive.ok_or(BadItems::Malformed)
    }

    fn take(&mut self, item: Item) -> Result<(), BadItems> {
        match item {
            Item::Vault { id, details } => {
                self.vaults.push(ArchivedVault { id, details: Payload::from_bytes(&details.0)? });
            }
            Item::Group { id, parent, details } => {
                self.check_container(parent)?;
                self.groups.push(ArchivedGroup { id, parent, details: Payload::from_bytes(&details.0)? });
            }
            Item::Resource { id, parent, details } => {
                self.check_container(parent)?;
                self.resources.push(ArchivedResource { id, parent, details: Payload::from_bytes(&details.0)? });
            }
            Item::Account { id, resource, details } => {
                if resource >= self.resources.len() {
                    return Err(BadItems::Malformed);
                }
                let details = Payload::from_bytes(&details.0)?;
                self.accounts.push(ArchivedAccount { id, resource, details, secret: None, past: Vec::new() });
            }
            Item::Secret { payload } => {
                let account = self.accounts.last_mut().filter(|account| account.secret.is_none());
                let account = account.ok_or(BadItems::Malformed)?;
                account.secret = Some(Payload::from_bytes(&payload.0)?);
            }
            Item::PastSecret { until, payload } => {
                let account = self.accounts.last_mut().ok_or(BadItems::Malformed)?;
                account.past.push(PastSecret { until, secret: Payload::from_bytes(&payload.0)? });
            }
            Item::File { id, bytes } => self.files.push(ArchivedFile { id, bytes: bytes.0 }),
            Item::MoreOfFile { bytes } => {
                let file = self.files.last_mut().ok_or(BadItems::Malformed)?;
                file.bytes.extend_from_slice(&bytes.0);
            }
            Item::Begin { .. } | Item::End => return Err(BadItems::Malformed),
        }
        Ok(())
    }

    /// Whatever something stands in was read before it.
    fn check_container(&self, container: Container) -> Result<(), BadItems> {
        let known = match container {
            Container::Vault(vault) => vault < self.vaults.len(),
            Container::Group(group) => group < self.groups.len(),
        };
        if known { Ok(()) } else { Err(BadItems::Malformed) }
    }
}

/// Writing to these two cannot fail.
fn write<W: minicbor::encode::Write<Error = core::convert::Infallible>>(item: &Item, to: W) {
    let written: Result<(), minicbor::encode::Error<core::convert::Infallible>> = minicbor::encode(item, to);
    debug_assert!(written.is_ok(), "items encode infallibly");
}

/// Counts bytes instead of keeping them.
struct Counter(usize);

impl minicbor::encode::Write for &mut Counter {
    type Error = core::convert::Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// The next item and its length.
fn next(bytes: &[u8]) -> Result<(Item, usize), BadItems> {
    let mut decoder = Decoder::new(bytes);
    let item: Item = decoder.decode().map_err(|error| {
        let unknown = Decoder::new(bytes).array().ok().and_then(|_| bytes.get(1)).is_some_and(|kind| *kind > 9);
        if unknown && !error.is_end_of_input() { BadItems::Newer } else { BadItems::Malformed }
    })?;
    Ok((item, decoder.position()))
}
