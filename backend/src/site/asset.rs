//! The files of the site: inside a release build, read from `dist/` at start in others.

use std::collections::HashMap;
use std::fmt::Write as _;

use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// Below this path a file's name carries the hash of its content.
pub const HASHED: &str = "/assets/";

/// Path and bytes of every file of `dist/`; those ending in `.br` are the compressed form of their neighbour.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// One file in the forms that it is served in.
pub struct Asset {
    pub identity: Content,
    pub brotli: Option<Content>,
    kind: &'static str,
    caching: &'static str,
}

/// One form of a file, with its entity tag (in quotes).
pub struct Content {
    pub bytes: Bytes,
    pub tag: String,
    brotli: bool,
}

/// All files by the path that a browser asks for.
pub struct Assets {
    by_path: HashMap<String, Asset>,
}

impl Assets {
    /// The site of this build; empty when it was compiled without one.
    pub fn built() -> Self {
        #[cfg(debug_assertions)]
        if EMBEDDED.is_empty() {
            return Self::of(on_disk::read());
        }
        Self::of(EMBEDDED.iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from_static(bytes))).collect())
    }

    /// A site of these files by name.
    pub fn of(mut files: HashMap<String, Bytes>) -> Self {
        let names: Vec<String> = files.keys().filter(|name| !name.ends_with(".br")).cloned().collect();
        let by_path = names.into_iter().filter_map(|name| {
            let brotli = files.remove(&format!("{name}.br"));
            let asset = Asset::new(&name, files.remove(&name)?, brotli);
            Some((if name == "index.html" { "/".to_owned() } else { format!("/{name}") }, asset))
        });
        Self { by_path: by_path.collect() }
    }

    pub fn find(&self, path: &str) -> Option<&Asset> {
        self.by_path.get(path)
    }
}

impl Asset {
    fn new(name: &str, identity: Bytes, brotli: Option<Bytes>) -> Self {
        let hashed = HASHED.strip_prefix('/').is_some_and(|folder| name.starts_with(folder));
        Self {
            identity: Content::new(identity, false),
            brotli: brotli.map(|bytes| Content::new(bytes, true)),
            kind: kind(name),
            caching: if hashed { "public, max-age=31536000, immutable" } else { "no-cache" },
        }
    }

    /// What describes this file when it is sent as `content`.
    pub fn headers(&self, content: &Content) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
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
    fn new(bytes: Bytes, brotli: bool) -> Self {
        let mut tag = String::from("\"");
        for byte in Sha256::digest(&bytes).iter().take(16) {
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        Self { bytes, tag, brotli }
    }
}

fn kind(name: &str) -> &'static str {
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
    use std::collections::HashMap;
    use std::path::Path;
    use std::{fs, io};

    use bytes::Bytes;

    pub fn read() -> HashMap<String, Bytes> {
        let mut files = HashMap::new();
        let dist = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist"));
        if let Err(error) = add(dist, "", &mut files) {
            tracing::warn!(%error, "the built site cannot be read");
            files.clear();
        }
        files
    }

    fn add(folder: &Path, prefix: &str, files: &mut HashMap<String, Bytes>) -> io::Result<()> {
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
