//! Rows of a sheet, one after the other, whatever file they stand in. Nothing is known here of what columns mean.

mod csv;
mod workbook;

pub(super) use csv::Csv;
pub(super) use workbook::Workbook;

use super::refusal::ImportError;
use zeroize::Zeroizing;

/// Columns at most.
pub(super) const COLUMN_LIMIT: usize = 100;
/// Bytes of a row at most: a quotation mark that is never closed would make a row of the rest of the file.
pub(super) const ROW_BYTES: usize = 1024 * 1024;
/// Bytes of all rows together at most: a workbook may name one long text a million times.
pub(super) const TABLE_BYTES: usize = 256 * 1024 * 1024;

/// A sheet that is being read.
pub(super) enum Table {
    /// Of a CSV file.
    Csv(Box<Csv>),
    /// Of an Excel workbook.
    Workbook(Box<Workbook>),
}

/// The values of a row, one after the other in one buffer that is wiped.
pub(super) struct Row {
    buffer: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
    /// Its place in the sheet, from 1.
    pub(super) number: usize,
    /// Whether it was longer than a row may be; then it has no values.
    pub(super) is_overlong: bool,
}

impl Table {
    /// The next row; `None` at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, ImportError> {
        match self {
            Self::Csv(csv) => Ok(csv.next_row()),
            Self::Workbook(workbook) => workbook.next_row(),
        }
    }

    /// Back to the first row.
    pub(super) fn rewind(&mut self) {
        match self {
            Self::Csv(csv) => csv.rewind(),
            Self::Workbook(workbook) => workbook.rewind(),
        }
    }

    /// Bytes read, and bytes in all.
    pub(super) fn position(&self) -> (usize, usize) {
        match self {
            Self::Csv(csv) => csv.position(),
            Self::Workbook(workbook) => workbook.position(),
        }
    }
}

impl Row {
    /// The value at a place; empty where the row is shorter.
    pub(super) fn value(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let bytes = start.zip(self.ends.get(at)).and_then(|(start, end)| self.buffer.get(start..*end));
        // The text was valid, and values are cut at ASCII signs.
        bytes.and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// How many values it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many of them are not blank.
    pub(super) fn filled(&self) -> usize {
        (0..self.len()).filter(|at| !self.value(*at).trim().is_empty()).count()
    }
}
