//! Messages on the socket: a length of four bytes, and JSON. Their bytes are wiped.

use serde::{Serialize, de::DeserializeOwned};
use std::io::{Error, ErrorKind, Read, Result, Write};
use zeroize::Zeroizing;

/// More than any message has, in bytes.
const LONGEST: u32 = 256 << 20;

/// Writes a message.
pub(super) fn write(out: &mut impl Write, message: &impl Serialize) -> Result<()> {
    let bytes = Zeroizing::new(serde_json::to_vec(message)?);
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
    out.write_all(&length.ok_or(ErrorKind::InvalidData)?.to_be_bytes())?;
    out.write_all(&bytes)?;
    out.flush()
}

/// Reads a message.
pub(super) fn read<M: DeserializeOwned>(source: &mut impl Read) -> Result<M> {
    let mut length = [0; 4];
    source.read_exact(&mut length)?;
    let length = Some(u32::from_be_bytes(length)).filter(|length| *length <= LONGEST);
    let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(ErrorKind::InvalidData)?;
    let mut bytes = Zeroizing::new(Vec::new());
    // As much as comes, so that a length alone takes no memory.
    source.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    serde_json::from_slice(&bytes).map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let mut bytes = Vec::new();
        write(&mut bytes, &("one", 2)).unwrap();
        assert_eq!(bytes, b"\0\0\0\x09[\"one\",2]");
        assert_eq!(read::<(String, u8)>(&mut bytes.as_slice()).unwrap(), ("one".to_owned(), 2));
        for broken in [&b"\0\0\0\x09[\"one\""[..], b"\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x02{]"] {
            assert!(read::<(String, u8)>(&mut &broken[..]).is_err());
        }
    }
}
