//! Says who has which secrets, who waits for them, and which are to be changed: to everyone who sees the accounts.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    ids::{ObjectId, VaultId},
    operations::requests::{AccountUse, Holder, ListUses, UsesListed},
    policy,
};

use super::judging::{Account, lasts};
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{
        Order, StoreError,
        tables::{CHANGES_DUE, LEASES, OPEN_REQUESTS},
    },
};

impl Handler for ListUses {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?, call.now);
        let state = &caller.state;
        let sees = |vault: &VaultId| state.vault_role(vault, &caller.member).is_some_and(policy::may_see_uses);
        let uses = app.store.read(|tx| {
            let mut holders: BTreeMap<(VaultId, ObjectId), Vec<Holder>> = BTreeMap::new();
            LEASES.scan(tx, &caller.team, Order::Forward, |(_, vault, account, request), lease| {
                let holds = policy::may_request(state, &vault, &lease.member) && lasts(&lease, &app.lease_keys, now);
                if holds && sees(&vault) {
                    let (member, since, until) = (lease.member, lease.since, lease.until);
                    holders.entry((vault, account)).or_default().push(Holder { member, request, since, until });
                }
                Ok(ControlFlow::Continue(()))
            })?;
            let mut waiting: BTreeMap<(VaultId, ObjectId), u32> = BTreeMap::new();
            OPEN_REQUESTS.scan(tx, &caller.team, Order::Forward, |(_, vault, account, ..), member| {
                // Whoever has it waits for nothing, also where they ask for more time.
                let mut held = holders.get(&(vault, account)).into_iter().flatten();
                if sees(&vault) && !held.any(|holder| holder.member == member) {
                    *waiting.entry((vault, account)).or_default() += 1;
                }
                Ok(ControlFlow::Continue(()))
            })?;
            let mut due = BTreeMap::new();
            CHANGES_DUE.scan(tx, &caller.team, Order::Forward, |(_, vault, account), version| {
                if sees(&vault) {
                    due.insert((vault, account), version);
                }
                Ok(ControlFlow::Continue(()))
            })?;
            let mut still_due = BTreeMap::new();
            for ((vault, account), version) in due {
                // Not of what was deleted or moved away.
                if Account::look(tx, vault, account)?.secret.is_some_and(|secret| secret.version == version) {
                    still_due.insert((vault, account), version);
                }
            }
            let places = holders.keys().chain(waiting.keys()).chain(still_due.keys()).copied();
            let places: std::collections::BTreeSet<_> = places.collect();
            let mut uses = Vec::new();
            for place in places {
                let (vault, account) = place;
                let (waiting, change_due) = (waiting.get(&place).copied().unwrap_or(0), still_due.get(&place).copied());
                let held: Vec<Option<Holder>> = match holders.get(&place) {
                    None => vec![None],
                    Some(held) => held.iter().copied().map(Some).collect(),
                };
                let each = held.into_iter().map(|holder| AccountUse { vault, account, holder, waiting, change_due });
                uses.extend(each);
            }
            Ok::<_, StoreError>(uses)
        })?;
        Ok(Reply::Value(UsesListed { uses }))
    }
}
