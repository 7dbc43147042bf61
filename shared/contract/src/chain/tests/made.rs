//! People with keys that somebody else made, and new keys of the directory.

use super::*;
use crate::{
    chain::MemberState,
    policy::{self, MemberAction},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NEW: Who = 4;

fn with_made() -> Team {
    let mut team = Team::of_three();
    let made = team.admit_person(NEW, &[(1, VaultRole::Editor)]);
    team.does(ADA, made);
    team
}

fn rights(team: &Team) -> (MemberState, Option<TeamRole>, Option<VaultRole>) {
    let state = team.state.member(&member(NEW)).unwrap().state;
    (state, team.state.role(&member(NEW)), team.state.vault_role(&vault(1), &member(NEW)))
}

#[test]
fn whoever_has_keys_of_others_may_only_replace_them() {
    let mut team = with_made();
    let known = team.state.member(&member(NEW)).unwrap();
    assert_eq!((known.keeper(), known.standing()), (member(ADA), Some(TeamRole::Member)));
    assert_eq!(rights(&team), (MemberState::Made, None, None));
    // New keys of the vault are sealed to them as to everyone else.
    let to: Vec<_> = team.state.recipients(&vault(1)).map(|to| (to.member, to.role)).collect();
    assert_eq!(to, [(member(ADA), VaultRole::Custodian), (member(NEW), VaultRole::Editor)]);
    let own = team.personal_vault(NEW, 7);
    for body in [own, set_role(NEW, TeamRole::Owner), grant(1, NEW, VaultRole::Custodian), team.remove(BOB)] {
        team.refuses(NEW, body, Refused::Made);
    }
    // Nor does anybody give them more before.
    team.refuses(ADA, set_role(NEW, TeamRole::Administrator), Refused::State);
    team.refuses(ADA, grant(1, NEW, VaultRole::Custodian), Refused::Grants);
    let actions = policy::member_actions(&team.state, &member(ADA), team.state.member(&member(NEW)).unwrap());
    let wanted = [
        MemberAction::GetMember,
        MemberAction::PutProfile,
        MemberAction::SuspendMember,
        MemberAction::RemoveMember,
        MemberAction::SetPassword,
    ];
    assert_eq!(actions, wanted);

    let before = team.state.position().sequence;
    team.replaces(NEW, None);
    assert_eq!(rights(&team), (MemberState::Active, Some(TeamRole::Member), Some(VaultRole::Editor)));
    let known = team.state.member(&member(NEW)).unwrap();
    assert_eq!(known.keepers().collect::<Vec<_>>(), [(member(ADA), Some(before + 1)), (member(NEW), None)]);
    assert_eq!(team.state.role_at(&member(NEW), before), None, "nothing of before counts");
    assert!(team.is_due(1), "whoever made the keys could have kept the vault's");
    team.does(ADA, set_role(NEW, TeamRole::Administrator));
}

#[test]
fn it_takes_what_an_invitation_takes() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    for (by, grants, reason) in [
        (EVE, vec![], Refused::Right),
        (BOB, vec![(1, VaultRole::Viewer)], Refused::Right),
        (ADA, vec![(1, VaultRole::Custodian)], Refused::Right),
        (ADA, vec![(1, VaultRole::User), (1, VaultRole::User)], Refused::Grants),
        (ADA, vec![(9, VaultRole::User)], Refused::Right),
    ] {
        team.refuses(by, team.admit_person(NEW, &grants), reason);
    }
    team.refuses(ADA, team.admit_person(EVE, &[]), Refused::Used);
    let made = team.admit_person(NEW, &[]);
    team.does(BOB, made.clone());
    team.refuses(ADA, made, Refused::Used);
    team.does(BOB, team.remove(NEW));
    assert_eq!(team.state.member(&member(NEW)).unwrap().state, MemberState::Removed);
    team.refuses(NEW, team.replacement(NEW, None), Refused::Author);
}

#[test]
fn the_directory_gets_another_key_when_somebody_leaves() {
    let mut team = with_made();
    team.does(ADA, team.invite(5, &[]));
    let at = team.state.position().sequence;
    assert_eq!(team.state.directory_commitment(), Hash([4; 32]));
    // One that was there before, and a former one that is none.
    team.refuses(ADA, team.remove_renewing(BOB, 4), Refused::Directory);
    let bare = DirectoryRenewal { commitment: Hash([8; 32]), former: Bytes(vec![]) };
    let bare = Body::Remove(Remove { member: member(BOB), vaults: vec![], directory: Some(bare) });
    team.refuses(ADA, bare, Refused::Directory);
    team.does(ADA, team.remove_renewing(BOB, 8));
    assert_eq!((team.state.directory_epoch(), team.state.directory_commitment()), (Epoch(2), Hash([8; 32])));
    assert_eq!([at, at + 1].map(|at| team.state.directory_epoch_at(at)), [Epoch(1), Epoch(2)]);
    let to: Vec<_> = team.state.directory_recipients().into_iter().map(|(member, _)| member).collect();
    assert_eq!(to, [ADA, EVE, NEW, 5].map(member));
    // Without one it stays as it is.
    team.does(ADA, team.remove(EVE));
    assert_eq!(team.state.directory_epoch(), Epoch(2));
}
