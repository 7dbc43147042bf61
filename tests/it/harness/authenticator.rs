//! An authenticator with one passkey, and the browser in front of it, written from the standard (`WebAuthn` level 3) alone: ES256,
//! no attestation. Each part of what it answers can be bent.

use base64ct::{Base64UrlUnpadded, Encoding};
use minicbor::Encoder;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use sealward_client::model::SecretText;
use sealward_contract::crypto::hash;
use serde_json::{Value, json};

/// Flags of the authenticator's data: somebody is there, was verified; a credential is attached.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTACHED: u8 = 0x40;

/// An authenticator, and under which address its browser is.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    id: [u8; 16],
    /// Where the browser says it is.
    pub origin: String,
    /// Whose passkey it says it is; the server's host where nothing is said.
    pub host: Option<String>,
    /// What it signs in place of the challenge.
    pub challenge: Option<String>,
    /// The count that it gives next.
    pub counter: u32,
    /// Whether it says that it has verified who is there.
    pub verifies: bool,
}

impl Authenticator {
    /// One whose key is made from a byte.
    pub fn new(seed: u8, origin: &str) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: [seed; 16],
            origin: origin.to_owned(),
            host: None,
            challenge: None,
            counter: 1,
            verifies: true,
        }
    }

    /// Answers the options of a creation.
    pub fn create(&self, options: &SecretText) -> SecretText {
        let options: Value = serde_json::from_str(options.expose()).unwrap();
        let public = &options["publicKey"];
        let client_data = self.client_data("webauthn.create", public);
        let mut data = self.data(public["rp"]["id"].as_str().unwrap(), ATTACHED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.cose_key());
        let mut attestation = Encoder::new(Vec::new());
        attestation.map(3).unwrap().str("fmt").unwrap().str("none").unwrap();
        attestation.str("attStmt").unwrap().map(0).unwrap().str("authData").unwrap().bytes(&data).unwrap();
        let response = json!({
            "attestationObject": text(&attestation.into_writer()),
            "clientDataJSON": text(&client_data),
            "transports": ["internal"],
        });
        self.answer(&response)
    }

    /// Answers the options of a confirmation.
    pub fn get(&self, options: &SecretText) -> SecretText {
        let options: Value = serde_json::from_str(options.expose()).unwrap();
        let public = &options["publicKey"];
        let client_data = self.client_data("webauthn.get", public);
        let data = self.data(public["rpId"].as_str().unwrap(), 0);
        let signed = [&data[..], &hash(&client_data).0].concat();
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(&client_data),
            "signature": text(signature.to_der().as_bytes()),
            "userHandle": null,
        });
        self.answer(&response)
    }

    fn client_data(&self, kind: &str, public: &Value) -> Vec<u8> {
        let challenge = self.challenge.as_deref().unwrap_or_else(|| public["challenge"].as_str().unwrap());
        let data = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        serde_json::to_vec(&data).unwrap()
    }

    fn data(&self, host: &str, more: u8) -> Vec<u8> {
        let host = self.host.as_deref().unwrap_or(host);
        let flags = PRESENT | if self.verifies { VERIFIED } else { 0 } | more;
        [&hash(host.as_bytes()).0[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The public key as RFC 9053 writes it: EC2, ES256, P-256.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let mut key = Encoder::new(Vec::new());
        key.map(5).unwrap().i8(1).unwrap().i8(2).unwrap().i8(3).unwrap().i8(-7).unwrap();
        key.i8(-1).unwrap().i8(1).unwrap().i8(-2).unwrap().bytes(x).unwrap().i8(-3).unwrap().bytes(y).unwrap();
        key.into_writer()
    }

    fn answer(&self, response: &Value) -> SecretText {
        let answer = json!({
            "id": text(&self.id),
            "rawId": text(&self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        });
        SecretText::new(answer.to_string())
    }
}

fn text(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
