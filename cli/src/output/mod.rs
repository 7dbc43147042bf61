//! What is written: JSON for programs, lines for people. Only this writes to standard output and standard error.

pub mod clipboard;
mod human;
mod json;
mod progress;

pub use progress::Progress;

use crate::{failure::Failure, language::Language, tasks::Answer, told::Told};
use std::io::Write;
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
        let text = if self.json { json::write(answer)? } else { human::write(answer, self.language) };
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

    /// Writes a failure to standard error.
    pub fn failure(self, told: &Told) {
        let sentence = told.sentence(self.language);
        let line = if self.json { json::failure(told, sentence) } else { format!("sealward: {sentence}") };
        // A broken standard error leaves nothing to be done.
        drop(writeln!(std::io::stderr(), "{line}"));
    }
}

fn write_out(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::local("stdout"))
}
