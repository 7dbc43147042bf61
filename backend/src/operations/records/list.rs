//! Gives and lists records: resource groups, resources, accounts, the facts of secrets that the caller could open, and
//! the headers of secrets.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    ids::{ObjectId, VaultId},
    operations::{
        Page, PageQuery,
        records::{
            GetAccount, GetResource, GetResourceGroup, ListAccounts, ListFacts, ListResourceGroups, ListResources,
            ListSecretHeaders, ListVersionsError, RecordListed,
        },
    },
    policy,
    problem::Rejection,
    record::{Record, RecordKind},
};

use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Rows, StoreError,
        tables::{ENTRIES, Entry, PURGED, RECORDS},
    },
};

/// The newest version of a record.
///
/// # Errors
/// The store failed.
pub(super) fn newest(
    rows: &impl Rows,
    vault: VaultId,
    kind: RecordKind,
    id: ObjectId,
    entry: &Entry,
) -> Result<RecordListed, StoreError> {
    let record = RECORDS.get(rows, &(vault, kind, id, entry.version.0))?;
    Ok(RecordListed { record: record.ok_or(StoreError::Damaged { table: "records" })? })
}

/// Most rows looked at for one page.
const LOOKED_AT: u32 = 20_000;

/// A page of a vault's records of one kind, in the order of their ids.
fn page(
    rows: &impl Rows,
    vault: VaultId,
    kind: RecordKind,
    query: &PageQuery,
    wanted: impl Fn(ObjectId, &Entry) -> Result<bool, StoreError>,
) -> Result<Page<RecordListed>, PageError> {
    let limit = query.limit().ok_or(PageError::Malformed("limit"))?;
    let after = match &query.cursor {
        None => None,
        Some(cursor) => Some(cursor.parse::<ObjectId>().map_err(|_| PageError::Malformed("cursor"))?),
    };
    let (mut found, mut next, mut looked_at) = (Vec::new(), None, 0);
    let mut last = after;
    let mut visit = |(_, _, id), entry: Entry| {
        if found.len() as u64 >= u64::from(limit) || looked_at >= LOOKED_AT {
            next = last;
            return Ok(ControlFlow::Break(()));
        }
        looked_at += 1;
        last = Some(id);
        if wanted(id, &entry)? {
            found.push((id, entry));
        }
        Ok(ControlFlow::Continue(()))
    };
    match after {
        None => ENTRIES.scan(rows, &(vault, kind), crate::store::Order::Forward, &mut visit)?,
        Some(after) => ENTRIES.scan_after(rows, &(vault, kind), &(vault, kind, after), &mut visit)?,
    }
    let items = found.iter().map(|(id, entry)| newest(rows, vault, kind, *id, entry)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: next.map(|id| id.to_string()) })
}

enum PageError {
    Malformed(&'static str),
    Store(StoreError),
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E> From<PageError> for crate::operations::Refusal<E> {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Malformed(at) => Rejection::Malformed { at: at.to_owned() }.into(),
            PageError::Store(error) => error.into(),
        }
    }
}

macro_rules! lists {
    ($($operation:ident: $kind:ident),*) => {$(
        impl Handler for $operation {
            async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
                call.caller()?.role(&call.path.vault)?;
                let kind = RecordKind::$kind;
                Ok(Reply::Value(app.store.read(|tx| page(tx, call.path.vault, kind, &call.query, |_, _| Ok(true)))?))
            }
        }
    )*};
}
lists!(ListResourceGroups: ResourceGroup, ListResources: Resource, ListAccounts: Account);

impl Handler for ListFacts {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let role = call.caller()?.role(&call.path.vault)?;
        let (vault, kind) = (call.path.vault, RecordKind::Facts);
        let page = app.store.read(|tx| {
            page(tx, vault, kind, &call.query, |id, entry| {
                Ok(policy::may_read_facts(role, entry.tier) && !PURGED.contains(tx, &(vault, kind, id))?)
            })
        })?;
        Ok(Reply::Value(page))
    }
}

impl Handler for ListSecretHeaders {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (role, vault) = (call.caller()?.role(&call.path.vault)?, call.path.vault);
        if !policy::may_list_versions(role) {
            return Err(Refusal::Own(ListVersionsError::Forbidden));
        }
        let page = app.store.read(|tx| page(tx, vault, RecordKind::Secret, &call.query, |_, _| Ok(true)))?;
        let bare = |listed: RecordListed| {
            let record = Record::parse_header(&listed.record).map_err(|_| StoreError::Damaged { table: "records" })?;
            Ok::<_, StoreError>(RecordListed { record: record.to_bare_wire() })
        };
        let items = page.items.into_iter().map(bare).collect::<Result<_, _>>()?;
        Ok(Reply::Value(Page { items, next: page.next }))
    }
}

macro_rules! gets {
    ($($operation:ident: $kind:ident),*) => {$(
        impl Handler for $operation {
            async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
                let (vault, id) = (call.path.vault, call.path.id);
                call.caller()?.role(&vault)?;
                let found = app.store.read(|tx| {
                    let entry = ENTRIES.get(tx, &(vault, RecordKind::$kind, id))?;
                    entry.map(|entry| newest(tx, vault, RecordKind::$kind, id, &entry)).transpose()
                })?;
                Ok(Reply::Value(found.ok_or(Rejection::NotFound)?))
            }
        }
    )*};
}
gets!(GetResourceGroup: ResourceGroup, GetResource: Resource, GetAccount: Account);
