//! Sealing and opening a file's chunks: by the browser's own AES-GCM where it has one, else by ours. The bytes are the
//! same.

use crate::crypto::{
    sealing::{OpenError, TooLong},
    stream::{self, FileKey},
};
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, hash},
    file::ChunkShape,
    operations::files::Chunk,
};
use zeroize::Zeroizing;

/// A chunk as the server has it.
pub struct SealedChunk {
    /// What is sent.
    pub chunk: Chunk,
    /// Its SHA-256, which the file's record names.
    pub digest: Hash,
}

impl SealedChunk {
    fn new(sealed: Vec<u8>, digest: Hash) -> Self {
        Self { chunk: Chunk { sealed: Bytes(sealed) }, digest }
    }
}

/// Seals and opens the chunks of one file.
pub struct FileCipher {
    key: FileKey,
    #[cfg(target_arch = "wasm32")]
    browser: Option<browser::Cipher>,
}

impl FileCipher {
    /// For a file with this key.
    pub async fn new(key: &FileKey) -> Self {
        Self {
            key: key.duplicate(),
            #[cfg(target_arch = "wasm32")]
            browser: browser::Cipher::new(key).await,
        }
    }

    /// Without the browser's help.
    #[must_use]
    pub fn own(key: &FileKey) -> Self {
        Self {
            key: key.duplicate(),
            #[cfg(target_arch = "wasm32")]
            browser: None,
        }
    }

    /// Whether the browser seals.
    #[cfg(all(test, target_arch = "wasm32"))]
    pub(super) fn is_browsers(&self) -> bool {
        self.browser.is_some()
    }

    /// Seals a chunk, and hashes what comes of it.
    ///
    /// # Errors
    /// [`TooLong`] when it could not be sealed.
    pub async fn seal(&self, shape: &ChunkShape, plain: &[u8]) -> Result<SealedChunk, TooLong> {
        #[cfg(target_arch = "wasm32")]
        if let Some(browser) = &self.browser {
            let (sealed, digest) = browser.seal(shape, plain).await.ok_or(TooLong)?;
            return Ok(SealedChunk::new(sealed, digest));
        }
        let sealed = stream::seal_chunk(&self.key, shape, plain)?;
        let digest = hash(&sealed);
        Ok(SealedChunk::new(sealed, digest))
    }

    /// SHA-256 of a sealed chunk.
    async fn hash(&self, sealed: &[u8]) -> Hash {
        #[cfg(target_arch = "wasm32")]
        if let Some(browser) = &self.browser
            && let Some(digest) = browser.hash(sealed).await
        {
            return digest;
        }
        hash(sealed)
    }

    /// Opens a chunk whose SHA-256 is known; `None` when it has another.
    ///
    /// # Errors
    /// [`OpenError`] when it does not open in this place.
    pub async fn open(
        &self,
        shape: &ChunkShape,
        digest: &Hash,
        sealed: Vec<u8>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        if self.hash(&sealed).await != *digest {
            return Ok(None);
        }
        #[cfg(target_arch = "wasm32")]
        if let Some(browser) = &self.browser {
            return browser.open(shape, &sealed).await.map(Some).ok_or(OpenError);
        }
        stream::open_chunk(&self.key, shape, sealed).map(Some)
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    //! WebCrypto. It is there in secure contexts; elsewhere there is no cipher, and ours is used.

    use crate::crypto::stream::{FileKey, nonce};
    use js_sys::{Array, ArrayBuffer, Object, Promise, Reflect, Uint8Array};
    use sealward_contract::{
        crypto::{Hash, context::of_file_chunk},
        file::ChunkShape,
    };
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{CryptoKey, SubtleCrypto};
    use zeroize::Zeroizing;

    pub(super) struct Cipher {
        subtle: SubtleCrypto,
        key: CryptoKey,
    }

    impl Cipher {
        pub(super) async fn new(key: &FileKey) -> Option<Self> {
            let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
            let subtle = Reflect::get(&crypto, &"subtle".into()).ok().filter(|subtle| subtle.is_object())?;
            let subtle: SubtleCrypto = subtle.unchecked_into();
            let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
            let bytes = Uint8Array::from(key.expose().as_slice());
            let imported = subtle.import_key_with_str("raw", &bytes, "AES-GCM", false, &uses).ok()?;
            let imported = JsFuture::from(imported).await;
            // The copy that the browser was given.
            bytes.fill(0, 0, bytes.length());
            Some(Self { subtle, key: imported.ok()?.unchecked_into() })
        }

        pub(super) async fn seal(&self, shape: &ChunkShape, plain: &[u8]) -> Option<(Vec<u8>, Hash)> {
            let sealing = self.subtle.encrypt_with_object_and_u8_array(&parameters(shape)?, &self.key, plain);
            let sealed = buffer(sealing).await?;
            let digest = self.subtle.digest_with_str_and_buffer_source("SHA-256", &sealed);
            // Copied while the browser hashes.
            let bytes = Uint8Array::new(&sealed).to_vec();
            Some((bytes, digest_of(digest).await?))
        }

        pub(super) async fn open(&self, shape: &ChunkShape, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
            let opening = self.subtle.decrypt_with_object_and_u8_array(&parameters(shape)?, &self.key, sealed);
            let opened = buffer(opening).await?;
            Some(Zeroizing::new(Uint8Array::new(&opened).to_vec()))
        }

        pub(super) async fn hash(&self, bytes: &[u8]) -> Option<Hash> {
            digest_of(self.subtle.digest_with_str_and_u8_array("SHA-256", bytes)).await
        }
    }

    async fn digest_of(promise: Result<Promise, JsValue>) -> Option<Hash> {
        let digest = buffer(promise).await?;
        let digest = Uint8Array::new(&digest);
        let mut hash = Hash::ZERO;
        (digest.length() == 32).then(|| digest.copy_to(&mut hash.0))?;
        Some(hash)
    }

    fn parameters(shape: &ChunkShape) -> Option<Object> {
        let parameters = Object::new();
        let set = |name: &str, value: JsValue| Reflect::set(&parameters, &name.into(), &value).ok();
        set("name", "AES-GCM".into())?;
        set("iv", Uint8Array::from(nonce(shape).as_slice()).into())?;
        set("additionalData", Uint8Array::from(of_file_chunk().as_slice()).into())?;
        set("tagLength", 128.into())?;
        Some(parameters)
    }

    async fn buffer(promise: Result<Promise, JsValue>) -> Option<ArrayBuffer> {
        JsFuture::from(promise.ok()?).await.ok()?.dyn_into().ok()
    }
}
