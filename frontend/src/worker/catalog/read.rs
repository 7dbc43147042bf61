//! A resource with its accounts, and an account: verified before it is shown in full.

use super::{super::engine::Open, row};
use crate::{
    bridge::{AccountFields, AccountView, Error, FileRef, ObjectId, ResourceFields, ResourceView, VaultId},
    worker::{clock::millis, error::describe, own_vault},
};
use sealward_client::{
    error as client,
    model::{AccountDetails, ResourceDetails},
    search::sort_key,
    vault::{Details, VaultView},
};
use sealward_contract::{
    ids::{MemberId, Number, Version},
    record::{LeafKey, RecordContext, RecordKind},
};

/// What an entry says beside its details.
struct Header {
    number: Number,
    version: Version,
    parent: ObjectId,
    author: MemberId,
    changed: i64,
}

impl Header {
    fn of(context: &RecordContext) -> Self {
        Self {
            number: context.number,
            version: context.version,
            parent: context.parent,
            author: context.author,
            changed: millis(context.time),
        }
    }
}

fn removed_files(details: Option<&Details>) -> Vec<FileRef> {
    let mut files: Vec<_> =
        details.into_iter().flat_map(Details::removed).map(|removed| removed.file.clone()).collect();
    files.reverse();
    files
}

impl Open {
    /// A resource with its accounts.
    pub fn read_resource(&self, vault: VaultId, resource: ObjectId) -> Result<ResourceView, Error> {
        let key = LeafKey { id: resource, kind: RecordKind::Resource };
        let (header, details, damage) = self.read_entry(vault, key)?;
        let fields = match &details {
            Some(Details::Resource(details)) => resource_fields(details, vault, header.parent),
            _ => ResourceFields { name: format!("#{}", header.number.0), ..ResourceFields::default() },
        };
        let removed = removed_files(details.as_ref());
        let accounts: Vec<ObjectId> = {
            let vaults = self.session.vaults();
            let view = vaults.get(&vault).ok_or(Error::Gone)?;
            row::accounts(view, resource).map(|(key, _)| key.id).collect()
        };
        let accounts =
            accounts.into_iter().map(|account| self.read_account(vault, account)).collect::<Result<Vec<_>, _>>();
        let collation = self.catalog.borrow().collation;
        let mut accounts = accounts?;
        accounts.sort_by_cached_key(|account| sort_key(&account.fields.name, collation));
        Ok(ResourceView {
            vault,
            id: resource,
            number: header.number,
            version: header.version,
            path: self.path(vault, key),
            fields,
            removed,
            accounts,
            author: self.name_of(header.author),
            changed: header.changed,
            writable: self.may_write(vault),
            damage,
        })
    }

    /// An account.
    pub fn read_account(&self, vault: VaultId, account: ObjectId) -> Result<AccountView, Error> {
        let key = LeafKey { id: account, kind: RecordKind::Account };
        let (header, details, damage) = self.read_entry(vault, key)?;
        let removed = removed_files(details.as_ref());
        let known = match details {
            Some(Details::Account(details)) => Some(*details),
            _ => None,
        };
        let fields = known.as_ref().map_or_else(
            || AccountFields { name: format!("#{}", header.number.0), ..AccountFields::default() },
            account_fields,
        );
        let (has_otp, public) = known.map_or((false, None), |known| (known.has_otp == Some(true), known.public));
        Ok(AccountView {
            vault,
            resource: header.parent,
            id: account,
            number: header.number,
            version: header.version,
            fields,
            removed,
            has_secret: self.session.has_secret(&vault, &account),
            facts: self.facts.borrow().view(vault, account),
            has_otp,
            public,
            author: self.name_of(header.author),
            changed: header.changed,
            damage,
        })
    }

    /// The names of the vault and of the groups around an entry, outermost first.
    pub fn path(&self, vault: VaultId, key: LeafKey) -> Vec<String> {
        let vaults = self.session.vaults();
        vaults.get(&vault).map(|view| names_around(view, &key)).unwrap_or_default()
    }

    /// A member's login name by the chain: what they call themselves decides nothing.
    pub fn name_of(&self, member: MemberId) -> String {
        let chain = self.session.chain();
        let member = chain.as_ref().and_then(|chain| chain.member(&member));
        member.map(|member| member.keys.login_name.to_string()).unwrap_or_default()
    }

    /// A live entry; one that does not verify is shown as damaged, by its header alone.
    fn read_entry(
        &self,
        vault: VaultId,
        key: LeafKey,
    ) -> Result<(Header, Option<Details>, Option<crate::bridge::Damage>), Error> {
        let verified = self.session.verified(vault, key);
        let vaults = self.session.vaults();
        let entry = vaults.get(&vault).and_then(|view| view.entry(&key)).ok_or(Error::Gone)?;
        let header = Header::of(entry.record().context());
        match verified {
            Ok(verified) => Ok((header, Some(verified.details), None)),
            Err(client::Error::Damage(damage)) => {
                let damage = describe(&damage, self.session.chain().as_deref());
                Ok((header, None, Some(damage)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Names of what is around an entry, the vault first.
pub fn names_around(view: &VaultView, key: &LeafKey) -> Vec<String> {
    let around = view.surroundings(key).unwrap_or_default();
    let names = around.iter().rev().filter_map(|key| {
        let entry = view.entry(key)?;
        Some(
            entry
                .details()
                .map_or_else(|_| format!("#{}", entry.number().0), |details| own_vault::name_of(key, details)),
        )
    });
    names.collect()
}

fn resource_fields(details: &ResourceDetails, vault: VaultId, parent: ObjectId) -> ResourceFields {
    let details = details.clone();
    ResourceFields {
        name: details.name,
        resource_type: details.resource_type,
        url: details.url,
        dns_name: details.dns_name,
        description: details.description,
        notes: details.notes,
        department: details.department,
        location: details.location,
        owner: details.owner,
        tags: details.tags,
        policy: details.policy,
        group: (parent != vault.object()).then_some(parent),
        custom: details.custom_fields,
    }
}

fn account_fields(details: &AccountDetails) -> AccountFields {
    let details = details.clone();
    AccountFields {
        name: details.name,
        user_name: details.user_name,
        secret_type: details.secret_type,
        privileged: details.privileged,
        active: details.active,
        expiry: details.expiry,
        notes: details.notes,
        tags: details.tags,
        policy: details.policy,
        custom: details.custom_fields,
        secret_file: details.secret_file,
        files: details.files.unwrap_or_default(),
    }
}
