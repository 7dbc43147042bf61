//! Sealed chunks are frozen: made with OpenSSL's AES-256-GCM (by way of Python's `cryptography`) from the protocol's
//! words, and the same whether the browser seals or we do.

use super::FileCipher;
use crate::crypto::{
    fixed::{digest, to_hex},
    sealing::OpenError,
    stream::{self, FileKey, nonce},
};
use sealward_contract::{
    crypto::{Hash, hash},
    file::ChunkShape,
};

/// Index, whether it is the last, plaintext, sealed: under the key 00 01 02 … 1f.
const FROZEN: [(u32, bool, &str, &str); 4] = [
    (0, false, "first chunk", "68d5c7adc10ce0d57dc6c2eb769540722955fde1e6e4a19a4e396d"),
    (1, false, "first chunk", "468507487e9c27446493209719f36095847d279cdc4addf6658d2c"),
    (1, true, "last chunk", "046cf302ead9d29b6311d4c1c3ef5ee5d97aa876b9398677d30e"),
    (0x0102_0304, true, "", "a627819613fc59b790ab1b52283ee773"),
];

/// SHA-256 of the sealed chunk 7, not the last, of 1 MiB whose byte `n` is `7n + 3`.
const WHOLE: &str = "d751057e40eec5723020106670303862a9a84fd8884ecfaf223dd2faf5f45be8";

fn key() -> FileKey {
    FileKey::from_slice(&(0..32).collect::<Vec<u8>>()).unwrap()
}

fn shape(index: u32, last: bool, plain: usize) -> ChunkShape {
    ChunkShape { index, last, plain }
}

fn whole() -> Vec<u8> {
    (0..1_u32 << 20).map(|at| (at.wrapping_mul(7).wrapping_add(3) & 0xff) as u8).collect()
}

fn now<T>(waiting: impl Future<Output = T>) -> T {
    futures_util::FutureExt::now_or_never(waiting).unwrap()
}

async fn sealed_by(cipher: &FileCipher, shape: &ChunkShape, plain: &[u8]) -> (Vec<u8>, Hash) {
    let sealed = cipher.seal(shape, plain).await.unwrap();
    (sealed.chunk.sealed.0, sealed.digest)
}

async fn seals_what_is_frozen(cipher: FileCipher) {
    for (index, last, plain, expected) in FROZEN {
        let shape = shape(index, last, plain.len());
        let (sealed, digest) = sealed_by(&cipher, &shape, plain.as_bytes()).await;
        assert_eq!(to_hex(&sealed), expected);
        assert_eq!(digest, hash(&sealed));
        let opened = cipher.open(&shape, &digest, sealed).await.unwrap().unwrap();
        assert_eq!(opened.as_slice(), plain.as_bytes());
    }
    let shape = shape(7, false, 1 << 20);
    let (sealed, sum) = sealed_by(&cipher, &shape, &whole()).await;
    assert_eq!((to_hex(&sum.0).as_str(), digest(&sealed).as_str()), (WHOLE, WHOLE));
    assert!(cipher.open(&shape, &sum, sealed).await.unwrap().unwrap().as_slice() == whole());
}

async fn refuses_what_was_changed(cipher: FileCipher) {
    let right = shape(1, false, 11);
    let (sealed, digest) = sealed_by(&cipher, &right, b"first chunk").await;
    for wrong in [shape(0, false, 11), shape(2, false, 11), shape(1, true, 11)] {
        assert_eq!(cipher.open(&wrong, &digest, sealed.clone()).await, Err(OpenError));
    }
    let mut changed = sealed.clone();
    changed[0] ^= 1;
    assert_eq!(cipher.open(&right, &digest, changed.clone()).await, Ok(None));
    assert_eq!(cipher.open(&right, &hash(&changed), changed).await, Err(OpenError));
    assert_eq!(cipher.open(&right, &hash(&sealed[1..]), sealed[1..].to_vec()).await, Err(OpenError));
    assert_eq!(cipher.open(&right, &Hash([0; 32]), sealed).await, Ok(None));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn our_own_cipher_seals_what_is_frozen() {
    now(seals_what_is_frozen(FileCipher::own(&key())));
    now(refuses_what_was_changed(FileCipher::own(&key())));
}

/// The browser's own AES-GCM makes the same bytes, and opens and refuses alike.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
async fn the_browser_seals_what_is_frozen() {
    for check in 0..2 {
        let cipher = FileCipher::new(&key()).await;
        assert!(cipher.is_browsers(), "there is no WebCrypto here");
        match check {
            0 => seals_what_is_frozen(cipher).await,
            _ => refuses_what_was_changed(cipher).await,
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn nonces_are_frozen() {
    assert_eq!(to_hex(&nonce(&shape(0, false, 1))), "000000000000000000000000");
    assert_eq!(to_hex(&nonce(&shape(0x0102_0304, true, 1))), "000000000000000102030401");
    // What the library makes of a place is what the browser is told.
    let sealed = stream::seal_chunk(&key(), &shape(1, true, 10), b"last chunk").unwrap();
    assert_eq!(to_hex(&sealed), FROZEN[2].3);
}
