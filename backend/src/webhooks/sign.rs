//! Signatures of deliveries, as Standard Webhooks 1.0.0 has them: HMAC-SHA-256 over id, timestamp and body, so that a
//! receiver knows who sent it, and that it is neither changed nor of long ago.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderName, HeaderValue};
use sealward_contract::{ids::Timestamp, operations::webhooks::WebhookSecret};
use sha2::Sha256;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// A secret as it is shown.
pub(crate) fn show(secret: &[u8; 32]) -> WebhookSecret {
    WebhookSecret::new(format!("whsec_{}", Base64::encode_string(secret)))
}

/// The headers that sign a body; always some, for ids of headers' characters.
pub(super) fn headers(
    secret: &[u8; 32],
    id: &str,
    now: Timestamp,
    body: &[u8],
) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let seconds = (now.0 / 1_000).to_string();
    let signature = sign(secret, id, &seconds, body)?;
    let headers = [(ID, id.to_owned()), (TIMESTAMP, seconds), (SIGNATURE, signature)];
    headers.into_iter().map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?))).collect()
}

fn sign(secret: &[u8; 32], id: &str, seconds: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_others_compute() {
        // Computed with Python's hmac module.
        let secret = [7; 32];
        assert_eq!(show(&secret).expose(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        assert_eq!(
            sign(&secret, "msg_1", "1800000000", b"{\"a\":1}").unwrap(),
            "v1,3y1jRDEuC3uATnTTD8TGSmFUG3bGbPIWBc5U+gPY/xo="
        );
    }
}
