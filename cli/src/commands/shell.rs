//! What shells and manuals know of the program.

use super::localized;
use crate::{failure::Failure, language::Language};
use clap::Args;
use clap_complete::Shell;
use std::{fs, io::Write, path::PathBuf, process::ExitCode};

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, language: Language) -> Result<ExitCode, Failure> {
        let mut written = Vec::new();
        clap_complete::generate(self.shell, &mut localized::command(language), "sealward", &mut written);
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
    pub(super) fn run(self, language: Language) -> Result<ExitCode, Failure> {
        let named = || self.folder.display().to_string();
        fs::create_dir_all(&self.folder).map_err(Failure::local(named()))?;
        clap_mangen::generate_to(localized::command(language), &self.folder).map_err(Failure::local(named()))?;
        Ok(ExitCode::SUCCESS)
    }
}
