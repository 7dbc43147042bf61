//! Releases a file's record to whoever asked for it with a signed statement; the chunks may then be fetched for a while.

use std::sync::Arc;

use sealward_contract::operations::files::ReleaseFile;

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        records::{Asked, release},
    },
    server::App,
};

impl Handler for ReleaseFile {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        release(app, caller, Asked::File, call.path, &call.body, (call.address, call.now)).await.map(Reply::Value)
    }
}
