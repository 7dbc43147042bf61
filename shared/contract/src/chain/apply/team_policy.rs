//! The team's policy.

use crate::{
    chain::{Refused, TeamPolicy, TeamState},
    ids::MemberId,
    limits, policy,
};

impl TeamState {
    pub(super) fn set_team_policy(&mut self, author: &MemberId, new: &TeamPolicy) -> Result<(), Refused> {
        if !policy::may_set_team_policy(self, author) {
            return Err(Refused::Right);
        }
        let has_zone = new.zone.as_deref().is_none_or(limits::is_zone_name);
        if new.confirmation > limits::CONFIRMATION_SECONDS || !has_zone {
            return Err(Refused::Limit);
        }
        self.team_policy = new.clone();
        Ok(())
    }
}
