//! Reading what the browser holds, by pieces. A browser takes as long to find a place as to read a megabyte from there, so
//! more is read at once than is asked for, and the next of it meanwhile.

use js_sys::{Promise, Uint8Array};
use sealward_client::error::Error;
use std::{cell::RefCell, collections::VecDeque};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Bytes that are read at once.
const WINDOW: u64 = 4 << 20;

/// A file that is read from its beginning to its end, by several at once.
pub struct Reading<'b> {
    blob: &'b Blob,
    /// What is read or being read: where the windows begin, the newest last.
    windows: RefCell<VecDeque<(u64, Promise)>>,
}

/// How many windows are held: the one that is being used, and the next.
const HELD: usize = 2;

impl<'b> Reading<'b> {
    /// Nothing is read yet.
    pub fn new(blob: &'b Blob) -> Self {
        Self { blob, windows: RefCell::default() }
    }

    /// Fills a piece with what stands at an offset. A piece that crosses windows is read by itself.
    ///
    /// # Errors
    /// [`Error::FileChanged`]: the browser refuses to read a file that changed since it was chosen.
    pub async fn fill(&self, offset: u64, piece: &mut [u8]) -> Result<(), Error> {
        let start = offset - offset % WINDOW;
        let from = offset - start;
        let to = from.saturating_add(piece.len() as u64);
        if to > WINDOW {
            return read(self.blob, offset, piece).await;
        }
        let window = self.window(start)?;
        let next = start.saturating_add(WINDOW);
        if next < length_of(self.blob) {
            let _ahead = self.window(next)?;
        }
        let bytes = bytes_of(window).await?;
        let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) else { return Err(Error::FileChanged) };
        if to > bytes.length() {
            return Err(Error::FileChanged);
        }
        bytes.subarray(from, to).copy_to(piece);
        Ok(())
    }

    /// A window that is read, or being read from now on.
    fn window(&self, start: u64) -> Result<Promise, Error> {
        let mut windows = self.windows.borrow_mut();
        if let Some((_, window)) = windows.iter().find(|(at, _)| *at == start) {
            return Ok(window.clone());
        }
        let window = begin(self.blob, start, WINDOW)?;
        windows.push_back((start, window.clone()));
        if windows.len() > HELD
            && let Some((_, oldest)) = windows.pop_front()
        {
            let_go(oldest);
        }
        Ok(window)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.windows.take().into_iter().for_each(|(_, window)| let_go(window));
    }
}

/// A failure that nobody waits for any more is none.
fn let_go(window: Promise) {
    wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(window).await) });
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
