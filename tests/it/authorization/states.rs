//! Who may do what about members, by role and by the state that a caller is in: as a table that is written by hand.

use super::services::Caller;
use crate::harness::{Forge, Founder, Furnished, InProcess, TestServer};
use sealward_client::{
    api::Api,
    crypto::{hpke::XWingSecret, randomness::OsRandom, signing::SigningKey},
    session::Session,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Invite, MemberState, Remove, Resume, SetTeamRole, Suspend, TeamRole, VaultRole},
    ids::{InviteId, MemberId},
    operations::{
        Empty, TeamPath,
        directory::GetMember,
        invitations::{CreateInvitation, NewInvitation},
        members::{self, CreateMember, MemberChange, MemberPath, Removal},
    },
};

/// Asks what is asked of every caller: one of them; makes somebody; invites; raises; suspends; resumes; removes.
async fn ask_all(server: &TestServer, ada: &Session<InProcess>, caller: &Caller) -> [u16; 7] {
    let team = ada.team();
    let of_team = TeamPath { team };
    let vault = *ada.vaults().keys().next().unwrap();
    // By what the owner sees: whoever may not act is shown nothing.
    let forge = Forge { founder: &caller.who, session: ada, vault };
    let count = ada.members().len();
    let other = Founder::invited(server, ada, &format!("other.{count}"), &[]).await.identity.member;
    let path = MemberPath { team, member: other };
    let change = |body: Body| MemberChange { statement: forge.state(body).to_wire() };
    let mut got = vec![caller.ask::<GetMember>(server, path, None).await];
    let (_, made) = Founder::prepare_made(&forge, &format!("made.{count}"), &[]);
    got.push(caller.ask::<CreateMember>(server, of_team, Some(made)).await);
    ada.sync(|_| {}).await.unwrap();
    got.push(caller.ask::<CreateInvitation>(server, of_team, Some(invitation(&forge))).await);
    ada.sync(|_| {}).await.unwrap();
    let raise = Body::SetTeamRole(SetTeamRole { member: other, role: TeamRole::PasswordAdministrator });
    got.push(caller.ask::<members::SetTeamRole>(server, path, Some(change(raise))).await);
    ada.sync(|_| {}).await.unwrap();
    let suspend = change(Body::Suspend(Suspend { member: other, vaults: vec![] }));
    got.push(caller.ask::<members::SuspendMember>(server, path, Some(suspend)).await);
    ada.sync(|_| {}).await.unwrap();
    if ada.members().iter().any(|listed| listed.member == other && listed.state == MemberState::Active) {
        ada.suspend_member(other).await.unwrap();
    }
    let resume = change(Body::Resume(Resume { member: other }));
    got.push(caller.ask::<members::ResumeMember>(server, path, Some(resume)).await);
    ada.sync(|_| {}).await.unwrap();
    let remove = Body::Remove(Remove { member: other, vaults: vec![], directory: None });
    let removal = Removal { statement: forge.state(remove).to_wire(), directory: Vec::new() };
    got.push(caller.ask::<members::RemoveMember>(server, path, Some(removal)).await);
    ada.sync(|_| {}).await.unwrap();
    got.try_into().unwrap()
}

fn invitation(forge: &Forge<'_>) -> NewInvitation {
    let randomness = &mut OsRandom::new();
    let invite = Invite {
        invite: InviteId(forge.make_object().0),
        signing: SigningKey::make(randomness).public(),
        sealing: XWingSecret::make(randomness).public(),
        role: TeamRole::Member,
        grants: vec![],
        expires: forge.now().plus_millis(3_600_000),
    };
    let statement = forge.state(Body::Invite(invite)).to_wire();
    NewInvitation { statement, directory: Bytes(vec![1; 64]), envelopes: vec![] }
}

#[tokio::test(flavor = "current_thread")]
async fn every_role_in_every_state_by_every_operation_on_members() {
    let server = TestServer::in_memory();
    let owner = Founder::found(&server, "ada.lovelace").await;
    let ada = owner.session(&server, &server.connect()).await;
    let vault = Furnished::make(&ada, "Operations").await.vault;
    let mut callers = Vec::new();
    for (name, role) in [
        ("administrator", TeamRole::Administrator),
        ("password administrator", TeamRole::PasswordAdministrator),
        ("auditor", TeamRole::Auditor),
        ("member", TeamRole::Member),
    ] {
        for state in ["active", "suspended", "removed"] {
            let login_name = format!("{}.{state}", name.replace(' ', "."));
            let who = Founder::invited(&server, &ada, &login_name, &[]).await;
            let member: MemberId = who.identity.member;
            if role != TeamRole::Member {
                ada.set_team_role(member, role).await.unwrap();
            }
            let caller = Caller::new(&server, name, who).await;
            match state {
                "suspended" => ada.suspend_member(member).await.unwrap(),
                "removed" => ada.remove_member(member).await.unwrap(),
                _ => {}
            }
            callers.push((state, caller));
        }
    }
    // Another owner; somebody who has still to replace keys; and the founder of another team.
    let second = Founder::invited(&server, &ada, "owner.two", &[(vault, VaultRole::Viewer)]).await;
    ada.set_team_role(second.identity.member, TeamRole::Owner).await.unwrap();
    callers.push(("active", Caller::new(&server, "owner", second).await));
    let forge = Forge { founder: &owner, session: &ada, vault };
    let (made, body) = Founder::prepare_made(&forge, "grace.made", &[vault]);
    let created = owner.sign_in(&server).await;
    let api = Api::new(server.connect());
    let of_team = TeamPath { team: owner.team };
    api.call::<CreateMember>(Some(&created.token), &of_team, &Empty {}, &body, None).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    callers.push(("made", Caller::bare(&server, "member", made).await));
    let elsewhere = Founder::found(&server, "olga.elsewhere").await;
    callers.push(("other team", Caller::bare(&server, "owner", elsewhere).await));

    // Reads one; makes somebody; invites; raises; suspends; resumes; removes.
    let table: &[(&str, &str, [u16; 7])] = &[
        ("administrator", "active", [200, 200, 200, 200, 200, 200, 200]),
        ("administrator", "suspended", [401, 401, 401, 401, 401, 401, 401]),
        ("administrator", "removed", [401, 401, 401, 401, 401, 401, 401]),
        ("password administrator", "active", [200, 422, 422, 422, 422, 422, 422]),
        ("password administrator", "suspended", [401, 401, 401, 401, 401, 401, 401]),
        ("password administrator", "removed", [401, 401, 401, 401, 401, 401, 401]),
        ("auditor", "active", [200, 422, 422, 422, 422, 422, 422]),
        ("auditor", "suspended", [401, 401, 401, 401, 401, 401, 401]),
        ("auditor", "removed", [401, 401, 401, 401, 401, 401, 401]),
        ("member", "active", [200, 422, 422, 422, 422, 422, 422]),
        ("member", "suspended", [401, 401, 401, 401, 401, 401, 401]),
        ("member", "removed", [401, 401, 401, 401, 401, 401, 401]),
        ("owner", "active", [200, 200, 200, 200, 200, 200, 200]),
        ("member", "made", [403, 403, 403, 403, 403, 403, 403]),
        ("owner", "other team", [404, 404, 404, 404, 404, 404, 404]),
    ];
    assert_eq!(table.len(), callers.len());
    for ((state, caller), (name, expected_state, expected)) in callers.iter().zip(table) {
        assert_eq!((caller.name, state), (*name, expected_state));
        assert_eq!(ask_all(&server, &ada, caller).await, *expected, "{name}, {state}");
    }
}
