//! Resumes a suspended member.

use std::sync::Arc;

use sealward_contract::{chain::Body, operations::members::ResumeMember};

use super::change;
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for ResumeMember {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let of = |body: &Body| match body {
            Body::Resume(resume) => Some(resume.member),
            _ => None,
        };
        Ok(Reply::Value(change(app, &call, of, |_, _, _| Ok(())).await?))
    }
}
