//! A team of several people: invited, joined, granted, suspended, removed.

use crate::harness::{A_DAY, Founder, Furnished, InProcess, ORIGIN, TestServer, furnished_team, next_of, text};
use futures_util::future::join;
use sealward_client::{
    api::Api,
    error::{Error, InvitationFault},
    invitation::{InvitationLink, Joining, OpenedInvitation, open_invitation},
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::{Session, VaultDrafts},
    vault::Details,
};
use sealward_contract::{
    chain::{InvitationState, MemberState, TeamRole, VaultGrant, VaultRole},
    ids::{Epoch, Version},
    text::LoginName,
};

async fn open(server: &TestServer, link: &str) -> Result<OpenedInvitation, Error> {
    let link = InvitationLink::read(link).map_err(Error::Invitation)?;
    open_invitation(&Api::new(server.connect()), &server.surroundings(), link, ORIGIN).await
}

fn joining(login_name: &str) -> Joining {
    Joining { login_name: LoginName::parse(login_name).unwrap(), password: text("correct horse battery staple") }
}

fn fault<T>(result: Result<T, Error>) -> Option<InvitationFault> {
    match result {
        Err(Error::Invitation(fault)) => Some(fault),
        _ => None,
    }
}

async fn rename(session: &Session<InProcess>, made: &Furnished, name: &str) -> Result<(), Error> {
    let draft = next_of(session, made.vault, made.key(made.group), name);
    session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await
}

async fn name(session: &Session<InProcess>, made: &Furnished) -> String {
    session.sync(|_| {}).await.unwrap();
    let vaults = session.vaults();
    let entry = vaults[&made.vault].entry(&made.key(made.group)).unwrap();
    let Details::ResourceGroup(details) = entry.details().unwrap() else { panic!("not a group") };
    details.name.clone()
}

#[tokio::test(flavor = "current_thread")]
async fn somebody_is_invited_and_joins_in_one_step() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let link = ada.invite(&[VaultGrant { vault: made.vault, role: VaultRole::Editor }], A_DAY).await.unwrap();
    let pending = ada.invitations();
    assert_eq!((pending.len(), pending[0].invite, pending[0].state), (1, link.invite(), InvitationState::Open));
    // Keys made meanwhile are for the invited too.
    assert_eq!(ada.start_epoch(made.vault).await.unwrap(), Epoch(2));
    rename(&ada, &made, "under new keys").await.unwrap();

    let mut opened = open(&server, &format!("{ORIGIN}/join#{}", *link.expose())).await.unwrap();
    assert_eq!(opened.invitation().unwrap().inviter, founder.identity.member);
    let api = Api::new(server.connect());
    let taken = opened.join(&api, &server.surroundings(), &joining("Ada.Lovelace")).await;
    assert_eq!(taken.err(), Some(Error::NameTaken));
    let newcomer = opened.join(&api, &server.surroundings(), &joining("grace.hopper")).await.unwrap();
    let grace = newcomer.sign_in(Api::new(server.connect()), server.surroundings(), "a device").await.unwrap();
    assert_eq!(name(&grace, &made).await, "under new keys");
    assert_eq!(grace.verify_some(usize::MAX), (vec![], false));
    assert_eq!(grace.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(grace.directory().team_name(), "team of ada.lovelace");
    rename(&grace, &made, "by grace").await.unwrap();
    assert_eq!(name(&ada, &made).await, "by grace");

    // A device that has only kit and password sees the same.
    let password = text("correct horse battery staple");
    let again = sealward_client::session::sign_in(
        Api::new(server.connect()),
        server.surroundings(),
        newcomer.device().duplicate().unwrap(),
        &password,
        "another device",
        None,
    );
    let again = again.await.unwrap();
    assert_eq!(again.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(again.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    let listed: Vec<_> =
        ada.members().into_iter().map(|member| (member.number.0, member.login_name.to_string())).collect();
    assert_eq!(listed, [(1, "ada.lovelace".to_owned()), (2, "grace.hopper".to_owned())]);
    assert_eq!(ada.members()[1].grants, [VaultGrant { vault: made.vault, role: VaultRole::Editor }]);
    assert_eq!(ada.invitations()[0].state, InvitationState::Used);
}

#[tokio::test(flavor = "current_thread")]
async fn a_link_says_what_is_wrong_with_it() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let link = ada.invite(&[], A_DAY).await.unwrap();
    let text = link.expose();
    let mut altered = text.to_string();
    let last = if altered.ends_with('A') { "B" } else { "A" };
    altered.replace_range(20..21, if &altered[20..21] == "A" { "B" } else { "A" });
    assert_eq!(fault(open(&server, &altered).await), Some(InvitationFault::Altered));
    assert_eq!(fault(open(&server, &text[..50]).await), Some(InvitationFault::Altered));
    assert_eq!(fault(open(&server, last).await), Some(InvitationFault::Altered));
    // Another server knows neither team nor invitation.
    let elsewhere = TestServer::in_memory();
    assert_eq!(fault(open(&elsewhere, &text).await), Some(InvitationFault::Foreign));

    // Two open it; one is faster.
    let (mut first, mut second) = (open(&server, &text).await.unwrap(), open(&server, &text).await.unwrap());
    let api = Api::new(server.connect());
    first.join(&api, &server.surroundings(), &joining("grace.hopper")).await.unwrap();
    let late = second.join(&api, &server.surroundings(), &joining("mary.somerville")).await;
    assert_eq!(fault(late), Some(InvitationFault::Used));
    assert_eq!(fault(open(&server, &text).await), Some(InvitationFault::Used));

    let link = ada.invite(&[VaultGrant { vault: made.vault, role: VaultRole::Viewer }], A_DAY).await.unwrap();
    let mut opened = open(&server, &link.expose()).await.unwrap();
    ada.withdraw_invitation(link.invite()).await.unwrap();
    assert_eq!(ada.withdraw_invitation(link.invite()).await, Err(Error::Gone));
    assert_eq!(fault(open(&server, &link.expose()).await), Some(InvitationFault::Withdrawn));
    let late = opened.join(&api, &server.surroundings(), &joining("mary.somerville")).await;
    assert_eq!(fault(late), Some(InvitationFault::Withdrawn));

    let link = ada.invite(&[], A_DAY).await.unwrap();
    let mut opened = open(&server, &link.expose()).await.unwrap();
    server.clock.advance(A_DAY);
    assert_eq!(fault(open(&server, &link.expose()).await), Some(InvitationFault::Expired));
    let late = opened.join(&api, &server.surroundings(), &joining("mary.somerville")).await;
    assert_eq!(fault(late), Some(InvitationFault::Expired));
    assert_eq!(ada.invitations()[0].state, InvitationState::Expired);
}

#[tokio::test(flavor = "current_thread")]
async fn each_role_in_a_vault_can_do_what_its_row_says() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    let wire = server.connect();
    let hers = grace.session(&server, &wire).await;
    hers.sync(|_| {}).await.unwrap();
    assert!(hers.vaults().is_empty());
    let member = grace.identity.member;
    // Role, opens secrets, writes, sets policies and grants.
    let rows = [
        (VaultRole::Viewer, false, false, false),
        (VaultRole::User, true, false, false),
        (VaultRole::Editor, true, true, false),
        (VaultRole::Custodian, true, true, true),
    ];
    for (role, opens, writes, keeps) in rows {
        ada.set_grant(made.vault, member, role).await.unwrap();
        assert_eq!(hers.sync(|_| {}).await.unwrap().damages, [], "{role:?}");
        assert_eq!(hers.verify_some(usize::MAX), (vec![], false));
        let held = |session: &Session<InProcess>| {
            let keys = session.vaults()[&made.vault].keys[&Epoch::FIRST].clone();
            (keys.open.is_some(), keys.guarded.is_some())
        };
        assert_eq!(held(&hers), (opens, keeps), "{role:?}");
        let released = hers.release(made.vault, made.first).await;
        assert_eq!(released.is_ok(), opens, "{role:?}: {:?}", released.err());
        let renamed = rename(&hers, &made, &format!("by {role:?}")).await;
        assert_eq!(renamed, if writes { Ok(()) } else { Err(Error::NotAllowed) }, "{role:?}");
        let epoch = ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch;
        assert_eq!(epoch, Epoch::FIRST, "more rights make no new keys due");
        let nobody = ada.members()[0].member;
        let taken = hers.set_grant(made.vault, nobody, VaultRole::Viewer).await;
        assert_eq!(taken.is_ok(), keeps, "{role:?}");
        if keeps {
            hers.set_grant(made.vault, nobody, VaultRole::Custodian).await.unwrap();
        }
        ada.sync(|_| {}).await.unwrap();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_lesser_role_brings_new_keys() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    ada.set_grant(made.vault, grace.identity.member, VaultRole::Viewer).await.unwrap();
    let known = |session: &Session<InProcess>| {
        let chain = session.chain().unwrap();
        let vault = chain.vault(&made.vault).unwrap();
        (vault.epoch().unwrap().epoch, vault.is_due())
    };
    assert_eq!(known(&ada), (Epoch(2), false), "a custodian's client makes them by itself");
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("newer".into()), score: None });
    ada.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    assert!(hers.vaults()[&made.vault].keys[&Epoch(2)].open.is_none());
    assert!(hers.release(made.vault, made.first).await.is_err());
    ada.revoke_grant(made.vault, grace.identity.member).await.unwrap();
    assert_eq!(known(&ada), (Epoch(3), false));
    hers.sync(|_| {}).await.unwrap();
    assert!(hers.vaults().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_is_suspended_in_the_middle_of_work_does_nothing_more() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    rename(&hers, &made, "by grace").await.unwrap();
    // Ada has not seen that yet: the head that her statement names is the newest all the same.
    ada.suspend_member(grace.identity.member).await.unwrap();
    assert_eq!(rename(&hers, &made, "too late").await, Err(Error::SessionEnded));
    assert_eq!(hers.release(made.vault, made.first).await.map(drop), Err(Error::SessionEnded));
    assert_eq!(hers.sync(|_| {}).await.map(drop), Err(Error::SessionEnded));
    assert!(grace.try_sign_in(&server).await.is_err());
    assert_eq!(name(&ada, &made).await, "by grace");
    rename(&ada, &made, "without grace").await.unwrap();
    let epoch = ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch;
    assert_eq!(epoch, Epoch(2));
    assert_eq!(ada.members()[1].state, MemberState::Suspended);
    assert_eq!(ada.members()[1].grants, [VaultGrant { vault: made.vault, role: VaultRole::Editor }]);

    // Resumed, she gets back what she had, and the keys that were made meanwhile.
    ada.resume_member(grace.identity.member).await.unwrap();
    let back = grace.session(&server, &server.connect()).await;
    assert_eq!(back.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(name(&back, &made).await, "without grace");
    rename(&back, &made, "by grace again").await.unwrap();
    assert_eq!(name(&ada, &made).await, "by grace again");
}

#[tokio::test(flavor = "current_thread")]
async fn an_administrator_removes_without_holding_a_key() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let mary = Founder::invited(&server, &ada, "mary.somerville", &[(made.vault, VaultRole::Editor)]).await;
    let rosa = Founder::invited(&server, &ada, "rosa.parks", &[]).await;
    ada.set_team_role(rosa.identity.member, TeamRole::Administrator).await.unwrap();
    let (hers, administrator) =
        (mary.session(&server, &server.connect()).await, rosa.session(&server, &server.connect()).await);
    hers.sync(|_| {}).await.unwrap();
    administrator.sync(|_| {}).await.unwrap();
    assert_eq!(administrator.remove_member(founder.identity.member).await, Err(Error::NotAllowed));
    administrator.remove_member(grace.identity.member).await.unwrap();
    assert!(administrator.vaults().is_empty());
    // Until a custodian has been here, nobody writes.
    assert_eq!(rename(&hers, &made, "too early").await, Err(Error::EpochDue));
    ada.sync(|_| {}).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    rename(&hers, &made, "after the removal").await.unwrap();
    assert_eq!(ada.set_team_role(founder.identity.member, TeamRole::Member).await, Err(Error::LastOwner));
    assert_eq!(ada.remove_member(founder.identity.member).await, Err(Error::LastOwner));
    // Her name is nobody's any more, and her kit leads nowhere.
    assert!(grace.try_sign_in(&server).await.is_err());
    assert_eq!(ada.members()[1].state, MemberState::Removed);
}

#[tokio::test(flavor = "current_thread")]
async fn a_custodian_who_writes_first_makes_the_new_keys_itself() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::User)]).await;
    let rosa = Founder::invited(&server, &ada, "rosa.parks", &[]).await;
    ada.set_team_role(rosa.identity.member, TeamRole::Administrator).await.unwrap();
    let administrator = rosa.session(&server, &server.connect()).await;
    administrator.sync(|_| {}).await.unwrap();
    administrator.revoke_grant(made.vault, grace.identity.member).await.unwrap();
    rename(&ada, &made, "in one go").await.unwrap();
    let chain = ada.chain().unwrap();
    assert_eq!(chain.vault(&made.vault).unwrap().epoch().unwrap().epoch, Epoch(2));
}

#[tokio::test(flavor = "current_thread")]
async fn two_write_at_once_and_both_are_heard() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    let other = next_of(&hers, made.vault, made.key(made.resource), "web-2");
    let writes = [VaultDrafts { vault: made.vault, drafts: vec![other] }];
    let (renamed, written) = join(rename(&ada, &made, "by ada"), hers.write(&writes)).await;
    assert_eq!((renamed, written), (Ok(()), Ok(())));
    for session in [&ada, &hers] {
        assert_eq!(name(session, &made).await, "by ada");
        assert_eq!(made.version(session, made.resource), Version(2));
    }
    // And two custodians whose clients both find keys due make them once.
    ada.set_grant(made.vault, grace.identity.member, VaultRole::Custodian).await.unwrap();
    let rosa = Founder::invited(&server, &ada, "rosa.parks", &[(made.vault, VaultRole::User)]).await;
    let mary = Founder::invited(&server, &ada, "mary.somerville", &[]).await;
    ada.set_team_role(mary.identity.member, TeamRole::Administrator).await.unwrap();
    let administrator = mary.session(&server, &server.connect()).await;
    administrator.sync(|_| {}).await.unwrap();
    administrator.remove_member(rosa.identity.member).await.unwrap();
    let (one, other) = join(ada.sync(|_| {}), hers.sync(|_| {})).await;
    assert_eq!((one.unwrap().damages, other.unwrap().damages), (vec![], vec![]));
    hers.sync(|_| {}).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    assert_eq!(ada.chain().unwrap().vault(&made.vault).unwrap().epoch().unwrap().epoch, Epoch(2));
    rename(&hers, &made, "under new keys").await.unwrap();
    assert_eq!(name(&ada, &made).await, "under new keys");
}
