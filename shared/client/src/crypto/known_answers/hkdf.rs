//! RFC 5869, appendix A.1 to A.3.

use crate::crypto::derivation::derive;
use crate::crypto::fixed::{hex, to_hex};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn rfc_5869_basic() {
    let salt: Vec<u8> = (0..=0x0c).collect();
    let okm = derive::<42>(Some(&salt), &[0x0b; 22], &hex("f0f1f2f3f4f5f6f7f8f9"));
    let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(to_hex(okm.expose()), expected);
}

#[test]
fn rfc_5869_longer() {
    let key: Vec<u8> = (0..=0x4f).collect();
    let salt: Vec<u8> = (0x60..=0xaf).collect();
    let info: Vec<u8> = (0xb0..=0xff).collect();
    let expected = "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
                    59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
                    cc30c58179ec3e87c14c01d5c1f3434f1d87";
    assert_eq!(to_hex(derive::<82>(Some(&salt), &key, &info).expose()), expected);
}

#[test]
fn rfc_5869_without_salt_or_info() {
    let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    assert_eq!(to_hex(derive::<42>(None, &[0x0b; 22], b"").expose()), expected);
    assert_eq!(to_hex(derive::<42>(Some(b""), &[0x0b; 22], b"").expose()), expected);
}
