//! The files of the site: inside a release build, read from `dist/` at start in others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};

/// Below this path a file's name carries the hash of its content.
pub(crate) const HASHED: &str = "/assets/";

/// Path and bytes of every file of `dist/`; those ending in `.br` are the compressed form of their neighbour.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// One file in the forms that it is served in.
pub struct Asset {
    /// As it is.
    pub identity: Content,
    /// Compressed, where that makes it smaller.
    pub brotli: Option<Content>,
    /// Its media type.
    pub media_type: &'static str,
    caching: &'static str,
}

/// One form of a file, with its entity tag (in quotes).
pub struct Content {
    /// Its bytes.
    pub bytes: Bytes,
    tag: String,
    brotli: bool,
}

/// All files by the path that a browser asks for.
pub struct Assets {
    by_path: BTreeMap<String, Asset>,
}

impl Assets {
    /// The site of this build; empty when it was compiled without one.
    #[must_use]
    pub fn built() -> Self {
        #[cfg(debug_assertions)]
        if EMBEDDED.is_empty() {
            return Self::of(on_disk::read());
        }
        Self::of(EMBEDDED.iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from_static(bytes))).collect())
    }

    /// A site of these files by name; those ending in `.br` are the compressed form of their neighbour.
    #[must_use]
    pub fn of(mut files: BTreeMap<String, Bytes>) -> Self {
        let names: Vec<String> = files.keys().filter(|name| !name.ends_with(".br")).cloned().collect();
        let by_path = names.into_iter().filter_map(|name| {
            let brotli = files.remove(&format!("{name}.br"));
            let asset = Asset::new(&name, files.remove(&name)?, brotli);
            Some((if name == "index.html" { "/".to_owned() } else { format!("/{name}") }, asset))
        });
        Self { by_path: by_path.collect() }
    }

    /// The file at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Asset> {
        self.by_path.get(path)
    }

    /// Every file with its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.by_path.iter().map(|(path, asset)| (path.as_str(), asset))
    }

    /// How many files there are, each counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_path.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }
}

impl Asset {
    fn new(name: &str, identity: Bytes, brotli: Option<Bytes>) -> Self {
        let hashed = HASHED.strip_prefix('/').is_some_and(|folder| name.starts_with(folder));
        Self {
            identity: Content::new(identity, false),
            brotli: brotli.map(|bytes| Content::new(bytes, true)),
            media_type: media_type(name),
            caching: if hashed { "public, max-age=31536000, immutable" } else { "no-cache" },
        }
    }

    /// What describes this file when it is sent as `content`.
    #[must_use]
    pub(crate) fn headers(&self, content: &Content) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.caching));
        if self.brotli.is_some() {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if content.brotli {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        if let Ok(tag) = HeaderValue::from_str(&content.tag) {
            headers.insert(ETAG, tag);
        }
        headers
    }
}

impl Content {
    /// Whether one of these entity tags (from If-None-Match) is its own.
    pub(crate) fn is_known(&self, tag: &str) -> bool {
        tag == "*" || tag.trim_start_matches("W/") == self.tag
    }

    fn new(bytes: Bytes, brotli: bool) -> Self {
        let mut tag = String::from("\"");
        for byte in Sha256::digest(&bytes).iter().take(16) {
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        Self { bytes, tag, brotli }
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Builds for working on Sealward: the site as `cargo xtask` left it, so that a new site compiles nothing here.
#[cfg(debug_assertions)]
mod on_disk {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::{fs, io};

    use bytes::Bytes;

    pub fn read() -> BTreeMap<String, Bytes> {
        let mut files = BTreeMap::new();
        let dist = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist"));
        if add(dist, "", &mut files).is_err() {
            // A part of a site is worse than none, which is what is then said.
            files.clear();
        }
        files
    }

    fn add(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Bytes>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                add(&entry.path(), &format!("{name}/"), files)?;
            } else if name != ".gitignore" {
                files.insert(name, fs::read(entry.path())?.into());
            }
        }
        Ok(())
    }
}
