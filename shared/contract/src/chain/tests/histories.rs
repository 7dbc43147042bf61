//! Random histories: whatever people try, in whatever order, what must always hold does.

use super::{
    groups::{ask, end_group, give, group, set_group, take},
    *,
};
use crate::chain::{
    CancelRecovery, FactorDemand, InvitationState, Member, MemberKind, MemberState, ServiceDemand, TeamPolicy,
    WithdrawInvite,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const PEOPLE: Who = 6;
const VAULTS: u8 = 3;
const GROUPS: u8 = 2;

/// Something that somebody tries, whether they may or not.
#[derive(Clone, Debug)]
enum Attempt {
    Invite(Who, Who, Vec<(u8, VaultRole)>),
    Withdraw(Who, Who),
    Join(Who),
    SetRole(Who, Who, TeamRole),
    MakeVault(Who, u8),
    MakePersonal(Who, u8),
    StartEpoch(Who, u8),
    Raise(Who, u8, Who, VaultRole),
    Lower(Who, u8, Who, VaultRole),
    Revoke(Who, u8, Who),
    Suspend(Who, Who),
    Resume(Who, Who),
    Remove(Who, Who),
    Approvals(Who, u8, u8),
    Admit(Who, Who, Vec<(u8, VaultRole)>, Option<u64>, ServiceScope),
    AdmitPerson(Who, Who, Vec<(u8, VaultRole)>),
    RemoveRenewing(Who, Who, u8),
    SetService(Who, Who, Option<u64>, ServiceScope),
    Renew(Who, Who, Option<u64>, ServiceScope),
    SetGroup(Who, u8, Vec<Who>),
    EndGroup(Who, u8),
    AskByGroup(Who, u8, u8, Option<VaultRole>),
    GiveByGroup(Who, u8, u8),
    TakeOutgrown(Who, u8),
    SetPolicy(Who, FactorDemand, u32),
    Replace(Who, bool),
    SetTrustees(Who, u8, Vec<Who>),
    Enrol(Who),
    Recover(Who, Who),
    Cancel(Who, Who),
    Wait,
    Register(Who, Who),
    SetPassword(Who, Who, Vec<(u8, VaultRole)>),
    StandIn(Who, Who),
}

fn who() -> impl Strategy<Value = Who> {
    // Ada more often than others, or little would ever come about.
    prop_oneof![2 => Just(ADA), 3 => 1..=PEOPLE]
}

fn vault_role() -> impl Strategy<Value = VaultRole> {
    prop::sample::select(vec![VaultRole::Viewer, VaultRole::User, VaultRole::Editor, VaultRole::Custodian])
}

fn team_role() -> impl Strategy<Value = TeamRole> {
    prop::sample::select(vec![
        TeamRole::Owner,
        TeamRole::Administrator,
        TeamRole::PasswordAdministrator,
        TeamRole::Auditor,
        TeamRole::Member,
    ])
}

fn hours() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![Just(None), (0..3_u64).prop_map(Some)]
}

fn scope() -> impl Strategy<Value = ServiceScope> {
    prop_oneof![2 => Just(ServiceScope::Roles), 1 => Just(ServiceScope::Requests)]
}

fn factor() -> impl Strategy<Value = FactorDemand> {
    prop::sample::select(vec![FactorDemand::Always, FactorDemand::Guarded, FactorDemand::Never])
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let number = || 1..=VAULTS;
    prop_oneof![
        3 => (who(), who(), prop::collection::vec((number(), vault_role()), 0..2))
            .prop_map(|(by, who, grants)| Attempt::Invite(by, who, grants)),
        1 => (who(), who()).prop_map(|(by, who)| Attempt::Withdraw(by, who)),
        4 => (1..=PEOPLE).prop_map(Attempt::Join),
        2 => (who(), who(), team_role()).prop_map(|(by, who, role)| Attempt::SetRole(by, who, role)),
        2 => (who(), number()).prop_map(|(by, number)| Attempt::MakeVault(by, number)),
        1 => (1..=PEOPLE, number()).prop_map(|(by, number)| Attempt::MakePersonal(by, number)),
        2 => (who(), number()).prop_map(|(by, number)| Attempt::StartEpoch(by, number)),
        4 => (who(), number(), who(), vault_role())
            .prop_map(|(by, number, who, role)| Attempt::Raise(by, number, who, role)),
        2 => (who(), number(), who(), vault_role())
            .prop_map(|(by, number, who, role)| Attempt::Lower(by, number, who, role)),
        1 => (who(), number(), who()).prop_map(|(by, number, who)| Attempt::Revoke(by, number, who)),
        1 => (who(), who()).prop_map(|(by, who)| Attempt::Suspend(by, who)),
        1 => (who(), who()).prop_map(|(by, who)| Attempt::Resume(by, who)),
        1 => (who(), who()).prop_map(|(by, who)| Attempt::Remove(by, who)),
        1 => (who(), number(), 0..3_u8).prop_map(|(by, number, count)| Attempt::Approvals(by, number, count)),
        3 => (who(), who(), prop::collection::vec((number(), vault_role()), 0..2), hours(), scope())
            .prop_map(|(by, who, grants, hours, scope)| Attempt::Admit(by, who, grants, hours, scope)),
        3 => (who(), who(), prop::collection::vec((number(), vault_role()), 0..2))
            .prop_map(|(by, who, grants)| Attempt::AdmitPerson(by, who, grants)),
        1 => (who(), who(), 0..4_u8).prop_map(|(by, who, key)| Attempt::RemoveRenewing(by, who, key)),
        2 => (who(), who(), hours(), scope())
            .prop_map(|(by, who, hours, scope)| Attempt::SetService(by, who, hours, scope)),
        1 => (who(), who(), hours(), scope()).prop_map(|(by, who, hours, scope)| Attempt::Renew(by, who, hours, scope)),
        3 => (who(), 1..=GROUPS, prop::collection::btree_set(1..=PEOPLE, 0..4))
            .prop_map(|(by, of, members)| Attempt::SetGroup(by, of, members.into_iter().collect())),
        1 => (who(), 1..=GROUPS).prop_map(|(by, of)| Attempt::EndGroup(by, of)),
        3 => (who(), number(), 1..=GROUPS, prop::option::weighted(0.8, vault_role()))
            .prop_map(|(by, number, of, role)| Attempt::AskByGroup(by, number, of, role)),
        4 => (who(), number(), 1..=GROUPS).prop_map(|(by, number, of)| Attempt::GiveByGroup(by, number, of)),
        2 => (who(), number()).prop_map(|(by, number)| Attempt::TakeOutgrown(by, number)),
        1 => (who(), factor(), prop::sample::select(vec![0, 900, 43_200, 43_201]))
            .prop_map(|(by, factor, seconds)| Attempt::SetPolicy(by, factor, seconds)),
        1 => (who(), any::<bool>()).prop_map(|(who, recovered)| Attempt::Replace(who, recovered)),
        1 => (who(), 1..4_u8, prop::collection::btree_set(1..=PEOPLE, 1..4))
            .prop_map(|(by, needed, trustees)| Attempt::SetTrustees(by, needed, trustees.into_iter().collect())),
        2 => (1..=PEOPLE).prop_map(Attempt::Enrol),
        2 => (who(), who()).prop_map(|(by, who)| Attempt::Recover(by, who)),
        1 => (who(), who()).prop_map(|(by, who)| Attempt::Cancel(by, who)),
        2 => (who(), who()).prop_map(|(by, who)| Attempt::Register(by, who)),
        3 => (who(), who(), prop::collection::vec((number(), vault_role()), 0..2))
            .prop_map(|(by, who, grants)| Attempt::SetPassword(by, who, grants)),
        1 => (who(), who()).prop_map(|(by, who)| Attempt::StandIn(by, who)),
        1 => Just(Attempt::Wait),
    ]
}

impl Team {
    /// The statement of an attempt; `None` where there is nothing to be said.
    fn body_of(&mut self, attempt: &Attempt) -> Option<(Who, Body)> {
        Some(match *attempt {
            Attempt::Invite(by, who, ref grants) => (by, self.invite(who, grants)),
            Attempt::Withdraw(by, who) => (by, Body::WithdrawInvite(WithdrawInvite { invite: invite_id(who) })),
            Attempt::Join(who) => (who, join(who)),
            Attempt::SetRole(by, who, role) => (by, set_role(who, role)),
            Attempt::MakeVault(by, number) => (by, self.new_vault(&[(by, VaultRole::Custodian)], number)),
            Attempt::MakePersonal(by, number) => (by, self.personal_vault(by, number)),
            Attempt::StartEpoch(by, number) => {
                self.state.vault(&vault(number))?;
                (by, self.new_epoch(number))
            }
            Attempt::Raise(by, number, who, role) => (by, grant(number, who, role)),
            Attempt::Lower(by, number, who, role) => (by, lower(number, who, role)),
            Attempt::Revoke(by, number, who) => (by, revoke(number, who)),
            Attempt::Suspend(by, who) => (by, self.suspend(who)),
            Attempt::Resume(by, who) => (by, resume(who)),
            Attempt::Remove(by, who) => (by, self.remove(who)),
            Attempt::Approvals(by, number, count) => (by, approvals(number, count)),
            Attempt::Admit(by, who, ref grants, hours, scope) => {
                (by, self.admit_by(who, grants, self.terms(hours, scope)))
            }
            Attempt::AdmitPerson(by, who, ref grants) => (by, self.admit_person(who, grants)),
            Attempt::RemoveRenewing(by, who, key) => (by, self.remove_renewing(who, key)),
            Attempt::SetService(by, who, hours, scope) => (by, set_service(who, self.terms(hours, scope))),
            Attempt::Renew(by, who, hours, scope) => (by, self.renew(who, self.terms(hours, scope))),
            Attempt::SetGroup(by, of, ref members) => (by, set_group(of, members)),
            Attempt::EndGroup(by, of) => (by, end_group(of)),
            Attempt::AskByGroup(by, number, of, role) => (by, ask(number, of, role)),
            Attempt::GiveByGroup(by, number, of) => {
                let asked = self.state.asked_by_group(&vault(number), &group(of));
                let members: Vec<Who> = asked.keys().map(|member| member.0[0]).collect();
                let role = self.state.group_role(&vault(number), &group(of)).unwrap_or(VaultRole::User);
                (by, give(number, of, role, &members))
            }
            Attempt::TakeOutgrown(by, number) => {
                let members: Vec<Who> = self.state.outgrown(&vault(number)).map(|one| one.member.0[0]).collect();
                (by, take(number, &members))
            }
            Attempt::SetPolicy(by, factor, confirmation) => {
                let services = ServiceDemand::Exempt;
                (by, Body::SetTeamPolicy(TeamPolicy { factor, confirmation, services, zone: None }))
            }
            Attempt::Replace(who, recovered) => {
                let recovery = self.state.recovery_of(&member(who), Timestamp(0)).map(|recovery| recovery.since);
                (who, self.replacement(who, recovery.filter(|_| recovered)))
            }
            Attempt::SetTrustees(by, needed, ref trustees) => (by, trustees_of(needed, trustees)),
            Attempt::Enrol(who) => (who, self.enrolment(who)),
            // A device's keys are of few numbers here.
            Attempt::Recover(by, who) if self.state.device_keys.len() < 5 => (by, self.recovery(who)),
            Attempt::StandIn(by, who) if self.state.device_keys.len() < 5 => (by, self.stand_in(who)),
            Attempt::Recover(..) | Attempt::StandIn(..) => return None,
            Attempt::Register(by, who) => (by, self.register(who)),
            // Of few numbers: the first keys are those that an invitation would bring.
            Attempt::SetPassword(by, who, ref grants) => {
                let is_first = self.state.member(&member(who)).is_none_or(|known| !known.has_keys());
                (by, self.set_password(who, if is_first { who } else { renewed(who) }, grants))
            }
            Attempt::Cancel(by, who) => {
                let recovery = self.state.recovery_of(&member(who), Timestamp(0))?.since;
                (by, Body::CancelRecovery(CancelRecovery { member: member(who), recovery }))
            }
            Attempt::Wait => {
                self.now += HOUR / 2;
                return None;
            }
        })
    }

    /// Everything that a member may do with a vault's records, and everyone's standing in the team.
    fn rights(&self) -> Vec<(Who, u8, VaultRole)> {
        let mut rights = Vec::new();
        for who in 1..=PEOPLE {
            for number in 1..=VAULTS {
                rights.extend(self.state.vault_role(&vault(number), &member(who)).map(|role| (who, number, role)));
            }
        }
        rights
    }

    fn check_invariants(&self) {
        let state = &self.state;
        assert!(state.members().any(|member| state.role(&member.id()) == Some(TeamRole::Owner)), "no owner");
        for known in state.members() {
            let (acts, made) = (known.state == MemberState::Active, known.state == MemberState::Made);
            assert!(known.state != MemberState::Keyless || !known.has_keys());
            assert!(known.has_keys() || !acts && !made, "somebody without keys who acts");
            assert!(!made || (known.kind() == MemberKind::Person && known.keeper() != known.id()), "own keys");
            assert_eq!(state.role(&known.id()).is_some(), acts);
            assert_eq!(known.standing().is_some(), known.state != MemberState::Removed);
            if !acts && !made {
                assert_eq!(state.vaults_of(&known.id()).count(), 0);
            }
            let Some(terms) = known.service() else { continue };
            let role = known.standing();
            assert!(
                matches!(role, Some(TeamRole::Member | TeamRole::Administrator) | None),
                "a service with a role that no service gets"
            );
            let highest = terms.scope.highest_role();
            for (_, vault) in state.vaults_of(&known.id()) {
                assert!(vault.role(&known.id()).is_some_and(|role| role <= highest), "more than its scope");
            }
            assert!(known.kept_grants().all(|grant| grant.role <= highest), "more than its scope, later");
            let is_over = terms.expires.is_some_and(|expires| expires <= state.time());
            assert!(!(acts && is_over), "a service that acts when its time is over");
            assert!(known.state != MemberState::Expired || is_over, "one that is over before its time");
        }
        for known in state.members() {
            let Some(recovery) = state.recovery_of(&known.id(), Timestamp(0)) else { continue };
            assert!(known.state == MemberState::Active && recovery.by != known.id(), "recovered by nobody else");
            let enrolment = known.enrolment().expect("recovered without being enrolled");
            assert!(enrolment.since < recovery.since && Some(enrolment.enrol.group) == state.recovery_since());
        }
        for invitation in state.invitations().filter(|invitation| invitation.state == InvitationState::Open) {
            assert!(crate::policy::may_invite(state, &invitation.inviter, &invitation.invite));
            assert!(invitation.invite.expires > state.time());
        }
        for known in state.groups() {
            let is_here = |member: &MemberId| state.member(member).and_then(Member::standing).is_some();
            assert!(known.members().all(is_here), "somebody in a group who was removed");
        }
        for (id, known) in state.vaults() {
            for one in state.outgrown(id) {
                assert!(one.left.is_none_or(|left| left < one.role) && state.is_brought(id, &one.member));
            }
            for (asking, role) in state.group_roles(id) {
                assert!(asking.is_live() && known.kind == VaultKind::Shared);
                for (member, share) in state.asked_by_group(id, &asking.group) {
                    assert!(share <= role && state.vault_role(id, &member).is_none_or(|held| held < share));
                }
            }
            match known.kind {
                VaultKind::Shared => {
                    assert_eq!(known.owner(), None);
                    for auditor in state.members().map(|known| known.id()) {
                        let is_one = state.role(&auditor) == Some(TeamRole::Auditor);
                        assert!(!is_one || state.vault_role(id, &auditor) == Some(VaultRole::Viewer), "not a viewer");
                        assert_eq!(known.auditors().any(|seen| *seen == auditor), is_one);
                    }
                }
                VaultKind::Personal => {
                    let owner = known.owner().expect("an owner");
                    assert!(known.grants().all(|(holder, _)| *holder == owner), "two holders");
                    assert!(state.recipients(id).all(|to| to.member == owner), "keys for others");
                    assert_eq!(state.vaults().filter(|(_, other)| other.owner() == Some(owner)).count(), 1);
                    assert_eq!(known.auditors().count(), 0);
                }
            }
            for to in state.recipients(id) {
                let invited = state.invitations().any(|invitation| {
                    invitation.invite.invite.member() == to.member && invitation.state == InvitationState::Open
                });
                // Of whoever has still to replace keys, what they will have.
                let made = state.member(&to.member).is_some_and(|known| known.state == MemberState::Made);
                let later = made && known.granted(&to.member) == Some(to.role);
                assert!(invited || later || state.vault_role(id, &to.member) == Some(to.role));
            }
        }
    }
}

/// A statement was taken: what it may have changed, and what not.
fn check_step(before: &Team, after: &Team, author: Who, body: &Body) {
    let (old, new) = (before.rights(), after.rights());
    for &(who, number, role) in &old {
        let now = after.state.vault_role(&vault(number), &member(who));
        // Time alone takes no keys: what follows from it, a statement says.
        let lapsed = after.state.member(&member(who)).is_some_and(|known| known.state == MemberState::Expired);
        if now.is_none_or(|now| now < role) && !lapsed {
            assert!(after.is_due(number), "{who} lost {role:?} and no keys are due: {body:?}");
            // What auditors saw they saw without a grant, and wrote nothing.
            if before.state.vault(&vault(number)).unwrap().granted(&member(who)).is_some() {
                let cut = after.state.vault(&vault(number)).unwrap().cut().unwrap();
                assert_eq!(cut.sequence, after.state.position().sequence);
            }
        }
    }
    for number in 1..=VAULTS {
        if let Some(known) = before.state.vault(&vault(number)).filter(|known| known.is_due()) {
            let renewed = matches!(body, Body::NewEpoch(new) if new.vault == vault(number));
            assert_eq!(after.is_due(number), !renewed);
            assert!(!renewed || known.role(&member(author)) == Some(VaultRole::Custodian));
        }
    }
    // Groups give and take nothing by themselves.
    if matches!(body, Body::SetGroup(_) | Body::SetGroupRole(_)) {
        assert_eq!(old, new);
    }
    // Keys change by whoever has them, or by their keeper; and vaults that they opened get new ones.
    for known in before.state.members() {
        let now = after.state.member(&known.id()).unwrap();
        if now.keys.signing != known.keys.signing {
            let own = matches!(body, Body::ReplaceKeys(_)) && known.id() == member(author);
            let kept = matches!(body, Body::RenewService(renew) if renew.member == known.id());
            let set = matches!(body, Body::SetPassword(set) if set.member == known.id());
            assert!(own || kept || set, "keys that nobody replaced: {body:?}");
            assert!(before.state.vaults_of(&known.id()).all(|(vault, _)| after.state.vault(vault).unwrap().is_due()));
            assert!(now.enrolment().is_none() && after.state.recovery_of(&known.id(), Timestamp(0)).is_none());
        }
    }
    // Nobody gives more than they hold, and nobody raises themselves.
    for (who, number, role) in new.into_iter().filter(|right| !old.contains(right)) {
        let had = before.state.vault_role(&vault(number), &member(who));
        let more = had.is_none_or(|had| had < role);
        let gives = before.state.vault_role(&vault(number), &member(author)).is_some_and(|own| own >= role);
        let made = matches!(
            body,
            Body::ReplaceKeys(_)
                | Body::NewVault(_)
                | Body::SetTeamRole(SetTeamRole { role: TeamRole::Auditor, .. })
                | Body::Join(_)
                | Body::Resume(_)
                | Body::SetService(_)
                | Body::RenewService(_)
        );
        assert!(!more || made || (gives && who != author), "{who} got {role:?}: {body:?}");
    }
    // The team's policy is an owner's, within its limits, and nothing else touches it.
    let policies = (before.state.team_policy(), after.state.team_policy());
    match body {
        Body::SetTeamPolicy(set) => {
            assert_eq!(policies.1, set);
            assert_eq!(before.state.role(&member(author)), Some(TeamRole::Owner));
            assert!(set.confirmation <= 43_200);
        }
        _ => assert_eq!(policies.0, policies.1),
    }
    // Whoever has keys that somebody else made says one thing.
    let was_made = before.state.member(&member(author)).is_some_and(|known| known.state == MemberState::Made);
    let begins = matches!(body, Body::Join(_)) || (was_made && matches!(body, Body::ReplaceKeys(_)));
    assert!(begins || before.state.role(&member(author)).is_some(), "signed by nobody");
    // The directory gets a new key when somebody leaves, and never one that was there.
    let keys = (before.state.directory_keys().len(), after.state.directory_keys().len());
    let renews = matches!(body, Body::Remove(Remove { directory: Some(_), .. }));
    assert_eq!(keys.1, keys.0 + usize::from(renews));
    let different: BTreeSet<_> = after.state.directory_keys().iter().map(|key| key.commitment).collect();
    assert_eq!(different.len(), keys.1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_must_always_hold_does(attempts in prop::collection::vec(attempt(), 1..60)) {
        let mut team = Team::new();
        let mut taken: Vec<SignedStatement> = Vec::new();
        for attempt in &attempts {
            let Some((author, body)) = team.body_of(attempt) else { continue };
            let before = team.clone();
            let statement = team.signed(author, body.clone());
            // Somebody else's signature never counts, and neither does a statement that was taken before.
            let forged = sign(77, statement.value().clone());
            prop_assert!(team.append(&forged).is_err());
            if let Some(old) = taken.last() {
                prop_assert_eq!(team.append(old), Err(Refused::Order));
            }
            if team.append(&statement).is_ok() {
                check_step(&before, &team, author, &body);
                taken.push(statement);
            }
            team.check_invariants();
        }
        // The same history again is the same team; with two statements changed about it is none.
        let mut again = Team::new();
        for statement in &taken {
            prop_assert_eq!(again.append(statement), Ok(()));
        }
        prop_assert_eq!(format!("{:?}", again.state), format!("{:?}", team.state));
        if taken.len() > 1 {
            let mut reordered = Team::new();
            taken.swap(0, 1);
            prop_assert_eq!(reordered.append(&taken[0]), Err(Refused::Order));
        }
    }
}
