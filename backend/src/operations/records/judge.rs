//! What a vault's rows say to a write: whether its head follows the newest one, versions, places and numbers fit, and
//! the root is that of the vault with these records. Runs on a snapshot; what it finds holds while chain and head are
//! the same, and the writer asks only that.

use std::collections::HashMap;

use sealward_contract::{
    chain::{TeamState, VaultState},
    crypto::Hash,
    ids::{ObjectId, VaultId, Version},
    limits,
    operations::records::{HeadFault, RecordFault, WriteError},
    policy,
    problem::Rejection,
    record::{Expected, Head, Leaf, LeafKey, RecordContext, RecordKind, RecordRefused, RecordState, check_right},
};

use super::{
    commit::{Claim, Judged, NewEntry},
    moved::head_moved,
    verify::{Verified, refused},
};
use crate::{
    memory::trees::Trees,
    operations::{Caller, Refusal},
    store::{
        ReadTx, StoreError,
        tables::{ENTRIES, Entry, HEADS, HeadRow, PURGED},
    },
};

/// The vault as it is with the records judged so far.
struct View<'a> {
    rows: &'a ReadTx,
    vault: VaultId,
    changed: HashMap<(RecordKind, ObjectId), Entry>,
}

impl View<'_> {
    fn entry(&self, kind: RecordKind, id: ObjectId) -> Result<Option<Entry>, StoreError> {
        match self.changed.get(&(kind, id)) {
            Some(entry) => Ok(Some(*entry)),
            None => ENTRIES.get(self.rows, &(self.vault, kind, id)),
        }
    }

    fn is_live(&self, kind: RecordKind, id: ObjectId) -> Result<bool, StoreError> {
        Ok(self.entry(kind, id)?.is_some_and(|entry| entry.state == RecordState::Live))
    }
}

/// Judges a verified write by the caller's state of the chain and these rows.
///
/// # Errors
/// The first fault found.
pub(super) fn judge(
    rows: &ReadTx,
    trees: &Trees,
    caller: &Caller,
    verified: &Verified,
) -> Result<Judged, Refusal<WriteError>> {
    let state = &caller.state;
    let role = caller.role(&verified.vault)?;
    if verified.records.iter().any(|(record, _)| !policy::may_write_record(role, record.context().kind)) {
        return Err(Refusal::Own(WriteError::Forbidden));
    }
    if state.vault(&verified.vault).is_some_and(VaultState::is_due) {
        return Err(Refusal::Own(WriteError::EpochDue));
    }
    let Head { sequence, previous, rest } = verified.head.value();
    check_head(state, verified)?;
    let newest = HEADS.get(rows, &verified.vault)?.ok_or(Rejection::NotFound)?;
    if newest.sequence.checked_add(1) != Some(*sequence) || newest.hash != *previous {
        let moved = head_moved(rows, &verified.vault, &newest, sequence.saturating_sub(1))?;
        return Err(Refusal::Own(WriteError::StaleHead(Box::new(moved))));
    }
    let mut view = View { rows, vault: verified.vault, changed: HashMap::new() };
    let mut entries = Vec::with_capacity(verified.records.len());
    let mut leaves = Vec::with_capacity(verified.records.len());
    for (record, wire) in &verified.records {
        let context = record.context();
        let expected = Expected {
            vault: verified.vault,
            id: context.id,
            kind: context.kind,
            resource: resource_of(&view, context)?,
            version: None,
            hash: None,
        };
        check_right(state, &expected, record).map_err(|reason| Refusal::Own(fault(context.id, reason)))?;
        check_newest(state, context, expected.resource.as_ref())?;
        let old = view.entry(context.kind, context.id)?;
        if old.is_some() && PURGED.contains(rows, &(verified.vault, context.kind, context.id))? {
            return Err(Refusal::Own(refused(context.id, RecordFault::Purged)));
        }
        check_history(context, old.as_ref()).map_err(Refusal::Own)?;
        let claim = check_number(state, &view, context, old.as_ref())?;
        check_parent(&view, context, old.as_ref())?;
        let entry = Entry {
            version: context.version,
            hash: record.hash(),
            parent: context.parent,
            number: context.number,
            state: context.state,
            tier: context.tier,
            sequence: *sequence,
        };
        view.changed.insert((context.kind, context.id), entry);
        let key = LeafKey { id: context.id, kind: context.kind };
        leaves.push(Leaf { key, version: context.version, hash: record.hash() });
        entries.push(NewEntry { key, entry, old: old.map(|old| old.sequence), record: wire.clone(), claim });
    }
    let root = trees.with(rows, &verified.vault, previous, |tree| tree.root_with(&leaves))?;
    if root != rest.root {
        return Err(Refusal::Own(WriteError::HeadRefused { reason: HeadFault::Root }));
    }
    let head = HeadRow { sequence: *sequence, hash: verified.head.value().hash(), head: verified.head.to_wire() };
    let rest = verified.head.value().rest_hash();
    Ok(Judged { vault: verified.vault, previous: *previous, head, rest, entries, leaves })
}

/// The head by the chain; its signature was verified before.
fn check_head(state: &TeamState, verified: &Verified) -> Result<(), Refusal<WriteError>> {
    let fault = |reason| Err(Refusal::Own(WriteError::HeadRefused { reason }));
    let Head { sequence, rest, .. } = verified.head.value();
    if rest.suite != sealward_contract::suite::SUITE
        || rest.team != state.team()
        || rest.vault != verified.vault
        || rest.sequence != *sequence
        || *sequence == 0
    {
        return fault(HeadFault::Other);
    }
    if !state.has_position(&rest.position) {
        return fault(HeadFault::Position);
    }
    let Some(vault) = state.vault(&verified.vault) else { return fault(HeadFault::Other) };
    if vault.cut().is_some_and(|cut| rest.position.sequence < cut.sequence) {
        // Its author did not know of the cut; with the newest chain it can sign anew.
        return Err(Refusal::Own(WriteError::StaleChain));
    }
    match vault.role_at(&rest.author, rest.position.sequence) {
        Some(_) => Ok(()),
        None => fault(HeadFault::Author),
    }
}

/// Whatever position a record claims, epoch and tier must be those of now.
fn check_newest(
    state: &TeamState,
    context: &RecordContext,
    resource: Option<&ObjectId>,
) -> Result<(), Refusal<WriteError>> {
    let now = state.position().sequence;
    let vault = state.vault(&context.vault).ok_or(Rejection::NotFound)?;
    let tier_changed =
        context.kind.is_secret() && vault.tier_at(&context.under_policy_of(), resource, now) != context.tier;
    if vault.epoch_at(now) != Some(context.epoch) || tier_changed {
        return Err(Refusal::Own(WriteError::StaleChain));
    }
    Ok(())
}

fn fault(id: ObjectId, reason: RecordRefused) -> WriteError {
    let fault = match reason {
        RecordRefused::Other => RecordFault::Other,
        RecordRefused::Position => RecordFault::Position,
        RecordRefused::Right => RecordFault::Right,
        // Keys were due at the place that it claims: with the newest chain it can be sealed anew.
        RecordRefused::Due => return WriteError::StaleChain,
        RecordRefused::Epoch => RecordFault::Epoch,
        RecordRefused::Tier => RecordFault::Tier,
        RecordRefused::Signature => RecordFault::Signature,
    };
    refused(id, fault)
}

/// The resource on which the account of a secret, of facts or of a file stands, or that has the file itself.
fn resource_of(view: &View<'_>, context: &RecordContext) -> Result<Option<ObjectId>, StoreError> {
    if !context.kind.is_secret() {
        return Ok(None);
    }
    let account = view.entry(RecordKind::Account, context.under_policy_of())?;
    let own = (context.kind == RecordKind::File).then_some(context.parent);
    Ok(account.map(|account| account.parent).or(own))
}

/// The version after the newest, and of the same line.
fn check_history(context: &RecordContext, old: Option<&Entry>) -> Result<(), WriteError> {
    let (next, previous) = match old {
        None => (Some(Version::FIRST), Hash::ZERO),
        Some(old) => (old.version.next(), old.hash),
    };
    if next != Some(context.version) {
        let current = old.map(|old| old.version);
        return Err(WriteError::StaleVersion { id: context.id, kind: context.kind, current });
    }
    let same_number = old.is_none_or(|old| old.number == context.number);
    // A file is written once, and may then be deleted: its chunks are those of its first version.
    let fits = match (context.kind, old) {
        (RecordKind::File, None) => context.state == RecordState::Live,
        (RecordKind::File, Some(old)) => old.state == RecordState::Live && context.state == RecordState::Deleted,
        _ => true,
    };
    if context.previous != previous || !same_number || !fits {
        return Err(refused(context.id, RecordFault::History));
    }
    Ok(())
}

/// The number that an object may bear, and whether the writer has to claim it.
fn check_number(
    state: &TeamState,
    view: &View<'_>,
    context: &RecordContext,
    old: Option<&Entry>,
) -> Result<Option<Claim>, Refusal<WriteError>> {
    if context.kind.is_numbered() {
        return Ok(match old {
            None => Some(Claim::First),
            Some(old) if old.state == RecordState::Deleted && context.state == RecordState::Live => Some(Claim::Again),
            Some(_) => None,
        });
    }
    let number = match context.kind {
        RecordKind::Vault => state.vault(&context.vault).map(|vault| vault.number),
        RecordKind::File => holder_of_file(view, context.parent)?.map(|holder| holder.number),
        _ => view.entry(RecordKind::Account, context.id)?.map(|account| account.number),
    };
    match number {
        Some(number) if number == context.number => Ok(None),
        Some(_) => Err(Refusal::Own(refused(context.id, RecordFault::History))),
        None => Err(Refusal::Own(refused(context.id, RecordFault::Parent))),
    }
}

/// What a record stands in, when it is new there or comes back.
fn check_parent(view: &View<'_>, context: &RecordContext, old: Option<&Entry>) -> Result<(), Refusal<WriteError>> {
    let stays = old.is_some_and(|old| {
        old.parent == context.parent && (old.state == RecordState::Live || context.state == RecordState::Deleted)
    });
    let fits = match context.kind {
        RecordKind::Vault => context.id == context.vault.object() && context.parent == context.id,
        RecordKind::ResourceGroup | RecordKind::Resource => {
            let reserved = context.id == context.vault.object();
            !reserved && (stays || is_group_path(view, context.parent, context.id)?)
        }
        RecordKind::Account => stays || view.is_live(RecordKind::Resource, context.parent)?,
        RecordKind::Secret | RecordKind::Facts => {
            context.parent == context.id && (stays || view.is_live(RecordKind::Account, context.id)?)
        }
        RecordKind::File => {
            stays || holder_of_file(view, context.parent)?.is_some_and(|holder| holder.state == RecordState::Live)
        }
        RecordKind::Team | RecordKind::Profile | RecordKind::Group => false,
    };
    if fits { Ok(()) } else { Err(Refusal::Own(refused(context.id, RecordFault::Parent))) }
}

/// The account or resource that has a file.
fn holder_of_file(view: &View<'_>, id: ObjectId) -> Result<Option<Entry>, StoreError> {
    match view.entry(RecordKind::Account, id)? {
        Some(account) => Ok(Some(account)),
        None => view.entry(RecordKind::Resource, id),
    }
}

/// Whether live groups lead from `parent` up to the vault, none of them `below`.
fn is_group_path(view: &View<'_>, parent: ObjectId, below: ObjectId) -> Result<bool, StoreError> {
    let mut at = parent;
    for _ in 0..limits::DEPTH {
        if at == view.vault.object() {
            return view.is_live(RecordKind::Vault, at);
        }
        match view.entry(RecordKind::ResourceGroup, at)? {
            Some(group) if group.state == RecordState::Live && at != below => at = group.parent,
            _ => return Ok(false),
        }
    }
    Ok(false)
}
