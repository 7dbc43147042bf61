//! What a verification found: one line for each finding, and how much was looked at.

use std::{collections::BTreeMap, fmt::Display};

/// Most findings that are kept as lines; all are counted.
const LINES: usize = 1_000;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    lines: Vec<String>,
    found: u64,
    looked_at: BTreeMap<&'static str, u64>,
}

impl Report {
    /// Something that is not as it should be: in which table, where, what.
    pub(super) fn find(&mut self, table: &str, at: &dyn Display, what: &dyn Display) {
        self.found += 1;
        if self.lines.len() < LINES {
            self.lines.push(format!("{table}: {at}: {what}"));
        }
    }

    /// A row was looked at.
    pub(super) fn count(&mut self, table: &'static str) {
        *self.looked_at.entry(table).or_default() += 1;
    }

    /// How many findings there are.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.found
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.found == 0
    }

    /// How many rows of a table were looked at.
    #[must_use]
    pub fn looked_at(&self, table: &str) -> u64 {
        self.looked_at.get(table).copied().unwrap_or_default()
    }

    /// A line for each finding, and a summary.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.lines.clone();
        if self.found > lines.len() as u64 {
            lines.push(format!("and {} more", self.found - lines.len() as u64));
        }
        let seen = |table| self.looked_at(table);
        let verdict = match self.found {
            0 => "sound".to_owned(),
            1 => "1 finding".to_owned(),
            found => format!("{found} findings"),
        };
        lines.push(format!(
            "{} teams, {} statements, {} vaults, {} heads, {} records in {} versions, {} audit events: {verdict}",
            seen("teams"),
            seen("statements"),
            seen("heads"),
            seen("rests"),
            seen("entries"),
            seen("records"),
            seen("audit_events"),
        ));
        lines
    }
}
