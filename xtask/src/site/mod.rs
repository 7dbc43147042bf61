//! The site: Trunk compiles the wasm programs, wasm-opt shrinks them when it is there, and `assembly` makes the
//! folder `dist/` that the server embeds. What did not change keeps its time stamp, so nothing is built twice.

mod assembly;
mod compression;
mod digest;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{cores, shell, tools, workspace};

#[derive(Args)]
pub struct Options {
    /// Quick to build and large, for working on it
    #[arg(long)]
    quick: bool,
}

pub fn run(options: &Options) -> Result<()> {
    build(if options.quick { Build::Quick } else { Build::Full })
}

/// How the site is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Quick to build, large: for working on it.
    Quick,
    /// Small and compressed: what people get.
    Full,
}

/// The wasm programs, and whether the page itself or a worker runs them.
const PROGRAMS: [&str; 7] = ["page", "worker", "strength", "reader", "keys", "writer", "viewer"];

/// Those of them that the worker loads when they are needed.
const LATER: [&str; 5] = ["strength", "reader", "keys", "writer", "viewer"];

/// Builds the site into `dist/`.
pub fn build(build: Build) -> Result<()> {
    tools::install_for_site()?;
    shell::say(match build {
        Build::Quick => "Building the site, quick and large (2 minutes the first time, seconds later)",
        Build::Full => "Building the site (5 to 10 minutes the first time, 2 after a change)",
    });
    link(build)?;
    let trunk = workspace::tools()?.join("bin").join("trunk");
    let mut compile = shell::command(trunk)?;
    compile
        .args(["build", "--skip-version-check"])
        .env("CARGO_TARGET_DIR", workspace::site_target())
        .env_remove("NO_COLOR");
    if build == Build::Full {
        compile.args(["--cargo-profile", "site"]);
    }
    shell::run(&mut compile)?;
    let compiled = workspace::site_target().join("trunk");
    if build == Build::Full {
        shrink(&compiled)?;
    }
    assembly::assemble(&compiled, build)
}

/// All programs by one call, so that they are linked side by side, each on a core of its own: Trunk, which finds them done,
/// would ask for one after the other.
fn link(build: Build) -> Result<()> {
    let mut link = shell::cargo()?;
    link.args(["build", "--locked", "--target", workspace::WASM, "--package", "sealward-frontend", "--bins"])
        .env("CARGO_TARGET_DIR", workspace::site_target());
    if build == Build::Full {
        link.args(["--profile", "site"]);
    }
    shell::run(&mut link)
}

/// How wasm-opt works: at its levels for size the programs are no smaller once compressed, and search takes twice as long.
const LEVEL: &str = "-O2";

/// wasm-opt in place, kept by level and the hash of its input: it takes longer than everything around it.
fn shrink(compiled: &Path) -> Result<()> {
    let Some(wasm_opt) = tools::wasm_opt() else {
        shell::say("No wasm-opt on this machine: the site works, and is about a tenth larger");
        return Ok(());
    };
    let kept = workspace::site_target().join("shrunk");
    fs::create_dir_all(&kept)?;
    // The two that take longest first, one on each core.
    cores::map(PROGRAMS, |program| shrink_one(&wasm_opt, &kept, compiled, program)).map(drop)
}

fn shrink_one(wasm_opt: &Path, kept: &Path, compiled: &Path, program: &str) -> Result<()> {
    let path = compiled.join(format!("{program}_bg.wasm"));
    let wasm = fs::read(&path).with_context(|| path.display().to_string())?;
    let shrunk = kept.join(format!("{}{LEVEL}.wasm", digest::name(&wasm)));
    if !shrunk.is_file() {
        shell::say(&format!("Shrinking {program}.wasm with wasm-opt (about a minute)"));
        let unfinished: PathBuf = shrunk.with_extension("part");
        let mut optimise = shell::command(wasm_opt)?;
        // Each feature by name: with all of them wasm-opt writes imports that Chromium refuses.
        optimise
            .args([
                LEVEL,
                "--strip-debug",
                "--strip-producers",
                "--enable-bulk-memory",
                "--enable-nontrapping-float-to-int",
            ])
            .args([
                "--enable-sign-ext",
                "--enable-mutable-globals",
                "--enable-multivalue",
                "--enable-reference-types",
                "--enable-simd",
            ])
            .arg(&path)
            .arg("-o")
            .arg(&unfinished);
        shell::run(&mut optimise)?;
        fs::rename(&unfinished, &shrunk)?;
    }
    fs::copy(&shrunk, &path)?;
    Ok(())
}
