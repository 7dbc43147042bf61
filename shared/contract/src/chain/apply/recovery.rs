//! Recovery: its group set, people enrolled with it, and recovered.

use crate::{
    chain::{
        CancelRecovery, EndEnrolment, Enrol, Enrolment, MemberKind, Recover, Recovery, RecoveryGroup, Refused,
        SetRecovery, TeamState,
    },
    ids::{MemberId, Timestamp},
    limits, policy,
};

impl TeamState {
    pub(super) fn set_recovery(&mut self, sequence: u64, author: &MemberId, set: &SetRecovery) -> Result<(), Refused> {
        if !policy::may_set_recovery(self, author) {
            return Err(Refused::Right);
        }
        if self.recovery_group() == set.group.as_ref() {
            return Err(Refused::State);
        }
        if let Some(group) = &set.group {
            self.check_group(group)?;
        }
        self.recovery_group = set.group.clone().map(|group| (sequence, group));
        // What was enrolled with another group is recovered by none.
        self.members.values_mut().for_each(|member| (member.enrolment, member.recovery) = (None, None));
        Ok(())
    }

    /// Two people at least where there are two: nobody recovers others alone.
    fn check_group(&self, RecoveryGroup { needed, trustees }: &RecoveryGroup) -> Result<(), Refused> {
        if trustees.len() > limits::TRUSTEES {
            return Err(Refused::Limit);
        }
        let is_person = |member: &MemberId| {
            self.role(member).is_some() && self.member(member).is_some_and(|known| known.kind() == MemberKind::Person)
        };
        let ordered = trustees.is_sorted_by(|one, next| one < next);
        let enough = usize::from(*needed) <= trustees.len() && usize::from(*needed) >= trustees.len().min(2);
        let sound = ordered && enough && !trustees.is_empty() && trustees.iter().all(is_person);
        if sound { Ok(()) } else { Err(Refused::Recovery) }
    }

    pub(super) fn enrol(&mut self, sequence: u64, author: &MemberId, enrol: &Enrol) -> Result<(), Refused> {
        let (since, group) = self.recovery_group.as_ref().ok_or(Refused::Recovery)?;
        let others = group.trustees.iter().filter(|trustee| *trustee != author);
        let whole = enrol.shares.iter().map(|share| &share.trustee).eq(others);
        if enrol.group != *since || !whole || enrol.shares.len() < usize::from(group.needed) {
            return Err(Refused::Recovery);
        }
        let member = self.members.get_mut(author).ok_or(Refused::Author)?;
        if member.service.is_some() {
            return Err(Refused::Service);
        }
        // Shares of before open nothing that is there now.
        (member.enrolment, member.recovery) = (Some(Enrolment { since: sequence, enrol: enrol.clone() }), None);
        Ok(())
    }

    pub(super) fn end_enrolment(&mut self, author: &MemberId, end: &EndEnrolment) -> Result<(), Refused> {
        let member = self.members.get_mut(author).ok_or(Refused::Author)?;
        if member.enrolment.as_ref().is_none_or(|enrolment| enrolment.since != end.enrolment) {
            return Err(Refused::State);
        }
        (member.enrolment, member.recovery) = (None, None);
        Ok(())
    }

    pub(super) fn recover(
        &mut self,
        sequence: u64,
        author: &MemberId,
        time: Timestamp,
        recover: &Recover,
    ) -> Result<(), Refused> {
        let member = self.member(&recover.member).ok_or(Refused::Unknown)?;
        if !policy::may_recover(self, author, &recover.member) {
            return Err(Refused::Right);
        }
        self.role(&recover.member).ok_or(Refused::State)?;
        if member.enrolment.is_none() {
            return Err(Refused::Recovery);
        }
        if recover.expires <= time || recover.expires.since(time) > limits::RECOVERY {
            return Err(Refused::Time);
        }
        let device = &recover.device;
        device.signing.check().and_then(|()| device.sealing.check()).map_err(|_| Refused::Key)?;
        if self.is_key_used(&device.signing, &device.sealing) {
            return Err(Refused::Used);
        }
        // Whoever has compared one device's words gives to no other: the one before is cancelled first, for all to see.
        if self.recovery_of(&recover.member, time).is_some() {
            return Err(Refused::State);
        }
        self.device_keys.push(device.clone());
        let recovery = Recovery { since: sequence, by: *author, recover: recover.clone() };
        self.members.get_mut(&recover.member).ok_or(Refused::Unknown)?.recovery = Some(recovery);
        Ok(())
    }

    /// Ends what whoever began it could not begin any more.
    pub(super) fn end_recoveries(&mut self) {
        let begun = self.members.values().filter_map(|member| Some((member.id(), member.recovery.as_ref()?.by)));
        let groundless = begun.filter(|(member, by)| !policy::may_recover(self, by, member));
        let groundless: Vec<_> = groundless.map(|(member, _)| member).collect();
        for member in groundless {
            if let Some(member) = self.members.get_mut(&member) {
                member.recovery = None;
            }
        }
    }

    pub(super) fn cancel_recovery(&mut self, author: &MemberId, cancel: &CancelRecovery) -> Result<(), Refused> {
        let member = self.member(&cancel.member).ok_or(Refused::Unknown)?;
        let own = *author == cancel.member && self.role(author).is_some();
        if !own && !policy::may_recover(self, author, &cancel.member) {
            return Err(Refused::Right);
        }
        if member.recovery.as_ref().is_none_or(|recovery| recovery.since != cancel.recovery) {
            return Err(Refused::Closed);
        }
        self.members.get_mut(&cancel.member).ok_or(Refused::Unknown)?.recovery = None;
        Ok(())
    }
}
