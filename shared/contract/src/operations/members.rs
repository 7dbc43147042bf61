//! Members: their roles, suspended, resumed and removed.

use super::{
    TeamPath,
    invitations::VaultEnvelope,
    operation,
    sync::VaultHead,
    vault::{ChainError, Envelope, Stated},
};
use crate::{
    bytes::Bytes,
    crypto::{Hash, VerifyingKey},
    ids::{MemberId, TeamId},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPath {
    /// The team.
    pub team: TeamId,
    /// The member.
    pub member: MemberId,
}

/// A change of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// The signed statement.
    pub statement: Bytes,
}

/// Somebody who is made a member: the statement, what the server keeps for signing in, and the keys that go with the roles.
/// Password and kit never leave the client that made them but by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeMember {
    /// The signed statement.
    pub statement: Bytes,
    /// The login key that password and kit give.
    pub login_key: VerifyingKey,
    /// Tag of the Secret Key.
    pub kit_tag: Hash,
    /// The member's identity bundle, version 1.
    pub bundle: Bytes,
    /// The directory's key, sealed to the member.
    pub directory: Bytes,
    /// Keys of each vault in which the member has a role, sealed to it.
    pub envelopes: Vec<VaultEnvelope>,
}

operation! {
    /// Makes somebody a member, with keys that they have to replace when they first sign in.
    CreateMember "create_member": Post "/v1/teams/{team}/people", Member, keyed, batch;
    TeamPath, body MadeMember => Stated, ChainError
}

/// Somebody who becomes a member without keys: the statement, and what is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisteredMember {
    /// The signed statement.
    pub statement: Bytes,
    /// The first version of the profile, written from the statement's place on.
    pub profile: Bytes,
}

operation! {
    /// Makes somebody a member who has no keys yet, and writes their profile.
    RegisterMember "register_member": Post "/v1/teams/{team}/people/registration", Member, keyed;
    TeamPath, body RegisteredMember => Stated, ChainError
}

operation! {
    /// Gives somebody who has none of their own keys that they have to replace when they next sign in; their sessions end.
    SetPassword "set_password": Post "/v1/teams/{team}/members/{member}/password", Member, keyed, batch;
    MemberPath, body MadeMember => Stated, ChainError
}

operation! {
    /// Changes a member's role in the team.
    SetTeamRole "set_team_role": Post "/v1/teams/{team}/members/{member}/role", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Suspends a member; its sessions end.
    SuspendMember "suspend_member": Post "/v1/teams/{team}/members/{member}/suspension", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Resumes a suspended member.
    ResumeMember "resume_member": Post "/v1/teams/{team}/members/{member}/resumption", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

/// That somebody leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// The signed statement.
    pub statement: Bytes,
    /// The directory's new key, sealed to everyone who stays and to every open invitation; nothing where it stays the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directory: Vec<Envelope>,
}

operation! {
    /// Removes a member for good; its sessions end, and what the server kept for it to sign in goes.
    RemoveMember "remove_member": Post "/v1/teams/{team}/members/{member}/removal", Member, keyed, batch;
    MemberPath, body Removal => Stated, ChainError
}

/// The heads that a statement about a member has to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldHeads {
    /// Newest head of each vault in which the member has a role, in the order of their ids.
    pub heads: Vec<VaultHead>,
}

operation! {
    /// Gives the newest head of each vault in which a member has a role, to the member and to those who may take roles away.
    ListHeldHeads "list_held_heads": Get "/v1/teams/{team}/members/{member}/heads", Member, unsettled;
    MemberPath => HeldHeads, Never
}
