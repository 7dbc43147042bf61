//! Passwords that have to be requested: asked for, answered, checked out and in.

use super::{
    answers::{Fault, success, success_with},
    shapes::{CHECKED_OUT, WAITING, WhyGiven, moment},
};
use crate::{
    engine::Open,
    failure::Failure,
    gateway::{
        exchange::Answer,
        shared::{find, named::Named, people, read, requests},
    },
};
use sealward_client::{
    error::Error,
    session::{RequestDraft, RequestShown, TextShown},
};
use sealward_contract::{ids::MemberId, operations::requests::WhichRequests, request::Status};
use serde::Serialize;

#[derive(Serialize)]
struct Requester {
    #[serde(rename = "REQUESTER USERID")]
    id: String,
    #[serde(rename = "REQUESTED BY")]
    login_name: String,
    #[serde(rename = "REQUESTED BY FULLNAME")]
    full_name: String,
    #[serde(rename = "PASSWORDREQUESTLIST")]
    requests: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(rename = "ACCOUNT ID")]
    account: String,
    #[serde(rename = "ACCOUNT NAME")]
    account_name: String,
    #[serde(rename = "RESOURCE ID")]
    resource: String,
    #[serde(rename = "RESOURCE NAME")]
    resource_name: String,
    #[serde(rename = "PASSWD ID")]
    password: String,
    #[serde(rename = "STATUS")]
    status: &'static str,
    #[serde(rename = "REQUESTED TIME")]
    asked: String,
    #[serde(rename = "REASON")]
    reason: String,
    #[serde(rename = "TICKETID")]
    ticket: String,
    #[serde(rename = "START_TIME")]
    start: String,
    #[serde(rename = "END_TIME")]
    end: String,
}

/// P9. An object where one person asks, a list where several do.
pub async fn list(session: &Open, name: &str) -> Result<Answer, Fault> {
    let mut requesters: Vec<(MemberId, Requester)> = Vec::new();
    for request in session.list_all_requests(WhichRequests::Others, true).await?.requests {
        let Some(row) = row(session, &request) else { continue };
        match requesters.iter_mut().find(|(member, _)| *member == request.requester) {
            Some((_, requester)) => requester.requests.push(row),
            None => requesters.push((request.requester, requester(session, request.requester, row))),
        }
    }
    let message = "Password Request fetched successfully";
    let mut requesters: Vec<Requester> = requesters.into_iter().map(|(_, requester)| requester).collect();
    Ok(match requesters.pop() {
        Some(only) if requesters.is_empty() => success_with(name, message, only),
        last => {
            requesters.extend(last);
            success_with(name, message, requesters)
        }
    })
}

fn requester(session: &Open, member: MemberId, row: Row) -> Requester {
    let listed = session.find_member(&member);
    let text = |text: Option<String>| text.unwrap_or_default();
    Requester {
        id: text(listed.as_ref().map(|listed| listed.number.0.to_string())),
        login_name: text(listed.map(|listed| listed.login_name.to_string())),
        full_name: people::name_of(session, &member),
        requests: vec![row],
    }
}

/// `None` for an account that is not there any more.
fn row(session: &Open, request: &RequestShown) -> Option<Row> {
    let account = find::account(session, Named::Id(request.account)).ok()?;
    let resource = find::resource_of(session, &account).ok()?;
    let said = |text: &TextShown| match text {
        TextShown::Text(text) => text.clone(),
        TextShown::None | TextShown::Unopenable => String::new(),
    };
    let (start, end) = match request.lease {
        Some(lease) => (lease.since, lease.until),
        None => (request.from, request.to),
    };
    let number = account.number.0.to_string();
    Some(Row {
        account: number.clone(),
        account_name: account.details.name,
        resource: resource.number.0.to_string(),
        resource_name: resource.details.name,
        password: number,
        status: match request.status {
            Status::Requested => "Waiting for Approval",
            Status::Approved => "Yet to Use",
            Status::CheckedOut => "In Use",
            Status::CheckedIn | Status::Rejected | Status::Cancelled | Status::Void | Status::Revoked => return None,
        },
        asked: moment(request.asked),
        reason: said(&request.reason),
        ticket: said(&request.ticket),
        start: moment(start),
        end: moment(end),
    })
}

#[derive(Serialize)]
struct Stands {
    #[serde(rename = "STATUS")]
    status: &'static str,
}

/// P10. Whoever has the password already asks for more time.
pub async fn ask(session: &Open, name: &str, account: Named, why: WhyGiven) -> Result<Answer, Fault> {
    let account = find::account(session, account)?;
    let access = session.access_now(account.vault, account.id).await?;
    if access.direct {
        return Err(requests::not_needed().into());
    }
    if !access.may_ask {
        return Err(Error::NotAllowed.into());
    }
    let own = requests::all_own(session, &account).await?;
    if own.iter().any(|request| request.status != Status::CheckedOut) {
        return Err(Fault::said("The password was requested already"));
    }
    // Whoever has it asks for more time with it.
    let extends = own.first().map(|lease| lease.id);
    let (reason, ticket) = why.into_parts();
    session.ask_for_secret(RequestDraft { extends, ..read::draft(&account, reason, ticket) }).await?;
    let message = "Request to view password have been raised successfully";
    Ok(success_with(name, message, Stands { status: WAITING }))
}

/// P11 and P12.
pub async fn judge(
    session: &Open,
    name: &str,
    (account, user): (Named, Named),
    approve: bool,
) -> Result<Answer, Fault> {
    let account = find::account(session, account)?;
    let requester = people::member(session, user)?.member;
    let waits = |request: &RequestShown| request.status == Status::Requested;
    let found = requests::of(session, &account, requester, waits).await;
    let request = found.map_err(|failure| match failure {
        Failure::NotFound => no_request(session, requester),
        failure => which(failure),
    })?;
    if approve {
        session.approve_request(request.id, None).await.map_err(|error| match error {
            // Who completes the approvals hands the key on, and only custodians have it.
            Error::NotAllowed => Error::Request(sealward_contract::request::RequestRefused::Grant),
            error => error,
        })?;
        return Ok(success(name, "Password Approved successfully"));
    }
    session.reject_request(request.id, None).await?;
    Ok(success(name, "Password Rejected successfully"))
}

fn no_request(session: &Open, requester: MemberId) -> Fault {
    if requester == session.member() {
        return Error::Request(sealward_contract::request::RequestRefused::Own).into();
    }
    Fault::said("This user has no such request that this API user may answer")
}

/// A path names an account and a user: of several requests it cannot say which one was looked at.
fn which(failure: Failure) -> Fault {
    match failure {
        Failure::Ambiguous(count) => Fault::said(format!(
            "This user has {count} requests for this password, and the URL does not say which one is meant: answer them in \
             the browser"
        )),
        failure => failure.into(),
    }
}

/// P13. One's own, or as a custodian that of somebody else.
pub async fn check_in(session: &Open, name: &str, (account, user): (Named, Named)) -> Result<Answer, Fault> {
    let account = find::account(session, account)?;
    let requester = people::member(session, user)?.member;
    let none = || Fault::said("The password is not checked out by this user");
    if requester == session.member() {
        let request = requests::own(session, &account).await?;
        let request = request.filter(|request| request.status == Status::CheckedOut).ok_or_else(none)?;
        session.check_in(request.id).await?;
    } else {
        let out = |request: &RequestShown| request.status == Status::CheckedOut;
        let found = requests::of(session, &account, requester, out).await;
        let request = found.map_err(|failure| match failure {
            Failure::NotFound => none(),
            failure => which(failure),
        })?;
        session.force_check_in(request.id, None).await?;
    }
    Ok(success(name, "Password have been checked in successfully"))
}

/// P14.
pub async fn check_out(session: &Open, name: &str, account: Named, why: WhyGiven) -> Result<Answer, Fault> {
    let account = find::account(session, account)?;
    let (reason, ticket) = why.into_parts();
    requests::check_out(session, &account, reason, ticket).await?;
    let message = "Password have been checked out successfully";
    Ok(success_with(name, message, Stands { status: CHECKED_OUT }))
}
