//! Members as the directory and the chain tell of them, and the writing of profiles.

use super::{
    clock::millis,
    engine::{Engine, Open},
    error::fault,
};
use crate::bridge::*;
use sealward_client::session::MemberListed;

impl Engine {
    /// Writes a profile.
    pub async fn write_profile(&self, ask: WriteProfile) -> Result<(), Error> {
        self.change_people(async |session| session.write_profile(ask.member, ask.base, &ask.profile).await).await?;
        Ok(())
    }
}

impl Open {
    /// A stretch of the members that a filter wants.
    pub fn find_members(&self, ask: &FindMembers) -> MembersPage {
        let chain = self.session.chain();
        let Some(chain) = chain.as_deref() else { return MembersPage::default() };
        let collation = self.catalog.borrow().collation();
        let from = usize::try_from(ask.from).unwrap_or(usize::MAX);
        let range = from..from.saturating_add(usize::try_from(ask.count).unwrap_or(usize::MAX));
        let found = self.session.find_members(&ask.filter, ask.order, collation, range);
        MembersPage {
            members: found.members.into_iter().map(|listed| self.member_row(chain, listed)).collect(),
            total: u32::try_from(found.total).unwrap_or(u32::MAX),
            departments: found.departments,
            groups: self.group_names(),
        }
    }

    /// One member.
    pub fn read_member(&self, member: MemberId) -> Result<PersonView, Error> {
        let chain = self.session.chain();
        let chain = chain.as_deref().ok_or(Error::Gone)?;
        let listed: MemberListed = self.session.find_member(&member).ok_or(Error::Gone)?;
        let groups = self.group_names().into_iter().filter(|group| listed.groups.contains(&group.id)).collect();
        let profile = listed.profile.clone();
        Ok(PersonView {
            version: profile.as_ref().map(|profile| profile.version),
            author: profile.as_ref().map(|profile| self.name_of(profile.author)).unwrap_or_default(),
            profile: profile.map(|profile| profile.details).unwrap_or_default(),
            fault: listed.damage.map(|damage| fault(damage.fault)),
            created: millis(listed.created),
            updated: millis(listed.updated),
            has_keys: listed.has_keys,
            groups,
            actions: listed.actions.clone(),
            row: self.member_row(chain, listed),
        })
    }
}
