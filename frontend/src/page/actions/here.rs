//! What an action is about: what is listed, what is open or under the cursor, and what is selected.

use std::sync::Arc;

use leptos::prelude::*;

use crate::bridge::{
    AccountView, Item, ObjectId, Personal, Place, ReadResource, ResourceView, SavedView, Selection, Tree, TreeGroup,
    TreeVault, VaultId,
};
use crate::page::address::{Open, Spot};
use crate::page::app::App;
use crate::page::engine::ask;
use crate::page::pages::tree::find_group;

/// What is pointed at now, before anything is read of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// What is listed.
    pub selection: Selection,
    /// What is open, or under the cursor of the list.
    pub open: Option<Open>,
}

/// What is pointed at, read.
#[derive(Clone, Default)]
pub struct Here {
    /// What is listed.
    pub selection: Selection,
    /// All vaults and groups.
    pub tree: Option<Arc<Tree>>,
    /// The resource that is open or under the cursor.
    pub resource: Option<Arc<ResourceView>>,
    /// The account that is looked at.
    pub looked_at: Option<ObjectId>,
    /// Views and favourites.
    pub personal: Arc<Personal>,
    /// What is selected in the list.
    pub marked: Arc<Vec<(VaultId, ObjectId)>>,
    /// Whether anything is guarded in any vault that the person sees.
    pub guarded: bool,
}

/// What is pointed at: with the focus in the list what its cursor is on, else what is open.
pub fn target(app: App) -> Target {
    let spot = app.address.get_untracked().spot().unwrap_or(Spot::Home);
    let pointed = app.pointed.get_untracked();
    let in_list = document().query_selector(".rows:focus").ok().flatten().is_some();
    let open = spot.open();
    let same = open.filter(|open| Some((open.vault, open.resource)) == pointed);
    let pointed = pointed.map(|(vault, resource)| Open { vault, resource, account: None });
    let open = if in_list { same.or(pointed).or(open) } else { open.or(pointed) };
    if document().query_selector(".tree:focus").ok().flatten().is_some() {
        let selection = app.pointed_place.get_untracked().unwrap_or_else(|| spot.selection());
        return Target { selection, open: None };
    }
    let listing = matches!(spot, Spot::List(_) | Spot::Detail(..) | Spot::Home);
    Target { selection: spot.selection(), open: open.filter(|_| listing) }
}

impl Here {
    /// Reads what is pointed at.
    pub async fn read(app: App, target: Target) -> Self {
        let resource = match target.open {
            Some(Open { vault, resource, .. }) => ask(ReadResource { vault, resource }).await.ok().map(Arc::new),
            None => None,
        };
        let mut here = Self::listed(app, target.selection);
        here.resource = resource;
        here.looked_at = target.open.and_then(|open| open.account);
        here
    }

    /// What is listed, and nothing in it.
    pub fn listed(app: App, selection: Selection) -> Self {
        let marked = Arc::new(app.marked.with_untracked(|marked| marked.iter().copied().collect()));
        let (tree, personal) = (app.tree.get_untracked(), app.personal.get_untracked());
        let guarded = app.counts.with_untracked(|counts| counts.guarded);
        Self { selection, tree, personal, marked, guarded, ..Self::default() }
    }

    /// A resource of its own, and perhaps one of its accounts.
    pub fn at(app: App, resource: Arc<ResourceView>, account: Option<ObjectId>) -> Self {
        let selection = app.address.get_untracked().spot().map_or(Selection::All, Spot::selection);
        let here = Self::listed(app, selection);
        Self { resource: Some(resource), looked_at: account, marked: Arc::default(), ..here }
    }

    /// The account that is looked at, or the only one.
    pub fn account(&self) -> Option<&AccountView> {
        let accounts = &self.resource.as_ref()?.accounts;
        match (self.looked_at, accounts.as_slice()) {
            (Some(id), _) => accounts.iter().find(|account| account.id == id),
            (None, [only]) => Some(only),
            _ => None,
        }
    }

    /// Whether there are accounts, but nobody says which.
    pub fn has_many(&self) -> bool {
        self.account().is_none() && self.resource.as_ref().is_some_and(|resource| resource.accounts.len() > 1)
    }

    /// The resource, where it may be changed.
    pub fn editable(&self) -> Option<&Arc<ResourceView>> {
        self.resource.as_ref().filter(|resource| resource.writable && resource.damage.is_none())
    }

    /// The account, where it may be changed.
    pub fn editable_account(&self) -> Option<&AccountView> {
        self.editable()?;
        self.account().filter(|account| account.damage.is_none())
    }

    /// The resources that an action on resources is about: all that are selected, else the one that is open.
    pub fn resources(&self) -> Vec<Item> {
        if !self.marked.is_empty() {
            return self.marked.iter().map(|(vault, resource)| Item::Resource(*vault, *resource)).collect();
        }
        self.editable().map(|resource| Item::Resource(resource.vault, resource.id)).into_iter().collect()
    }

    /// The account as an item.
    pub fn account_item(&self) -> Option<Item> {
        self.editable_account().map(|account| Item::Account(account.vault, account.resource, account.id))
    }

    /// The vault that is listed.
    pub fn vault(&self) -> Option<&TreeVault> {
        let Selection::Vault(id) = self.selection else { return None };
        self.tree.as_ref()?.vaults.iter().find(|vault| vault.id == id)
    }

    /// The shared vault that is listed.
    pub fn shared_vault(&self) -> Option<&TreeVault> {
        self.vault().filter(|vault| !vault.personal)
    }

    /// The vault that is listed, where the person is a custodian of it.
    pub fn kept_vault(&self) -> Option<&TreeVault> {
        self.vault().filter(|vault| vault.kept)
    }

    /// The resource, where the person is a custodian of its vault, and the vault is shared.
    pub fn kept_resource(&self) -> Option<&Arc<ResourceView>> {
        let resource = self.resource.as_ref().filter(|resource| resource.damage.is_none())?;
        let mut vaults = self.tree.as_ref()?.vaults.iter();
        let vault = vaults.find(|vault| vault.id == resource.vault)?;
        (vault.kept && !vault.personal).then_some(resource)
    }

    /// The account, on the same terms.
    pub fn kept_account(&self) -> Option<&AccountView> {
        self.kept_resource()?;
        self.account().filter(|account| account.damage.is_none())
    }

    /// Whether the person may write into the vault that is listed, or into any where none is. What the tree does not show
    /// yet was made just now.
    pub fn is_writable(&self) -> bool {
        let Some(tree) = &self.tree else { return true };
        match self.selection {
            Selection::Vault(listed) | Selection::ResourceGroup(listed, _) => {
                tree.vaults.iter().find(|vault| vault.id == listed).is_none_or(|vault| vault.writable)
            }
            _ => tree.vaults.iter().any(|vault| vault.writable),
        }
    }

    /// The group that is listed.
    pub fn group(&self) -> Option<(VaultId, &TreeGroup)> {
        let Selection::ResourceGroup(vault, group) = self.selection else { return None };
        find_group(self.tree.as_ref()?, vault, group).map(|group| (vault, group))
    }

    /// The place that is listed.
    pub fn place(&self) -> Option<Place> {
        match self.selection {
            Selection::Vault(vault) => Some(Place::Vault(vault)),
            Selection::ResourceGroup(vault, group) => Some(Place::ResourceGroup(vault, group)),
            _ => None,
        }
    }

    /// The saved view that is listed.
    pub fn view(&self) -> Option<&SavedView> {
        let Selection::View(id) = self.selection else { return None };
        self.personal.views.iter().find(|view| view.id == id)
    }

    /// Whether the resource is a favourite.
    pub fn is_favourite(&self) -> bool {
        let place = self.resource.as_ref().map(|resource| (resource.vault, resource.id));
        place.is_some_and(|place| self.personal.favourites.contains(&place))
    }

    /// DNS name or web address.
    pub fn address(&self) -> Option<&str> {
        let fields = &self.resource.as_ref()?.fields;
        [&fields.url, &fields.dns_name].into_iter().map(String::as_str).find(|text| !text.is_empty())
    }

    /// The web address, where the browser may be sent to it.
    pub fn web_address(&self) -> Option<&str> {
        let url = self.resource.as_ref()?.fields.url.as_str();
        (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
    }
}
