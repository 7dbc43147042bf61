//! Project Wycheproof: AES-256-GCM, HKDF-SHA-256, Ed25519 (strict), X25519.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use ed25519_dalek::{Signature, VerifyingKey};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::TestResult;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn aes_256_gcm() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let mut run = 0;
    let groups =
        set.test_groups.iter().filter(|group| group.key_size == 256 && group.nonce_size == 96 && group.tag_size == 128);
    for test in groups.flat_map(|group| &group.tests) {
        let cipher = Aes256Gcm::new_from_slice(&test.key).unwrap();
        let nonce = Nonce::try_from(test.nonce.as_slice()).unwrap();
        let sealed = [test.ct.as_slice(), &test.tag].concat();
        let opened = cipher.decrypt(&nonce, Payload { msg: &sealed, aad: &test.aad });
        if test.result == TestResult::Valid {
            assert_eq!(opened.unwrap(), *test.pt, "{}", test.tc_id);
            let again = cipher.encrypt(&nonce, Payload { msg: &test.pt, aad: &test.aad });
            assert_eq!(again.unwrap(), sealed, "{}", test.tc_id);
        } else {
            assert!(opened.is_err(), "{}", test.tc_id);
        }
        run += 1;
    }
    assert!(run > 60, "{run}");
}

#[test]
fn hkdf_sha_256() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut run = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut okm = vec![0; test.size];
        let expanded = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        if test.result == TestResult::Valid {
            assert!(expanded.is_ok() && okm == *test.okm, "{}", test.tc_id);
        } else {
            assert!(expanded.is_err(), "{}", test.tc_id);
        }
        run += 1;
    }
    assert!(run > 80, "{run}");
}

#[test]
fn ed25519_strict() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut run = 0;
    for group in &set.test_groups {
        let key = VerifyingKey::from_bytes(group.key.pk.as_slice().try_into().unwrap()).unwrap();
        for test in &group.tests {
            let verified =
                Signature::from_slice(&test.sig).and_then(|signature| key.verify_strict(&test.msg, &signature));
            assert_eq!(verified.is_ok(), test.result == TestResult::Valid, "{}", test.tc_id);
            run += 1;
        }
    }
    assert!(run > 140, "{run}");
}

#[test]
fn x25519() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let mut run = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let private: [u8; 32] = test.private_key.as_slice().try_into().unwrap();
        let public: [u8; 32] = test.public_key.as_slice().try_into().unwrap();
        let shared = x25519_dalek::x25519(private, public);
        assert_eq!(shared.as_slice(), test.shared_secret.as_slice(), "{}", test.tc_id);
        run += 1;
    }
    assert!(run > 500, "{run}");
}
