//! Finding members: by what the chain says of them and by what stands in the directory, on this device alone.

use super::{MemberListed, Session};
use crate::{
    search::{Collation, SortKey, fold, sort_key},
    transport::Transport,
};
use sealward_contract::{
    chain::{MemberKind, MemberState, TeamRole},
    ids::{GroupId, MemberId},
};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeSet, ops::Range};

/// Which members are wanted; what is not said fits everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberFilter {
    /// Words that all stand in the login name, or in what stands in the profile.
    pub text: String,
    /// Of this role in the team.
    pub role: Option<TeamRole>,
    /// Persons or services.
    pub kind: Option<MemberKind>,
    /// In this state; without one, everyone but those who were removed.
    pub state: Option<MemberState>,
    /// In this group.
    pub group: Option<GroupId>,
    /// Of this department.
    pub department: Option<String>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberOrder {
    /// By full name, or login name where there is none.
    #[default]
    Name,
    /// By login name.
    LoginName,
    /// By department.
    Department,
    /// The newest members first.
    Newest,
    /// Those that were changed last first.
    Changed,
}

/// Some of the members that a filter wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembersFound {
    /// The members asked for.
    pub members: Vec<MemberListed>,
    /// How many the filter wants.
    pub total: usize,
    /// The departments that there are, in order.
    pub departments: Vec<String>,
}

impl MemberFilter {
    fn fits(&self, member: &MemberListed, words: &[String]) -> bool {
        let state = self.state.map_or(member.state != MemberState::Removed, |state| member.state == state);
        state
            && self.role.is_none_or(|role| member.role == Some(role))
            && self.kind.is_none_or(|kind| member.kind() == kind)
            && self.group.is_none_or(|group| member.groups.contains(&group))
            && self.department.as_deref().is_none_or(|department| department_of(member) == department)
            && has_words(member, words)
    }
}

impl<T: Transport> Session<T> {
    /// A stretch of the members that a filter wants, in order.
    #[must_use]
    pub fn find_members(
        &self,
        filter: &MemberFilter,
        order: MemberOrder,
        collation: Collation,
        range: Range<usize>,
    ) -> MembersFound {
        let words: Vec<String> = filter.text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
        let all = self.members();
        let here = all.iter().filter(|member| member.state != MemberState::Removed);
        let departments: BTreeSet<&str> = here.map(department_of).filter(|department| !department.is_empty()).collect();
        let mut departments: Vec<String> = departments.into_iter().map(str::to_owned).collect();
        departments.sort_by_cached_key(|department| sort_key(department, collation));
        let mut members: Vec<MemberListed> = all.into_iter().filter(|member| filter.fits(member, &words)).collect();
        members.sort_by_cached_key(|member| place_of(member, order, collation));
        let total = members.len();
        let members = members.into_iter().skip(range.start).take(range.len()).collect();
        MembersFound { members, total, departments }
    }

    /// One member.
    #[must_use]
    pub fn find_member(&self, member: &MemberId) -> Option<MemberListed> {
        self.members().into_iter().find(|listed| listed.member == *member)
    }
}

type Place = (Reverse<u64>, SortKey, SortKey, u32);

fn place_of(member: &MemberListed, order: MemberOrder, collation: Collation) -> Place {
    let key = |text: &str| sort_key(text, collation);
    let login = member.login_name.as_str();
    let name = if member.full_name().is_empty() { login } else { member.full_name() };
    let none = Reverse(0);
    let number = member.number.0;
    match order {
        MemberOrder::Name => (none, key(name), key(login), number),
        MemberOrder::LoginName => (none, key(login), key(""), number),
        // Those of whom no department is known come last.
        MemberOrder::Department => {
            let department = department_of(member);
            (Reverse(u64::from(!department.is_empty())), key(department), key(name), number)
        }
        MemberOrder::Newest => (Reverse(u64::from(number)), key(""), key(""), 0),
        MemberOrder::Changed => (Reverse(member.updated.0), key(name), key(""), number),
    }
}

fn department_of(member: &MemberListed) -> &str {
    member.profile.as_ref().map(|profile| profile.details.department.as_str()).unwrap_or_default()
}

fn has_words(member: &MemberListed, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let mut text = fold(member.login_name.as_str());
    if let Some(profile) = &member.profile {
        let details = &profile.details;
        let optional = [&details.description, &details.location, &details.external_id, &details.uuid];
        let plain = [&details.full_name, &details.email, &details.telephone, &details.department];
        let fields = details.phones.iter().chain(&details.fields).flatten().map(|field| &field.value);
        for part in plain.into_iter().chain(optional.into_iter().flatten()).chain(fields) {
            text.push('\n');
            text.push_str(&fold(part));
        }
    }
    words.iter().all(|word| text.contains(word.as_str()))
}
