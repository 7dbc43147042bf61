//! One-time codes on their way to the screen or the clipboard. The seed itself crosses only when somebody types one.

use sealward_client::otp::{Algorithm, ImageFault, SeedFault};
use sealward_contract::bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{ObjectId, SecretText, VaultId};

/// Has the account's secret released, and keeps the seed in the worker until [`CloseCode`].
#[derive(Serialize, Deserialize)]
pub struct OpenCode {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// Asks for the code of this moment, from the seed that [`OpenCode`] left with the worker.
#[derive(Serialize, Deserialize)]
pub struct ReadCode {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// Asks for the code of this moment, and keeps nothing that was not kept before.
#[derive(Serialize, Deserialize)]
pub struct CopyCode {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// Has the worker forget the seed.
#[derive(Serialize, Deserialize)]
pub struct CloseCode {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// A code, or why the seed that is kept makes none.
pub type CodeReading = Result<CodeView, SeedFault>;

/// A code.
#[derive(Serialize, Deserialize)]
pub struct CodeView {
    /// The digits that are valid now.
    pub now: SecretText,
    /// Those of the next period.
    pub next: SecretText,
    /// Milliseconds until then.
    pub left: u32,
    /// Seconds of a period.
    pub period: u32,
}

/// Asks what a typed seed is.
#[derive(Serialize, Deserialize)]
pub struct CheckSeed {
    /// A link, or base32.
    pub text: SecretText,
}

/// What a seed says of itself, or why it is none.
pub type SeedReading = Result<SeedView, SeedFault>;

/// What a seed says of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedView {
    /// The site.
    pub issuer: String,
    /// The account at the site.
    pub account: String,
    /// The hash.
    pub algorithm: Algorithm,
    /// Digits of a code.
    pub digits: u8,
    /// Seconds of a period.
    pub period: u32,
}

/// Asks for the text of a QR code.
#[derive(Serialize, Deserialize)]
pub struct ReadQr {
    /// PNG or JPEG.
    pub image: Bytes,
}

/// The text, or why there is none.
pub type QrReading = Result<SecretText, ImageFault>;
