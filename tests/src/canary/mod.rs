//! The canary search: looks for needles, in every spelling that software is likely to give them, in everything that a
//! server has stored, logged, sent or been sent. It must find its controls, or it has not looked.

mod spelling;

pub use spelling::{Spelling, spell};

use aho_corasick::AhoCorasick;
use serde::Deserialize;

/// Shorter needles would be found by chance.
pub const SHORTEST: usize = 6;

/// What is searched for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needles {
    /// Texts that must be found nowhere.
    pub secrets: Vec<String>,
    /// Texts that must be found somewhere.
    pub controls: Vec<String>,
}

/// A needle that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The needle.
    pub needle: String,
    /// How it was spelt.
    pub spelling: Spelling,
    /// Where it begins.
    pub at: usize,
}

/// Why there can be no search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsearchable {
    /// The needle has fewer than [`SHORTEST`] bytes.
    TooShort(String),
    /// The searcher could not be built.
    TooMany,
}

/// A searcher for a set of needles.
pub struct Search {
    automaton: AhoCorasick,
    patterns: Vec<(usize, Spelling)>,
    needles: Vec<String>,
}

impl Search {
    /// Makes ready to search for these needles.
    ///
    /// # Errors
    /// [`Unsearchable`].
    pub fn new(needles: &[String]) -> Result<Self, Unsearchable> {
        let (mut patterns, mut bytes) = (Vec::new(), Vec::new());
        for (index, needle) in needles.iter().enumerate() {
            if needle.len() < SHORTEST {
                return Err(Unsearchable::TooShort(needle.clone()));
            }
            for (spelling, pattern) in spell(needle) {
                patterns.push((index, spelling));
                bytes.push(pattern);
            }
        }
        let automaton = AhoCorasick::new(&bytes).map_err(|_| Unsearchable::TooMany)?;
        Ok(Self { automaton, patterns, needles: needles.to_vec() })
    }

    /// All findings in some bytes, each needle and spelling at its first place only.
    #[must_use]
    pub fn find(&self, haystack: &[u8]) -> Vec<Finding> {
        let mut seen = vec![false; self.patterns.len()];
        let mut findings = Vec::new();
        for found in self.automaton.find_overlapping_iter(haystack) {
            let index = found.pattern().as_usize();
            let (Some(seen), Some((needle, spelling))) = (seen.get_mut(index), self.patterns.get(index)) else {
                continue;
            };
            if !std::mem::replace(seen, true) {
                let needle = self.needles.get(*needle).cloned().unwrap_or_default();
                findings.push(Finding { needle, spelling: *spelling, at: found.start() });
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests;
