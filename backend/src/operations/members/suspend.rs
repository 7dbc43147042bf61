//! Suspends a member.

use std::sync::Arc;

use sealward_contract::{chain::Body, operations::members::SuspendMember};

use super::{change_and_end, end_sessions};
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for SuspendMember {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let of = |body: &Body| match body {
            Body::Suspend(suspend) => Some(suspend.member),
            _ => None,
        };
        Ok(Reply::Value(change_and_end(app, &call, of, end_sessions).await?))
    }
}
