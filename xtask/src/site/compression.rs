//! Brotli at its best, done once for each content and kept: at this quality a megabyte takes seconds.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::{fs, thread};

use anyhow::{Result, anyhow};

use super::digest;
use crate::workspace;

/// The compressed forms of those files for which it pays, by name with `.br` behind it; made on all cores.
pub fn compress_all(files: &BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, Vec<u8>>> {
    let waiting = Mutex::new(files.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut done = Vec::new();
        while let Some((name, bytes)) = next() {
            done.extend(compress(bytes)?.map(|compressed| (format!("{name}.br"), compressed)));
        }
        Ok(done)
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut compressed = BTreeMap::new();
        for worker in workers {
            let done: Result<Vec<_>> = worker.join().map_err(|_| anyhow!("compressing ended early"))?;
            compressed.extend(done?);
        }
        Ok(compressed)
    })
}

/// The compressed form of `bytes`, or nothing where compressing does not pay.
fn compress(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let folder = workspace::site_target().join("compressed");
    fs::create_dir_all(&folder)?;
    let kept = folder.join(format!("{}.br", digest::name(bytes)));
    let compressed = match fs::read(&kept) {
        Ok(compressed) => compressed,
        Err(_) => {
            let mut compressed = Vec::new();
            let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
            brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
            let unfinished = kept.with_extension("part");
            fs::write(&unfinished, &compressed)?;
            fs::rename(unfinished, kept)?;
            compressed
        }
    };
    Ok((compressed.len() + compressed.len() / 20 < bytes.len()).then_some(compressed))
}
