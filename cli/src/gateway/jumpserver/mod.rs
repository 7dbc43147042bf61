//! JumpServer's accounts: what assets are signed in to with. They are the accounts on the team's resources, which are its
//! assets; vaults and resource groups are its nodes.

mod accounts;
mod catalog;
mod change;
mod errors;
mod filters;
mod input;
mod org;
mod paging;
mod secrets;
mod shapes;

pub use change::PASSPHRASE;
pub use org::NAME as ORGANISATION;
pub use shapes::{read_secret_type, read_time};

use super::{
    exchange::{Answer, Asked, Dialect, Unread},
    reading::{Pairs, Stop},
    shared::{Gateway, find, named::Named, remote::Remote, turns::Turns},
};
use crate::{engine::Open, failure::Failure};
use catalog::Catalog;
use change::Extent;
use http::{Method, StatusCode, header};
use sealward_contract::ids::{ObjectId, VaultId};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The dialect.
pub struct JumpServer {
    gateway: Arc<Gateway>,
}

impl JumpServer {
    /// Speaks for whoever's token is sent.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>) -> Self {
        Self { gateway }
    }
}

impl Dialect for JumpServer {
    async fn answer(&self, asked: Asked) -> Answer {
        let Some(token) = token(&asked) else { return errors::no_credentials() };
        let (peer, needs_mfa) = (asked.peer, self.gateway.secrets_need_mfa());
        let (remote, turns) = (self.gateway.remote(), self.gateway.turns());
        let act = async move |session: &Open| act(session, (&remote, &turns), &asked, needs_mfa).await;
        let answer = self.gateway.with_service(&token, peer, act).await;
        answer.unwrap_or_else(|failure| errors::of_failure(&failure))
    }

    fn refuse(&self, unread: Unread) -> Answer {
        errors::of_unread(unread)
    }
}

/// The token, as a bearer's or as a private one.
fn token(asked: &Asked) -> Option<Zeroizing<String>> {
    let (scheme, token) = asked.header(header::AUTHORIZATION.as_str())?.trim().split_once(' ')?;
    let is_known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
    is_known.then(|| Zeroizing::new(token.trim().to_owned()))
}

/// What changes passwords on assets, and turns at vaults.
type Means<'m> = (&'m Remote, &'m Turns<VaultId>);

/// Does what is asked for.
async fn act(session: &Open, means: Means<'_>, asked: &Asked, needs_mfa: bool) -> Result<Answer, Failure> {
    let query = Pairs::read(asked.query());
    if !org::is_meant(asked, &query, &session.team()) {
        return Ok(errors::not_found());
    }
    let segments = asked.segments().unwrap_or_default();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let answer = match segments.as_slice() {
        ["api", "v1", rest @ ..] => route(session, means, asked, &query, (rest, needs_mfa)).await,
        _ => Err(errors::not_found().into()),
    };
    Stop::settle(answer)
}

async fn route(
    session: &Open,
    means: Means<'_>,
    asked: &Asked,
    query: &Pairs,
    (path, needs_mfa): (&[&str], bool),
) -> Result<Answer, Stop> {
    let method = &asked.method;
    match (path, method) {
        (["accounts", "accounts"], &Method::GET) => accounts::list(session, asked, query).await,
        (["accounts", "accounts"], &Method::POST) => change::create(session, means, &asked.body).await,
        // The product's document has another path for deleting, which leads to the same account.
        (["accounts", "accounts", id] | ["perms", "accounts", "accounts", id], &Method::DELETE) => {
            change::delete(session, id).await
        }
        (["accounts", "accounts", id], &Method::GET) => {
            accounts::shown(session, &accounts::find(session, id)?, StatusCode::OK)
        }
        (["accounts", "accounts", id], &Method::PUT) => {
            change::change(session, means, id, &asked.body, Extent::Whole).await
        }
        // The product's document changes by POST.
        (["accounts", "accounts", id], &Method::PATCH | &Method::POST) => {
            change::change(session, means, id, &asked.body, Extent::Partly).await
        }
        (["accounts", "account-secrets", ..], &Method::GET | &Method::POST) if needs_mfa => {
            Err(errors::mfa_required().into())
        }
        (["accounts", "account-secrets", id], &Method::GET | &Method::POST) => secrets::read(session, id).await,
        (["accounts", "account-secrets", id, "histories"], &Method::GET) => {
            secrets::histories(session, asked, query, id).await
        }
        (["assets", "assets" | "hosts"], &Method::GET) => {
            let catalog = Catalog::read(session);
            let found = filters::resources(&catalog, query);
            Ok(paging::answer(asked, query, &found, |resource| shapes::asset(&catalog, resource)))
        }
        (["assets", "assets" | "hosts", id], &Method::GET) => {
            let resource = find::resource(session, Named::read(id).ok_or_else(errors::not_found)?)?;
            Ok(Answer::json(StatusCode::OK, &shapes::asset(&Catalog::read(session), &resource)))
        }
        (["assets", "nodes"], &Method::GET) => {
            let catalog = Catalog::read(session);
            let mut found = catalog.nodes();
            found.retain(|node| {
                filters::has_words(query, &[&node.name]) && filters::has_id(query, &node.id.to_string())
            });
            Ok(paging::answer(asked, query, &found, |node| shapes::node(&catalog, node)))
        }
        (["assets", "nodes", id], &Method::GET) => {
            let catalog = Catalog::read(session);
            let id = id.to_ascii_lowercase().parse::<ObjectId>().map_err(|_| errors::not_found())?;
            let node = catalog.nodes().into_iter().find(|node| node.id == id).ok_or_else(errors::not_found)?;
            Ok(Answer::json(StatusCode::OK, &shapes::node(&catalog, node)))
        }
        (
            ["accounts", "accounts" | "account-secrets", ..]
            | ["perms", "accounts", "accounts", _]
            | ["assets", "assets" | "hosts" | "nodes", ..],
            method,
        ) if path.len() <= 4 => Err(errors::no_method(method).into()),
        _ => Err(errors::not_found().into()),
    }
}
