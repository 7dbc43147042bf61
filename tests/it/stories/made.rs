//! Somebody is made a member with a password: what they may do before they have keys of their own, and who holds what.

use crate::harness::{Furnished, InProcess, ORIGIN, TestServer, furnished_team, next_of, text};
use sealward_client::{
    api::Api,
    error::Error,
    exposure::{Why, exposed, holders},
    session::{Device, NewPerson, Session, VaultDrafts, sign_in},
};
use sealward_contract::{
    chain::{MemberState, TeamRole, VaultGrant, VaultRole},
    ids::VaultId,
    text::LoginName,
};
use sealward_server::maintenance::verify::verify;

const FIRST: &str = "a first password for grace";
const OWN: &str = "one that nobody else has seen";

pub fn person(name: &str, grants: &[(VaultId, VaultRole)]) -> NewPerson {
    let grants = grants.iter().map(|(vault, role)| VaultGrant { vault: *vault, role: *role }).collect();
    NewPerson { login_name: LoginName::parse(name).unwrap(), password: text(FIRST), grants }
}

pub async fn with_password(server: &TestServer, device: &Device, password: &str) -> Result<Session<InProcess>, Error> {
    let (api, device) = (Api::new(server.connect()), device.duplicate().unwrap());
    let session = sign_in(api, server.surroundings(), device, &text(password), "a device", None).await?;
    // As in a browser that knows nothing of the team.
    session.hold_where_doubtful();
    session.sync(|_| {}).await?;
    Ok(session)
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_is_made_a_member_replaces_everything_first() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let device = ada.admit_person(&person("grace.hopper", &[(made.vault, VaultRole::Editor)])).await.unwrap();
    assert_eq!((device.login_name.as_str(), device.origin.as_str()), ("grace.hopper", ORIGIN));
    let again = ada.admit_person(&person("grace.hopper", &[])).await;
    assert_eq!(again.err(), Some(Error::NameTaken));

    let hers = with_password(&server, &device, FIRST).await.unwrap();
    assert_eq!(hers.made_by(), Some(ada.member()));
    assert_eq!(hers.sync(|_| {}).await.unwrap().damages, [], "nothing is withheld that is not for her yet");
    assert_eq!((hers.role(&made.vault), hers.directory().team_name()), (None, ""));
    assert!(hers.release(made.vault, made.first).await.is_err());
    let listed = |session: &Session<InProcess>| {
        let found = session.members().into_iter().find(|listed| listed.member == hers.member()).unwrap();
        (found.state, found.role, found.keeper, found.grants.len())
    };
    assert_eq!(listed(&ada), (MemberState::Made, Some(TeamRole::Member), ada.member(), 1));
    // Nobody raises her meanwhile, and her maker is counted wherever her keys open something.
    assert_eq!(ada.set_team_role(hers.member(), TeamRole::Administrator).await, Err(Error::Gone));
    assert_eq!(ada.set_grant(made.vault, hers.member(), VaultRole::Custodian).await, Err(Error::NotAllowed));

    let new = hers.make_keys(&text(FIRST), &text(OWN)).unwrap();
    hers.replace_keys(&new).await.unwrap();
    let own = new.sign_in(Api::new(server.connect()), server.surroundings(), "a device", &hers).await.unwrap();
    assert_eq!((own.made_by(), own.role(&made.vault)), (None, Some(VaultRole::Editor)));
    assert_eq!(own.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(own.directory().team_name(), "team of ada.lovelace");
    assert_eq!(with_password(&server, &device, FIRST).await.err(), Some(Error::WrongKit));
    ada.sync(|_| {}).await.unwrap();
    assert_eq!(listed(&ada), (MemberState::Active, Some(TeamRole::Member), own.member(), 1));
    own.sync(|_| {}).await.unwrap();
    let draft = next_of(&own, made.vault, made.key(made.group), "by her own keys");
    own.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();
    assert_eq!(ada.sync(|_| {}).await.unwrap().damages, []);
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_made_her_keys_is_counted_as_a_holder() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let bob = crate::harness::Founder::invited(&server, &ada, "bob.custodian", &[]).await;
    ada.set_team_role(bob.identity.member, TeamRole::Administrator).await.unwrap();
    ada.set_grant(made.vault, bob.identity.member, VaultRole::Custodian).await.unwrap();
    let his = bob.session(&server, &server.connect()).await;
    his.sync(|_| {}).await.unwrap();
    let device = his.admit_person(&person("grace.hopper", &[(made.vault, VaultRole::User)])).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    ada.revoke_grant(made.vault, bob.identity.member).await.unwrap();
    let standings = ada.secret_standings(made.vault).await.unwrap();
    let chain = ada.chain().unwrap().clone();
    let whys = |chain: &sealward_contract::chain::TeamState| -> Vec<Why> {
        let found = holders(chain, &standings[0]).into_iter();
        found.filter(|holder| holder.member == bob.identity.member).map(|holder| holder.why).collect()
    };
    // By the role that he had, and lost: that is said once.
    assert_eq!(whys(&chain), [Why::Role(VaultRole::Custodian)]);
    assert!(!exposed(&chain, &standings).is_empty());
    // What is written afterwards he opens with the keys that he made, for as long as she has them.
    let details = sealward_client::model::AccountDetails { name: "root".into(), ..Default::default() };
    let payload = sealward_client::model::SecretPayload::new("after".into());
    let secret = Some(sealward_client::operations::NewSecret { payload, score: None });
    let version = sealward_contract::ids::Version(1);
    ada.update_account(made.vault, made.first, version, details, secret).await.unwrap();
    let standings = ada.secret_standings(made.vault).await.unwrap();
    let changed = standings.iter().find(|standing| standing.account == made.first).unwrap();
    let chain = ada.chain().unwrap().clone();
    let grace = chain.members().find(|member| member.keys.login_name == device.login_name).unwrap().id();
    let whys: Vec<Why> = holders(&chain, changed)
        .into_iter()
        .filter(|holder| holder.member == bob.identity.member)
        .map(|holder| holder.why)
        .collect();
    assert_eq!(whys, [Why::MadeKeys(grace)]);
}
