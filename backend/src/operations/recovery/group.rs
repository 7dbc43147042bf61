//! Sets the recovery group.

use std::sync::Arc;

use sealward_contract::{chain::Body, operations::recovery::SetRecovery};

use super::say;
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for SetRecovery {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let fits = |body: &Body| matches!(body, Body::SetRecovery(_));
        Ok(Reply::Value(say(app, &call, &call.body.statement, fits).await?))
    }
}
