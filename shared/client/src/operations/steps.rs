//! A change of many things: steps that are each written whole, as many in one transaction as it takes. A step that
//! cannot be written stops none of the others, and what was written can be taken back whatever became of the rest.

use super::{
    Item,
    undo::{Earlier, Undo},
};
use crate::{
    error::Error,
    session::{Session, VaultDrafts, is_one_batch},
    transport::Transport,
    vault::Draft,
};
use sealward_contract::{ids::VaultId, limits};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is written together, and how it is taken back.
pub(super) struct Step {
    /// What it is about.
    pub(super) of: Item,
    pub(super) drafts: Vec<(VaultId, Draft)>,
    pub(super) earlier: Vec<Earlier>,
}

impl Step {
    /// A step that writes one record.
    pub(super) fn of_one(of: Item, (draft, earlier): (Draft, Earlier)) -> Self {
        Self { of, drafts: vec![(of.vault, draft)], earlier: vec![earlier] }
    }
}

/// What a long change is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Secrets are released, one by one.
    Releasing,
    /// Records are written.
    Writing,
}

/// What becomes of the others when a step cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// They are written.
    Written,
    /// Those of its transaction and of later ones are left too.
    Left,
}

/// What a change of many came to.
#[derive(Default)]
pub struct Report {
    /// How many objects were changed: with an item that is moved or copied, all that is in it.
    pub changed: usize,
    /// How many had nothing to be changed.
    pub same: usize,
    /// What was not changed, and why.
    pub left: Vec<Left>,
    /// Takes back what was changed.
    pub undo: Undo,
}

/// Something that was not changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// What.
    pub item: Item,
    /// Why.
    pub error: Error,
}

impl Report {
    /// The way back, if everything was changed.
    ///
    /// # Errors
    /// Why the first was not.
    pub fn whole(self) -> Result<Undo, Error> {
        self.left.into_iter().next().map_or(Ok(self.undo), |left| Err(left.error))
    }

    /// Notes something that was not changed.
    pub(super) fn leave(&mut self, item: Item, error: Error) {
        self.left.push(Left { item, error });
    }

    /// Takes in what became of further ones.
    pub fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.same += other.same;
        self.left.extend(other.left);
        self.undo.0.extend(other.undo.0);
    }
}

impl<T: Transport> Session<T> {
    /// Writes steps. `progress` is told how many of how many are done.
    pub(super) async fn write_steps(
        &self,
        steps: Vec<Step>,
        others: Others,
        progress: &impl Fn(Doing, usize, usize),
    ) -> Report {
        let all = steps.len();
        let mut report = Report::default();
        let mut parts = part(steps);
        let mut fatal = None;
        while let Some(steps) = parts.pop_front() {
            if let Some(error) = &fatal {
                steps.iter().for_each(|step| report.leave(step.of, Error::clone(error)));
                continue;
            }
            let (writes, kept) = gather(steps);
            match self.write(&writes).await {
                Ok(()) => {
                    report.changed += kept.len();
                    report.undo.0.extend(kept.into_iter().map(|kept| kept.earlier));
                    progress(Doing::Writing, report.changed, all);
                }
                Err(error) => {
                    let mut steps = scatter(writes, kept);
                    if others == Others::Left || is_of_all(&error) {
                        fatal = Some(error.clone());
                    }
                    // One of them cannot be written: halves find it, and write the others.
                    if fatal.is_none() && steps.len() > 1 {
                        let second = steps.split_off(steps.len() / 2);
                        parts.push_front(second);
                        parts.push_front(steps);
                    } else {
                        steps.iter().for_each(|step| report.leave(step.of, error.clone()));
                    }
                }
            }
        }
        report
    }
}

/// Whether whatever is tried next would end the same way.
fn is_of_all(error: &Error) -> bool {
    match error {
        Error::StaleVersion | Error::Gone | Error::NotAllowed | Error::Refused | Error::Unwritable(_) => false,
        Error::Damage(damage) => damage.id.is_none(),
        _ => true,
    }
}

/// Steps as they fit into transactions, in their order.
fn part(steps: Vec<Step>) -> VecDeque<Vec<Step>> {
    let mut parts: VecDeque<Vec<Step>> = VecDeque::new();
    let (mut records, mut bytes, mut vaults) = (0, 0, BTreeSet::new());
    for step in steps {
        let its_bytes: usize = step.drafts.iter().map(|(_, draft)| draft.room()).sum();
        records += step.drafts.len();
        bytes += its_bytes;
        vaults.extend(step.drafts.iter().map(|(vault, _)| *vault));
        let full = !is_one_batch(records, bytes) || vaults.len() > limits::BATCH_VAULTS;
        match parts.back_mut().filter(|_| !full) {
            Some(part) => part.push(step),
            None => {
                records = step.drafts.len();
                bytes = its_bytes;
                vaults = step.drafts.iter().map(|(vault, _)| *vault).collect();
                parts.push_back(vec![step]);
            }
        }
    }
    parts
}

/// A step whose drafts are with those of others.
struct Kept {
    of: Item,
    vaults: Vec<VaultId>,
    earlier: Vec<Earlier>,
}

/// The drafts of all steps by vault.
fn gather(steps: Vec<Step>) -> (Vec<VaultDrafts>, Vec<Kept>) {
    let mut writes: BTreeMap<VaultId, Vec<Draft>> = BTreeMap::new();
    let mut kept = Vec::with_capacity(steps.len());
    for Step { of, drafts, earlier } in steps {
        let mut vaults = Vec::with_capacity(drafts.len());
        for (vault, draft) in drafts {
            writes.entry(vault).or_default().push(draft);
            vaults.push(vault);
        }
        kept.push(Kept { of, vaults, earlier });
    }
    (writes.into_iter().map(|(vault, drafts)| VaultDrafts { vault, drafts }).collect(), kept)
}

/// The steps again.
fn scatter(writes: Vec<VaultDrafts>, kept: Vec<Kept>) -> Vec<Step> {
    let mut writes: BTreeMap<VaultId, _> =
        writes.into_iter().map(|write| (write.vault, write.drafts.into_iter())).collect();
    let step = |Kept { of, vaults, earlier }| Step {
        of,
        drafts: vaults
            .into_iter()
            .filter_map(|vault: VaultId| Some((vault, writes.get_mut(&vault)?.next()?)))
            .collect(),
        earlier,
    };
    kept.into_iter().map(step).collect()
}
