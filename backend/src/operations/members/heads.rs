//! Gives the heads that a statement has to name which takes a member's roles away, or replaces its keys: whoever makes it
//! need have no role in those vaults, or be able to read them.

use std::sync::Arc;

use sealward_contract::{
    operations::{
        members::{HeldHeads, ListHeldHeads},
        sync::VaultHead,
    },
    policy,
    problem::Rejection,
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{StoreError, tables::HEADS},
};

impl Handler for ListHeldHeads {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, member) = (call.caller()?, call.path.member);
        let sees = member == caller.member || policy::manages_people(&caller.state, &caller.member);
        if !sees || caller.state.member(&member).is_none() {
            return Err(Rejection::NotFound.into());
        }
        let heads = app.store.read(|tx| {
            // Chain and heads must be of one moment.
            let state = app.teams.state(tx, &caller.team)?.unwrap_or_else(|| Arc::clone(&caller.state));
            let mut heads = Vec::new();
            for vault in state.standing_vaults(&member) {
                let row = HEADS.get(tx, vault)?.ok_or(StoreError::Damaged { table: "heads" })?;
                heads.push(VaultHead { vault: *vault, head: row.head });
            }
            Ok::<_, StoreError>(heads)
        })?;
        Ok(Reply::Value(HeldHeads { heads }))
    }
}
