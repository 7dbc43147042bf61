//! `cargo xtask dist`: one binary that holds everything.

use anyhow::Result;

use crate::site::{self, Build};
use crate::{serve, shell, workspace};

pub fn run() -> Result<()> {
    let started = shell::now();
    site::build(Build::Full)?;
    build_server()?;
    shell::say(&format!("Done in {}: {}", serve::minutes(started.elapsed()), workspace::server("release").display()));
    Ok(())
}

/// The server as it is handed out, with the site of `dist/` inside.
pub fn build_server() -> Result<()> {
    shell::say("Building the server for release (4 to 8 minutes the first time)");
    shell::run(shell::cargo()?.args(["build", "--release", "--locked", "--package", "sealward-server"]))
}
