//! Who the members are: found by all that is known of them, one by one, and what they say of themselves.

use serde::{Deserialize, Serialize};

use super::{Fault, GroupName, MemberId, MemberRow, Version};
pub use sealward_client::{
    model::{ProfileDetails, ProfileField},
    session::{MemberFilter, MemberOrder},
};
pub use sealward_contract::{chain::MemberKind, policy::MemberAction};

/// Asks for a stretch of the members that a filter wants.
#[derive(Clone, Serialize, Deserialize)]
pub struct FindMembers {
    /// Which.
    pub filter: MemberFilter,
    /// In which order.
    pub order: MemberOrder,
    /// From which on.
    pub from: u32,
    /// How many.
    pub count: u32,
}

/// Such a stretch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MembersPage {
    /// The members.
    pub members: Vec<MemberRow>,
    /// How many the filter wants.
    pub total: u32,
    /// The departments that there are, in order.
    pub departments: Vec<String>,
    /// The groups that there are, in order of their names.
    pub groups: Vec<GroupName>,
}

/// Asks for one member.
#[derive(Serialize, Deserialize)]
pub struct ReadMember {
    /// Which.
    pub member: MemberId,
}

/// Asks for the person themselves.
#[derive(Serialize, Deserialize)]
pub struct ReadOwn;

/// A member with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// What a list shows.
    pub row: MemberRow,
    /// What they say of themselves, where it could be read.
    pub profile: ProfileDetails,
    /// The profile's version; `None` where there is none yet.
    pub version: Option<Version>,
    /// The login name of whoever wrote it.
    pub author: String,
    /// What is wrong with the newest version of it that the server gave.
    pub fault: Option<Fault>,
    /// When they became a member, in milliseconds since 1970.
    pub created: i64,
    /// When they or their profile were changed last.
    pub updated: i64,
    /// Whether they have keys that count.
    pub has_keys: bool,
    /// The groups that they are in.
    pub groups: Vec<GroupName>,
    /// What the person may do about them.
    pub actions: Vec<MemberAction>,
}

/// Writes a profile.
#[derive(Serialize, Deserialize)]
pub struct WriteProfile {
    /// Whose.
    pub member: MemberId,
    /// The version that it was made from.
    pub base: Option<Version>,
    /// All of it.
    pub profile: ProfileDetails,
}
