//! What is written: JSON for programs, lines for people. Only this writes to standard output and standard error.

pub mod browser;
pub mod clipboard;
mod human;
mod json;
mod paint;
mod progress;

pub use progress::Progress;

use crate::{failure::Failure, language::Language, tasks::Answer, told::Told};
use paint::{Ink, Paint};
use std::{io::Write, process::ExitCode};
use zeroize::Zeroizing;

/// How answers are written.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// As JSON.
    pub json: bool,
    /// In which language.
    pub language: Language,
}

impl Output {
    /// Writes an answer.
    ///
    /// # Errors
    /// [`Failure::Local`] when standard output is closed.
    pub fn answer(self, answer: &Answer) -> Result<(), Failure> {
        let text = if self.json {
            json::write(answer)?
        } else {
            human::write(answer, self.language, Paint::of(&std::io::stdout()))
        };
        write_out(&text)
    }

    /// Writes a sentence for people; with JSON an empty object.
    ///
    /// # Errors
    /// [`Failure::Local`] when standard output is closed.
    pub fn said(self, english: &str, chinese: &str) -> Result<(), Failure> {
        if self.json {
            return write_out(&Zeroizing::new("{}\n".to_owned()));
        }
        write_out(&Zeroizing::new(format!("{}\n", self.language.pick(english, chinese))))
    }

    /// Says something besides the answer to people, on standard error: scripts take standard output as it is.
    pub fn note(self, english: &str, chinese: &str) {
        if self.json {
            return;
        }
        let name = Paint::of(&std::io::stderr()).ink(Ink::Warning, "sealward:");
        // A broken standard error leaves nothing to be done.
        drop(writeln!(std::io::stderr(), "{name} {}", self.language.pick(english, chinese)));
    }

    /// Writes a failure to standard error.
    pub fn failure(self, told: &Told) {
        let sentence = told.sentence(self.language);
        let name = Paint::of(&std::io::stderr()).ink(Ink::Bad, "sealward:");
        let line = if self.json { json::failure(told, sentence) } else { format!("{name} {sentence}") };
        // A broken standard error leaves nothing to be done.
        drop(writeln!(std::io::stderr(), "{line}"));
    }

    /// Writes what is wrong with the arguments, or the help that they ask for; gives what the program ends with.
    #[must_use]
    pub fn usage(self, error: &clap::Error, chinese: Option<String>) -> ExitCode {
        if !error.use_stderr() {
            // A broken standard output leaves nothing to be done.
            drop(error.print());
            return ExitCode::SUCCESS;
        }
        let english = error.render().to_string();
        match chinese.filter(|_| self.language == Language::Chinese) {
            None if !self.json => drop(error.print()),
            chinese => {
                let whole = english.trim_start_matches("error: ").trim_end().to_owned();
                self.failure(&Failure::Usage(chinese.unwrap_or(whole)).into());
            }
        }
        ExitCode::from(USAGE)
    }
}

/// What the program ends with where its arguments cannot be meant.
const USAGE: u8 = 2;

fn write_out(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::local("stdout"))
}
