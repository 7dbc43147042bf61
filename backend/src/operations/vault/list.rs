//! Gives one vault, or lists those in which the caller has a role.

use std::sync::Arc;

use sealward_contract::{
    ids::VaultId,
    operations::{
        Page,
        vault::{GetVault, ListVaults, VaultListed},
    },
    problem::Rejection,
    record::RecordKind,
};

use crate::{
    operations::{Call, Caller, Handler, Outcome, Reply},
    server::App,
    store::{
        ReadTx, StoreError,
        tables::{ENTRIES, HEADS, RECORDS},
    },
};

impl Handler for ListVaults {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let limit = call.query.limit().ok_or(Rejection::Malformed { at: "limit".into() })?;
        let after = call.query.cursor.as_deref().map(str::parse::<VaultId>).transpose();
        let after = after.map_err(|_| Rejection::Malformed { at: "cursor".into() })?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = app.store.read(|tx| {
            let (mut items, mut next) = (Vec::new(), None);
            for (vault, _) in caller.state.vaults() {
                if after.is_some_and(|after| *vault <= after) {
                    continue;
                }
                let Some(listed) = describe(tx, caller, vault)? else { continue };
                if items.len() == limit {
                    next = items.last().map(|last: &VaultListed| last.vault.to_string());
                    break;
                }
                items.push(listed);
            }
            Ok::<_, StoreError>(Page { items, next })
        })?;
        Ok(Reply::Value(page))
    }
}

impl Handler for GetVault {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let listed = app.store.read(|tx| describe(tx, caller, &call.path.vault))?;
        Ok(Reply::Value(listed.ok_or(Rejection::NotFound)?))
    }
}

/// A vault as the caller may see it; `None` without a role in it.
fn describe(rows: &ReadTx, caller: &Caller, vault: &VaultId) -> Result<Option<VaultListed>, StoreError> {
    let (Some(known), Some(role)) = (caller.state.vault(vault), caller.state.vault_role(vault, &caller.member)) else {
        return Ok(None);
    };
    let missing = |table| StoreError::Damaged { table };
    let head = HEADS.get(rows, vault)?.ok_or_else(|| missing("heads"))?;
    let entry = ENTRIES.get(rows, &(*vault, RecordKind::Vault, vault.object()))?.ok_or_else(|| missing("entries"))?;
    let record = RECORDS.get(rows, &(*vault, RecordKind::Vault, vault.object(), entry.version.0))?;
    Ok(Some(VaultListed {
        vault: *vault,
        number: known.number,
        kind: known.kind,
        role,
        record: record.ok_or_else(|| missing("records"))?,
        head: head.head,
    }))
}
