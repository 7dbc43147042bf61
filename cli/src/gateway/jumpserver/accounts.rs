//! Accounts shown: one, or as many as a query wants.

use super::{
    catalog::Catalog,
    errors,
    filters::{self, Days},
    paging,
    shapes::{self, About},
};
use crate::{
    engine::Open,
    gateway::{
        exchange::{Answer, Asked},
        reading::{Pairs, Stop},
        shared::{
            find::{self, Account},
            named::Named,
            people,
        },
    },
};
use http::StatusCode;
use sealward_contract::{ids::VaultId, policy, record::Tier};
use serde_json::Value;

/// The account of an id.
pub fn find(session: &Open, id: &str) -> Result<Account, Stop> {
    let named = Named::read(id).ok_or_else(errors::not_found)?;
    Ok(find::account(session, named)?)
}

/// Answers a list.
pub async fn list(session: &Open, asked: &Asked, query: &Pairs) -> Result<Answer, Stop> {
    let days = if filters::asks_days(query) { days(session).await? } else { Days::new() };
    let catalog = Catalog::read(session);
    let found = filters::accounts(&catalog, query, &days, session.surroundings().now());
    Ok(paging::answer(asked, query, &found, |(account, resource)| {
        shapes::account(&catalog.about(account), account, resource)
    }))
}

/// By the facts of secrets, none of which is opened for it.
async fn days(session: &Open) -> Result<Days, Stop> {
    let may_know = |vault: &VaultId| session.role(vault).is_some_and(|role| policy::may_read_facts(role, Tier::Open));
    let vaults: Vec<VaultId> = session.vaults().keys().copied().filter(may_know).collect();
    let mut days = Days::new();
    for vault in vaults {
        let (facts, _) = session.fetch_facts(vault).await?;
        days.extend(facts.into_iter().map(|(account, facts)| ((vault, account), facts.changed)));
    }
    Ok(days)
}

/// Shows an account.
pub fn shown(session: &Open, account: &Account, status: StatusCode) -> Result<Answer, Stop> {
    Ok(Answer::json(status, &shape(session, account)?))
}

/// An account's shape.
pub fn shape(session: &Open, account: &Account) -> Result<Value, Stop> {
    let resource = find::resource_of(session, account)?;
    let about = About {
        team: session.team().to_string(),
        team_name: session.directory().team_name().to_owned(),
        has_secret: session.has_secret(&account.vault, &account.id),
        author: people::name_of(session, &account.author),
    };
    Ok(shapes::account(&about, account, &resource))
}
