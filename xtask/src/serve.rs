//! `cargo xtask serve`: from a fresh checkout to a running Sealward with one command.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use anyhow::Result;
use clap::Args;

use crate::site::{self, Build};
use crate::{shell, workspace};

#[derive(Args)]
pub struct Options {
    /// Where the server keeps its data
    #[arg(long, default_value = "./data")]
    data: PathBuf,
    /// The address that the server listens on
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// Build quickly, and again whenever a source file changes
    #[arg(long)]
    dev: bool,
    /// Further arguments for `sealward-server serve`
    #[arg(last = true)]
    server: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let started = shell::now();
    build(options)?;
    shell::say(&format!("Built in {}", minutes(started.elapsed())));
    let mut server = start(options)?;
    if !options.dev {
        std::process::exit(server.wait()?.code().unwrap_or(1));
    }
    let mut seen = newest(&workspace::root());
    loop {
        thread::sleep(Duration::from_millis(700));
        let now = newest(&workspace::root());
        if now == seen {
            continue;
        }
        seen = now;
        match build(options) {
            Ok(()) => {
                server.kill()?;
                server.wait()?;
                server = start(options)?;
            }
            Err(error) => shell::say(&format!("{error:#}; the server goes on with what it had")),
        }
    }
}

/// A length of time as people say it.
pub fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}

fn build(options: &Options) -> Result<()> {
    site::build(if options.dev { Build::Quick } else { Build::Full })?;
    shell::say("Building the server (3 to 6 minutes the first time, seconds later)");
    shell::run(shell::cargo()?.args(["build", "--package", "sealward-server"]))
}

fn start(options: &Options) -> Result<Child> {
    let data = std::env::current_dir()?.join(&options.data);
    shell::say(&format!(
        "Sealward runs on http://{}, with its data in {} (Ctrl-C ends it)",
        options.listen,
        data.display()
    ));
    let mut server = shell::command(workspace::server("debug"))?;
    server.arg("serve").arg("--data").arg(&data).arg("--listen").arg(options.listen.to_string()).args(&options.server);
    Ok(server.spawn()?)
}

/// The newest change to anything that is built.
fn newest(root: &Path) -> Option<SystemTime> {
    ["frontend", "shared", "backend", "public", "Cargo.toml", "Cargo.lock"]
        .iter()
        .filter_map(|name| changed(&root.join(name)))
        .max()
}

fn changed(path: &Path) -> Option<SystemTime> {
    let known = fs::metadata(path).ok()?;
    if !known.is_dir() {
        return known.modified().ok();
    }
    fs::read_dir(path).ok()?.flatten().filter_map(|entry| changed(&entry.path())).max()
}
