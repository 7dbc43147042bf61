//! Who invites to what, and who joins by it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::{
    chain::{InvitationState, WithdrawInvite},
    limits,
};

const IVY: Who = 4;

fn withdraw(who: Who) -> Body {
    Body::WithdrawInvite(WithdrawInvite { invite: invite_id(who) })
}

fn state_of(team: &Team, who: Who) -> InvitationState {
    team.state.invitation(&invite_id(who)).unwrap().state
}

#[test]
fn whoever_joins_has_what_the_invitation_says() {
    let mut team = Team::of_three();
    team.does(ADA, team.invite(IVY, &[(1, VaultRole::Editor)]));
    let recipients: Vec<_> = team.state.recipients(&vault(1)).map(|to| (to.member, to.role)).collect();
    assert_eq!(recipients, [(member(ADA), VaultRole::Custodian), (member(IVY), VaultRole::Editor)]);
    assert_eq!(team.state.vault_role(&vault(1), &member(IVY)), None);
    // A custodian's new epoch reaches the invitation, whose keys are not the member's.
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    let before = team.state.position().sequence;
    team.does(IVY, join(IVY));
    assert_eq!(team.state.role(&member(IVY)), Some(TeamRole::Member));
    assert_eq!(team.state.vault_role(&vault(1), &member(IVY)), Some(VaultRole::Editor));
    assert_eq!(team.state.vault(&vault(1)).unwrap().role_at(&member(IVY), before), None);
    assert_eq!(team.state.role_at(&member(IVY), before), None);
    assert_eq!(team.state.member(&member(IVY)).unwrap().number.0, 4);
    assert_eq!(state_of(&team, IVY), InvitationState::Used);
    let sealed_to: Vec<_> = team.state.recipients(&vault(1)).map(|to| *to.sealing).collect();
    assert_eq!(sealed_to, [sealing(ADA.into()), sealing(IVY.into())]);
    assert!(!team.is_due(1));
}

#[test]
fn invitations_that_cannot_be() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let made = team.new_vault(&[(ADA, VaultRole::Custodian)], 2);
    team.does(ADA, made);
    team.does(ADA, grant(2, BOB, VaultRole::Editor));
    let good = team.invitation(IVY, &[(1, VaultRole::Viewer)]);
    let time = Timestamp(team.now);
    let with = |change: fn(&mut Invite)| {
        let mut changed = good.clone();
        change(&mut changed);
        Body::Invite(changed)
    };
    let cases = [
        (EVE, with(|invite| invite.grants.clear()), Refused::Right),
        // An administrator without custody gives no role in a vault.
        (BOB, with(|_| {}), Refused::Right),
        (BOB, with(|invite| invite.grants[0].vault = vault(2)), Refused::Right),
        (ADA, with(|invite| invite.grants[0].role = VaultRole::Custodian), Refused::Right),
        (ADA, with(|invite| invite.role = TeamRole::Owner), Refused::Right),
        (ADA, with(|invite| invite.role = TeamRole::Administrator), Refused::Right),
        (ADA, with(|invite| invite.role = TeamRole::PasswordAdministrator), Refused::Right),
        (ADA, with(|invite| invite.role = TeamRole::Auditor), Refused::Right),
        (ADA, with(|invite| invite.grants[0].vault = vault(7)), Refused::Right),
        (ADA, with(|invite| invite.grants.push(invite.grants[0])), Refused::Grants),
        (ADA, with(|invite| invite.invite = invite_id(BOB)), Refused::Used),
        (ADA, with(|invite| invite.signing = public(BOB)), Refused::Used),
        (ADA, with(|invite| invite.sealing = sealing(link(BOB).into())), Refused::Used),
        (ADA, with(|invite| invite.sealing = sealing(10_001)), Refused::Used),
        (ADA, with(|invite| invite.signing = VerifyingKey([0; 32])), Refused::Key),
        (ADA, with(|invite| invite.sealing = SealingPublicKey([0xff; 1216])), Refused::Key),
        (ADA, Body::Invite(Invite { expires: time, ..good.clone() }), Refused::Time),
        (
            ADA,
            Body::Invite(Invite { expires: time.plus_millis(limits::INVITATION + 1), ..good.clone() }),
            Refused::Time,
        ),
    ];
    for (author, body, reason) in cases {
        team.refuses(author, body, reason);
    }
    team.does(BOB, with(|invite| invite.grants.clear()));
    team.refuses(ADA, with(|_| {}), Refused::Used);
}

#[test]
fn personal_vaults_are_nobody_elses() {
    let mut team = Team::of_three();
    let Body::NewVault(new) = team.new_vault(&[(ADA, VaultRole::Custodian)], 2) else { unreachable!() };
    team.does(ADA, Body::NewVault(NewVault { kind: VaultKind::Personal, ..new }));
    team.refuses(ADA, team.invite(IVY, &[(2, VaultRole::Viewer)]), Refused::Grants);
    team.refuses(ADA, grant(2, BOB, VaultRole::Viewer), Refused::Grants);
    team.refuses(ADA, revoke(2, ADA), Refused::Grants);
}

#[test]
fn joins_that_cannot_be() {
    let mut team = Team::of_three();
    team.does(ADA, team.invite(IVY, &[]));
    let body = |keys: MemberKeys| Body::Join(Join { invite: invite_id(IVY), keys });
    let name = |who| LoginName::parse(&format!("member.{who}")).unwrap();
    let cases = [
        (body(MemberKeys { login_name: name(BOB), ..keys_of(IVY) }), Refused::Used),
        (body(MemberKeys { sealing: sealing(BOB.into()), ..keys_of(IVY) }), Refused::Used),
        (body(MemberKeys { sealing: sealing(link(IVY).into()), ..keys_of(IVY) }), Refused::Used),
        (body(MemberKeys { sealing: SealingPublicKey([0xff; 1216]), ..keys_of(IVY) }), Refused::Key),
        (body(MemberKeys { signing: VerifyingKey([0; 32]), ..keys_of(IVY) }), Refused::Key),
        (body(MemberKeys { member: member(9), ..keys_of(IVY) }), Refused::Author),
        (Body::Join(Join { invite: invite_id(8), keys: keys_of(IVY) }), Refused::Unknown),
    ];
    for (body, reason) in cases {
        team.refuses(IVY, body, reason);
    }
    // Both keys sign, and only theirs count.
    let alone = sign(IVY, team.statement(IVY, join(IVY)));
    assert_eq!(SignedStatement::parse(&alone.to_wire()), Err(codec::Malformed));
    assert_eq!(team.append(&alone), Err(Refused::Signature));
    for seed in [IVY, link(BOB), link(ADA)] {
        let forged = team.cosigned(alone.clone(), seed);
        assert_eq!(team.append(&forged), Err(Refused::Signature));
    }
    let by_link = sign(link(IVY), team.statement(IVY, join(IVY)));
    let forged = team.cosigned(by_link, link(IVY));
    assert_eq!(team.append(&forged), Err(Refused::Signature));
    // No other statement has a second signature.
    let twice = team.cosigned(team.signed(ADA, set_role(BOB, TeamRole::Auditor)), ADA);
    assert_eq!(SignedStatement::parse(&twice.to_wire()), Err(codec::Malformed));
    let right = team.signed(IVY, join(IVY));
    assert_eq!(SignedStatement::parse(&right.to_wire()), Ok(right.clone()));
    assert_eq!(team.append(&right), Ok(()));
    team.refuses(IVY, join(IVY), Refused::Closed);
}

#[test]
fn what_ends_an_invitation() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.does(ADA, grant(1, BOB, VaultRole::Custodian));
    team.does(BOB, team.invite(IVY, &[(1, VaultRole::Viewer)]));
    let ended = |act: &dyn Fn(&mut Team)| {
        let mut team = team.clone();
        act(&mut team);
        team.refuses(IVY, join(IVY), Refused::Closed);
        team.refuses(ADA, withdraw(IVY), Refused::Closed);
        assert!(!team.state.recipients(&vault(1)).any(|to| to.member == member(IVY)));
        state_of(&team, IVY)
    };
    assert_eq!(ended(&|team| team.does(ADA, withdraw(IVY))), InvitationState::Withdrawn);
    assert_eq!(ended(&|team| team.does(ADA, set_role(BOB, TeamRole::Member))), InvitationState::Lapsed);
    assert_eq!(ended(&|team| team.does(ADA, team.suspend(BOB))), InvitationState::Lapsed);
    assert_eq!(ended(&|team| team.does(ADA, team.remove(BOB))), InvitationState::Lapsed);
    assert_eq!(ended(&|team| team.does(ADA, revoke(1, BOB))), InvitationState::Lapsed);
    assert_eq!(ended(&|team| team.does(ADA, lower(1, BOB, VaultRole::Editor))), InvitationState::Lapsed);
    let expired = |team: &mut Team| {
        team.now += HOUR;
        team.does(ADA, set_role(EVE, TeamRole::Auditor));
    };
    assert_eq!(ended(&expired), InvitationState::Expired);
    // By its time alone, too: no other statement has to come first.
    let mut late = team.clone();
    late.now += HOUR;
    late.refuses(IVY, join(IVY), Refused::Closed);
    late.now -= 1;
    late.does(IVY, join(IVY));
    team.refuses(EVE, withdraw(IVY), Refused::Right);
    team.refuses(ADA, withdraw(9), Refused::Unknown);
    // A right that comes back does not bring the invitation back.
    team.does(ADA, team.suspend(BOB));
    team.does(ADA, resume(BOB));
    team.refuses(IVY, join(IVY), Refused::Closed);
}

#[test]
fn an_invitation_that_is_taken_back_makes_keys_due() {
    let mut team = Team::of_three();
    let before = team.state.vault(&vault(1)).unwrap().cut().map(|cut| cut.sequence);
    team.does(ADA, team.invite(IVY, &[(1, VaultRole::Viewer)]));
    assert!(!team.is_due(1));
    team.does(ADA, withdraw(IVY));
    assert!(team.is_due(1));
    // Nobody wrote by it: no head is cut off.
    assert_eq!(team.state.vault(&vault(1)).unwrap().cut().map(|cut| cut.sequence), before);
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    assert!(!team.is_due(1));
}
