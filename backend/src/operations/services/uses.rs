//! Says when and from where services were last used.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    operations::services::{ListServiceUses, ServiceUse, ServiceUses},
    policy,
    problem::Rejection,
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{Order, tables::SERVICES},
};

impl Handler for ListServiceUses {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        if !policy::manages_people(&caller.state, &caller.member) {
            return Err(Rejection::NotFound.into());
        }
        let mut uses = Vec::new();
        app.store.read(|tx| {
            SERVICES.scan(tx, &caller.team, Order::Forward, |(_, member), row| {
                uses.push(ServiceUse { member, used: row.used, address: row.address });
                Ok(ControlFlow::Continue(()))
            })
        })?;
        Ok(Reply::Value(ServiceUses { uses }))
    }
}
