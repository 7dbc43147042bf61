//! What a team asks of its members beyond the password.

use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The team's policy: set whole by an owner; the newest holds. What it says of second factors only the server can enforce.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TeamPolicy {
    /// For which secrets and files a second factor is asked for.
    #[n(0)]
    pub factor: FactorDemand,
    /// For how many seconds a confirmation lasts, at most [`crate::limits::CONFIRMATION_SECONDS`]. After 0 it is good for
    /// the one thing that it was asked for.
    #[n(1)]
    pub confirmation: u32,
    /// Whether the same is asked of services.
    #[n(2)]
    pub services: ServiceDemand,
    /// The time zone by whose clocks hours are meant, by its name in the IANA time zone database; `None` for that of whoever
    /// says some.
    #[n(3)]
    pub zone: Option<String>,
}

impl TeamPolicy {
    /// What holds in a team whose owners have said nothing.
    pub const DEFAULT: Self =
        Self { factor: FactorDemand::Guarded, confirmation: 15 * 60, services: ServiceDemand::Exempt, zone: None };
}

/// For which secrets and files a second factor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum FactorDemand {
    /// For all, and at sign-in by whoever has one.
    #[n(0)]
    Always,
    /// For those that need approvals.
    #[n(1)]
    Guarded,
    /// For none.
    #[n(2)]
    Never,
}

/// What is asked of services, which have no second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ServiceDemand {
    /// Nothing: their token and their hosts are enough.
    #[n(0)]
    Exempt,
    /// The same as of people: a service is given nothing for which a second factor is asked for.
    #[n(1)]
    Same,
}
