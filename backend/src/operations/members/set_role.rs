//! Changes a member's role in the team.

use std::sync::Arc;

use sealward_contract::{chain::Body, operations::members::SetTeamRole};

use super::change;
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for SetTeamRole {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let of = |body: &Body| match body {
            Body::SetTeamRole(set) => Some(set.member),
            _ => None,
        };
        Ok(Reply::Value(change(app, &call, of, |_, _, _| Ok(())).await?))
    }
}
