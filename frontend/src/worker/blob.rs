//! Reading what the browser holds, by pieces. A browser takes as long to find a place as to read a megabyte from there: a
//! file that is read from its beginning to its end is read as one stream, which is three times as fast.

use futures_util::lock::Mutex;
use js_sys::{ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use sealward_client::error::Error;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamByobReader};

/// Bytes that are asked for at once.
const ROOM: u32 = 1 << 20;

/// A file of which several read one piece after another.
pub struct Reading<'b> {
    blob: &'b Blob,
    run: Mutex<Option<Run>>,
}

impl<'b> Reading<'b> {
    /// Nothing is read yet.
    pub fn new(blob: &'b Blob) -> Self {
        Self { blob, run: Mutex::new(None) }
    }

    /// Fills a piece with what stands at an offset. Whoever asks for it after the piece before has it at once; other places
    /// take a stream of their own.
    ///
    /// # Errors
    /// [`Error::FileChanged`]: the browser refuses to read a file that changed since it was chosen.
    pub async fn fill(&self, offset: u64, piece: &mut [u8]) -> Result<(), Error> {
        let mut held = self.run.lock().await;
        // Taken: one that is given up in the middle is nobody's any more.
        let run = held.take().filter(|run| run.at == offset);
        let Some(mut run) = run.or_else(|| Run::begin(self.blob, offset)) else {
            drop(held);
            return read(self.blob, offset, piece).await;
        };
        run.fill(piece).await?;
        *held = Some(run);
        Ok(())
    }
}

/// A stream of a file's bytes.
struct Run {
    reader: ReadableStreamByobReader,
    /// Where it is.
    at: u64,
    /// What the browser writes into; `None` while it is lent to it.
    room: Option<ArrayBuffer>,
}

impl Run {
    /// Begins at an offset; `None` where the browser has no such streams.
    #[expect(clippy::cast_precision_loss, reason = "a file's length fits into a double")]
    fn begin(blob: &Blob, offset: u64) -> Option<Self> {
        let stream = blob.slice_with_f64_and_f64(offset as f64, blob.size()).ok()?.stream();
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"byob".into()).ok()?;
        // Not by web-sys: what an older browser throws could not be caught.
        let begin: Function = Reflect::get(&stream, &"getReader".into()).ok()?.dyn_into().ok()?;
        let reader = begin.call1(&stream, &options).ok()?.unchecked_into();
        Some(Self { reader, at: offset, room: Some(ArrayBuffer::new(ROOM)) })
    }

    async fn fill(&mut self, piece: &mut [u8]) -> Result<(), Error> {
        let changed = |_| Error::FileChanged;
        let mut rest = piece;
        while !rest.is_empty() {
            let wanted = u32::try_from(rest.len()).unwrap_or(u32::MAX).min(ROOM);
            let room = self.room.take().ok_or(Error::FileChanged)?;
            let view = Uint8Array::new_with_byte_offset_and_length(&room, 0, wanted);
            let read = JsFuture::from(self.reader.read_with_array_buffer_view(&view)).await.map_err(changed)?;
            let bytes = Reflect::get(&read, &"value".into()).map_err(changed)?;
            let bytes: Uint8Array = bytes.dyn_into().map_err(changed)?;
            self.room = Some(bytes.buffer());
            let (now, later) = rest.split_at_mut_checked(bytes.length() as usize).ok_or(Error::FileChanged)?;
            // It ended before its length.
            if now.is_empty() {
                return Err(Error::FileChanged);
            }
            bytes.copy_to(now);
            self.at += now.len() as u64;
            rest = later;
        }
        Ok(())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(room) = self.room.take() {
            let room = Uint8Array::new(&room);
            room.fill(0, 0, room.length());
        }
        // A failure that nobody waits for any more is none.
        let ended = self.reader.cancel();
        wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(ended).await) });
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
