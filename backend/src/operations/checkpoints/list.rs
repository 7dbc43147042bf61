//! Gives the newest checkpoints of the members who may act.

use std::{cmp::Reverse, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    checkpoint::SignedCheckpoint,
    limits,
    operations::checkpoints::{Checkpoints, ListCheckpoints},
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{Order, tables::CHECKPOINTS},
};

impl Handler for ListCheckpoints {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let mut found = Vec::new();
        app.store.read(|tx| {
            CHECKPOINTS.scan(tx, &caller.team, Order::Forward, |(_, member), wire| {
                let time = SignedCheckpoint::parse(&wire).ok().map(|signed| signed.value().time);
                if let Some(time) = time.filter(|_| caller.state.role(&member).is_some()) {
                    found.push((time, wire));
                }
                Ok(ControlFlow::Continue(()))
            })
        })?;
        found.sort_by_key(|(time, _)| Reverse(*time));
        let newest = found.into_iter().take(limits::CHECKPOINTS).map(|(_, wire)| wire);
        Ok(Reply::Value(Checkpoints { checkpoints: newest.collect() }))
    }
}
