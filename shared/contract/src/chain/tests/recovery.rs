//! The recovery group, who is enrolled with it, and who is recovered.

use super::*;
use crate::chain::{CancelRecovery, EndEnrolment};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const DAN: Who = 4;

/// Ada, Bob and Eve are the trustees, two of whom are needed; Dan is enrolled.
fn team() -> Team {
    let mut team = Team::of_three();
    team.joins(DAN, &[(1, VaultRole::Editor)]);
    team.does(ADA, trustees_of(2, &[ADA, BOB, EVE]));
    team.does(DAN, team.enrolment(DAN));
    team
}

fn enrolled(team: &Team, who: Who) -> bool {
    team.state.member(&member(who)).unwrap().enrolment().is_some()
}

fn begun(team: &Team, who: Who) -> Option<u64> {
    team.state.recovery_of(&member(who), Timestamp(team.now)).map(|recovery| recovery.since)
}

fn cancel(who: Who, recovery: u64) -> Body {
    Body::CancelRecovery(CancelRecovery { member: member(who), recovery })
}

#[test]
fn a_group_is_two_people_at_least() {
    let mut team = Team::of_three();
    for (needed, trustees, reason) in [
        (0, &[ADA, BOB][..], Refused::Recovery),
        (1, &[ADA, BOB], Refused::Recovery),
        (3, &[ADA, BOB], Refused::Recovery),
        (1, &[], Refused::Recovery),
        (2, &[BOB, ADA], Refused::Recovery),
        (2, &[ADA, ADA], Refused::Recovery),
        (2, &[ADA, 9], Refused::Recovery),
    ] {
        team.refuses(ADA, trustees_of(needed, trustees), reason);
    }
    team.does(ADA, team.admit(5, &[]));
    team.refuses(ADA, trustees_of(2, &[ADA, 5]), Refused::Recovery);
    team.refuses(BOB, trustees_of(2, &[ADA, BOB]), Refused::Right);
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.refuses(BOB, trustees_of(2, &[ADA, BOB]), Refused::Right);
    team.does(ADA, trustees_of(1, &[ADA]));
    team.does(ADA, trustees_of(2, &[ADA, BOB]));
    team.refuses(ADA, trustees_of(2, &[ADA, BOB]), Refused::State);
    team.does(ADA, Body::SetRecovery(SetRecovery { group: None }));
    assert_eq!(team.state.recovery_group(), None);
}

#[test]
fn whoever_enrols_names_the_group_as_it_stands() {
    let mut team = team();
    assert!(enrolled(&team, DAN));
    // A trustee gives none to themselves, and needs enough others.
    team.does(BOB, team.enrolment(BOB));
    team.does(ADA, trustees_of(3, &[ADA, BOB, EVE]));
    assert!(!enrolled(&team, DAN) && !enrolled(&team, BOB), "another group asks again");
    team.refuses(BOB, team.enrolment(BOB), Refused::Recovery);
    let with = |change: &dyn Fn(&mut Enrol)| {
        let Body::Enrol(mut enrol) = team.enrolment(DAN) else { unreachable!() };
        change(&mut enrol);
        Body::Enrol(enrol)
    };
    for (what, body) in [
        ("the group before", with(&|enrol| enrol.group -= 1)),
        ("a share less", with(&|enrol| enrol.shares.truncate(2))),
        ("another order", with(&|enrol| enrol.shares.swap(0, 1))),
        ("a stranger's share", with(&|enrol| enrol.shares[2].trustee = member(DAN))),
    ] {
        assert_eq!(team.clone().try_to(DAN, body), Err(Refused::Recovery), "{what}");
    }
    team.does(DAN, team.enrolment(DAN));
    let since = team.state.position().sequence;
    team.refuses(DAN, Body::EndEnrolment(EndEnrolment { enrolment: since - 1 }), Refused::State);
    team.refuses(BOB, Body::EndEnrolment(EndEnrolment { enrolment: since }), Refused::State);
    team.does(DAN, Body::EndEnrolment(EndEnrolment { enrolment: since }));
    team.refuses(ADA, team.recovery(DAN), Refused::Recovery);
}

#[test]
fn administrators_recover_those_below_them_and_nobody_themselves() {
    let mut team = team();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.refuses(EVE, team.recovery(DAN), Refused::Right);
    team.refuses(DAN, team.recovery(DAN), Refused::Right);
    team.does(BOB, team.recovery(DAN));
    assert_eq!(begun(&team, DAN), Some(team.state.position().sequence));
    team.does(ADA, team.enrolment(ADA));
    team.refuses(BOB, team.recovery(ADA), Refused::Right);
    team.refuses(ADA, team.recovery(ADA), Refused::Right);
    // No other device takes the place of the one before while that is open; a device's keys are used once.
    let Body::Recover(again) = team.recovery(DAN) else { unreachable!() };
    let used = Recover { device: DeviceKeys { signing: public(device(DAN)), ..again.device.clone() }, ..again.clone() };
    team.refuses(ADA, Body::Recover(again.clone()), Refused::State);
    let mut late = team.clone();
    late.now += 7 * 24 * HOUR;
    late.does(ADA, late.recovery(DAN));
    team.does(ADA, cancel(DAN, begun(&team, DAN).unwrap()));
    team.does(ADA, Body::Recover(again.clone()));
    team.does(ADA, cancel(DAN, begun(&team, DAN).unwrap()));
    team.refuses(ADA, Body::Recover(again.clone()), Refused::Used);
    team.refuses(ADA, Body::Recover(used), Refused::Used);
    let late = Recover { expires: Timestamp(team.now + 8 * 24 * HOUR), ..again.clone() };
    team.refuses(ADA, Body::Recover(late), Refused::Time);
    let over = Recover { expires: Timestamp(team.now), ..again };
    team.refuses(ADA, Body::Recover(over), Refused::Time);
}

#[test]
fn new_keys_come_of_the_recovery_that_is_open_and_end_it() {
    let mut team = team();
    team.does(ADA, team.recovery(DAN));
    let since = begun(&team, DAN).unwrap();
    for wrong in [since - 1, since + 1] {
        let body = team.replacement(DAN, Some(wrong));
        assert_eq!(team.clone().try_signed(DAN, body, renewed(DAN), DAN), Err(Refused::Closed));
    }
    let mut late = team.clone();
    late.now += 7 * 24 * HOUR;
    assert_eq!(
        late.clone().try_signed(DAN, late.replacement(DAN, Some(since)), renewed(DAN), DAN),
        Err(Refused::Closed)
    );
    // Neither administrator nor trustees have the keys that sign it.
    let body = team.replacement(DAN, Some(since));
    for by in [ADA, BOB, device(DAN)] {
        assert_eq!(team.clone().try_signed(DAN, body.clone(), renewed(DAN), by), Err(Refused::Signature));
    }
    team.replaces(DAN, Some(since));
    assert_eq!((begun(&team, DAN), enrolled(&team, DAN)), (None, false));
    assert!(team.is_due(1));
    let again = team.replacement_with(DAN, 99, Some(since));
    assert_eq!(team.clone().try_signed(DAN, again, 99, renewed(DAN)), Err(Refused::Closed));
}

#[test]
fn a_recovery_ends_where_its_ground_is_gone() {
    let mut team = team();
    team.does(ADA, team.recovery(DAN));
    let since = begun(&team, DAN).unwrap();
    team.refuses(BOB, cancel(DAN, since), Refused::Right);
    team.refuses(ADA, cancel(DAN, since + 1), Refused::Closed);
    let ended = |body: Body, by: Who| {
        let mut team = team.clone();
        team.does(by, body);
        begun(&team, DAN)
    };
    assert_eq!(ended(cancel(DAN, since), DAN), None, "the person stops it");
    assert_eq!(ended(cancel(DAN, since), ADA), None);
    assert_eq!(ended(team.suspend(DAN), ADA), None);
    assert_eq!(ended(team.remove(DAN), ADA), None);
    assert_eq!(ended(trustees_of(2, &[BOB, EVE]), ADA), None);
    assert_eq!(ended(team.enrolment(DAN), DAN), None, "shares of before open nothing");
    assert_eq!(ended(set_role(EVE, TeamRole::Administrator), ADA), Some(since));
    // And where whoever began it could not begin it any more.
    let mut by_bob = team.clone();
    by_bob.does(ADA, cancel(DAN, since));
    by_bob.does(ADA, set_role(BOB, TeamRole::Administrator));
    by_bob.does(BOB, by_bob.recovery(DAN));
    let begun_by_bob = begun(&by_bob, DAN);
    assert!(begun_by_bob.is_some());
    let ended = |body: Body| {
        let mut team = by_bob.clone();
        team.does(ADA, body);
        begun(&team, DAN)
    };
    assert_eq!(ended(set_role(EVE, TeamRole::Administrator)), begun_by_bob);
    assert_eq!(ended(set_role(BOB, TeamRole::Member)), None, "lowered");
    assert_eq!(ended(by_bob.suspend(BOB)), None, "suspended");
    assert_eq!(ended(by_bob.remove(BOB)), None, "removed");
    assert_eq!(ended(set_role(DAN, TeamRole::Administrator)), None, "the person is raised");
    let mut by_keys = team.clone();
    by_keys.replaces(DAN, None);
    assert_eq!(begun(&by_keys, DAN), None);
    let mut late = team.clone();
    late.now += 7 * 24 * HOUR;
    assert_eq!(begun(&late, DAN), None);
}

#[test]
fn a_trustee_with_other_keys_has_no_share_any_more() {
    let mut team = team();
    let gives = |team: &Team| {
        let gives = |who: &Who| crate::policy::may_give_share(&team.state, &member(*who), &member(DAN));
        [ADA, BOB, EVE, DAN].into_iter().filter(gives).collect::<Vec<_>>()
    };
    assert_eq!(gives(&team), [ADA, BOB, EVE]);
    team.replaces(BOB, None);
    team.does(ADA, team.suspend(EVE));
    assert_eq!(gives(&team), [ADA]);
    team.does(DAN, team.enrolment(DAN));
    assert_eq!(gives(&team), [ADA, BOB]);
}
