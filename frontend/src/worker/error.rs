//! From what went wrong in the client to what the page is told.

use super::clock::millis;
use crate::bridge::{Damage, DamagedObject, Error, Fault, KitFault};
use sealward_client::{
    error as client,
    generate::RecipeError,
    kit::{GROUPS, KitError},
    model::{Field, Invalid, Problem, Unwritable},
};
use sealward_contract::{chain::TeamState, limits, problem::Rejection, record::RecordKind};

impl From<client::Error> for Error {
    fn from(error: client::Error) -> Self {
        match error {
            client::Error::Unreachable => Self::Offline,
            client::Error::Rejected(rejection) => rejected(&rejection),
            client::Error::Unintelligible => Self::WrongVersion,
            client::Error::WrongPassword => Self::WrongPassword,
            client::Error::WrongKit => Self::WrongKit,
            client::Error::OriginRefused => Self::OriginRefused,
            client::Error::SessionEnded => Self::SessionEnded,
            client::Error::CreationClosed => Self::TeamCreationClosed,
            client::Error::SetupCode => Self::WrongSetupCode,
            client::Error::LoginName => Self::InvalidForm(crate::bridge::FormField::LoginName),
            client::Error::OutOfMemory => Self::OutOfMemory,
            client::Error::Unwritable(Unwritable::Invalid(invalid)) => Self::Invalid(invalid),
            client::Error::Unwritable(Unwritable::TooLarge { limit, .. }) => {
                Self::Invalid(Invalid::new(Field::Notes, Problem::TooLong { limit }))
            }
            client::Error::NotAllowed => Self::NotAllowed,
            client::Error::ApprovalNeeded | client::Error::CheckOutNeeded | client::Error::NotCheckedOut => {
                Self::NotCheckedOut
            }
            client::Error::TicketNeeded => Self::TicketNeeded,
            client::Error::Request(refused) => Self::Request(refused),
            // Whoever asks for the step names the member.
            client::Error::InUse { until, .. } => Self::InUse { name: String::new(), until: until.map(millis) },
            client::Error::TooManyRequests => Self::TooManyRequests,
            client::Error::LastOwner => Self::LastOwner,
            client::Error::TooFewApprovers => Self::TooFewApprovers,
            client::Error::AuditorsRole => Self::AuditorsRole,
            client::Error::NameTaken => Self::NameTaken,
            client::Error::Suspended => Self::Suspended,
            client::Error::RequestOnly => Self::RequestOnly,
            // A page is never signed in by a token.
            client::Error::Token(_)
            | client::Error::TokenRefused
            | client::Error::TokenExpired
            | client::Error::AddressRefused => Self::NotAllowed,
            client::Error::Invitation(fault) => Self::Invitation(fault),
            client::Error::Recovery(fault) => Self::Recovery(fault),
            client::Error::EpochDue => Self::EpochDue,
            client::Error::ReasonNeeded => Self::ReasonNeeded,
            client::Error::SecondFactorNeeded(held) => Self::SecondFactorNeeded(held),
            client::Error::NotConfirmed => Self::NotConfirmed,
            client::Error::FactorRefused => Self::FactorRefused,
            client::Error::FactorExists => Self::FactorExists,
            client::Error::WebhookRefused => Self::WebhookRefused,
            client::Error::TooManyWebhooks => Self::TooManyWebhooks,
            client::Error::FactorMissing => Self::FactorMissing,
            client::Error::PasswordNeeded => Self::PasswordNeeded,
            client::Error::PasskeysUnavailable => Self::PasskeysUnavailable,
            client::Error::PolicyBroken(breaches) => Self::PolicyBroken(breaches),
            client::Error::Unfit => Self::Unfit,
            client::Error::StaleVersion => Self::StaleVersion,
            client::Error::Gone => Self::Gone,
            client::Error::FileTooLarge => Self::LimitExceeded(crate::bridge::Limit::FileSize { most: limits::FILE }),
            client::Error::FilesTooLarge { limit, .. } => {
                Self::LimitExceeded(crate::bridge::Limit::ExportedFiles { most: limit })
            }
            client::Error::FileChanged => Self::FileChanged,
            client::Error::UploadLost => Self::UploadLost,
            client::Error::TooManyUploads => Self::TooManyUploads,
            client::Error::Busy => Self::Busy,
            client::Error::Clock => Self::WrongClock,
            client::Error::Behind { footing } => Self::Behind(millis(footing.time)),
            client::Error::Held => Self::Held,
            client::Error::Refused => Self::ServerFailed { request_id: None },
            client::Error::Damage(damage) => Self::Integrity(describe(&damage, None)),
        }
    }
}

impl From<KitError> for Error {
    fn from(error: KitError) -> Self {
        Self::BrokenKit(kit_fault(error))
    }
}

impl From<RecipeError> for Error {
    fn from(_: RecipeError) -> Self {
        // The page offers only recipes that make something.
        Self::Bridge
    }
}

/// Where the typing error in a kit is.
pub fn kit_fault(error: KitError) -> KitFault {
    let needed = u8::try_from(GROUPS).unwrap_or(u8::MAX);
    match error {
        KitError::WrongGroup { number } => KitFault::Group(number),
        KitError::Incomplete { groups } => KitFault::Missing { found: groups, needed },
        KitError::Empty => KitFault::Missing { found: 0, needed },
        KitError::TooLong | KitError::WrongChecksum | KitError::Newer => KitFault::NotAKit,
    }
}

/// Names a damaged object and its author, as far as the chain knows them.
pub fn describe(damage: &client::Damage, chain: Option<&TeamState>) -> Damage {
    let object = match damage.object {
        client::DamagedObject::Chain | client::DamagedObject::Audit | client::DamagedObject::Directory => {
            DamagedObject::TeamChain
        }
        client::DamagedObject::Identity => DamagedObject::Identity,
        client::DamagedObject::Request => DamagedObject::Request,
        client::DamagedObject::VaultKeys | client::DamagedObject::Head => DamagedObject::Vault,
        client::DamagedObject::Record(kind) => match kind {
            RecordKind::ResourceGroup => DamagedObject::ResourceGroup,
            RecordKind::Resource => DamagedObject::Resource,
            RecordKind::Account => DamagedObject::Account,
            RecordKind::Secret => DamagedObject::Secret,
            RecordKind::Facts => DamagedObject::Facts,
            RecordKind::File => DamagedObject::File,
            RecordKind::Profile => DamagedObject::Profile,
            RecordKind::Group => DamagedObject::Group,
            _ => DamagedObject::Vault,
        },
    };
    let id = damage.id.map(|id| id.to_string()).or_else(|| damage.vault.map(|vault| vault.to_string()));
    let label = match (damage.number, id) {
        (Some(number), _) => format!("#{}", number.0),
        (None, Some(id)) => id.chars().take(8).collect(),
        (None, None) => String::new(),
    };
    let author =
        damage.author.and_then(|author| chain?.member(&author)).map(|member| member.keys.login_name.to_string());
    Damage { object, label, author, fault: fault(damage.fault) }
}

/// What is wrong with it.
pub const fn fault(fault: client::Fault) -> Fault {
    match fault {
        client::Fault::Signature => Fault::Signature,
        client::Fault::NoRight => Fault::NoRight,
        client::Fault::Substituted => Fault::Substituted,
        client::Fault::RolledBack => Fault::RolledBack,
        client::Fault::NotInHead => Fault::NotInHead,
        client::Fault::Unopenable => Fault::Unopenable,
        client::Fault::Malformed => Fault::Malformed,
        client::Fault::Newer => Fault::Newer,
        client::Fault::Purged => Fault::Purged,
    }
}

fn rejected(rejection: &Rejection) -> Error {
    match rejection {
        Rejection::Unauthenticated => Error::SessionEnded,
        Rejection::NotFound => Error::Gone,
        Rejection::KeysNotOwn => Error::KeysNotOwn,
        Rejection::SecondFactorNeeded { held } => Error::SecondFactorNeeded(*held),
        Rejection::RateLimited { retry_after } => {
            Error::RateLimited { wait: u32::try_from(retry_after.div_ceil(1_000)).unwrap_or(u32::MAX) }
        }
        Rejection::TooManyStreams | Rejection::Unavailable => Error::Busy,
        Rejection::TooLarge { limit } => Error::LimitExceeded(crate::bridge::Limit::FileSize { most: *limit }),
        Rejection::Malformed { .. }
        | Rejection::MethodNotAllowed
        | Rejection::NotAcceptable
        | Rejection::UnsupportedMediaType => Error::WrongVersion,
        Rejection::IdempotencyKeyReused | Rejection::Internal | Rejection::ReadOnly => {
            Error::ServerFailed { request_id: None }
        }
    }
}
