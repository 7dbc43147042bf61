//! The one way on which secrets and files leave the server: by a signed statement. Form, signature and time are checked
//! before the writer is asked; then, in one transaction, that everything that the statement names may be given, that it
//! was not used before, and the event that holds it. Releases and exports go through it alike.

use std::{net::IpAddr, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    crypto::{Signed, SignedKind},
    ids::{MemberId, ReleaseId, TeamId, Timestamp},
    limits,
    problem::Rejection,
    record::ChainPosition,
    release::ReleaseStatement,
    suite::SUITE,
};

use super::{
    Caller, Refusal,
    audit::{self, Audited},
    factors::confirmation,
};
use crate::{
    server::App,
    store::{
        WriteTx,
        tables::{RELEASES, TEAMS},
    },
};

/// Times that a statement is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

/// What every statement that releases something says of itself.
pub(crate) struct Terms<'s> {
    pub(crate) suite: u8,
    pub(crate) id: ReleaseId,
    pub(crate) team: TeamId,
    pub(crate) member: MemberId,
    pub(crate) position: &'s ChainPosition,
    pub(crate) time: Timestamp,
    pub(crate) reason: Option<&'s Bytes>,
}

impl<'s> From<&'s ReleaseStatement> for Terms<'s> {
    fn from(statement: &'s ReleaseStatement) -> Self {
        let ReleaseStatement { suite, id, team, member, position, time, reason, .. } = statement;
        let (suite, id, team, member, time) = (*suite, *id, *team, *member, *time);
        Self { suite, id, team, member, position, time, reason: reason.as_ref() }
    }
}

/// Why a statement is refused, whatever it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Malformed, unsigned, another's, or used before.
    Statement,
    /// Its time is too far from the server's.
    Clock,
}

/// A kind of asking.
pub(crate) trait Asking: Clone + Send + Sync + 'static {
    /// What is signed.
    type Statement: SignedKind + Send + Sync + 'static;
    /// Why it is refused.
    type Refused: From<Unfit> + Send + 'static;
    /// What is given.
    type Given: Send + 'static;

    fn terms(statement: &Self::Statement) -> Terms<'_>;

    /// Whether the statement is the one that this asking needs, as far as [`Terms`] do not say.
    fn check(&self, statement: &Self::Statement) -> Result<(), Refusal<Self::Refused>>;

    /// What is written down.
    fn act(&self, statement: &Self::Statement) -> AuditedAct;

    /// Judges everything that the statement names, in the transaction that writes it down; what is put is taken back
    /// when any of it is refused.
    fn give(
        &self,
        tx: &mut WriteTx<'_, '_>,
        caller: &Caller,
        statement: &Self::Statement,
        now: Timestamp,
    ) -> Result<Self::Given, Refusal<Self::Refused>>;
}

/// Checks a statement and gives what it asks for.
///
/// # Errors
/// The first fault found; then nothing is released or written down.
pub(crate) async fn release<A: Asking>(
    app: &Arc<App>,
    mut caller: Caller,
    asking: A,
    statement: &[u8],
    (address, now): (IpAddr, Timestamp),
) -> Result<A::Given, Refusal<A::Refused>> {
    let announced = app.store.announce();
    let refused = || Refusal::Own(Unfit::Statement.into());
    let signed = Signed::<A::Statement>::parse(statement).map_err(|_| refused())?;
    asking.check(signed.value())?;
    let terms = A::terms(signed.value());
    let fits = terms.suite == SUITE
        && terms.team == caller.team
        && terms.member == caller.member
        && terms.reason.is_none_or(|reason| reason.len() <= limits::SEALED_REASON)
        && caller.state.has_position(terms.position);
    if !fits || signed.verify(&caller.signing_at(terms.position)?).is_err() {
        return Err(refused());
    }
    let skew = terms.time.since(now).max(now.since(terms.time));
    if skew > limits::CLOCK_SKEW {
        return Err(Refusal::Own(Unfit::Clock.into()));
    }
    drop(announced);
    let id = terms.id;
    let signed = Arc::new(signed);
    for _ in 0..JUDGED {
        let announced = app.store.announce();
        let (now_caller, asking, signed) = (caller.clone(), asking.clone(), Arc::clone(&signed));
        let released = app.store.write(move |tx| {
            drop(announced);
            if TEAMS.get(tx, &now_caller.team)?.is_none_or(|team| team.hash != now_caller.state.position().hash) {
                return Err(Refusal::Moved);
            }
            let given = asking.give(tx, &now_caller, signed.value(), now)?;
            let place = (now_caller.team, id);
            if RELEASES.contains(tx, &place)? {
                return Err(Refusal::Own(Unfit::Statement.into()));
            }
            RELEASES.put(tx, &place, &now)?;
            confirmation::spend(tx, &now_caller, now)?;
            let audited = Audited {
                team: now_caller.team,
                member: Some(now_caller.member),
                address: Some(address),
                what: asking.act(signed.value()),
                statement: Some(signed.to_wire()),
            };
            audit::append(tx, now, audited)?;
            Ok(given)
        });
        match released.await {
            Err(Refusal::Moved) => {
                let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                caller.state = state.ok_or(Rejection::NotFound)?;
            }
            given => return given,
        }
    }
    Err(Rejection::Unavailable.into())
}
