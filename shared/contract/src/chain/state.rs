//! What a verified chain says of the team: members, vaults, epochs, grants and policies, now and at earlier positions.

use crate::{
    chain::{
        DeviceKeys, DirectoryKey, EpochKeys, Group, Invitation, Member, MemberState, NamedHead, Policy, PolicyScope,
        Recovery, RecoveryGroup, TeamPolicy, TeamRole, VaultKind, VaultRole, timeline::Timeline,
    },
    crypto::Hash,
    ids::{Epoch, GroupId, InviteId, MemberId, Number, ObjectId, TeamId, Timestamp, VaultId},
    record::{ChainPosition, Tier},
};
use std::collections::BTreeMap;

/// A team as its chain tells it. Made by [`TeamState::found`] and changed by [`TeamState::apply`] alone.
#[derive(Clone, Debug)]
pub struct TeamState {
    pub(super) team: TeamId,
    pub(super) founder: MemberId,
    /// Keys of the directory, oldest first.
    pub(super) directory: Vec<DirectoryKey>,
    pub(super) time: Timestamp,
    pub(super) hashes: Vec<Hash>,
    /// Times of all statements; they never go back.
    pub(super) times: Vec<Timestamp>,
    pub(super) members: BTreeMap<MemberId, Member>,
    pub(super) invitations: BTreeMap<InviteId, Invitation>,
    pub(super) groups: BTreeMap<GroupId, Group>,
    pub(super) vaults: BTreeMap<VaultId, VaultState>,
    pub(super) team_policy: TeamPolicy,
    /// With the statement that set it.
    pub(super) recovery_group: Option<(u64, RecoveryGroup)>,
    /// Keys of all devices for which somebody was to be recovered.
    pub(super) device_keys: Vec<DeviceKeys>,
}

/// Keys of one epoch.
#[derive(Clone, Debug)]
pub struct EpochState {
    /// Its number.
    pub epoch: Epoch,
    /// The public side of its keys.
    pub keys: EpochKeys,
    /// The statement that brought it.
    pub since: u64,
}

/// Where heads from before were cut off.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// The statement that cut.
    pub sequence: u64,
    /// The last head before it that counts.
    pub head: Option<NamedHead>,
}

/// A vault as the chain tells it.
#[derive(Clone, Debug)]
pub struct VaultState {
    /// The number that people use.
    pub number: Number,
    /// Whose it is.
    pub kind: VaultKind,
    pub(super) epochs: Vec<EpochState>,
    /// Whose alone it is, where it is a personal one.
    pub(super) owner: Option<MemberId>,
    pub(super) grants: BTreeMap<MemberId, Timeline<Option<VaultRole>>>,
    /// The auditors who see it, each with the statement since which they do.
    pub(super) auditors: BTreeMap<MemberId, u64>,
    pub(super) policies: BTreeMap<PolicyScope, Timeline<Option<Policy>>>,
    /// What groups ask for.
    pub(super) groups: BTreeMap<GroupId, VaultRole>,
    /// Whose role came by a group, each with the role that it had of itself before.
    pub(super) brought: BTreeMap<MemberId, Option<VaultRole>>,
    pub(super) cut: Option<Cut>,
    /// Whether somebody lost a right since the keys were made.
    pub(super) due: Timeline<bool>,
}

impl TeamState {
    /// The team's id.
    #[must_use]
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// Hash of the genesis statement.
    #[must_use]
    pub fn genesis(&self) -> Hash {
        self.hashes.first().copied().unwrap_or(Hash::ZERO)
    }

    /// Who made the team.
    #[must_use]
    pub fn founder(&self) -> MemberId {
        self.founder
    }

    /// Commitment to the directory's newest key.
    #[must_use]
    pub fn directory_commitment(&self) -> Hash {
        self.directory.last().map_or(Hash::ZERO, |key| key.commitment)
    }

    /// The newest statement's place.
    #[must_use]
    pub fn position(&self) -> ChainPosition {
        ChainPosition {
            sequence: (self.hashes.len() as u64).saturating_sub(1),
            hash: self.hashes.last().copied().unwrap_or(Hash::ZERO),
        }
    }

    /// Whether this place is one of this chain's.
    #[must_use]
    pub fn has_position(&self, position: &ChainPosition) -> bool {
        usize::try_from(position.sequence).is_ok_and(|sequence| self.hashes.get(sequence) == Some(&position.hash))
    }

    /// Time of the newest statement.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Time of a statement; of one that is not there yet, that of the newest.
    #[must_use]
    pub fn time_of(&self, sequence: u64) -> Timestamp {
        usize::try_from(sequence).ok().and_then(|sequence| self.times.get(sequence)).copied().unwrap_or(self.time)
    }

    /// The last statement that was made before a time; `None` where there was none.
    #[must_use]
    pub fn last_before(&self, time: Timestamp) -> Option<u64> {
        (self.times.partition_point(|made| *made < time) as u64).checked_sub(1)
    }

    /// The team's policy now.
    #[must_use]
    pub fn team_policy(&self) -> &TeamPolicy {
        &self.team_policy
    }

    /// A member.
    #[must_use]
    pub fn member(&self, member: &MemberId) -> Option<&Member> {
        self.members.get(member)
    }

    /// The recovery group as it stands.
    #[must_use]
    pub fn recovery_group(&self) -> Option<&RecoveryGroup> {
        self.recovery_group.as_ref().map(|(_, group)| group)
    }

    /// The statement that set it.
    #[must_use]
    pub fn recovery_since(&self) -> Option<u64> {
        self.recovery_group.as_ref().map(|(since, _)| *since)
    }

    /// The recovery of a member that was begun and is not over by a time.
    #[must_use]
    pub fn recovery_of(&self, member: &MemberId, now: Timestamp) -> Option<&Recovery> {
        self.member(member)?.recovery.as_ref().filter(|recovery| recovery.recover.expires > now)
    }

    /// All members in the order of their ids.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// A vault.
    #[must_use]
    pub fn vault(&self, vault: &VaultId) -> Option<&VaultState> {
        self.vaults.get(vault)
    }

    /// All vaults in the order of their ids.
    pub fn vaults(&self) -> impl Iterator<Item = (&VaultId, &VaultState)> {
        self.vaults.iter()
    }

    /// A member's role in the team at a statement.
    #[must_use]
    pub fn role_at(&self, member: &MemberId, sequence: u64) -> Option<TeamRole> {
        self.members.get(member)?.role.at(sequence).copied().flatten()
    }

    /// The last role in the team that a member had up to a statement: of those who were suspended then, what they had
    /// before. `None` for whoever was no member yet.
    #[must_use]
    pub fn last_role_at(&self, member: &MemberId, sequence: u64) -> Option<TeamRole> {
        let known = self.members.get(member)?;
        let mut roles = known.role.all().iter().rev().filter(|(since, _)| *since <= sequence);
        // Whoever had no keys of their own yet was to have this one.
        let waiting = || (known.since <= sequence).then_some(TeamRole::Member);
        roles.find_map(|(_, role)| *role).or_else(waiting)
    }

    /// Whether the team keeps an owner who may act when this member is none any more.
    #[must_use]
    pub fn has_owner_besides(&self, member: &MemberId) -> bool {
        let mut others = self.members.keys().filter(|other| *other != member);
        others.any(|other| self.role(other) == Some(TeamRole::Owner))
    }

    /// A member's role in the team now; `None` for those who may not act.
    #[must_use]
    pub fn role(&self, member: &MemberId) -> Option<TeamRole> {
        let member = self.members.get(member)?;
        match member.state {
            MemberState::Active => member.role.now().copied().flatten(),
            MemberState::Suspended
            | MemberState::Removed
            | MemberState::Expired
            | MemberState::Made
            | MemberState::Keyless => None,
        }
    }

    /// A member's role in a vault now; `None` for those who may not act.
    #[must_use]
    pub fn vault_role(&self, vault: &VaultId, member: &MemberId) -> Option<VaultRole> {
        self.role(member)?;
        self.vaults.get(vault)?.role(member)
    }

    /// The role that a member was granted in a vault, or the one that an expired service gets back: what a statement takes
    /// from it. What auditors see they see by their role in the team.
    #[must_use]
    pub fn standing_role(&self, vault: &VaultId, member: &MemberId) -> Option<VaultRole> {
        let lapsed = self.members.get(member).filter(|known| known.state == MemberState::Expired);
        match lapsed {
            Some(lapsed) => lapsed.kept.grants.get(vault).copied(),
            None => self.vaults.get(vault)?.granted(member),
        }
    }

    /// A person's own vault, whether they may act or not.
    #[must_use]
    pub fn personal_vault(&self, member: &MemberId) -> Option<(&VaultId, &VaultState)> {
        self.vaults.iter().find(|(_, vault)| vault.owner == Some(*member))
    }

    /// The vaults in which a member has such a role, in the order of their ids: a statement that takes its roles, or
    /// replaces its keys, names the head of each.
    pub fn standing_vaults(&self, member: &MemberId) -> impl Iterator<Item = &VaultId> {
        let member = *member;
        self.vaults.keys().filter(move |vault| self.standing_role(vault, &member).is_some())
    }

    /// The vaults in which a member has a role now, in the order of their ids.
    pub fn vaults_of(&self, member: &MemberId) -> impl Iterator<Item = (&VaultId, &VaultState)> {
        let member = *member;
        self.vaults.iter().filter(move |(_, vault)| vault.role(&member).is_some())
    }
}

impl VaultState {
    /// The newest epoch.
    #[must_use]
    pub fn epoch(&self) -> Option<&EpochState> {
        self.epochs.last()
    }

    /// All epochs, oldest first.
    #[must_use]
    pub fn epochs(&self) -> &[EpochState] {
        &self.epochs
    }

    /// The epoch in force at a statement.
    #[must_use]
    pub fn epoch_at(&self, sequence: u64) -> Option<Epoch> {
        self.epochs.iter().rev().find(|epoch| epoch.since <= sequence).map(|epoch| epoch.epoch)
    }

    /// A member's role now: the one that was granted, or an auditor's.
    #[must_use]
    pub fn role(&self, member: &MemberId) -> Option<VaultRole> {
        let seen = self.auditors.contains_key(member).then_some(VaultRole::Viewer);
        self.granted(member).max(seen)
    }

    /// The role that a member was granted, as far as it has one now.
    #[must_use]
    pub fn granted(&self, member: &MemberId) -> Option<VaultRole> {
        self.grants.get(member)?.now().copied().flatten()
    }

    /// Whose alone it is; `None` for a shared vault.
    #[must_use]
    pub fn owner(&self) -> Option<MemberId> {
        self.owner
    }

    /// Everyone who sees the catalog as an auditor of the team.
    pub fn auditors(&self) -> impl Iterator<Item = &MemberId> {
        self.auditors.keys()
    }

    /// The role that a member was granted, at a statement. Auditors write nothing and open no secret, so nothing that is
    /// there is judged by when they were one.
    #[must_use]
    pub fn role_at(&self, member: &MemberId, sequence: u64) -> Option<VaultRole> {
        self.grants.get(member)?.at(sequence).copied().flatten()
    }

    /// Everyone who was granted a role and has it now; the suspended have none.
    pub fn grants(&self) -> impl Iterator<Item = (&MemberId, VaultRole)> {
        self.grants.iter().filter_map(|(member, roles)| Some((member, roles.now().copied().flatten()?)))
    }

    /// Everyone who was ever granted a role, each with the statements that changed it: from which on, which role or none.
    pub fn role_histories(&self) -> impl Iterator<Item = (&MemberId, &[(u64, Option<VaultRole>)])> {
        self.grants.iter().map(|(member, roles)| (member, roles.all()))
    }

    /// How many custodians it has.
    #[must_use]
    pub fn custodians(&self) -> usize {
        self.grants().filter(|(_, role)| *role == VaultRole::Custodian).count()
    }

    /// Whether new keys are due: until a custodian has made them, nothing is written.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.due.now().copied().unwrap_or(false)
    }

    /// Whether new keys were due at a statement.
    #[must_use]
    pub fn is_due_at(&self, sequence: u64) -> bool {
        self.due.at(sequence).copied().unwrap_or(false)
    }

    /// The most approvals that any policy in force asks for.
    #[must_use]
    pub fn most_approvals(&self) -> usize {
        let in_force = self.policies.values().filter_map(|policies| policies.now()?.as_ref());
        in_force.map(|policy| usize::from(policy.approvals.0)).max().unwrap_or(0)
    }

    /// The policy that was set for this very scope, where one is.
    #[must_use]
    pub fn policy_in(&self, scope: &PolicyScope) -> Option<&Policy> {
        self.policies.get(scope)?.now()?.as_ref()
    }

    /// The newest cut through its heads.
    #[must_use]
    pub fn cut(&self) -> Option<&Cut> {
        self.cut.as_ref()
    }

    /// The policy that holds for an account at a statement: the account's, else its resource's, else the vault's.
    #[must_use]
    pub fn policy_at(&self, account: &ObjectId, resource: Option<&ObjectId>, sequence: u64) -> Option<&Policy> {
        scopes(account, resource).find_map(|scope| self.policies.get(&scope)?.at(sequence)?.as_ref())
    }

    /// The policy that holds for an account now, with the statement that set it.
    #[must_use]
    pub fn policy_in_force(&self, account: &ObjectId, resource: Option<&ObjectId>) -> Option<(u64, &Policy)> {
        scopes(account, resource).find_map(|scope| {
            let (since, policy) = self.policies.get(&scope)?.all().last()?;
            Some((*since, policy.as_ref()?))
        })
    }

    /// Every policy that was ever set, whatever holds now.
    pub fn policies_ever(&self) -> impl Iterator<Item = &Policy> {
        self.policies.values().flat_map(Timeline::all).filter_map(|(_, policy)| policy.as_ref())
    }

    /// All policies in force, each with what it is about.
    pub fn policies(&self) -> impl Iterator<Item = (&PolicyScope, &Policy)> {
        self.policies.iter().filter_map(|(scope, policies)| Some((scope, policies.now()?.as_ref()?)))
    }

    /// The statement that gave a member the role that it has now, or took it.
    #[must_use]
    pub fn role_since(&self, member: &MemberId) -> Option<u64> {
        self.grants.get(member)?.ends().map(|(_, last)| last)
    }

    /// Which key seals an account's secret at a statement.
    #[must_use]
    pub fn tier_at(&self, account: &ObjectId, resource: Option<&ObjectId>, sequence: u64) -> Tier {
        match self.policy_at(account, resource, sequence) {
            Some(policy) if policy.approvals.0 > 0 => Tier::Guarded,
            _ => Tier::Open,
        }
    }
}

/// Where a policy may have been set that holds for an account, the nearest first.
fn scopes(account: &ObjectId, resource: Option<&ObjectId>) -> impl Iterator<Item = PolicyScope> {
    let scopes = [
        Some(PolicyScope::Account(*account)),
        resource.map(|resource| PolicyScope::Resource(*resource)),
        Some(PolicyScope::Vault),
    ];
    scopes.into_iter().flatten()
}
