//! `cargo xtask bench`: the server measured by the `bench` program of the tests package, which also finds out what this
//! machine can do at best; then the page, in Chromium on the server as it is handed out.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::site::{self, Build};
use crate::{dist, shell, tools, workspace};

#[derive(Args)]
pub struct Options {
    /// A folder on the disk to measure (not in memory)
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,
    /// Only how the server grows, up to so many records; draws docs/growth.svg
    #[arg(long)]
    growth: Option<u32>,
    /// Arguments for the bench program
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    if let Some(records) = options.growth {
        dist::build_server()?;
        let mut bench = program(options)?;
        bench.arg("--growth").arg(records.to_string()).arg("--plot").arg(workspace::root().join("docs/growth.svg"));
        return shell::run(&mut bench);
    }
    tools::install_for_browser()?;
    site::build(Build::Full)?;
    dist::build_server()?;
    dist::build_command_line()?;
    shell::say("Measuring (5 to 10 minutes; leave the machine alone)");
    shell::run(program(options)?.args(&options.rest))?;
    shell::run(program(options)?.arg("--requests"))?;
    shell::run(program(options)?.arg("--people"))?;
    shell::run(program(options)?.arg("--command-line").arg(workspace::command_line("release")))?;
    for measured in ["bench.js", "bench-people.js"] {
        let mut pages = shell::command("node")?;
        pages.arg(measured).current_dir(workspace::browser_tests()).env("SERVER_BINARY", workspace::server("release"));
        if let Some(chromium) = tools::chromium() {
            pages.env("CHROMIUM", chromium);
        }
        shell::run(&mut pages)?;
    }
    Ok(())
}

/// The bench program on the server as it is handed out.
fn program(options: &Options) -> Result<Command> {
    let mut bench = shell::cargo()?;
    bench
        .args(["bench", "--package", "sealward-tests", "--bench", "bench", "--"])
        .arg("--server")
        .arg(workspace::server("release"))
        .arg("--data")
        .arg(&options.data);
    Ok(bench)
}
