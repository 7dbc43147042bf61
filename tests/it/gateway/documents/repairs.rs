//! What is put right before a command of a document runs, or what it prints is read.

use serde::Deserialize;
use std::cell::Cell;

#[derive(Deserialize)]
struct File {
    repair: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    document: String,
    line: usize,
    /// Each text that is replaced, and what by.
    what: Vec<(String, String)>,
    why: String,
    /// Whether it is another way to read the line, which runs besides.
    #[serde(default)]
    also: bool,
    #[serde(skip)]
    used: Cell<bool>,
}

/// The rows of one document.
pub struct Repairs(Vec<Row>);

impl Repairs {
    pub fn read(text: &str, document: &str) -> Self {
        let file: File = toml::from_str(text).unwrap();
        assert!(file.repair.iter().all(|row| !row.why.is_empty() && !row.what.is_empty()));
        Self(file.repair.into_iter().filter(|row| row.document == document).collect())
    }

    /// A text with the repairs of its line.
    pub fn apply(&self, line: usize, text: &str) -> String {
        let rows = self.0.iter().filter(|row| row.line == line && !row.also);
        rows.fold(text.to_owned(), |text, row| row.apply(&text))
    }

    /// Every way to read a command.
    pub fn readings(&self, line: usize, text: &str) -> Vec<String> {
        let base = self.apply(line, text);
        let others = self.0.iter().filter(|row| row.line == line && row.also).map(|row| row.apply(&base));
        std::iter::once(base.clone()).chain(others).collect()
    }

    /// How many there are; all were used.
    pub fn end(self) -> usize {
        let unused: Vec<usize> = self.0.iter().filter(|row| !row.used.get()).map(|row| row.line).collect();
        assert!(unused.is_empty(), "repairs of lines {unused:?} were not used");
        self.0.len()
    }
}

impl Row {
    fn apply(&self, text: &str) -> String {
        self.used.set(true);
        self.what.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{} line {}: no {from:?} in {text}", self.document, self.line);
            text.replace(from, to)
        })
    }
}
