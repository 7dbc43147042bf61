//! Chains, replayed: the state of a team at its newest statement.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use sealward_contract::{
    chain::{SignedStatement, TeamState},
    ids::TeamId,
};

use super::lock;
use crate::store::{
    Order, Rows, StoreError,
    tables::{STATEMENTS, TEAMS},
};

/// Most teams kept; the rest is replayed when asked for.
const KEPT: usize = 1_000;

/// The replayed chains.
#[derive(Default)]
pub struct Teams {
    states: Mutex<HashMap<TeamId, Arc<TeamState>>>,
}

impl Teams {
    /// The team's state at its newest statement in these rows; `None` when there is no such team.
    ///
    /// # Errors
    /// The store failed, or a stored chain does not replay.
    pub fn state(&self, rows: &impl Rows, team: &TeamId) -> Result<Option<Arc<TeamState>>, StoreError> {
        let Some(row) = TEAMS.get(rows, team)? else { return Ok(None) };
        if let Some(known) = lock(&self.states).get(team)
            && known.position().hash == row.hash
        {
            return Ok(Some(Arc::clone(known)));
        }
        let state = Arc::new(replay(rows, team)?);
        self.keep(*team, Arc::clone(&state));
        Ok(Some(state))
    }

    /// Keeps a state that has just become durable, so that nobody has to replay it.
    pub fn keep(&self, team: TeamId, state: Arc<TeamState>) {
        let mut states = lock(&self.states);
        if states.len() >= KEPT && !states.contains_key(&team) {
            let oldest = states.keys().next().copied();
            oldest.and_then(|oldest| states.remove(&oldest));
        }
        states.insert(team, state);
    }
}

fn replay(rows: &impl Rows, team: &TeamId) -> Result<TeamState, StoreError> {
    let damaged = || StoreError::Damaged { table: "statements" };
    let mut state: Option<TeamState> = None;
    STATEMENTS.scan(rows, team, Order::Forward, |_, wire| {
        let statement = SignedStatement::parse(&wire).map_err(|_| damaged())?;
        match &mut state {
            None => state = Some(TeamState::found(&statement).map_err(|_| damaged())?),
            Some(state) => state.apply(&statement).map_err(|_| damaged())?,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    state.ok_or_else(damaged)
}
