//! Writes the next version of an account's secret, with its facts.

use std::sync::Arc;

use sealward_contract::operations::records::{PutSecret, SecretWrite, VaultWrite, Written};

use super::{verify::Wanted, write::write};
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for PutSecret {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let SecretWrite { secret, facts, head } = call.body;
        let writes = vec![VaultWrite { vault: call.path.vault, records: vec![secret, facts], head }];
        let only = |written: Vec<Written>| written.first().copied();
        let wanted = Wanted::Secret(call.path.id);
        write(app, &caller, writes, wanted, call.keyed, (call.address, call.now), only).await.map(Reply::Value)
    }
}
