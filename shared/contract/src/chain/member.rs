//! A member as the chain tells it.

use crate::{
    chain::{Enrolment, MemberKeys, Recovery, ServiceTerms, TeamRole, VaultGrant, VaultRole, timeline::Timeline},
    crypto::{SealingPublicKey, VerifyingKey},
    ids::{MemberId, Number, Timestamp, VaultId},
    text::LoginName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a member may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// It may.
    Active,
    /// Not for the time being.
    Suspended,
    /// Never again.
    Removed,
    /// A service whose time is over by the newest statement: not until it is given more.
    Expired,
    /// A person whose keys somebody else made: it may do nothing but replace them.
    Made,
    /// A person who has no keys yet.
    Keyless,
}

/// A member of the team, or one who was.
#[derive(Clone, Debug)]
pub struct Member {
    /// Name and public keys.
    pub keys: MemberKeys,
    /// The number that people use.
    pub number: Number,
    /// Whether the member may act.
    pub state: MemberState,
    /// The statement that brought it.
    pub since: u64,
    /// The statement that changed it last: its role in the team, its state, its keys or what binds it.
    pub changed: u64,
    /// How many statements have changed it.
    pub changes: u32,
    pub(super) role: Timeline<Option<TeamRole>>,
    pub(super) kept: Kept,
    /// The statement that resumed it last.
    pub(super) resumed: Option<u64>,
    pub(super) service: Option<ServiceTerms>,
    pub(super) keeper: MemberId,
    pub(super) former: Vec<FormerKeys>,
    pub(super) enrolment: Option<Enrolment>,
    pub(super) recovery: Option<Recovery>,
    pub(super) registered: bool,
}

/// Whether a member is a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// It is.
    Person,
    /// A program, which signs in by a token.
    Service,
}

/// Keys that a member had before it got others.
#[derive(Clone, Debug)]
pub(super) struct FormerKeys {
    /// The statement that replaced them.
    pub(super) until: u64,
    pub(super) signing: VerifyingKey,
    pub(super) sealing: SealingPublicKey,
    pub(super) keeper: MemberId,
}

/// What a suspended member gets back when it is resumed.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) role: Option<TeamRole>,
    pub(super) grants: BTreeMap<VaultId, VaultRole>,
}

impl Member {
    pub(super) fn new(keys: MemberKeys, number: Number, sequence: u64, given: TeamRole) -> Self {
        let mut role = Timeline::default();
        role.set(sequence, Some(given));
        Self {
            keeper: keys.member,
            keys,
            number,
            state: MemberState::Active,
            since: sequence,
            changed: sequence,
            changes: 0,
            role,
            kept: Kept::default(),
            resumed: None,
            service: None,
            former: Vec::new(),
            enrolment: None,
            recovery: None,
            registered: false,
        }
    }

    /// Somebody whose keys `keeper`'s client made: the role comes with keys of their own.
    pub(super) fn made(keys: MemberKeys, number: Number, sequence: u64, given: TeamRole, keeper: MemberId) -> Self {
        let mut member = Self::new(keys, number, sequence, given);
        member.role = Timeline::default();
        member.role.set(sequence, None);
        member.kept.role = Some(given);
        (member.state, member.keeper) = (MemberState::Made, keeper);
        member
    }

    /// Somebody without keys: what is there in their place is no key.
    pub(super) fn registered(id: MemberId, login_name: LoginName, number: Number, sequence: u64) -> Self {
        let keys = MemberKeys { member: id, login_name, signing: VerifyingKey::NONE, sealing: SealingPublicKey::NONE };
        let mut member = Self::made(keys, number, sequence, TeamRole::Member, id);
        (member.state, member.registered) = (MemberState::Keyless, true);
        member
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> MemberId {
        self.keys.member
    }

    /// The role that it has, or gets back when it is resumed; `None` for a member who was removed.
    #[must_use]
    pub fn standing(&self) -> Option<TeamRole> {
        self.role.now().copied().flatten().or(self.kept.role)
    }

    /// What it signs in under: its login name, or what stands for it in a service's token.
    #[must_use]
    pub fn sign_in_name(&self) -> LoginName {
        match self.service {
            Some(_) => LoginName::of_service(&self.keys.member),
            None => self.keys.login_name.clone(),
        }
    }

    /// Whether it is a person.
    #[must_use]
    pub fn kind(&self) -> MemberKind {
        if self.service.is_some() { MemberKind::Service } else { MemberKind::Person }
    }

    /// What binds it, where it is a service.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceTerms> {
        self.service.as_ref()
    }

    /// Whose client made its present keys: its own, or that of whoever admitted it, or renewed a service.
    #[must_use]
    pub fn keeper(&self) -> MemberId {
        self.keeper
    }

    /// Whether it has keys that count: those that it lacks are never made, and those of whoever was removed are over.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        self.standing().is_some() && !self.is_keyless()
    }

    pub(super) fn is_keyless(&self) -> bool {
        self.keys.signing == VerifyingKey::NONE
    }

    /// What it is while it is neither suspended nor removed nor over.
    pub(super) fn settled_state(&self) -> MemberState {
        match self.is_keyless() {
            true => MemberState::Keyless,
            false if self.service.is_none() && self.keeper != self.id() => MemberState::Made,
            false => MemberState::Active,
        }
    }

    /// Whether it was without keys when it became a member.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.registered
    }

    /// Whether it is a service whose time is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.service.as_ref().and_then(|terms| terms.expires).is_some_and(|expires| expires <= now)
    }

    /// Whoever's clients made keys of it, each with the statement that replaced those; the present ones last.
    pub fn keepers(&self) -> impl Iterator<Item = (MemberId, Option<u64>)> {
        let former = self.former.iter().map(|former| (former.keeper, Some(former.until)));
        former.chain([(self.keeper, None)])
    }

    /// What verifies what it signed at a statement.
    #[must_use]
    pub fn signing_at(&self, sequence: u64) -> &VerifyingKey {
        let former = self.former.iter().find(|former| sequence < former.until);
        former.map_or(&self.keys.signing, |former| &former.signing)
    }

    /// The statement that replaced its keys last.
    #[must_use]
    pub fn renewed(&self) -> Option<u64> {
        self.former.last().map(|former| former.until)
    }

    /// The statement that made it a member.
    #[must_use]
    pub fn since(&self) -> u64 {
        self.role.ends().map_or(0, |(first, _)| first)
    }

    /// Whether these were its keys before others replaced them.
    #[must_use]
    pub fn had_keys(&self, signing: &VerifyingKey, sealing: &SealingPublicKey) -> bool {
        self.former.iter().any(|former| former.signing == *signing && former.sealing == *sealing)
    }

    /// How trustees could recover it; `None` while they could not.
    #[must_use]
    pub fn enrolment(&self) -> Option<&Enrolment> {
        self.enrolment.as_ref()
    }

    /// All keys that it has, or had.
    pub(super) fn all_keys(&self) -> impl Iterator<Item = (&VerifyingKey, &SealingPublicKey)> {
        let former = self.former.iter().map(|former| (&former.signing, &former.sealing));
        std::iter::once((&self.keys.signing, &self.keys.sealing)).chain(former)
    }

    /// Gives it keys that `keeper`'s client made.
    pub(super) fn replace_keys(
        &mut self,
        sequence: u64,
        (signing, sealing): (VerifyingKey, SealingPublicKey),
        keeper: MemberId,
    ) {
        let keeper = std::mem::replace(&mut self.keeper, keeper);
        let (signing, sealing) =
            (std::mem::replace(&mut self.keys.signing, signing), std::mem::replace(&mut self.keys.sealing, sealing));
        self.former.push(FormerKeys { until: sequence, signing, sealing, keeper });
    }

    /// The statement that resumed it last.
    #[must_use]
    pub fn resumed(&self) -> Option<u64> {
        self.resumed
    }

    /// The roles in vaults that a suspended member gets back when it is resumed.
    pub fn kept_grants(&self) -> impl Iterator<Item = VaultGrant> {
        self.kept.grants.iter().map(|(vault, role)| VaultGrant { vault: *vault, role: *role })
    }
}
