//! Begins a person's recovery, and takes it back.

use std::sync::Arc;

use sealward_contract::{
    chain::Body,
    operations::recovery::{CancelRecovery, StartRecovery},
};

use super::say;
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for StartRecovery {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let member = call.path.member;
        let fits = |body: &Body| matches!(body, Body::Recover(recover) if recover.member == member);
        Ok(Reply::Value(say(app, &call, &call.body.statement, fits).await?))
    }
}

impl Handler for CancelRecovery {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let member = call.path.member;
        let fits = |body: &Body| matches!(body, Body::CancelRecovery(cancel) if cancel.member == member);
        Ok(Reply::Value(say(app, &call, &call.body.statement, fits).await?))
    }
}
