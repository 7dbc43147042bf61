//! Gives a service other terms. Its sessions end: it signs in again where, and as long as, they allow it.

use std::sync::Arc;

use sealward_contract::{chain::Body, operations::services::SetService};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        members::{change_and_end, end_sessions},
    },
    server::App,
};

impl Handler for SetService {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let of = |body: &Body| match body {
            Body::SetService(set) => Some(set.member),
            _ => None,
        };
        Ok(Reply::Value(change_and_end(app, &call, of, end_sessions).await?))
    }
}
