//! AES-256-GCM by the browser, which is many times faster than the same in WebAssembly. Keys, nonces and associated data
//! are made by the client; only the bulk goes through here. Where the browser has none, the client does it itself.

use super::clock::scope;
use js_sys::{Array, Uint8Array};
use sealward_client::crypto::{
    SecretBytes,
    sealing::{OpenError, Opening, Sealed, Sealing, TooLong},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

/// Every key is used once: see `crypto/sealing.rs`.
const ZERO_NONCE: [u8; 12] = [0; 12];

/// Finishes a sealing.
///
/// # Errors
/// [`TooLong`].
pub async fn encrypt(sealing: Sealing) -> Result<Sealed, TooLong> {
    match encrypt_by_browser(&sealing).await {
        Some(bytes) => Ok(sealing.finish_with(bytes)),
        None => sealing.finish(),
    }
}

/// Finishes an opening.
///
/// # Errors
/// [`OpenError`].
pub async fn decrypt(opening: Opening) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    match decrypt_by_browser(&opening).await {
        Some(padded) => Opening::finish_with(padded),
        // Also where the browser refused it: then it is refused once more.
        None => opening.finish(),
    }
}

async fn encrypt_by_browser(sealing: &Sealing) -> Option<Vec<u8>> {
    let subtle = scope().crypto().ok()?.subtle();
    let key = import(&subtle, &sealing.subkey, "encrypt").await?;
    let data = Uint8Array::from(sealing.padded.as_slice());
    let promise = subtle.encrypt_with_object_and_js_u8_array(&params(&sealing.context), &key, &data);
    let done = match promise {
        Ok(promise) => JsFuture::from(promise).await.ok(),
        Err(_) => None,
    };
    data.fill(0, 0, data.length());
    Some(Uint8Array::new(&done?).to_vec())
}

async fn decrypt_by_browser(opening: &Opening) -> Option<Zeroizing<Vec<u8>>> {
    let subtle = scope().crypto().ok()?.subtle();
    let key = import(&subtle, &opening.subkey, "decrypt").await?;
    let data = Uint8Array::from(opening.bytes.as_slice());
    let promise = subtle.decrypt_with_object_and_js_u8_array(&params(&opening.context), &key, &data).ok()?;
    let done = Uint8Array::new(&JsFuture::from(promise).await.ok()?);
    let padded = Zeroizing::new(done.to_vec());
    done.fill(0, 0, done.length());
    Some(padded)
}

fn params(context: &[u8]) -> AesGcmParams {
    let params = AesGcmParams::new_with_u8_array("AES-GCM", &Uint8Array::from(ZERO_NONCE.as_slice()));
    params.set_additional_data_u8_array(&Uint8Array::from(context));
    params
}

async fn import(subtle: &SubtleCrypto, key: &SecretBytes<32>, usage: &str) -> Option<CryptoKey> {
    let bytes = Uint8Array::from(key.expose().as_slice());
    let usages = Array::of1(&JsValue::from_str(usage));
    let promise = subtle.import_key_with_str("raw", &bytes, "AES-GCM", false, &usages);
    let imported = match promise {
        Ok(promise) => JsFuture::from(promise).await.ok(),
        Err(_) => None,
    };
    bytes.fill(0, 0, bytes.length());
    imported?.dyn_into().ok()
}
