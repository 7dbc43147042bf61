//! Schema versions of the data file, and the way from each to the next. A file of an earlier schema is brought up step
//! by step when it is opened, all steps in one transaction: it is then of this schema, or as it was. A file of a later
//! one is refused.
//!
//! To change the schema: add a file with a function over a transaction, append it to [`STEPS`], keep a data file of the
//! release before under `tests/fixtures/data`, and say in `docs/operations.md` what it means to operators.

mod history;

use super::{
    engine::Engine,
    error::{OpenError, StoreError},
    table::Table,
    tables::{SCHEMA_HISTORY, SchemaRow},
    transaction::{Rows, WriteTx, settle},
};

/// Where the schema's number stands. Tag 0 belongs to no table.
pub(super) const SCHEMA_KEY: &[u8] = b"\0format";

type Step = fn(&mut WriteTx<'_, '_>) -> Result<(), StoreError>;

/// The steps, the first of which leads from schema 1 to schema 2.
const STEPS: &[Step] = &[history::begin];

/// The schema that this release reads and writes.
pub(super) const SCHEMA: u32 = 1 + STEPS.len() as u32;

/// Brings the data to this release's schema.
///
/// # Errors
/// It is of a later one, or the engine failed.
pub(super) fn run(engine: &Engine) -> Result<(), OpenError> {
    let commit = engine.begin()?;
    let changes = {
        let base = engine.table(&commit)?;
        let mut tx = WriteTx { base: &base, overlay: Default::default() };
        let found = match tx.get(SCHEMA_KEY)? {
            Some(bytes) => {
                Some(u32::from_be_bytes(bytes.try_into().map_err(|_| StoreError::Damaged { table: "schema" })?))
            }
            None if is_empty(&tx)? => None,
            None => return Err(StoreError::Damaged { table: "schema" }.into()),
        };
        if let Some(found) = found.filter(|found| *found > SCHEMA) {
            return Err(OpenError::Newer { found, known: SCHEMA });
        }
        if found != Some(SCHEMA) {
            bring(&mut tx, found)?;
        }
        tx.overlay
    };
    if changes.is_empty() {
        commit.abort().map_err(StoreError::from)?;
        return Ok(());
    }
    settle(&mut engine.table(&commit)?, changes)?;
    Ok(commit.commit().map_err(StoreError::from)?)
}

/// From the schema found, or from nothing, to this release's.
fn bring(tx: &mut WriteTx<'_, '_>, found: Option<u32>) -> Result<(), StoreError> {
    if let Some(found) = found {
        for (step, to) in STEPS.iter().zip(2..).filter(|(_, to)| *to > found) {
            step(tx)?;
            tracing::info!(schema = to, "the data file was brought to a later schema");
        }
    }
    let row = SchemaRow { release: env!("CARGO_PKG_VERSION").to_owned() };
    SCHEMA_HISTORY.put(tx, &SCHEMA, &row)?;
    tx.put(SCHEMA_KEY.to_vec(), SCHEMA.to_be_bytes().to_vec());
    Ok(())
}

fn is_empty(rows: &impl Rows) -> Result<bool, StoreError> {
    let mut empty = true;
    let all = super::transaction::KeyRange { start: Vec::new(), end: None };
    rows.scan(&all, super::transaction::Order::Forward, &mut |_, _| {
        empty = false;
        Ok(std::ops::ControlFlow::Break(()))
    })?;
    Ok(empty)
}

/// The schema of the data, and the release that first wrote it, oldest first.
///
/// # Errors
/// The engine failed.
pub(super) fn history(rows: &impl Rows) -> Result<Vec<(u32, String)>, StoreError> {
    let table: &Table<u32, SchemaRow> = &SCHEMA_HISTORY;
    let mut found = Vec::new();
    table.scan(rows, &(), super::transaction::Order::Forward, |schema, row| {
        found.push((schema, row.release));
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(found)
}
