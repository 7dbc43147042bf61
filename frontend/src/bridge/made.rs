//! People who are made members with a password.

use serde::{Deserialize, Serialize};

use super::{KitView, MemberId, SecretText, VaultId, VaultRole};

/// Makes somebody a member, with a password and a kit that are handed to them.
#[derive(Serialize, Deserialize)]
pub struct AdmitPerson {
    /// What they sign in with.
    pub login_name: String,
    /// Roles in vaults; never that of a custodian.
    pub grants: Vec<(VaultId, VaultRole)>,
}

/// What is handed to somebody who was made a member; it is shown once.
#[derive(Serialize, Deserialize)]
pub struct PersonMade {
    /// Their first password.
    pub password: SecretText,
    /// Their first kit. Nothing of it is typed back here.
    pub kit: KitView,
}

/// Makes somebody a member who has no keys yet.
#[derive(Serialize, Deserialize)]
pub struct RegisterPerson {
    /// What they will sign in with.
    pub login_name: String,
}

/// Which way there is for the person to set a member's password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordWay {
    /// None.
    #[default]
    None,
    /// The member has no keys yet: roles in vaults come with the first ones.
    First,
    /// The member has still keys that somebody else made.
    Again,
    /// In the stead of the member's device, with the trustees' help.
    StandIn,
}

/// Sets a member's password, or goes on with that.
#[derive(Serialize, Deserialize)]
pub struct SetPassword {
    /// Whose.
    pub member: MemberId,
    /// Roles in vaults, with the first keys.
    pub grants: Vec<(VaultId, VaultRole)>,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub enum PasswordAnswer {
    /// It is in force.
    Done(PersonMade),
    /// Trustees have still to give their shares.
    Waiting(StandInView),
}

/// Somebody whose device this person's client stands in for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandInView {
    /// The words that the person reads to each trustee.
    pub words: Vec<String>,
    /// How many trustees have given their share.
    pub given: u32,
    /// How many it takes; 0 before the server was asked.
    pub needed: u32,
}
