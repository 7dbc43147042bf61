//! The web app that a server serves, compared with the one that this program was built with: file by file, in each form
//! that browsers are given.

use crate::{connection::Http, failure::Failure, fault::Fault};
use bytes::Bytes;
use sealward_site::{Asset, Assets};

/// More than any file of the site has, in bytes.
const LARGEST: usize = 64 << 20;

/// A site: its files by the paths that browsers ask for.
pub struct Site(Assets);

impl Site {
    /// The site that this program was built with.
    ///
    /// # Errors
    /// [`Fault::NoSite`] when it was built without one.
    pub fn built() -> Result<Self, Fault> {
        let assets = Assets::built();
        if assets.is_empty() { Err(Fault::NoSite) } else { Ok(Self(assets)) }
    }

    /// A site of these files; those ending in `.br` are the compressed form of their neighbour.
    pub fn of<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name.to_owned(), Bytes::copy_from_slice(bytes)));
        Self(Assets::of(files.collect()))
    }

    /// Its files.
    #[must_use]
    pub fn into_assets(self) -> Assets {
        self.0
    }

    /// How many files there are, each counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths of what a server serves otherwise, or not at all.
    ///
    /// # Errors
    /// [`Failure::Unreachable`].
    pub async fn compare(&self, server: &Http) -> Result<Vec<String>, Failure> {
        let mut others = Vec::new();
        for (path, asset) in self.0.iter() {
            let is_same = is_served(server, path, asset, false).await? && is_served(server, path, asset, true).await?;
            if !is_same {
                others.push(path.to_owned());
            }
        }
        Ok(others)
    }
}

async fn is_served(server: &Http, path: &str, asset: &Asset, compressed: bool) -> Result<bool, Failure> {
    let given = server.get(path, if compressed { "br" } else { "identity" }, LARGEST).await;
    let given = given.map_err(|_| Failure::Unreachable)?;
    let expected = match given.encoding.as_deref() {
        None | Some("identity") => Some(&asset.identity),
        Some("br") if compressed => asset.brotli.as_ref(),
        // What was compressed by somebody else cannot be told from what was changed.
        Some(_) => None,
    };
    Ok(given.status == 200 && expected.is_some_and(|content| content.bytes == given.body))
}
