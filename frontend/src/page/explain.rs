//! A sentence for every error, in the language of the page.

use sealward_client::error::{InvitationFault, RecoveryFault};
use sealward_client::model::{Field, Problem};

use super::components::password_policy;
use super::language::{bytes, moment, number, tr};
use super::pages::detail::millis;
use crate::bridge::*;

/// What went wrong, and where possible what to do about it.
pub fn explain(error: &Error) -> String {
    match error {
        Error::WrongPassword => tr!(error.wrong_password).into(),
        Error::WrongKit => tr!(error.wrong_kit).into(),
        Error::BrokenKit(fault) => explain_kit(*fault),
        Error::KitNotConfirmed => tr!(error.kit_not_confirmed).into(),
        Error::OtherPassword => tr!(error.other_password).into(),
        Error::UnknownDevice => tr!(error.unknown_device).into(),
        Error::NotOpenedOffline => tr!(kept.not_opened).into(),
        Error::RateLimited { wait } => tr!(error.rate_limited, seconds = number(*wait)),
        Error::SessionEnded => tr!(error.session_ended).into(),
        Error::Locked => tr!(error.locked).into(),
        Error::OriginRefused => tr!(error.origin_refused).into(),
        Error::Behind(time) => tr!(error.behind, when = moment(millis(*time))),
        Error::Held => tr!(error.held).into(),
        Error::WrongClock => tr!(error.wrong_clock).into(),
        Error::OutOfMemory => tr!(error.out_of_memory).into(),
        Error::TeamCreationClosed => tr!(error.team_creation_closed).into(),
        Error::SetupCodeNeeded => tr!(error.setup_code_needed).into(),
        Error::WrongSetupCode => tr!(error.wrong_setup_code).into(),
        Error::NameTaken => tr!(error.name_taken).into(),
        Error::BrowserTaken => tr!(error.browser_taken).into(),
        Error::Invitation(fault) => explain_invitation(*fault).into(),
        Error::Recovery(fault) => explain_recovery(*fault).into(),
        Error::TooWeak => tr!(error.too_weak).into(),
        Error::Invalid(invalid) => explain_problem(field_name(invalid.field), invalid.problem),
        Error::InvalidForm(field) => tr!(
            error.invalid_form,
            field = match field {
                FormField::TeamName => tr!(create.team_name),
                FormField::FullName => tr!(create.full_name),
                FormField::LoginName => tr!(sign_in.login_name),
                FormField::Password => tr!(sign_in.password),
            }
        ),
        Error::LimitExceeded(limit) => explain_limit(*limit),
        Error::PolicyBroken(breaches) => password_policy::explain(breaches),
        Error::StaleVersion => tr!(error.stale_version).into(),
        Error::Gone => tr!(error.gone).into(),
        Error::NotAllowed => tr!(error.not_allowed).into(),
        Error::LastOwner => tr!(error.last_owner).into(),
        Error::TooFewApprovers => tr!(error.too_few_approvers).into(),
        Error::AuditorsRole => tr!(error.auditors_role).into(),
        Error::Suspended => tr!(error.suspended).into(),
        Error::RequestOnly => tr!(services.request_only_refused).into(),
        Error::EpochDue => tr!(error.epoch_due).into(),
        Error::ReasonNeeded => tr!(error.reason_needed).into(),
        Error::KeysNotOwn => tr!(made.refused).into(),
        Error::TicketNeeded => tr!(requests.error_ticket).into(),
        Error::Request(refused) => explain_request(*refused).into(),
        Error::InUse { name, until } => match until {
            Some(until) if !name.is_empty() => {
                tr!(requests.in_use, name = name, when = moment(millis(*until)))
            }
            _ => tr!(requests.error_queue).into(),
        },
        Error::NotCheckedOut => tr!(requests.error_not_out).into(),
        Error::TicketPattern => tr!(lease_policy.error_pattern).into(),
        Error::UnknownZone(zone) => tr!(ahead.error_zone, zone = zone),
        Error::TooManyRequests => tr!(requests.error_too_many).into(),
        Error::SecondFactorNeeded(_) | Error::NotConfirmed => tr!(factors.error_needed).into(),
        Error::FactorRefused => tr!(factors.error_refused).into(),
        Error::FactorExists => tr!(factors.error_exists).into(),
        Error::PasswordNeeded => tr!(factors.error_password).into(),
        Error::PasskeysUnavailable => tr!(factors.error_unavailable).into(),
        Error::PasskeyStopped => tr!(factors.error_stopped).into(),
        Error::WebhookRefused => tr!(webhooks.error_refused).into(),
        Error::TooManyWebhooks => tr!(webhooks.error_many).into(),
        Error::FactorMissing => tr!(factors.error_missing).into(),
        Error::Unfit => tr!(bulk.unfit).into(),
        Error::Busy => tr!(error.busy).into(),
        Error::NotUndoable => tr!(error.not_undoable).into(),
        Error::File(error) => explain_file(error),
        Error::FileChanged => tr!(files.error_changed).into(),
        Error::UploadLost => tr!(files.error_lost).into(),
        Error::Stopped => tr!(files.error_stopped).into(),
        Error::TooManyUploads => tr!(files.error_too_many).into(),
        Error::Offline => tr!(error.offline).into(),
        Error::ServerFailed { request_id: Some(id) } => tr!(error.server_failed_with_id, id = id.clone()),
        Error::ServerFailed { request_id: None } => tr!(error.server_failed).into(),
        Error::WrongVersion => tr!(error.wrong_version).into(),
        Error::Integrity(damage) => explain_damage(damage),
        Error::Storage => tr!(error.storage).into(),
        Error::Bridge => tr!(error.bridge).into(),
    }
}

/// Why nobody joins by a link.
fn explain_invitation(fault: InvitationFault) -> &'static str {
    match fault {
        InvitationFault::Altered => tr!(error.link_altered),
        InvitationFault::Newer => tr!(error.link_newer),
        InvitationFault::Foreign => tr!(error.link_foreign),
        InvitationFault::Used => tr!(error.link_used),
        InvitationFault::Withdrawn => tr!(error.link_withdrawn),
        InvitationFault::Expired => tr!(error.link_expired),
    }
}

/// Why nobody is recovered.
fn explain_recovery(fault: RecoveryFault) -> &'static str {
    match fault {
        RecoveryFault::NoGroup => tr!(recovery.impossible),
        RecoveryFault::NotEnrolled => tr!(recovery.error_not_enrolled),
        RecoveryFault::NotBegun => tr!(recovery.error_not_begun),
        RecoveryFault::OtherOpen => tr!(recovery.error_other_open),
        RecoveryFault::OtherShare => tr!(recovery.error_share),
        RecoveryFault::Unopened => tr!(recovery.error_unopened),
    }
}

/// Why a step of a request cannot be taken.
fn explain_request(refused: RequestRefused) -> &'static str {
    match refused {
        RequestRefused::Right => tr!(requests.error_right),
        RequestRefused::State => tr!(requests.error_state),
        RequestRefused::Own => tr!(requests.error_own),
        RequestRefused::Twice => tr!(requests.error_twice),
        RequestRefused::Policy | RequestRefused::Version => tr!(requests.error_changed),
        RequestRefused::Time => tr!(requests.error_time),
        RequestRefused::Reason => tr!(error.reason_needed),
        RequestRefused::NotNeeded => tr!(requests.error_not_needed),
        RequestRefused::Malformed
        | RequestRefused::Order
        | RequestRefused::Position
        | RequestRefused::Signature
        | RequestRefused::Grant
        | RequestRefused::Limit => tr!(requests.error_refused),
    }
}

/// Where the typing error in a kit is.
pub fn explain_kit(fault: KitFault) -> String {
    match fault {
        KitFault::Group(group) => tr!(error.kit_group, group = u32::from(group)),
        KitFault::Missing { found, needed } => {
            tr!(error.kit_missing, found = u32::from(found), needed = u32::from(needed))
        }
        KitFault::NotAKit => tr!(error.not_a_kit).into(),
    }
}

/// What failed its verification, whose it says it is, and why it is refused.
pub fn explain_damage(damage: &Damage) -> String {
    let object = match damage.object {
        DamagedObject::TeamChain => tr!(damage.team_chain),
        DamagedObject::Vault => tr!(damage.vault),
        DamagedObject::ResourceGroup => tr!(damage.resource_group),
        DamagedObject::Resource => tr!(damage.resource),
        DamagedObject::Account => tr!(damage.account),
        DamagedObject::Secret => tr!(damage.secret),
        DamagedObject::Facts => tr!(damage.facts),
        DamagedObject::File => tr!(files.damaged_file),
        DamagedObject::Profile => tr!(directory.damaged_profile),
        DamagedObject::Group => tr!(directory.damaged_group),
        DamagedObject::Identity => tr!(damage.identity),
        DamagedObject::Request => tr!(requests.damaged),
    };
    let fault = explain_fault(damage.fault);
    let label = damage.label.clone();
    match &damage.author {
        Some(author) => tr!(damage.with_author, object = object, label = label, author = author.clone(), fault = fault),
        None => tr!(damage.without_author, object = object, label = label, fault = fault),
    }
}

/// What is wrong with something, in a sentence's middle.
pub fn explain_fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Signature => tr!(damage.signature),
        Fault::NoRight => tr!(damage.no_right),
        Fault::Substituted => tr!(damage.substituted),
        Fault::RolledBack => tr!(damage.rolled_back),
        Fault::NotInHead => tr!(damage.not_in_head),
        Fault::Unopenable => tr!(damage.unopenable),
        Fault::Malformed => tr!(damage.malformed),
        Fault::Newer => tr!(damage.newer),
        Fault::Purged => tr!(trash.purged),
    }
}

fn explain_problem(field: &'static str, problem: Problem) -> String {
    match problem {
        Problem::Empty => tr!(problem.empty, field = field),
        Problem::TooLong { limit } => tr!(problem.too_long, field = field, limit = count(limit)),
        Problem::TooMany { limit } => tr!(problem.too_many, field = field, limit = count(limit)),
        Problem::Twice => tr!(problem.twice, field = field),
        Problem::ControlCharacters => tr!(problem.control_characters, field = field),
        Problem::NotAnAddress => tr!(directory.not_an_address, field = field),
        Problem::NotHere => tr!(problem.not_here, field = field),
    }
}

fn explain_file(error: &ImportError) -> String {
    match error {
        ImportError::Empty => tr!(import_error.empty).into(),
        ImportError::UnknownEncoding => tr!(import_error.unknown_encoding).into(),
        ImportError::BrokenJson { line } => tr!(import_error.broken_json, line = count(*line)),
        ImportError::UnknownFormat => tr!(import_error.unknown_format).into(),
        ImportError::OtherFormat => tr!(import_error.other_format).into(),
        ImportError::Damaged => tr!(import_error.damaged).into(),
        ImportError::PasswordNeeded => tr!(import_key.lead).into(),
        ImportError::WrongPassword => tr!(import_key.wrong).into(),
        ImportError::TooCostly => tr!(import_key.too_costly).into(),
        ImportError::Newer => tr!(import_key.newer).into(),
        ImportError::Encrypted => tr!(import_error.encrypted).into(),
        ImportError::Swollen { .. } => tr!(import_error.swollen).into(),
        ImportError::TooManyFiles { limit } => tr!(import_error.too_many_files, most = count(*limit)),
        ImportError::TooManyColumns { limit } => tr!(import_error.too_many_columns, most = count(*limit)),
        ImportError::TooManyRows { limit } => tr!(import_error.too_many_rows, most = count(*limit)),
        ImportError::TooLarge { limit } => tr!(limit.file_size, most = count(limit >> 20)),
        ImportError::MissingColumn { column } => {
            tr!(import_error.missing_column, column = super::pages::import_columns::column_name(*column))
        }
    }
}

fn explain_limit(limit: Limit) -> String {
    match limit {
        Limit::Records { most } => tr!(limit.records, most = number(most)),
        Limit::FileSize { most } => tr!(limit.file_size, most = number(u32::try_from(most >> 20).unwrap_or(u32::MAX))),
        Limit::ExportedFiles { most } => tr!(limit.exported_files, most = bytes(most)),
        Limit::Depth { most } => tr!(limit.depth, most = number(most)),
    }
}

fn count(limit: usize) -> String {
    number(u32::try_from(limit).unwrap_or(u32::MAX))
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Name => tr!(field.name),
        Field::Description => tr!(field.description),
        Field::Notes => tr!(field.notes),
        Field::ResourceType => tr!(field.resource_type),
        Field::Url => tr!(field.url),
        Field::DnsName => tr!(field.dns_name),
        Field::Department => tr!(field.department),
        Field::Location => tr!(field.location),
        Field::Tags => tr!(field.tags),
        Field::Owner => tr!(field.owner),
        Field::UserName => tr!(field.user_name),
        Field::CustomFields | Field::CustomValue => tr!(field.custom_fields),
        Field::Secret => tr!(field.secret),
        Field::Files => tr!(field.files),
        Field::Policy => tr!(field.policy),
        Field::PublicPart => tr!(field.public_part),
        Field::TrashDays => tr!(field.trash_days),
        Field::Reason => tr!(field.reason),
        Field::FullName => tr!(directory.full_name),
        Field::Email => tr!(directory.email),
        Field::Telephone => tr!(directory.telephone),
        Field::ExternalId => tr!(directory.external_id),
        Field::Uuid => tr!(directory.uuid),
        Field::SourceId | Field::OtpSeed | Field::Score => tr!(field.other),
    }
}
