//! Lies about the directory's new key when somebody leaves.

use super::Past;
use crate::harness::{Founder, answers};
use sealward_client::{
    error::{DamagedObject, Fault},
    model::ProfileDetails,
};
use sealward_contract::{ids::Epoch, operations::sync::SyncTeam, record::RecordKind};

#[tokio::test(flavor = "current_thread")]
async fn a_new_key_that_is_kept_back_or_exchanged_hides_new_names_and_stops_nothing() {
    let past = Past::make().await;
    let eve = Founder::invited(&past.server, &past.session, "eve.stays", &[]).await;
    let bob = Founder::invited(&past.server, &past.session, "bob.leaves", &[]).await;
    let wire = past.server.connect();
    let hers = eve.session(&past.server, &wire).await;
    hers.sync(|_| {}).await.unwrap();
    past.session.sync(|_| {}).await.unwrap();
    past.session.remove_member(bob.identity.member).await.unwrap();
    let (ada, base) = {
        let own = past.session.member();
        let base = past.session.directory().profile(&own).map(|listed| listed.version);
        (own, base)
    };
    let profile = ProfileDetails { full_name: "Ada afterwards".into(), ..Default::default() };
    past.session.write_profile(ada, base, &profile).await.unwrap();

    // Kept back; then another envelope in its place.
    for exchanged in [false, true] {
        wire.lie(answers::<SyncTeam>(move |changes| {
            for given in &mut changes.envelopes {
                if given.vault.is_none() && given.epoch == Epoch(2) && exchanged {
                    given.envelope.sealed.0.fill(9);
                }
            }
            if !exchanged {
                changes.envelopes.retain(|given| given.vault.is_some() || given.epoch != Epoch(2));
            }
        }));
        let report = hers.sync(|_| {}).await.unwrap();
        let found = &report.damages;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].object, DamagedObject::Record(RecordKind::Profile));
        assert_eq!(found[0].fault, Fault::Unopenable);
        let shown = hers.directory().profile(&ada).map(|listed| listed.details.full_name.clone());
        assert_eq!(shown.as_deref(), Some("ada.lovelace in full"), "what was there before is still shown");
    }
    wire.tell_the_truth();
    assert_eq!(hers.sync(|_| {}).await.unwrap().damages, [], "the names come as soon as the key does");
    assert_eq!(hers.directory().profile(&ada).unwrap().details.full_name, "Ada afterwards");
    let fresh = eve.session(&past.server, &past.server.connect()).await;
    assert_eq!(fresh.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(fresh.directory().profile(&ada).unwrap().details.full_name, "Ada afterwards");
}
