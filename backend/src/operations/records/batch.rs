//! Writes many records in one transaction. Every rule of a single write holds for each of them.

use std::{collections::BTreeSet, sync::Arc};

use sealward_contract::{
    limits,
    operations::records::{BatchWritten, WriteBatch},
    problem::Rejection,
};

use super::{verify::Wanted, write::write};
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for WriteBatch {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let writes = call.body.writes;
        let vaults: BTreeSet<_> = writes.iter().map(|write| write.vault).collect();
        if writes.is_empty() || vaults.len() != writes.len() {
            return Err(Rejection::Malformed { at: "writes".into() }.into());
        }
        if writes.len() > limits::BATCH_VAULTS {
            return Err(Rejection::TooLarge { limit: limits::BATCH_VAULTS as u64 }.into());
        }
        if writes.iter().map(|write| write.records.len()).sum::<usize>() > limits::BATCH_RECORDS {
            return Err(Rejection::TooLarge { limit: limits::BATCH_RECORDS as u64 }.into());
        }
        let all = |written| Some(BatchWritten { written });
        let source = (call.address, call.now);
        write(app, &caller, writes, Wanted::Any, call.keyed, source, all).await.map(Reply::Value)
    }
}
