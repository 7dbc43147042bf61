//! The web app that a server serves, compared with the one that this program was built with: file by file, in each form
//! that browsers are given.

use crate::{connection::Http, failure::Failure, fault::Fault};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Names and SHA-256 of every file of the site; those ending in `.br` are the compressed form of their neighbour.
static BUILT: &[(&str, [u8; 32])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// What the compressed form of a file is called.
const COMPRESSED: &str = ".br";
/// More than any file of the site has, in bytes.
const LARGEST: usize = 64 << 20;

/// A site: the hashes of its files by name.
pub struct Site(BTreeMap<String, [u8; 32]>);

impl Site {
    /// The site that this program was built with.
    ///
    /// # Errors
    /// [`Fault::NoSite`] when it was built without one.
    pub fn built() -> Result<Self, Fault> {
        let embedded = BUILT.iter().map(|(name, hash)| ((*name).to_owned(), *hash)).collect();
        let site = Self(embedded);
        #[cfg(debug_assertions)]
        let site = if site.0.is_empty() { on_disk::read() } else { site };
        if site.0.is_empty() { Err(Fault::NoSite) } else { Ok(site) }
    }

    /// A site of these files.
    pub fn of<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Self {
        Self(files.into_iter().map(|(name, bytes)| (name.to_owned(), Sha256::digest(bytes).into())).collect())
    }

    /// How many files there are, each counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names().count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| !name.ends_with(COMPRESSED))
    }

    /// The paths of what a server serves otherwise, or not at all.
    ///
    /// # Errors
    /// [`Failure::Unreachable`].
    pub async fn compare(&self, server: &Http) -> Result<Vec<String>, Failure> {
        let mut others = Vec::new();
        for name in self.names() {
            let path = if name == "index.html" { "/".to_owned() } else { format!("/{name}") };
            let is_same =
                self.is_served(server, name, &path, false).await? && self.is_served(server, name, &path, true).await?;
            if !is_same {
                others.push(path);
            }
        }
        Ok(others)
    }

    async fn is_served(&self, server: &Http, name: &str, path: &str, compressed: bool) -> Result<bool, Failure> {
        let given = server.get(path, if compressed { "br" } else { "identity" }, LARGEST).await;
        let given = given.map_err(|_| Failure::Unreachable)?;
        let expected = match given.encoding.as_deref() {
            None | Some("identity") => self.0.get(name),
            Some("br") if compressed => self.0.get(&format!("{name}{COMPRESSED}")),
            // What was compressed by somebody else cannot be told from what was changed.
            Some(_) => None,
        };
        let hash: [u8; 32] = Sha256::digest(&given.body).into();
        Ok(given.status == 200 && expected == Some(&hash))
    }
}

/// Builds for working on Sealward: the site as `cargo xtask` left it.
#[cfg(debug_assertions)]
mod on_disk {
    use super::Site;
    use std::{collections::BTreeMap, fs, io, path::Path};

    pub(super) fn read() -> Site {
        let mut files = BTreeMap::new();
        let dist = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist"));
        // Without it there is nothing to compare with, which is what is then said.
        drop(add(dist, "", &mut files));
        Site::of(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
    }

    fn add(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                add(&entry.path(), &format!("{name}/"), files)?;
            } else if name != ".gitignore" {
                files.insert(name, fs::read(entry.path())?);
            }
        }
        Ok(())
    }
}
