//! What only a release gives: the secret, the hidden custom fields, the one-time-code seed.
//! These types have no Debug, no Clone, no Serialize, and are overwritten when dropped.

use super::invalid::{Field, Invalid, Problem, check_name};
use super::limits;
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A text that is secret. Overwritten when dropped, compared in constant time.
#[derive(Default, Zeroize, ZeroizeOnDrop)]
pub struct SecretText(String);

impl SecretText {
    /// Takes a text over; the caller must hold no other copy.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself. Whoever copies it answers for the copy.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Bytes of the text.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A second copy, made on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Zeroizing<String>> for SecretText {
    fn from(mut text: Zeroizing<String>) -> Self {
        Self(core::mem::take(&mut *text))
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for SecretText {}

impl<C> Encode<C> for SecretText {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SecretText {
    fn decode(decoder: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self(decoder.str()?.to_owned()))
    }
}

impl<C> CborLen<C> for SecretText {
    fn cbor_len(&self, context: &mut C) -> usize {
        self.0.as_str().cbor_len(context)
    }
}

/// The value of a custom field that the catalog knows only by its label.
#[derive(PartialEq, Eq, Encode, Decode, CborLen)]
#[cbor(array)]
pub struct HiddenField {
    /// The label; the same one stands in the account's details.
    #[n(0)]
    pub label: String,
    /// The value.
    #[n(1)]
    pub value: SecretText,
}

/// The payload of a secret record.
#[derive(Default, PartialEq, Eq, Encode, Decode, CborLen)]
#[cbor(array)]
pub struct SecretPayload {
    /// The secret. Empty when the account has none yet.
    #[n(0)]
    pub value: SecretText,
    /// The hidden custom fields.
    #[n(1)]
    pub hidden: Vec<HiddenField>,
    /// The seed of one-time codes: an `otpauth` URL or base32 text.
    #[n(2)]
    pub otp_seed: Option<SecretText>,
}

impl SecretPayload {
    /// A payload of a secret alone.
    pub fn new(value: SecretText) -> Self {
        Self { value, hidden: Vec::new(), otp_seed: None }
    }

    /// The hidden field with this label.
    pub fn hidden(&self, label: &str) -> Option<&SecretText> {
        self.hidden.iter().find(|field| field.label == label).map(|field| &field.value)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty() && self.hidden.is_empty() && self.otp_seed.is_none()
    }
}

impl Payload for SecretPayload {
    const LIMIT: usize = limits::SECRET_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        check_bytes(Field::Secret, &self.value, limits::SECRET)?;
        if self.hidden.len() > limits::CUSTOM_FIELDS {
            return Err(Invalid::new(Field::CustomFields, Problem::TooMany { limit: limits::CUSTOM_FIELDS }));
        }
        for (at, field) in self.hidden.iter().enumerate() {
            check_name(Field::CustomFields, &field.label, limits::CUSTOM_LABEL)?;
            check_bytes(Field::CustomValue, &field.value, limits::HIDDEN_TEXT)?;
            if self.hidden.iter().take(at).any(|other| other.label == field.label) {
                return Err(Invalid::new(Field::CustomFields, Problem::Twice));
            }
        }
        self.otp_seed.as_ref().map_or(Ok(()), |seed| check_bytes(Field::OtpSeed, seed, limits::OTP_SEED))
    }
}

fn check_bytes(field: Field, text: &SecretText, limit: usize) -> Result<(), Invalid> {
    if text.len() > limit { Err(Invalid::new(field, Problem::TooLong { limit })) } else { Ok(()) }
}
