//! Resources: made and changed.

use super::{
    account::{check_new, new_account, new_files},
    item_of, place_in,
};
use crate::{
    bridge::{Changed, CreateResource, Error, Item, ResourceFields, UpdateResource},
    worker::engine::{Engine, Open},
};
use sealward_client::{files::FileChanges, model::ResourceDetails, vault::Details};

impl Engine {
    pub async fn create_resource(&self, ask: CreateResource) -> Result<Changed, Error> {
        self.change(async |open| {
            let place = place_in(ask.vault, ask.fields.group);
            let details = resource_details(ask.fields, ResourceDetails::default(), &open);
            let account = match ask.account {
                Some(account) => Some(new_account(account, &open).await?),
                None => None,
            };
            if let Some(account) = &account {
                check_new(&open, ask.vault, None, details.policy, account)?;
            }
            let none = Details::Resource(Box::default());
            let files = open.file_changes(ask.vault, &none, &mut Details::Resource(Box::new(details.clone())))?;
            let of_account = match &account {
                Some(account) => new_files(&open, ask.vault, account)?,
                None => FileChanges::default(),
            };
            let account = account.map(|account| (account, &of_account));
            let made = open.session.create_resource_with(place, (details, &files), account).await;
            if made.is_err() {
                open.keep_files(ask.vault, files);
                open.keep_files(ask.vault, of_account);
            }
            let (id, undo) = made?;
            Ok(open.changed(Some(Item::Resource(ask.vault, id)), Some(undo)))
        })
        .await
    }

    pub async fn update_resource(&self, ask: UpdateResource) -> Result<Changed, Error> {
        let item = Item::Resource(ask.vault, ask.resource);
        let Details::Resource(before) = self.read(item)? else { return Err(Error::Gone) };
        let parent = place_in(ask.vault, ask.fields.group).parent;
        let open = self.open()?;
        let former = Details::Resource(before.clone());
        let details = resource_details(ask.fields, *before, &open);
        let mut after = Details::Resource(Box::new(details));
        let files = open.file_changes(ask.vault, &former, &mut after)?;
        if !files.is_empty() {
            return self
                .change(async |open| {
                    let next = (after, Some(parent));
                    let written = open.session.update_entry_with(item_of(item), ask.version, next, &files).await;
                    if written.is_err() {
                        open.keep_files(ask.vault, files);
                    }
                    Ok(open.changed(Some(item), written?))
                })
                .await;
        }
        self.update(item, ask.version, after, Some(parent)).await
    }
}

/// The person's fields over what they do not see: when it was made, where it came from.
fn resource_details(fields: ResourceFields, before: ResourceDetails, open: &Open) -> ResourceDetails {
    let now = open.session.surroundings().now();
    let created = if before.created.0 == 0 { now } else { before.created };
    ResourceDetails {
        name: fields.name,
        resource_type: fields.resource_type,
        url: fields.url,
        dns_name: fields.dns_name,
        description: fields.description,
        notes: fields.notes,
        department: fields.department,
        location: fields.location,
        tags: fields.tags,
        policy: fields.policy,
        owner: fields.owner,
        custom_fields: fields.custom,
        created,
        changed: now,
        ..before
    }
}
