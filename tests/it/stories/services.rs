//! Services: admitted with a token, which signs in from where and as long as it may, and does what its roles give.

use crate::harness::{
    A_DAY, Founder, Furnished, InProcess, TestServer, by_token, by_token_over, furnished_team, next_of, service, terms,
};
use sealward_client::{
    error::Error,
    service::ServiceToken,
    session::{Session, VaultDrafts},
};
use sealward_contract::{
    chain::{MemberKind, MemberState, ServiceScope, ServiceTerms, TeamRole, VaultRole},
    ids::{Epoch, MemberId, VaultId},
};

const AN_HOUR: u64 = 3_600_000;

/// A team with a furnished vault, and the session of its founder.
async fn team() -> (TestServer, Session<InProcess>, Furnished) {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    (server, ada, made)
}

fn for_an_hour(server: &TestServer) -> ServiceTerms {
    ServiceTerms { expires: Some(server.clock.now().plus_millis(AN_HOUR)), ..terms(&[]) }
}

async fn rename(session: &Session<InProcess>, made: &Furnished, name: &str) -> Result<(), Error> {
    let draft = next_of(session, made.vault, made.key(made.group), name);
    session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await
}

async fn sign_in(server: &TestServer, token: &ServiceToken) -> Session<InProcess> {
    let session = by_token(server, token).await.unwrap();
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    session
}

async fn refusal(server: &TestServer, token: &ServiceToken) -> Option<Error> {
    by_token(server, token).await.err()
}

fn state_of(session: &Session<InProcess>, member: MemberId) -> MemberState {
    session.members().into_iter().find(|listed| listed.member == member).unwrap().state
}

fn role_in(session: &Session<InProcess>, vault: VaultId, member: MemberId) -> Option<VaultRole> {
    session.chain().unwrap().vault_role(&vault, &member)
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_signs_in_by_its_token_and_reads_what_it_was_given() {
    let (server, ada, made) = team().await;
    let second = Furnished::make(&ada, "Second").await;
    let new = service("Build.Server", &[(made.vault, VaultRole::User)], for_an_hour(&server));
    let token = ada.admit_service(&new).await.unwrap();
    assert_eq!(ada.admit_service(&new).await.err(), Some(Error::NameTaken));
    let listed = ada.members().remove(1);
    assert_eq!(
        (listed.login_name.as_str(), listed.member, listed.role),
        ("build.server", token.member(), Some(TeamRole::Member))
    );
    assert_eq!((listed.keeper, listed.service), (ada.member(), Some(new.terms.clone())));
    assert_eq!(ada.service_uses().await.unwrap(), []);

    // All that a program is given is the text.
    let token = ServiceToken::read(&token.expose()).unwrap();
    let bot = sign_in(&server, &token).await;
    assert_eq!(bot.member(), token.member());
    assert_eq!(bot.directory().team_name(), "team of ada.lovelace");
    assert_eq!(bot.verify_some(usize::MAX), (vec![], false));
    assert_eq!(bot.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(bot.vaults().keys().copied().collect::<Vec<_>>(), [made.vault]);
    assert_eq!(bot.release(second.vault, second.first).await.map(drop), Err(Error::Gone));
    assert_eq!(rename(&bot, &made, "by a user").await, Err(Error::NotAllowed));
    assert!(!bot.is_request_only());
    let password = crate::harness::text("a password");
    assert_eq!(bot.change_password(&password, &password).await, Err(Error::WrongPassword));
    let uses = ada.service_uses().await.unwrap();
    assert_eq!((uses.len(), uses[0].member, uses[0].used), (1, token.member(), server.clock.now()));
    assert_eq!(uses[0].address, "192.0.2.1");
    assert!(bot.service_uses().await.is_err());

    // A custodian gives it more, as it would to a person; it works while it is signed in.
    ada.set_grant(made.vault, token.member(), VaultRole::Editor).await.unwrap();
    ada.set_grant(second.vault, token.member(), VaultRole::User).await.unwrap();
    bot.sync(|_| {}).await.unwrap();
    rename(&bot, &made, "by a program").await.unwrap();
    assert_eq!(bot.release(second.vault, second.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    assert_eq!(ada.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(ada.verify_some(usize::MAX), (vec![], false));
    assert_eq!(ada.set_grant(made.vault, token.member(), VaultRole::Custodian).await, Err(Error::NotAllowed));
    assert_eq!(ada.set_team_role(token.member(), TeamRole::PasswordAdministrator).await, Err(Error::NotAllowed));
    assert_eq!(bot.invite(&[], A_DAY).await.map(drop), Err(Error::NotAllowed));
    // New keys reach it like everyone.
    assert_eq!(ada.start_epoch(made.vault).await.unwrap(), Epoch(2));
    assert_eq!(bot.sync(|_| {}).await.unwrap().damages, []);
    rename(&bot, &made, "under new keys").await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_token_works_from_where_it_is_bound_to() {
    let (server, ada, made) = team().await;
    let grants = [(made.vault, VaultRole::User)];
    let bound = terms(&["198.51.100.0/24", "2001:db8::7", "build.example"]);
    let token = ada.admit_service(&service("build", &grants, bound.clone())).await.unwrap();
    let from = async |address: &str| by_token_over(&server, &token, server.connect_from(address)).await.map(drop);
    assert_eq!(from("198.51.100.9:4000").await, Ok(()));
    assert_eq!(from("[2001:db8::7]:4000").await, Ok(()));
    assert_eq!(from("[2001:db8::8]:4000").await, Err(Error::AddressRefused));
    // A name that leads nowhere lets nobody in.
    assert_eq!(from("192.0.2.7:4000").await, Err(Error::AddressRefused));
    server.names.set("build.example", &["203.0.113.1", "192.0.2.7"]);
    server.names.set("other.example", &["192.0.2.8"]);
    assert_eq!(from("192.0.2.7:4000").await, Ok(()));
    assert_eq!(from("192.0.2.8:4000").await, Err(Error::AddressRefused));

    // A session by name goes on while the terms have the name, also when it leads elsewhere now.
    let session = by_token_over(&server, &token, server.connect_from("192.0.2.7:4000")).await.unwrap();
    server.names.set("build.example", &[]);
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    let elsewhere = ServiceTerms { hosts: terms(&["other.example"]).hosts, ..bound };
    ada.set_service(token.member(), &elsewhere).await.unwrap();
    assert_eq!(session.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(from("198.51.100.9:4000").await, Err(Error::AddressRefused));
    assert_eq!(from("192.0.2.8:4000").await, Ok(()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_session_is_bound_to_the_hosts_too() {
    use crate::harness::raw;
    let (server, ada, _) = team().await;
    server.names.set("build.example", &["192.0.2.1"]);
    let status = async |token: &str, address: &str| {
        let target = format!("/v1/teams/{}/sync", ada.team());
        let bearer = format!("Bearer {token}");
        raw(&server.connect_from(address), "GET", &target, &[("authorization", &bearer)], []).await.status
    };
    for hosts in [&["192.0.2.0/30"][..], &["build.example"]] {
        let token = ada.admit_service(&service(&format!("bot.{}", hosts[0].len()), &[], terms(hosts))).await.unwrap();
        let (_, created) = Founder::of_token(&server, &token).await;
        let session = created.token.expose();
        assert_eq!(status(session, "192.0.2.1:1").await, 200, "{hosts:?}");
        assert_eq!(status(session, "198.51.100.7:1").await, 401, "{hosts:?}");
        assert_eq!(status(session, "192.0.2.1:2").await, 200, "{hosts:?}");
        // Within the network it may move; a name leads to one address.
        let moved = if hosts[0] == "build.example" { 401 } else { 200 };
        assert_eq!(status(session, "192.0.2.2:1").await, moved, "{hosts:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_expired_token_says_so_and_more_time_brings_all_back() {
    let (server, ada, made) = team().await;
    let token =
        ada.admit_service(&service("build", &[(made.vault, VaultRole::Editor)], for_an_hour(&server))).await.unwrap();
    server.clock.advance(AN_HOUR - 60_000);
    let bot = sign_in(&server, &token).await;
    server.clock.advance(60_000);
    assert_eq!(bot.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(refusal(&server, &token).await, Some(Error::TokenExpired));
    assert_eq!(state_of(&ada, token.member()), MemberState::Expired, "by this device's clock");
    // Somebody says something: now the chain knows too, and new keys are not for it.
    assert_eq!(ada.start_epoch(made.vault).await.unwrap(), Epoch(2));
    assert_eq!(ada.start_epoch(made.vault).await.unwrap(), Epoch(3));
    assert_eq!(role_in(&ada, made.vault, token.member()), None);
    assert_eq!(refusal(&server, &token).await, Some(Error::TokenExpired));
    rename(&ada, &made, "meanwhile").await.unwrap();
    let past = ServiceTerms { expires: Some(server.clock.now()), ..terms(&[]) };
    assert_eq!(ada.set_service(token.member(), &past).await, Err(Error::NotAllowed));
    ada.set_service(token.member(), &for_an_hour(&server)).await.unwrap();
    assert_eq!(role_in(&ada, made.vault, token.member()), Some(VaultRole::Editor));
    // The same token; what it missed was wrapped to it.
    let bot = sign_in(&server, &token).await;
    assert_eq!(bot.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    rename(&bot, &made, "back again").await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_disabled_service_is_out_at_once_and_comes_back_enabled() {
    let (server, ada, made) = team().await;
    let token = ada.admit_service(&service("build", &[(made.vault, VaultRole::User)], terms(&[]))).await.unwrap();
    let bot = sign_in(&server, &token).await;
    ada.suspend_member(token.member()).await.unwrap();
    assert_eq!(bot.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(refusal(&server, &token).await, Some(Error::Suspended));
    assert_eq!(ada.renew_service(token.member(), &terms(&[])).await.err(), Some(Error::Gone));
    ada.resume_member(token.member()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let bot = sign_in(&server, &token).await;
    assert_eq!(bot.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    ada.remove_member(token.member()).await.unwrap();
    assert_eq!(bot.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(refusal(&server, &token).await, Some(Error::TokenRefused));
    assert_eq!(ada.service_uses().await.unwrap(), []);
}

#[tokio::test(flavor = "current_thread")]
async fn a_renewed_token_takes_the_old_ones_place() {
    let (server, ada, made) = team().await;
    let token = ada.admit_service(&service("build", &[(made.vault, VaultRole::Editor)], terms(&[]))).await.unwrap();
    let bot = sign_in(&server, &token).await;
    rename(&bot, &made, "by the old keys").await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let newer = ada.renew_service(token.member(), &for_an_hour(&server)).await.unwrap();
    assert_eq!(newer.member(), token.member());
    assert_ne!(*newer.expose(), *token.expose());
    assert_eq!(bot.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(refusal(&server, &token).await, Some(Error::TokenRefused));
    let known = |session: &Session<InProcess>| {
        let chain = session.chain().unwrap();
        let vault = chain.vault(&made.vault).unwrap();
        (vault.epoch().unwrap().epoch, vault.is_due())
    };
    assert_eq!(known(&ada), (Epoch(2), false), "whoever renews makes the new keys");
    let bot = sign_in(&server, &newer).await;
    assert_eq!(bot.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    rename(&bot, &made, "by the new keys").await.unwrap();
    // What it signed before still counts, for those who were there and for a device that knows nothing.
    assert_eq!(ada.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(ada.verify_some(usize::MAX), (vec![], false));
    assert_eq!(bot.verify_some(usize::MAX), (vec![], false));
    let listed = ada.members().remove(1);
    assert_eq!(
        (listed.keeper, listed.service.unwrap().expires),
        (ada.member(), Some(server.clock.now().plus_millis(AN_HOUR)))
    );
}

#[tokio::test(flavor = "current_thread")]
async fn renewing_takes_custody_of_all_that_the_service_opens() {
    let (server, ada, made) = team().await;
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    ada.set_team_role(grace.identity.member, TeamRole::Administrator).await.unwrap();
    let token = ada.admit_service(&service("build", &[(made.vault, VaultRole::User)], terms(&[]))).await.unwrap();
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    // An administrator binds and disables it, and does not come by its keys.
    hers.set_service(token.member(), &for_an_hour(&server)).await.unwrap();
    assert_eq!(hers.renew_service(token.member(), &terms(&[])).await.err(), Some(Error::NotAllowed));
    let more = service("other", &[(made.vault, VaultRole::Viewer)], terms(&[]));
    assert_eq!(hers.admit_service(&more).await.err(), Some(Error::NotAllowed));
    let bare = hers.admit_service(&service("bare", &[], terms(&[]))).await.unwrap();
    assert!(sign_in(&server, &bare).await.vaults().is_empty());
    hers.suspend_member(token.member()).await.unwrap();
    assert_eq!(refusal(&server, &token).await, Some(Error::Suspended));
}

#[tokio::test(flavor = "current_thread")]
async fn one_that_only_asks_sees_names_and_opens_nothing() {
    let (server, ada, made) = team().await;
    let asks = ServiceTerms { scope: ServiceScope::Requests, ..terms(&[]) };
    let more = service("build", &[(made.vault, VaultRole::User)], asks.clone());
    assert_eq!(ada.admit_service(&more).await.err(), Some(Error::RequestOnly));
    let token = ada.admit_service(&service("build", &[(made.vault, VaultRole::Viewer)], asks.clone())).await.unwrap();
    let bot = sign_in(&server, &token).await;
    assert!(bot.is_request_only());
    assert!(bot.vaults()[&made.vault].entry(&made.key(made.group)).is_some());
    let keys = bot.vaults()[&made.vault].keys[&Epoch::FIRST].clone();
    assert!(keys.open.is_none() && keys.guarded.is_none());
    assert_eq!(bot.release(made.vault, made.first).await.map(drop), Err(Error::RequestOnly));
    assert_eq!(ada.set_grant(made.vault, token.member(), VaultRole::User).await, Err(Error::RequestOnly));
    ada.set_service(token.member(), &terms(&[])).await.unwrap();
    ada.set_grant(made.vault, token.member(), VaultRole::User).await.unwrap();
    assert_eq!(ada.set_service(token.member(), &asks).await, Err(Error::RequestOnly));
    let kind = ada.chain().unwrap().member(&token.member()).unwrap().kind();
    assert_eq!(kind, MemberKind::Service);
    let bot = sign_in(&server, &token).await;
    assert_eq!(bot.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
}
