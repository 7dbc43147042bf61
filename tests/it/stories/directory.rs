//! The directory: profiles, who writes them, and how members are found.

use crate::harness::{Founder, InProcess, TestServer, by_token, furnished_team, service, terms};
use sealward_client::{
    error::Error,
    model::{Field, Invalid, Problem, ProfileDetails, ProfileField, Unwritable},
    search::Collation,
    session::{MemberFilter, MemberOrder, Session},
};
use sealward_contract::{
    chain::{MemberKind, MemberState, TeamRole},
    ids::{MemberId, Timestamp, Version},
    policy::MemberAction,
};

async fn team() -> (TestServer, Session<InProcess>, Founder, Session<InProcess>) {
    let (server, founder, _) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let joined = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    let grace = joined.session(&server, &server.connect()).await;
    assert_eq!(grace.sync(|_| {}).await.unwrap().damages, []);
    (server, ada, joined, grace)
}

fn named(full_name: &str) -> ProfileDetails {
    ProfileDetails { full_name: full_name.into(), ..ProfileDetails::default() }
}

fn whole() -> ProfileDetails {
    let field = |label: &str, value: &str| ProfileField { label: label.into(), value: value.into() };
    ProfileDetails {
        full_name: "Grace Hopper".into(),
        email: "grace@example.org".into(),
        telephone: "+1 202 555 0101".into(),
        department: "Compilers".into(),
        description: Some("Rear admiral".into()),
        location: Some("Arlington".into()),
        phones: Some(vec![field("mobile", "+1 202 555 0102")]),
        fields: Some(vec![field("desk", "7 C")]),
        external_id: Some("u-1906".into()),
        external_id_type: Some("ldap".into()),
        uuid: Some("not any uuid".into()),
    }
}

fn profile_of(session: &Session<InProcess>, member: MemberId) -> Option<(ProfileDetails, Version, MemberId)> {
    let listed = session.find_member(&member).unwrap();
    listed.profile.map(|profile| (profile.details, profile.version, profile.author))
}

#[tokio::test(flavor = "current_thread")]
async fn everyone_writes_their_own_profile_and_others_see_it() {
    let (server, ada, joined, grace) = team().await;
    let member = joined.identity.member;
    assert_eq!(profile_of(&ada, member), None);
    assert_eq!(grace.write_profile(member, None, &whole()).await, Ok(Version(1)));
    assert_eq!(ada.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(profile_of(&ada, member), Some((whole(), Version(1), member)));
    server.clock.advance(5_000);
    assert_eq!(grace.write_profile(member, Some(Version(1)), &named("Grace")).await, Ok(Version(2)));
    ada.sync(|_| {}).await.unwrap();
    assert_eq!(profile_of(&ada, member), Some((named("Grace"), Version(2), member)));
    let listed = ada.find_member(&member).unwrap();
    assert_eq!(listed.updated, server.clock.now());
    assert_eq!(listed.created, Timestamp(server.clock.now().0 - 5_000));
    assert!(listed.has_keys && listed.damage.is_none());
    // A device that knows nothing sees the newest at once.
    let again = joined.session(&server, &server.connect()).await;
    assert_eq!(again.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(profile_of(&again, member), Some((named("Grace"), Version(2), member)));
    // The server says the same of it, as far as it knows.
    let entry = joined.entry_of(&server, member).await;
    assert_eq!((entry.version, entry.created, entry.updated), (Some(Version(2)), listed.created, listed.updated));
    assert_eq!(
        (entry.login_name.as_str(), entry.kind, entry.state),
        ("grace.hopper", MemberKind::Person, MemberState::Active)
    );
    assert_eq!((entry.role, entry.number.0, entry.has_keys), (Some(TeamRole::Member), 2, true));
    assert_eq!(entry.authorized_actions, [MemberAction::GetMember, MemberAction::PutProfile]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_stale_version_is_refused_and_the_newest_known_then() {
    let (_, ada, joined, grace) = team().await;
    let member = joined.identity.member;
    grace.write_profile(member, None, &named("Grace")).await.unwrap();
    // Both go on from the first version; Ada is faster.
    ada.sync(|_| {}).await.unwrap();
    assert_eq!(ada.write_profile(member, Some(Version(1)), &named("by Ada")).await, Ok(Version(2)));
    assert_eq!(grace.write_profile(member, Some(Version(1)), &named("late")).await, Err(Error::StaleVersion));
    assert_eq!(profile_of(&grace, member), Some((named("by Ada"), Version(2), ada.member())));
    assert_eq!(grace.write_profile(member, Some(Version(2)), &named("by Grace")).await, Ok(Version(3)));
    // A version that this device knows to be old is not even sent.
    assert_eq!(grace.write_profile(member, None, &named("first")).await, Err(Error::StaleVersion));
}

#[tokio::test(flavor = "current_thread")]
async fn profiles_are_written_by_whoever_manages_the_member() {
    let (server, ada, joined, grace) = team().await;
    let member = joined.identity.member;
    let other = Founder::invited(&server, &ada, "mary.somerville", &[]).await;
    let mary = other.identity.member;
    grace.sync(|_| {}).await.unwrap();
    assert_eq!(grace.write_profile(mary, None, &named("Mary")).await, Err(Error::NotAllowed));
    ada.set_team_role(member, TeamRole::Administrator).await.unwrap();
    grace.sync(|_| {}).await.unwrap();
    assert_eq!(grace.write_profile(mary, None, &named("Mary")).await, Ok(Version(1)));
    // Not that of an owner, nor of another administrator.
    assert_eq!(grace.write_profile(ada.member(), Some(Version(1)), &named("x")).await, Err(Error::NotAllowed));
    ada.set_team_role(mary, TeamRole::Administrator).await.unwrap();
    grace.sync(|_| {}).await.unwrap();
    assert_eq!(grace.write_profile(mary, Some(Version(1)), &named("x")).await, Err(Error::NotAllowed));
    // What she wrote when she could still counts.
    let fresh = other.session(&server, &server.connect()).await;
    assert_eq!(fresh.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(profile_of(&fresh, mary), Some((named("Mary"), Version(1), member)));
    // Of whoever is suspended too; of whoever was removed no more.
    ada.sync(|_| {}).await.unwrap();
    ada.suspend_member(mary).await.unwrap();
    assert_eq!(ada.write_profile(mary, Some(Version(1)), &named("away")).await, Ok(Version(2)));
    ada.remove_member(mary).await.unwrap();
    assert_eq!(ada.write_profile(mary, Some(Version(2)), &named("gone")).await, Err(Error::Gone));
    assert_eq!(profile_of(&ada, mary), None, "what was said of her is gone");
}

#[tokio::test(flavor = "current_thread")]
async fn a_services_profile_is_its_managers_to_write() {
    let (server, ada, _, grace) = team().await;
    let token = ada.admit_service(&service("build", &[], terms(&[]))).await.unwrap();
    let bot = by_token(&server, &token).await.unwrap();
    bot.sync(|_| {}).await.unwrap();
    assert_eq!(bot.write_profile(token.member(), None, &named("myself")).await, Err(Error::NotAllowed));
    assert_eq!(ada.write_profile(token.member(), None, &named("Build server")).await, Ok(Version(1)));
    grace.sync(|_| {}).await.unwrap();
    assert_eq!(profile_of(&grace, token.member()), Some((named("Build server"), Version(1), ada.member())));
    bot.sync(|_| {}).await.unwrap();
    assert_eq!(bot.find_member(&token.member()).unwrap().actions, [MemberAction::GetMember]);
}

#[tokio::test(flavor = "current_thread")]
async fn what_breaks_a_rule_is_not_written() {
    let (_, _, joined, grace) = team().await;
    let member = joined.identity.member;
    for (profile, field, problem) in [
        (named(" "), Field::FullName, Problem::Empty),
        (ProfileDetails { email: "grace".into(), ..whole() }, Field::Email, Problem::NotAnAddress),
        (ProfileDetails { department: "x".repeat(101), ..whole() }, Field::Department, Problem::TooLong { limit: 100 }),
    ] {
        let refused = Error::Unwritable(Unwritable::Invalid(Invalid { field, problem }));
        assert_eq!(grace.write_profile(member, None, &profile).await, Err(refused));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_synchronisation_brings_only_what_was_written_since() {
    use crate::harness::raw;
    use sealward_contract::operations::{sync::TeamChanges, wire::Format};
    let (server, ada, joined, grace) = team().await;
    let created = joined.sign_in(&server).await;
    let bearer = format!("Bearer {}", created.token.expose());
    let changes = async |query: &str| -> TeamChanges {
        let target = format!("/v1/teams/{}/sync?from=0{query}", joined.team);
        let answered = raw(&server.connect(), "GET", &target, &[("authorization", &bearer)], []).await;
        Format::Json.read(&answered.body).unwrap()
    };
    let at = |given: &TeamChanges| (given.directory.len(), given.directory_at);
    // The team's name and the founder's profile.
    assert_eq!(at(&changes("").await), (2, 2));
    assert_eq!(at(&changes("&directory=2").await), (0, 2));
    grace.write_profile(joined.identity.member, None, &whole()).await.unwrap();
    assert_eq!(at(&changes("&directory=2").await), (1, 3));
    grace.write_profile(joined.identity.member, Some(Version(1)), &named("Grace")).await.unwrap();
    ada.write_profile(ada.member(), Some(Version(1)), &named("Ada")).await.unwrap();
    // Each record once, in its newest version.
    assert_eq!(at(&changes("&directory=2").await), (2, 5));
    assert_eq!(at(&changes("&directory=4").await), (1, 5));
    assert_eq!(at(&changes("").await), (3, 5));
    // Who has seen more than there is, is of another time: a backup was restored.
    assert_eq!(at(&changes("&directory=9").await), (3, 5));
}

/// Login names of those found, and how many there are.
fn found(session: &Session<InProcess>, filter: &MemberFilter, order: MemberOrder) -> (Vec<String>, usize) {
    let found = session.find_members(filter, order, Collation::English, 0..50);
    (found.members.iter().map(|member| member.login_name.to_string()).collect(), found.total)
}

#[tokio::test(flavor = "current_thread")]
async fn members_are_found_by_all_that_is_known_of_them() {
    let (_, ada, joined, grace) = team().await;
    grace.write_profile(joined.identity.member, None, &whole()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    for (name, full_name, department) in [("build", "Zeta builder", "Compilers"), ("deploy", "王伟", "Operations")] {
        let token = ada.admit_service(&service(name, &[], terms(&[]))).await.unwrap();
        let profile = ProfileDetails { department: department.into(), ..named(full_name) };
        ada.write_profile(token.member(), None, &profile).await.unwrap();
    }
    let group = ada.create_group(&group("Night shift"), &[joined.identity.member]).await.unwrap();
    let all = MemberFilter::default();
    let text = |text: &str| MemberFilter { text: text.into(), ..all.clone() };
    for (filter, wanted) in [
        (all.clone(), &["ada.lovelace", "grace.hopper", "build", "deploy"][..]),
        (text("HOPPER"), &["grace.hopper"]),
        (text("grace example.org"), &["grace.hopper"]),
        (text("555 0102"), &["grace.hopper"]),
        (text("王"), &["deploy"]),
        (text("nobody"), &[]),
        (MemberFilter { kind: Some(MemberKind::Service), ..all.clone() }, &["build", "deploy"]),
        (MemberFilter { role: Some(TeamRole::Owner), ..all.clone() }, &["ada.lovelace"]),
        (MemberFilter { department: Some("Compilers".into()), ..all.clone() }, &["grace.hopper", "build"]),
        (MemberFilter { group: Some(group), ..all.clone() }, &["grace.hopper"]),
        (MemberFilter { state: Some(MemberState::Removed), ..all.clone() }, &[]),
    ] {
        let names: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found(&ada, &filter, MemberOrder::Name), (names, wanted.len()), "{filter:?}");
    }
    let ordered = |order| found(&ada, &all, order).0.join(" ");
    assert_eq!(ordered(MemberOrder::LoginName), "ada.lovelace build deploy grace.hopper");
    assert_eq!(ordered(MemberOrder::Department), "grace.hopper build deploy ada.lovelace");
    assert_eq!(ordered(MemberOrder::Newest), "deploy build grace.hopper ada.lovelace");
    let page = ada.find_members(&all, MemberOrder::Newest, Collation::English, 1..3);
    let names: Vec<&str> = page.members.iter().map(|member| member.login_name.as_str()).collect();
    assert_eq!((names, page.total), (vec!["build", "grace.hopper"], 4));
    assert_eq!(page.departments, ["Compilers", "Operations"]);
}

#[tokio::test(flavor = "current_thread")]
async fn the_servers_list_is_paged_and_filtered_by_what_it_knows() {
    use crate::harness::raw;
    use sealward_contract::operations::{Page, directory::MemberEntry, wire::Format};
    let (server, ada, joined, _) = team().await;
    for number in 0..5 {
        ada.admit_service(&service(&format!("bot.{number}"), &[], terms(&[]))).await.unwrap();
    }
    ada.suspend_member(joined.identity.member).await.unwrap();
    let (team, founder) = (ada.team(), ada.member());
    let token = ada.admit_service(&service("reader", &[], terms(&[]))).await.unwrap();
    let (_, created) = Founder::of_token(&server, &token).await;
    let bearer = format!("Bearer {}", created.token.expose());
    let list = async |query: &str| -> (u16, Vec<String>, Option<String>) {
        let target = format!("/v1/teams/{team}/members?{query}");
        let answered = raw(&server.connect(), "GET", &target, &[("authorization", &bearer)], []).await;
        let page: Option<Page<MemberEntry>> = Format::Json.read(&answered.body).ok();
        let names = page.iter().flat_map(|page| &page.items).map(|entry| entry.login_name.to_string()).collect();
        (answered.status, names, page.and_then(|page| page.next))
    };
    assert_eq!(list("limit=2").await, (200, vec!["ada.lovelace".into(), "grace.hopper".into()], Some("2".into())));
    assert_eq!(list("limit=2&cursor=2").await, (200, vec!["bot.0".into(), "bot.1".into()], Some("4".into())));
    assert_eq!(list("cursor=6").await, (200, vec!["bot.4".into(), "reader".into()], None));
    assert_eq!(list("login_name=HOPP").await, (200, vec!["grace.hopper".into()], None));
    assert_eq!(list("login_name=a%20b").await, (200, vec![], None));
    assert_eq!(list("kind=person&state=active").await, (200, vec!["ada.lovelace".into()], None));
    assert_eq!(list("state=suspended").await, (200, vec!["grace.hopper".into()], None));
    for wrong in ["limit=0", "limit=501", "cursor=x", "kind=cat", "name=x"] {
        assert_eq!(list(wrong).await.0, 400, "{wrong}");
    }
    // What a service may do about its owner: nothing.
    let entry = joined_entry(&server, &bearer, team, founder).await;
    assert_eq!(entry.authorized_actions, [MemberAction::GetMember]);
}

async fn joined_entry(
    server: &TestServer,
    bearer: &str,
    team: sealward_contract::ids::TeamId,
    member: MemberId,
) -> sealward_contract::operations::directory::MemberEntry {
    let target = format!("/v1/teams/{team}/members/{member}");
    let answered = crate::harness::raw(&server.connect(), "GET", &target, &[("authorization", bearer)], []).await;
    sealward_contract::operations::wire::Format::Json.read(&answered.body).unwrap()
}

fn group(name: &str) -> sealward_client::model::MemberGroupDetails {
    sealward_client::model::MemberGroupDetails { name: name.into(), description: String::new() }
}
