//! What statements say of recovery: the group of trustees, who is enrolled with it, and who is being recovered.

use crate::{
    crypto::{Hash, SealingPublicKey, VerifyingKey},
    ids::{MemberId, Timestamp},
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Trustees, of whom some together help a person back in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryGroup {
    /// How many of them it takes.
    #[n(0)]
    pub needed: u8,
    /// People, by ascending id.
    #[n(1)]
    pub trustees: Vec<MemberId>,
}

/// The team's recovery group is set, or there is none any more. Whoever is enrolled with the one before is enrolled no more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetRecovery {
    /// The group.
    #[n(0)]
    pub group: Option<RecoveryGroup>,
}

/// A person can be recovered from now on: every trustee but the person gets a share.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Enrol {
    /// The statement that set the group.
    #[n(0)]
    pub group: u64,
    /// SHA-256 of the sealed second copy of the identity bundle.
    #[n(1)]
    pub copy: Hash,
    /// The shares of its key, by the trustees' ascending ids.
    #[n(2)]
    pub shares: Vec<NamedShare>,
}

/// A share for a trustee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NamedShare {
    /// Whom it is for.
    #[n(0)]
    pub trustee: MemberId,
    /// SHA-256 of the envelope that it is in.
    #[n(1)]
    pub envelope: Hash,
}

/// A person can be recovered no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EndEnrolment {
    /// The statement by which they enrolled.
    #[n(0)]
    pub enrolment: u64,
}

/// A person is to be recovered: from now on trustees may wrap their shares to a key of the device that the person has now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Recover {
    /// Who.
    #[n(0)]
    pub member: MemberId,
    /// The keys that their device made for it.
    #[n(1)]
    pub device: DeviceKeys,
    /// From when on nothing comes of it.
    #[n(2)]
    pub expires: Timestamp,
    /// Who stands in for the person's own device; nobody where it is theirs.
    #[n(3)]
    pub stand_in: Option<StandIn>,
}

/// Who stands in for the device of somebody who is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum StandIn {
    /// The client of whoever begins the recovery: it makes the keys that come of it, which the person then has to replace.
    #[n(0)]
    Author,
}

/// Public keys that a device made for one recovery: its words are made from them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceKeys {
    /// Verifies what the device asks of the server.
    #[n(0)]
    pub signing: VerifyingKey,
    /// What shares are sealed to.
    #[n(1)]
    pub sealing: SealingPublicKey,
}

/// Nothing comes of a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CancelRecovery {
    /// Whose.
    #[n(0)]
    pub member: MemberId,
    /// The statement that began it.
    #[n(1)]
    pub recovery: u64,
}

/// How a person is enrolled.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The statement that said so.
    pub since: u64,
    /// What it said.
    pub enrol: Enrol,
}

/// A recovery that was begun.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The statement that began it.
    pub since: u64,
    /// Who began it.
    pub by: MemberId,
    /// What it says.
    pub recover: Recover,
}
