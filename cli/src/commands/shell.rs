//! What shells and manuals know of the program.

use super::Program;
use crate::failure::Failure;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::{fs, io::Write, path::PathBuf, process::ExitCode};

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut written = Vec::new();
        clap_complete::generate(self.shell, &mut Program::command(), "sealward", &mut written);
        let mut out = std::io::stdout();
        out.write_all(&written).and_then(|()| out.flush()).map_err(Failure::local("stdout"))?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args)]
pub(super) struct Man {
    /// The folder
    folder: PathBuf,
}

impl Man {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let named = || self.folder.display().to_string();
        fs::create_dir_all(&self.folder).map_err(Failure::local(named()))?;
        clap_mangen::generate_to(Program::command(), &self.folder).map_err(Failure::local(named()))?;
        Ok(ExitCode::SUCCESS)
    }
}
