//! What a statement of the team chain says.

use crate::{
    chain::{
        Admit, AdmitPerson, CancelRecovery, EndEnrolment, EndGroupGrants, Enrol, GrantByGroup, Invite, Join,
        LeaseTerms, Recover, RegisterPerson, Remove, RenewService, ReplaceKeys, Resume, Revoke, SetGrant, SetGroup,
        SetGroupRole, SetPassword, SetRecovery, SetService, SetTeamRole, Suspend, TeamPolicy, WithdrawInvite,
    },
    crypto::{Hash, SealingPublicKey, Signed, SignedKind, VerifyingKey, context::Label, hash},
    ids::{Epoch, MemberId, ObjectId, TeamId, Timestamp, VaultId},
    text::LoginName,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One signed step of a team's history.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Statement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team; `None` in the genesis alone, whose hash the team's id is made from.
    #[n(1)]
    pub team: Option<TeamId>,
    /// Number of the statement, from 0.
    #[n(2)]
    pub sequence: u64,
    /// Hash of the statement before; zero for the genesis.
    #[n(3)]
    pub previous: Hash,
    /// Who signs it.
    #[n(4)]
    pub author: MemberId,
    /// When; never before the statement before.
    #[n(5)]
    pub time: Timestamp,
    /// What it says.
    #[n(6)]
    pub body: Body,
}

/// A statement and its author's signature.
pub type SignedStatement = Signed<Statement>;

impl SignedKind for Statement {
    const LABEL: Label = Label::Statement;

    fn cosigned(&self) -> Option<Label> {
        match self.body {
            Body::Join(_) => Some(Label::Join),
            Body::ReplaceKeys(_) => Some(Label::ReplaceKeys),
            _ => None,
        }
    }
}

/// Hash of a statement: over its purpose and the exact bytes that were signed.
#[must_use]
pub fn statement_hash(statement: &SignedStatement) -> Hash {
    hash(&Label::StatementHash.join(&[statement.bytes()]))
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    /// The team begins.
    #[n(0)]
    Genesis(#[n(0)] Genesis),
    /// A vault is made.
    #[n(1)]
    NewVault(#[n(0)] NewVault),
    /// A vault gets new keys.
    #[n(2)]
    NewEpoch(#[n(0)] NewEpoch),
    /// A policy is set or taken back.
    #[n(3)]
    SetPolicy(#[n(0)] SetPolicy),
    /// Somebody is invited.
    #[n(4)]
    Invite(#[n(0)] Invite),
    /// An invitation is withdrawn.
    #[n(5)]
    WithdrawInvite(#[n(0)] WithdrawInvite),
    /// Somebody joins by an invitation.
    #[n(6)]
    Join(#[n(0)] Join),
    /// A member's role in the team changes.
    #[n(7)]
    SetTeamRole(#[n(0)] SetTeamRole),
    /// A member gets a role in a vault, or another one.
    #[n(8)]
    SetGrant(#[n(0)] SetGrant),
    /// A member's role in a vault is taken away.
    #[n(9)]
    Revoke(#[n(0)] Revoke),
    /// A member may do nothing for the time being.
    #[n(10)]
    Suspend(#[n(0)] Suspend),
    /// A suspended member may act again.
    #[n(11)]
    Resume(#[n(0)] Resume),
    /// A member leaves for good.
    #[n(12)]
    Remove(#[n(0)] Remove),
    /// A service is admitted.
    #[n(13)]
    Admit(#[n(0)] Admit),
    /// A service gets other terms.
    #[n(14)]
    SetService(#[n(0)] SetService),
    /// A service gets new keys.
    #[n(15)]
    RenewService(#[n(0)] RenewService),
    /// A member group is made, changed or ended.
    #[n(16)]
    SetGroup(#[n(0)] SetGroup),
    /// What a group asks for in a vault.
    #[n(17)]
    SetGroupRole(#[n(0)] SetGroupRole),
    /// Members get what their group asks for.
    #[n(18)]
    GrantByGroup(#[n(0)] GrantByGroup),
    /// Members lose what only groups had brought.
    #[n(19)]
    EndGroupGrants(#[n(0)] EndGroupGrants),
    /// The team's policy is set.
    #[n(20)]
    SetTeamPolicy(#[n(0)] TeamPolicy),
    /// A person replaces their keys.
    #[n(23)]
    ReplaceKeys(#[n(0)] ReplaceKeys),
    /// The recovery group is set.
    #[n(24)]
    SetRecovery(#[n(0)] SetRecovery),
    /// A person can be recovered.
    #[n(25)]
    Enrol(#[n(0)] Enrol),
    /// A person can be recovered no more.
    #[n(26)]
    EndEnrolment(#[n(0)] EndEnrolment),
    /// A person is to be recovered.
    #[n(27)]
    Recover(#[n(0)] Recover),
    /// Nothing comes of a recovery.
    #[n(28)]
    CancelRecovery(#[n(0)] CancelRecovery),
    /// A person becomes a member, with keys that somebody else made.
    #[n(29)]
    AdmitPerson(#[n(0)] AdmitPerson),
    /// A person becomes a member who has no keys yet.
    #[n(32)]
    RegisterPerson(#[n(0)] RegisterPerson),
    /// A person who has none of their own gets keys that somebody else made.
    #[n(33)]
    SetPassword(#[n(0)] SetPassword),
}

/// The first statement, signed by the founder's own key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Genesis {
    /// The founder, who becomes the first owner.
    #[n(0)]
    pub founder: MemberKeys,
    /// Commitment to the directory key.
    #[n(1)]
    pub directory: Hash,
}

/// A member's name and public keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberKeys {
    /// The member.
    #[n(0)]
    pub member: MemberId,
    /// What the member signs in with.
    #[n(1)]
    pub login_name: LoginName,
    /// Verifies what the member signs.
    #[n(2)]
    pub signing: VerifyingKey,
    /// What envelopes to the member are sealed to.
    #[n(3)]
    pub sealing: SealingPublicKey,
}

/// What a member may do in the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum TeamRole {
    /// Everything; the last one cannot be removed.
    #[n(0)]
    Owner,
    /// Invites, suspends and removes members.
    #[n(1)]
    Administrator,
    /// Makes vaults.
    #[n(2)]
    PasswordAdministrator,
    /// Reads the audit and the catalog of every shared vault; opens no secret there.
    #[n(3)]
    Auditor,
    /// Uses the vaults that were granted.
    #[n(4)]
    Member,
}

impl TeamRole {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 5] =
        [Self::Owner, Self::Administrator, Self::PasswordAdministrator, Self::Auditor, Self::Member];
}

/// What a member may do in a vault; each may do what the one before may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum VaultRole {
    /// Reads the catalog.
    #[n(0)]
    Viewer,
    /// Also opens secrets that need no approval.
    #[n(1)]
    User,
    /// Also writes.
    #[n(2)]
    Editor,
    /// Also opens guarded secrets, grants, sets policies and new keys.
    #[n(3)]
    Custodian,
}

/// Whose vault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum VaultKind {
    /// Members are granted roles in it.
    #[n(0)]
    Shared,
    /// Only its maker's; every person has one at most.
    #[n(1)]
    Personal,
}

/// A member's role in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Grant {
    /// Who.
    #[n(0)]
    pub member: MemberId,
    /// What.
    #[n(1)]
    pub role: VaultRole,
}

/// Public side of a vault's three keys in one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EpochKeys {
    /// Commitment to the catalog key.
    #[n(0)]
    pub catalog: Hash,
    /// Commitment to the open key.
    #[n(1)]
    pub open: Hash,
    /// The guarded public key.
    #[n(2)]
    pub guarded: SealingPublicKey,
}

/// A vault is made.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NewVault {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// Whose it is.
    #[n(1)]
    pub kind: VaultKind,
    /// Keys of its first epoch.
    #[n(2)]
    pub keys: EpochKeys,
    /// Who may do what in it; its maker is a custodian.
    #[n(3)]
    pub grants: Vec<Grant>,
}

/// A head that a statement names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NamedHead {
    /// Its number.
    #[n(0)]
    pub sequence: u64,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
}

/// A vault gets new keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NewEpoch {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The new epoch: one more than the last.
    #[n(1)]
    pub epoch: Epoch,
    /// Its keys.
    #[n(2)]
    pub keys: EpochKeys,
    /// The vault's head when the keys changed: it, and heads at or after this statement, are the only ones that count.
    #[n(3)]
    pub head: NamedHead,
}

/// What a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum PolicyScope {
    /// The whole vault.
    #[n(0)]
    Vault,
    /// One resource.
    #[n(1)]
    Resource(#[n(0)] ObjectId),
    /// One account.
    #[n(2)]
    Account(#[n(0)] ObjectId),
}

/// Whether something must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Requirement {
    /// It is not asked for.
    #[n(0)]
    None,
    /// It may be given.
    #[n(1)]
    Optional,
    /// It must be given.
    #[n(2)]
    Required,
}

/// How many different custodians must approve: 0 to 3. Zero means that the secret is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Approvals(#[n(0)] pub u8);

impl Approvals {
    /// The most that a policy can ask for.
    pub const MOST: Self = Self(3);
}

/// How a secret is come by.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Policy {
    /// How many approvals a release needs.
    #[n(0)]
    pub approvals: Approvals,
    /// Whether a reason goes with a release.
    #[n(1)]
    pub reason: Requirement,
    /// What else holds; left out where nothing does.
    #[n(2)]
    pub terms: Option<LeaseTerms>,
}

/// A policy is set, or taken back so that the next wider one holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetPolicy {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// What it is about.
    #[n(1)]
    pub scope: PolicyScope,
    /// The policy; `None` takes it back.
    #[n(2)]
    pub policy: Option<Policy>,
}
