//! Reading what the browser holds, by pieces. A browser takes as long to find a place as to read a megabyte from there, so
//! more is read at once than is asked for, and the next of it meanwhile.

use js_sys::{Promise, Uint8Array};
use sealward_client::error::Error;
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Bytes that are read at once.
const WINDOW: u64 = 4 << 20;

/// A file that is read from its beginning to its end.
pub struct Reading<'b> {
    blob: &'b Blob,
    window: RefCell<Option<(u64, Uint8Array)>>,
    /// Where the next window begins, while it is being read.
    ahead: RefCell<Option<(u64, Promise)>>,
}

impl<'b> Reading<'b> {
    /// Nothing is read yet.
    pub fn new(blob: &'b Blob) -> Self {
        Self { blob, window: RefCell::default(), ahead: RefCell::default() }
    }

    /// Fills a piece with what stands at an offset. A piece that crosses windows is read by itself.
    ///
    /// # Errors
    /// [`Error::FileChanged`]: the browser refuses to read a file that changed since it was chosen.
    pub async fn fill(&self, offset: u64, piece: &mut [u8]) -> Result<(), Error> {
        if piece.len() as u64 > WINDOW {
            return read(self.blob, offset, piece).await;
        }
        let start = offset - offset % WINDOW;
        let held = self.window.borrow().as_ref().is_some_and(|(at, _)| *at == start);
        if !held {
            self.load(start).await?;
        }
        let part = self.window.borrow().as_ref().and_then(|(at, bytes)| {
            let from = u32::try_from(offset - at).ok()?;
            let to = from.checked_add(u32::try_from(piece.len()).ok()?)?;
            (to <= bytes.length()).then(|| bytes.subarray(from, to))
        });
        match part {
            Some(part) => {
                part.copy_to(piece);
                Ok(())
            }
            None => read(self.blob, offset, piece).await,
        }
    }

    async fn load(&self, start: u64) -> Result<(), Error> {
        let begun = self.ahead.take().filter(|(at, _)| *at == start);
        let loading = match begun {
            Some((_, loading)) => loading,
            None => begin(self.blob, start, WINDOW)?,
        };
        let bytes = bytes_of(loading).await?;
        let next = start.saturating_add(WINDOW);
        if next < length_of(self.blob) {
            *self.ahead.borrow_mut() = begin(self.blob, next, WINDOW).ok().map(|loading| (next, loading));
        }
        *self.window.borrow_mut() = Some((start, bytes));
        Ok(())
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        // A failure that nobody waits for any more is none.
        if let Some((_, loading)) = self.ahead.take() {
            wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(loading).await) });
        }
    }
}

/// Fills a piece with what stands at an offset.
///
/// # Errors
/// [`Error::FileChanged`]: the browser refuses to read a file that changed since it was chosen.
pub async fn read(blob: &Blob, offset: u64, piece: &mut [u8]) -> Result<(), Error> {
    let bytes = bytes_of(begin(blob, offset, piece.len() as u64)?).await?;
    if bytes.length() as usize != piece.len() {
        return Err(Error::FileChanged);
    }
    bytes.copy_to(piece);
    Ok(())
}

/// How many bytes there are.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's length is a whole number")]
pub fn length_of(blob: &Blob) -> u64 {
    blob.size() as u64
}

#[expect(clippy::cast_precision_loss, reason = "a file's length fits into a double")]
fn begin(blob: &Blob, offset: u64, length: u64) -> Result<Promise, Error> {
    let end = offset.saturating_add(length);
    let part = blob.slice_with_f64_and_f64(offset as f64, end as f64).map_err(|_| Error::FileChanged)?;
    Ok(part.array_buffer())
}

async fn bytes_of(loading: Promise) -> Result<Uint8Array, Error> {
    JsFuture::from(loading).await.map(|bytes| Uint8Array::new(&bytes)).map_err(|_| Error::FileChanged)
}
