//! Which events somebody wants to see.

use crate::{
    audit::{AuditEvent, AuditedAct},
    chain::{Body, SignedStatement},
    crypto::Signed,
    ids::{GroupId, MemberId, ObjectId, Timestamp, VaultId},
    purge::PurgeStatement,
    release::ExportStatement,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of thing happened, as people look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Sessions, and how one signs in.
    #[n(0)]
    SignIn,
    /// A secret or a file left the server.
    #[n(1)]
    Release,
    /// Vaults and what is in them.
    #[n(2)]
    Change,
    /// Members, invitations, roles.
    #[n(3)]
    People,
    /// Something was refused.
    #[n(4)]
    Refusal,
}

impl ActKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::SignIn, Self::Release, Self::Change, Self::People, Self::Refusal];
}

/// What an event has to be; what is not said fits every event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Done by this member.
    pub by: Option<MemberId>,
    /// Done by or to this member.
    pub member: Option<MemberId>,
    /// Of this kind.
    pub kind: Option<ActKind>,
    /// In this vault.
    pub vault: Option<VaultId>,
    /// Of this object.
    pub object: Option<ObjectId>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// Whether an event is wanted.
    #[must_use]
    pub fn fits(&self, event: &AuditEvent) -> bool {
        self.by.is_none_or(|by| event.member == Some(by))
            && self.member.is_none_or(|member| event.member == Some(member) || event.concerns(&member))
            && self.kind.is_none_or(|kind| event.what.kind() == kind)
            && self.from.is_none_or(|from| event.time >= from)
            && self.until.is_none_or(|until| event.time < until)
            && self.vault.is_none_or(|vault| event.names_vault(&vault))
            && self.object.is_none_or(|object| event.names_object(&object))
    }

    /// Whether nothing is asked of an event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AuditedAct {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        match self {
            Self::SessionStarted { .. }
            | Self::SessionEnded { .. }
            | Self::LoginChanged
            | Self::FactorAdded { .. }
            | Self::FactorRemoved { .. }
            | Self::FactorTried { right: true, .. } => ActKind::SignIn,
            Self::SecretReleased { .. } | Self::SecretsExported { .. } | Self::FileReleased { .. } => ActKind::Release,
            Self::VaultCreated { .. }
            | Self::EpochStarted { .. }
            | Self::PolicySet { .. }
            | Self::RecordsWritten { .. }
            | Self::ObjectsPurged { .. }
            | Self::RequestStepped { .. }
            | Self::RequestEnded { .. }
            | Self::AheadStepped { .. }
            | Self::AheadEnded { .. }
            | Self::EventsPruned { .. }
            | Self::PersonalVaultDeleted { .. } => ActKind::Change,
            Self::TeamCreated
            | Self::MemberInvited { .. }
            | Self::InvitationWithdrawn { .. }
            | Self::InvitationOpened { .. }
            | Self::MemberJoined { .. }
            | Self::TeamRoleSet { .. }
            | Self::GrantSet { .. }
            | Self::GrantRevoked { .. }
            | Self::MemberSuspended { .. }
            | Self::MemberResumed { .. }
            | Self::MemberRemoved { .. }
            | Self::ServiceAdmitted { .. }
            | Self::PersonAdmitted { .. }
            | Self::PersonRegistered { .. }
            | Self::PasswordSet { .. }
            | Self::ServiceSet { .. }
            | Self::ServiceRenewed { .. }
            | Self::ProfileWritten { .. }
            | Self::GroupNamed { .. }
            | Self::GroupSet { .. }
            | Self::GroupRoleSet { .. }
            | Self::GroupGrantsSet { .. }
            | Self::FactorsTaken { .. }
            | Self::TeamPolicySet
            | Self::WebhookSet { .. }
            | Self::WebhookDeleted { .. }
            | Self::WebhookGivenUp { .. }
            | Self::KeysReplaced
            | Self::RecoverySet
            | Self::RecoveryEnrolled
            | Self::EnrolmentEnded
            | Self::RecoveryStarted { .. }
            | Self::RecoveryCancelled { .. }
            | Self::ShareGiven { .. }
            | Self::MemberRecovered
            | Self::RecoveryRequested { .. }
            | Self::KeysWrapped { .. } => ActKind::People,
            Self::SignInRefused
            | Self::RequestRefused { .. }
            | Self::InvitationRefused { .. }
            | Self::FactorTried { right: false, .. } => ActKind::Refusal,
        }
    }

    /// To whom it was done, where that is somebody. An invitation's id becomes the member's.
    #[must_use]
    pub fn concerns(&self) -> Option<MemberId> {
        match *self {
            Self::MemberInvited { invite }
            | Self::InvitationWithdrawn { invite }
            | Self::InvitationOpened { invite }
            | Self::InvitationRefused { invite }
            | Self::MemberJoined { invite } => Some(invite.member()),
            Self::TeamRoleSet { of, .. }
            | Self::GrantSet { of, .. }
            | Self::GrantRevoked { of, .. }
            | Self::MemberSuspended { of }
            | Self::MemberResumed { of }
            | Self::MemberRemoved { of }
            | Self::ServiceAdmitted { of }
            | Self::PersonAdmitted { of }
            | Self::PersonRegistered { of }
            | Self::PasswordSet { of }
            | Self::ServiceSet { of }
            | Self::ServiceRenewed { of }
            | Self::FactorsTaken { of }
            | Self::RecoveryStarted { of }
            | Self::RecoveryCancelled { of }
            | Self::ShareGiven { of }
            | Self::RecoveryRequested { of }
            | Self::RequestStepped { of, .. }
            | Self::RequestEnded { of, .. }
            | Self::AheadStepped { of, .. }
            | Self::AheadEnded { of, .. }
            | Self::KeysWrapped { of, .. }
            | Self::ProfileWritten { of, .. }
            | Self::PersonalVaultDeleted { of, .. } => Some(of),
            _ => None,
        }
    }

    /// Which member group it is about.
    #[must_use]
    pub fn group(&self) -> Option<GroupId> {
        match *self {
            Self::GroupNamed { group, .. } | Self::GroupSet { group, .. } | Self::GroupRoleSet { group, .. } => {
                Some(group)
            }
            Self::GroupGrantsSet { group, .. } => group,
            _ => None,
        }
    }

    /// In which vault it happened, where it was one.
    #[must_use]
    pub fn vault(&self) -> Option<VaultId> {
        match *self {
            Self::VaultCreated { vault }
            | Self::EpochStarted { vault, .. }
            | Self::PolicySet { vault }
            | Self::RecordsWritten { vault, .. }
            | Self::SecretReleased { vault, .. }
            | Self::FileReleased { vault, .. }
            | Self::ObjectsPurged { vault, .. }
            | Self::GrantSet { vault, .. }
            | Self::GrantRevoked { vault, .. }
            | Self::GroupRoleSet { vault, .. }
            | Self::GroupGrantsSet { vault, .. }
            | Self::KeysWrapped { vault, .. }
            | Self::RequestStepped { vault, .. }
            | Self::RequestEnded { vault, .. }
            | Self::AheadStepped { vault, .. }
            | Self::AheadEnded { vault, .. }
            | Self::PersonalVaultDeleted { vault, .. } => Some(vault),
            Self::RequestRefused { vault, .. } => vault,
            _ => None,
        }
    }
}

impl AuditEvent {
    /// Whether it was done to a member.
    fn concerns(&self, member: &MemberId) -> bool {
        if !matches!(self.what, AuditedAct::GroupSet { .. } | AuditedAct::GroupGrantsSet { .. }) {
            return self.what.concerns() == Some(*member);
        }
        let signed = self.statement.as_ref().and_then(|wire| SignedStatement::parse(wire).ok());
        signed.is_some_and(|signed| match &signed.value().body {
            Body::SetGroup(set) => set.members.iter().flatten().any(|named| named == member),
            Body::GrantByGroup(grant) => grant.members.contains(member),
            Body::EndGroupGrants(end) => end.members.contains(member),
            _ => false,
        })
    }

    /// The export that it rests on, where it is one.
    fn export(&self) -> Option<ExportStatement> {
        let AuditedAct::SecretsExported { .. } = self.what else { return None };
        Some(Signed::<ExportStatement>::parse(self.statement.as_ref()?).ok()?.value().clone())
    }

    fn names_vault(&self, vault: &VaultId) -> bool {
        self.what.vault() == Some(*vault)
            || self.export().is_some_and(|export| {
                export.secrets.iter().any(|secret| secret.vault == *vault)
                    || export.files.iter().any(|file| file.vault == *vault)
            })
    }

    fn names_object(&self, object: &ObjectId) -> bool {
        match &self.what {
            AuditedAct::SecretReleased { account, .. }
            | AuditedAct::RequestStepped { account, .. }
            | AuditedAct::RequestEnded { account, .. }
            | AuditedAct::AheadStepped { account, .. }
            | AuditedAct::AheadEnded { account, .. } => account == object,
            AuditedAct::FileReleased { file, .. } => file == object,
            AuditedAct::RequestRefused { object: refused, .. } => *refused == Some(*object),
            AuditedAct::RecordsWritten { changed, .. } => changed.iter().flatten().any(|written| written.id == *object),
            AuditedAct::SecretsExported { .. } => self.export().is_some_and(|export| {
                export.secrets.iter().any(|secret| secret.account == *object)
                    || export.files.iter().any(|file| file.id == *object)
            }),
            AuditedAct::ObjectsPurged { .. } => {
                let signed = self.statement.as_ref().and_then(|wire| Signed::<PurgeStatement>::parse(wire).ok());
                signed.is_some_and(|signed| signed.value().objects.iter().any(|purged| purged.id == *object))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::{
        audit::WrittenObject,
        crypto::Hash,
        ids::{InviteId, TeamId, Version},
        record::RecordKind,
        suite::SUITE,
    };

    const ADA: MemberId = MemberId([1; 16]);
    const BOB: MemberId = MemberId([2; 16]);
    const VAULT: VaultId = VaultId([3; 16]);
    const ACCOUNT: ObjectId = ObjectId([4; 16]);

    fn event(what: AuditedAct) -> AuditEvent {
        AuditEvent {
            suite: SUITE,
            team: TeamId([9; 16]),
            sequence: 1,
            previous: Hash::ZERO,
            time: Timestamp(1_000),
            member: Some(ADA),
            address: None,
            what,
            statement: None,
        }
    }

    #[test]
    fn every_filter_tells_events_apart() {
        let released = event(AuditedAct::SecretReleased { vault: VAULT, account: ACCOUNT, version: Version(2) });
        let object = WrittenObject { kind: RecordKind::Account, id: ACCOUNT, version: Version(1) };
        let written =
            event(AuditedAct::RecordsWritten { vault: VAULT, head: Hash::ZERO, count: 1, changed: Some(vec![object]) });
        let removed = event(AuditedAct::MemberRemoved { of: BOB });
        let invited = event(AuditedAct::MemberInvited { invite: InviteId(BOB.0) });
        let started = event(AuditedAct::SignInRefused);
        let rows: [(AuditFilter, [bool; 5]); 11] = [
            (AuditFilter::default(), [true; 5]),
            (AuditFilter { by: Some(ADA), ..AuditFilter::default() }, [true; 5]),
            (AuditFilter { by: Some(BOB), ..AuditFilter::default() }, [false; 5]),
            (AuditFilter { member: Some(BOB), ..AuditFilter::default() }, [false, false, true, true, false]),
            (
                AuditFilter { kind: Some(ActKind::Release), ..AuditFilter::default() },
                [true, false, false, false, false],
            ),
            (
                AuditFilter { kind: Some(ActKind::Refusal), ..AuditFilter::default() },
                [false, false, false, false, true],
            ),
            (AuditFilter { kind: Some(ActKind::People), ..AuditFilter::default() }, [false, false, true, true, false]),
            (AuditFilter { vault: Some(VAULT), ..AuditFilter::default() }, [true, true, false, false, false]),
            (AuditFilter { object: Some(ACCOUNT), ..AuditFilter::default() }, [true, true, false, false, false]),
            (AuditFilter { from: Some(Timestamp(1_001)), ..AuditFilter::default() }, [false; 5]),
            (AuditFilter { until: Some(Timestamp(1_000)), ..AuditFilter::default() }, [false; 5]),
        ];
        for (filter, wanted) in rows {
            let events = [&released, &written, &removed, &invited, &started];
            assert_eq!(events.map(|event| filter.fits(event)), wanted, "{filter:?}");
        }
    }
}
