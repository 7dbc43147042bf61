//! Says what server this is and whether a team can be made.

use std::sync::Arc;

use sealward_contract::operations::team::{GetServer, Server, TeamCreation};

use crate::{
    config::{Config, CreateTeam},
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::tables::TEAM_COUNTER,
};

impl Handler for GetServer {
    async fn handle(app: &Arc<App>, _: Call<Self>) -> Outcome<Self> {
        let teams = app.store.read(|tx| TEAM_COUNTER.get(tx, &()))?.unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let keep_personal_days = Some(app.config.keep_personal_days);
        Ok(Reply::Value(Server { version, creation: creation(&app.config, teams), keep_personal_days }))
    }
}

/// Whether and how a team can be made when there are so many.
pub(super) fn creation(config: &Config, teams: u32) -> TeamCreation {
    match config.create_team {
        CreateTeam::Open => TeamCreation::Open,
        CreateTeam::First if teams == 0 && config.needs_setup_code() => TeamCreation::SetupCode,
        CreateTeam::First if teams == 0 => TeamCreation::Open,
        CreateTeam::First | CreateTeam::Closed => TeamCreation::Closed,
    }
}
