//! The trash: what is in it, restoring and purging by hand, and purging what is due in the background.

use super::{
    clock::{millis, sleep},
    editing::{item_of, tell_doing},
    engine::{Engine, Open},
};
use crate::bridge::*;
use sealward_client::{
    model::VaultDetails,
    operations::{Item as ClientItem, Trashed},
    vault::Details,
};
use sealward_contract::{
    policy,
    record::{LeafKey, RecordKind},
};
use std::rc::Weak;

/// How long after opening it is first looked for what is due, and how often then.
const FIRST_LOOK: i32 = 30_000;
const LOOK: i32 = 60 * 60 * 1_000;

impl Engine {
    pub async fn restore_items(&self, ask: RestoreItems) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<ClientItem> = ask.items.into_iter().map(item_of).collect();
            let report = open.session.restore_items(&items, tell_doing).await;
            let mut done = open.done(report);
            done.item = match items.as_slice() {
                [only] => open.show(*only),
                _ => None,
            };
            Ok(done)
        })
        .await
    }

    pub async fn purge_items(&self, ask: PurgeItems) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<ClientItem> = ask.items.into_iter().map(item_of).collect();
            Ok(open.done(open.session.purge_items(&items, tell_doing).await))
        })
        .await
    }

    pub async fn empty_trash(&self, ask: EmptyTrash) -> Result<Done, Error> {
        self.change(async |open| {
            let vaults: Vec<VaultId> = match ask.vault {
                Some(vault) => vec![vault],
                None => open.session.vaults().keys().copied().filter(|vault| open.may_purge(*vault)).collect(),
            };
            let items: Vec<ClientItem> = vaults.into_iter().flat_map(|vault| open.session.deleted_in(vault)).collect();
            Ok(open.done(open.session.purge_items(&items, tell_doing).await))
        })
        .await
    }

    pub async fn set_trash_days(&self, ask: SetTrashDays) -> Result<Changed, Error> {
        self.change(async |open| {
            let item = ClientItem::vault(ask.vault);
            let before = open.session.verified(item.vault, item.key)?;
            let Details::Vault(details) = before.details else { return Err(Error::Gone) };
            let details = Details::Vault(VaultDetails { trash_days: Some(ask.days), ..details });
            let undo = open.session.update_entry(item, before.version, details, None).await?;
            Ok(open.changed(Some(Item::Vault(ask.vault)), Some(undo)))
        })
        .await
    }
}

impl Open {
    /// A part of the trash.
    pub fn read_trash(&self, ask: &ReadTrash) -> TrashView {
        let words: Vec<String> = ask.filter.split_whitespace().map(str::to_lowercase).collect();
        let fits = |trashed: &Trashed| {
            let text = format!("{} {}", trashed.details.name(), trashed.place.join(" ")).to_lowercase();
            ask.vault.is_none_or(|vault| trashed.item.vault == vault) && words.iter().all(|word| text.contains(word))
        };
        let trash: Vec<Trashed> = self.session.trash().into_iter().filter(fits).collect();
        let total = u32::try_from(trash.len()).unwrap_or(u32::MAX);
        let most = usize::try_from(ask.limit).unwrap_or(usize::MAX);
        let rows = trash.into_iter().take(most).filter_map(|trashed| self.trash_row(trashed)).collect();
        TrashView { rows, total, vaults: self.trash_vaults() }
    }

    fn trash_row(&self, trashed: Trashed) -> Option<TrashRow> {
        let vault = trashed.item.vault;
        let icon = match &trashed.details {
            Details::Vault(_) => HitIcon::Vault,
            Details::ResourceGroup(_) => HitIcon::ResourceGroup,
            Details::Resource(resource) => HitIcon::Resource(resource.resource_type.clone()),
            Details::Account(account) => HitIcon::Account(account.secret_type),
        };
        let author = {
            let chain = self.session.chain();
            let member = chain.as_ref().and_then(|chain| chain.member(&trashed.author));
            member.map(|member| member.keys.login_name.to_string()).unwrap_or_default()
        };
        let numbered = trashed.item.key.kind.is_numbered();
        Some(TrashRow {
            item: self.show(trashed.item)?,
            name: trashed.details.name().to_owned(),
            icon,
            path: trashed.place,
            path_is_there: trashed.place_is_there,
            author,
            time: millis(trashed.time),
            due: trashed.due.map(millis),
            inside: u32::try_from(trashed.inside).unwrap_or(u32::MAX),
            writable: if numbered { self.may_write(vault) } else { self.may_purge(vault) },
            purgeable: self.may_purge(vault),
        })
    }

    fn trash_vaults(&self) -> Vec<TrashVault> {
        let vaults = self.session.vaults();
        let mut rows: Vec<TrashVault> = Vec::new();
        for (vault, view) in vaults.iter() {
            let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
            let Some(entry) = view.entry(&key).filter(|entry| entry.is_live()) else { continue };
            if let Ok(Details::Vault(details)) = entry.details() {
                rows.push(TrashVault {
                    id: *vault,
                    name: self.name_vault(*vault).name,
                    days: details.trash_days.unwrap_or(VaultDetails::TRASH_DAYS),
                    purgeable: self.may_purge(*vault),
                });
            }
        }
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        rows
    }

    /// Whether the person may remove for good what was deleted in a vault.
    fn may_purge(&self, vault: VaultId) -> bool {
        self.session.role(&vault).is_some_and(policy::may_purge)
    }
}

/// Removes for good what its vault keeps no longer, where the person is a custodian.
pub async fn purge_always(engine: Engine, open: Weak<Open>) {
    sleep(FIRST_LOOK).await;
    loop {
        let Some(strong) = open.upgrade() else { return };
        let due = strong.session.due_for_purge();
        if !due.is_empty() {
            // What cannot be purged now is due the next time too.
            let _ = strong.session.purge_items(&due, |_, _, _| {}).await;
        }
        let _ = strong.session.purge_removed_files().await;
        engine.take_in(&strong);
        drop((strong, due));
        sleep(LOOK).await;
    }
}
