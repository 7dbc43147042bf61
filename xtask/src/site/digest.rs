//! Hashes of what is served: in file names, so that browsers may keep a file for ever, and as `integrity`.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256, Sha384};

/// Sixteen hex digits of SHA-256, for file names.
pub fn name(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The value of an `integrity` attribute.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn integrity_is_what_browsers_compute() {
        // openssl dgst -sha384 -binary </dev/null | base64
        let empty = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(super::integrity(b""), empty);
    }
}
