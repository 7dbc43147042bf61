//! Enrols a person with the recovery group, and ends that.

use std::sync::Arc;

use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Enrol as Statement, Refused},
    crypto::hash,
    ids::MemberId,
    limits,
    operations::{
        recovery::{EndEnrolment, Enrol, NewEnrolment},
        vault::{ChainError, Stated},
    },
};

use super::{
    Followed, Sent, refuse, say,
    statement::{Author, is_possible},
    take,
};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        WriteTx,
        tables::{RECOVERY_COPIES, RECOVERY_SHARES},
    },
};

/// What is stored of an enrolment.
#[derive(Clone)]
struct Kept {
    copy: Bytes,
    shares: Vec<(MemberId, Bytes)>,
}

impl Handler for Enrol {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (author, sent) = (Author::from(call.caller()?), Sent::new(&call, &call.body.statement));
        let (member, new) = (author.member, call.body);
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::Enrol(enrol) => check(enrol, &new),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, kept| keep(tx, followed, member, kept),
        );
        Ok(Reply::Value(stated.await?))
    }
}

/// Copy and shares are those whose hashes stand in the statement.
fn check(enrol: &Statement, new: &NewEnrolment) -> Result<Kept, Refusal<ChainError>> {
    let sizes = (1..=limits::BUNDLE).contains(&new.copy.len()) && new.shares.iter().all(is_possible);
    let named = enrol.shares.iter().map(|share| share.envelope);
    if !sizes || hash(&new.copy) != enrol.copy || !named.eq(new.shares.iter().map(|share| hash(share))) {
        return Err(Refusal::Own(ChainError::EnvelopesRefused));
    }
    let shares = enrol.shares.iter().map(|share| share.trustee).zip(new.shares.iter().cloned()).collect();
    Ok(Kept { copy: new.copy.clone(), shares })
}

fn keep(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    member: MemberId,
    kept: Kept,
) -> Result<Stated, Refusal<ChainError>> {
    let team = followed.state.team();
    RECOVERY_COPIES.put(tx, &(team, member), &kept.copy)?;
    for (trustee, sealed) in kept.shares {
        RECOVERY_SHARES.put(tx, &(team, member, trustee), &sealed)?;
    }
    Ok(Stated { sequence: followed.sequence() })
}

impl Handler for EndEnrolment {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let fits = |body: &Body| matches!(body, Body::EndEnrolment(_));
        Ok(Reply::Value(say(app, &call, &call.body.statement, fits).await?))
    }
}
