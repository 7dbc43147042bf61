//! Where things are: the checkout, the tools that later runs find again, the built site.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// What the site's programs are compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where trunk and wasm-bindgen are kept between runs and checkouts.
pub fn tools() -> Result<PathBuf> {
    let cache = match env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache"),
    };
    Ok(cache.join("sealward").join("tools"))
}

/// Everything that is compiled to wasm, apart from native code, so that neither throws away the other's work.
pub fn site_target() -> PathBuf {
    root().join("target").join("site")
}

/// The finished site, as the server embeds it.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The package of the browser tests, whose `node_modules` also bring wasm-opt.
pub fn browser_tests() -> PathBuf {
    root().join("tests").join("browser")
}

/// The server that `cargo build` makes in the folder of `profile`.
pub fn server(profile: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join(profile).join("sealward-server")
}

/// The command line that `cargo build` makes in the folder of `profile`.
pub fn command_line(profile: &str) -> PathBuf {
    server(profile).with_file_name("sealward")
}

/// An example of the tests, built by the dev profile.
pub fn example(name: &str) -> PathBuf {
    server("debug").with_file_name("examples").join(name)
}
