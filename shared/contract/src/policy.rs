//! Who may do what: the only place where a right is decided. The server asks inside the transaction; browser and CLI
//! ask to decide what to offer; readers ask of every author.

use crate::{
    audit::ActKind,
    chain::{
        Body, FactorDemand, Invite, LeaseTerms, Member, MemberKind, MemberState, Policy, PolicyScope, ServiceDemand,
        ServiceScope, SetPolicy, TeamPolicy, TeamRole, TeamState, VaultGrant, VaultKind, VaultRole,
    },
    ids::{MemberId, VaultId},
    record::{RecordKind, Tier},
    request::ahead::AheadBody,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shared vaults are made by owners and password administrators; every person may make a personal one, once.
#[must_use]
pub fn may_make_vault(state: &TeamState, member: &MemberId, kind: VaultKind) -> bool {
    // Whoever makes a vault is its custodian, and a service never is one.
    if state.member(member).is_none_or(|known| known.kind() == MemberKind::Service) {
        return false;
    }
    if kind == VaultKind::Personal && state.personal_vault(member).is_some() {
        return false;
    }
    match (state.role(member), kind) {
        (Some(_), VaultKind::Personal)
        | (Some(TeamRole::Owner | TeamRole::PasswordAdministrator), VaultKind::Shared) => true,
        (Some(TeamRole::Administrator | TeamRole::Auditor | TeamRole::Member) | None, VaultKind::Shared)
        | (None, VaultKind::Personal) => false,
    }
}

/// Who may suspend, resume and remove a member of this role: owners everyone, administrators those below them.
#[must_use]
pub fn may_manage(state: &TeamState, author: &MemberId, standing: TeamRole) -> bool {
    state.role(author).is_some_and(|role| manages(role, standing))
}

fn manages(role: TeamRole, standing: TeamRole) -> bool {
    match (role, standing) {
        (TeamRole::Owner, _) => true,
        (TeamRole::Administrator, TeamRole::PasswordAdministrator | TeamRole::Auditor | TeamRole::Member) => true,
        (TeamRole::Administrator, TeamRole::Owner | TeamRole::Administrator)
        | (TeamRole::PasswordAdministrator | TeamRole::Auditor | TeamRole::Member, _) => false,
    }
}

/// Who may change a member's role in the team from one to another. Owners may; administrators below themselves, but for
/// auditors: those see more than an administrator does, and nobody gives more than they hold.
#[must_use]
pub fn may_set_role(state: &TeamState, author: &MemberId, from: TeamRole, to: TeamRole) -> bool {
    let below = |role| matches!(role, TeamRole::PasswordAdministrator | TeamRole::Member);
    match state.role(author) {
        Some(TeamRole::Owner) => true,
        Some(TeamRole::Administrator) => below(from) && below(to),
        Some(TeamRole::PasswordAdministrator | TeamRole::Auditor | TeamRole::Member) | None => false,
    }
}

/// Who may invite, and to what. A link is a bearer token, so it makes plain members and never a custodian; roles in vaults
/// are given by custodians of each of them.
#[must_use]
pub fn may_invite(state: &TeamState, author: &MemberId, invite: &Invite) -> bool {
    brings_in(state, author, &invite.grants) && invite.role == TeamRole::Member
}

/// Who may admit a service, and with which roles: whoever could invite somebody with them. A token is a bearer token too.
#[must_use]
pub fn may_admit(state: &TeamState, author: &MemberId, grants: &[VaultGrant]) -> bool {
    brings_in(state, author, grants)
}

/// Who may make somebody a member with keys of their own making, and with which roles: whoever could invite somebody with
/// them. What they hand over is a bearer's too.
#[must_use]
pub fn may_admit_person(state: &TeamState, author: &MemberId, grants: &[VaultGrant]) -> bool {
    brings_in(state, author, grants)
}

/// Who may make keys, again or for the first time, for somebody who has none of their own: whoever could bring them in with
/// every role that they have and get.
#[must_use]
pub fn may_set_password(state: &TeamState, author: &MemberId, member: &MemberId, grants: &[VaultGrant]) -> bool {
    let Some(known) = state.member(member).filter(|known| known.kind() == MemberKind::Person) else { return false };
    let keeps = |vault| state.vault_role(vault, author).is_some_and(may_grant);
    known.standing().is_some_and(|standing| may_manage(state, author, standing))
        && brings_in(state, author, grants)
        && state.vaults_of(member).all(|(vault, _)| keeps(vault))
}

fn brings_in(state: &TeamState, author: &MemberId, grants: &[VaultGrant]) -> bool {
    let given = grants.iter().all(|grant| {
        grant.role != VaultRole::Custodian && state.vault_role(&grant.vault, author).is_some_and(may_grant)
    });
    manages_people(state, author) && given
}

/// Who may give a service new keys: they go into a token that only the maker sees, with the keys of all its vaults. So it is
/// whoever could give it each of its roles.
#[must_use]
pub fn may_renew_service(state: &TeamState, author: &MemberId, service: &MemberId) -> bool {
    let keeps = |vault| state.vault_role(vault, author).is_some_and(may_grant);
    may_set_service(state, author, service) && state.standing_vaults(service).all(keeps)
}

/// Who may bind a service: whoever manages people, and of one that manages people itself an owner alone.
#[must_use]
pub fn may_set_service(state: &TeamState, author: &MemberId, service: &MemberId) -> bool {
    let standing = state.member(service).and_then(Member::standing);
    manages_people(state, author) && standing.is_none_or(|standing| may_manage(state, author, standing))
}

/// Which roles in the team a service may have. An owner may let it manage people, for programs that do; it never answers for
/// the team itself, makes no vaults, and sees no more catalogs than it was given.
#[must_use]
pub fn may_hold_as_service(role: TeamRole) -> bool {
    matches!(role, TeamRole::Administrator | TeamRole::Member)
}

/// Who invites people, withdraws invitations, changes what members may do, and for that sees the newest heads of vaults in
/// which they have no role themselves: owners and administrators.
#[must_use]
pub fn manages_people(state: &TeamState, member: &MemberId) -> bool {
    matches!(state.role(member), Some(TeamRole::Owner | TeamRole::Administrator))
}

/// Who may say of whom the team's recovery consists.
#[must_use]
pub fn may_set_recovery(state: &TeamState, member: &MemberId) -> bool {
    state.role(member) == Some(TeamRole::Owner)
}

/// Who may begin a person's recovery, and take that back: a person who may suspend them, and never they themselves. A
/// service has no eyes to see by whom it is asked.
#[must_use]
pub fn may_recover(state: &TeamState, author: &MemberId, member: &MemberId) -> bool {
    let standing = state.member(member).and_then(Member::standing);
    let is_person = state.member(author).is_some_and(|author| author.kind() == MemberKind::Person);
    is_person && author != member && standing.is_some_and(|standing| may_manage(state, author, standing))
}

/// Who can give a share to a person's recovery: the trustees with whom they are enrolled, but for those whose keys were
/// replaced since: their share was sealed to the former ones.
#[must_use]
pub fn may_give_share(state: &TeamState, trustee: &MemberId, member: &MemberId) -> bool {
    let enrolment = state.member(member).and_then(Member::enrolment);
    let renewed = state.member(trustee).and_then(Member::renewed);
    state.role(trustee).is_some()
        && enrolment.is_some_and(|enrolment| {
            let named = enrolment.enrol.shares.iter().any(|share| share.trustee == *trustee);
            named && renewed.is_none_or(|renewed| renewed < enrolment.since)
        })
}

/// Who may give a role in a vault.
#[must_use]
pub fn may_grant(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Which roles in shared vaults somebody may have who is an auditor: auditors see every catalog and open no secret.
#[must_use]
pub fn may_hold_as_auditor(role: VaultRole) -> bool {
    role <= VaultRole::Viewer
}

/// Whether others than whoever made a vault can be given a role in it, now or ever.
#[must_use]
pub fn may_share(kind: VaultKind) -> bool {
    kind == VaultKind::Shared
}

/// Who may take a role in a vault away: its custodians, owners, administrators.
#[must_use]
pub fn may_revoke(state: &TeamState, author: &MemberId, vault: &VaultId) -> bool {
    manages_people(state, author) || state.vault_role(vault, author).is_some_and(may_grant)
}

/// Who may wrap a vault's keys anew, and to whom: to oneself with a role in it, or as its custodian to whoever gets them.
#[must_use]
pub fn may_wrap(state: &TeamState, author: &MemberId, vault: &VaultId, recipient: &MemberId) -> bool {
    let Some(role) = state.vault_role(vault, author) else { return false };
    recipient == author || (may_grant(role) && state.recipients(vault).any(|to| to.member == *recipient))
}

/// Whether a member loses a right when its role in a vault changes so.
#[must_use]
pub fn takes_away(from: VaultRole, to: Option<VaultRole>) -> bool {
    to.is_none_or(|to| to < from)
}

/// Which of a vault's keys go with a role.
#[must_use]
pub fn holds_key(role: VaultRole, tier: Tier) -> bool {
    match tier {
        Tier::Catalog => may_read_catalog(role),
        Tier::Open | Tier::Guarded => may_release(role, tier),
        Tier::Directory => false,
    }
}

/// Everyone with a role in the vault sees its catalog.
#[must_use]
pub fn may_read_catalog(role: VaultRole) -> bool {
    match role {
        VaultRole::Viewer | VaultRole::User | VaultRole::Editor | VaultRole::Custodian => true,
    }
}

/// Who may write a record of this kind into a vault.
#[must_use]
pub fn may_write_record(role: VaultRole, kind: RecordKind) -> bool {
    let by_editors = matches!(
        kind,
        RecordKind::ResourceGroup
            | RecordKind::Resource
            | RecordKind::Account
            | RecordKind::Secret
            | RecordKind::Facts
            | RecordKind::File
    );
    match role {
        VaultRole::Custodian => by_editors || kind == RecordKind::Vault,
        VaultRole::Editor => by_editors,
        VaultRole::User | VaultRole::Viewer => false,
    }
}

/// Who may sign a vault's head: whoever writes.
#[must_use]
pub fn may_sign_head(role: VaultRole) -> bool {
    may_write_record(role, RecordKind::Resource)
}

/// Who may be given a secret or a file of this tier without a request.
#[must_use]
pub fn may_release(role: VaultRole, tier: Tier) -> bool {
    match role {
        VaultRole::Custodian => matches!(tier, Tier::Open | Tier::Guarded),
        VaultRole::Editor | VaultRole::User => tier == Tier::Open,
        VaultRole::Viewer => false,
    }
}

/// Who may ask for a secret: whoever may open secrets at all, and a service that may only ask.
#[must_use]
pub fn may_request(state: &TeamState, vault: &VaultId, member: &MemberId) -> bool {
    let Some(role) = state.vault_role(vault, member) else { return false };
    let asks =
        state.member(member).and_then(Member::service).is_some_and(|terms| terms.scope == ServiceScope::Requests);
    asks || may_release(role, Tier::Open)
}

/// Who may approve a request in a vault under a policy: its custodians, or those of them who are named; a service only
/// where it is named.
#[must_use]
pub fn may_approve(state: &TeamState, vault: &VaultId, policy: Option<&Policy>, member: &MemberId) -> bool {
    let Some(role) = state.vault_role(vault, member) else { return false };
    let approvers = policy.and_then(|policy| policy.terms.as_ref()).map_or(&[][..], |terms| &terms.approvers);
    let is_service = state.member(member).is_some_and(|known| known.kind() == MemberKind::Service);
    match approvers {
        [] => may_grant(role),
        named => named.contains(member) && (is_service || may_grant(role)),
    }
}

/// Who may approve ahead that a member has a secret, as the first of those whom it takes: a custodian who may approve
/// requests.
#[must_use]
pub fn may_approve_ahead(state: &TeamState, vault: &VaultId, policy: Option<&Policy>, member: &MemberId) -> bool {
    may_approve(state, vault, policy, member) && state.vault_role(vault, member).is_some_and(may_grant)
}

/// Who may withdraw what was approved ahead: every custodian of the vault.
#[must_use]
pub fn may_withdraw_ahead(role: VaultRole) -> bool {
    may_grant(role)
}

/// Who may see what was approved ahead, besides the member that it is for: whoever may approve requests, and every
/// custodian.
#[must_use]
pub fn may_see_ahead(state: &TeamState, vault: &VaultId, policy: Option<&Policy>, member: &MemberId) -> bool {
    state.vault_role(vault, member).is_some_and(may_grant) || may_approve(state, vault, policy, member)
}

/// Who may check a secret in for somebody else, or take back what was approved: the vault's custodians.
#[must_use]
pub fn may_force_check_in(role: VaultRole) -> bool {
    may_grant(role)
}

/// Whether somebody with this role needs no approval under a policy: custodians, or those of them who are named.
#[must_use]
pub fn is_exempt(role: VaultRole, policy: Option<&Policy>, member: &MemberId) -> bool {
    let exempt = policy.and_then(|policy| policy.terms.as_ref()?.exempt.as_ref());
    may_grant(role) && exempt.is_none_or(|exempt| exempt.contains(member))
}

/// Who may take a secret at once when there is no time to ask: the custodians whom the policy names for it.
#[must_use]
pub fn may_break_glass(state: &TeamState, vault: &VaultId, policy: Option<&Policy>, member: &MemberId) -> bool {
    let named = policy.and_then(|policy| policy.terms.as_ref()).is_some_and(|terms| terms.break_glass.contains(member));
    named && state.vault_role(vault, member).is_some_and(may_grant)
}

/// Who may be given a secret of this tier without a request, under the policy in force: never where one person has it at a
/// time.
#[must_use]
pub fn may_release_directly(role: VaultRole, tier: Tier, policy: Option<&Policy>, member: &MemberId) -> bool {
    let exclusive = policy.and_then(|policy| policy.terms.as_ref()).is_some_and(|terms| terms.exclusive);
    may_release(role, tier) && !exclusive && (tier != Tier::Guarded || is_exempt(role, policy, member))
}

/// Who may see who has a secret, until when, and how many wait for it: whoever sees the account.
#[must_use]
pub fn may_see_uses(role: VaultRole) -> bool {
    may_read_catalog(role)
}

/// Who may fetch the facts of secrets of this tier: who could open the secrets themselves.
#[must_use]
pub fn may_read_facts(role: VaultRole, tier: Tier) -> bool {
    may_release(role, tier)
}

/// Who may send the chunks of a file that a record will bring in.
#[must_use]
pub fn may_upload(role: VaultRole) -> bool {
    may_write_record(role, RecordKind::File)
}

/// Who may see who wrote the versions of secrets, when, and under which keys: who could open secrets at all.
#[must_use]
pub fn may_list_versions(role: VaultRole) -> bool {
    may_release(role, Tier::Open)
}

/// Who may remove for good what was deleted.
#[must_use]
pub fn may_purge(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Who may give a vault new keys.
#[must_use]
pub fn may_start_epoch(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Who may set a policy in a vault.
#[must_use]
pub fn may_set_policy(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Who may set the team's policy.
#[must_use]
pub fn may_set_team_policy(state: &TeamState, member: &MemberId) -> bool {
    state.role(member) == Some(TeamRole::Owner)
}

/// Whether the team's policy asks for a second factor before a member is given a secret or a file of this tier.
#[must_use]
pub fn needs_factor(state: &TeamState, member: &MemberId, tier: Tier) -> bool {
    let &TeamPolicy { factor, services, .. } = state.team_policy();
    let is_service = state.member(member).is_some_and(|known| known.kind() == MemberKind::Service);
    if is_service && services == ServiceDemand::Exempt {
        return false;
    }
    match factor {
        FactorDemand::Always => true,
        FactorDemand::Guarded => tier == Tier::Guarded,
        FactorDemand::Never => false,
    }
}

/// Whether whoever has a second factor is asked for it at sign-in.
#[must_use]
pub fn needs_factor_to_sign_in(state: &TeamState) -> bool {
    state.team_policy().factor == FactorDemand::Always
}

/// Whether a statement is said only with a fresh confirmation by whoever has a second factor: rights that are given would
/// lead around everything else that one is asked for. `state` is the team before the statement.
#[must_use]
pub fn gives_rights_needs_factor(state: &TeamState, body: &Body) -> bool {
    state.team_policy().factor != FactorDemand::Never && gives_rights(state, body)
}

/// Whether a step of an approval that is given ahead is said only with a fresh confirmation by whoever has a second factor:
/// it is a right that stands, as a role is.
#[must_use]
pub fn ahead_needs_factor(state: &TeamState, body: &AheadBody) -> bool {
    let gives = match body {
        AheadBody::Propose(_) | AheadBody::Approve(_) => true,
        AheadBody::Withdraw => false,
    };
    state.team_policy().factor != FactorDemand::Never && gives
}

/// Whether somebody has more after a statement than before, or may come to it by that statement alone.
fn gives_rights(state: &TeamState, body: &Body) -> bool {
    match body {
        Body::Invite(_)
        | Body::Admit(_)
        | Body::AdmitPerson(_)
        | Body::RenewService(_)
        | Body::SetService(_)
        | Body::GrantByGroup(_)
        | Body::Resume(_)
        | Body::SetRecovery(_)
        | Body::SetPassword(_)
        | Body::Recover(_) => true,
        Body::SetPolicy(set) => loosens(state, set),
        // Whoever comes into a group is asked for where it has a role.
        Body::SetGroup(set) => {
            let group = state.group(&set.group);
            set.members.iter().flatten().any(|member| !group.is_some_and(|group| group.has(member)))
        }
        Body::SetGrant(set) => {
            let before = state.vault_role(&set.vault, &set.member);
            !before.is_some_and(|before| takes_away(before, Some(set.role)))
        }
        Body::SetTeamRole(set) => {
            let before = state.member(&set.member).and_then(Member::standing);
            before.is_none_or(|before| raises(before, set.role))
        }
        Body::Genesis(_)
        | Body::NewVault(_)
        | Body::NewEpoch(_)
        | Body::WithdrawInvite(_)
        | Body::Join(_)
        | Body::Revoke(_)
        | Body::Suspend(_)
        | Body::Remove(_)
        | Body::SetGroupRole(_)
        | Body::EndGroupGrants(_)
        | Body::SetTeamPolicy(_)
        | Body::ReplaceKeys(_)
        | Body::Enrol(_)
        | Body::EndEnrolment(_)
        | Body::RegisterPerson(_)
        | Body::CancelRecovery(_) => false,
    }
}

/// Whether a secret may be come by more easily after a policy is set than before. Of a resource or an account that had no
/// policy of its own it is not known here which wider one held: then each of the vault counts.
fn loosens(state: &TeamState, set: &SetPolicy) -> bool {
    let Some(vault) = state.vault(&set.vault) else { return false };
    let custodian = |member: &MemberId| vault.role(member) == Some(VaultRole::Custodian);
    let is_looser = |before: &Policy| is_looser(set.policy.as_ref(), before, custodian);
    match vault.policy_in(&set.scope) {
        Some(own) => is_looser(own),
        None => set.scope != PolicyScope::Vault && vault.policies().any(|(_, policy)| is_looser(policy)),
    }
}

/// Whether a policy asks for less than another: for fewer approvals, not for the second factor or one person at a time any
/// more, or where somebody approves, needs no approval, or may take a secret at once, who did not before.
fn is_looser(policy: Option<&Policy>, before: &Policy, custodian: impl Fn(&MemberId) -> bool) -> bool {
    let bare = LeaseTerms::default();
    let after = policy.and_then(|policy| policy.terms.as_ref()).unwrap_or(&bare);
    let terms = before.terms.as_ref().unwrap_or(&bare);
    let approves = |member: &MemberId| match terms.approvers.as_slice() {
        [] => custodian(member),
        named => named.contains(member),
    };
    let gains_approver = match after.approvers.as_slice() {
        [] => !terms.approvers.is_empty(),
        named => !named.iter().all(approves),
    };
    let gains_exempt = terms.exempt.as_ref().is_some_and(|exempt| match &after.exempt {
        None => true,
        Some(named) => named.iter().any(|member| !exempt.contains(member)),
    });
    policy.map_or(0, |policy| policy.approvals.0) < before.approvals.0
        || (terms.factor && !after.factor)
        || (terms.exclusive && !after.exclusive)
        || gains_approver
        || gains_exempt
        || after.break_glass.iter().any(|member| !terms.break_glass.contains(member))
}

/// Whether a member can do anything in its new role that it could not before. An auditor sees what even owners do not.
fn raises(from: TeamRole, to: TeamRole) -> bool {
    match (from, to) {
        (_, TeamRole::Member) | (TeamRole::Owner, TeamRole::Administrator | TeamRole::PasswordAdministrator) => false,
        (_, TeamRole::Owner | TeamRole::Administrator | TeamRole::PasswordAdministrator | TeamRole::Auditor) => {
            from != to
        }
    }
}

/// Who may take away the second factors of a member: whoever could remove the member, but nobody their own.
#[must_use]
pub fn may_take_factors(state: &TeamState, author: &MemberId, of: &MemberId) -> bool {
    let standing = state.member(of).and_then(Member::standing);
    author != of && standing.is_some_and(|standing| may_manage(state, author, standing))
}

/// Who may change the team's name.
#[must_use]
pub fn may_name_team(state: &TeamState, member: &MemberId, sequence: u64) -> bool {
    state.role_at(member, sequence) == Some(TeamRole::Owner)
}

/// Who may write a member's profile, at a statement: whoever may manage the member, and a person its own. A service never
/// writes its own: whoever had its token once could go on to do so.
#[must_use]
pub fn may_write_profile(state: &TeamState, author: &MemberId, of: &MemberId, sequence: u64) -> bool {
    let (Some(role), Some(standing)) = (state.role_at(author, sequence), state.last_role_at(of, sequence)) else {
        return false;
    };
    let is_person = state.member(author).is_some_and(|known| known.kind() == MemberKind::Person);
    if author == of { is_person } else { manages(role, standing) }
}

/// Who may write a member group's name, at a statement: who manages people.
#[must_use]
pub fn may_write_group(state: &TeamState, author: &MemberId, sequence: u64) -> bool {
    matches!(state.role_at(author, sequence), Some(TeamRole::Owner | TeamRole::Administrator))
}

/// Who may make member groups, change who is in them, and end them: who manages people. It gives nobody a right: what a
/// group asks for in a vault, its custodians give.
#[must_use]
pub fn may_manage_groups(state: &TeamState, member: &MemberId) -> bool {
    manages_people(state, member)
}

/// Something that may be done about a member, by the name of the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberAction {
    /// To read it.
    GetMember,
    /// To write its profile.
    PutProfile,
    /// To change its role in the team.
    SetTeamRole,
    /// To suspend it.
    SuspendMember,
    /// To resume it.
    ResumeMember,
    /// To remove it.
    RemoveMember,
    /// To change a service's terms.
    SetService,
    /// To give a service another token.
    RenewService,
    /// To make keys for a person who has none of their own.
    SetPassword,
    /// To begin a person's recovery, in their device's stead too.
    StartRecovery,
}

/// What somebody may do about a member now.
#[must_use]
pub fn member_actions(state: &TeamState, author: &MemberId, of: &Member) -> Vec<MemberAction> {
    let id = of.id();
    let mut actions = vec![MemberAction::GetMember];
    let Some(standing) = of.standing() else { return actions };
    if may_write_profile(state, author, &id, state.position().sequence) {
        actions.push(MemberAction::PutProfile);
    }
    // The last owner can neither go nor become less.
    let stays = state.role(&id) == Some(TeamRole::Owner) && !state.has_owner_besides(&id);
    let is_service = of.kind() == MemberKind::Service;
    let may_hold = |to| to != standing && (!is_service || may_hold_as_service(to));
    if !stays
        && !matches!(of.state, MemberState::Made | MemberState::Keyless)
        && TeamRole::ALL.into_iter().any(|to| may_hold(to) && may_set_role(state, author, standing, to))
    {
        actions.push(MemberAction::SetTeamRole);
    }
    if !stays && may_manage(state, author, standing) {
        match of.state {
            MemberState::Active | MemberState::Made | MemberState::Keyless => {
                actions.push(MemberAction::SuspendMember);
            }
            MemberState::Suspended => actions.push(MemberAction::ResumeMember),
            MemberState::Expired | MemberState::Removed => {}
        }
        actions.push(MemberAction::RemoveMember);
    }
    if is_service && may_set_service(state, author, &id) {
        actions.push(MemberAction::SetService);
        if of.state != MemberState::Suspended && may_renew_service(state, author, &id) {
            actions.push(MemberAction::RenewService);
        }
    }
    let waits = matches!(of.state, MemberState::Made | MemberState::Keyless);
    if waits && may_set_password(state, author, &id, &[]) {
        actions.push(MemberAction::SetPassword);
    }
    if of.state == MemberState::Active && of.enrolment().is_some() && may_recover(state, author, &id) {
        actions.push(MemberAction::StartRecovery);
    }
    actions
}

/// Who may see, make, change, test and delete webhooks.
#[must_use]
pub fn may_manage_webhooks(state: &TeamState, member: &MemberId) -> bool {
    manages_people(state, member)
}

/// Of which kinds of events somebody may have a webhook told. Administrators do not read the audit, so they have sent only
/// what is about people, whom they manage: nobody gives more than they hold.
#[must_use]
pub fn may_have_sent(state: &TeamState, member: &MemberId, kind: ActKind) -> bool {
    may_manage_webhooks(state, member) && (may_read_audit(state, member) || kind == ActKind::People)
}

/// Who may read the audit: owners and auditors read all; others what they did themselves.
#[must_use]
pub fn may_read_audit(state: &TeamState, member: &MemberId) -> bool {
    matches!(state.role(member), Some(TeamRole::Owner | TeamRole::Auditor))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn versions_are_for_those_who_open_secrets_and_purging_is_for_custodians() {
        let rows = [
            (VaultRole::Viewer, false, false),
            (VaultRole::User, true, false),
            (VaultRole::Editor, true, false),
            (VaultRole::Custodian, true, true),
        ];
        for (role, list, purge) in rows {
            assert_eq!((may_list_versions(role), may_purge(role)), (list, purge), "{role:?}");
        }
    }
}
