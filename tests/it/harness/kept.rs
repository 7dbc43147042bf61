//! What a device keeps of the catalog, in memory instead of a browser's store.

use super::InProcess;
use sealward_client::{
    error::Error,
    session::{ChunkName, KnownFacts, Session, Unkeepable},
};
use sealward_contract::ids::VaultId;
use std::collections::{BTreeMap, BTreeSet};

/// A manifest and its chunks, as they would lie on a disk.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kept {
    pub manifest: Option<Vec<u8>>,
    pub chunks: BTreeMap<ChunkName, Vec<u8>>,
}

impl Kept {
    /// Writes down what a session knows; says how many chunks were made for it.
    pub fn save(&mut self, session: &Session<InProcess>) -> usize {
        self.save_with(session, &|_, _| None)
    }

    /// The same with facts.
    pub fn save_with(&mut self, session: &Session<InProcess>, facts: KnownFacts<'_>) -> usize {
        let mut without: BTreeSet<VaultId> = BTreeSet::new();
        loop {
            let plan = session.plan_cache(self.manifest.as_deref(), &without, facts).unwrap();
            if !plan.is_needed() {
                return 0;
            }
            let mut made = Vec::new();
            let mut damaged = None;
            for name in plan.missing() {
                match session.make_chunk(&plan, name, facts) {
                    Ok(sealing) => made.push((*name, sealing.finish().unwrap().to_wire().0)),
                    Err(Unkeepable::Damaged(_)) => damaged = Some(name.vault),
                    Err(Unkeepable::Changed) => panic!("nothing changes meanwhile"),
                }
            }
            if let Some(vault) = damaged {
                without.insert(vault);
                continue;
            }
            self.manifest = Some(session.seal_manifest(&plan).unwrap());
            let there: BTreeSet<ChunkName> = plan.chunks().collect();
            let count = made.len();
            self.chunks.extend(made);
            self.chunks.retain(|name, _| there.contains(name));
            assert_eq!(self.chunks.len(), there.len());
            return count;
        }
    }

    /// Opens it; the vaults that are shown afterwards.
    pub fn restore(&self, session: &Session<InProcess>) -> Result<Vec<VaultId>, Error> {
        let mut restoring = session.begin_restoring(self.manifest.as_deref().unwrap())?;
        let wanted: Vec<ChunkName> = restoring.wanted().collect();
        let mut shown = Vec::new();
        for name in wanted {
            let opened = self.chunks.get(&name).and_then(|bytes| session.begin_chunk(&restoring, &name, bytes));
            let Some(chunk) = opened.and_then(|opening| opening.finish().ok()) else { continue };
            if session.take_chunk(&mut restoring, &name, &chunk).is_ok_and(|whole| whole) {
                shown.push(name.vault);
            }
        }
        Ok(shown)
    }
}
