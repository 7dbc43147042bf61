//! What a token sees, read once for a list: assets with their accounts, and the nodes that they stand in.

use super::shapes::About;
use crate::{
    engine::Open,
    gateway::shared::{
        find::{self, Account, Resource},
        people,
    },
};
use sealward_client::vault::Details;
use sealward_contract::{
    ids::{MemberId, ObjectId, TeamId, VaultId},
    record::{LeafKey, RecordKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// A vault, or a resource group in one.
pub struct Node {
    /// Its id.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// Its place in the tree, as numbers of what it stands in.
    pub key: String,
    /// Names of what it stands in and its own, each after a slash.
    pub full_name: String,
}

/// What a token sees.
pub struct Catalog {
    /// The team.
    pub team: TeamId,
    /// The team's name.
    pub team_name: String,
    resources: BTreeMap<(VaultId, ObjectId), Resource>,
    accounts: Vec<Account>,
    secrets: BTreeSet<(VaultId, ObjectId)>,
    nodes: BTreeMap<ObjectId, Node>,
    /// What resources stand in, from the nearest node up.
    around: BTreeMap<(VaultId, ObjectId), Vec<ObjectId>>,
    names: BTreeMap<MemberId, String>,
}

impl Catalog {
    /// Reads everything.
    pub fn read(session: &Open) -> Self {
        let accounts = find::accounts(session);
        let has_secret = |account: &&Account| session.has_secret(&account.vault, &account.id);
        let secrets = accounts.iter().filter(has_secret).map(|account| (account.vault, account.id)).collect();
        let authors: BTreeSet<MemberId> = accounts.iter().map(|account| account.author).collect();
        let names = authors.into_iter().map(|author| (author, people::name_of(session, &author))).collect();
        let resources: BTreeMap<(VaultId, ObjectId), Resource> =
            find::resources(session).into_iter().map(|resource| ((resource.vault, resource.id), resource)).collect();
        let (mut nodes, mut around) = (BTreeMap::new(), BTreeMap::new());
        let mut places: Vec<(VaultId, LeafKey)> = Vec::new();
        {
            let vaults = session.vaults();
            for (vault, view) in vaults.iter() {
                let groups = view.entries().map(|(key, _)| *key);
                let is_node = |key: &LeafKey| {
                    matches!(key.kind, RecordKind::Vault | RecordKind::ResourceGroup) && view.is_reachable(key)
                };
                places.extend(groups.filter(is_node).map(|key| (*vault, key)));
                for (place, _) in resources.iter().filter(|((of, _), _)| of == vault) {
                    let above = view.surroundings(&LeafKey { id: place.1, kind: RecordKind::Resource });
                    around.insert(*place, above.into_iter().flatten().map(|key| key.id).collect());
                }
            }
        }
        for (vault, key) in places {
            if let Some(node) = read_node(session, vault, key) {
                nodes.insert(key.id, node);
            }
        }
        let team_name = session.directory().team_name().to_owned();
        Self { team: session.team(), team_name, resources, accounts, secrets, nodes, around, names }
    }

    /// Accounts with their assets, in the order of their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = (&Account, &Resource)> {
        self.accounts
            .iter()
            .filter_map(|account| Some((account, self.resources.get(&(account.vault, account.resource))?)))
    }

    /// Assets in the order of their numbers.
    pub fn resources(&self) -> Vec<&Resource> {
        let mut resources: Vec<&Resource> = self.resources.values().collect();
        resources.sort_by_key(|resource| resource.number);
        resources
    }

    /// Nodes in the order of their full names.
    pub fn nodes(&self) -> Vec<&Node> {
        let mut nodes: Vec<&Node> = self.nodes.values().collect();
        nodes.sort_by(|one, other| (&one.full_name, one.id).cmp(&(&other.full_name, other.id)));
        nodes
    }

    /// The node in which an asset stands.
    pub fn node_of(&self, resource: &Resource) -> Option<&Node> {
        self.nodes.get(&resource.parent)
    }

    /// Whether an asset stands in a node, or in one under it.
    pub fn is_under(&self, resource: &Resource, node: &ObjectId) -> bool {
        self.around.get(&(resource.vault, resource.id)).is_some_and(|around| around.contains(node))
    }

    /// How many assets are in a node, or in those under it.
    pub fn resources_under(&self, node: &ObjectId) -> usize {
        self.around.values().filter(|around| around.contains(node)).count()
    }

    /// How many accounts are on an asset.
    pub fn accounts_on(&self, resource: &Resource) -> usize {
        let place = (resource.vault, resource.id);
        self.accounts.iter().filter(|account| (account.vault, account.resource) == place).count()
    }

    /// What is shown of an account besides what it says itself.
    pub fn about(&self, account: &Account) -> About {
        About {
            team: self.team.to_string(),
            team_name: self.team_name.clone(),
            has_secret: self.has_secret(account),
            author: self.names.get(&account.author).cloned().unwrap_or_default(),
        }
    }

    /// Whether an account has a secret.
    pub fn has_secret(&self, account: &Account) -> bool {
        self.secrets.contains(&(account.vault, account.id))
    }
}

fn read_node(session: &Open, vault: VaultId, key: LeafKey) -> Option<Node> {
    let path: Vec<LeafKey> = {
        let vaults = session.vaults();
        let above = vaults.get(&vault)?.surroundings(&key)?;
        above.into_iter().rev().chain([key]).collect()
    };
    let (mut keys, mut full_name, mut name) = (Vec::new(), String::new(), String::new());
    for part in path {
        let entry = session.verified(vault, part).ok()?;
        keys.push(entry.number.0.to_string());
        match &entry.details {
            Details::Vault(_) | Details::ResourceGroup(_) => entry.details.name().clone_into(&mut name),
            Details::Resource(_) | Details::Account(_) => return None,
        }
        full_name.push('/');
        full_name.push_str(&name);
    }
    Some(Node { id: key.id, name, key: keys.join(":"), full_name })
}
