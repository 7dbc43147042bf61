//! Bytes that are read one after the other. Numbers are little-endian.

use crate::import::refusal::ImportError;

/// What is left of them.
pub(super) struct Cursor<'b>(pub(super) &'b [u8]);

impl<'b> Cursor<'b> {
    /// The next bytes. Damaged, where there are not as many.
    pub(super) fn take(&mut self, length: usize) -> Result<&'b [u8], ImportError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ImportError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number of up to eight bytes.
    pub(super) fn number(&mut self, length: usize) -> Result<u64, ImportError> {
        if length > 8 {
            return Err(ImportError::Damaged);
        }
        Ok(self.take(length)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Bytes with their length before them, which has so many bytes itself.
    pub(super) fn prefixed(&mut self, length: usize) -> Result<&'b [u8], ImportError> {
        let length = self.number(length)?;
        self.take(usize::try_from(length).map_err(|_| ImportError::Damaged)?)
    }
}
