//! The web app that a server serves, compared with the one that this program was built with: file by file, in each form
//! that browsers are given.

use crate::{connection::Http, failure::Failure, fault::Fault};
use bytes::Bytes;
use http::{
    HeaderMap,
    header::{self, HeaderName, HeaderValue},
};
use sealward_site::{Asset, Assets, headers};
use std::collections::BTreeSet;

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

    /// What a server serves otherwise, or not at all: paths, and `path: header` where a file is right and a header that
    /// keeps the page to itself is not.
    ///
    /// # Errors
    /// [`Failure::Unreachable`].
    pub async fn compare(&self, server: &Http) -> Result<Vec<String>, Failure> {
        let mut others = Vec::new();
        let inner = self.0.find("/").into_iter().flat_map(|page| INNER.map(|path| (path, page)));
        for (path, asset) in self.0.iter().chain(inner) {
            let forms = [ask(server, path, asset, false).await?, ask(server, path, asset, true).await?];
            if forms.iter().any(Option::is_none) {
                others.push(path.to_owned());
                continue;
            }
            let differing: BTreeSet<String> = forms.into_iter().flatten().flatten().collect();
            others.extend(differing.into_iter().map(|header| format!("{path}: {header}")));
        }
        Ok(others)
    }
}

/// Addresses of the page's own: each has to give the page, since a browser can be led to any of them.
const INNER: [&str; 4] = ["/index.html", "/sign-in", "/join", "/team/00000000-0000-4000-8000-000000000000/all"];

/// Headers that bring in what no file says.
const NEVER: [&str; 5] = ["link", "location", "refresh", "service-worker-allowed", "sourcemap"];

/// The headers that differ from what a file is to be given with; `None` where the file is another.
async fn ask(server: &Http, path: &str, asset: &Asset, compressed: bool) -> Result<Option<Vec<String>>, Failure> {
    let given = server.get(path, if compressed { "br" } else { "identity" }, LARGEST).await;
    let given = given.map_err(|_| Failure::Unreachable)?;
    let expected = match given.headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Some(&asset.identity),
        Some(b"br") if compressed => asset.brotli.as_ref(),
        // What was compressed by somebody else cannot be told from what was changed.
        Some(_) => None,
    };
    let is_same = given.status == 200 && expected.is_some_and(|content| content.bytes == given.body);
    Ok(is_same.then(|| differing(asset, &given.headers)))
}

fn differing(asset: &Asset, given: &HeaderMap) -> Vec<String> {
    let said = |name: &HeaderName, value: &str| {
        let mut all = given.get_all(name).iter();
        all.next().is_some_and(|first| first == value) && all.next().is_none()
    };
    let wanted = headers::of_page().chain([(header::CONTENT_TYPE, asset.media_type)]);
    let missing = wanted.filter(|(name, value)| !said(name, value)).map(|(name, _)| name.to_string());
    let foreign = NEVER.into_iter().filter(|name| given.contains_key(*name)).map(str::to_owned);
    missing.chain(foreign).collect()
}
