//! What happened, in words.

use crate::bridge::{ActKind, AuditRow, AuditedAct, Broken, FactorKind, RefusedRequest, SignedAs, Unfounded};
use crate::page::language::{number, tr};
use crate::page::pages::ahead;
use crate::page::pages::people::{role_name, vault_role_name};
use crate::page::pages::requests;

/// What kinds of things are called.
pub fn kind_name(kind: ActKind) -> &'static str {
    match kind {
        ActKind::SignIn => tr!(audit.kind_sign_in),
        ActKind::Release => tr!(audit.kind_release),
        ActKind::Change => tr!(audit.kind_change),
        ActKind::People => tr!(audit.kind_people),
        ActKind::Refusal => tr!(audit.kind_refusal),
    }
}

/// What something is called of which nothing is known.
fn some_object(what: &AuditedAct) -> &'static str {
    if what.group().is_some() { tr!(directory.some_group) } else { tr!(audit.some_object) }
}

/// What an event says, with names of what the person sees.
pub fn sentence(row: &AuditRow) -> String {
    let or = |name: &str, other: &'static str| if name.is_empty() { other.to_owned() } else { name.to_owned() };
    let vault = || or(&row.vault, tr!(audit.some_vault));
    let object = || or(&row.object, some_object(&row.what));
    let of = || or(&row.of, tr!(audit.somebody));
    match &row.what {
        AuditedAct::TeamCreated => tr!(audit.team_created).into(),
        AuditedAct::SessionStarted { .. } => tr!(audit.session_started).into(),
        AuditedAct::SignInRefused => tr!(audit.sign_in_refused).into(),
        AuditedAct::SessionEnded { .. } => tr!(audit.session_ended).into(),
        AuditedAct::LoginChanged => tr!(audit.login_changed).into(),
        AuditedAct::VaultCreated { .. } => tr!(audit.vault_created, vault = vault()),
        AuditedAct::EpochStarted { .. } => tr!(audit.epoch_started, vault = vault()),
        AuditedAct::PolicySet { .. } => tr!(audit.policy_set, vault = vault()),
        AuditedAct::RecordsWritten { count, .. } => {
            if row.object.is_empty() {
                tr!(audit.records_written, count = number(*count), vault = vault())
            } else {
                tr!(audit.object_written, object = object(), vault = vault())
            }
        }
        AuditedAct::SecretReleased { .. } => tr!(audit.secret_released, object = object(), vault = vault()),
        AuditedAct::SecretsExported { count, files, .. } => {
            tr!(audit.secrets_exported, count = number(*count), files = number(*files))
        }
        AuditedAct::FileReleased { .. } => tr!(audit.file_released, object = object(), vault = vault()),
        AuditedAct::ObjectsPurged { count, .. } => {
            tr!(audit.objects_purged, count = number(*count), vault = vault())
        }
        AuditedAct::MemberInvited { .. } => tr!(audit.member_invited).into(),
        AuditedAct::InvitationWithdrawn { .. } => tr!(audit.invitation_withdrawn).into(),
        AuditedAct::MemberJoined { .. } => tr!(audit.member_joined, name = of()),
        AuditedAct::TeamRoleSet { role, .. } => tr!(audit.team_role_set, name = of(), role = role_name(*role)),
        AuditedAct::GrantSet { role, .. } => {
            tr!(audit.grant_set, name = of(), role = vault_role_name(*role), vault = vault())
        }
        AuditedAct::GrantRevoked { .. } => tr!(audit.grant_revoked, name = of(), vault = vault()),
        AuditedAct::MemberSuspended { .. } => tr!(audit.member_suspended, name = of()),
        AuditedAct::MemberResumed { .. } => tr!(audit.member_resumed, name = of()),
        AuditedAct::MemberRemoved { .. } => tr!(audit.member_removed, name = of()),
        AuditedAct::PersonAdmitted { .. } => tr!(made.event, name = of()),
        AuditedAct::PersonRegistered { .. } => tr!(made.registered_event, name = of()),
        AuditedAct::PasswordSet { .. } => tr!(made.password_event, name = of()),
        AuditedAct::ServiceAdmitted { .. } => tr!(audit.service_admitted, name = of()),
        AuditedAct::ServiceSet { .. } => tr!(audit.service_set, name = of()),
        AuditedAct::ServiceRenewed { .. } => tr!(audit.service_renewed, name = of()),
        AuditedAct::ProfileWritten { version, .. } => {
            tr!(directory.audit_profile, name = of(), version = number(version.0))
        }
        AuditedAct::GroupNamed { version, .. } => {
            tr!(directory.audit_group_named, name = object(), version = number(version.0))
        }
        AuditedAct::GroupSet { count: Some(count), .. } => {
            tr!(directory.audit_group_set, name = object(), count = number(*count))
        }
        AuditedAct::GroupSet { count: None, .. } => tr!(directory.audit_group_ended, name = object()),
        AuditedAct::GroupRoleSet { role: Some(role), .. } => {
            tr!(directory.audit_group_role, name = object(), role = vault_role_name(*role), vault = vault())
        }
        AuditedAct::GroupRoleSet { role: None, .. } => {
            tr!(directory.audit_group_no_role, name = object(), vault = vault())
        }
        AuditedAct::GroupGrantsSet { count, group: Some(_), .. } => {
            tr!(directory.audit_given, name = object(), count = number(*count), vault = vault())
        }
        AuditedAct::GroupGrantsSet { count, group: None, .. } => {
            tr!(directory.audit_taken, count = number(*count), vault = vault())
        }
        AuditedAct::FactorAdded { factor } => tr!(audit.factor_added, factor = factor_name(*factor)),
        AuditedAct::FactorRemoved { factor } => tr!(audit.factor_removed, factor = factor_name(*factor)),
        AuditedAct::WebhookSet { enabled: true, .. } => tr!(webhooks.audit_set).into(),
        AuditedAct::WebhookSet { enabled: false, .. } => tr!(webhooks.audit_off).into(),
        AuditedAct::WebhookDeleted { .. } => tr!(webhooks.audit_deleted).into(),
        AuditedAct::WebhookGivenUp { .. } => tr!(webhooks.audit_given_up).into(),
        AuditedAct::FactorsTaken { .. } => tr!(audit.factors_taken, name = of()),
        AuditedAct::FactorTried { factor, right: true } => {
            tr!(audit.factor_confirmed, factor = factor_name(*factor))
        }
        AuditedAct::FactorTried { factor, right: false } => tr!(audit.factor_refused, factor = factor_name(*factor)),
        AuditedAct::TeamPolicySet => tr!(audit.team_policy_set).into(),
        AuditedAct::KeysReplaced => tr!(own_keys.event_replaced).into(),
        AuditedAct::RecoverySet => tr!(recovery.event_group).into(),
        AuditedAct::RecoveryEnrolled => tr!(recovery.event_enrolled).into(),
        AuditedAct::EnrolmentEnded => tr!(recovery.event_ended).into(),
        AuditedAct::RecoveryStarted { .. } => tr!(recovery.event_started, name = of()),
        AuditedAct::RecoveryCancelled { .. } => tr!(recovery.event_cancelled, name = of()),
        AuditedAct::ShareGiven { .. } => tr!(recovery.event_share, name = of()),
        AuditedAct::MemberRecovered => tr!(recovery.event_recovered).into(),
        AuditedAct::RecoveryRequested { .. } => tr!(recovery.event_requested, name = of()),
        AuditedAct::RequestStepped { step, .. } => requests::step_event(*step, &object(), &of()),
        AuditedAct::RequestEnded { ended, .. } => requests::end_event(*ended, &object(), &of()),
        AuditedAct::AheadStepped { step, .. } => ahead::step_event(*step, &object(), &of()),
        AuditedAct::AheadEnded { ended, .. } => ahead::end_event(*ended, &object(), &of()),
        AuditedAct::RequestRefused { request, .. } => refusal(*request, &object(), &vault()),
        AuditedAct::InvitationOpened { .. } => tr!(audit.invitation_opened).into(),
        AuditedAct::InvitationRefused { .. } => tr!(audit.invitation_refused).into(),
        AuditedAct::KeysWrapped { .. } => tr!(audit.keys_wrapped, name = of(), vault = vault()),
        AuditedAct::PersonalVaultDeleted { .. } => tr!(audit.personal_vault_deleted, name = of()),
        AuditedAct::EventsPruned { through, .. } => tr!(audit.events_pruned, number = through),
    }
}

/// What a kind of second factor is called, within a sentence.
fn factor_name(factor: FactorKind) -> &'static str {
    match factor {
        FactorKind::Codes => tr!(audit.factor_codes),
        FactorKind::Passkey => tr!(audit.factor_passkey),
        FactorKind::RecoveryCodes => tr!(audit.factor_recovery),
    }
}

fn refusal(request: RefusedRequest, object: &str, vault: &str) -> String {
    match request {
        RefusedRequest::SignIn => tr!(audit.refused_suspended).into(),
        RefusedRequest::Release => tr!(audit.refused_release, object = object),
        RefusedRequest::Export => tr!(audit.refused_export).into(),
        RefusedRequest::Write => tr!(audit.refused_write, vault = vault),
        RefusedRequest::Purge => tr!(audit.refused_purge, vault = vault),
        RefusedRequest::Statement => tr!(audit.refused_statement).into(),
        RefusedRequest::Read => tr!(audit.refused_read, vault = vault),
    }
}

/// Under what somebody put their signature.
pub fn signed_as(signed: SignedAs) -> String {
    match signed {
        SignedAs::Statement(sequence) => tr!(audit.as_statement, number = sequence),
        SignedAs::Head(sequence) => tr!(audit.as_head, number = sequence),
        SignedAs::Release => tr!(audit.as_release).into(),
        SignedAs::Export => tr!(audit.as_export).into(),
        SignedAs::Directory => tr!(directory.as_record).into(),
        SignedAs::Purge => tr!(audit.as_purge).into(),
        SignedAs::Request => tr!(requests.as_step).into(),
        SignedAs::StepAlone => tr!(audit.as_step_alone).into(),
    }
}

/// Why an event does not rest on what it says.
pub fn explain_unfounded(unfounded: Unfounded) -> &'static str {
    match unfounded {
        Unfounded::Nothing => tr!(audit.fault_nothing),
        Unfounded::Malformed => tr!(audit.fault_statement),
        Unfounded::Other => tr!(audit.fault_other),
        Unfounded::Signature => tr!(audit.fault_signature),
    }
}

/// Why an event does not follow.
pub fn explain_broken(broken: Broken) -> &'static str {
    match broken {
        Broken::Malformed => tr!(audit.fault_malformed),
        Broken::Missing => tr!(audit.fault_missing),
        Broken::OutOfOrder => tr!(audit.fault_order),
        Broken::Changed => tr!(audit.fault_changed),
        Broken::Time => tr!(audit.fault_time),
        Broken::Unfounded(unfounded) => explain_unfounded(unfounded),
        Broken::ReleasedTwice => tr!(audit.fault_twice),
        Broken::Anchor => tr!(audit.fault_anchor),
    }
}
