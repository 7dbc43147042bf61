//! What there is: the caller's factors, and who has any.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    operations::{
        Empty,
        factors::{DismissFactorNotice, FactorHolders, FactorsListed, FactorsTaken, ListFactorHolders, ListFactors},
    },
    policy,
    problem::{Never, Rejection},
};

use super::{confirmation, held, passkeys};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Order, StoreError,
        tables::{CODE_FACTORS, FACTORS_TAKEN, PASSKEYS, RECOVERY_CODES},
    },
};

impl Handler for ListFactors {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let place = (caller.team, caller.member);
        let listed = app.store.read(|tx| {
            Ok::<_, StoreError>(FactorsListed {
                held: held(tx, caller.team, caller.member)?,
                codes_since: CODE_FACTORS.get(tx, &place)?.and_then(|row| row.since),
                passkeys: passkeys::of_member(tx, place.0, place.1)?.into_iter().map(passkeys::listed).collect(),
                recovery_made: RECOVERY_CODES.get(tx, &place)?.map(|row| row.made),
                confirmed_until: confirmation::until(tx, caller, call.now)?,
                taken_away: FACTORS_TAKEN.get(tx, &place)?.map(|row| FactorsTaken { by: row.by, at: row.at }),
            })
        });
        Ok(Reply::Value(listed?))
    }
}

impl Handler for DismissFactorNotice {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let place = (caller.team, caller.member);
        app.store
            .write(move |tx| {
                FACTORS_TAKEN.delete(tx, &place);
                Ok::<_, Refusal<Never>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}

impl Handler for ListFactorHolders {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        if !policy::manages_people(&caller.state, &caller.member) {
            return Err(Rejection::NotFound.into());
        }
        let mut members = Vec::new();
        app.store.read(|tx| {
            CODE_FACTORS.scan(tx, &caller.team, Order::Forward, |(_, member), row| {
                if row.since.is_some() {
                    members.push(member);
                }
                Ok(ControlFlow::Continue(()))
            })?;
            PASSKEYS.scan(tx, &caller.team, Order::Forward, |(_, member, _), _| {
                members.push(member);
                Ok(ControlFlow::Continue(()))
            })
        })?;
        members.sort_unstable();
        members.dedup();
        Ok(Reply::Value(FactorHolders { members }))
    }
}
