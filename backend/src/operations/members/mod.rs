//! Members: their roles in the team, suspended, resumed, removed; and the heads that such a statement has to name.

mod create;
mod heads;
mod register;
mod remove;
mod resume;
mod set_password;
mod set_role;
mod suspend;

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    ids::MemberId,
    operations::{
        Operation,
        members::{MemberChange, MemberPath},
        vault::{ChainError, Stated},
    },
    policy,
};

use super::{
    call::{Call, Refusal},
    session,
    statement::{Author, Followed, Sent, refuse, take, take_turns},
};
use crate::{memory::hub::Hint, server::App, store::WriteTx};

/// Takes a statement about the member of the path; `of` says whose it is, if it is of the kind that was asked for.
pub(super) async fn change<O>(
    app: &Arc<App>,
    call: &Call<O>,
    of: fn(&Body) -> Option<MemberId>,
    keep: fn(&mut WriteTx<'_, '_>, &Followed, MemberId) -> Result<(), Refusal<ChainError>>,
) -> Result<Stated, Refusal<ChainError>>
where
    O: Operation<Path = MemberPath, Request = MemberChange>,
{
    let (caller, member) = (call.caller()?, call.path.member);
    // Nobody else could say any of this: no writer has to wait for it.
    if !policy::manages_people(&caller.state, &caller.member) {
        return Err(refuse(Refused::Right));
    }
    let _turns = take_turns(app, caller, &call.body.statement).await?;
    take(
        app,
        Author::from(caller),
        Sent::new(call, &call.body.statement),
        |followed| if of(&followed.body) == Some(member) { Ok(()) } else { Err(refuse(Refused::Unknown)) },
        move |tx, followed, ()| {
            keep(tx, followed, member)?;
            Ok(Stated { sequence: followed.sequence() })
        },
    )
    .await
}

/// Whoever is suspended is signed out everywhere, at once.
pub(super) async fn change_and_end<O>(
    app: &Arc<App>,
    call: &Call<O>,
    of: fn(&Body) -> Option<MemberId>,
    keep: fn(&mut WriteTx<'_, '_>, &Followed, MemberId) -> Result<(), Refusal<ChainError>>,
) -> Result<Stated, Refusal<ChainError>>
where
    O: Operation<Path = MemberPath, Request = MemberChange>,
{
    let stated = change(app, call, of, keep).await?;
    app.hub.tell(&call.path.team, Hint::MemberEnded(call.path.member));
    Ok(stated)
}

/// Removes all sessions of a member.
pub(super) fn end_sessions(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    member: MemberId,
) -> Result<(), Refusal<ChainError>> {
    let team = followed.state.team();
    for (token, row) in session::of_member(tx, team, member)? {
        session::remove(tx, team, member, row.session, &token);
    }
    Ok(())
}
