//! Canonical bytes: minicbor arrays with fixed field numbers. What is decoded is encoded again and compared, so that
//! one value has exactly one encoding: unknown fields, trailing bytes and other lengths are refused.

use minicbor::{Decode, Encode, encode::Write};

/// The bytes are not the one encoding of a value of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a canonical encoding")]
pub struct Malformed;

/// Encodes a value.
#[must_use]
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(value, &mut bytes) {
        Ok(()) => bytes,
        Err(error) => unreachable!("writing to memory failed: {error}"),
    }
}

/// Decodes a value and refuses every other encoding of it.
///
/// # Errors
/// [`Malformed`] when the bytes do not decode, or when they differ from what [`encode`] makes of the value.
pub fn decode<T>(bytes: &[u8]) -> Result<T, Malformed>
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    let value: T = minicbor::decode(bytes).map_err(|_| Malformed)?;
    let mut left = Expected(bytes);
    match minicbor::encode(&value, &mut left) {
        Ok(()) if left.0.is_empty() => Ok(value),
        _ => Err(Malformed),
    }
}

/// Takes nothing but the bytes that are expected, so that an encoding is compared without being written down.
struct Expected<'b>(&'b [u8]);

impl Write for Expected<'_> {
    type Error = Malformed;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        self.0 = self.0.strip_prefix(bytes).ok_or(Malformed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[derive(Debug, PartialEq, Encode, Decode)]
    struct Pair {
        #[n(0)]
        left: u8,
        #[n(1)]
        right: u8,
    }

    #[test]
    fn reads_its_own_encoding() {
        assert_eq!(decode(&[0x82, 1, 2]), Ok(Pair { left: 1, right: 2 }));
    }

    #[test]
    fn refuses_every_other_encoding() {
        for bytes in [
            &[0x83, 1, 2, 3][..], // a further field
            &[0x82, 1, 2, 0],     // trailing bytes
            &[0x82, 0x18, 1, 2],  // a longer integer
            &[0x9f, 1, 2, 0xff],  // indefinite length
            &[0x98, 2, 1, 2],     // a longer length
            &[0x82, 1],           // half of it
            &[],
        ] {
            assert_eq!(decode::<Pair>(bytes), Err(Malformed), "{bytes:?}");
        }
    }
}
