//! Asking for guarded secrets: what it takes, every request and its steps, and who has what.

use serde::{Deserialize, Serialize};

use super::{AheadRow, ObjectId, SecretNamed, VaultId};
pub use sealward_contract::{
    ids::RequestId,
    request::{RequestRefused, Status as RequestStatus},
};

/// Asks what it takes to come by secrets of accounts of one vault.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAccesses {
    /// The vault.
    pub vault: VaultId,
    /// The accounts.
    pub accounts: Vec<ObjectId>,
}

/// Whether something goes with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Wanted {
    /// It is not asked for.
    #[default]
    No,
    /// It may be given.
    Maybe,
    /// It must be given.
    Yes,
}

/// What it takes to come by an account's secret, and how it stands. Accounts for which nothing is asked have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessView {
    /// The account.
    pub account: ObjectId,
    /// Whether the person is given the secret without a request.
    pub direct: bool,
    /// Whether the person may ask for it.
    pub may_ask: bool,
    /// Whether the person may take it at once, in an emergency.
    pub may_break_glass: bool,
    /// How many approvals it needs.
    pub needed: u8,
    /// Whether one person has it at a time.
    pub exclusive: bool,
    /// Whether a reason goes with a request.
    pub reason: Wanted,
    /// Whether a ticket goes with a request.
    pub ticket: Wanted,
    /// What a ticket has to match.
    pub ticket_pattern: Option<String>,
    /// Longest lease in seconds.
    pub longest: u32,
    /// Whether there are enough others who may approve it for the person.
    pub approvable: bool,
    /// What was approved ahead for the person.
    pub ahead: Option<AheadRow>,
    /// The person's open request for it.
    pub own: Option<AskedRow>,
    /// Their request for more time with what they have.
    pub more: Option<AskedRow>,
    /// Who has it checked out.
    pub holder: Option<HolderNow>,
    /// How many requests for it are open and not checked out.
    pub waiting: u32,
    /// Whether somebody had the present secret, and it is to be changed since.
    pub change_due: bool,
    /// Whether the present secret is older than the policy: whoever opens secrets here has its key until it is changed.
    pub open_still: bool,
}

/// Gives the reason that a policy asks for; `None` forgets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveReason {
    /// Why.
    pub reason: Option<String>,
}

/// Who has a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HolderNow {
    /// Their login name.
    pub name: String,
    /// Whether it is the person.
    pub own: bool,
    /// By which request.
    pub request: RequestId,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// Asks for a secret.
#[derive(Serialize, Deserialize)]
pub struct AskForSecret {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// When it is to be checked out first, in milliseconds since 1970; `None` for as soon as may be.
    pub from: Option<i64>,
    /// For how many seconds.
    pub seconds: u32,
    /// Why.
    pub reason: Option<String>,
    /// For which ticket.
    pub ticket: Option<String>,
    /// The request whose lease is to go on.
    pub extends: Option<RequestId>,
    /// Whether it is taken without an approval.
    pub break_glass: bool,
}

/// Takes a step of a request.
#[derive(Serialize, Deserialize)]
pub struct TakeStep {
    /// Which request.
    pub request: RequestId,
    /// Which step.
    pub step: RequestStep,
    /// What is said with it.
    pub comment: Option<String>,
}

/// A step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestStep {
    /// Approves it.
    Approve,
    /// Rejects it.
    Reject,
    /// Takes what was approved back.
    Revoke,
    /// Takes one's own back.
    Cancel,
    /// Checks the secret out.
    CheckOut,
    /// Checks the secret in.
    CheckIn,
    /// Checks the secret in for whoever has it.
    ForceCheckIn,
}

/// Asks for requests, the newest first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequests {
    /// Whether the person's own are wanted, or those of others.
    pub own: bool,
    /// Whether those are wanted alone of which something may follow.
    pub open: bool,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// A page of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsFound {
    /// The requests.
    pub requests: Vec<AskedRow>,
    /// How many were left out because they failed their verification.
    pub refused: u32,
    /// Where to go on; `None` on the last page.
    pub next: Option<String>,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// This.
    Text(String),
    /// Something that the person cannot open.
    Unopenable,
}

/// A request as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AskedRow {
    /// Its id.
    pub id: RequestId,
    /// What it asks for; `None` where the account is not there any more.
    pub secret: Option<SecretNamed>,
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// The login name of whoever asks.
    pub requester: String,
    /// Whether that is the person.
    pub own: bool,
    /// When it was asked, in milliseconds since 1970 like every time here.
    pub asked: i64,
    /// When it may be checked out first.
    pub from: i64,
    /// For how many seconds it is wanted.
    pub seconds: u32,
    /// Why.
    pub reason: Said,
    /// For which ticket.
    pub ticket: Said,
    /// How it stands.
    pub status: RequestStatus,
    /// How many approvals it needs.
    pub needed: u8,
    /// The newest approval of each who gave one.
    pub approvals: Vec<ApprovalRow>,
    /// Since when and until when it is, or was, checked out.
    pub lease: Option<(i64, i64)>,
    /// Whether the secret has a newer version than the one that is checked out.
    pub superseded: bool,
    /// How it ended.
    pub end: Option<EndRow>,
    /// When the clock moves it on.
    pub until: i64,
    /// How many have the secret or the turn before it.
    pub before: u32,
    /// When the clock moves that on.
    pub free_at: Option<i64>,
    /// Whether it goes on with a lease.
    pub extends: bool,
    /// Whether it was taken in an emergency.
    pub break_glass: bool,
    /// Whether whoever asked may not have secrets there now.
    pub barred: bool,
    /// Whether it was taken by an approval that was given ahead.
    pub ahead: bool,
    /// What the person may do with it.
    pub may: MayStep,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApprovalRow {
    /// The login name of whoever gave it.
    pub by: String,
    /// When.
    pub time: i64,
    /// What was said.
    pub comment: Said,
    /// Whether it counts now.
    pub counts: bool,
}

/// The end of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EndRow {
    /// How.
    pub how: EndHow,
    /// By whom; empty where nobody did it.
    pub by: String,
    /// When, where it is known.
    pub time: Option<i64>,
    /// What was said.
    pub comment: Said,
}

/// How a request ended, beyond its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EndHow {
    /// Somebody ended it.
    Stated,
    /// A custodian checked it in.
    Forced,
    /// The time was over.
    Lapsed,
    /// The server was restored from a backup.
    Restored,
    /// Another request goes on with its lease.
    Extended,
}

/// What the person may do with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a step that may be taken")]
pub struct MayStep {
    /// Approve it.
    pub approve: bool,
    /// Reject it.
    pub reject: bool,
    /// Take what was approved back.
    pub revoke: bool,
    /// Take it back.
    pub cancel: bool,
    /// Check the secret out.
    pub check_out: bool,
    /// Check it in.
    pub check_in: bool,
    /// Check it in for somebody else.
    pub force_check_in: bool,
}

/// Asks who has which secrets now, and which are to be changed.
#[derive(Serialize, Deserialize)]
pub struct ReadUses;

/// A secret that somebody has, waits for, or should change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UseRow {
    /// Which.
    pub secret: SecretNamed,
    /// Who has it.
    pub holder: Option<HolderNow>,
    /// How many requests wait.
    pub waiting: u32,
    /// Whether it is to be changed.
    pub change_due: bool,
    /// Whether the person may check it in for whoever has it.
    pub may_force: bool,
    /// Whether it is a password that the person may put another one in place of.
    pub may_renew: bool,
}

/// Asks how many requests wait for the person.
#[derive(Serialize, Deserialize)]
pub struct CountRequests;

/// How many requests wait for the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCounts {
    /// Whether anything is guarded in any vault that the person sees.
    pub guarded: bool,
    /// Requests of others to approve or reject.
    pub to_answer: u32,
    /// Requests of one's own that may be checked out now.
    pub ready: u32,
    /// Whether there are more than were looked at.
    pub more: bool,
    /// Secrets that somebody else took without an approval, of which the person has not taken note.
    pub emergencies: u32,
}
