//! Idempotency-Key: the answer to a create is stored in the transaction that creates, and given again to whoever asks
//! the same with the same key.

use sealward_contract::{bytes::Bytes, crypto::Hash, ids::Timestamp, limits, problem::Rejection};
use serde::{Serialize, de::DeserializeOwned};

use super::call::Refusal;
use crate::{
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{ANSWERS, AnswerRow},
    },
};

/// An Idempotency-Key in its place.
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    /// Hash of caller, operation and key.
    pub key: Hash,
    /// Hash of the request.
    pub request: Hash,
}

impl Keyed {
    /// The stored answer, if there is one.
    ///
    /// # Errors
    /// The key was used for another request, or the store failed.
    pub fn answer<T: DeserializeOwned, E>(&self, rows: &impl Rows, now: Timestamp) -> Result<Option<T>, Refusal<E>> {
        let Some(row) = ANSWERS.get(rows, &self.key)?.filter(|row| row.until > now) else { return Ok(None) };
        if row.request != self.request {
            return Err(Rejection::IdempotencyKeyReused.into());
        }
        let answer = serde_json::from_slice(&row.answer).map_err(|_| StoreError::Damaged { table: "answers" })?;
        Ok(Some(answer))
    }

    fn store<T: Serialize>(&self, tx: &mut WriteTx<'_, '_>, answer: &T, now: Timestamp) -> Result<(), StoreError> {
        let answer = serde_json::to_vec(answer).map_err(|_| StoreError::Damaged { table: "answers" })?;
        let row = AnswerRow {
            request: self.request,
            answer: Bytes(answer),
            until: now.plus_millis(limits::IDEMPOTENCY_KEPT),
        };
        ANSWERS.put(tx, &self.key, &row)
    }
}

impl App {
    /// Runs an operation in the writer; under an Idempotency-Key its answer is stored with what it did.
    ///
    /// # Errors
    /// What `run` returns, or why the store could not take it.
    pub async fn write<T, E>(
        &self,
        keyed: Option<Keyed>,
        now: Timestamp,
        run: impl FnOnce(&mut WriteTx<'_, '_>) -> Result<T, Refusal<E>> + Send + 'static,
    ) -> Result<T, Refusal<E>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: Send + 'static,
    {
        self.store
            .write(move |tx| {
                let Some(keyed) = keyed else { return run(tx) };
                if let Some(answer) = keyed.answer(tx, now)? {
                    return Ok(answer);
                }
                let answer = run(tx)?;
                keyed.store(tx, &answer, now)?;
                Ok(answer)
            })
            .await
    }
}
