//! The program `sealward`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sealward_cli::commands::main()
}
