//! The audit: its newest events, and the check of its chain.

use super::{Answer, find, members, time};
use crate::{
    engine::Open,
    failure::Failure,
    views::{EventView, VerifiedView},
};
use sealward_contract::{
    limits,
    operations::audit::{EventOrder, EventsQuery},
};
use serde::{Deserialize, Serialize};

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// How many, the newest.
    pub count: usize,
    /// Of what: a vault, or something in one.
    pub of: Option<String>,
}

pub(super) async fn events(session: &Open, wanted: Events) -> Result<Answer, Failure> {
    let of = wanted.of.as_deref().map(|what| find::item(session, what)).transpose()?;
    let page = u32::try_from(wanted.count).unwrap_or(u32::MAX).clamp(1, limits::PAGE);
    let mut query = EventsQuery { order: EventOrder::Newest, limit: Some(page), ..EventsQuery::default() };
    query.vault = of.map(|item| item.vault);
    query.object = of.filter(|item| item.key.id != item.vault.object()).map(|item| item.key.id);
    // Whoever may not read everybody's events is shown their own.
    query.member = (!session.reads_audit()).then(|| session.member());
    let mut shown = Vec::new();
    while shown.len() < wanted.count {
        let page = session.list_events(&query).await?;
        shown.extend(page.events.into_iter().map(|listed| EventView {
            sequence: listed.event.sequence,
            time: time::write(listed.event.time),
            member: listed.event.member.map(|member| members::name(session, member)),
            act: serde_json::to_value(&listed.event.what).unwrap_or_default(),
            verified: listed.basis.is_ok(),
        }));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    shown.truncate(wanted.count);
    Ok(Answer::Events(shown))
}

pub(super) async fn verify(session: &Open) -> Result<Answer, Failure> {
    let checked = session.check_audit(|_, _| {}).await?;
    // Every signature of every entry, and not only of what somebody asks for.
    let mut refused: Vec<String> = session.refused().keys().map(ToString::to_string).collect();
    loop {
        let (damages, more) = session.verify_some(1_000);
        refused.extend(damages.iter().map(|damage| format!("{damage:?}")));
        if !more {
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(Answer::Verified(VerifiedView {
        events: checked.events,
        whole: checked.whole,
        broken: checked.broken.map(|broken| broken.sequence),
        refused,
    }))
}
