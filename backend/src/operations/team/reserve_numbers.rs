//! Hands out blocks of numbers, and checks that a new object's number is its author's.

use std::sync::Arc;

use sealward_contract::{
    ids::{MemberId, Number, TeamId},
    limits,
    operations::team::{NumberBlock, ReserveNumbers},
    problem::Rejection,
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{
        Rows, StoreError,
        tables::{NUMBER_BLOCKS, NUMBER_COUNTERS, NumberBlockRow},
    },
};

impl Handler for ReserveNumbers {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let count = call.body.count;
        if count == 0 {
            return Err(Rejection::Malformed { at: "count".into() }.into());
        }
        if count > limits::NUMBER_BLOCK {
            return Err(Rejection::TooLarge { limit: u64::from(limits::NUMBER_BLOCK) }.into());
        }
        let block = app
            .write(call.keyed, call.now, move |tx| {
                let first = NUMBER_COUNTERS.get(tx, &caller.team)?.unwrap_or(1);
                let next = first.checked_add(count).ok_or(Rejection::TooLarge { limit: u64::from(u32::MAX) })?;
                NUMBER_COUNTERS.put(tx, &caller.team, &next)?;
                NUMBER_BLOCKS.put(tx, &(caller.team, first), &NumberBlockRow { count, member: caller.member })?;
                Ok(NumberBlock { first: Number(first), count })
            })
            .await?;
        Ok(Reply::Value(block))
    }
}

/// Whether a number was handed out to this member.
///
/// # Errors
/// The store failed.
pub(crate) fn is_handed_out(
    rows: &impl Rows,
    team: TeamId,
    member: &MemberId,
    number: Number,
) -> Result<bool, StoreError> {
    let block = NUMBER_BLOCKS.floor(rows, &team, &(team, number.0))?;
    Ok(block.is_some_and(|((_, first), block)| block.member == *member && number.0 - first < block.count))
}
