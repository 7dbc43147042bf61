//! Webhooks: made, changed, tested and deleted by those who manage people, with a second factor where they have one.

mod change;
mod list;
mod test;

use sealward_contract::{
    audit::{ActKind, AuditedAct},
    limits,
    operations::webhooks::{WebhookError, WebhookTerms},
    policy,
    problem::Rejection,
};

use super::{
    Caller, Refusal,
    audit::{self, Audited},
    factors::{Origin, confirmation},
};
use crate::{
    server::App,
    store::{StoreError, WriteTx},
    webhooks::Target,
};

/// Whether the caller may have it told of these kinds of events, by the newest chain: a right that was lost while this
/// waited is none.
fn check(
    app: &App,
    tx: &WriteTx<'_, '_>,
    (caller, from): (&Caller, Origin),
    kinds: &[ActKind],
) -> Result<(), Refusal<WebhookError>> {
    let state = app.teams.state(tx, &caller.team)?.ok_or(Rejection::NotFound)?;
    let may = policy::may_manage_webhooks(&state, &caller.member);
    if !may || !kinds.iter().all(|kind| policy::may_have_sent(&state, &caller.member, *kind)) {
        return Err(Refusal::Own(WebhookError::Forbidden));
    }
    confirmation::check_fresh(tx, caller, from.now)?;
    Ok(())
}

/// Whether a webhook can be like this. Whether its address may be called is judged each time that it is.
fn check_terms(terms: &WebhookTerms) -> Result<(), Refusal<WebhookError>> {
    let few = !terms.kinds.is_empty() && terms.kinds.len() <= ActKind::ALL.len();
    let fits = few && terms.url.expose().len() <= limits::WEBHOOK_URL && Target::parse(terms.url.expose()).is_some();
    if fits { Ok(()) } else { Err(Refusal::Own(WebhookError::WebhookRefused)) }
}

/// The kinds that somebody wants, each once.
fn wanted(terms: &WebhookTerms) -> Vec<ActKind> {
    ActKind::ALL.into_iter().filter(|kind| terms.kinds.contains(kind)).collect()
}

fn note(tx: &mut WriteTx<'_, '_>, caller: &Caller, from: Origin, what: AuditedAct) -> Result<(), StoreError> {
    let (team, member, address) = (caller.team, Some(caller.member), Some(from.address));
    audit::append(tx, from.now, Audited { team, member, address, what, statement: None })
}
