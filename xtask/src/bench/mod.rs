//! `cargo xtask bench`: the server measured by the `bench` program of the tests package, which also finds out what this
//! machine can do at best; then the page, in Chromium on the server as it is handed out.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::site::{self, Build};
use crate::{dist, shell, tools, workspace};

#[derive(Args)]
pub struct Options {
    /// A folder on the disk to measure (not in memory)
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,
    /// Arguments for the bench program
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    tools::install_for_browser()?;
    site::build(Build::Full)?;
    dist::build_server()?;
    shell::say("Measuring (5 to 10 minutes; leave the machine alone)");
    let mut bench = shell::cargo()?;
    bench
        .args(["bench", "--package", "sealward-tests", "--bench", "bench", "--"])
        .arg("--server")
        .arg(workspace::server("release"))
        .arg("--data")
        .arg(&options.data)
        .args(&options.rest);
    shell::run(&mut bench)?;
    let mut pages = shell::command("node")?;
    pages.arg("bench.js").current_dir(workspace::browser_tests()).env("SERVER_BINARY", workspace::server("release"));
    if let Some(chromium) = tools::chromium() {
        pages.env("CHROMIUM", chromium);
    }
    shell::run(&mut pages)
}
