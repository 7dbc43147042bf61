//! Every version of every record: the one that its place says, following the one before, signed by someone who had the
//! right to write it where the chain then stood; and the newest of them what its entry says.

use std::collections::{BTreeMap, BTreeSet};

use sealward_contract::{
    crypto::Hash,
    ids::{ObjectId, VaultId, Version},
    record::{Expected, Record, RecordContext, RecordKind, RecordRefused, check_record},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{ENTRIES, Entry, PURGED, RECORDS},
};

/// Where the walk over the records is. Keys sort by vault, kind, id and version, so that accounts come before their
/// secrets and versions in their order.
#[derive(Default)]
struct Walk {
    vault: Option<VaultId>,
    /// The resources that each account has stood on.
    stood_on: BTreeMap<ObjectId, BTreeSet<ObjectId>>,
    last: Option<Last>,
}

/// What must be there of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Every version, whole.
    All,
    /// The header of the newest: it was purged.
    Header,
}

/// The version before.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Last {
    kind: RecordKind,
    id: ObjectId,
    version: u32,
    hash: Hash,
}

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let mut walk = Walk::default();
    each(rows, &RECORDS, &(), report, |report, (vault, kind, id, version), wire| {
        if walk.vault != Some(vault) {
            walk = Walk { vault: Some(vault), ..Walk::default() };
        }
        let entry = look(rows, &ENTRIES, &(vault, kind, id))?;
        let left = if look(rows, &PURGED, &(vault, kind, id))?.is_some() { Left::Header } else { Left::All };
        if let Err(reason) = walk.step(known, vault, (kind, id, version), &wire, entry.as_ref(), left) {
            report.find("records", &format_args!("vault {vault}, {kind:?} {id}, version {version}"), &reason);
        }
        Ok(())
    })?;
    each(rows, &PURGED, &(), report, |report, (vault, kind, id), _| {
        if look(rows, &ENTRIES, &(vault, kind, id))?.is_none() {
            report.find("purged", &format_args!("vault {vault}, {kind:?} {id}"), &"of no record");
        }
        Ok(())
    })?;
    ENTRIES.scan_all(rows, &(), |row| {
        let Ok(((vault, kind, id), entry)) = row else { return Ok(()) };
        let at = format_args!("vault {vault}, {kind:?} {id}");
        if look(rows, &RECORDS, &(vault, kind, id, entry.version.0))?.is_none() {
            report.find("entries", &at, &"its newest version is missing");
        }
        if !stands(rows, vault, kind, id, &entry)? {
            report.find("entries", &at, &"what it stands in is missing");
        }
        Ok(())
    })
}

impl Walk {
    fn step(
        &mut self,
        known: &Known,
        vault: VaultId,
        (kind, id, version): (RecordKind, ObjectId, u32),
        wire: &[u8],
        entry: Option<&Entry>,
        left: Left,
    ) -> Result<(), String> {
        let entry = entry.ok_or("a record without an entry")?;
        let record = Record::parse(wire).map_err(|error| error.to_string())?;
        let context = record.context().clone();
        let last = self.last.replace(Last { kind, id, version, hash: record.hash() });
        let before = last.filter(|last| last.kind == kind && last.id == id);
        if kind == RecordKind::Account {
            self.stood_on.entry(id).or_default().insert(context.parent);
        }
        let (follows, previous) = before.map_or((1, Hash::ZERO), |last| (last.version + 1, last.hash));
        if left == Left::All {
            if version != follows {
                return Err("versions before it are missing".to_owned());
            }
            if context.previous != previous {
                return Err("it does not follow the version before".to_owned());
            }
            if record.payload().is_none() {
                return Err("its payload is missing".to_owned());
            }
        } else if version != entry.version.0 || record.payload().is_some() {
            return Err("more than its newest header is left of what was purged".to_owned());
        }
        let newest = Entry {
            version: context.version,
            hash: record.hash(),
            parent: context.parent,
            number: context.number,
            state: context.state,
            tier: context.tier,
            sequence: entry.sequence,
        };
        if version > entry.version.0 || (version == entry.version.0 && newest != *entry) {
            return Err("not what its entry says".to_owned());
        }
        let Some((state, _)) = known.vault(&vault) else { return Ok(()) };
        let expected = Expected { vault, id, kind, resource: None, version: Some(Version(version)), hash: None };
        self.check_right(&context, left, |resource| check_record(state, &Expected { resource, ..expected }, &record))
    }

    /// The tier of a secret is decided by the resource that its account stood on when it was written: one of those that
    /// the account's versions name. A resource's own file is under the policy of that resource.
    fn check_right(
        &self,
        context: &RecordContext,
        left: Left,
        check: impl Fn(Option<ObjectId>) -> Result<(), RecordRefused>,
    ) -> Result<(), String> {
        let stood_on = self.stood_on.get(&context.under_policy_of()).filter(|_| context.kind.is_secret());
        let own = (context.kind == RecordKind::File).then_some(context.parent);
        let candidates = stood_on.into_iter().flatten().map(|resource| Some(*resource));
        let mut refused = None;
        for resource in candidates.chain(stood_on.is_none().then_some(own)) {
            match check(resource) {
                Ok(()) => return Ok(()),
                // Where the account stood then is not known any more.
                Err(RecordRefused::Tier) if left == Left::Header => return Ok(()),
                Err(RecordRefused::Tier) => refused = Some(RecordRefused::Tier),
                Err(other) => return Err(other.to_string()),
            }
        }
        refused.map_or(Ok(()), |refused| Err(refused.to_string()))
    }
}

/// Whether what a record stands in is there, live or deleted.
fn stands(rows: &ReadTx, vault: VaultId, kind: RecordKind, id: ObjectId, entry: &Entry) -> Result<bool, StoreError> {
    let there = |kind, id| Ok::<_, StoreError>(look(rows, &ENTRIES, &(vault, kind, id))?.is_some());
    match kind {
        RecordKind::Vault => Ok(id == vault.object() && entry.parent == id),
        RecordKind::ResourceGroup | RecordKind::Resource if entry.parent == vault.object() => {
            there(RecordKind::Vault, entry.parent)
        }
        RecordKind::ResourceGroup | RecordKind::Resource => there(RecordKind::ResourceGroup, entry.parent),
        RecordKind::Account => there(RecordKind::Resource, entry.parent),
        RecordKind::Secret | RecordKind::Facts => Ok(entry.parent == id && there(RecordKind::Account, id)?),
        RecordKind::File => Ok(there(RecordKind::Account, entry.parent)? || there(RecordKind::Resource, entry.parent)?),
        RecordKind::Team | RecordKind::Profile | RecordKind::Group => Ok(false),
    }
}
