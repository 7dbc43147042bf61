//! Puts the built site (`dist/`, made by `cargo xtask`) into release builds. It only lists files: they are compressed
//! already. Other builds read `dist/` when they start, so that a change of the site compiles nothing here again.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut list = String::from("&[\n");
    if env::var("PROFILE")? == "release" {
        // The folder is part of the checkout, even when nothing is built: one that is missing would always count as changed.
        let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../dist").canonicalize()?;
        println!("cargo::rerun-if-changed={}", dist.display());
        for file in files(&dist)? {
            let name = file.strip_prefix(&dist)?.to_string_lossy().replace('\\', "/");
            if name != ".gitignore" {
                writeln!(list, "    ({name:?}, include_bytes!({:?})),", file.display().to_string())?;
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
