//! Puts the hashes of the built site (`dist/`, made by `cargo xtask`) into release builds, so that what a server serves can
//! be compared with them. Other builds read `dist/` when they are asked to compare.

use sha2::{Digest, Sha256};
use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut list = String::from("&[\n");
    if env::var("PROFILE")? == "release" {
        // The folder is part of the checkout, even when nothing is built: one that is missing would always count as changed.
        let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..").join("dist").canonicalize()?;
        println!("cargo::rerun-if-changed={}", dist.display());
        for file in files(&dist)? {
            let name = file.strip_prefix(&dist)?.to_string_lossy().replace('\\', "/");
            if name != ".gitignore" {
                let hash: [u8; 32] = Sha256::digest(fs::read(&file)?).into();
                writeln!(list, "    ({name:?}, {hash:?}),")?;
            }
        }
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("site.rs"), list)?;
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
