//! Passwords and phrases, made here: nothing is asked of any server.

use crate::{failure::Failure, output::Output, tasks::Answer, told::Told, views::Hidden};
use clap::Args;
use sealward_client::{
    crypto::randomness::OsRandom,
    generate::{PasswordRecipe, PhraseRecipe},
};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Generate {
    /// Characters
    #[arg(long, short, default_value = "20")]
    length: u16,
    /// Letters and digits alone
    #[arg(long)]
    no_symbols: bool,
    /// Without what looks alike
    #[arg(long)]
    unambiguous: bool,
    /// A phrase of so many words instead
    #[arg(long, short, value_name = "COUNT", conflicts_with_all = ["length", "no_symbols", "unambiguous"])]
    words: Option<u16>,
}

impl Generate {
    pub(super) fn run(self, output: Output) -> Result<ExitCode, Told> {
        let mut randomness = OsRandom::new();
        let every = PasswordRecipe::default().classes;
        let classes = if self.no_symbols { PasswordRecipe::LETTERS_AND_DIGITS } else { every };
        let made = match self.words {
            Some(words) => PhraseRecipe { words, ..PhraseRecipe::default() }.make(&mut randomness),
            None => {
                PasswordRecipe { length: self.length, classes, unambiguous: self.unambiguous }.make(&mut randomness)
            }
        };
        let made = made.map_err(|fault| Failure::Usage(fault.to_string()))?;
        output.answer(&Answer::Value(Hidden::of(made.text.expose())))?;
        Ok(ExitCode::SUCCESS)
    }
}
