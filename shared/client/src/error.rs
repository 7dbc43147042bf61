//! What can go wrong for someone who uses the client, as facts; sentences are the interface's.

use crate::{
    api::CallError,
    model::{Breach, Unwritable},
    session::Footing,
};
use sealward_contract::{
    factor::FactorsHeld,
    ids::{MemberId, Number, ObjectId, Timestamp, VaultId},
    problem::Rejection,
    record::{HeadRefused, LeafKey, RecordKind, RecordRefused},
    request::RequestRefused,
};
use serde::{Deserialize, Serialize};

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server refused for a reason that any call can have.
    #[error("the server refused: {0}")]
    Rejected(Rejection),
    /// The server's answer cannot be read: another version, or not this server.
    #[error("the server's answer cannot be read")]
    Unintelligible,
    /// Login name and Secret Key are right, the password is not.
    #[error("wrong password")]
    WrongPassword,
    /// The Secret Key is not, or no longer, this login name's.
    #[error("wrong login name or Secret Key")]
    WrongKit,
    /// The address is none of the server's own.
    #[error("the server does not answer under this address")]
    OriginRefused,
    /// The session has ended.
    #[error("the session has ended")]
    SessionEnded,
    /// The server takes no new teams.
    #[error("no new teams")]
    CreationClosed,
    /// The set-up code is missing or wrong.
    #[error("wrong set-up code")]
    SetupCode,
    /// The text is no login name.
    #[error("not a login name")]
    LoginName,
    /// This device has not the memory to stretch a password.
    #[error("not enough memory")]
    OutOfMemory,
    /// A payload breaks a rule.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// The caller's role does not allow it.
    #[error("not allowed")]
    NotAllowed,
    /// A password breaks the policy in force.
    #[error("the password breaks the policy")]
    PolicyBroken(Vec<Breach>),
    /// What is to be changed is not there in this kind of object.
    #[error("it has no such field")]
    Unfit,
    /// The object was changed elsewhere.
    #[error("changed elsewhere")]
    StaleVersion,
    /// The object is not there any more.
    #[error("not there")]
    Gone,
    /// Somebody lost a right in the vault: nothing is written until a custodian's client has made new keys.
    #[error("new keys are due")]
    EpochDue,
    /// The team's last owner cannot go, nor become less.
    #[error("the last owner")]
    LastOwner,
    /// A policy of the vault asks for more approvals than there would be people who can give them.
    #[error("too few approvers")]
    TooFewApprovers,
    /// An auditor sees every shared vault and opens no secret of one: nobody is both that and more than a viewer.
    #[error("an auditor opens no secrets")]
    AuditorsRole,
    /// Somebody has, or had, this login name.
    #[error("the login name is taken")]
    NameTaken,
    /// The member may not act for the time being.
    #[error("suspended")]
    Suspended,
    /// The link of an invitation leads nowhere.
    #[error("{0}")]
    Invitation(InvitationFault),
    /// The text is no token of a service.
    #[error("{0}")]
    Token(TokenFault),
    /// The server does not know the token: of another team or server, replaced by another, or its service was removed.
    #[error("the token is refused")]
    TokenRefused,
    /// The service's time is over.
    #[error("the token has expired")]
    TokenExpired,
    /// The service may not sign in from this address.
    #[error("the token may not be used from this address")]
    AddressRefused,
    /// The service may ask for secrets, and holds no key that opens one.
    #[error("the service may only ask for secrets")]
    RequestOnly,
    /// Nobody can be recovered so.
    #[error("{0}")]
    Recovery(RecoveryFault),
    /// Others kept winning the race for the vault's head.
    #[error("too busy")]
    Busy,
    /// The server refused a write that this client thought right.
    #[error("the server refused the write")]
    Refused,
    /// The secret needs an approval.
    #[error("an approval is needed")]
    ApprovalNeeded,
    /// One person has the secret at a time: it has to be checked out.
    #[error("a check-out is needed")]
    CheckOutNeeded,
    /// The secret is not checked out, or not any more.
    #[error("not checked out")]
    NotCheckedOut,
    /// Somebody else has the secret, or was first to wait for it.
    #[error("in use")]
    InUse {
        /// Who has it, where somebody does.
        member: Option<MemberId>,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// A step of a request cannot be taken.
    #[error("the request: {0}")]
    Request(RequestRefused),
    /// Too many requests of the member are open.
    #[error("too many requests")]
    TooManyRequests,
    /// A reason must be given.
    #[error("a reason is needed")]
    ReasonNeeded,
    /// A ticket is missing, or not of the form that the policy asks for.
    #[error("a ticket is needed")]
    TicketNeeded,
    /// The session has to be confirmed with a second factor first.
    #[error("a second factor is needed")]
    SecondFactorNeeded(FactorsHeld),
    /// A second factor was asked for, and the person did not confirm.
    #[error("not confirmed")]
    NotConfirmed,
    /// A wrong code, or one that was used before.
    #[error("the factor is refused")]
    FactorRefused,
    /// There is such a factor already.
    #[error("there is such a factor already")]
    FactorExists,
    /// There is no such factor, or none that this could stand beside.
    #[error("there is no such factor")]
    FactorMissing,
    /// It takes the password besides the open session.
    #[error("the password is needed")]
    PasswordNeeded,
    /// The member has no passkey under this address, or none can belong to it.
    #[error("no passkeys here")]
    PasskeysUnavailable,
    /// The address is none that a webhook can have, or no kind of event is wanted.
    #[error("the webhook is refused")]
    WebhookRefused,
    /// The team has as many webhooks as it may have.
    #[error("too many webhooks")]
    TooManyWebhooks,
    /// The file is larger than files may be.
    #[error("the file is too large")]
    FileTooLarge,
    /// The files of an export are together larger than one may hold.
    #[error("{bytes} bytes of files, at most {limit}")]
    FilesTooLarge {
        /// What they would take.
        bytes: u64,
        /// What they may take.
        limit: u64,
    },
    /// The file cannot be read, or is not what it was when it was chosen.
    #[error("the file cannot be read")]
    FileChanged,
    /// The server no longer has what was sent of a file.
    #[error("the upload is lost")]
    UploadLost,
    /// Too many uploads were begun and not finished.
    #[error("too many uploads")]
    TooManyUploads,
    /// This device's clock and the server's are too far apart.
    #[error("the clocks are too far apart")]
    Clock,
    /// The server shows the team as it was before somebody signed to have seen more of it.
    #[error("older than what {footing:?} says")]
    Behind {
        /// Who saw more, and when.
        footing: Footing,
    },
    /// Nothing is written before somebody has compared what this device stands on.
    #[error("to be compared first")]
    Held,
    /// Something that the server gave cannot be right.
    #[error("{0:?}")]
    Damage(Damage),
}

/// Why nobody joins by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationFault {
    /// It is no link, or not as it was sent.
    #[error("an altered link")]
    Altered,
    /// A link of a newer Sealward.
    #[error("a link of a newer version")]
    Newer,
    /// The server knows no such invitation: it is of another server, or of a team that is gone.
    #[error("a link of another server")]
    Foreign,
    /// Somebody joined by it.
    #[error("a link that was used")]
    Used,
    /// It was withdrawn.
    #[error("a link that was withdrawn")]
    Withdrawn,
    /// Its time is over.
    #[error("a link that has expired")]
    Expired,
}

/// Why nobody is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryFault {
    /// The team has no recovery group, or one that would leave the person without enough trustees besides themselves.
    #[error("no recovery group")]
    NoGroup,
    /// The person is not enrolled, or not with the group as it stands.
    #[error("not enrolled")]
    NotEnrolled,
    /// Nobody has begun a recovery for this device: not yet, or not any more.
    #[error("no recovery begun")]
    NotBegun,
    /// A recovery of the person for another device is open: it has to be stopped first.
    #[error("another recovery is open")]
    OtherOpen,
    /// The share is not the one that the person made for this trustee.
    #[error("another share")]
    OtherShare,
    /// The shares that were given do not open the person's keys.
    #[error("the shares do not open it")]
    Unopened,
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// It does not begin as tokens do.
    #[error("not a token")]
    Foreign,
    /// A token of a newer Sealward.
    #[error("a token of a newer version")]
    Newer,
    /// It is not as it was shown: letters are missing, or too many, or others.
    #[error("an altered token")]
    Altered,
}

/// An object that failed its verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What it is.
    pub object: DamagedObject,
    /// Its vault, where it has one.
    pub vault: Option<VaultId>,
    /// Its id, where it has one.
    pub id: Option<ObjectId>,
    /// Its number, where it has one.
    pub number: Option<Number>,
    /// Who is named as its author.
    pub author: Option<MemberId>,
    /// What is wrong.
    pub fault: Fault,
}

/// What kind of object was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamagedObject {
    /// The team's chain.
    Chain,
    /// The audit chain.
    Audit,
    /// The directory: names and profiles.
    Directory,
    /// The member's own identity bundle.
    Identity,
    /// A vault's keys.
    VaultKeys,
    /// A vault's head.
    Head,
    /// A record.
    Record(RecordKind),
    /// A request for a secret.
    Request,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its signature is not its author's.
    Signature,
    /// Its author had no right to it.
    NoRight,
    /// It is not what was asked for.
    Substituted,
    /// It is older than what was seen before, or does not follow from it.
    RolledBack,
    /// The vault's head does not contain it.
    NotInHead,
    /// It does not open.
    Unopenable,
    /// It is not written as the suite demands.
    Malformed,
    /// It was written by a newer version of this program.
    Newer,
    /// It was deleted, and what it said was removed for good.
    Purged,
}

impl Damage {
    /// Damage of something that has no id of its own.
    #[must_use]
    pub fn of(object: DamagedObject, fault: Fault) -> Self {
        Self { object, vault: None, id: None, number: None, author: None, fault }
    }

    /// Damage of something of a vault's.
    #[must_use]
    pub fn of_vault(vault: VaultId, object: DamagedObject, fault: Fault) -> Self {
        Self { vault: Some(vault), ..Self::of(object, fault) }
    }

    /// Damage of a record.
    #[must_use]
    pub fn of_record(vault: VaultId, key: LeafKey, fault: Fault) -> Self {
        Self { id: Some(key.id), ..Self::of_vault(vault, DamagedObject::Record(key.kind), fault) }
    }
}

impl From<Damage> for Error {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<RecordRefused> for Fault {
    fn from(refused: RecordRefused) -> Self {
        match refused {
            RecordRefused::Other | RecordRefused::Position | RecordRefused::Epoch | RecordRefused::Tier => {
                Self::Substituted
            }
            RecordRefused::Right | RecordRefused::Due => Self::NoRight,
            RecordRefused::Signature => Self::Signature,
        }
    }
}

impl From<HeadRefused> for Fault {
    fn from(refused: HeadRefused) -> Self {
        match refused {
            HeadRefused::Other | HeadRefused::Position => Self::Substituted,
            HeadRefused::Right => Self::NoRight,
            HeadRefused::CutOff => Self::RolledBack,
            HeadRefused::Signature => Self::Signature,
        }
    }
}

/// The part of a call's errors that is the same for every operation.
pub(crate) fn from_call<E>(error: CallError<E>, own: impl FnOnce(E) -> Error) -> Error {
    match error {
        CallError::Own(error) => own(error),
        CallError::Rejected(Rejection::Unauthenticated) => Error::SessionEnded,
        CallError::Rejected(Rejection::SecondFactorNeeded { held }) => Error::SecondFactorNeeded(held),
        CallError::Rejected(rejection) => Error::Rejected(rejection),
        CallError::Unreachable(_) => Error::Unreachable,
        CallError::Unintelligible { .. } => Error::Unintelligible,
    }
}

/// For operations that have no errors of their own.
pub(crate) fn from_plain_call(error: CallError<sealward_contract::problem::Never>) -> Error {
    from_call(error, |never| match never {})
}
