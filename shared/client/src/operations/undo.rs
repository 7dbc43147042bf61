//! Taking a change back: the records it touched are written as they were before, if nobody has written them since.

use super::{
    Item,
    steps::{Doing, Others, Report, Step},
};
use crate::{
    error::Error,
    session::Session,
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, Version},
    record::RecordState,
};

/// How a record was before a change.
#[derive(Clone)]
pub(super) struct Earlier {
    pub(super) item: Item,
    pub(super) number: Number,
    /// The version that the change wrote; the change is taken back only while it is the newest.
    pub(super) written: Version,
    pub(super) parent: ObjectId,
    pub(super) state: RecordState,
    pub(super) details: Details,
}

/// A change that can be taken back, step by step: what belongs to one step comes back together. It holds names, no
/// secret.
#[derive(Default)]
pub struct Undo(pub(super) Vec<Vec<Earlier>>);

impl Undo {
    /// Of a single record.
    pub(super) fn of(earlier: Earlier) -> Self {
        Self(vec![vec![earlier]])
    }

    /// Whether there is nothing to take back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Transport> Session<T> {
    /// Takes a change back, transaction by transaction. When something was written since, its transaction and the later
    /// ones stay undone and stay in `undo`, as when the server cannot be reached: they can be tried again. `progress` is
    /// told how many of how many steps are done.
    ///
    /// # Errors
    /// Why the first step that is left was not taken back.
    pub async fn undo(&self, undo: &mut Undo, progress: impl Fn(Doing, usize, usize)) -> Result<(), Error> {
        let mut steps = Vec::with_capacity(undo.0.len());
        for earlier in &undo.0 {
            let Some(of) = earlier.first().map(|earlier| earlier.item) else { continue };
            let draft = |earlier: &Earlier| {
                let draft = Draft {
                    key: earlier.item.key,
                    parent: earlier.parent,
                    number: earlier.number,
                    state: earlier.state,
                    base: Some(earlier.written),
                    payload: earlier.details.to_bytes()?,
                };
                Ok((earlier.item.vault, draft))
            };
            let drafts = earlier.iter().map(draft).collect::<Result<_, Error>>()?;
            steps.push(Step { of, drafts, earlier: earlier.clone() });
        }
        let Report { left, .. } = self.write_steps(steps, Others::Left, &progress).await;
        undo.0.retain(|step| {
            let of = step.first().map(|earlier| earlier.item);
            left.iter().any(|left| Some(left.item) == of)
        });
        left.into_iter().next().map_or(Ok(()), |left| Err(left.error))
    }
}
