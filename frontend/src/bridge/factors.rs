//! Second factors of the person, confirming with one, and the team's policy about them.

use sealward_contract::ids::{MemberId, PasskeyId};
use serde::{Deserialize, Serialize};

use super::{QrCode, SecretText};
pub use sealward_contract::{
    chain::{FactorDemand, ServiceDemand},
    factor::{FactorKind, FactorsHeld},
};

/// Asks for the person's second factors.
#[derive(Serialize, Deserialize)]
pub struct ReadFactors;

/// The person's second factors. Times are in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorsView {
    /// What there is to confirm with.
    pub held: FactorsHeld,
    /// Since when there are one-time codes.
    pub codes_since: Option<i64>,
    /// Passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// When the recovery codes were made.
    pub recovery_made: Option<i64>,
    /// Who took the person's factors away, and when, until they have taken note.
    pub taken_away: Option<(String, i64)>,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    /// Its id.
    pub passkey: PasskeyId,
    /// What the person calls it.
    pub name: String,
    /// When it was added.
    pub added: i64,
    /// When it was used last.
    pub used: Option<i64>,
}

/// Begins adding a passkey.
#[derive(Serialize, Deserialize)]
pub struct BeginPasskey {
    /// The person's password, where it is the first second factor.
    pub password: Option<SecretText>,
}

/// Adds the passkey that the browser made.
#[derive(Serialize, Deserialize)]
pub struct AddPasskey {
    /// What the person calls it.
    pub name: String,
    /// The browser's answer, in JSON.
    pub credential: SecretText,
}

/// Gives a passkey another name.
#[derive(Serialize, Deserialize)]
pub struct RenamePasskey {
    /// Which.
    pub passkey: PasskeyId,
    /// The name.
    pub name: String,
}

/// Removes a passkey.
#[derive(Serialize, Deserialize)]
pub struct RemovePasskey {
    /// Which.
    pub passkey: PasskeyId,
}

/// Begins confirming with a passkey.
#[derive(Serialize, Deserialize)]
pub struct BeginConfirmation;

/// Begins one-time codes.
#[derive(Serialize, Deserialize)]
pub struct BeginCodes {
    /// The person's password, where it is the first second factor.
    pub password: Option<SecretText>,
}

/// The seed of new one-time codes, which is shown once.
#[derive(Serialize, Deserialize)]
pub struct CodesBegun {
    /// The seed alone, to be typed.
    pub seed: SecretText,
    /// The link that apps take over, as a QR code.
    pub qr: QrCode,
}

/// Confirms the first of new one-time codes.
#[derive(Serialize, Deserialize)]
pub struct ConfirmCodes {
    /// As it was typed.
    pub code: SecretText,
}

/// Removes the one-time codes.
#[derive(Serialize, Deserialize)]
pub struct RemoveCodes;

/// Makes recovery codes in place of those that there are.
#[derive(Serialize, Deserialize)]
pub struct MakeRecoveryCodes;

/// Confirms the session.
#[derive(Serialize, Deserialize)]
pub struct ConfirmFactor {
    /// With which kind.
    pub kind: FactorKind,
    /// The code as it was typed, or the browser's answer for a passkey.
    pub code: SecretText,
}

/// The person does not confirm: a sign-in that waits for it is given up.
#[derive(Serialize, Deserialize)]
pub struct GiveUpFactor;

/// Takes note that somebody took the person's factors away.
#[derive(Serialize, Deserialize)]
pub struct DismissFactorNotice;

/// Takes a member's second factors away.
#[derive(Serialize, Deserialize)]
pub struct TakeFactorsAway {
    /// Whose.
    pub member: MemberId,
}

/// Asks who has no second factor.
#[derive(Serialize, Deserialize)]
pub struct ReadWithoutFactor;

/// Asks for the team's policy.
#[derive(Serialize, Deserialize)]
pub struct ReadTeamPolicy;

/// The team's policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamPolicyView {
    /// For which secrets a second factor is asked for.
    pub factor: FactorDemand,
    /// For how many seconds a confirmation lasts.
    pub confirmation: u32,
    /// Whether the same is asked of services.
    pub services: ServiceDemand,
    /// The time zone by whose clocks hours are meant; `None` for that of whoever says some.
    pub zone: Option<String>,
    /// Whether the person may change it.
    pub may_set: bool,
}

/// Sets the team's policy.
#[derive(Serialize, Deserialize)]
pub struct SetTeamPolicy {
    /// For which secrets a second factor is asked for.
    pub factor: FactorDemand,
    /// For how many seconds a confirmation lasts.
    pub confirmation: u32,
    /// Whether the same is asked of services.
    pub services: ServiceDemand,
    /// As [`TeamPolicyView::zone`].
    pub zone: Option<String>,
}
