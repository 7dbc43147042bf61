//! The rules of the chain: which statement may follow which state. Pure, and the same code in server, browser and CLI.
//!
//! `apply` checks first and changes afterwards, so that a refused statement leaves the state as it was.

mod auditors;
mod groups;
mod invitations;
mod keys;
mod members;
mod persons;
mod recovery;
mod services;
mod team_policy;
mod vaults;

use crate::{
    chain::{
        Body, DirectoryKey, EpochKeys, Genesis, Invitation, Join, Member, MemberKeys, MemberKind, MemberState,
        SignedStatement, Statement, TeamPolicy, TeamRole, TeamState, statement_hash,
    },
    crypto::{Hash, SealingPublicKey, VerifyingKey},
    ids::{Epoch, MemberId, Number, TeamId},
    suite::SUITE,
    text::LoginName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a statement does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Another suite.
    #[error("another suite")]
    Suite,
    /// Another team.
    #[error("another team")]
    Team,
    /// It does not follow the newest statement.
    #[error("does not follow the newest statement")]
    Order,
    /// Its time is before the newest statement's, or an invitation's end is not in the time that one may be open.
    #[error("a time that cannot be")]
    Time,
    /// Its author is no active member.
    #[error("an unknown author")]
    Author,
    /// Its signature is not its author's.
    #[error("a signature that does not verify")]
    Signature,
    /// Its author has no right to it.
    #[error("an author without the right to it")]
    Right,
    /// An id, login name or key that was used before.
    #[error("an id, name or key that was used before")]
    Used,
    /// A login name or key that is none.
    #[error("a name or key that is none")]
    Key,
    /// An object that is not there.
    #[error("an object that is not there")]
    Unknown,
    /// An epoch that is not the next one.
    #[error("not the next epoch")]
    Epoch,
    /// Grants without their maker as custodian, to someone unknown, given twice, or in a personal vault.
    #[error("grants that cannot be")]
    Grants,
    /// Other heads than one of each vault in which a right is taken away.
    #[error("other heads than those of the vaults concerned")]
    Heads,
    /// The member is in another state, or has the role already.
    #[error("a member in another state")]
    State,
    /// An invitation that was used or withdrawn, has expired, or lapsed with its inviter's right.
    #[error("an invitation that is closed")]
    Closed,
    /// The team would be left without an owner.
    #[error("the last owner")]
    LastOwner,
    /// A policy that could not be met: approvals must be fewer than the custodians.
    #[error("a policy that could not be met")]
    Policy,
    /// A genesis that is none, or one in the middle.
    #[error("a genesis out of place")]
    Genesis,
    /// More than a service may have: a role in the team, or a vault's custody.
    #[error("more than a service may have")]
    Service,
    /// A role that opens secrets, for a service that may only ask for them.
    #[error("more than a service may have that only asks")]
    Scope,
    /// Its author is a service whose time is over.
    #[error("a service whose time is over")]
    Expired,
    /// Members of a group or for it that are unknown or removed, or not in the order of their ids, each once.
    #[error("members that cannot be")]
    Members,
    /// Hosts that are none, or given twice.
    #[error("a host that is none, or given twice")]
    Host,
    /// A group that could recover nobody, shares for others than its trustees, or a person who is not enrolled.
    #[error("a recovery that cannot be")]
    Recovery,
    /// More than the limits allow.
    #[error("over a limit")]
    Limit,
    /// A second personal vault for the same person.
    #[error("a second personal vault")]
    Personal,
    /// An auditor with a role in a shared vault that is more than a viewer's.
    #[error("an auditor with more than a viewer's role")]
    Auditor,
    /// Its author's keys were made by somebody else, and have to be replaced first.
    #[error("an author whose keys somebody else made")]
    Made,
    /// A key of the directory that was there before, or more than a former one with it.
    #[error("a directory key that cannot be")]
    Directory,
}

impl TeamState {
    /// Begins a team with its genesis.
    ///
    /// # Errors
    /// [`Refused`] with the first reason found.
    pub fn found(genesis: &SignedStatement) -> Result<Self, Refused> {
        let Statement { suite, team, sequence, previous, author, time, body } = genesis.value();
        if *suite != SUITE {
            return Err(Refused::Suite);
        }
        let Body::Genesis(Genesis { founder, directory }) = body else { return Err(Refused::Genesis) };
        if team.is_some() || *sequence != 0 || *previous != Hash::ZERO || *author != founder.member {
            return Err(Refused::Genesis);
        }
        check_keys(founder)?;
        genesis.verify(&founder.signing).map_err(|_| Refused::Signature)?;
        let hash = statement_hash(genesis);
        let founder = Member::new(founder.clone(), Number(1), 0, TeamRole::Owner);
        Ok(Self {
            team: TeamId::of_genesis(&hash),
            founder: *author,
            directory: vec![DirectoryKey { epoch: Epoch::FIRST, commitment: *directory, former: None, since: 0 }],
            time: *time,
            hashes: vec![hash],
            times: vec![*time],
            members: BTreeMap::from([(founder.keys.member, founder)]),
            invitations: BTreeMap::new(),
            groups: BTreeMap::new(),
            vaults: BTreeMap::new(),
            team_policy: TeamPolicy::DEFAULT,
            recovery_group: None,
            device_keys: Vec::new(),
        })
    }

    /// Appends a statement.
    ///
    /// # Errors
    /// [`Refused`] with the first reason found; the state is then as it was.
    pub fn apply(&mut self, statement: &SignedStatement) -> Result<(), Refused> {
        self.apply_with(statement, Signatures::Verify)
    }

    /// Appends a statement whose signatures this device verified before it wrote it down under a key of its own. All else is
    /// judged as ever; what was written down by anybody else must never come here.
    ///
    /// # Errors
    /// As [`TeamState::apply`].
    pub fn apply_kept(&mut self, statement: &SignedStatement) -> Result<(), Refused> {
        self.apply_with(statement, Signatures::Verified)
    }

    fn apply_with(&mut self, statement: &SignedStatement, signatures: Signatures) -> Result<(), Refused> {
        self.check_place(statement, signatures)?;
        let Statement { author, time, body, .. } = statement.value();
        let sequence = self.hashes.len() as u64;
        match body {
            Body::Genesis(_) => return Err(Refused::Genesis),
            Body::NewVault(new) => self.make_vault(sequence, author, new)?,
            Body::NewEpoch(new) => self.start_epoch(sequence, author, new)?,
            Body::SetPolicy(set) => self.set_policy(sequence, author, set)?,
            Body::Invite(invite) => self.invite(sequence, author, *time, invite)?,
            Body::WithdrawInvite(withdraw) => self.withdraw(sequence, author, withdraw)?,
            Body::Join(join) => self.join(sequence, *time, join)?,
            Body::SetTeamRole(set) => self.set_team_role(sequence, author, set)?,
            Body::SetGrant(set) => self.set_grant(sequence, author, set)?,
            Body::Revoke(revoke) => self.revoke(sequence, author, revoke)?,
            Body::Suspend(suspend) => self.suspend(sequence, author, suspend)?,
            Body::Resume(resume) => self.resume(sequence, author, resume)?,
            Body::Remove(remove) => self.remove(sequence, author, remove)?,
            Body::Admit(admit) => self.admit(sequence, author, *time, admit)?,
            Body::SetService(set) => self.set_service(sequence, author, *time, set)?,
            Body::RenewService(renew) => self.renew_service(sequence, author, *time, renew)?,
            Body::SetGroup(set) => self.set_group(sequence, author, set)?,
            Body::SetGroupRole(set) => self.set_group_role(author, set)?,
            Body::GrantByGroup(grant) => self.grant_by_group(sequence, author, grant)?,
            Body::EndGroupGrants(end) => self.end_group_grants(sequence, author, end)?,
            Body::SetTeamPolicy(new) => self.set_team_policy(author, new)?,
            Body::ReplaceKeys(replace) => self.replace_keys(sequence, author, *time, replace)?,
            Body::SetRecovery(set) => self.set_recovery(sequence, author, set)?,
            Body::Enrol(enrol) => self.enrol(sequence, author, enrol)?,
            Body::EndEnrolment(end) => self.end_enrolment(author, end)?,
            Body::Recover(recover) => self.recover(sequence, author, *time, recover)?,
            Body::CancelRecovery(cancel) => self.cancel_recovery(author, cancel)?,
            Body::AdmitPerson(admit) => self.admit_person(sequence, author, admit)?,
            Body::RegisterPerson(register) => self.register_person(sequence, author, register)?,
            Body::SetPassword(set) => self.set_password(sequence, author, set)?,
        }
        if let Some(member) = changed_member(author, body).and_then(|member| self.members.get_mut(&member)) {
            (member.changed, member.changes) = (sequence, member.changes.saturating_add(1));
        }
        self.time = *time;
        self.hashes.push(statement_hash(statement));
        self.times.push(*time);
        self.lapse_services(sequence);
        self.close_invitations(sequence);
        self.end_recoveries();
        Ok(())
    }

    /// Suite, team, order, time, author and signature.
    fn check_place(&self, statement: &SignedStatement, signatures: Signatures) -> Result<(), Refused> {
        let Statement { suite, team, sequence, previous, author, time, body } = statement.value();
        let newest = self.position();
        if *suite != SUITE {
            return Err(Refused::Suite);
        }
        if *team != Some(self.team) {
            return Err(Refused::Team);
        }
        if *sequence != newest.sequence + 1 || *previous != newest.hash {
            return Err(Refused::Order);
        }
        if *time < self.time {
            return Err(Refused::Time);
        }
        if let Body::Join(join) = body {
            return self.check_newcomer(statement, join, signatures);
        }
        let known = self.member(author).ok_or(Refused::Author)?;
        if known.state == MemberState::Expired || known.is_expired(*time) {
            return Err(Refused::Expired);
        }
        match (known.state, body) {
            (MemberState::Made, Body::ReplaceKeys(_)) => {}
            (MemberState::Made, _) => return Err(Refused::Made),
            _ => drop(self.role(author).ok_or(Refused::Author)?),
        }
        let author = known;
        if let Body::ReplaceKeys(replace) = body {
            // The new key signs, as it does all that follows; that it is theirs, the key in force says.
            replace.signing.check().map_err(|_| Refused::Key)?;
            return signatures.check(statement, &replace.signing, Some(&author.keys.signing));
        }
        signatures.check(statement, &author.keys.signing, None)
    }

    /// Whoever joins is no member yet: the statement brings the key that it is signed with, and the invitation's key has
    /// signed the same bytes.
    fn check_newcomer(
        &self,
        statement: &SignedStatement,
        Join { invite, keys }: &Join,
        signatures: Signatures,
    ) -> Result<(), Refused> {
        let Statement { author, .. } = statement.value();
        let invitation = self.invitation(invite).ok_or(Refused::Unknown)?;
        if *author != keys.member || keys.member != invite.member() {
            return Err(Refused::Author);
        }
        check_keys(keys)?;
        signatures.check(statement, &keys.signing, Some(&invitation.invite.signing))
    }
}

/// Whether a statement's signatures are still to be verified.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signatures {
    Verify,
    Verified,
}

impl Signatures {
    /// That a statement is signed by a key, and by another one where it needs both.
    fn check(
        self,
        statement: &SignedStatement,
        key: &VerifyingKey,
        cosigning: Option<&VerifyingKey>,
    ) -> Result<(), Refused> {
        if self == Self::Verified {
            return Ok(());
        }
        let cosigned = cosigning.map_or(Ok(()), |key| statement.verify_cosignature(key));
        cosigned.and_then(|()| statement.verify(key)).map_err(|_| Refused::Signature)
    }
}

/// The member whose role in the team, state, keys or terms a statement changes.
fn changed_member(author: &MemberId, body: &Body) -> Option<MemberId> {
    match body {
        Body::SetTeamRole(set) => Some(set.member),
        Body::Suspend(suspend) => Some(suspend.member),
        Body::Resume(resume) => Some(resume.member),
        Body::Remove(remove) => Some(remove.member),
        Body::SetService(set) => Some(set.member),
        Body::RenewService(renew) => Some(renew.member),
        Body::SetPassword(set) => Some(set.member),
        Body::ReplaceKeys(_) => Some(*author),
        _ => None,
    }
}

fn check_keys(keys: &MemberKeys) -> Result<(), Refused> {
    if !keys.login_name.is_folded() {
        return Err(Refused::Key);
    }
    keys.signing.check().and_then(|()| keys.sealing.check()).map_err(|_| Refused::Key)
}

impl TeamState {
    /// Whether the id, login name or a key of somebody new was seen before. The names that services sign in under belong
    /// to them too.
    fn is_member_used(&self, keys: &MemberKeys) -> bool {
        self.is_name_used(&keys.member, &keys.login_name) || self.is_key_used(&keys.signing, &keys.sealing)
    }

    fn is_name_used(&self, id: &MemberId, login_name: &LoginName) -> bool {
        let by_token = login_name.service().and_then(|service| self.members.get(&service));
        let named = self.members.values().any(|member| member.keys.login_name == *login_name);
        named || by_token.is_some_and(|member| member.kind() == MemberKind::Service) || self.members.contains_key(id)
    }

    /// Whether a signing or sealing key was seen anywhere before: with a member, an invitation, a recovery or an epoch.
    fn is_key_used(&self, signing: &VerifyingKey, sealing: &SealingPublicKey) -> bool {
        let members = self.members.values().flat_map(Member::all_keys);
        let invited = self.invitations.values().map(|Invitation { invite, .. }| (&invite.signing, &invite.sealing));
        let devices = self.device_keys.iter().map(|device| (&device.signing, &device.sealing));
        members.chain(invited).chain(devices).any(|(other, others)| other == signing || others == sealing)
            || self.epochs_of_all().any(|keys| keys.guarded == *sealing)
    }

    fn epochs_of_all(&self) -> impl Iterator<Item = &EpochKeys> {
        self.vaults.values().flat_map(|vault| vault.epochs()).map(|epoch| &epoch.keys)
    }
}
