//! From the bytes of a file to its text: UTF-8 and UTF-16 by their mark, else UTF-8 where it is valid, else GB18030.

use super::{FileText, ImportError};
use zeroize::{Zeroize, Zeroizing};

/// Decodes a file.
pub(super) fn decode(mut file: Zeroizing<Vec<u8>>) -> Result<FileText, ImportError> {
    match file.as_slice() {
        [0xff, 0xfe, rest @ ..] => return decode_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return decode_utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            return core::str::from_utf8(rest).map(FileText::from).map_err(|_| ImportError::UnknownEncoding);
        }
        _ => {}
    }
    match String::from_utf8(core::mem::take(&mut *file)) {
        Ok(text) => Ok(FileText::new(text)),
        Err(error) => {
            let mut bytes = error.into_bytes();
            let text = decode_gb18030(&mut bytes);
            bytes.zeroize();
            text.map(FileText::new).ok_or(ImportError::UnknownEncoding)
        }
    }
}

/// The encoding that [`decode`] will find.
pub(super) fn name(file: &[u8]) -> &'static str {
    match file {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
        _ if core::str::from_utf8(file).is_ok() => "UTF-8",
        _ => "GB18030",
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<FileText, ImportError> {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 2 * 3));
    for letter in char::decode_utf16(units.iter().map(|bytes| unit(*bytes))) {
        text.push(letter.map_err(|_| ImportError::UnknownEncoding)?);
    }
    if rest.is_empty() { Ok(FileText::from(text)) } else { Err(ImportError::UnknownEncoding) }
}

#[cfg(not(target_arch = "wasm32"))]
fn decode_gb18030(bytes: &mut [u8]) -> Option<String> {
    encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// The browser has the tables: carrying them along would double the page.
#[cfg(target_arch = "wasm32")]
fn decode_gb18030(bytes: &mut [u8]) -> Option<String> {
    let options = web_sys::TextDecoderOptions::new();
    options.set_fatal(true);
    let decoder = web_sys::TextDecoder::new_with_label_and_options("gb18030", &options).ok()?;
    decoder.decode_with_u8_array(bytes).ok()
}
