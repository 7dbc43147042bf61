//! Lies about whom keys are to be wrapped to, about vaults of others, and about what auditors wrote.

use super::Past;
use crate::harness::{Forge, Founder, Furnished, answers, frames};
use sealward_client::error::{DamagedObject, Fault};
use sealward_contract::{
    chain::TeamRole,
    ids::Version,
    operations::{
        sync::{MissedKeys, SyncTeam, VaultHead},
        vault::RewrapKeys,
    },
};
use std::{cell::Cell, rc::Rc};

#[tokio::test(flavor = "current_thread")]
async fn keys_are_wrapped_to_nobody_for_the_servers_word() {
    let past = Past::make().await;
    let own = past.session.make_personal_vault().await.unwrap().unwrap();
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &[]).await;
    let eve = Founder::invited(&past.server, &past.session, "eve.auditor", &[]).await;
    past.session.set_team_role(eve.identity.member, TeamRole::Auditor).await.unwrap();
    let (vault, plain, auditor) = (past.made.vault, grace.identity.member, eve.identity.member);
    let sent = Rc::new(Cell::new(0));
    let counted = Rc::clone(&sent);
    let mut lie = answers::<SyncTeam>(move |changes| {
        changes.missed = vec![
            MissedKeys { vault, member: plain },
            MissedKeys { vault: own, member: plain },
            MissedKeys { vault: own, member: auditor },
        ];
    });
    past.wire.lie(move |asked, answered| {
        if crate::harness::is_about::<RewrapKeys>(asked) {
            counted.set(counted.get() + 1);
        }
        lie(asked, answered)
    });
    for _ in 0..3 {
        past.session.sync(|_| {}).await.unwrap();
    }
    assert_eq!(sent.get(), 0);
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_of_somebody_else_is_not_shown_for_the_servers_word() {
    let past = Past::make().await;
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &[]).await;
    let hers = grace.session(&past.server, &past.server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    let own = hers.make_personal_vault().await.unwrap().unwrap();
    let head = hers.vaults()[&own].signed_head().unwrap().to_wire();
    past.session.sync(|_| {}).await.unwrap();
    let lie = answers::<SyncTeam>(move |changes| changes.heads.push(VaultHead { vault: own, head: head.clone() }));
    past.wire.lie(lie);
    let report = past.session.sync(|_| {}).await.unwrap();
    let told: Vec<_> = report.damages.iter().map(|damage| (damage.object, damage.vault, damage.fault)).collect();
    assert_eq!(told, [(DamagedObject::Head, Some(own), Fault::Substituted)]);
    assert!(!past.session.vaults().contains_key(&own));
}

#[tokio::test(flavor = "current_thread")]
async fn what_an_auditor_wrote_is_refused_by_everybody() {
    let past = Past::make().await;
    let eve = Founder::invited(&past.server, &past.session, "eve.auditor", &[]).await;
    past.session.set_team_role(eve.identity.member, TeamRole::Auditor).await.unwrap();
    let hers = eve.session(&past.server, &past.server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    let forge = Forge { founder: &eve, session: &hers, vault: past.made.vault };
    let group = past.made.key(past.made.group);
    let write = forge.write([forge.next(group)]);
    // By the server's hand, as if it had taken it.
    let planted = write.clone();
    past.wire.lie(answers::<SyncTeam>(move |changes| {
        for head in &mut changes.heads {
            head.head = planted.head.clone();
        }
    }));
    let told = past.session.sync(|_| {}).await.unwrap().damages;
    assert_eq!(told.iter().map(|damage| (damage.vault, damage.fault)).collect::<Vec<_>>(), []);
    let planted = write.clone();
    past.wire.lie(frames(move |frames| super::plant(frames, &planted)));
    let error = past.session.sync_one(past.made.vault).await;
    let sealward_client::error::Error::Damage(damage) = error.unwrap_err() else { panic!("no damage") };
    assert_eq!(
        (damage.object, damage.author, damage.fault),
        (DamagedObject::Head, Some(eve.identity.member), Fault::NoRight)
    );
    let vaults = past.session.vaults();
    let entry = vaults[&past.made.vault].entry(&group).unwrap();
    assert_eq!((entry.record().context().version, entry.details().unwrap().name()), (Version(1), Furnished::GROUP));
}
