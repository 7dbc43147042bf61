//! Chains made by hand: who holds the key of a secret, who held it, and who never did.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::crypto::{SecretBytes, signing::SigningKey};
use sealward_contract::{
    chain::{
        Admit, Body, EpochKeys, Genesis, Grant, Invite, Join, MemberKeys, NamedHead, NewEpoch, NewVault, Remove,
        RenewService, ReplaceKeys, Resume, ServiceScope, ServiceTerms, SetGrant, SetTeamRole, SignedStatement,
        Statement, Suspend, TeamRole, TouchedVault, VaultGrant, VaultKind, WithdrawInvite,
    },
    codec,
    crypto::{Hash, SealingPublicKey, context::Label},
    ids::InviteId,
    suite::SUITE,
    text::LoginName,
};

const HEAD: NamedHead = NamedHead { sequence: 9, hash: Hash([9; 32]) };
const VAULT: VaultId = VaultId([7; 16]);
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
const ADA: u8 = 1;
const BOB: u8 = 2;
const EVE: u8 = 3;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&SecretBytes::from_slice(&[seed; 32]).unwrap())
}

fn sealing(seed: u16) -> SealingPublicKey {
    let mut key = SealingPublicKey([0; 1216]);
    key.0[1184..1186].copy_from_slice(&seed.to_be_bytes());
    key
}

fn member(who: u8) -> MemberId {
    MemberId([who; 16])
}

fn keys_of(who: u8) -> MemberKeys {
    let login_name = LoginName::parse(&format!("member.{who}")).unwrap();
    MemberKeys { member: member(who), login_name, signing: key(who).public(), sealing: sealing(who.into()) }
}

fn epoch_keys(seed: u8) -> EpochKeys {
    EpochKeys { catalog: Hash([seed; 32]), open: Hash([seed + 1; 32]), guarded: sealing(1_000 + u16::from(seed)) }
}

/// A team, and the day that it is: the first statement is made on day 0 at noon, and each on the day that is set.
struct Team {
    state: TeamState,
    day: u64,
}

fn noon(day: u64) -> Timestamp {
    Timestamp(day * DAY + 12 * HOUR)
}

impl Team {
    /// Ada's, with a vault whose custodian she is, made on day 0.
    fn new() -> Self {
        let body = Body::Genesis(Genesis { founder: keys_of(ADA), directory: Hash([4; 32]) });
        let genesis = Statement {
            suite: SUITE,
            team: None,
            sequence: 0,
            previous: Hash::ZERO,
            author: member(ADA),
            time: noon(0),
            body,
        };
        let mut team = Self { state: TeamState::found(&key(ADA).sign(genesis)).unwrap(), day: 0 };
        let grants = vec![Grant { member: member(ADA), role: VaultRole::Custodian }];
        let new = NewVault { vault: VAULT, kind: VaultKind::Shared, keys: epoch_keys(20), grants };
        team.say(0, ADA, Body::NewVault(new));
        team
    }

    fn statement(&self, author: u8, body: Body) -> Statement {
        let newest = self.state.position();
        Statement {
            suite: SUITE,
            team: Some(self.state.team()),
            sequence: newest.sequence + 1,
            previous: newest.hash,
            author: member(author),
            time: noon(self.day),
            body,
        }
    }

    fn say(&mut self, day: u64, author: u8, body: Body) {
        self.day = day;
        let signed = key(author).sign(self.statement(author, body));
        self.state.apply(&signed).unwrap();
    }

    fn invites(&mut self, day: u64, who: u8, role: VaultRole) {
        let invite = Invite {
            invite: InviteId([who; 16]),
            signing: key(who + 100).public(),
            sealing: sealing(u16::from(who) + 100),
            role: TeamRole::Member,
            grants: vec![VaultGrant { vault: VAULT, role }],
            expires: Timestamp(noon(day).0 + 7 * DAY),
        };
        self.say(day, ADA, Body::Invite(invite));
    }

    fn joins(&mut self, day: u64, who: u8, role: VaultRole) {
        self.invites(day, who, role);
        let statement = self.statement(who, Body::Join(Join { invite: InviteId([who; 16]), keys: keys_of(who) }));
        let cosignature = key(who + 100).sign_bytes(Label::Join, &codec::encode(&statement));
        let signed: SignedStatement = key(who).sign(statement).with_cosignature(cosignature);
        self.state.apply(&signed).unwrap();
    }

    fn renews(&mut self, day: u64, epoch: u32) {
        let keys = epoch_keys(20 + 10 * u8::try_from(epoch).unwrap());
        self.say(day, ADA, Body::NewEpoch(NewEpoch { vault: VAULT, epoch: Epoch(epoch), keys, head: HEAD }));
    }

    fn grants(&mut self, day: u64, who: u8, role: VaultRole, lesser: bool) {
        let head = lesser.then_some(HEAD);
        self.say(day, ADA, Body::SetGrant(SetGrant { vault: VAULT, member: member(who), role, head }));
    }

    /// With the keys of one number, for those of another.
    fn replaces(&mut self, day: u64, who: u8, old: u8, new: u8) {
        self.day = day;
        let body = Body::ReplaceKeys(ReplaceKeys {
            signing: key(new).public(),
            sealing: sealing(new.into()),
            login_key: key(200).public(),
            bundle: Hash([5; 32]),
            vaults: vec![TouchedVault { vault: VAULT, head: HEAD }],
            recovery: None,
        });
        let signed = key(new).sign(self.statement(who, body));
        let cosignature = key(old).sign_bytes(Label::ReplaceKeys, signed.bytes());
        self.state.apply(&signed.with_cosignature(cosignature)).unwrap();
    }

    fn removes(&mut self, day: u64, who: u8) {
        let vaults = vec![TouchedVault { vault: VAULT, head: HEAD }];
        self.say(day, ADA, Body::Remove(Remove { member: member(who), vaults, directory: None }));
    }

    fn suspends(&mut self, day: u64, who: u8) {
        let vaults = vec![TouchedVault { vault: VAULT, head: HEAD }];
        self.say(day, ADA, Body::Suspend(Suspend { member: member(who), vaults }));
    }
}

/// A secret of Ada's, written on a day under an epoch.
fn secret(day: u64, epoch: u32, tier: Tier) -> SecretStanding {
    SecretStanding {
        vault: VAULT,
        account: ObjectId([8; 16]),
        version: Version(1),
        epoch: Epoch(epoch),
        tier,
        author: member(ADA),
        time: noon(day),
    }
}

fn row(who: u8, why: Why, since: u64, lost: Option<u64>) -> Holder {
    Holder { member: member(who), why, since: noon(since), lost: lost.map(noon) }
}

const KEEPS: Why = Why::Role(VaultRole::Custodian);
const USES: Why = Why::Role(VaultRole::User);

#[test]
fn whoever_has_a_role_holds_what_goes_with_it() {
    let mut team = Team::new();
    team.joins(2, BOB, VaultRole::User);
    team.joins(3, EVE, VaultRole::Viewer);
    let open = secret(1, 1, Tier::Open);
    assert_eq!(holders(&team.state, &open), [row(ADA, KEEPS, 1, None), row(BOB, USES, 2, None)]);
    // A guarded one is for custodians.
    assert_eq!(holders(&team.state, &secret(1, 1, Tier::Guarded)), [row(ADA, KEEPS, 1, None)]);
    // Nobody could open it before it was written.
    let later = secret(5, 1, Tier::Open);
    assert_eq!(holders(&team.state, &later), [row(ADA, KEEPS, 5, None), row(BOB, USES, 5, None)]);
    assert_eq!(exposed(&team.state, &[open, later]), []);
}

#[test]
fn an_auditor_holds_no_secret() {
    let mut team = Team::new();
    team.joins(1, BOB, VaultRole::Viewer);
    team.joins(1, EVE, VaultRole::User);
    team.say(2, ADA, Body::SetTeamRole(SetTeamRole { member: member(BOB), role: TeamRole::Auditor }));
    let (open, guarded) = (secret(3, 1, Tier::Open), secret(3, 1, Tier::Guarded));
    assert_eq!(holders(&team.state, &open), [row(ADA, KEEPS, 3, None), row(EVE, USES, 3, None)]);
    assert_eq!(holders(&team.state, &guarded), [row(ADA, KEEPS, 3, None)]);
    assert_eq!(reach(&team.state, &member(BOB), &[open, guarded], (noon(2), noon(9))), []);
    // Losing what opens no secret exposes none.
    team.say(4, ADA, Body::SetTeamRole(SetTeamRole { member: member(BOB), role: TeamRole::Member }));
    assert_eq!(exposed(&team.state, &[open, guarded]), []);
    // Whoever opened secrets before has them still.
    let vault = sealward_contract::chain::Revoke { vault: VAULT, member: member(EVE), head: Some(HEAD) };
    team.say(5, ADA, Body::Revoke(vault));
    team.say(6, ADA, Body::SetTeamRole(SetTeamRole { member: member(EVE), role: TeamRole::Auditor }));
    let gone = row(EVE, USES, 3, Some(5));
    assert_eq!(exposed(&team.state, &[open]), [Exposed { secret: open, holder: gone, since: noon(5) }]);
}

#[test]
fn what_a_removed_member_could_open_is_exposed_until_it_is_written_anew() {
    let mut team = Team::new();
    team.joins(2, BOB, VaultRole::User);
    team.removes(4, BOB);
    let old = secret(1, 1, Tier::Open);
    let gone = row(BOB, USES, 2, Some(4));
    assert_eq!(holders(&team.state, &old), [row(ADA, KEEPS, 1, None), gone]);
    let found = Exposed { secret: old, holder: gone, since: noon(4) };
    assert_eq!(exposed(&team.state, &[old]), [found]);
    team.renews(5, 2);
    // New keys alone do not help what is there.
    assert_eq!(exposed(&team.state, &[old]), [found]);
    let new = secret(6, 2, Tier::Open);
    assert_eq!(holders(&team.state, &new), [row(ADA, KEEPS, 6, None)]);
    assert_eq!(exposed(&team.state, &[new]), []);
}

#[test]
fn a_lesser_role_exposes_what_went_with_the_greater_one() {
    let mut team = Team::new();
    team.joins(1, BOB, VaultRole::Viewer);
    team.grants(2, BOB, VaultRole::Custodian, false);
    team.grants(3, BOB, VaultRole::User, true);
    let (open, guarded) = (secret(0, 1, Tier::Open), secret(0, 1, Tier::Guarded));
    assert_eq!(exposed(&team.state, &[open]), []);
    let held = row(BOB, KEEPS, 2, Some(3));
    assert_eq!(exposed(&team.state, &[guarded]), [Exposed { secret: guarded, holder: held, since: noon(3) }]);
}

#[test]
fn a_suspended_member_exposes_until_resumed() {
    let mut team = Team::new();
    team.joins(1, BOB, VaultRole::User);
    team.suspends(3, BOB);
    team.renews(4, 2);
    let (old, new) = (secret(2, 1, Tier::Open), secret(5, 2, Tier::Open));
    let held = row(BOB, USES, 2, Some(3));
    assert_eq!(exposed(&team.state, &[old, new]), [Exposed { secret: old, holder: held, since: noon(3) }]);
    team.say(6, ADA, Body::Resume(Resume { member: member(BOB) }));
    assert_eq!(exposed(&team.state, &[old, new]), []);
    // Resumed, Bob gets the keys made meanwhile, and could open the newer one from then on.
    assert_eq!(holders(&team.state, &new), [row(ADA, KEEPS, 5, None), row(BOB, USES, 6, None)]);
}

#[test]
fn links_count_as_holders_and_closed_ones_are_not_listed_as_exposed() {
    let mut team = Team::new();
    team.invites(2, BOB, VaultRole::Editor);
    let open = secret(1, 1, Tier::Open);
    let link = |state, lost| row(BOB, Why::Invited(VaultRole::Editor, state), 2, lost);
    assert_eq!(holders(&team.state, &open), [row(ADA, KEEPS, 1, None), link(InvitationState::Open, None)]);
    team.say(3, ADA, Body::WithdrawInvite(WithdrawInvite { invite: InviteId([BOB; 16]) }));
    let closed = link(InvitationState::Withdrawn, Some(3));
    assert_eq!(holders(&team.state, &open), [row(ADA, KEEPS, 1, None), closed]);
    assert_eq!(exposed(&team.state, &[open]), []);
    team.renews(4, 2);
    assert_eq!(holders(&team.state, &secret(5, 2, Tier::Open)), [row(ADA, KEEPS, 5, None)]);
}

#[test]
fn whoever_wrote_a_secret_knows_it() {
    let mut team = Team::new();
    team.joins(1, BOB, VaultRole::Editor);
    let guarded = SecretStanding { author: member(BOB), ..secret(2, 1, Tier::Guarded) };
    assert_eq!(holders(&team.state, &guarded), [row(ADA, KEEPS, 2, None), row(BOB, Why::Wrote, 2, None)]);
    team.removes(3, BOB);
    let known = row(BOB, Why::Wrote, 2, Some(3));
    assert_eq!(exposed(&team.state, &[guarded]), [Exposed { secret: guarded, holder: known, since: noon(3) }]);
}

#[test]
fn whoever_made_a_token_counts_while_its_service_does() {
    let mut team = Team::new();
    team.joins(1, BOB, VaultRole::User);
    team.say(2, ADA, Body::SetTeamRole(SetTeamRole { member: member(BOB), role: TeamRole::Administrator }));
    team.grants(2, BOB, VaultRole::Custodian, false);
    let terms = ServiceTerms { expires: None, hosts: vec![], scope: ServiceScope::Roles, vault: None };
    let grants = vec![VaultGrant { vault: VAULT, role: VaultRole::User }];
    team.say(3, BOB, Body::Admit(Admit { keys: keys_of(EVE), terms, grants }));
    let both = secret(4, 1, Tier::Open);
    let (ada, bob, eve) = (row(ADA, KEEPS, 4, None), row(BOB, KEEPS, 4, None), row(EVE, USES, 4, None));
    assert_eq!(holders(&team.state, &both), [ada, bob, eve]);
    // Bob goes, and the token that he may have kept still opens what is written afterwards.
    team.removes(5, BOB);
    team.renews(6, 2);
    let later = secret(7, 2, Tier::Open);
    let kept = row(BOB, Why::MadeToken(member(EVE)), 7, Some(7));
    assert_eq!(holders(&team.state, &later), [row(ADA, KEEPS, 7, None), row(EVE, USES, 7, None), kept]);
    assert_eq!(exposed(&team.state, &[later]), [Exposed { secret: later, holder: kept, since: noon(7) }]);
    let reached = Reached { secret: later, role: VaultRole::User, changed: false };
    assert_eq!(reach(&team.state, &member(BOB), &[later], (noon(7), noon(8))), [reached]);
    // Another token, by Ada: what was there stays exposed by Bob, what comes later is not.
    let vaults = vec![TouchedVault { vault: VAULT, head: HEAD }];
    let terms = ServiceTerms { expires: None, hosts: vec![], scope: ServiceScope::Roles, vault: None };
    let (signing, sealing) = (key(EVE + 50).public(), sealing(50));
    team.say(8, ADA, Body::RenewService(RenewService { member: member(EVE), signing, sealing, terms, vaults }));
    team.renews(9, 3);
    let kept = row(BOB, Why::MadeToken(member(EVE)), 7, Some(8));
    let found = Exposed { secret: later, holder: kept, since: noon(8) };
    assert_eq!(exposed(&team.state, &[later, secret(10, 3, Tier::Open)]), [found]);
}

#[test]
fn keys_that_were_replaced_expose_until_the_secret_is_written_anew() {
    let mut team = Team::new();
    team.joins(1, BOB, VaultRole::User);
    let (open, guarded) = (secret(2, 1, Tier::Open), secret(2, 1, Tier::Guarded));
    team.replaces(4, BOB, BOB, 50);
    let former = row(BOB, Why::FormerKeys(VaultRole::User), 2, Some(4));
    assert_eq!(holders(&team.state, &open), [row(ADA, KEEPS, 2, None), row(BOB, USES, 2, None), former]);
    assert_eq!(holders(&team.state, &guarded), [row(ADA, KEEPS, 2, None)]);
    let found = Exposed { secret: open, holder: former, since: noon(4) };
    assert_eq!(exposed(&team.state, &[open, guarded]), [found]);
    team.renews(5, 2);
    let new = secret(6, 2, Tier::Open);
    assert_eq!(exposed(&team.state, &[open, new]), [found]);
    // Replaced once more, before and after a secret was written: the last keys that opened it count.
    team.replaces(7, BOB, 50, 51);
    assert_eq!(exposed(&team.state, &[new]).len(), 1);
    assert_eq!(exposed(&team.state, &[new])[0].since, noon(7));
    team.removes(8, BOB);
    let why: Vec<_> = exposed(&team.state, &[new]).into_iter().map(|exposed| exposed.holder.why).collect();
    assert_eq!(why, [USES, Why::FormerKeys(VaultRole::User)]);
}

#[test]
fn reach_is_what_the_roles_of_that_day_open() {
    let mut team = Team::new();
    team.joins(2, BOB, VaultRole::User);
    team.removes(4, BOB);
    team.renews(4, 2);
    let old = secret(1, 1, Tier::Open);
    let changed = SecretStanding { version: Version(3), account: ObjectId([9; 16]), ..secret(6, 2, Tier::Open) };
    let new = secret(6, 2, Tier::Open);
    let guarded = secret(1, 1, Tier::Guarded);
    let secrets = [old, changed, new, guarded];
    let on = |day: u64| reach(&team.state, &member(BOB), &secrets, (Timestamp(day * DAY), Timestamp((day + 1) * DAY)));
    let reached = |secret, changed| Reached { secret, role: VaultRole::User, changed };
    assert_eq!(on(1), []);
    assert_eq!(on(2), [reached(old, false), reached(changed, true)]);
    assert_eq!(on(3), [reached(old, false), reached(changed, true)]);
    // On the day of the removal the role was still there in the morning.
    assert_eq!(on(4), [reached(old, false), reached(changed, true)]);
    assert_eq!(on(5), []);
    assert_eq!(reach(&team.state, &member(EVE), &secrets, (noon(2), noon(3))), []);
}
