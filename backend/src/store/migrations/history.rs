//! From 1 to 2: files, trash, exports and the history of schemas get their tables. Their rows come with use; what a file
//! of schema 1 gets is the first row of its history, so that it can be told where it comes from.

use crate::store::{
    error::StoreError,
    tables::{SCHEMA_HISTORY, SchemaRow},
    transaction::WriteTx,
};

/// Begins the history.
pub(super) fn begin(tx: &mut WriteTx<'_, '_>) -> Result<(), StoreError> {
    SCHEMA_HISTORY.put(tx, &1, &SchemaRow { release: "0.1.0".to_owned() })
}
