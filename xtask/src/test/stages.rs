//! The stages of `cargo xtask test`, in their order: what is quick to fail comes first, and native code is built once,
//! in the dev profile, for all of them.

use std::fmt;
use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use super::count::Count;
use super::{Outcome, directions, failures};
use crate::dist::{self, Profile};
use crate::site::{self, Build};
use crate::{shell, tools, workspace};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    Format,
    Directions,
    Lint,
    Native,
    Interop,
    Wasm,
    Site,
    Server,
    Operations,
    Browser,
}

/// What runs in the browser too.
const WASM_TESTED: [&str; 3] = ["sealward-contract", "sealward-client", "sealward-frontend"];

impl Stage {
    pub const ALL: [Self; 10] = [
        Self::Format,
        Self::Directions,
        Self::Lint,
        Self::Native,
        Self::Interop,
        Self::Wasm,
        Self::Site,
        Self::Server,
        Self::Operations,
        Self::Browser,
    ];

    pub fn description(self) -> &'static str {
        match self {
            Self::Format => "rustfmt (seconds)",
            Self::Directions => "who depends on whom (seconds)",
            Self::Lint => "clippy, no warnings, native and wasm (3 to 6 minutes the first time)",
            Self::Native => "unit tests, stories, comparisons with other programs (5 to 8 minutes the first time)",
            Self::Interop => "KDBX files with pykeepass and KeePassXC (under a minute)",
            Self::Wasm => "contract, client and page in wasm (3 to 6 minutes the first time)",
            Self::Site => "the site as people get it (5 to 10 minutes the first time)",
            Self::Server => "the server and the command line (a minute)",
            Self::Operations => {
                "the program killed, backed up, short of disk, in an empty root, behind nginx (3 minutes)"
            }
            Self::Browser => "Chromium against the real server (3 to 6 minutes)",
        }
    }

    pub fn run(self) -> Result<Outcome> {
        match self {
            Self::Format => watch(shell::cargo()?.args(["fmt", "--all", "--check"])).map(one).map(Outcome::from),
            Self::Directions => Ok(Count { passed: directions::check()?, failed: 0 }.into()),
            Self::Lint => lint().map(Outcome::from),
            Self::Native => native(),
            Self::Interop => interop().map(Outcome::from),
            Self::Wasm => wasm(),
            Self::Site => site::build(Build::Full).map(|()| Count::PASSED.into()),
            Self::Server => Ok((one(watch(&mut server()?)?) + one(watch(&mut command_line()?)?)).into()),
            Self::Operations => operations(),
            Self::Browser => browser(),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

fn lint() -> Result<Count> {
    tools::install_for_site()?;
    let native = watch(
        shell::cargo()?
            .args(["clippy", "--locked", "--workspace", "--exclude", "sealward-frontend", "--all-targets"])
            // Not among all targets, because it is not run with them.
            .args(["--test", "operations"])
            .args(DENY),
    )?;
    let wasm = watch(
        shell::cargo()?
            .args([
                "clippy",
                "--locked",
                "--target",
                workspace::WASM,
                "--package",
                "sealward-frontend",
                "--package",
                "sealward-client",
                "--lib",
                "--bins",
            ])
            .args(DENY)
            .env("CARGO_TARGET_DIR", workspace::site_target()),
    )?;
    Ok(one(native) + one(wasm))
}

const DENY: [&str; 3] = ["--", "--deny", "warnings"];

fn native() -> Result<Outcome> {
    tools::install_for_comparison()?;
    let packages = ["--locked", "--workspace", "--exclude", "sealward-frontend"];
    let mut tests = shell::cargo()?;
    if shell::command("cargo-nextest")?
        .arg("nextest")
        .arg("--version")
        .output()
        .is_ok_and(|found| found.status.success())
    {
        tests
            .args(["nextest", "run", "--no-fail-fast", "--status-level", "fail", "--final-status-level", "fail"])
            .args(packages);
    } else {
        tests.args(["test", "--no-fail-fast"]).args(packages);
    }
    counted(&mut tests)
}

/// Files that other programs wrote are read, and what is written is read by them.
fn interop() -> Result<Count> {
    tools::install_for_interop()?;
    let build = ["build", "--locked", "--package", "sealward-tests", "--example", "interop"];
    if !watch(shell::cargo()?.args(build))? {
        return Ok(Count::FAILED);
    }
    let script = workspace::root().join("tests/interop/kdbx.py");
    watch(shell::command(tools::python()?)?.arg(script).arg(workspace::example("interop"))).map(one)
}

fn wasm() -> Result<Outcome> {
    tools::install_for_site()?;
    let mut tests = shell::cargo()?;
    tests.args(["test", "--locked", "--target", workspace::WASM, "--no-fail-fast", "--tests"]);
    for package in WASM_TESTED {
        tests.args(["--package", package]);
    }
    tests.env("CARGO_TARGET_DIR", workspace::site_target()).env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
        workspace::tools()?.join("bin").join("wasm-bindgen-test-runner"),
    );
    counted(&mut tests)
}

fn server() -> Result<Command> {
    let mut build = shell::cargo()?;
    build.args(["build", "--locked", "--package", "sealward-server"]);
    Ok(build)
}

/// Chosen as the native tests choose it, so that what they compiled is not compiled again with other features.
fn command_line() -> Result<Command> {
    let mut build = shell::cargo()?;
    build.args(["build", "--locked", "--workspace", "--exclude", "sealward-frontend"]);
    build.args(["--bin", "sealward", "--test", "program"]);
    Ok(build)
}

/// One after the other, so that what is measured is not what another test takes.
fn operations() -> Result<Outcome> {
    tools::install_for_operations()?;
    let alone = dist::build_static(Profile::Dev)?;
    shell::run(&mut server()?)?;
    let mut tests = shell::cargo()?;
    tests
        .args(["test", "--locked", "--package", "sealward-tests", "--test", "operations"])
        .args(["--", "--nocapture", "--test-threads=1"])
        .env("SERVER_BINARY", workspace::server("debug"))
        .env("STATIC_BINARY", alone);
    counted(&mut tests)
}

fn browser() -> Result<Outcome> {
    tools::install_for_browser()?;
    let mut tests = shell::command("npm")?;
    tests
        .args(["test", "--silent"])
        .current_dir(workspace::browser_tests())
        .env("SERVER_BINARY", workspace::server("debug"))
        .env("CLI_BINARY", workspace::command_line("debug"));
    if let Some(chromium) = tools::chromium() {
        tests.env("CHROMIUM", chromium);
    }
    counted(&mut tests)
}

fn watch(command: &mut Command) -> Result<bool> {
    Ok(shell::watch(command)?.0)
}

fn one(succeeded: bool) -> Count {
    if succeeded { Count::PASSED } else { Count::FAILED }
}

fn counted(command: &mut Command) -> Result<Outcome> {
    let (succeeded, lines) = shell::watch(command)?;
    Ok(Outcome {
        count: Count::read(succeeded, &lines),
        failures: failures::find(&lines).into_iter().map(str::to_owned).collect(),
    })
}
