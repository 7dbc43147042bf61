//! `cargo xtask test`: every check that a change has to pass, in stages, and a table of what each took.

mod count;
mod directions;
mod failures;
mod stages;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use self::count::Count;
use self::stages::Stage;
use crate::{serve, shell};

#[derive(Args)]
pub struct Options {
    /// Run these stages only (the stages that they need are not added)
    #[arg(long, value_enum)]
    only: Vec<Stage>,
}

/// What one stage came to.
struct Outcome {
    count: Count,
    /// What its runner said of the tests that failed.
    failures: Vec<String>,
}

impl From<Count> for Outcome {
    fn from(count: Count) -> Self {
        Self { count, failures: Vec::new() }
    }
}

/// What failed is repeated after the last stage; the last line is the sum, and the exit status says whether all passed.
pub fn run(options: &Options) -> ExitCode {
    let stages: Vec<Stage> = if options.only.is_empty() { Stage::ALL.to_vec() } else { options.only.clone() };
    let mut rows: Vec<(Stage, Duration, Outcome)> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        shell::say(&format!("[{}/{}] {stage}: {}", index + 1, stages.len(), stage.description()));
        let started = shell::now();
        let outcome = stage.run().unwrap_or_else(|error| {
            println!("{error:#}");
            Outcome { count: Count::FAILED, failures: vec![format!("{error:#}")] }
        });
        rows.push((*stage, started.elapsed(), outcome));
    }
    for (stage, _, outcome) in rows.iter().filter(|(_, _, outcome)| !outcome.failures.is_empty()) {
        shell::say(&format!("What failed in {stage}:\n{}", outcome.failures.join("\n")));
    }
    println!("\n{:<12} {:>9} {:>7} {:>7}", "stage", "time", "passed", "failed");
    let mut total = Count::default();
    let mut time = Duration::ZERO;
    for (stage, took, Outcome { count, .. }) in &rows {
        println!("{:<12} {:>9} {:>7} {:>7}", stage.to_string(), serve::minutes(*took), count.passed, count.failed);
        total = total + *count;
        time += *took;
    }
    println!("{:<12} {:>9}\n", "together", serve::minutes(time));
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
