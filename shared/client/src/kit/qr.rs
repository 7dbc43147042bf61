//! A QR code as one SVG path, so that the page draws it without inline styles or foreign markup.

use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;
use zeroize::Zeroizing;

/// The text does not fit into a QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too long for a QR code")]
pub struct TooLongForQr;

/// Dark modules as the `d` of one path in a square view box; a quiet zone of four modules is part of it.
pub struct QrPath {
    /// Side of the view box, in modules.
    pub size: usize,
    /// The path. It is as secret as what it shows.
    pub path: Zeroizing<String>,
}

const QUIET: usize = 4;
/// Bytes of text at which even a large code becomes hard for a phone's camera.
const LONGEST: usize = 1_200;

impl QrPath {
    /// Draws a text.
    ///
    /// # Errors
    /// [`TooLongForQr`].
    pub fn draw(text: &str) -> Result<Self, TooLongForQr> {
        if text.len() > LONGEST {
            return Err(TooLongForQr);
        }
        let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| TooLongForQr)?;
        let mut path = Zeroizing::new(String::with_capacity(code.size * code.size * 6));
        for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a.value() == b.value()) {
                if run.first().is_some_and(|module| module.value()) {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
                }
                x += run.len();
            }
        }
        Ok(Self { size: code.size + 2 * QUIET, path })
    }
}
