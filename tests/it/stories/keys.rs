//! A person replaces their keys: what the former ones open, and what they open no more.

use crate::harness::{
    A_DAY, Furnished, InProcess, ORIGIN, TestServer, answers, busy, furnished_team, identity_of, next_of, text,
};
use sealward_client::{
    api::Api,
    crypto::hpke::{self, Envelope as Wrapped, XWingSecret},
    error::Error,
    exposure::{Why, exposed},
    invitation::{InvitationLink, Joining, open_invitation},
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::{Device, NewKeys, Session, Unlocking, VaultDrafts, sign_in},
};
use sealward_contract::{
    chain::{TeamRole, VaultGrant, VaultRole},
    crypto::context::{of_directory_envelope, of_vault_envelope},
    ids::{Epoch, VaultId, Version},
    operations::sync::SyncTeam,
    problem::Rejection,
    text::LoginName,
};
use sealward_server::{
    maintenance::verify::verify,
    store::{Order, StoreError, tables::ENVELOPES},
};
use std::ops::ControlFlow;

const OLD: &str = "correct horse battery staple";
const NEW: &str = "another password altogether";

/// Somebody with a real password, on the device that they joined with.
struct Joined {
    session: Session<InProcess>,
    wire: InProcess,
    device: Device,
}

async fn join(server: &TestServer, ada: &Session<InProcess>, name: &str, grants: &[(VaultId, VaultRole)]) -> Joined {
    let grants: Vec<_> = grants.iter().map(|(vault, role)| VaultGrant { vault: *vault, role: *role }).collect();
    let link = ada.invite(&grants, A_DAY).await.unwrap();
    let link = InvitationLink::read(&link.expose()).unwrap();
    let (wire, surroundings) = (server.connect(), server.surroundings());
    let api = Api::new(wire.clone());
    let mut opened = open_invitation(&api, &surroundings, link, ORIGIN).await.unwrap();
    let new = Joining { login_name: LoginName::parse(name).unwrap(), password: text(OLD) };
    let newcomer = opened.join(&api, &surroundings, &new).await.unwrap();
    let session = newcomer.sign_in(Api::new(wire.clone()), server.surroundings(), "a device").await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    Joined { session, wire, device: newcomer.device().duplicate().unwrap() }
}

async fn with_password(server: &TestServer, device: &Device, password: &str) -> Result<Session<InProcess>, Error> {
    let device = device.duplicate().unwrap();
    sign_in(Api::new(server.connect()), server.surroundings(), device, &text(password), "a device", None).await
}

async fn go_on(server: &TestServer, new: &NewKeys, before: &Session<InProcess>) -> Session<InProcess> {
    new.sign_in(Api::new(server.connect()), server.surroundings(), "a device", before).await.unwrap()
}

async fn rename(session: &Session<InProcess>, made: &Furnished, name: &str) -> Result<(), Error> {
    let draft = next_of(session, made.vault, made.key(made.group), name);
    session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await
}

async fn set_secret(session: &Session<InProcess>, made: &Furnished, version: u32, value: &str) {
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new(value.into()), score: None });
    session.update_account(made.vault, made.first, Version(version), details, secret).await.unwrap();
}

/// Whether a key opens anything of the newest epoch, or the directory, in all that ever went over any wire since.
fn opens_anything(server: &TestServer, since: usize, key: &XWingSecret, infos: &[Vec<u8>]) -> bool {
    server.recorded.all().iter().skip(since).any(|bytes| {
        (0..bytes.len().saturating_sub(1_200)).any(|at| {
            // Only where a byte string of an envelope's size may begin, or this would take minutes.
            if bytes[at] != 0x59 || !(4..16).contains(&bytes[at + 1]) {
                return false;
            }
            let length = usize::from(bytes[at + 1]) << 8 | usize::from(bytes[at + 2]);
            let sealed = bytes.get(at + 3..at + 3 + length).and_then(|sealed| Wrapped::from_bytes(sealed.to_vec()));
            sealed.is_some_and(|sealed| infos.iter().any(|info| hpke::unwrap(key, info, &[], &sealed).is_ok()))
        })
    })
}

#[tokio::test(flavor = "current_thread")]
async fn keys_are_replaced_with_password_and_kit_and_all_goes_on() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = join(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let old = &grace.session;
    let own = Furnished::fill(old, old.make_personal_vault().await.unwrap().unwrap()).await;
    rename(old, &made, "by the old keys").await.unwrap();
    let elsewhere = with_password(&server, &grace.device, OLD).await.unwrap();
    elsewhere.sync(|_| {}).await.unwrap();
    let before = ada.safety_number(&old.member()).unwrap();
    assert_eq!(old.safety_number(&ada.member()), Some(before), "both see the same");
    assert_eq!((ada.safety_number(&ada.member()), ada.replaced_keys()), (None, vec![]));

    assert_eq!(old.make_keys(&text(NEW), &text(NEW)).err(), Some(Error::WrongPassword));
    let new = old.make_keys(&text(OLD), &text(NEW)).unwrap();
    server.clock.advance(60_000);
    old.replace_keys(&new).await.unwrap();
    // The former password, the former kit, and sessions elsewhere are over.
    assert_eq!(with_password(&server, &grace.device, OLD).await.err(), Some(Error::WrongKit));
    assert_eq!(with_password(&server, &grace.device, NEW).await.err(), Some(Error::WrongKit));
    assert_eq!(elsewhere.sync(|_| {}).await.err(), Some(Error::SessionEnded));
    let hers = go_on(&server, &new, old).await;
    assert!(with_password(&server, new.device(), OLD).await.is_err());
    assert_eq!(hers.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(hers.release(own.vault, own.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    let epoch = |session: &Session<InProcess>, vault: &VaultId| {
        let chain = session.chain().unwrap();
        let known = chain.vault(vault).unwrap();
        (known.epoch().unwrap().epoch, known.is_due())
    };
    assert_eq!(epoch(&hers, &own.vault), (Epoch(2), false), "her own vault's keys she makes herself");
    assert_eq!(rename(&hers, &made, "too early").await, Err(Error::EpochDue));

    // Everyone sees it; a custodian's client makes new keys by itself.
    ada.sync(|_| {}).await.unwrap();
    assert_eq!(epoch(&ada, &made.vault), (Epoch(2), false));
    let replaced = ada.replaced_keys();
    assert_eq!((replaced.len(), replaced[0].0, replaced[0].2), (1, hers.member(), server.clock.now()));
    let after = ada.safety_number(&hers.member()).unwrap();
    assert_ne!(after, before);
    hers.sync(|_| {}).await.unwrap();
    assert_eq!(hers.safety_number(&ada.member()), Some(after));
    assert_eq!(hers.replaced_keys(), vec![], "of her own she knows");
    rename(&hers, &made, "by the new keys").await.unwrap();
    // What was signed before counts, for whoever was there and for a device that knows nothing.
    for session in [&ada, &with_password(&server, new.device(), NEW).await.unwrap()] {
        assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
        assert_eq!(session.verify_some(usize::MAX), (vec![], false));
    }
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

#[tokio::test(flavor = "current_thread")]
async fn the_former_keys_open_nothing_that_is_written_afterwards() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = join(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    // A thief has all of hers: the keys, the password, the kit, and a session that is open.
    let stolen = identity_of(&grace.session);
    let thief = with_password(&server, &grace.device, OLD).await.unwrap();
    thief.sync(|_| {}).await.unwrap();
    let kept = grace.session.kept_identity();
    let new = grace.session.make_keys(&text(OLD), &text(NEW)).unwrap();
    let since = server.recorded.all().len();
    grace.session.replace_keys(&new).await.unwrap();
    let hers = go_on(&server, &new, &grace.session).await;
    ada.sync(|_| {}).await.unwrap();
    set_secret(&ada, &made, 1, "after").await;
    hers.sync(|_| {}).await.unwrap();
    assert_eq!(hers.release(made.vault, made.first).await.unwrap().value.expose(), "after");

    // Everything that ever went over any wire since holds keys for hers, and none for the stolen ones.
    let (team, member) = (founder.team, stolen.member);
    let infos = [of_vault_envelope(&team, &made.vault, Epoch(2), &member), of_directory_envelope(&team, &member)];
    assert!(!opens_anything(&server, since, &stolen.wrapping, &infos));
    assert!(opens_anything(&server, since, &identity_of(&hers).wrapping, &infos), "nothing was found to try");
    assert_eq!(with_password(&server, &grace.device, OLD).await.err(), Some(Error::WrongKit));
    assert_eq!(thief.sync(|_| {}).await, Err(Error::SessionEnded));
    assert!(rename(&thief, &made, "by the thief").await.is_err());
    // The bundle as the server has it now does not open with the former password and kit; the former one still does, and
    // is worth nothing any more.
    let former = Unlocking::stretch(grace.device.duplicate().unwrap(), &text(OLD)).unwrap();
    let opens = |kept: &[u8]| former.open_kept::<InProcess>(server.surroundings(), kept, None).is_ok();
    assert_eq!((opens(&kept), opens(&hers.kept_identity())), (true, false));

    // What the former keys opened is exposed until it is changed.
    let standings = ada.secret_standings(made.vault).await.unwrap();
    let found = exposed(&ada.chain().unwrap(), &standings);
    let because: Vec<_> = found.iter().map(|one| (one.secret.account, one.holder.member, one.holder.why)).collect();
    assert_eq!(because, [(made.second, member, Why::FormerKeys(VaultRole::Editor))]);
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_wrapped_to_the_former_keys_and_never_came_is_wrapped_again() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let eve = join(&server, &ada, "eve.auditor", &[]).await;
    let (team, member, vault) = (founder.team, eve.session.member(), made.vault);
    ada.set_team_role(member, TeamRole::Auditor).await.unwrap();
    // What the custodian's client wrapped is lost before the auditor has it.
    let store = &server.server.app().store;
    let lost = store.write(move |tx| {
        let mut lost = Vec::new();
        ENVELOPES.scan(tx, &(team, member), Order::Forward, |place, _| {
            lost.push(place);
            Ok(ControlFlow::Continue(()))
        })?;
        lost.retain(|(.., of)| *of == vault);
        for place in &lost {
            ENVELOPES.delete(tx, place);
        }
        Ok::<_, StoreError>(lost.len())
    });
    assert_eq!(lost.await.unwrap(), 1);
    let new = eve.session.make_keys(&text(OLD), &text(NEW)).unwrap();
    eve.session.replace_keys(&new).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let hers = go_on(&server, &new, &eve.session).await;
    assert_eq!(hers.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(hers.awaited_vaults(), []);
    let vaults = hers.vaults();
    let group = vaults[&made.vault].entry(&made.key(made.group)).unwrap();
    assert_eq!(group.details().ok().unwrap().name(), Furnished::GROUP);
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_whose_newest_keys_never_came_hinders_nothing() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = join(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    grace.session.sync(|_| {}).await.unwrap();
    // The vault gets new keys, and the server keeps them from her.
    grace.wire.lie(answers::<SyncTeam>(|changes| changes.envelopes.retain(|one| one.epoch != Epoch(2))));
    ada.start_epoch(made.vault).await.unwrap();
    grace.session.sync(|_| {}).await.unwrap();
    let chain = grace.session.chain().unwrap().clone();
    assert_eq!(chain.vault(&made.vault).unwrap().epoch().unwrap().epoch, Epoch(2));
    let new = grace.session.make_keys(&text(OLD), &text(NEW)).unwrap();
    grace.session.replace_keys(&new).await.unwrap();
    // A custodian makes new keys, and those come to her new ones: what is written from then on she opens.
    ada.sync(|_| {}).await.unwrap();
    set_secret(&ada, &made, 1, "after").await;
    let hers = go_on(&server, &new, &grace.session).await;
    hers.sync(|_| {}).await.unwrap();
    assert_eq!(hers.release(made.vault, made.first).await.unwrap().value.expose(), "after");
}

#[tokio::test(flavor = "current_thread")]
async fn what_may_be_done_is_asked_for_again_whatever_else_was_answered_meanwhile() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = join(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let new = grace.session.make_keys(&text(OLD), &text(NEW)).unwrap();
    assert!(!new.is_unknown());
    // The first answer is lost, and the repeated question meets a server that is busy.
    let wire = grace.wire.clone();
    grace.wire.lie(move |asked, answered| {
        if asked.target.contains("/heads") {
            wire.lose_answers(1);
        }
        if asked.target.ends_with("/keys") { busy() } else { answered }
    });
    assert_eq!(grace.session.replace_keys(&new).await, Err(Error::Rejected(Rejection::Unavailable)));
    assert!(new.is_unknown());
    // Nor does it tell anything that the same is answered to the whole of it once more.
    assert_eq!(grace.session.replace_keys(&new).await, Err(Error::Rejected(Rejection::Unavailable)));
    assert!(new.is_unknown());
    grace.wire.tell_the_truth();
    grace.session.replace_keys(&new).await.unwrap();
    assert!(!new.is_unknown());
    let hers = go_on(&server, &new, &grace.session).await;
    assert_eq!(hers.chain().unwrap().member(&hers.member()).unwrap().keepers().count(), 2, "once");
    // Everyone else makes new keys for their vaults each time: not over and over.
    server.clock.advance(60_000);
    let wait = Error::Rejected(Rejection::RateLimited { retry_after: 59 * 60_000 });
    assert_eq!(hers.make_keys(&text(NEW), &text(OLD)).err(), Some(wait));
    server.clock.advance(59 * 60_000);
    let again = hers.make_keys(&text(NEW), &text(OLD)).unwrap();
    ada.sync(|_| {}).await.unwrap();
    hers.replace_keys(&again).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn an_answer_that_is_lost_is_asked_for_again() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = join(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let new = grace.session.make_keys(&text(OLD), &text(NEW)).unwrap();
    // What asks for heads and chain comes back; the two attempts to say it do not.
    let wire = grace.wire.clone();
    grace.wire.lie(move |asked, answered| {
        if asked.target.contains("/heads") {
            wire.lose_answers(2);
        }
        answered
    });
    assert_eq!(grace.session.replace_keys(&new).await, Err(Error::Unreachable));
    grace.wire.tell_the_truth();
    assert!(with_password(&server, new.device(), NEW).await.is_ok(), "it was done");
    grace.session.replace_keys(&new).await.unwrap();
    let hers = go_on(&server, &new, &grace.session).await;
    assert_eq!(hers.chain().unwrap().member(&hers.member()).unwrap().keepers().count(), 2, "once");
}
