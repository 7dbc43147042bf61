//! The audit chain: one event for every release, change, sign-in and refusal for lack of a right, each bound to the one
//! before by its hash.

mod check;
mod filter;
mod refused;
mod steps;

pub use check::{AuditWalk, Basis, Broken, BrokenEvent, Unfounded, check_statement};
pub use filter::{ActKind, AuditFilter};
pub use refused::RefusedRequest;
pub use steps::{StepMisfit, StepPlace, StepsTold};

use crate::{
    bytes::Bytes,
    chain::{Body, TeamRole, VaultRole},
    codec,
    crypto::{Hash, context::Label, hash},
    factor::FactorKind,
    ids::{
        AheadId, Epoch, GroupId, InviteId, MemberId, ObjectId, RequestId, SessionId, TeamId, Timestamp, VaultId,
        Version, WebhookId,
    },
    record::RecordKind,
    release::ExportFormat,
    request::{RequestBody, ahead::AheadBody},
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AuditEvent {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// Number of the event, from 1.
    #[n(2)]
    pub sequence: u64,
    /// Hash of the event before; zero for the first.
    #[n(3)]
    pub previous: Hash,
    /// When, by the server's clock; never before the event before.
    #[n(4)]
    pub time: Timestamp,
    /// Who, where it is known.
    #[n(5)]
    pub member: Option<MemberId>,
    /// From which address, where there was one.
    #[n(6)]
    pub address: Option<String>,
    /// What.
    #[n(7)]
    pub what: AuditedAct,
    /// The signed statement that it rests on, where there is one: anyone can check it. Without it the event is the
    /// server's word.
    #[n(8)]
    pub statement: Option<Bytes>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AuditedAct {
    /// The team was made.
    #[n(0)]
    TeamCreated,
    /// A session began.
    #[n(1)]
    SessionStarted {
        /// Which.
        #[n(0)]
        session: SessionId,
    },
    /// A sign-in was refused.
    #[n(2)]
    SignInRefused,
    /// A session was ended.
    #[n(3)]
    SessionEnded {
        /// Which.
        #[n(0)]
        session: SessionId,
    },
    /// Password or Secret Key were changed.
    #[n(4)]
    LoginChanged,
    /// A vault was made.
    #[n(5)]
    VaultCreated {
        /// Which.
        #[n(0)]
        vault: VaultId,
    },
    /// A vault got new keys.
    #[n(6)]
    EpochStarted {
        /// Which vault.
        #[n(0)]
        vault: VaultId,
        /// Which epoch.
        #[n(1)]
        epoch: Epoch,
    },
    /// A policy was set.
    #[n(7)]
    PolicySet {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
    },
    /// Records were written.
    #[n(8)]
    RecordsWritten {
        /// Into which vault.
        #[n(0)]
        vault: VaultId,
        /// Under which head.
        #[n(1)]
        head: Hash,
        /// How many.
        #[n(2)]
        count: u32,
        /// The first of them, at most [`crate::limits::AUDIT_OBJECTS`], facts left out. Events of earlier releases say
        /// nothing. The statement is the vault's head, so which records they were is the server's word.
        #[n(3)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Vec<WrittenObject>>,
    },
    /// A secret was released.
    #[n(9)]
    SecretReleased {
        /// From which vault.
        #[n(0)]
        vault: VaultId,
        /// Of which account.
        #[n(1)]
        account: ObjectId,
        /// Which version.
        #[n(2)]
        version: Version,
    },
    /// Secrets and files were released for an export; the statement names every one.
    #[n(10)]
    SecretsExported {
        /// How many secrets; each version of one counts.
        #[n(0)]
        count: u32,
        /// What they are written to, by the member's word.
        #[n(1)]
        format: ExportFormat,
        /// How many files.
        #[n(2)]
        files: u32,
    },
    /// A file was released.
    #[n(11)]
    FileReleased {
        /// From which vault.
        #[n(0)]
        vault: VaultId,
        /// Which file.
        #[n(1)]
        file: ObjectId,
        /// Which version of its record.
        #[n(2)]
        version: Version,
    },
    /// Deleted objects were removed for good.
    #[n(12)]
    ObjectsPurged {
        /// From which vault.
        #[n(0)]
        vault: VaultId,
        /// How many.
        #[n(1)]
        count: u32,
    },
    /// Somebody was invited.
    #[n(13)]
    MemberInvited {
        /// By which invitation.
        #[n(0)]
        invite: InviteId,
    },
    /// An invitation was withdrawn.
    #[n(14)]
    InvitationWithdrawn {
        /// Which.
        #[n(0)]
        invite: InviteId,
    },
    /// Somebody joined.
    #[n(15)]
    MemberJoined {
        /// By which invitation.
        #[n(0)]
        invite: InviteId,
    },
    /// A member's role in the team was changed.
    #[n(16)]
    TeamRoleSet {
        /// Whose.
        #[n(0)]
        of: MemberId,
        /// The new role.
        #[n(1)]
        role: TeamRole,
    },
    /// A member's role in a vault was changed.
    #[n(17)]
    GrantSet {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// Whose.
        #[n(1)]
        of: MemberId,
        /// The new role.
        #[n(2)]
        role: VaultRole,
    },
    /// A member's role in a vault was taken away.
    #[n(18)]
    GrantRevoked {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// Whose.
        #[n(1)]
        of: MemberId,
    },
    /// A member was suspended.
    #[n(19)]
    MemberSuspended {
        /// Who.
        #[n(0)]
        of: MemberId,
    },
    /// A member was resumed.
    #[n(20)]
    MemberResumed {
        /// Who.
        #[n(0)]
        of: MemberId,
    },
    /// A member was removed.
    #[n(21)]
    MemberRemoved {
        /// Who.
        #[n(0)]
        of: MemberId,
    },
    /// A service was admitted.
    #[n(22)]
    ServiceAdmitted {
        /// Which.
        #[n(0)]
        of: MemberId,
    },
    /// A service got other terms.
    #[n(23)]
    ServiceSet {
        /// Which.
        #[n(0)]
        of: MemberId,
    },
    /// A service got new keys and another token.
    #[n(24)]
    ServiceRenewed {
        /// Which.
        #[n(0)]
        of: MemberId,
    },
    /// A member's profile was written. It carries the record without its payload.
    #[n(50)]
    ProfileWritten {
        /// Whose.
        #[n(0)]
        of: MemberId,
        /// Its version.
        #[n(1)]
        version: Version,
    },
    /// A member group was named, or described anew. It carries the record without its payload.
    #[n(51)]
    GroupNamed {
        /// Which.
        #[n(0)]
        group: GroupId,
        /// Its version.
        #[n(1)]
        version: Version,
    },
    /// A member group was made, or got other members; or it ended.
    #[n(52)]
    GroupSet {
        /// Which.
        #[n(0)]
        group: GroupId,
        /// How many are in it; `None` when it ended.
        #[n(1)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
    },
    /// What a member group asks for in a vault was set.
    #[n(53)]
    GroupRoleSet {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// Which group.
        #[n(1)]
        group: GroupId,
        /// The role; `None` for none.
        #[n(2)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<VaultRole>,
    },
    /// Members got what their group asks for in a vault, or lost what only groups had brought. The statement names them.
    #[n(54)]
    GroupGrantsSet {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// How many.
        #[n(1)]
        count: u32,
        /// The group that asked for it; `None` where something was taken.
        #[n(2)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
    },
    /// A member added a second factor, or made new recovery codes.
    #[n(55)]
    FactorAdded {
        /// Of which kind.
        #[n(0)]
        factor: FactorKind,
    },
    /// A member removed a second factor.
    #[n(56)]
    FactorRemoved {
        /// Of which kind.
        #[n(0)]
        factor: FactorKind,
    },
    /// All second factors of a member were taken away.
    #[n(57)]
    FactorsTaken {
        /// Whose.
        #[n(0)]
        of: MemberId,
    },
    /// A member confirmed with a second factor, or tried to.
    #[n(58)]
    FactorTried {
        /// Of which kind.
        #[n(0)]
        factor: FactorKind,
        /// Whether it was right.
        #[n(1)]
        right: bool,
    },
    /// The team's policy was set.
    #[n(59)]
    TeamPolicySet,
    /// A person replaced their keys.
    #[n(60)]
    KeysReplaced,
    /// The recovery group was set.
    #[n(61)]
    RecoverySet,
    /// A person enrolled with it.
    #[n(62)]
    RecoveryEnrolled,
    /// A person ended that.
    #[n(63)]
    EnrolmentEnded,
    /// A person's recovery was begun.
    #[n(64)]
    RecoveryStarted {
        /// Whose.
        #[n(0)]
        of: MemberId,
    },
    /// A person's recovery was cancelled.
    #[n(65)]
    RecoveryCancelled {
        /// Whose.
        #[n(0)]
        of: MemberId,
    },
    /// A trustee gave their share to a person's recovery.
    #[n(66)]
    ShareGiven {
        /// Whose recovery.
        #[n(0)]
        of: MemberId,
    },
    /// A person was recovered, with new keys.
    #[n(67)]
    MemberRecovered,
    /// A device asked that a person be recovered on it.
    #[n(68)]
    RecoveryRequested {
        /// Whose recovery.
        #[n(0)]
        of: MemberId,
    },
    /// A person became a member with keys that somebody else made.
    #[n(71)]
    PersonAdmitted {
        /// Who.
        #[n(0)]
        of: MemberId,
    },
    /// A person became a member without keys.
    #[n(72)]
    PersonRegistered {
        /// Who.
        #[n(0)]
        of: MemberId,
    },
    /// A person got keys and a password that somebody else made.
    #[n(73)]
    PasswordSet {
        /// Who.
        #[n(0)]
        of: MemberId,
    },
    /// A step of a request for a secret was taken.
    #[n(80)]
    RequestStepped {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// For which account.
        #[n(1)]
        account: ObjectId,
        /// Which request.
        #[n(2)]
        request: RequestId,
        /// Who asks.
        #[n(3)]
        of: MemberId,
        /// Which step.
        #[n(4)]
        step: RequestStepKind,
    },
    /// The server ended a request: its time was over, or whoever asked lost the right.
    #[n(81)]
    RequestEnded {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// For which account.
        #[n(1)]
        account: ObjectId,
        /// Which request.
        #[n(2)]
        request: RequestId,
        /// Who asked.
        #[n(3)]
        of: MemberId,
        /// How.
        #[n(4)]
        ended: RequestEnd,
    },
    /// An approval was given ahead, by one more, or was withdrawn.
    #[n(82)]
    AheadStepped {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// For which account.
        #[n(1)]
        account: ObjectId,
        /// Which.
        #[n(2)]
        ahead: AheadId,
        /// Who may have the secret by it.
        #[n(3)]
        of: MemberId,
        /// Which step.
        #[n(4)]
        step: AheadStepKind,
    },
    /// The server ended an approval that was given ahead: what it rested on is not as it was.
    #[n(83)]
    AheadEnded {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
        /// For which account.
        #[n(1)]
        account: ObjectId,
        /// Which.
        #[n(2)]
        ahead: AheadId,
        /// Who had the secret by it.
        #[n(3)]
        of: MemberId,
        /// Why.
        #[n(4)]
        ended: AheadEnd,
    },
    /// A member asked for what it has no right to.
    #[n(40)]
    RequestRefused {
        /// For what.
        #[n(0)]
        request: RefusedRequest,
        /// In which vault, where the request names one.
        #[n(1)]
        vault: Option<VaultId>,
        /// Of which object, where the request names one.
        #[n(2)]
        object: Option<ObjectId>,
    },
    /// Whoever holds the link of an open invitation looked at where it leads.
    #[n(41)]
    InvitationOpened {
        /// Which.
        #[n(0)]
        invite: InviteId,
    },
    /// Whoever holds the link of an invitation that is closed tried it.
    #[n(42)]
    InvitationRefused {
        /// Which.
        #[n(0)]
        invite: InviteId,
    },
    /// A custodian gave a member the keys of a vault that go with the role that it has.
    #[n(43)]
    KeysWrapped {
        /// Of which vault.
        #[n(0)]
        vault: VaultId,
        /// To whom.
        #[n(1)]
        of: MemberId,
    },
    /// Events older than the server keeps them were removed; the chain goes on from the last one removed.
    #[n(44)]
    EventsPruned {
        /// Number of the last one removed.
        #[n(0)]
        through: u64,
        /// Its hash.
        #[n(1)]
        hash: Hash,
    },
    /// The personal vault of somebody who was removed had been kept for its time and was deleted, with all that was in it.
    #[n(70)]
    PersonalVaultDeleted {
        /// Which.
        #[n(0)]
        vault: VaultId,
        /// Whose it was.
        #[n(1)]
        of: MemberId,
    },
    /// A webhook was made or changed.
    #[n(77)]
    WebhookSet {
        /// Which.
        #[n(0)]
        webhook: WebhookId,
        /// Whether it is told anything.
        #[n(1)]
        enabled: bool,
    },
    /// A webhook was deleted.
    #[n(78)]
    WebhookDeleted {
        /// Which.
        #[n(0)]
        webhook: WebhookId,
    },
    /// The server switched a webhook off: calling it had failed for too long.
    #[n(79)]
    WebhookGivenUp {
        /// Which.
        #[n(0)]
        webhook: WebhookId,
    },
}

/// One of the records that a write brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct WrittenObject {
    /// Which record of the object.
    #[n(0)]
    pub kind: RecordKind,
    /// The object.
    #[n(1)]
    pub id: ObjectId,
    /// The new version.
    #[n(2)]
    pub version: Version,
}

/// A step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum RequestStepKind {
    /// Asked.
    #[n(0)]
    Asked,
    /// Taken without an approval, in an emergency.
    #[n(1)]
    GlassBroken,
    /// Approved by one more.
    #[n(2)]
    Approved,
    /// Rejected.
    #[n(3)]
    Rejected,
    /// Cancelled by whoever asked.
    #[n(4)]
    Cancelled,
    /// Checked out.
    #[n(5)]
    CheckedOut,
    /// Checked in by whoever had it.
    #[n(6)]
    CheckedIn,
    /// Checked in by a custodian.
    #[n(7)]
    ForcedIn,
    /// Taken back before it was used.
    #[n(8)]
    Revoked,
    /// Asked, by an approval that was given ahead.
    #[n(9)]
    AskedAhead,
}

impl RequestStepKind {
    /// The step that a statement takes.
    #[must_use]
    pub fn of(body: &RequestBody) -> Self {
        match body {
            RequestBody::Ask(ask) if ask.break_glass => Self::GlassBroken,
            RequestBody::Ask(ask) if ask.ahead.is_some() => Self::AskedAhead,
            RequestBody::Ask(_) => Self::Asked,
            RequestBody::Approve(_) => Self::Approved,
            RequestBody::Reject(_) => Self::Rejected,
            RequestBody::Cancel => Self::Cancelled,
            RequestBody::CheckOut(_) => Self::CheckedOut,
            RequestBody::CheckIn => Self::CheckedIn,
            RequestBody::ForceCheckIn(_) => Self::ForcedIn,
            RequestBody::Revoke(_) => Self::Revoked,
        }
    }
}

/// A step of an approval that is given ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum AheadStepKind {
    /// Proposed, and approved thereby.
    #[n(0)]
    Proposed,
    /// Approved by one more.
    #[n(1)]
    Approved,
    /// Withdrawn.
    #[n(2)]
    Withdrawn,
}

impl AheadStepKind {
    /// The step that a statement takes.
    #[must_use]
    pub fn of(body: &AheadBody) -> Self {
        match body {
            AheadBody::Propose(_) => Self::Proposed,
            AheadBody::Approve(_) => Self::Approved,
            AheadBody::Withdraw => Self::Withdrawn,
        }
    }
}

/// Why the server ended an approval that was given ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum AheadEnd {
    /// Its time was over.
    #[n(0)]
    Expired,
    /// The secret was changed.
    #[n(1)]
    SecretChanged,
    /// The policy was changed.
    #[n(2)]
    PolicyChanged,
    /// Somebody lost the right.
    #[n(3)]
    RightLost,
    /// A backup was restored: the server's part is gone.
    #[n(4)]
    Restored,
}

/// How the server ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum RequestEnd {
    /// The lease was over, or whoever had it lost the right.
    #[n(0)]
    CheckedIn,
    /// It was not approved, or not used, in time.
    #[n(1)]
    Void,
    /// A backup was restored: what was open then is void.
    #[n(2)]
    Restored,
    /// A request that goes on with the lease took its place.
    #[n(3)]
    Extended,
}

impl AuditedAct {
    /// What is written down of a statement of the chain.
    #[must_use]
    pub fn of_statement(body: &Body) -> Self {
        match *body {
            Body::Genesis(_) => Self::TeamCreated,
            Body::NewVault(ref new) => Self::VaultCreated { vault: new.vault },
            Body::NewEpoch(ref new) => Self::EpochStarted { vault: new.vault, epoch: new.epoch },
            Body::SetPolicy(ref set) => Self::PolicySet { vault: set.vault },
            Body::Invite(ref new) => Self::MemberInvited { invite: new.invite },
            Body::WithdrawInvite(withdraw) => Self::InvitationWithdrawn { invite: withdraw.invite },
            Body::Join(ref join) => Self::MemberJoined { invite: join.invite },
            Body::SetTeamRole(set) => Self::TeamRoleSet { of: set.member, role: set.role },
            Body::SetGrant(set) => Self::GrantSet { vault: set.vault, of: set.member, role: set.role },
            Body::Revoke(revoke) => Self::GrantRevoked { vault: revoke.vault, of: revoke.member },
            Body::Suspend(ref suspend) => Self::MemberSuspended { of: suspend.member },
            Body::Resume(resume) => Self::MemberResumed { of: resume.member },
            Body::Remove(ref remove) => Self::MemberRemoved { of: remove.member },
            Body::Admit(ref admit) => Self::ServiceAdmitted { of: admit.keys.member },
            Body::SetService(ref set) => Self::ServiceSet { of: set.member },
            Body::RenewService(ref renew) => Self::ServiceRenewed { of: renew.member },
            Body::SetGroup(ref set) => Self::GroupSet { group: set.group, count: set.members.as_deref().map(count_of) },
            Body::SetGroupRole(set) => Self::GroupRoleSet { vault: set.vault, group: set.group, role: set.role },
            Body::GrantByGroup(ref grant) => {
                Self::GroupGrantsSet { vault: grant.vault, count: count_of(&grant.members), group: Some(grant.group) }
            }
            Body::EndGroupGrants(ref end) => {
                Self::GroupGrantsSet { vault: end.vault, count: count_of(&end.members), group: None }
            }
            Body::SetTeamPolicy(_) => Self::TeamPolicySet,
            Body::ReplaceKeys(ref replace) if replace.recovery.is_some() => Self::MemberRecovered,
            Body::ReplaceKeys(_) => Self::KeysReplaced,
            Body::SetRecovery(_) => Self::RecoverySet,
            Body::Enrol(_) => Self::RecoveryEnrolled,
            Body::EndEnrolment(_) => Self::EnrolmentEnded,
            Body::Recover(ref recover) => Self::RecoveryStarted { of: recover.member },
            Body::CancelRecovery(cancel) => Self::RecoveryCancelled { of: cancel.member },
            Body::AdmitPerson(ref admit) => Self::PersonAdmitted { of: admit.keys.member },
            Body::RegisterPerson(ref register) => Self::PersonRegistered { of: register.member },
            Body::SetPassword(ref set) => Self::PasswordSet { of: set.member },
        }
    }
}

fn count_of(members: &[MemberId]) -> u32 {
    u32::try_from(members.len()).unwrap_or(u32::MAX)
}

/// The newest event of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditHead {
    /// Its number; 0 before the first.
    pub sequence: u64,
    /// Its hash; zero before the first.
    pub hash: Hash,
}

impl AuditEvent {
    /// The event's hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash(&Label::AuditEvent.join(&[&codec::encode(self)]))
    }
}
