//! Says who has which secrets, who waits for them, and which are to be changed: to everyone who sees the accounts.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    ids::{ObjectId, VaultId},
    operations::requests::{AccountUse, Holder, ListUses, UsesListed},
    policy,
    record::RecordKind,
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{
        Order, StoreError,
        tables::{CHANGES_DUE, ENTRIES, LEASES, OPEN_REQUESTS},
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
                let holds = policy::may_request(state, &vault, &lease.member) && app.lease_keys.has(lease.hour);
                if lease.until > now && holds && sees(&vault) {
                    let (member, since, until) = (lease.member, lease.since, lease.until);
                    holders.entry((vault, account)).or_default().push(Holder { member, request, since, until });
                }
                Ok(ControlFlow::Continue(()))
            })?;
            let mut waiting: BTreeMap<(VaultId, ObjectId), u32> = BTreeMap::new();
            OPEN_REQUESTS.scan(tx, &caller.team, Order::Forward, |(_, vault, account, _, request), _| {
                let held = holders.get(&(vault, account)).into_iter().flatten();
                let leased = held.into_iter().any(|holder| holder.request == request);
                if sees(&vault) && !leased {
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
                let newest = ENTRIES.get(tx, &(vault, RecordKind::Secret, account))?;
                if newest.is_some_and(|newest| newest.version == version) {
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
