//! The spellings of a text in which it would be found if it had leaked.

use base64ct::{Base64, Base64Url, Encoding};

/// How a needle is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spelling {
    /// UTF-8.
    Raw,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Hexadecimal.
    Hex,
    /// Escaped as in JSON.
    Json,
    /// Escaped as in addresses.
    Percent,
    /// Base64, beginning at this byte of a group of three.
    Base64(u8),
}

/// Every spelling of a needle, none twice.
#[must_use]
pub fn spell(needle: &str) -> Vec<(Spelling, Vec<u8>)> {
    let bytes = needle.as_bytes();
    let mut spellings = vec![
        (Spelling::Raw, bytes.to_vec()),
        (Spelling::Utf16Le, needle.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        (Spelling::Utf16Be, needle.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        (Spelling::Hex, hex(bytes, char::to_ascii_lowercase)),
        (Spelling::Hex, hex(bytes, char::to_ascii_uppercase)),
    ];
    for escape_all in [false, true] {
        for solidus in [false, true] {
            for case in [char::to_ascii_lowercase, char::to_ascii_uppercase] {
                spellings.push((Spelling::Json, json(needle, escape_all, solidus, case)));
            }
        }
    }
    for case in [char::to_ascii_lowercase, char::to_ascii_uppercase] {
        // What escapes too much, what encodes a component, what encodes an address, what encodes a form.
        for kept in ["", "-_.~", "-_.~!*'();:@&=+$,/?#[]", "-_.* "] {
            spellings.push((Spelling::Percent, percent(bytes, kept, case)));
        }
    }
    for offset in 0..3 {
        for encode in [Base64::encode_string, Base64Url::encode_string] {
            spellings.push((Spelling::Base64(offset), base64(bytes, offset, encode)));
        }
    }
    let mut different: Vec<(Spelling, Vec<u8>)> = Vec::with_capacity(spellings.len());
    for (spelling, pattern) in spellings {
        if !different.iter().any(|(_, known)| *known == pattern) {
            different.push((spelling, pattern));
        }
    }
    different
}

type Case = fn(&char) -> char;

fn hex(bytes: &[u8], case: Case) -> Vec<u8> {
    bytes.iter().flat_map(|byte| digits(u32::from(*byte), 2, case)).collect()
}

fn digits(value: u32, count: u32, case: Case) -> Vec<u8> {
    let digit = |place: u32| char::from_digit(value >> (4 * place) & 15, 16).map_or(b'0', |digit| case(&digit) as u8);
    (0..count).rev().map(digit).collect()
}

fn json(text: &str, escape_all: bool, solidus: bool, case: Case) -> Vec<u8> {
    let mut escaped = Vec::new();
    for character in text.chars() {
        match character {
            '"' => escaped.extend_from_slice(b"\\\""),
            '\\' => escaped.extend_from_slice(b"\\\\"),
            '\n' => escaped.extend_from_slice(b"\\n"),
            '\r' => escaped.extend_from_slice(b"\\r"),
            '\t' => escaped.extend_from_slice(b"\\t"),
            '/' if solidus => escaped.extend_from_slice(b"\\/"),
            _ if character.is_control() || (escape_all && !character.is_ascii()) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    escaped.extend_from_slice(b"\\u");
                    escaped.extend(digits(u32::from(*unit), 4, case));
                }
            }
            _ => escaped.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    escaped
}

fn percent(bytes: &[u8], kept: &str, case: Case) -> Vec<u8> {
    let mut encoded = Vec::new();
    for byte in bytes {
        let letter = char::from(*byte);
        if *byte == b' ' && kept.contains(' ') {
            encoded.push(b'+');
        } else if byte.is_ascii_alphanumeric() || (byte.is_ascii() && kept.contains(letter)) {
            encoded.push(*byte);
        } else {
            encoded.push(b'%');
            encoded.extend(digits(u32::from(*byte), 2, case));
        }
    }
    encoded
}

/// The letters that depend on the needle alone when `offset` bytes of something else stand before it in its group.
fn base64(bytes: &[u8], offset: u8, encode: fn(&[u8]) -> String) -> Vec<u8> {
    let offset = usize::from(offset);
    let shifted: Vec<u8> = std::iter::repeat_n(0, offset).chain(bytes.iter().copied()).collect();
    let (first, end) = ((8 * offset).div_ceil(6), 8 * shifted.len() / 6);
    encode(&shifted).into_bytes().get(first..end).unwrap_or_default().to_vec()
}
