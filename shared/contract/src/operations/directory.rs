//! The directory: who the members are, and what they say of themselves. Profiles are sealed: the server finds members by
//! their login names, and clients by everything else.

use super::{Page, TeamPath, members::MemberPath, operation, records::RecordFault};
use crate::{
    bytes::Bytes,
    chain::{MemberKind, MemberState, TeamRole},
    ids::{GroupId, MemberId, Number, Timestamp, Version},
    policy::MemberAction,
    problem::Never,
    text::LoginName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The next version of a record of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryWrite {
    /// The record.
    pub record: Bytes,
}

/// It was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryWritten {
    /// The version.
    pub version: Version,
}

/// Why a record of the directory was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum DirectoryError {
    /// The caller may not write it.
    #[error("forbidden")]
    Forbidden,
    /// It was changed elsewhere.
    #[error("changed elsewhere")]
    StaleVersion {
        /// The newest version; `None` where there is none yet.
        current: Option<Version>,
        /// The newest record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<Bytes>,
    },
    /// The record cannot be taken.
    #[error("the record is refused: {reason}")]
    RecordRefused {
        /// Why.
        reason: RecordFault,
    },
}

operation! {
    /// Writes the next version of a member's profile.
    PutProfile "put_profile": Put "/v1/teams/{team}/members/{member}/profile", Member;
    MemberPath, body DirectoryWrite => DirectoryWritten, DirectoryError
}

/// Which members are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersQuery {
    /// What stands in the login name, folded like one; everything else is sealed and cannot be looked for here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_name: Option<String>,
    /// Whether it is a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberKind>,
    /// Whether it may act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<MemberState>,
    /// Where to go on: `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at most; 1 to [`crate::limits::PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A member, as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberEntry {
    /// Its id.
    pub member: MemberId,
    /// The number that people use.
    pub number: Number,
    /// What it signs in with; for a service, what it is called.
    pub login_name: LoginName,
    /// Whether it is a person.
    pub kind: MemberKind,
    /// Whether it may act.
    pub state: MemberState,
    /// Its role in the team, or the one that it gets back; `None` for whoever was removed.
    pub role: Option<TeamRole>,
    /// Whether it has keys that count: until it is removed.
    pub has_keys: bool,
    /// The groups that it is in.
    pub groups: Vec<GroupId>,
    /// When it became a member.
    pub created: Timestamp,
    /// When it or its profile was changed last.
    pub updated: Timestamp,
    /// The profile's version, which the next one follows; `None` where there is no profile yet.
    pub version: Option<Version>,
    /// The sealed profile.
    pub profile: Option<Bytes>,
    /// What the caller may do about it, by names of operations.
    pub authorized_actions: Vec<MemberAction>,
}

operation! {
    /// Lists members in the order of their numbers, those who were removed included.
    ListMembers "list_members": Get "/v1/teams/{team}/members", Member;
    TeamPath, query MembersQuery => Page<MemberEntry>, Never
}

operation! {
    /// Gives a member.
    GetMember "get_member": Get "/v1/teams/{team}/members/{member}", Member;
    MemberPath => MemberEntry, Never
}
