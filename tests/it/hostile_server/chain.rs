//! Lies about the team: its chain, its directory.

use super::{Past, damage};
use crate::harness::{Founder, Furnished, answers};
use sealward_client::error::{DamagedObject::Chain, Error, Fault};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, PolicyScope, SetPolicy, SignedStatement, Statement},
    codec,
    operations::sync::SyncTeam,
};

/// The statement with one bit of its signature changed: the last byte of its wire form.
fn with_another_signature(wire: &[u8]) -> Bytes {
    let mut bytes = wire.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    Bytes(bytes)
}

#[tokio::test(flavor = "current_thread")]
async fn the_chain_of_another_team_is_refused() {
    let past = Past::make().await;
    let other = Founder::found(&past.server, "grace.hopper").await;
    let wire = past.server.connect();
    let others = other.session(&past.server, &wire).await;
    let taken = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let keep = taken.clone();
    wire.lie(answers::<SyncTeam>(move |changes| *keep.borrow_mut() = changes.statements.clone()));
    others.sync(|_| {}).await.unwrap();
    let fresh = past.fresh(answers::<SyncTeam>(move |changes| changes.statements = taken.borrow().clone())).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Chain, Fault::Substituted))));
    assert!(fresh.session.chain().is_none());
}

#[tokio::test(flavor = "current_thread")]
async fn changed_signatures_are_refused() {
    let past = Past::make().await;
    for (at, fault) in [(0, Fault::Signature), (1, Fault::NoRight)] {
        let lie = answers::<SyncTeam>(move |changes| {
            changes.statements[at] = with_another_signature(&changes.statements[at]);
        });
        assert_eq!(past.fresh(lie).await.synced, Err(Error::Damage(damage(Chain, fault))));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn dropped_doubled_and_exchanged_statements_are_refused() {
    let past = Past::make().await;
    Furnished::make(&past.session, "Second").await;
    type Change = fn(&mut Vec<Bytes>);
    let changes: [(Change, Fault); 5] = [
        (|statements| drop(statements.remove(0)), Fault::Substituted),
        (|statements| drop(statements.remove(1)), Fault::NoRight),
        (|statements| statements.swap(1, 2), Fault::NoRight),
        (|statements| statements.insert(1, statements[1].clone()), Fault::NoRight),
        (|statements| statements.insert(1, statements[0].clone()), Fault::NoRight),
    ];
    for (change, fault) in changes {
        let fresh = past.fresh(answers::<SyncTeam>(move |changes| change(&mut changes.statements))).await;
        assert_eq!(fresh.synced, Err(Error::Damage(damage(Chain, fault))));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_forged_statement_is_refused_and_nothing_of_it_stays() {
    let past = Past::make().await;
    let forged = past.forge().state(Body::SetPolicy(SetPolicy {
        vault: past.made.vault,
        scope: PolicyScope::Vault,
        policy: None,
    }));
    let server_key = &Founder::prepare(&past.server, "the.server").0.identity;
    let by_server = server_key.signing.sign(forged.value().clone()).to_wire();
    let by_stranger = server_key.signing.sign(Statement { author: server_key.member, ..forged.value().clone() });
    for wire in [by_server, by_stranger.to_wire()] {
        let before = past.session.chain().unwrap().position();
        let lie = answers::<SyncTeam>(move |changes| changes.statements.push(wire.clone()));
        assert_eq!(past.lied_to(lie).await, Err(Error::Damage(damage(Chain, Fault::NoRight))));
        assert_eq!(past.session.chain().unwrap().position(), before);
    }
    past.wire.tell_the_truth();
    assert!(past.session.sync(|_| {}).await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn a_statement_with_a_further_field_is_refused() {
    let past = Past::make().await;
    let lie = answers::<SyncTeam>(|changes| {
        let parsed = SignedStatement::parse(&changes.statements[1]).unwrap();
        // Seven fields become eight; the signature would have to be another, too, but it is not even looked at.
        let mut bytes = parsed.bytes().to_vec();
        bytes[0] = 0x88;
        bytes.push(0);
        let signature: &[u8] = &parsed.signature().0;
        let container = (minicbor::bytes::ByteVec::from(bytes), minicbor::bytes::ByteVec::from(signature.to_vec()));
        changes.statements[1] = Bytes(minicbor::to_vec(container).unwrap());
    });
    assert_eq!(past.fresh(lie).await.synced, Err(Error::Damage(damage(Chain, Fault::Malformed))));
}

#[tokio::test(flavor = "current_thread")]
async fn an_answer_that_leads_nowhere_is_refused() {
    let past = Past::make().await;
    let lie = answers::<SyncTeam>(|changes| {
        changes.complete = false;
        changes.statements.clear();
    });
    assert_eq!(past.fresh(lie).await.synced, Err(Error::Damage(damage(Chain, Fault::Malformed))));
}

#[tokio::test(flavor = "current_thread")]
async fn a_chain_from_before_what_the_device_remembers_is_refused() {
    let past = Past::make().await;
    let memory = past.session.memory();
    let lie = answers::<SyncTeam>(|changes| changes.statements.truncate(1));
    let fresh = past.fresh_with(memory, lie).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Chain, Fault::RolledBack))));
    // A device without memory cannot tell; it sees a team without a vault.
    let new = past.fresh(answers::<SyncTeam>(|changes| changes.statements.truncate(1))).await;
    assert!(new.session.vaults().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn another_branch_than_the_device_remembers_is_refused() {
    let past = Past::make().await;
    // Two statements in one place, both by the member: one won the race, and the server kept the loser's for later.
    let set = |policy| Body::SetPolicy(SetPolicy { vault: past.made.vault, scope: PolicyScope::Vault, policy });
    let loser = past.forge().state(set(None)).to_wire();
    let details = sealward_client::model::VaultDetails {
        name: "winner".into(),
        description: String::new(),
        ..Default::default()
    };
    let kind = sealward_contract::chain::VaultKind::Shared;
    past.session.create_vault(&sealward_client::session::NewVault { details, kind }).await.unwrap();
    let memory = past.session.memory();
    let lie = answers::<SyncTeam>(move |changes| changes.statements[2] = loser.clone());
    let fresh = past.fresh_with(memory, lie).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Chain, Fault::RolledBack))));
}

#[tokio::test(flavor = "current_thread")]
async fn names_that_the_founder_did_not_sign_are_not_shown() {
    let past = Past::make().await;
    let honest = past.fresh(|_, answered| answered).await;
    assert_eq!(honest.session.directory().team_name(), "team of ada.lovelace");
    let (stranger, body) = Founder::prepare(&past.server, "the.server");
    let records = [body.team_record.clone(), body.profile_record.clone(), Bytes(vec![0x80]), Bytes(Vec::new())];
    for record in records {
        let lie = answers::<SyncTeam>(move |changes| changes.directory = vec![record.clone(), record.clone()]);
        let fresh = past.fresh(lie).await;
        assert!(fresh.synced.is_ok());
        assert_eq!(fresh.session.directory().team_name(), "");
        assert!(fresh.session.directory().profile(&past.member()).is_none());
        assert!(fresh.session.directory().profile(&stranger.identity.member).is_none());
    }
    let lie = answers::<SyncTeam>(|changes| {
        for record in &mut changes.directory {
            *record = with_flipped_signature(record);
        }
    });
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.session.directory().team_name(), "");
    assert!(fresh.session.directory().profile(&past.member()).is_none());
}

/// A record's signature stands between its header and what follows.
pub fn with_flipped_signature(wire: &[u8]) -> Bytes {
    let record = sealward_contract::record::Record::parse(wire).unwrap();
    let header = codec::encode(record.header()).len();
    let mut bytes = wire.to_vec();
    // Array of four, byte string of two length bytes, header, byte string of one length byte.
    bytes[1 + 3 + header + 2] ^= 1;
    Bytes(bytes)
}
