//! Chains made by hand: people whose keys the tests hold, and statements that are refused, each for its own reason.

mod ahead;
mod auditors;
mod groups;
#[cfg(not(target_arch = "wasm32"))]
mod histories;
mod invitations;
mod keys;
mod made;
mod members;
mod passwords;
mod personal;
mod recovery;
#[cfg(not(target_arch = "wasm32"))]
mod requests;
mod services;
mod team_policy;
mod vaults;

use super::{
    Admit, AdmitPerson, Approvals, Body, DeviceKeys, DirectoryRenewal, EndGroupGrants, Enrol, EpochKeys, Genesis,
    Grant, GrantByGroup, Invite, Join, MemberKeys, NamedHead, NamedShare, NewEpoch, NewVault, Policy, PolicyScope,
    Recover, RecoveryGroup, Refused, RegisterPerson, Remove, RenewService, ReplaceKeys, Requirement, Resume, Revoke,
    ServiceScope, ServiceTerms, SetGrant, SetGroup, SetGroupRole, SetPassword, SetPolicy, SetRecovery, SetService,
    SetTeamRole, SignedStatement, StandIn, Statement, Suspend, TeamRole, TeamState, TouchedVault, VaultGrant,
    VaultKind, VaultRole,
};
use crate::{
    bytes::Bytes,
    codec,
    crypto::{Hash, SealingPublicKey, Signature, Signed, VerifyingKey, context::Label, hash},
    ids::{Epoch, InviteId, MemberId, Timestamp, VaultId},
    suite::SUITE,
    text::LoginName,
};
use ed25519_dalek::{Signer, SigningKey};

const HEAD: NamedHead = NamedHead { sequence: 9, hash: Hash([9; 32]) };
const START: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

/// Who does something: a number makes keys, ids and names.
type Who = u8;
const ADA: Who = 1;
const BOB: Who = 2;
const EVE: Who = 3;

fn signing(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> VerifyingKey {
    VerifyingKey(signing(seed).verifying_key().to_bytes())
}

/// Of an X-Wing key only the X25519 half may be any bytes.
fn sealing(seed: u16) -> SealingPublicKey {
    let mut key = SealingPublicKey([0; 1216]);
    key.0[1184..1186].copy_from_slice(&seed.to_be_bytes());
    key
}

fn member(who: Who) -> MemberId {
    MemberId([who; 16])
}

fn invite_id(who: Who) -> InviteId {
    InviteId([who; 16])
}

fn vault(number: u8) -> VaultId {
    VaultId([number; 16])
}

fn keys_of(who: Who) -> MemberKeys {
    let login_name = LoginName::parse(&format!("member.{who}")).unwrap();
    MemberKeys { member: member(who), login_name, signing: public(who), sealing: sealing(who.into()) }
}

/// An invitation's keys are those of the number 100 higher.
fn link(who: Who) -> u8 {
    who + 100
}

fn sign(seed: u8, value: Statement) -> SignedStatement {
    let bytes = Label::Statement.join(&[&codec::encode(&value)]);
    Signed::new(value, Signature(signing(seed).sign(&bytes).to_bytes()))
}

/// A team, and what comes next in it.
#[derive(Clone)]
struct Team {
    state: TeamState,
    now: u64,
    made: u16,
}

impl Team {
    /// Founded by Ada.
    fn new() -> Self {
        let body = Body::Genesis(Genesis { founder: keys_of(ADA), directory: Hash([4; 32]) });
        let genesis = Statement {
            suite: SUITE,
            team: None,
            sequence: 0,
            previous: Hash::ZERO,
            author: member(ADA),
            time: Timestamp(START),
            body,
        };
        Self { state: TeamState::found(&sign(ADA, genesis)).unwrap(), now: START, made: 0 }
    }

    /// With a vault of Ada's, and Bob and Eve as members who are granted nothing.
    fn of_three() -> Self {
        let mut team = Self::new();
        let made = team.new_vault(&[(ADA, VaultRole::Custodian)], 1);
        team.does(ADA, made);
        team.joins(BOB, &[]);
        team.joins(EVE, &[]);
        team
    }

    fn statement(&self, author: Who, body: Body) -> Statement {
        let newest = self.state.position();
        Statement {
            suite: SUITE,
            team: Some(self.state.team()),
            sequence: newest.sequence + 1,
            previous: newest.hash,
            author: member(author),
            time: Timestamp(self.now),
            body,
        }
    }

    fn signed(&self, author: Who, body: Body) -> SignedStatement {
        let (joins, replaces) = (matches!(body, Body::Join(_)), matches!(body, Body::ReplaceKeys(_)));
        // Whoever has replaced their keys signs with the new ones, those of the number 50 higher.
        let known = self.state.member(&member(author)).filter(|known| known.service().is_none());
        let has_new = known.is_some_and(|known| known.keys.signing == public(renewed(author)));
        let signed = sign(if has_new || replaces { renewed(author) } else { author }, self.statement(author, body));
        if replaces {
            let label = Label::ReplaceKeys.join(&[signed.bytes()]);
            let in_force = if has_new { renewed(author) } else { author };
            return signed.with_cosignature(Signature(signing(in_force).sign(&label).to_bytes()));
        }
        if joins { self.cosigned(signed, link(author)) } else { signed }
    }

    fn cosigned(&self, signed: SignedStatement, seed: u8) -> SignedStatement {
        let signature = signing(seed).sign(&Label::Join.join(&[signed.bytes()]));
        signed.with_cosignature(Signature(signature.to_bytes()))
    }

    /// Appends; a refused statement leaves everything as it was.
    fn append(&mut self, statement: &SignedStatement) -> Result<(), Refused> {
        let before = format!("{:?}", self.state);
        let applied = self.state.apply(statement);
        if applied.is_err() {
            assert_eq!(format!("{:?}", self.state), before, "a refused statement changed something");
        }
        applied
    }

    fn try_to(&mut self, author: Who, body: Body) -> Result<(), Refused> {
        let statement = self.signed(author, body);
        self.append(&statement)
    }

    fn does(&mut self, author: Who, body: Body) {
        assert_eq!(self.try_to(author, body.clone()), Ok(()), "{body:?}");
    }

    fn refuses(&self, author: Who, body: Body, reason: Refused) {
        assert_eq!(self.clone().try_to(author, body.clone()), Err(reason), "{body:?} by {author}");
    }

    fn joins(&mut self, who: Who, grants: &[(u8, VaultRole)]) {
        self.does(ADA, self.invite(who, grants));
        self.does(who, join(who));
    }

    fn epoch_keys(&mut self) -> EpochKeys {
        self.made += 1;
        let commitment = |label: &[u8]| hash(&[label, &self.made.to_be_bytes()].concat());
        EpochKeys { catalog: commitment(b"catalog"), open: commitment(b"open"), guarded: sealing(10_000 + self.made) }
    }

    fn new_vault(&mut self, grants: &[(Who, VaultRole)], number: u8) -> Body {
        let grants = grants.iter().map(|(who, role)| Grant { member: member(*who), role: *role }).collect();
        Body::NewVault(NewVault { vault: vault(number), kind: VaultKind::Shared, keys: self.epoch_keys(), grants })
    }

    fn personal_vault(&mut self, who: Who, number: u8) -> Body {
        let grants = vec![Grant { member: member(who), role: VaultRole::Custodian }];
        let (vault, kind) = (vault(number), VaultKind::Personal);
        Body::NewVault(NewVault { vault, kind, keys: self.epoch_keys(), grants })
    }

    fn new_epoch(&mut self, number: u8) -> Body {
        let last = self.state.vault(&vault(number)).unwrap().epoch().unwrap().epoch;
        Body::NewEpoch(NewEpoch { vault: vault(number), epoch: Epoch(last.0 + 1), keys: self.epoch_keys(), head: HEAD })
    }

    fn invite(&self, who: Who, grants: &[(u8, VaultRole)]) -> Body {
        Body::Invite(self.invitation(who, grants))
    }

    fn invitation(&self, who: Who, grants: &[(u8, VaultRole)]) -> Invite {
        Invite {
            invite: invite_id(who),
            signing: public(link(who)),
            sealing: sealing(link(who).into()),
            role: TeamRole::Member,
            grants: grants.iter().map(|(number, role)| VaultGrant { vault: vault(*number), role: *role }).collect(),
            expires: Timestamp(self.now + HOUR),
        }
    }

    fn touched(&self, who: Who) -> Vec<TouchedVault> {
        self.state.standing_vaults(&member(who)).map(|vault| TouchedVault { vault: *vault, head: HEAD }).collect()
    }

    fn suspend(&self, who: Who) -> Body {
        Body::Suspend(Suspend { member: member(who), vaults: self.touched(who) })
    }

    fn remove(&self, who: Who) -> Body {
        Body::Remove(Remove { member: member(who), vaults: self.touched(who), directory: None })
    }

    /// With a new key of the directory, which a number makes.
    fn remove_renewing(&self, who: Who, key: u8) -> Body {
        let renewal = DirectoryRenewal { commitment: Hash([key; 32]), former: Bytes(vec![key; 100]) };
        Body::Remove(Remove { member: member(who), vaults: self.touched(who), directory: Some(renewal) })
    }

    fn admit_person(&self, who: Who, grants: &[(u8, VaultRole)]) -> Body {
        let grants = grants.iter().map(|(number, role)| VaultGrant { vault: vault(*number), role: *role }).collect();
        Body::AdmitPerson(AdmitPerson { keys: keys_of(who), grants })
    }

    fn admit(&self, who: Who, grants: &[(u8, VaultRole)]) -> Body {
        self.admit_by(who, grants, self.terms(Some(1), ServiceScope::Roles))
    }

    fn admit_by(&self, who: Who, grants: &[(u8, VaultRole)], terms: ServiceTerms) -> Body {
        let grants = grants.iter().map(|(number, role)| VaultGrant { vault: vault(*number), role: *role }).collect();
        Body::Admit(Admit { keys: keys_of(who), terms, grants })
    }

    /// Terms for so many hours.
    fn terms(&self, hours: Option<u64>, scope: ServiceScope) -> ServiceTerms {
        let expires = hours.map(|hours| Timestamp(self.now + hours * HOUR));
        ServiceTerms { expires, hosts: vec![], scope, vault: None }
    }

    /// A service's new keys are those of the number 50 higher.
    fn renew(&self, who: Who, terms: ServiceTerms) -> Body {
        let (signing, sealing, vaults) = (public(renewed(who)), sealing(renewed(who).into()), self.touched(who));
        Body::RenewService(RenewService { member: member(who), signing, sealing, terms, vaults })
    }

    /// Somebody's new keys: those of another number.
    fn replacement_with(&self, who: Who, new: u8, recovery: Option<u64>) -> Body {
        Body::ReplaceKeys(ReplaceKeys {
            signing: public(new),
            sealing: sealing(new.into()),
            login_key: public(200),
            bundle: Hash([5; 32]),
            vaults: self.touched(who),
            recovery,
        })
    }

    fn replacement(&self, who: Who, recovery: Option<u64>) -> Body {
        self.replacement_with(who, renewed(who), recovery)
    }

    /// Signed by one key, and by another one over the same bytes as keys in force do.
    fn try_signed(&mut self, author: Who, body: Body, by: u8, cosigner: u8) -> Result<(), Refused> {
        let signed = sign(by, self.statement(author, body));
        let label = Label::ReplaceKeys.join(&[signed.bytes()]);
        self.append(&signed.with_cosignature(Signature(signing(cosigner).sign(&label).to_bytes())))
    }

    fn replaces(&mut self, who: Who, recovery: Option<u64>) {
        let body = self.replacement(who, recovery);
        assert_eq!(self.try_signed(who, body, renewed(who), who), Ok(()));
    }

    /// Shares for everyone in the group but oneself.
    fn enrolment(&self, who: Who) -> Body {
        let trustees = self.state.recovery_group().into_iter().flat_map(|group| &group.trustees);
        let others = trustees.filter(|trustee| **trustee != member(who));
        let shares = others.map(|trustee| NamedShare { trustee: *trustee, envelope: Hash([trustee.0[0]; 32]) });
        let group = self.state.recovery_since().unwrap_or_default();
        Body::Enrol(Enrol { group, copy: Hash([6; 32]), shares: shares.collect() })
    }

    /// For a device whose keys are those of the number 150 higher, or later ones where those were used.
    fn recovery(&self, who: Who) -> Body {
        let used = u8::try_from(self.state.device_keys.len()).unwrap();
        let keys = device(who) + 10 * used;
        let device = DeviceKeys { signing: public(keys), sealing: sealing(20_000 + u16::from(keys)) };
        let expires = Timestamp(self.now + 7 * 24 * HOUR);
        Body::Recover(Recover { member: member(who), device, expires, stand_in: None })
    }

    /// The same, in the person's stead.
    fn stand_in(&self, who: Who) -> Body {
        let Body::Recover(recover) = self.recovery(who) else { unreachable!() };
        Body::Recover(Recover { stand_in: Some(StandIn::Author), ..recover })
    }

    fn register(&self, who: Who) -> Body {
        Body::RegisterPerson(RegisterPerson { member: member(who), login_name: keys_of(who).login_name })
    }

    /// Keys that somebody makes for another: those of a number.
    fn set_password(&self, who: Who, keys: u8, grants: &[(u8, VaultRole)]) -> Body {
        let grants = grants.iter().map(|(number, role)| VaultGrant { vault: vault(*number), role: *role }).collect();
        Body::SetPassword(SetPassword {
            member: member(who),
            signing: public(keys),
            sealing: sealing(keys.into()),
            grants,
            vaults: self.touched(who),
        })
    }

    fn is_due(&self, number: u8) -> bool {
        self.state.vault(&vault(number)).unwrap().is_due()
    }
}

fn device(who: Who) -> u8 {
    who + 150
}

fn trustees_of(needed: u8, trustees: &[Who]) -> Body {
    let trustees = trustees.iter().map(|who| member(*who)).collect();
    Body::SetRecovery(SetRecovery { group: Some(RecoveryGroup { needed, trustees }) })
}

fn renewed(who: Who) -> u8 {
    who + 50
}

fn set_service(who: Who, terms: ServiceTerms) -> Body {
    Body::SetService(SetService { member: member(who), terms })
}

fn join(who: Who) -> Body {
    Body::Join(Join { invite: invite_id(who), keys: keys_of(who) })
}

fn set_role(who: Who, role: TeamRole) -> Body {
    Body::SetTeamRole(SetTeamRole { member: member(who), role })
}

fn resume(who: Who) -> Body {
    Body::Resume(Resume { member: member(who) })
}

fn grant(number: u8, who: Who, role: VaultRole) -> Body {
    Body::SetGrant(SetGrant { vault: vault(number), member: member(who), role, head: None })
}

fn lower(number: u8, who: Who, role: VaultRole) -> Body {
    Body::SetGrant(SetGrant { vault: vault(number), member: member(who), role, head: Some(HEAD) })
}

fn revoke(number: u8, who: Who) -> Body {
    Body::Revoke(Revoke { vault: vault(number), member: member(who), head: Some(HEAD) })
}

fn approvals(number: u8, approvals: u8) -> Body {
    let policy = Some(Policy { approvals: Approvals(approvals), reason: Requirement::None, terms: None });
    Body::SetPolicy(SetPolicy { vault: vault(number), scope: PolicyScope::Vault, policy })
}

#[test]
fn what_was_verified_before_is_judged_all_the_same_but_for_its_signature() {
    let mut team = Team::of_three();
    let made = team.new_vault(&[(ADA, VaultRole::Custodian)], 2);
    let by_another = sign(BOB, team.statement(ADA, made.clone()));
    assert_eq!(team.state.clone().apply(&by_another), Err(Refused::Signature));
    assert_eq!(team.state.clone().apply_kept(&by_another), Ok(()));
    // Bob makes no vaults, and a statement has its one place.
    let without_right = team.signed(BOB, made.clone());
    assert_eq!(team.state.clone().apply_kept(&without_right), Err(Refused::Right));
    let in_place = team.signed(ADA, made);
    team.append(&in_place).unwrap();
    assert_eq!(team.state.apply_kept(&in_place), Err(Refused::Order));
}
