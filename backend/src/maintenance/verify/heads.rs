//! Heads follow each other from the first to the newest; the newest is signed by someone with the right to it, and its
//! root is that of the entries.

use std::collections::BTreeMap;

use sealward_contract::{
    crypto::Hash,
    ids::VaultId,
    record::{Leaf, LeafKey, SignedHead, Tree, check_head, follow},
};

use super::{each, look, personal, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{CHANGES, ENTRIES, HEADS, HeadRow, RESTS},
};

/// What the rests of a vault's heads come to.
struct Run {
    /// Number of the last one.
    sequence: u64,
    /// Hash of the head that it makes.
    hash: Hash,
    /// Hash of the head that a new epoch named, once the run has come by it.
    named: Option<Hash>,
}

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let runs = run(rows, known, report)?;
    let mut roots = grow(rows, known, report)?;
    let deleted = personal::deleted(rows)?;
    for vault in known.vaults() {
        let Some(row) = look(rows, &HEADS, vault)? else {
            let is_gone = deleted.iter().any(|(_, gone)| gone == vault);
            if !is_gone {
                report.find("heads", &format_args!("vault {vault}"), &"its head is missing");
            }
            continue;
        };
        let root = roots.entry(*vault).or_default().root();
        if let Err(reason) = check_newest(known, vault, &row, runs.get(vault), &root) {
            report.find("heads", &format_args!("vault {vault}, head {}", row.sequence), &reason);
        }
    }
    each(rows, &HEADS, &(), report, |report, vault, _| {
        of_a_vault(known, report, "heads", &vault);
        Ok(())
    })
}

/// Reports what belongs to no vault that a chain names.
fn of_a_vault(known: &Known, report: &mut Report, table: &str, vault: &VaultId) {
    if known.vault(vault).is_none() && !known.is_partial() {
        report.find(table, &format_args!("vault {vault}"), &"of no vault");
    }
}

/// Follows the rests of all heads.
fn run(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<BTreeMap<VaultId, Run>, StoreError> {
    let mut runs: BTreeMap<VaultId, Run> = BTreeMap::new();
    each(rows, &RESTS, &(), report, |report, (vault, sequence), rest| {
        let run = runs.entry(vault).or_insert(Run { sequence: 0, hash: Hash::ZERO, named: None });
        if run.sequence == 0 {
            of_a_vault(known, report, "rests", &vault);
        }
        if run.sequence + 1 != sequence {
            report.find("rests", &format_args!("vault {vault}, head {sequence}"), &"heads before it are missing");
        }
        *run = Run { sequence, hash: follow(&run.hash, &rest), named: run.named };
        let cut = known.vault(&vault).and_then(|(_, vault)| vault.cut()?.head);
        if cut.is_some_and(|named| named.sequence == sequence) {
            run.named = Some(run.hash);
        }
        Ok(())
    })?;
    Ok(runs)
}

/// Grows the tree of every vault from its entries.
fn grow(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<BTreeMap<VaultId, Tree>, StoreError> {
    let mut trees: BTreeMap<VaultId, Tree> = BTreeMap::new();
    each(rows, &ENTRIES, &(), report, |report, (vault, kind, id), entry| {
        if known.vault(&vault).is_none() && !trees.contains_key(&vault) {
            of_a_vault(known, report, "entries", &vault);
        }
        let leaf = Leaf { key: LeafKey { id, kind }, version: entry.version, hash: entry.hash };
        trees.entry(vault).or_default().put(leaf);
        let change = (vault, entry.sequence, kind, id);
        if look(rows, &CHANGES, &change)?.is_none() {
            report.find("changes", &format_args!("vault {vault}, {kind:?} {id}"), &"no head brought it in");
        }
        Ok(())
    })?;
    each(rows, &CHANGES, &(), report, |report, (vault, sequence, kind, id), ()| {
        if look(rows, &ENTRIES, &(vault, kind, id))?.is_none_or(|entry| entry.sequence != sequence) {
            let at = format_args!("vault {vault}, head {sequence}, {kind:?} {id}");
            report.find("changes", &at, &"of no newest version");
        }
        Ok(())
    })?;
    Ok(trees)
}

fn check_newest(known: &Known, vault: &VaultId, row: &HeadRow, run: Option<&Run>, root: &Hash) -> Result<(), String> {
    let Some((state, chain)) = known.vault(vault) else { return Ok(()) };
    let head = SignedHead::parse(&row.head).map_err(|error| error.to_string())?;
    if head.value().sequence != row.sequence || head.value().hash() != row.hash {
        return Err("another head than its row says".to_owned());
    }
    check_head(state, vault, &head).map_err(|refused| refused.to_string())?;
    let run = run.ok_or("its history is missing")?;
    if run.sequence != row.sequence || run.hash != row.hash {
        return Err("its history leads elsewhere".to_owned());
    }
    if let Some(named) = chain.cut().and_then(|cut| cut.head)
        && run.named != Some(named.hash)
    {
        return Err("the head that the newest epoch names is not in its history".to_owned());
    }
    if head.value().rest.root != *root {
        return Err("its root is not that of the entries".to_owned());
    }
    Ok(())
}
