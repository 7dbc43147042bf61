//! The tree of vaults and resource groups with their counts.

use super::{super::engine::Open, Catalog};
use crate::{
    bridge::{ObjectId, Tree, TreeGroup, TreeVault, VaultId},
    worker::{error::describe, own_vault},
};
use sealward_client::{
    search::{SortKey, sort_key},
    vault::{Details, VaultView},
};
use sealward_contract::{
    chain::VaultKind,
    policy,
    record::{LeafKey, RecordKind},
};
use std::collections::{BTreeMap, HashMap};

impl Catalog {
    /// All vaults and resource groups.
    pub fn tree(&mut self, open: &Open) -> Tree {
        if let Some(tree) = &self.tree {
            return tree.clone();
        }
        let tree = self.make_tree(open);
        self.tree = Some(tree.clone());
        tree
    }

    fn make_tree(&self, open: &Open) -> Tree {
        let counts = self.count();
        let views = open.session.vaults();
        let refused = open.session.refused();
        let chain = open.session.chain();
        let mut vaults: Vec<(SortKey, TreeVault)> = Vec::new();
        // A vault that is refused is named too, even when nothing of it was ever seen.
        let mut ids: Vec<VaultId> = views.keys().chain(refused.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let view = views.get(&id);
            let key = LeafKey { id: id.object(), kind: RecordKind::Vault };
            let entry = view.and_then(|view| view.entry(&key));
            if entry.is_some_and(|entry| !entry.is_live()) {
                continue;
            }
            let refusal = refused.get(&id);
            let own = entry.and_then(|entry| {
                entry.details().err().map(|fault| {
                    let context = entry.record().context();
                    sealward_client::error::Damage {
                        number: Some(context.number),
                        author: Some(context.author),
                        ..sealward_client::error::Damage::of_record(id, key, fault)
                    }
                })
            });
            let damage = refusal.copied().or(own).map(|damage| describe(&damage, chain.as_deref()));
            // Keys alone, before the first synchronisation brought anything, are no vault to be shown.
            if entry.is_none() && damage.is_none() {
                continue;
            }
            let number = chain.as_ref().and_then(|chain| chain.vault(&id).map(|vault| vault.number));
            let (name, description) = match entry.and_then(|entry| entry.details().ok()) {
                Some(details @ Details::Vault(vault)) => (own_vault::name_of(&key, details), vault.description.clone()),
                _ => (number.map(|number| format!("#{}", number.0)).unwrap_or_default(), String::new()),
            };
            let sort = sort_key(&name, self.collation);
            let tally = counts.get(&id);
            vaults.push((
                sort,
                TreeVault {
                    id,
                    name,
                    personal: own_vault::is_own(&id),
                    description,
                    version: entry
                        .map_or(sealward_contract::ids::Version::FIRST, |entry| entry.record().context().version),
                    resources: tally.map_or(0, |tally| tally.resources),
                    examples: tally.is_some_and(|tally| tally.examples),
                    writable: damage.is_none() && open.may_write(id),
                    kept: damage.is_none() && open.session.role(&id).is_some_and(policy::may_grant),
                    damage,
                    groups: view.map(|view| self.tree_groups(view, id, tally)).unwrap_or_default(),
                },
            ));
        }
        vaults.sort_by(|a, b| b.1.personal.cmp(&a.1.personal).then_with(|| a.0.cmp(&b.0)));
        let own = open.session.member();
        let makes_vaults = chain.as_deref().is_some_and(|chain| policy::may_make_vault(chain, &own, VaultKind::Shared));
        let awaited = u32::try_from(open.session.awaited_vaults().len()).unwrap_or(u32::MAX);
        Tree { vaults: vaults.into_iter().map(|(_, vault)| vault).collect(), makes_vaults, awaited }
    }

    /// Groups each after its parent, siblings by name.
    fn tree_groups(&self, view: &VaultView, vault: VaultId, tally: Option<&Tally>) -> Vec<TreeGroup> {
        let Some(groups) = self.groups.get(&vault) else { return Vec::new() };
        let mut inside: BTreeMap<Option<ObjectId>, Vec<(SortKey, TreeGroup)>> = BTreeMap::new();
        for (id, parent) in groups {
            let Some(entry) = view.entry(&LeafKey { id: *id, kind: RecordKind::ResourceGroup }) else { continue };
            let context = entry.record().context();
            let (name, description) = match entry.details() {
                Ok(Details::ResourceGroup(details)) => (details.name.clone(), details.notes.clone()),
                _ => (format!("#{}", context.number.0), String::new()),
            };
            let group = TreeGroup {
                id: *id,
                description,
                version: context.version,
                parent: *parent,
                depth: 0,
                resources: tally.and_then(|tally| tally.groups.get(id)).copied().unwrap_or(0),
                name,
            };
            inside.entry(*parent).or_default().push((sort_key(&group.name, self.collation), group));
        }
        for siblings in inside.values_mut() {
            // From the last to the first: the stack below turns them round.
            siblings.sort_by(|a, b| b.0.cmp(&a.0));
        }
        let mut sorted = Vec::with_capacity(groups.len());
        let mut stack: Vec<TreeGroup> =
            inside.remove(&None).unwrap_or_default().into_iter().map(|(_, group)| group).collect();
        while let Some(group) = stack.pop() {
            let depth = group.depth.saturating_add(1);
            for (_, child) in inside.remove(&Some(group.id)).unwrap_or_default() {
                stack.push(TreeGroup { depth, ..child });
            }
            sorted.push(group);
        }
        sorted
    }

    fn count(&self) -> HashMap<VaultId, Tally> {
        let mut counts: HashMap<VaultId, Tally> = HashMap::new();
        for ((vault, _), listed) in &self.resources {
            let tally = counts.entry(*vault).or_default();
            tally.resources += 1;
            tally.examples |= listed.example;
            if let Some(group) = listed.group {
                *tally.groups.entry(group).or_default() += 1;
            }
        }
        for (vault, tally) in &mut counts {
            let Some(groups) = self.groups.get(vault) else { continue };
            let direct: Vec<(ObjectId, u32)> = tally.groups.iter().map(|(group, count)| (*group, *count)).collect();
            for (group, count) in direct {
                let mut around = groups.get(&group).copied().flatten();
                while let Some(outer) = around {
                    *tally.groups.entry(outer).or_default() += count;
                    around = groups.get(&outer).copied().flatten();
                }
            }
        }
        counts
    }
}

/// Counts of one vault.
#[derive(Default)]
struct Tally {
    resources: u32,
    examples: bool,
    groups: HashMap<ObjectId, u32>,
}
