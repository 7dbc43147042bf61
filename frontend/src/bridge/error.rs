//! Everything that can go wrong, as facts. The sentences are in the locales, one for each variant.

use sealward_client::{
    error::{InvitationFault, RecoveryFault},
    import::ImportError,
    model::{Breach, Invalid},
};
use sealward_contract::{factor::FactorsHeld, request::RequestRefused};
use serde::{Deserialize, Serialize};

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    // Signing in
    /// Wrong password, or no such login name: the server does not say which.
    WrongPassword,
    /// The kit is well formed but belongs to somebody else, or was replaced.
    WrongKit,
    /// The kit has a typing error.
    BrokenKit(KitFault),
    /// What was typed back is not what stands in the kit.
    KitNotConfirmed,
    /// New keys of an attempt before this may be in force, and go with another password.
    OtherPassword,
    /// This browser does not remember the Secret Key.
    UnknownDevice,
    /// The server cannot be reached, and the password does not open what this browser keeps.
    NotOpenedOffline,
    /// Too many attempts.
    RateLimited {
        /// Seconds to wait.
        wait: u32,
    },
    /// The session was ended.
    SessionEnded,
    /// The session is locked.
    Locked,
    /// The server does not answer under the address of this page.
    OriginRefused,
    /// The clock of this device is wrong.
    WrongClock,
    /// The server shows an older state than somebody saw at this time, in milliseconds.
    Behind(i64),
    /// What this browser stands on is to be compared first.
    Held,
    /// This device has too little memory to stretch a password.
    OutOfMemory,

    // Creating a team
    /// This server takes no further team.
    TeamCreationClosed,
    /// A set-up code is needed.
    SetupCodeNeeded,
    /// The set-up code is wrong or used.
    WrongSetupCode,
    /// The login name is taken.
    NameTaken,
    /// This browser remembers another member of the team.
    BrowserTaken,
    /// The password is too weak.
    TooWeak,

    // Writing
    /// A field of an entry breaks a rule.
    Invalid(Invalid),
    /// A field of the sign-in or start form breaks a rule.
    InvalidForm(FormField),
    /// A limit of the suite.
    LimitExceeded(Limit),
    /// The password breaks the policy in force.
    PolicyBroken(Vec<Breach>),
    /// Somebody else changed it in the meantime.
    StaleVersion,
    /// It is no longer there.
    Gone,
    /// The right is missing.
    NotAllowed,
    /// A service that may only ask for secrets, and a role that opens them.
    RequestOnly,
    /// The vault's new keys are due.
    EpochDue,
    /// The team's last owner cannot go.
    LastOwner,
    /// A policy of the vault asks for more approvals than there would be people who can give them.
    TooFewApprovers,
    /// An auditor has no role that opens secrets.
    AuditorsRole,
    /// The member is suspended.
    Suspended,
    /// An invitation's link leads nowhere.
    Invitation(InvitationFault),
    /// Nobody is recovered so.
    Recovery(RecoveryFault),
    /// A policy asks for a reason.
    ReasonNeeded,
    /// A policy asks for a ticket, or for one of another form.
    TicketNeeded,
    /// A step of a request cannot be taken.
    Request(RequestRefused),
    /// Somebody else has the secret, or was first to wait for it.
    InUse {
        /// The login name of whoever has it; empty where nobody does.
        name: String,
        /// Until when, in milliseconds since 1970.
        until: Option<i64>,
    },
    /// The secret has to be asked for and checked out first.
    NotCheckedOut,
    /// Too many of one's own requests are open.
    TooManyRequests,
    /// The browser does not know the team's time zone.
    UnknownZone(String),
    /// What was typed is no pattern for tickets.
    TicketPattern,

    // Second factors
    /// The session has to be confirmed with one first.
    SecondFactorNeeded(FactorsHeld),
    /// Keys that somebody else made have to be replaced first.
    KeysNotOwn,
    /// The person was asked for one, and did not confirm.
    NotConfirmed,
    /// A wrong code, or one that was used before.
    FactorRefused,
    /// There is such a factor already.
    FactorExists,
    /// There is no such factor.
    FactorMissing,
    /// The address is none that a webhook can have.
    WebhookRefused,
    /// The team has as many webhooks as it may have.
    TooManyWebhooks,
    /// It takes the password besides the open session.
    PasswordNeeded,
    /// There is no passkey under this address, or this browser has none to ask for.
    PasskeysUnavailable,
    /// The browser gave no answer: the person stopped it, or it took too long.
    PasskeyStopped,

    /// It has no such field.
    Unfit,
    /// Too many others wrote at the same moment; nothing was changed.
    Busy,
    /// The change can no longer be taken back.
    NotUndoable,

    // Files
    /// The file cannot be read any more, or is not what it was when it was chosen.
    FileChanged,
    /// The server no longer has what was sent of a file.
    UploadLost,
    /// Too many uploads were begun and not finished.
    TooManyUploads,
    /// The person stopped it.
    Stopped,

    // Importing
    /// Nothing can be taken from the file.
    File(ImportError),

    // Server and integrity
    /// The server cannot be reached.
    Offline,
    /// The server answered with a failure of its own.
    ServerFailed {
        /// The id in the server's log.
        request_id: Option<String>,
    },
    /// The server's version does not fit this page: load it again.
    WrongVersion,
    /// What the server gave cannot be right.
    Integrity(Damage),
    /// This browser cannot store what it must.
    Storage,
    /// A message between page and worker could not be read, or the worker is gone.
    Bridge,
}

/// Where the typing error in a kit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KitFault {
    /// In this group, counted from one.
    Group(u8),
    /// Too short: this many groups were found, out of so many.
    Missing {
        /// Found.
        found: u8,
        /// Needed.
        needed: u8,
    },
    /// No kit at all.
    NotAKit,
}

/// Which field of the start or sign-in form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormField {
    /// The team's name.
    TeamName,
    /// The person's full name.
    FullName,
    /// The login name.
    LoginName,
    /// A password.
    Password,
}

/// Which limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Too many entries in one vault.
    Records {
        /// Most entries.
        most: u32,
    },
    /// The file is too large.
    FileSize {
        /// Most bytes.
        most: u64,
    },
    /// The files of an export are together too large.
    ExportedFiles {
        /// Most bytes.
        most: u64,
    },
    /// Too many groups in groups.
    Depth {
        /// Most levels.
        most: u32,
    },
}

/// An object that failed its verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// What kind of object.
    pub object: DamagedObject,
    /// Its number, or the start of its id.
    pub label: String,
    /// The login name of whoever is named as its author.
    pub author: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What kind of object was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DamagedObject {
    /// The team's chain.
    TeamChain,
    /// A vault, its head or its keys.
    Vault,
    /// A resource group.
    ResourceGroup,
    /// A resource.
    Resource,
    /// An account.
    Account,
    /// A secret.
    Secret,
    /// Facts about a secret.
    Facts,
    /// A file.
    File,
    /// A member's profile.
    Profile,
    /// A member group's name.
    Group,
    /// A request for a secret.
    Request,
    /// The person's own keys.
    Identity,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The signature is wrong.
    Signature,
    /// The author had no right to it.
    NoRight,
    /// It is not what was asked for.
    Substituted,
    /// It is older than what this device has seen.
    RolledBack,
    /// The vault's signed head does not contain it.
    NotInHead,
    /// It could not be opened.
    Unopenable,
    /// It is not written as the suite demands.
    Malformed,
    /// It was written by a newer version of this program.
    Newer,
    /// What it said was removed for good.
    Purged,
}
