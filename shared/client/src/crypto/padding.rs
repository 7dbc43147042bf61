//! The padded form of a payload: its length (32 bits, big-endian), the payload, and zero bytes up to the
//! size that the contract's `suite::padded_length` gives. Anything else is refused.

use sealward_contract::suite::padded_length;
use zeroize::Zeroizing;

/// What precedes the payload.
const PREFIX: usize = size_of::<u32>();

/// The length of a padded payload of `payload` bytes.
pub(super) fn padded_len(payload: usize) -> usize {
    padded_length(payload.saturating_add(PREFIX))
}

/// Pads a payload, leaving room for `spare` more bytes without moving it. None if it is 4 GiB or longer.
pub(super) fn pad(payload: &[u8], spare: usize) -> Option<Zeroizing<Vec<u8>>> {
    let len = u32::try_from(payload.len()).ok()?;
    let padded = padded_len(payload.len());
    let mut bytes = Zeroizing::new(Vec::with_capacity(padded.checked_add(spare)?));
    bytes.extend_from_slice(&len.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes.resize(padded, 0);
    Some(bytes)
}

/// The payload inside. None unless padding it again gives the same bytes.
pub(super) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (len, rest) = padded.split_first_chunk::<PREFIX>()?;
    let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
    let (payload, zeros) = rest.split_at_checked(len)?;
    let exact = padded_len(len) == padded.len() && zeros.iter().all(|byte| *byte == 0);
    exact.then_some(payload)
}

/// Leaves the payload alone in its buffer. None, and the buffer as it was, unless padding it again gives the same bytes.
pub(super) fn unpad_in_place(padded: &mut Vec<u8>) -> Option<()> {
    let len = unpad(padded)?.len();
    padded.copy_within(PREFIX..PREFIX + len, 0);
    // What is cut off stays in the buffer's spare room, which is wiped with it.
    padded.truncate(len);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{pad, padded_len, unpad, unpad_in_place};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Worked out by hand: steps of 16 below 512, of 32 below 1,024, of 64 below 2,048; from 65,536 on
    /// the exponent takes a fifth bit, so steps of 2,048 there and of 32,768 from 1 MiB.
    #[test]
    fn table_of_sizes() {
        let table = [
            (0, 256),
            (252, 256),
            (253, 272),
            (268, 272),
            (269, 288),
            (508, 512),
            (509, 544),
            (1_020, 1_024),
            (1_021, 1_088),
            (65_532, 65_536),
            (65_533, 67_584),
            (1_048_572, 1_048_576),
            (1_048_573, 1_081_344),
        ];
        for (payload, padded) in table {
            assert_eq!(padded_len(payload), padded, "{payload}");
        }
    }

    #[test]
    fn overhead_stays_below_an_eighth() {
        for len in 252..20_000 {
            assert!(padded_len(len) * 8 <= (len + 4) * 9, "{len}");
        }
    }

    #[test]
    fn only_its_own_padding_is_taken() {
        for len in [0, 1, 252, 253, 300] {
            let payload = vec![7; len];
            let padded = pad(&payload, 0).unwrap();
            assert_eq!(unpad(&padded), Some(&*payload));
            let mut alone = padded.to_vec();
            assert_eq!(unpad_in_place(&mut alone), Some(()));
            assert_eq!(alone, payload);

            let mut dirty = padded.to_vec();
            let last = dirty.len() - 1;
            dirty[last] ^= 1;
            assert!(len + 4 == dirty.len() || unpad(&dirty).is_none());

            let mut longer = padded.to_vec();
            longer.resize(padded.len() + 16, 0);
            assert!(unpad(&longer).is_none());
        }
        assert!(unpad(&[]).is_none());
        assert!(unpad(&[0; 255]).is_none());
        assert!(unpad(&[0xff; 256]).is_none());
        // A payload that fits into less is refused, zero bytes or not.
        assert!(unpad(&[0; 272]).is_none());
    }
}
