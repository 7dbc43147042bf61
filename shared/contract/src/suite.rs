//! The one cipher suite. It is a constant: nothing here is negotiated, configured or read from data.

/// Number that starts every signed or sealed object.
pub const SUITE: u8 = 1;

/// Argon2id memory in KiB (RFC 9106, section 4: the second recommended option).
pub const ARGON2_MEMORY_KIB: u32 = 64 * 1024;
/// Argon2id passes.
pub const ARGON2_PASSES: u32 = 3;
/// Argon2id lanes.
pub const ARGON2_LANES: u32 = 1;

/// Smallest size of a padded payload in bytes.
pub const PADDING_FLOOR: usize = 256;

/// Bytes that AES-256-GCM adds to a padded payload.
pub const TAG_LENGTH: usize = 16;

/// Size that a payload of `length` bytes is padded to: Padmé (PURBs, PoPETs 2019, section 4) with a floor.
///
/// The overhead is at most 12 %, and only `O(log log length)` bits of the true length remain visible.
#[must_use]
pub fn padded_length(length: usize) -> usize {
    if length <= PADDING_FLOOR {
        return PADDING_FLOOR;
    }
    let exponent = length.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent - kept_bits)) - 1;
    (length + mask) & !mask
}

/// Whether `length` is one that a sealed payload can have: a Padmé size and the tag.
#[must_use]
pub fn is_sealed_length(length: usize) -> bool {
    length.checked_sub(TAG_LENGTH).is_some_and(|padded| padded >= PADDING_FLOOR && padded_length(padded) == padded)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Worked out by hand from the paper's definition.
    const PADME: [(usize, usize); 9] = [
        (0, 256),
        (256, 256),
        (257, 272),
        (300, 304),
        (512, 512),
        (513, 544),
        (1000, 1024),
        (1025, 1088),
        (100_000, 100_352),
    ];

    #[test]
    fn pads_to_the_sizes_of_the_table() {
        for (length, padded) in PADME {
            assert_eq!(padded_length(length), padded, "{length}");
            assert!(is_sealed_length(padded + TAG_LENGTH));
        }
    }

    #[test]
    fn refuses_other_sizes() {
        for length in [0, 15, 16, 255 + TAG_LENGTH, 257 + TAG_LENGTH, 600 + TAG_LENGTH] {
            assert!(!is_sealed_length(length), "{length}");
        }
    }
}
