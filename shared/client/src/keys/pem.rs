//! PEM blocks (RFC 7468) as they are found in mails, terminals and bundles: with text around them, any line ends, and
//! the header lines of old OpenSSL.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

/// One block.
pub(super) struct Block<'a> {
    /// What stands between `BEGIN` and the dashes.
    pub(super) label: &'a str,
    /// The bytes. They may be a private key.
    pub(super) der: Zeroizing<Vec<u8>>,
    /// Whether its headers say that it is encrypted.
    pub(super) encrypted: bool,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// All blocks of a text, in their order; `None` when one has no end or is no base64.
pub(super) fn blocks(text: &str) -> Option<Vec<Block<'_>>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, body) = after.split_once(DASHES)?;
        let (body, after) = body.split_once(END)?;
        let (end, after) = after.split_once(DASHES)?;
        if end != label {
            return None;
        }
        let encrypted = body.lines().any(|line| line.starts_with("Proc-Type:") && line.contains("ENCRYPTED"));
        let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
        for line in body.lines().filter(|line| !line.contains(':')) {
            base64.extend(line.chars().filter(|sign| !sign.is_whitespace()));
        }
        let der = Zeroizing::new(Base64::decode_vec(&base64).ok()?);
        found.push(Block { label, der, encrypted });
        rest = after;
    }
    Some(found)
}

/// A block in lines of 64.
pub(super) fn write(label: &str, der: &[u8]) -> String {
    let base64 = Base64::encode_string(der);
    let mut text = format!("{BEGIN}{label}{DASHES}\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text + END + label + DASHES + "\n"
}
