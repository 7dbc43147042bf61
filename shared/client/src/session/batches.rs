//! Many records, parted into transactions.

use crate::vault::Draft;
use sealward_contract::limits;

/// Batches stay well under the limit of a request's body.
const BATCH_BYTES: usize = limits::BATCH_BODY / 2;

/// Whether so many records, with so many bytes to reckon with, may be written in one transaction.
pub(crate) fn is_one_batch(records: usize, bytes: usize) -> bool {
    records <= limits::BATCH_RECORDS && bytes <= BATCH_BYTES
}

/// Drafts in as many batches as it takes, in their order. An account, its secret with all its versions, and its facts are
/// written together.
pub(super) fn in_batches(drafts: Vec<Draft>) -> Vec<Vec<Draft>> {
    let mut together: Vec<Vec<Draft>> = Vec::new();
    for draft in drafts {
        match together.last_mut().filter(|group| group.last().is_some_and(|last| last.key.id == draft.key.id)) {
            Some(group) => group.push(draft),
            None => together.push(vec![draft]),
        }
    }
    let (mut batches, mut bytes): (Vec<Vec<Draft>>, usize) = (Vec::new(), 0);
    for group in together {
        let room: usize = group.iter().map(Draft::room).sum();
        let fits = |batch: &&mut Vec<Draft>| is_one_batch(batch.len() + group.len(), bytes + room);
        match batches.last_mut().filter(fits) {
            Some(batch) => {
                batch.extend(group);
                bytes += room;
            }
            None => {
                batches.push(group);
                bytes = room;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use sealward_contract::{
        ids::{Number, ObjectId},
        record::{LeafKey, RecordKind, RecordState},
    };

    fn account(index: u16) -> [Draft; 3] {
        let [high, low] = index.to_be_bytes();
        let mut id = [0; 16];
        (id[0], id[1]) = (high, low);
        [RecordKind::Account, RecordKind::Secret, RecordKind::Facts].map(|kind| Draft {
            key: LeafKey { id: ObjectId(id), kind },
            parent: ObjectId([9; 16]),
            number: Number(1),
            state: RecordState::Live,
            base: None,
            payload: vec![0; 10].into(),
        })
    }

    #[test]
    fn a_batch_is_never_too_large_and_parts_no_account() {
        let batches = in_batches((0..700).flat_map(account).collect());
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [999, 999, 102]);
        assert!(in_batches(Vec::new()).is_empty());
    }
}
