//! What somebody who was removed can still do with everything that they ever had, and everything that the server has.

use crate::harness::{Founder, Furnished, furnished_team, next_of};
use sealward_client::{
    api::Api,
    crypto::{
        hpke::{self, Envelope as Wrapped},
        sealing::{self, Sealed},
    },
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::VaultDrafts,
    vault::{VaultKeys, unwrap_keys},
};
use sealward_contract::{
    chain::VaultRole,
    crypto::context::{of_record, of_vault_envelope},
    ids::{Epoch, Version},
    operations::{
        Empty, ObjectPath, VaultPath,
        records::{GetAccount, GetResourceGroup},
        vault::ListEnvelopes,
    },
    record::{Record, Tier},
};
use sealward_server::maintenance::verify::verify;
use std::rc::Rc;

/// Whether any of these keys opens a record.
fn opens(keys: &[Rc<VaultKeys>], record: &Record) -> bool {
    let header = record.header();
    let sealed =
        || Sealed { salt: header.salt, commitment: header.commitment, bytes: record.payload().unwrap().0.clone() };
    let context = of_record(record.context());
    keys.iter().any(|keys| {
        let all = [Some(&keys.catalog), keys.open.as_ref()];
        all.into_iter().flatten().any(|key| sealing::open(key, &context, &sealed()).is_ok())
    })
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_written_after_a_removal_stays_closed_to_the_removed() {
    let (server, founder, made) = furnished_team().await;
    let created = founder.sign_in(&server).await;
    let ada = founder.take_over(&server, &server.connect(), &created, None);
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    ada.start_epoch(made.vault).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    let had: Vec<Rc<VaultKeys>> = hers.vaults()[&made.vault].keys.values().cloned().collect();
    assert_eq!(had.len(), 2);

    let object = |id| ObjectPath { team: founder.team, vault: made.vault, id };
    let api = Api::new(server.connect());
    let (of_group, of_account, none) = (object(made.group), object(made.first), Empty {});
    let before = api.call::<GetResourceGroup>(Some(&created.token), &of_group, &none, &none, None);
    let before = Record::parse(&before.await.unwrap().record).unwrap();
    assert!(opens(&had, &before), "the keys that she had open what was written before");

    ada.remove_member(grace.identity.member).await.unwrap();
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("after".into()), score: None });
    ada.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    let draft = next_of(&ada, made.vault, made.key(made.group), "after");
    ada.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();

    // Every record as the server has it, the secret too: its payload comes by a release, under the same keys.
    let group = api.call::<GetResourceGroup>(Some(&created.token), &of_group, &none, &none, None);
    let account = api.call::<GetAccount>(Some(&created.token), &of_account, &none, &none, None);
    for wire in [group.await.unwrap().record, account.await.unwrap().record] {
        let record = Record::parse(&wire).unwrap();
        assert_eq!((record.context().epoch, record.context().tier), (Epoch(3), Tier::Catalog));
        assert!(!opens(&had, &record));
    }
    // Everything that ever went over any wire: no envelope in it opens under her key as one of the new epoch.
    let vault = VaultPath { team: founder.team, vault: made.vault };
    let kept = api.call::<ListEnvelopes>(Some(&created.token), &vault, &Empty {}, &Empty {}, None).await.unwrap();
    assert_eq!(kept.envelopes.iter().map(|one| one.epoch).max(), Some(Epoch(3)));
    let (team, id) = (&founder.team, &made.vault);
    for one in kept.envelopes.iter().filter(|one| one.epoch == Epoch(3)) {
        for recipient in [&founder.identity.member, &grace.identity.member] {
            let own = (recipient, &hpke::Unwrapper::new(&grace.identity.wrapping));
            assert!(unwrap_keys(&one.envelope.sealed, team, id, Epoch(3), own).is_err());
        }
    }
    let info = of_vault_envelope(team, id, Epoch(3), &grace.identity.member);
    for bytes in server.recorded.all() {
        for at in 0..bytes.len().saturating_sub(1_300).min(4_096) {
            // Only where a byte string of an envelope's size may begin, or this would take minutes.
            if bytes[at] == 0x59 && (4..6).contains(&bytes[at + 1]) {
                let length = usize::from(bytes[at + 1]) << 8 | usize::from(bytes[at + 2]);
                let Some(sealed) = bytes.get(at + 3..at + 3 + length) else { continue };
                let Some(wrapped) = Wrapped::from_bytes(sealed.to_vec()) else { continue };
                assert!(hpke::unwrap(&grace.identity.wrapping, &info, &[], &wrapped).is_err());
            }
        }
    }
    // Nor does the server give her anything more.
    assert!(grace.try_sign_in(&server).await.is_err());
    assert!(hers.sync(|_| {}).await.is_err());
    // What is kept is what the chain says, and nothing more.
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
    // Whoever stays reads it all, what was written before too.
    let fresh = founder.session(&server, &server.connect()).await;
    assert_eq!(fresh.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(fresh.release(made.vault, made.first).await.unwrap().value.expose(), "after");
    assert_eq!(fresh.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
}
