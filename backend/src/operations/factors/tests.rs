//! Second factors against a server in memory: set up, confirmed, used up, taken away, and what is refused without one.

mod changes;

use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    chain::{Body, FactorDemand, ServiceDemand, TeamPolicy},
    codec,
    crypto::hash,
    factor::{FactorKind, FactorsHeld},
    ids::{ObjectId, ReleaseId, Timestamp, VaultId, Version},
    operations::{
        Empty, SessionPath,
        audit::{EventsQuery, ListAuditEvents},
        factors::*,
        members::{MemberChange, MemberPath},
        records::{RecordListed, ReleaseRequest, ReleaseSecret, WantedVersion},
        session::EndSession,
        vault::ListVaults,
    },
    release::ReleaseStatement,
    session::ProveLogin,
    suite::SUITE,
};
use totp_rs::{Algorithm, Builder, Secret};

use crate::{
    store::tables::SESSIONS,
    testing::{Member, Refused, World, sign},
};

const STEP: u64 = 30_000;

/// The code of an authenticator app at the present moment.
fn code(world: &World, seed: &str) -> FactorText {
    let app = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(seed).unwrap())
        .build_noncompliant();
    FactorText::new(app.generate(world.now().0 / 1_000).to_string())
}

fn text(text: &str) -> FactorText {
    FactorText::new(text.to_owned())
}

/// With the login key's word that whoever has the session knows the password.
fn proven(world: &World, who: &Member) -> NewCodes {
    proven_at(world, who, world.now())
}

fn proven_at(world: &World, who: &Member, time: Timestamp) -> NewCodes {
    let token = Base64UrlUnpadded::decode_vec(&who.token).unwrap();
    let row = world.server.app().store.read(|tx| SESSIONS.get(tx, &hash(&token))).unwrap().unwrap();
    let statement = ProveLogin { suite: SUITE, team: who.team, member: who.id, session: row.session, time };
    NewCodes { proof: Some(sign(&who.secrets.login, statement).to_wire()) }
}

async fn begin(world: &World, who: &Member) -> Result<String, Refused> {
    let begun = world.call::<BeginCodes>(Some(&who.token), &who.path(), &Empty {}, &proven(world, who)).await?;
    Ok(begun.seed.expose().to_owned())
}

async fn confirm_first(world: &World, who: &Member, code: FactorText) -> Result<Empty, Refused> {
    world.call::<ConfirmCodes>(Some(&who.token), &who.path(), &Empty {}, &TypedCode { code }).await
}

/// Sets one-time codes up; the session is confirmed, and the present step taken.
async fn set_up(world: &World, who: &Member) -> String {
    let seed = begin(world, who).await.unwrap();
    confirm_first(world, who, code(world, &seed)).await.unwrap();
    seed
}

async fn confirm(world: &World, who: &Member, token: &str, proof: FactorProof) -> Result<Confirmed, Refused> {
    world.call::<ConfirmSession>(Some(token), &who.path(), &Empty {}, &Confirm { proof }).await
}

async fn list(world: &World, who: &Member, token: &str) -> FactorsListed {
    world.call::<ListFactors>(Some(token), &who.path(), &Empty {}, &Empty {}).await.unwrap()
}

async fn set_policy(world: &World, who: &mut Member, factor: FactorDemand, confirmation: u32) -> Result<(), Refused> {
    let body = Body::SetTeamPolicy(TeamPolicy { factor, confirmation, services: ServiceDemand::Exempt, zone: None });
    let statement = who.statement(world, body);
    let change = MemberChange { statement: statement.to_wire() };
    world.call::<SetTeamPolicy>(Some(&who.token), &who.path(), &Empty {}, &change).await?;
    who.state.apply(&statement).unwrap();
    Ok(())
}

/// A vault with a secret.
async fn furnish(world: &World, who: &mut Member) -> (VaultId, ObjectId) {
    let vault = who.make_vault(world).await;
    let first = who.numbers(world, 20).await;
    let records = who.seal(world, &who.drafts(world, vault, first));
    who.write(world, vault, &records).await.unwrap();
    (vault, records[1].context().id)
}

async fn release(
    world: &World,
    who: &Member,
    token: &str,
    (vault, account): (VaultId, ObjectId),
) -> Result<RecordListed, Refused> {
    let statement = ReleaseStatement {
        suite: SUITE,
        id: ReleaseId(world.bytes()),
        team: who.team,
        vault,
        account,
        version: Version::FIRST,
        member: who.id,
        position: who.state.position(),
        time: world.now(),
        reason: None,
    };
    let statement = sign(&who.secrets.signing, statement).to_wire();
    let body = ReleaseRequest { statement, wanted: WantedVersion::Newest };
    world.call::<ReleaseSecret>(Some(token), &who.object_path(vault, account), &Empty {}, &body).await
}

fn refusal<T>(answer: Result<T, Refused>) -> String {
    answer.map_or_else(|refused| refused.code().to_owned(), |_| "done".to_owned())
}

/// The acts that were written down about factors.
async fn acts(world: &World, who: &Member) -> Vec<AuditedAct> {
    let query = EventsQuery { limit: Some(200), ..EventsQuery::default() };
    let page = world.call::<ListAuditEvents>(Some(&who.token), &who.path(), &query, &Empty {}).await.unwrap();
    let events = page.items.iter().map(|item| codec::decode::<AuditEvent>(&item.event).unwrap().what);
    let about = |act: &AuditedAct| {
        matches!(
            act,
            AuditedAct::FactorAdded { .. }
                | AuditedAct::FactorRemoved { .. }
                | AuditedAct::FactorsTaken { .. }
                | AuditedAct::FactorTried { .. }
                | AuditedAct::TeamPolicySet
        )
    };
    events.filter(about).collect()
}

#[tokio::test]
async fn codes_count_from_the_first_right_one_on_and_each_once() {
    let world = World::new();
    let ada = world.found("ada").await;
    assert_eq!(list(&world, &ada, &ada.token).await.held, FactorsHeld::default());
    let seed = begin(&world, &ada).await.unwrap();
    assert_eq!(seed.len(), 32);
    // What was begun is none yet.
    assert_eq!(
        refusal(confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await),
        "factor_refused"
    );
    assert_eq!(refusal(confirm_first(&world, &ada, text("000000")).await), "factor_refused");
    let first = code(&world, &seed);
    confirm_first(&world, &ada, first.clone()).await.unwrap();
    let listed = list(&world, &ada, &ada.token).await;
    assert_eq!(listed.held, FactorsHeld { codes: true, passkeys: 0, recovery_codes: 0 });
    assert_eq!(listed.codes_since, Some(world.now()));
    // The same code again, from this session or another.
    let other = world.sign_in(&ada).await.unwrap();
    for token in [&*ada.token, other.token.expose()] {
        let again = confirm(&world, &ada, token, FactorProof::Codes(first.clone())).await;
        assert_eq!(refusal(again), "factor_refused");
    }
    world.clock.forward(STEP);
    let second = code(&world, &seed);
    let confirmed = confirm(&world, &ada, other.token.expose(), FactorProof::Codes(second.clone())).await.unwrap();
    assert_eq!(confirmed.until, world.now().plus_millis(900_000));
    // The step is the member's, whichever session took it.
    assert_eq!(refusal(confirm(&world, &ada, &ada.token, FactorProof::Codes(second)).await), "factor_refused");
    assert_eq!(refusal(begin(&world, &ada).await), "factor_exists");
    let (right, wrong) = (
        AuditedAct::FactorTried { factor: FactorKind::Codes, right: true },
        AuditedAct::FactorTried { factor: FactorKind::Codes, right: false },
    );
    let added = AuditedAct::FactorAdded { factor: FactorKind::Codes };
    let mut written = acts(&world, &ada).await;
    if written.first() != Some(&wrong) || written.last() == Some(&wrong) && written[2] != right {
        written.reverse();
    }
    let tries = written.iter().filter(|act| **act == wrong).count();
    assert_eq!((tries, written.iter().filter(|act| **act == right).count()), (5, 2));
    assert_eq!(written.iter().filter(|act| **act == added).count(), 1);
}

#[tokio::test]
async fn wrong_ones_slow_the_next_down() {
    let world = World::new();
    let ada = world.found("ada").await;
    let seed = set_up(&world, &ada).await;
    for _ in 0..6 {
        let wrong = confirm(&world, &ada, &ada.token, FactorProof::Codes(text("123"))).await;
        assert_eq!(refusal(wrong), "factor_refused");
    }
    // A right one waits too, and so does another session of the member: from anywhere.
    world.clock.forward(STEP);
    let other = world.sign_in(&ada).await.unwrap();
    for _ in 0..8 {
        drop(confirm(&world, &ada, other.token.expose(), FactorProof::Codes(text("321"))).await);
        world.clock.forward(STEP);
    }
    let right = FactorProof::Codes(code(&world, &seed));
    assert_eq!(refusal(confirm(&world, &ada, &ada.token, right).await), "rate_limited");
    world.clock.forward(15 * 60_000);
    let right = FactorProof::Codes(code(&world, &seed));
    confirm(&world, &ada, &ada.token, right).await.unwrap();
}

#[tokio::test]
async fn what_nobody_can_guess_neither_slows_down_nor_is_slowed_down() {
    let world = World::new();
    let ada = world.found("ada").await;
    let seed = set_up(&world, &ada).await;
    let made = world.call::<MakeRecoveryCodes>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await.unwrap();
    // Somebody with the password alone tries what has no chance.
    let thief = world.sign_in(&ada).await.unwrap();
    let hopeless: [fn() -> FactorProof; 2] =
        [|| FactorProof::RecoveryCodes(text("AAAAA")), || FactorProof::Passkey(text("{}"))];
    for wrong in hopeless {
        for _ in 0..20 {
            let refused = confirm(&world, &ada, thief.token.expose(), wrong()).await;
            assert_eq!(refusal(refused), "factor_refused");
        }
    }
    world.clock.forward(STEP);
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    for _ in 0..14 {
        drop(confirm(&world, &ada, thief.token.expose(), FactorProof::Codes(text("321"))).await);
        world.clock.forward(STEP);
    }
    let right = FactorProof::Codes(code(&world, &seed));
    assert_eq!(refusal(confirm(&world, &ada, &ada.token, right).await), "rate_limited");
    // A recovery code lets the member in all the same.
    confirm(&world, &ada, &ada.token, FactorProof::RecoveryCodes(made.codes[0].clone())).await.unwrap();
    // All of it is written down.
    let wrong = |factor| AuditedAct::FactorTried { factor, right: false };
    let written = acts(&world, &ada).await;
    let count = |act: AuditedAct| written.iter().filter(|written| **written == act).count();
    assert_eq!((count(wrong(FactorKind::RecoveryCodes)), count(wrong(FactorKind::Passkey))), (20, 20));
}

#[tokio::test]
async fn sessions_that_a_password_alone_began_end_none_that_was_confirmed() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    set_policy(&world, &mut ada, FactorDemand::Always, 900).await.unwrap();
    set_up(&world, &ada).await;
    for _ in 0..sealward_contract::limits::SESSIONS + 3 {
        world.clock.forward(1_000);
        world.sign_in(&ada).await.unwrap();
    }
    let listed = world.call::<ListVaults>(Some(&ada.token), &ada.path(), &Default::default(), &Empty {}).await;
    assert_eq!(refusal(listed), "done");
}

#[tokio::test]
async fn a_seed_waits_an_hour_for_its_first_code() {
    let world = World::new();
    let ada = world.found("ada").await;
    let seed = begin(&world, &ada).await.unwrap();
    world.clock.forward(60 * 60_000 + 1);
    assert_eq!(refusal(confirm_first(&world, &ada, code(&world, &seed)).await), "factor_missing");
    // Beginning again makes another seed; the first one's code is wrong then.
    let again = begin(&world, &ada).await.unwrap();
    assert_ne!(seed, again);
    assert_eq!(refusal(confirm_first(&world, &ada, code(&world, &seed)).await), "factor_refused");
    confirm_first(&world, &ada, code(&world, &again)).await.unwrap();
}

#[tokio::test]
async fn a_release_needs_a_confirmation_of_its_own_session_that_lasts() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let secret = furnish(&world, &mut ada).await;
    // The default asks for nothing where no approval is needed.
    release(&world, &ada, &ada.token, secret).await.unwrap();
    set_policy(&world, &mut ada, FactorDemand::Always, 60).await.unwrap();
    // Whoever has none is told so.
    let refused = release(&world, &ada, &ada.token, secret).await.unwrap_err();
    assert_eq!(refused.code(), "second_factor_needed");
    let none = serde_json::json!({ "codes": false, "passkeys": 0, "recovery_codes": 0 });
    assert_eq!(refused.problem["held"], none);
    let seed = set_up(&world, &ada).await;
    release(&world, &ada, &ada.token, secret).await.unwrap();
    release(&world, &ada, &ada.token, secret).await.unwrap();
    world.clock.forward(60_000);
    let refused = release(&world, &ada, &ada.token, secret).await.unwrap_err();
    assert_eq!((refused.code(), &refused.problem["held"]["codes"]), ("second_factor_needed", &true.into()));
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    release(&world, &ada, &ada.token, secret).await.unwrap();
    // The next session is not confirmed by this one, and owes its own before anything else.
    let other = world.sign_in(&ada).await.unwrap();
    assert_eq!(refusal(release(&world, &ada, other.token.expose(), secret).await), "second_factor_needed");
}

#[tokio::test]
async fn a_confirmation_for_one_thing_is_used_up_by_it() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let secret = furnish(&world, &mut ada).await;
    let seed = set_up(&world, &ada).await;
    set_policy(&world, &mut ada, FactorDemand::Always, 0).await.unwrap();
    // It waits for a minute, and goes on for two seconds after each release: one thing may be many secrets.
    world.clock.forward(59_999);
    for _ in 0..3 {
        release(&world, &ada, &ada.token, secret).await.unwrap();
        world.clock.forward(1_999);
    }
    world.clock.forward(1);
    assert_eq!(refusal(release(&world, &ada, &ada.token, secret).await), "second_factor_needed");
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    // A refused release uses nothing up.
    let missing = (secret.0, ObjectId(world.bytes()));
    assert_eq!(refusal(release(&world, &ada, &ada.token, missing).await), "not_found");
    world.clock.forward(59_000);
    release(&world, &ada, &ada.token, secret).await.unwrap();
    world.clock.forward(2_000);
    assert_eq!(refusal(release(&world, &ada, &ada.token, secret).await), "second_factor_needed");
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    world.clock.forward(60_000);
    assert_eq!(refusal(release(&world, &ada, &ada.token, secret).await), "second_factor_needed");
    // However long one thing goes on, after a quarter of an hour it is another.
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    for _ in 0..600 {
        release(&world, &ada, &ada.token, secret).await.unwrap();
        world.clock.forward(1_500);
    }
    assert_eq!(refusal(release(&world, &ada, &ada.token, secret).await), "second_factor_needed");
}

#[tokio::test]
async fn one_that_is_over_does_not_come_back_by_what_needs_none() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let open = furnish(&world, &mut ada).await;
    let seed = set_up(&world, &ada).await;
    set_policy(&world, &mut ada, FactorDemand::Guarded, 0).await.unwrap();
    let remove = async || refusal(world.call::<RemoveCodes>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await);
    // Used up.
    release(&world, &ada, &ada.token, open).await.unwrap();
    world.clock.forward(10 * 60_000);
    release(&world, &ada, &ada.token, open).await.unwrap();
    assert_eq!(remove().await, "second_factor_needed");
    // Never used, and over after its minute.
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    world.clock.forward(10 * 60_000);
    release(&world, &ada, &ada.token, open).await.unwrap();
    assert_eq!(remove().await, "second_factor_needed");
}

#[tokio::test]
async fn where_it_is_always_asked_for_a_session_begins_with_it() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    set_policy(&world, &mut ada, FactorDemand::Always, 900).await.unwrap();
    // Without a factor there is nothing to begin with.
    let plain = world.sign_in(&ada).await.unwrap();
    let vaults = async |token: &str| {
        refusal(world.call::<ListVaults>(Some(token), &ada.path(), &Default::default(), &Empty {}).await)
    };
    assert_eq!(vaults(plain.token.expose()).await, "done");
    let seed = set_up(&world, &ada).await;
    world.clock.forward(STEP);
    let owing = world.sign_in(&ada).await.unwrap();
    let token = owing.token.expose();
    assert_eq!(vaults(token).await, "second_factor_needed");
    // It may not add another factor in place of the one that it is asked for.
    let begun = world.call::<BeginCodes>(Some(token), &ada.path(), &Empty {}, &proven(&world, &ada)).await;
    assert_eq!(refusal(begun), "second_factor_needed");
    assert_eq!(list(&world, &ada, token).await.confirmed_until, None);
    confirm(&world, &ada, token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    assert_eq!(vaults(token).await, "done");
    // Once confirmed it stays open; only what is revealed asks again.
    world.clock.forward(3_600_000);
    assert_eq!(vaults(token).await, "done");
    // One that gives up may end itself.
    let given_up = world.sign_in(&ada).await.unwrap();
    let others = SessionPath { team: ada.team, session: owing.session };
    let ended = world.call::<EndSession>(Some(given_up.token.expose()), &others, &Empty {}, &Empty {}).await;
    assert_eq!(refusal(ended), "second_factor_needed");
    let path = SessionPath { team: ada.team, session: given_up.session };
    world.call::<EndSession>(Some(given_up.token.expose()), &path, &Empty {}, &Empty {}).await.unwrap();
}
