//! The four documents, run: every operation that has a heading, with every command line that stands under it, through a
//! shell as it is printed. What cannot run as it is printed is put right by a row of `repairs.toml`, and nothing else is.

mod boundary;
mod document;
mod jumpserver;
mod pmp;
mod rancher;
mod repairs;
mod shape;

use document::Document;
use repairs::Repairs;
use serde_json::Value;
use std::{collections::BTreeSet, path::Path, process::Command};

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds");

/// Where a document prints no answer, the shape that its product's clients read.
pub fn answer_of(product: &str, number: usize) -> Value {
    let text = std::fs::read_to_string(Path::new(SEEDS).join("answers.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[product][number.to_string()].clone()
}

/// A document that is being run.
pub struct Run {
    pub document: Document,
    repairs: Repairs,
    ran: BTreeSet<usize>,
    headings: BTreeSet<usize>,
    lines: usize,
    certificate: String,
}

/// What was run of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    pub operations: usize,
    pub lines: usize,
    pub repairs: usize,
}

impl Run {
    /// Begins; TLS trusts the certificate in this file.
    pub fn begin(name: &'static str, is_heading: fn(&str) -> bool, certificate: &Path) -> Self {
        let text = std::fs::read_to_string(Path::new(SEEDS).join("documents").join(name)).unwrap();
        Self {
            document: Document::read(name, &text, is_heading),
            repairs: Repairs::read(&std::fs::read_to_string(Path::new(SEEDS).join("repairs.toml")).unwrap(), name),
            ran: BTreeSet::new(),
            headings: BTreeSet::new(),
            lines: 0,
            certificate: certificate.display().to_string(),
        }
    }

    /// Runs the command that begins at a line, once for each way to read it, with host, ids and token replaced: what each
    /// printed.
    pub fn command(&mut self, line: usize, replace: &[(&str, &str)]) -> Vec<Vec<u8>> {
        self.readings(line).into_iter().map(|reading| self.shell(&reading, replace)).collect()
    }

    /// Every way to read the command that begins at a line; whoever asks for them runs them.
    pub fn readings(&mut self, line: usize) -> Vec<String> {
        let command = self.document.command(line);
        self.headings.insert(command.heading);
        self.ran.insert(line);
        self.lines += 1;
        self.repairs.readings(line, &command.text)
    }

    /// An input that is printed under a heading, repaired.
    pub fn block(&mut self, first: usize, last: usize) -> String {
        self.headings.insert(self.document.heading_of(first));
        self.repairs.apply(first, &self.document.text(first, last)).trim().to_owned()
    }

    /// An answer that is printed under a heading, repaired.
    pub fn sample(&mut self, first: usize, last: usize) -> Value {
        self.headings.insert(self.document.heading_of(first));
        let text = self.document.text(first, last).split_whitespace().collect::<Vec<_>>().join(" ");
        let text = self.repairs.apply(first, &text);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("the sample on line {first}: {error}: {text}"))
    }

    /// Runs a command that the document does not print, for an operation that has none.
    pub fn shell(&self, command: &str, replace: &[(&str, &str)]) -> Vec<u8> {
        let command = replace.iter().fold(command.to_owned(), |command, (from, to)| command.replace(from, to));
        let ran = Command::new("sh")
            .args(["-c", &command])
            .env("CURL_CA_BUNDLE", &self.certificate)
            .env("NO_PROXY", "*")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{command}\n{}", String::from_utf8_lossy(&ran.stderr));
        ran.stdout
    }

    /// That every heading was seen, every command run, and every repair used.
    pub fn end(self) -> Ran {
        let commands: BTreeSet<usize> = self.document.commands().map(|command| command.line).collect();
        assert_eq!(self.ran, commands, "commands of {}", self.document.name);
        let headings: BTreeSet<usize> = self.document.headings().collect();
        assert_eq!(self.headings, headings, "headings of {}", self.document.name);
        Ran { operations: headings.len(), lines: self.lines, repairs: self.repairs.end() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_run_as_they_are_printed() {
    let all = [pmp::run().await, jumpserver::run().await, boundary::run().await, rancher::run().await];
    let sum = |of: fn(&Ran) -> usize| all.iter().map(of).sum::<usize>();
    let (operations, lines, repairs) = (sum(|ran| ran.operations), sum(|ran| ran.lines), sum(|ran| ran.repairs));
    println!("{operations} operations, {lines} lines, {repairs} repairs");
    assert_eq!((operations, lines), (36, 35));
}
