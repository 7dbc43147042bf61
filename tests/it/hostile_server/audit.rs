//! Lies about the audit chain.

use super::{Past, damage};
use crate::harness::answers;
use sealward_client::error::{DamagedObject::Audit, Error, Fault};
use sealward_contract::{crypto::Hash, operations::sync::SyncTeam};

#[tokio::test(flavor = "current_thread")]
async fn an_audit_that_goes_back_is_refused() {
    let past = Past::make().await;
    let refused = Err(Error::Damage(damage(Audit, Fault::RolledBack)));
    let lie = answers::<SyncTeam>(|changes| changes.audit.sequence -= 1);
    assert_eq!(past.lied_to(lie).await, refused);
    let lie = answers::<SyncTeam>(|changes| changes.audit.hash = Hash([7; 32]));
    assert_eq!(past.lied_to(lie).await, refused);
    past.wire.tell_the_truth();
    assert!(past.session.sync(|_| {}).await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn an_audit_from_before_what_the_device_remembers_is_refused() {
    let past = Past::make().await;
    // Signing in adds an event; the lie takes two away.
    let lie = answers::<SyncTeam>(|changes| changes.audit.sequence -= 2);
    let fresh = past.fresh_with(past.session.memory(), lie).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Audit, Fault::RolledBack))));
    // Both sign-ins taken away, and another event in the place of the newest one remembered.
    let lie = answers::<SyncTeam>(|changes| {
        changes.audit.sequence -= 2;
        changes.audit.hash = Hash([7; 32]);
    });
    let fresh = past.fresh_with(past.session.memory(), lie).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Audit, Fault::RolledBack))));
}
