//! Gives a challenge, whether anyone has the name or not.

use std::sync::Arc;

use sealward_contract::{
    crypto::Hash,
    operations::session::{Challenge, CreateChallenge},
    problem::Rejection,
};

use super::attempts::Counted;
use crate::{
    http::address::address_group,
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    surroundings::make_bytes,
};

impl Handler for CreateChallenge {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let counted = Counted::new(&call.body.team, &call.body.login_name, call.address);
        let wait = app.store.read(|tx| counted.wait(tx, call.now))?;
        if wait > 0 {
            return Err(Rejection::RateLimited { retry_after: wait }.into());
        }
        let nonce = Hash(make_bytes(app.random.as_ref()));
        app.challenges
            .open(nonce, call.body.team, call.body.login_name, address_group(call.address), call.now)
            .map_err(|retry_after| Rejection::RateLimited { retry_after })?;
        Ok(Reply::Value(Challenge { nonce }))
    }
}
