//! Bringing credentials in: Bitwarden's JSON export and the Password Manager Pro sheet, read in steps into one plan.
//! Nothing is sealed or sent here; the plan says what to create, and what was not taken and why.

mod bitwarden;
mod decoding;
mod draft;
mod header;
mod plan;
mod refusal;
mod sheet;

pub use header::Column;
pub use plan::{Identity, ImportPlan, PastPassword, PlannedAccount, PlannedGroup, PlannedResource};
pub use refusal::{ImportError, LeftOut, Part, Reason, Rejected};

use crate::model::SecretText;
use draft::Draft;
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes of a file at most.
pub const FILE_LIMIT: usize = 64 * 1024 * 1024;
/// Rows or items of a file at most.
pub const ROW_LIMIT: usize = 100_000;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// Bitwarden's JSON export, of a person or an organisation.
    Bitwarden,
    /// A sheet with the columns of Password Manager Pro.
    Sheet,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows or items read so far.
    pub rows: usize,
    /// Thousandths of the file read so far; 1000 when all is read.
    pub thousandths: u16,
}

impl Progress {
    /// Whether all is read.
    pub fn is_finished(self) -> bool {
        self.thousandths >= 1000
    }
}

/// A file that is being read.
pub struct Import {
    source: Source,
    draft: Draft,
}

enum Source {
    Bitwarden(bitwarden::Export),
    Sheet(Box<sheet::Sheet>),
}

impl Import {
    /// Looks at a file: its encoding, its format, its header. `now` is the creation time of what has none of its own.
    ///
    /// # Errors
    /// [`ImportError`] when nothing at all can be taken from it.
    pub fn open(file: Zeroizing<Vec<u8>>, now: Timestamp) -> Result<Self, ImportError> {
        if file.len() > FILE_LIMIT {
            return Err(ImportError::TooLarge { limit: FILE_LIMIT });
        }
        let text = decoding::decode(file)?;
        let mut draft = Draft::new(now);
        let source = match text.expose().trim_start().chars().next() {
            None => return Err(ImportError::Empty),
            Some('{' | '[') => Source::Bitwarden(bitwarden::Export::open(text, &mut draft)?),
            Some(_) => Source::Sheet(Box::new(sheet::Sheet::open(text)?)),
        };
        Ok(Self { source, draft })
    }

    /// What the file is.
    pub fn format(&self) -> ImportFormat {
        match self.source {
            Source::Bitwarden(_) => ImportFormat::Bitwarden,
            Source::Sheet(_) => ImportFormat::Sheet,
        }
    }

    /// Reads up to `rows` more rows: call it until it is finished, and do other work in between.
    ///
    /// # Errors
    /// [`ImportError::TooManyRows`] beyond [`ROW_LIMIT`].
    pub fn next_chunk(&mut self, rows: usize) -> Result<Progress, ImportError> {
        match &mut self.source {
            Source::Bitwarden(export) => Ok(export.read(rows, &mut self.draft)),
            Source::Sheet(sheet) => sheet.read(rows, &mut self.draft),
        }
    }

    /// The plan of what was read.
    pub fn finish(self) -> ImportPlan {
        self.draft.finish()
    }
}

/// Of `total` in thousandths, never all of it before the end.
fn thousandths(done: usize, total: usize) -> u16 {
    if done >= total {
        return 1000;
    }
    u16::try_from(done.saturating_mul(1000) / total.max(1)).unwrap_or(999).min(999)
}

/// The whole text of a file.
type FileText = SecretText;

#[cfg(test)]
mod tests;
