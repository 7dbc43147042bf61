//! Boundary's accounts: how people sign in. They are the team's members, those that are persons.

mod account;
mod change;
mod errors;
mod fields;
mod filter;
mod ids;
mod list;

use super::{
    exchange::{Answer, Asked, Dialect, Unread},
    kits::Kits,
    reading::{Pairs, Stop},
    shared::Gateway,
};
use crate::{engine::Open, failure::Failure};
use http::{Method, StatusCode};
use serde_json::json;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The dialect.
pub struct Boundary {
    gateway: Arc<Gateway>,
    kits: Arc<Kits>,
}

impl Boundary {
    /// Speaks for whoever's token is sent.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>) -> Self {
        Self { gateway, kits: Arc::default() }
    }
}

impl Dialect for Boundary {
    async fn answer(&self, asked: Asked) -> Answer {
        let Some(token) = asked.bearer().map(|token| Zeroizing::new(token.to_owned())) else {
            return errors::unauthenticated();
        };
        let call = Call { gateway: Arc::clone(&self.gateway), kits: Arc::clone(&self.kits), asked };
        let peer = call.asked.peer;
        let act = async move |session: &Open| act(session, &call).await;
        let answer = self.gateway.with_service(&token, peer, act).await;
        answer.unwrap_or_else(|failure| errors::of_failure(&failure))
    }

    fn refuse(&self, unread: Unread) -> Answer {
        errors::of_unread(unread)
    }
}

/// A call, and what is held for as long as the gateway runs.
struct Call {
    gateway: Arc<Gateway>,
    kits: Arc<Kits>,
    asked: Asked,
}

/// Does what is asked for.
async fn act(session: &Open, call: &Call) -> Result<Answer, Failure> {
    let Call { gateway, kits, asked } = call;
    let segments = asked.segments().unwrap_or_default();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let answer = match segments.as_slice() {
        ["v1", "auth-methods"] if asked.method == Method::GET => {
            let body = json!({ "items": [account::auth_method(&session.team())], "est_item_count": 1 });
            Ok(Answer::json(StatusCode::OK, &body))
        }
        ["v1", "auth-methods", id] if asked.method == Method::GET && *id == ids::of_auth_method(&session.team()) => {
            Ok(Answer::json(StatusCode::OK, &account::auth_method(&session.team())))
        }
        ["v1", "accounts"] => of_all(session, kits, asked).await,
        ["v1", "accounts", one] => match one.split_once(':') {
            None => of_one(session, asked, one).await,
            Some((id, verb)) if asked.method == Method::POST => match verb {
                "set-password" => change::set_password(session, kits, id, &asked.body).await,
                "change-password" => change::change_password(gateway, session, kits, id, &asked.body).await,
                _ => Err(errors::not_found().into()),
            },
            Some(_) => Err(errors::no_method().into()),
        },
        _ => Err(errors::not_found().into()),
    };
    Stop::settle(answer)
}

async fn of_all(session: &Open, kits: &Kits, asked: &Asked) -> Result<Answer, Stop> {
    match asked.method {
        Method::GET => list::answer(session, &Pairs::read(asked.query())),
        Method::POST => change::create(session, kits, &asked.body).await,
        _ => Err(errors::no_method().into()),
    }
}

async fn of_one(session: &Open, asked: &Asked, id: &str) -> Result<Answer, Stop> {
    match asked.method {
        Method::GET => change::show(session, &change::find(session, id)?, None),
        Method::PATCH => change::update(session, id, &asked.body).await,
        Method::DELETE => change::delete(session, id).await,
        _ => Err(errors::no_method().into()),
    }
}
