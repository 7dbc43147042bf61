//! Brotli at its best, done once for each content and kept: at this quality a megabyte takes seconds.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;

use super::digest;
use crate::{cores, workspace};

/// The compressed forms of those files for which it pays, by name with `.br` behind it; made on all cores.
pub fn compress_all(files: &BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, Vec<u8>>> {
    let one = |(name, bytes): (&String, &Vec<u8>)| Ok(compress(bytes)?.map(|made| (format!("{name}.br"), made)));
    Ok(cores::map(files, one)?.into_iter().flatten().collect())
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
