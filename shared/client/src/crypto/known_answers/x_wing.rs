//! The X-Wing draft's vectors (draft-connolly-cfrg-xwing-kem, appendix C), with public key and
//! ciphertext by their SHA-256, and one of draft-ietf-hpke-pq for X-Wing with HKDF-SHA-256. That one
//! uses ChaCha20Poly1305: no published vector has our AES-256-GCM, which Wycheproof tests by itself.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

use crate::crypto::fixed::{FixedRandomness, digest, hex, to_hex};
use crate::crypto::hpke::XWingSecret;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

struct Vector {
    seed: &'static str,
    encapsulation: &'static str,
    shared: &'static str,
    public_digest: &'static str,
    ciphertext_digest: &'static str,
}

const DRAFT: [Vector; 3] = [
    Vector {
        seed: "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
        encapsulation: "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2\
                        35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
        shared: "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384",
        public_digest: "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb",
        ciphertext_digest: "17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33",
    },
    Vector {
        seed: "badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea",
        encapsulation: "17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdef\
                        aee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d",
        shared: "f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150",
        public_digest: "c42ba5f8430d7d2c83739338203819f090e8303ce9c8b02107c272bfa5376916",
        ciphertext_digest: "1661ea86d608a1924ba30840cb0a65f13ae051e3aec9cf0f064efc0bc92f2154",
    },
    Vector {
        seed: "ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9",
        encapsulation: "22a96188d032675c8ac850933c7aff1533b94c834adbb69c6115bad4692d8619\
                        f90b0cdf8a7b9c264029ac185b70b83f2801f2f4b3f70c593ea3aeeb613a7f1b",
        shared: "953f7f4e8c5b5049bdc771d1dffada0dd961477d1a2ae0988baa7ea6898d893f",
        public_digest: "6b080d6b84f095342092fa7a22423e58bd681397ad0ef00eac92bd254db4fa95",
        ciphertext_digest: "d3ca5578500344b5896cffc4fd740c9311946b82951df155e6fd86a7966b43c6",
    },
];

#[test]
fn draft_x_wing() {
    for vector in DRAFT {
        let secret = XWingSecret::from_slice(&hex(vector.seed)).unwrap();
        assert_eq!(digest(&secret.public().0), vector.public_digest);

        let private = <XWing as Kem>::PrivateKey::from_bytes(&hex(vector.seed)).unwrap();
        let mut randomness = FixedRandomness::of(hex(vector.encapsulation));
        let (shared, ciphertext) = XWing::encap_with_rng(&XWing::sk_to_pk(&private), None, &mut randomness).unwrap();
        assert_eq!(to_hex(&shared.0), vector.shared);
        assert_eq!(digest(&ciphertext.to_bytes()), vector.ciphertext_digest);
        assert_eq!(to_hex(&XWing::decap(&private, None, &ciphertext).unwrap().0), vector.shared);
    }
}

#[test]
fn draft_hpke_pq() {
    let secret = hex("3ec47fa82dd5689d27c6190e724c74ec8f608df3331ce331929e37b829676630");
    let encapsulation = hex("2a1c0a3745fe8a48fb62034d300f54dfe1974a5b2e169e580a8789cb1cf5fd19\
         0fc00f3fd899594e01a8b15334b9f3fa03d8de44da86e19f5776850fb689e6c8");
    let shared = "58200ed1f137bd95a921bb47f6aaecf2395b26f7fd24efd3a5ffae4849e8dea3";
    let info = hex("34663634363532303666366532303631323034373732363536333639363136653230353537323665");
    let plaintext = hex("3432363536313735373437393230363937333230373437323735373436383263\
         3230373437323735373436383230363236353631373537343739");
    let sealed = "c5c591f99092d5e38df0a52699af249c66f8275a863423c076de8147a53e65cc\
                  584041c963b77a7e59ea93841b1339b5efda8909b71f74bb0073ad62e899de31\
                  0c1566dea2fd29eba377";

    let private = <XWing as Kem>::PrivateKey::from_bytes(&secret).unwrap();
    let public = XWing::sk_to_pk(&private);
    let again = XWing::encap_with_rng(&public, None, &mut FixedRandomness::of(encapsulation.clone()));
    assert_eq!(to_hex(&again.unwrap().0.0), shared);

    let (encapsulated, mut sender) = hpke::setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        &info,
        &mut FixedRandomness::of(encapsulation),
    )
    .unwrap();
    assert_eq!(to_hex(&sender.seal(&plaintext, b"Count-0").unwrap()), sealed);

    let mut receiver =
        hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, XWing>(&OpModeR::Base, &private, &encapsulated, &info)
            .unwrap();
    assert_eq!(receiver.open(&hex(sealed), b"Count-0").unwrap(), plaintext);
}
