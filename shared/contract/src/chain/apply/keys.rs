//! People's own keys: replaced by them.

use crate::{
    chain::{MemberState, Refused, ReplaceKeys, StandIn, TeamState},
    ids::{MemberId, Timestamp},
    limits,
};

impl TeamState {
    /// Its author is an active member whose signature, and that of the new key, are verified.
    pub(super) fn replace_keys(
        &mut self,
        sequence: u64,
        author: &MemberId,
        time: Timestamp,
        replace: &ReplaceKeys,
    ) -> Result<(), Refused> {
        let member = self.member(author).ok_or(Refused::Author)?;
        // The keys of a service are in its token, which is renewed by whoever keeps it.
        if member.service.is_some() {
            return Err(Refused::Service);
        }
        replace.sealing.check().and_then(|()| replace.login_key.check()).map_err(|_| Refused::Key)?;
        if self.is_key_used(&replace.signing, &replace.sealing) {
            return Err(Refused::Used);
        }
        let recovering = member.recovery.as_ref().map(|recovery| (recovery.since, recovery.recover.expires));
        let open = |named| recovering.is_some_and(|(since, expires)| since == named && expires > time);
        if replace.recovery.is_some_and(|named| !open(named)) {
            return Err(Refused::Closed);
        }
        // Everyone else in the person's vaults makes new keys each time. Whoever is recovered waits for nothing, nor
        // whoever has keys that somebody else made.
        let renewed = member.renewed().map(|at| self.time_of(at));
        let waits = replace.recovery.is_none() && member.state != MemberState::Made;
        if waits && renewed.is_some_and(|before| time.since(before) < limits::KEYS_KEPT) {
            return Err(Refused::Limit);
        }
        self.check_touched(author, &replace.vaults)?;
        let begun = member.recovery.as_ref().filter(|_| replace.recovery.is_some());
        let maker = begun.and_then(|begun| begun.recover.stand_in.map(|StandIn::Author| begun.by));
        if maker.is_some() {
            self.check_owner_besides(author)?;
        }
        // Whoever had the old keys may have had the vaults' keys.
        for touched in &replace.vaults {
            if let Some(vault) = self.vaults.get_mut(&touched.vault) {
                vault.take_away(sequence, touched.head);
            }
        }
        // An auditor wrote nothing in the vaults that they see as one, so no head is cut off; but they had keys.
        for vault in self.vaults.values_mut().filter(|vault| vault.auditors.contains_key(author)) {
            vault.due.set(sequence, true);
        }
        if let Some(member) = self.members.get_mut(author) {
            member.replace_keys(sequence, (replace.signing, replace.sealing), maker.unwrap_or(*author));
            // The copy that trustees could open is of the old keys.
            (member.enrolment, member.recovery) = (None, None);
        }
        match maker {
            Some(_) => self.unsettle(sequence, author),
            None => self.settle(sequence, author),
        }
        // Whoever had the old keys may have invited themselves.
        self.lapse_invitations(sequence, author);
        Ok(())
    }
}
