//! `cargo xtask dist`: one binary that holds everything for a server, and one for people and scripts.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::site::{self, Build};
use crate::{serve, shell, workspace};

#[derive(Args)]
pub struct Options {
    /// Also leave sealward-server-static, which needs no shared library: for containers from scratch
    #[arg(long = "static")]
    alone: bool,
}

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quickly, for tests; the site is read from `dist/` when it starts.
    Dev,
    /// As it is handed out, the site inside.
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

pub fn run(options: &Options) -> Result<()> {
    let started = shell::now();
    site::build(Build::Full)?;
    // First: it leaves its result where the other one belongs.
    let alone = if options.alone { Some(build_static(Profile::Release)?) } else { None };
    build_server()?;
    build_command_line()?;
    let made =
        [Some(workspace::server("release")), Some(workspace::command_line("release")), alone].into_iter().flatten();
    let made: Vec<String> = made.map(|path| path.display().to_string()).collect();
    shell::say(&format!("Done in {}: {}", serve::minutes(started.elapsed()), made.join(", ")));
    Ok(())
}

/// The server as it is handed out, with the site of `dist/` inside.
pub fn build_server() -> Result<()> {
    shell::say("Building the server for release (4 to 8 minutes the first time)");
    shell::run(shell::cargo()?.args(["build", "--release", "--locked", "--package", "sealward-server"]))
}

/// The command line as it is handed out.
pub fn build_command_line() -> Result<()> {
    shell::say("Building the command line for release (4 to 8 minutes the first time)");
    shell::run(shell::cargo()?.args(["build", "--release", "--locked", "--package", "sealward-cli"]))
}

/// The server with the C library inside. Only the last link differs, so nothing else is compiled again.
pub fn build_static(profile: Profile) -> Result<PathBuf> {
    shell::say("Building the server without shared libraries (a minute more than with them)");
    let mut build = shell::cargo()?;
    build.args(["rustc", "--locked", "--package", "sealward-server", "--bin", "sealward-server"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    shell::run(build.args(["--", "-C", "target-feature=+crt-static"]))?;
    let made = workspace::server(profile.folder());
    let kept = made.with_file_name("sealward-server-static");
    fs::copy(&made, &kept).context("the server without shared libraries")?;
    Ok(kept)
}
