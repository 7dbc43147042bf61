//! Member groups: made, changed and ended, and what custodians give and take for them.

use super::{
    engine::{Engine, Open},
    error::fault,
};
use crate::bridge::*;
use sealward_client::search::sort_key;
use sealward_contract::{chain::VaultKind, policy};

impl Engine {
    /// Makes a group, or changes one.
    pub async fn save_group(&self, ask: SaveGroup) -> Result<(), Error> {
        self.change_people(async |session| {
            let Some(group) = ask.group else {
                let details = ask.details.unwrap_or_default();
                return session.create_group(&details, &ask.members.unwrap_or_default()).await.map(drop);
            };
            if let Some(details) = &ask.details {
                session.update_group(group, ask.base, details).await?;
            }
            match &ask.members {
                Some(members) => session.set_group_members(group, members).await,
                None => Ok(()),
            }
        })
        .await
    }

    /// Gives members what their group asks for.
    pub async fn grant_by_group(&self, ask: GrantByGroup) -> Result<(), Error> {
        let GrantByGroup { vault, group, role, members } = ask;
        self.change_people(async |session| session.grant_by_group(vault, group, role, &members).await).await
    }

    /// Takes what only groups had brought.
    pub async fn end_group_grants(&self, ask: EndGroupGrants) -> Result<(), Error> {
        self.change_people(async |session| session.end_group_grants(ask.vault, &ask.members).await).await
    }
}

impl Open {
    /// The groups that there are, in the order of their names.
    pub fn group_names(&self) -> Vec<GroupName> {
        let named = self.session.groups().into_iter();
        let mut names: Vec<GroupName> =
            named.map(|group| GroupName { id: group.group, name: group.details.name }).collect();
        let collation = self.catalog.borrow().collation();
        names.sort_by_cached_key(|group| sort_key(&group.name, collation));
        names
    }

    /// The groups, and what the person may do about them.
    pub fn read_groups(&self) -> Groups {
        let chain = self.session.chain();
        let Some(chain) = chain.as_deref() else { return Groups::default() };
        let own = self.session.member();
        let mut groups: Vec<GroupRow> =
            self.session.groups().into_iter().map(|listed| self.group_row(listed)).collect();
        let collation = self.catalog.borrow().collation();
        groups.sort_by_cached_key(|group| sort_key(&group.details.name, collation));
        let is_kept = |vault: &VaultId| chain.vault_role(vault, &own).is_some_and(policy::may_grant);
        let kept = chain.vaults().filter(|(vault, known)| known.kind == VaultKind::Shared && is_kept(vault));
        let open = kept.filter_map(|(vault, _)| {
            let asked: usize = self.session.group_asks(vault).iter().map(|ask| ask.members.len()).sum();
            let count = asked + self.session.outgrown(vault).len();
            (count > 0).then(|| (self.name_vault(*vault), u32::try_from(count).unwrap_or(u32::MAX)))
        });
        Groups { groups, may_manage: policy::may_manage_groups(chain, &own), open: open.collect() }
    }

    fn group_row(&self, listed: sealward_client::session::GroupListed) -> GroupRow {
        let roles = listed.roles.into_iter().map(|(vault, role)| GrantRow { vault: self.name_vault(vault), role });
        GroupRow {
            id: listed.group,
            details: listed.details,
            version: listed.version,
            fault: listed.damage.map(|damage| fault(damage.fault)),
            members: listed.members.into_iter().map(|member| (member, self.name_of(member))).collect(),
            roles: roles.collect(),
        }
    }

    /// What groups ask for in a vault.
    pub fn read_vault_groups(&self, vault: VaultId) -> VaultGroups {
        let names = self.group_names();
        let name = |id: GroupId| {
            let found = names.iter().find(|group| group.id == id).cloned();
            found.unwrap_or(GroupName { id, name: String::new() })
        };
        let asks = self.session.group_asks(&vault);
        let others = names.iter().filter(|group| asks.iter().all(|ask| ask.group != group.id)).cloned().collect();
        let groups = asks.into_iter().map(|ask| VaultGroupRow {
            group: name(ask.group),
            role: ask.role,
            asked: ask.members.into_iter().map(|(member, role)| (member, self.name_of(member), role)).collect(),
        });
        let outgrown = self.session.outgrown(&vault).into_iter().map(|one| OutgrownRow {
            member: one.member,
            login_name: self.name_of(one.member),
            role: one.role,
            left: one.left,
        });
        VaultGroups { groups: groups.collect(), others, outgrown: outgrown.collect() }
    }
}
