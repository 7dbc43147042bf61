//! What the server keeps of a service: all of it at once, another token in place of the old, and nothing after a removal.

use std::ops::ControlFlow;

use ed25519_dalek::SigningKey;
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Admit, Body, MemberKeys, NamedHead, Remove, RenewService as Renew, ServiceScope, ServiceTerms,
        SetService as Set, TouchedVault, VaultGrant, VaultRole,
    },
    crypto::{Hash, SealingPublicKey},
    host::Host,
    ids::{MemberId, VaultId},
    operations::{
        Empty,
        invitations::VaultEnvelope,
        members::{MemberChange, MemberPath, Removal, RemoveMember},
        services::{CreateService, ListServiceUses, RenewService, ServiceToken, SetService},
        session::{ChallengeFor, CreateChallenge, CreateSession, NewSession, SessionCreated},
    },
    session::SignIn,
    suite::SUITE,
    text::LoginName,
};

use crate::{
    operations::session::login_key,
    store::{
        Order, StoreError,
        tables::{ENVELOPES, LOGINS, MEMBERS, SERVICES},
    },
    testing::{Member, ORIGIN, Refused, World, public, sign},
};

const KIT_TAG: Hash = Hash([6; 32]);

struct Bot {
    id: MemberId,
    login: SigningKey,
}

fn terms(hosts: &[&str]) -> ServiceTerms {
    let hosts = hosts.iter().map(|host| Host::parse(host).unwrap()).collect();
    ServiceTerms { expires: None, hosts, scope: ServiceScope::Roles, vault: None }
}

/// Small coefficients make a sound key.
fn sealing(world: &World) -> SealingPublicKey {
    SealingPublicKey(world.bytes().map(|byte| byte & 7))
}

fn token(ada: &mut Member, world: &World, body: Body, bot: &Bot, vault: VaultId) -> ServiceToken {
    let statement = ada.statement(world, body);
    ada.state.apply(&statement).unwrap();
    let sealed = || Bytes(vec![9; 400]);
    ServiceToken {
        statement: statement.to_wire(),
        login_key: public(&bot.login),
        kit_tag: KIT_TAG,
        bundle: Bytes(vec![8; 300]),
        directory: sealed(),
        envelopes: vec![VaultEnvelope { vault, sealed: sealed() }],
    }
}

async fn sign_in(world: &World, ada: &Member, bot: &Bot) -> Result<SessionCreated, Refused> {
    let login_name = LoginName::of_service(&bot.id);
    let asked = ChallengeFor { team: ada.team, login_name: login_name.clone() };
    let challenge = world.call::<CreateChallenge>(None, &Empty {}, &Empty {}, &asked).await?;
    let answer = SignIn { suite: SUITE, origin: ORIGIN.to_owned(), team: ada.team, login_name, nonce: challenge.nonce };
    let sign_in = sign(&bot.login, answer).to_wire();
    let new = NewSession { sign_in, kit_tag: KIT_TAG, device: "a machine".to_owned() };
    world.call::<CreateSession>(None, &Empty {}, &Empty {}, &new).await
}

fn code<T: std::fmt::Debug>(result: Result<T, Refused>) -> String {
    result.unwrap_err().code().to_owned()
}

/// How many rows there are of it: logins, members, last uses, envelopes.
fn rows(world: &World, ada: &Member, bot: MemberId) -> [usize; 4] {
    let counted = world.server.app().store.read(|tx| {
        let mut envelopes = 0;
        ENVELOPES.scan(tx, &(ada.team, bot), Order::Forward, |_, _| {
            envelopes += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        let login = LOGINS.contains(tx, &(ada.team, login_key(&LoginName::of_service(&bot))))?;
        let member = MEMBERS.contains(tx, &(ada.team, bot))?;
        let used = SERVICES.contains(tx, &(ada.team, bot))?;
        Ok::<_, StoreError>([usize::from(login), usize::from(member), usize::from(used), envelopes])
    });
    counted.unwrap()
}

#[tokio::test]
async fn a_service_is_kept_whole_and_goes_whole() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(&world).await;
    let mut bot = Bot { id: MemberId(world.bytes()), login: SigningKey::from_bytes(&world.bytes()) };
    let keys = MemberKeys {
        member: bot.id,
        login_name: LoginName::parse("build").unwrap(),
        signing: public(&SigningKey::from_bytes(&world.bytes())),
        sealing: sealing(&world),
    };
    let grants = vec![VaultGrant { vault, role: VaultRole::User }];
    // Without a socket, calls come from this machine.
    let admit = Body::Admit(Admit { keys, terms: terms(&["192.0.2.1"]), grants });
    let new = token(&mut ada, &world, admit, &bot, vault);
    world.call::<CreateService>(Some(&ada.token), &ada.path(), &Empty {}, &new).await.unwrap();
    assert_eq!(rows(&world, &ada, bot.id), [1, 1, 0, 2]);

    let stranger = Bot { id: bot.id, login: SigningKey::from_bytes(&[1; 32]) };
    assert_eq!(code(sign_in(&world, &ada, &stranger).await), "wrong_password");
    assert_eq!(code(sign_in(&world, &ada, &bot).await), "address_refused");
    let of_bot = MemberPath { team: ada.team, member: bot.id };
    let set = ada.statement(&world, Body::SetService(Set { member: bot.id, terms: terms(&["127.0.0.0/8"]) }));
    ada.state.apply(&set).unwrap();
    let change = MemberChange { statement: set.to_wire() };
    world.call::<SetService>(Some(&ada.token), &of_bot, &Empty {}, &change).await.unwrap();
    let created = sign_in(&world, &ada, &bot).await.unwrap();
    assert_eq!((created.member, created.bundle_version), (bot.id, 1));
    assert_eq!(rows(&world, &ada, bot.id), [1, 1, 1, 2]);
    let uses = world.call::<ListServiceUses>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await.unwrap().uses;
    assert_eq!(
        (uses.len(), uses[0].member, uses[0].used, uses[0].address.as_str()),
        (1, bot.id, world.now(), "127.0.0.1")
    );
    let by_bot = world.call::<ListServiceUses>(Some(created.token.expose()), &ada.path(), &Empty {}, &Empty {}).await;
    assert_eq!(code(by_bot), "not_found");

    let known = &ada.vaults[&vault];
    let head = NamedHead { sequence: known.sequence, hash: known.head.unwrap() };
    let vaults = vec![TouchedVault { vault, head }];
    let signing = public(&SigningKey::from_bytes(&world.bytes()));
    let renew = Renew { member: bot.id, signing, sealing: sealing(&world), terms: terms(&[]), vaults: vaults.clone() };
    let old = std::mem::replace(&mut bot.login, SigningKey::from_bytes(&world.bytes()));
    let newer = token(&mut ada, &world, Body::RenewService(renew), &bot, vault);
    world.call::<RenewService>(Some(&ada.token), &of_bot, &Empty {}, &newer).await.unwrap();
    assert_eq!(rows(&world, &ada, bot.id), [1, 1, 1, 2], "the old envelopes are gone");
    let ended = world.call::<ListServiceUses>(Some(created.token.expose()), &ada.path(), &Empty {}, &Empty {}).await;
    assert_eq!(code(ended), "unauthenticated");
    assert_eq!(code(sign_in(&world, &ada, &Bot { id: bot.id, login: old }).await), "wrong_password");
    sign_in(&world, &ada, &bot).await.unwrap();
    let report = crate::maintenance::verify::verify(&world.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());

    let remove = ada.statement(&world, Body::Remove(Remove { member: bot.id, vaults, directory: None }));
    let change = Removal { statement: remove.to_wire(), directory: Vec::new() };
    world.call::<RemoveMember>(Some(&ada.token), &of_bot, &Empty {}, &change).await.unwrap();
    assert_eq!(rows(&world, &ada, bot.id), [0, 0, 0, 0]);
    assert_eq!(code(sign_in(&world, &ada, &bot).await), "sign_in_refused");
    let report = crate::maintenance::verify::verify(&world.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}
