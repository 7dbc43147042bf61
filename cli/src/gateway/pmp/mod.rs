//! Password Manager Pro's dialect: its paths, its INPUT_DATA, its envelope.

mod accounts;
mod answers;
mod input;
mod kinds;
mod lenient;
mod passwords;
mod requests;
mod resources;
mod route;
pub(crate) mod shapes;
mod users;

use super::{
    exchange::{Answer, Asked, Dialect, Unread},
    listen::status_of,
    shared::{Gateway, named::Named, remote::Remote, turns::Turns},
};
use crate::{engine::Open, failure::Failure};
use answers::{Fault, failed, is_of_token};
use http::Method;
use input::{Given, Input, Unusable};
use route::{Call, NoCall};
use sealward_client::error::{Error, TokenFault};
use sealward_contract::ids::VaultId;
use serde::de::DeserializeOwned;
use shapes::AUTHENTICATION;
use std::sync::Arc;

/// The dialect.
pub struct Pmp {
    gateway: Arc<Gateway>,
}

impl Pmp {
    /// Over a gateway.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>) -> Self {
        Self { gateway }
    }
}

impl Dialect for Pmp {
    async fn answer(&self, asked: Asked) -> Answer {
        let (query, body) = (Given::read(asked.query()), Given::read_body(&asked.body));
        // A change that cannot be read must not be taken for the POST that deletes.
        let says_more = query.has_input() || body.says_more(&asked.body);
        let given = query.or(body);
        // As a GET: the body of its answer is left out where it is sent.
        let method = if asked.method == Method::HEAD { Method::GET } else { asked.method.clone() };
        let call = match asked.segments().ok_or(NoCall::Path) {
            Ok(segments) => route::read(&method, &segments, says_more),
            Err(no_call) => Err(no_call),
        };
        let call = match call {
            Ok(call) => call,
            Err(no_call) => return failed("REST API", explain(no_call)),
        };
        let in_header = || input::TOKENS.into_iter().find_map(|name| asked.header(name));
        let token = given.token.as_ref().map(|token| token.as_str()).or_else(in_header).unwrap_or_default().to_owned();
        let token = zeroize::Zeroizing::new(token);
        let name = call.name();
        if token.is_empty() {
            let failure = Failure::Credential(Error::Token(TokenFault::Foreign));
            return failed(AUTHENTICATION, &Fault::Failure(failure).message());
        }
        let (remote, turns) = (self.gateway.remote(), self.gateway.turns());
        let answered = self
            .gateway
            .with_service(&token, asked.peer, async move |session: &Open| {
                match act(session, (&remote, &turns), call, given).await {
                    // The engine has to know where it is the session that ended.
                    Err(Fault::Failure(failure)) => Err(failure),
                    answer => Ok(answer),
                }
            })
            .await;
        match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(fault)) => failed(name, &fault.message()),
            Err(failure) => {
                let name = if is_of_token(&failure) { AUTHENTICATION } else { name };
                failed(name, &Fault::Failure(failure).message())
            }
        }
    }

    fn refuse(&self, unread: Unread) -> Answer {
        let words = match unread {
            Unread::TooLarge => "The request is too large",
            Unread::Broken => "The request cannot be read",
        };
        Answer { status: status_of(unread), ..failed("REST API", words) }
    }
}

const fn explain(no_call: NoCall) -> &'static str {
    match no_call {
        NoCall::Path => "The URL is none of the REST API",
        NoCall::Method => "The URL does not take this HTTP method",
        NoCall::Id => "An ID in the URL is none",
    }
}

async fn act(
    session: &Open,
    (remote, turns): (&Remote, &Turns<VaultId>),
    call: Call,
    given: Given,
) -> Result<Answer, Fault> {
    let name = call.name();
    match call {
        Call::ListResources => Ok(resources::list(session, name)),
        Call::CreateResource => resources::create(session, turns, name, must(&given)?).await,
        Call::EditResource(resource) => resources::edit(session, turns, name, resource, must(&given)?).await,
        Call::DeleteResource(resource) => resources::delete(session, name, resource).await,
        Call::ListAccounts(resource) => accounts::list(session, name, resource).await,
        Call::CreateAccounts(resource) => accounts::create(session, turns, name, resource, must(&given)?).await,
        Call::GetAccount(resource, account) => accounts::get(session, name, (resource, account)).await,
        Call::EditAccount(resource, account) => {
            accounts::edit(session, turns, name, (resource, account), must(&given)?).await
        }
        Call::GetPassword(resource, account) => passwords::get(session, name, (resource, account), &may(&given)?).await,
        Call::ChangePassword(resource, account) => {
            passwords::change(session, (remote, turns), name, (resource, account), must(&given)?).await
        }
        Call::DownloadFile(resource, account) => passwords::download(session, (resource, account), &may(&given)?).await,
        Call::FindResource(resource) => resources::find_resource(session, name, &resource),
        Call::FindAccount(resource, account) => resources::find_account(session, name, &resource, &account),
        Call::FindAccountByQuery => {
            let (resource, account) = (query(&given, "RESOURCENAME")?, query(&given, "ACCOUNTNAME")?);
            resources::find_account(session, name, resource, account)
        }
        Call::AccountDetailsByQuery => {
            let id = |name| Named::read(query(&given, name)?).ok_or(Fault::from(Failure::NotFound));
            let named = (id("RESOURCEID")?, id("ACCOUNTID")?);
            passwords::get_details(session, name, named, &may(&given)?).await
        }
        Call::ListResourceTypes => Ok(resources::list_types(session, name)),
        Call::ListRequests => requests::list(session, name).await,
        Call::RequestPassword(account) => requests::ask(session, name, account, may(&given)?).await,
        Call::RejectRequest(account, user) => requests::judge(session, name, (account, user), false).await,
        Call::ApproveRequest(account, user) => requests::judge(session, name, (account, user), true).await,
        Call::CheckIn(account, user) => requests::check_in(session, name, (account, user)).await,
        Call::CheckOut(account) => requests::check_out(session, name, account, may(&given)?).await,
        Call::CreateUser => users::create(session, name, must(&given)?).await,
        Call::DeleteUser(user) => users::delete(session, name, user).await,
        Call::FindUser => users::find(session, name, given.other("USERNAME")),
        Call::LockUser => users::lock(session, name, given.other("USERNAME"), true).await,
        Call::UnlockUser => users::lock(session, name, given.other("USERNAME"), false).await,
        Call::GeneratePassword => passwords::generate(session, name, &may(&given)?),
    }
}

/// INPUT_DATA that must be there.
fn must<D: DeserializeOwned>(given: &Given) -> Result<D, Fault> {
    let input = given.input.as_ref().ok_or_else(|| Fault::said("INPUT_DATA is missing"))?;
    Ok(input.details()?)
}

/// INPUT_DATA that may be there.
fn may<D: DeserializeOwned + Default>(given: &Given) -> Result<D, Fault> {
    let read: Option<Result<D, Unusable>> = given.input.as_ref().map(Input::details);
    Ok(read.transpose()?.unwrap_or_default())
}

fn query<'g>(given: &'g Given, name: &str) -> Result<&'g str, Fault> {
    given.other(name).ok_or_else(|| Fault::said(format!("{name} is missing")))
}
