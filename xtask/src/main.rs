//! The developer's commands: `cargo xtask serve | test | site | dist | bench`. Each says what it is doing, and how long that
//! may take. Rules about the product never live here.
#![expect(clippy::print_stdout, reason = "commands talk to the person who runs them")]

mod bench;
mod cores;
mod dist;
mod serve;
mod shell;
mod site;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run and test Sealward")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site and the server, and run them on this computer
    Serve(serve::Options),
    /// Install what the tests need, and run all of them
    Test(test::Options),
    /// Build the site alone, into dist/, where a server of the dev profile reads it
    Site(site::Options),
    /// Leave target/release/sealward-server: one binary with the site inside
    Dist(dist::Options),
    /// Measure this machine and Sealward on it
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(options) => serve::run(&options),
        Command::Test(options) => return test::run(&options),
        Command::Site(options) => site::run(&options),
        Command::Dist(options) => dist::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
