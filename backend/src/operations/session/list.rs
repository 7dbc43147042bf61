//! Lists the caller's sessions.

use std::sync::Arc;

use sealward_contract::{
    operations::{
        Page,
        session::{ListSessions, SessionListed},
    },
    problem::Rejection,
};

use super::of_member;
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for ListSessions {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let limit = call.query.limit().ok_or(Rejection::Malformed { at: "limit".into() })?;
        let after = call.query.cursor.as_deref().map(str::parse).transpose();
        let after = after.map_err(|_| Rejection::Malformed { at: "cursor".into() })?;
        let sessions = app.store.read(|tx| of_member(tx, caller.team, caller.member))?;
        let mut items: Vec<SessionListed> = sessions
            .into_iter()
            .filter(|(_, row)| row.expires > call.now && after.is_none_or(|after| row.session > after))
            .map(|(token, row)| {
                let seen = app.presence.last(&token);
                SessionListed {
                    session: row.session,
                    device: row.device,
                    address: seen.map(|seen| seen.from.to_string()).or(row.address),
                    created: row.created,
                    used: seen.map_or(row.used, |seen| seen.at),
                    current: row.session == caller.session,
                }
            })
            .collect();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| last.session.to_string());
        Ok(Reply::Value(Page { items, next }))
    }
}
