//! Gives what is approved ahead: to those whom it is for, and to those who approve.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    ids::{AheadId, ObjectId, VaultId},
    operations::ahead::{AheadItem, AheadListed, ListAhead},
    policy,
    record::{Record, RecordKind},
};

use super::judging::{find, over};
use crate::{
    operations::{Call, Handler, Outcome, Reply, requests::Account},
    server::App,
    store::{
        Order, StoreError,
        tables::{OPEN_AHEAD, RECORDS},
    },
};

impl Handler for ListAhead {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let items = app.store.read(|tx| {
            // Chain and approvals must be of one moment.
            if let Some(state) = app.teams.state(tx, &caller.team)? {
                caller.state = state;
            }
            let state = &caller.state;
            let mut found: Vec<(VaultId, ObjectId, AheadId, bool)> = Vec::new();
            OPEN_AHEAD.scan(tx, &caller.team, Order::Forward, |(_, vault, account, ahead), member| {
                if state.vault_role(&vault, &caller.member).is_some() {
                    found.push((vault, account, ahead, member == caller.member));
                }
                Ok(ControlFlow::Continue(()))
            })?;
            let mut items = Vec::new();
            for (vault, account, ahead, own) in found {
                let looked_at = Account::look(tx, vault, account)?;
                let standing = looked_at.standing(state, &vault, &account);
                let terms = standing.policy.map(|(_, policy)| policy);
                if !own && !policy::may_see_ahead(state, &vault, terms, &caller.member) {
                    continue;
                }
                let Some(known) = find(tx, state, ahead)? else { continue };
                if over(tx, &app.lease_keys, &standing, &known, call.now)?.is_some() {
                    continue;
                }
                let secret = match looked_at.secret {
                    None => None,
                    Some(secret) => RECORDS.get(tx, &(vault, RecordKind::Secret, account, secret.version.0))?,
                };
                let bare = |wire: sealward_contract::bytes::Bytes| {
                    let record = Record::parse_header(&wire).map_err(|_| StoreError::Damaged { table: "records" })?;
                    Ok::<_, StoreError>(record.to_bare_wire())
                };
                items.push(AheadItem {
                    ahead,
                    statements: known.row.statements,
                    secret: secret.map(bare).transpose()?,
                });
            }
            Ok::<_, StoreError>(items)
        })?;
        Ok(Reply::Value(AheadListed { items }))
    }
}
