//! Approvals that are given ahead: who may use what and when, making, approving and withdrawing them, and using one.

use serde::{Deserialize, Serialize};

use sealward_client::model::Day;

use super::{MemberId, ObjectId, SecretNamed, VaultId};
pub use sealward_contract::{ids::AheadId, request::ahead::AheadStatus};

/// Asks for all that is approved ahead for the person, and in vaults where they approve.
#[derive(Serialize, Deserialize)]
pub struct ReadAhead;

/// What is approved ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AheadFound {
    /// All that is not over.
    pub rows: Vec<AheadRow>,
    /// How many were left out because they failed their verification.
    pub refused: u32,
}

/// Hours that come again. Of a day of the week, the lowest bit is Monday.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hours {
    /// The days on which they begin.
    pub days: u8,
    /// The minute of the day at which they begin.
    pub from: u16,
    /// The minute of the day at which they end; on the next day where that is not later.
    pub to: u16,
    /// The last day on which they begin, by the zone's calendar.
    pub last_day: Day,
    /// What the time zone is called.
    pub zone: String,
    /// By how many minutes the zone is ahead of UTC now.
    pub offset: i16,
}

/// An approval that is given ahead.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AheadRow {
    /// Its id.
    pub id: AheadId,
    /// For what; `None` where the account is not there any more.
    pub secret: Option<SecretNamed>,
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// The login name of whom it is for.
    pub member: String,
    /// Whether that is the person.
    pub own: bool,
    /// When.
    pub hours: Hours,
    /// How it stands.
    pub status: AheadStatus,
    /// How many approvals it takes.
    pub needed: u8,
    /// The login names of those who gave one.
    pub given: Vec<String>,
    /// When its window closes, in milliseconds since 1970; `None` where it is not open.
    pub closes: Option<i64>,
    /// When its window opens next; `None` where it is open.
    pub opens: Option<i64>,
    /// Whether the person may approve it as well.
    pub may_approve: bool,
    /// Whether they may withdraw it.
    pub may_withdraw: bool,
    /// Whether they may check the secret out by it now.
    pub may_check_out: bool,
}

/// Asks for whom a secret may be approved ahead.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAheadPeople {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// For whom a secret may be approved ahead, and by how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AheadPeople {
    /// Those who would have to ask for it, by their login names.
    pub people: Vec<(MemberId, String)>,
    /// How many approvals it takes.
    pub needed: u8,
    /// What the time zone is called by whose clocks the hours are meant.
    pub zone: String,
    /// The day that it is there.
    pub today: Day,
}

/// Approves ahead that a member has a secret.
#[derive(Serialize, Deserialize)]
pub struct ProposeAhead {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Who may have it.
    pub member: MemberId,
    /// The days of the week, as [`Hours::days`].
    pub days: u8,
    /// As [`Hours::from`].
    pub from: u16,
    /// As [`Hours::to`].
    pub to: u16,
    /// The last day on which it may be used.
    pub last_day: Day,
}

/// Approves what somebody else approved ahead, or withdraws it.
#[derive(Serialize, Deserialize)]
pub struct StepAhead {
    /// Which.
    pub ahead: AheadId,
    /// Whether it is withdrawn.
    pub withdraw: bool,
}

/// Asks for a secret that was approved ahead, and checks it out.
#[derive(Serialize, Deserialize)]
pub struct CheckOutAhead {
    /// By which approval.
    pub ahead: AheadId,
    /// For how many seconds; `None` for as long as the policy lets.
    pub seconds: Option<u32>,
    /// Why.
    pub reason: Option<String>,
    /// For which ticket.
    pub ticket: Option<String>,
}
