//! Rancher's accounts: whoever owns things. They are the team's members, persons and services.

mod account;
mod change;
mod collection;
mod errors;
mod filters;
mod place;
mod schemas;

use super::{
    exchange::{Answer, Asked, Dialect, Unread},
    members,
    reading::{Pairs, Stop},
    shared::Gateway,
};
use crate::{engine::Open, failure::Failure};
use base64ct::{Base64, Encoding};
use http::{HeaderName, Method, StatusCode, header};
use place::{Base, project_of};
use serde_json::{Value, json};
use std::sync::Arc;
use zeroize::Zeroizing;

const SCHEMAS: HeaderName = HeaderName::from_static("x-api-schemas");

/// The dialect.
pub struct Rancher {
    gateway: Arc<Gateway>,
}

impl Rancher {
    /// Speaks for whoever's token is sent.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>) -> Self {
        Self { gateway }
    }
}

impl Dialect for Rancher {
    async fn answer(&self, asked: Asked) -> Answer {
        let Some((access, token)) = keys(&asked) else { return errors::unauthorized() };
        let peer = asked.peer;
        let act = async move |session: &Open| act(session, &asked, &access).await;
        let answer = self.gateway.with_service(&token, peer, act).await;
        answer.unwrap_or_else(|failure| errors::of_failure(&failure))
    }

    fn refuse(&self, unread: Unread) -> Answer {
        errors::of_unread(unread)
    }
}

/// Access key and secret key.
fn keys(asked: &Asked) -> Option<(String, Zeroizing<String>)> {
    let (scheme, encoded) = asked.header(header::AUTHORIZATION.as_str())?.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(Base64::decode_vec(encoded.trim()).ok()?);
    let (access, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((access.to_owned(), Zeroizing::new(secret.to_owned())))
}

/// Does what is asked for.
async fn act(session: &Open, asked: &Asked, access: &str) -> Result<Answer, Failure> {
    // The secret key alone says who it is; another's access key is a mistake of whoever wrote it down.
    let own = session.find_member(&session.member()).map(|listed| listed.number.0.to_string());
    if own.as_deref() != Some(access) {
        return Ok(errors::unauthorized());
    }
    let segments = asked.segments().unwrap_or_default();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match Base::read(asked, &segments, &session.team()) {
        None => Ok(errors::not_found()),
        Some((base, path)) => {
            let answer = Stop::settle(route(session, asked, &base, path).await)?;
            Ok(answer.with(SCHEMAS, &base.of("schemas")))
        }
    }
}

async fn route(session: &Open, asked: &Asked, base: &Base, path: &[&str]) -> Result<Answer, Stop> {
    let query = Pairs::read(asked.query());
    match (path, &asked.method) {
        ([], &Method::GET) => Ok(Answer::json(StatusCode::OK, &index(base))),
        (["schemas"], &Method::GET) => Ok(schemas::list(base, &query)),
        (["schemas", id], &Method::GET) => Ok(schemas::one(base, id).ok_or_else(errors::not_found)?),
        (["projects"], &Method::GET) => {
            Ok(collection::answer(base, &schemas::PROJECTS, &query, vec![project(session, base)]))
        }
        (["projects", id], &Method::GET) if id.eq_ignore_ascii_case(&project_of(&session.team())) => {
            Ok(Answer::json(StatusCode::OK, &project(session, base)))
        }
        (["accounts"], &Method::GET) => {
            let items = members::list(session).iter().map(|person| account::shown(base, person)).collect();
            Ok(collection::answer(base, &schemas::ACCOUNTS, &query, items))
        }
        (["accounts"], &Method::POST) => change::create(session, base, &asked.body).await,
        (["accounts", id], &Method::GET) => change::show(session, base, &change::find(session, id)?, StatusCode::OK),
        (["accounts", id], &Method::PUT) => change::update(session, base, id, &asked.body).await,
        (["accounts", id], &Method::DELETE) => change::remove(session, base, id).await,
        (["accounts", id], &Method::POST) => match query.filled("action") {
            Some(action) => change::act(session, base, id, action, &asked.body).await,
            None => Err(errors::no_method().into()),
        },
        ([] | ["schemas" | "accounts"] | ["schemas" | "accounts", _] | ["projects"], _) => {
            Err(errors::no_method().into())
        }
        _ => Err(errors::not_found().into()),
    }
}

fn index(base: &Base) -> Value {
    json!({
        "id": "v1",
        "type": "apiVersion",
        "links": {
            "self": base.of(""),
            "accounts": base.of("accounts"),
            "projects": base.above("projects"),
            "schemas": base.of("schemas"),
        },
        "actions": {},
    })
}

fn project(session: &Open, base: &Base) -> Value {
    let team = session.team();
    let id = project_of(&team);
    let own = base.above(&format!("projects/{id}"));
    json!({
        "id": id,
        "type": "project",
        "baseType": "account",
        "links": { "self": own, "accounts": format!("{own}/accounts"), "schemas": format!("{own}/schemas") },
        "actions": {},
        "name": session.directory().team_name(),
        "kind": "project",
        "state": "active",
        "uuid": team.to_string(),
        "removed": null,
        "transitioning": "no",
    })
}
