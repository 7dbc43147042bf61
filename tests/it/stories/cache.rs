//! The catalog that a device keeps: opened without the server, brought up to date by what changed, and dropped when it
//! is not what this device wrote down.

use crate::harness::{Founder, Furnished, InProcess, Kept, Person, TestServer, frames, furnished_team, next_of, text};
use sealward_client::{
    error::{Damage, DamagedObject, Error, Fault},
    model::{AccountDetails, VaultDetails},
    operations::{NewAccount, Place},
    session::{NewVault, Session, Unlocking, VaultDrafts},
};
use sealward_contract::{
    bytes::Bytes,
    chain::VaultKind,
    ids::{ObjectId, VaultId},
    operations::sync::SyncFrame,
    record::{LeafKey, RecordKind},
};

/// A team with a furnished vault, and what its founder's device keeps of it.
async fn kept_team() -> (TestServer, Founder, Furnished, Kept, Vec<u8>) {
    let (server, founder, made) = furnished_team().await;
    let session = synced(&server, &founder).await;
    let mut kept = Kept::default();
    assert_eq!(kept.save(&session), 1);
    let memory = session.memory().unwrap();
    (server, founder, made, kept, memory)
}

async fn synced(server: &TestServer, founder: &Founder) -> Session<InProcess> {
    let session = founder.session(server, &server.connect()).await;
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    session
}

fn name(session: &Session<InProcess>, vault: VaultId, key: LeafKey) -> String {
    session.vaults()[&vault].entry(&key).unwrap().details().unwrap().name().to_owned()
}

async fn rename(session: &Session<InProcess>, made: &Furnished, id: ObjectId, to: &str) {
    let drafts = vec![next_of(session, made.vault, made.key(id), to)];
    session.write(&[VaultDrafts { vault: made.vault, drafts }]).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_password_opens_what_was_kept_without_the_server() {
    let server = TestServer::in_memory();
    let ada = Person::create_team(&server, "Northwind", "ada.lovelace", "one two three four").await;
    let session = ada.sign_in(&server).await;
    let made = Furnished::make(&session, "Operations").await;
    let mut kept = Kept::default();
    assert_eq!(kept.save(&session), 1);
    let (identity, memory) = (session.kept_identity(), session.memory().unwrap());
    drop(session);

    let unlock = |password: &str, identity: &[u8]| {
        let unlocking = Unlocking::stretch(ada.device.duplicate().unwrap(), &text(password)).unwrap();
        unlocking.open_kept::<InProcess>(server.surroundings(), identity, Some(&memory))
    };
    assert_eq!(unlock("one two three five", &identity).err(), Some(Error::WrongPassword));
    assert_eq!(unlock("one two three four", &identity[1..]).err(), Some(Error::WrongPassword));
    let offline = unlock("one two three four", &identity).unwrap();
    assert_eq!(kept.restore(&offline), Ok(vec![made.vault]));
    assert_eq!(name(&offline, made.vault, made.key(made.first)), Furnished::FIRST.0);
    assert_eq!(offline.directory().team_name(), "Northwind");
    assert_eq!(offline.verify_some(usize::MAX), (vec![], false));
    assert_eq!(offline.heard(), server.clock.now());

    // Secrets are not there, and nothing can be changed.
    assert_eq!(offline.sync(|_| {}).await, Err(Error::Unreachable));
    assert_eq!(offline.release(made.vault, made.first).await.err(), Some(Error::Unreachable));
    let account = NewAccount { details: AccountDetails { name: "new".into(), ..Default::default() }, secret: None };
    let place = Place { vault: made.vault, parent: made.resource };
    assert_eq!(offline.create_account(place, account).await.err(), Some(Error::Unreachable));
    assert_eq!(name(&offline, made.vault, made.key(made.first)), Furnished::FIRST.0);
    // What was remembered is not lowered by a session that heard nothing: the newest places still are the same ones.
    let again = Unlocking::stretch(ada.device.duplicate().unwrap(), &text("one two three four")).unwrap();
    let remembered = offline.memory().unwrap();
    let online =
        again.sign_in(sealward_client::api::Api::new(server.connect()), server.surroundings(), "b", Some(&remembered));
    let online = online.await.unwrap();
    assert_eq!(kept.restore(&online), Ok(vec![made.vault]));
    assert_eq!(online.sync(|_| {}).await.unwrap().changed, 0);
    assert_eq!(online.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
}

#[tokio::test(flavor = "current_thread")]
async fn only_what_changed_is_fetched() {
    let (server, founder, made, kept, memory) = kept_team().await;
    let other = synced(&server, &founder).await;
    rename(&other, &made, made.resource, "web-1 renamed").await;

    let wire = server.connect();
    let session = founder.session_with(&server, &wire, Some(memory)).await;
    assert_eq!(kept.restore(&session), Ok(vec![made.vault]));
    let before = server.recorded.all().len();
    assert_eq!(session.sync(|_| {}).await.unwrap().changed, 1);
    let asked: Vec<String> =
        server.recorded.all().split_off(before).into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()).collect();
    assert!(asked.iter().any(|target| target.contains("sync?from=2")), "{asked:?}");
    assert!(asked.iter().any(|target| target.contains("sync?after=2")), "{asked:?}");
    assert_eq!(name(&session, made.vault, made.key(made.resource)), "web-1 renamed");
    assert_eq!(name(&session, made.vault, made.key(made.first)), Furnished::FIRST.0);
    // And it writes on from there.
    rename(&session, &made, made.group, "Staging").await;
    assert_eq!(synced(&server, &founder).await.vaults()[&made.vault].head().sequence, 4);
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_made_since_comes_with_the_rest() {
    let (server, founder, made, kept, memory) = kept_team().await;
    let other = synced(&server, &founder).await;
    let details = VaultDetails { name: "Second".into(), ..Default::default() };
    let second = other.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
    other.start_epoch(made.vault).await.unwrap();
    rename(&other, &made, made.group, "under new keys").await;

    let session = founder.session_with(&server, &server.connect(), Some(memory)).await;
    kept.restore(&session).unwrap();
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(name(&session, made.vault, made.key(made.group)), "under new keys");
    assert_eq!(session.vaults()[&second].head().sequence, 1);
    // Statements of its own are kept like those of others.
    let mut kept_by_other = Kept::default();
    kept_by_other.save(&other);
    let third = founder.session(&server, &server.connect()).await;
    assert_eq!(kept_by_other.restore(&third).unwrap().len(), 2);
    assert_eq!(third.sync(|_| {}).await.unwrap().changed, 0);
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_altered_is_dropped_and_fetched_whole() {
    let (server, founder, made, kept, memory) = kept_team().await;
    let name_of_chunk = *kept.chunks.keys().next().unwrap();
    let wire = server.connect();
    let session = || founder.session_with(&server, &wire, Some(memory.clone()));

    // Whatever is changed in the manifest: nothing of it is taken.
    let manifest = kept.manifest.clone().unwrap();
    for at in [0, 5, 40, 80, manifest.len() / 2, manifest.len() - 1] {
        let mut altered = kept.clone();
        altered.manifest.as_mut().unwrap()[at] ^= 1;
        let session = session().await;
        assert!(altered.restore(&session).is_err(), "byte {at}");
        assert!(session.chain().is_none() && session.vaults().is_empty());
        assert!(session.sync(|_| {}).await.unwrap().changed > 5);
        assert_eq!(name(&session, made.vault, made.key(made.first)), Furnished::FIRST.0);
    }
    // Whatever is changed in a chunk, and without it: its vault is not shown.
    let chunk = kept.chunks[&name_of_chunk].clone();
    let mut altered: Vec<Kept> = [0, 5, 40, 80, chunk.len() / 2, chunk.len() - 1]
        .into_iter()
        .map(|at| {
            let mut altered = kept.clone();
            altered.chunks.get_mut(&name_of_chunk).unwrap()[at] ^= 1;
            altered
        })
        .collect();
    altered.push(Kept { chunks: Default::default(), ..kept.clone() });
    for altered in altered {
        let session = session().await;
        assert_eq!(altered.restore(&session), Ok(vec![]));
        assert!(session.vaults()[&made.vault].entries().next().is_none());
        assert!(session.sync(|_| {}).await.unwrap().changed > 5);
        assert_eq!(name(&session, made.vault, made.key(made.first)), Furnished::FIRST.0);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn what_belongs_to_another_team_or_member_is_dropped() {
    let (server, founder, _, kept, _) = kept_team().await;
    // Another team of the same server, and the same keys under another team's name.
    let stranger = Founder::found(&server, "eve").await;
    let strange = stranger.session(&server, &server.connect()).await;
    assert!(kept.restore(&strange).is_err());
    assert!(strange.chain().is_none());
    assert_eq!(strange.sync(|_| {}).await.unwrap().damages, []);

    // The stranger's cache for the founder.
    let made = Furnished::make(&strange, "Evil").await;
    let mut evil = Kept::default();
    evil.save(&strange);
    let session = founder.session(&server, &server.connect()).await;
    assert!(evil.restore(&session).is_err());
    // Its chunk in the founder's cache.
    let mut mixed = kept.clone();
    let (own, foreign) = (*mixed.chunks.keys().next().unwrap(), evil.chunks.values().next().unwrap().clone());
    mixed.chunks.insert(own, foreign);
    assert_eq!(mixed.restore(&session), Ok(vec![]));
    assert!(!session.vaults().contains_key(&made.vault));
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_older_than_this_device_has_seen_is_dropped() {
    let (server, founder, made, old, _) = kept_team().await;
    let session = synced(&server, &founder).await;
    rename(&session, &made, made.resource, "newer").await;
    let mut new = old.clone();
    assert_eq!(new.save(&session), 1);
    let memory = session.memory();

    // All of it is older: it is not shown, and the server is asked for the whole.
    let device = founder.session_with(&server, &server.connect(), memory.clone()).await;
    assert_eq!(old.restore(&device), Ok(vec![]));
    assert!(device.vaults()[&made.vault].entries().next().is_none());
    assert_eq!(device.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(name(&device, made.vault, made.key(made.resource)), "newer");
    // An older chunk under the newer manifest, and the other way round.
    for mixed in [
        Kept { manifest: new.manifest.clone(), chunks: old.chunks.clone() },
        Kept { manifest: old.manifest.clone(), chunks: new.chunks.clone() },
    ] {
        let device = founder.session_with(&server, &server.connect(), None).await;
        assert_eq!(mixed.restore(&device), Ok(vec![]));
    }
    // Without a memory the older one is as good as any: the server still has to extend it.
    let device = founder.session_with(&server, &server.connect(), None).await;
    assert_eq!(old.restore(&device), Ok(vec![made.vault]));
    assert_eq!(device.sync(|_| {}).await.unwrap().changed, 1);

    // A chain that is older is dropped with everything under it.
    session.start_epoch(made.vault).await.unwrap();
    let device = founder.session_with(&server, &server.connect(), session.memory()).await;
    let refused = Damage::of(DamagedObject::Chain, Fault::RolledBack);
    assert_eq!(new.restore(&device), Err(Error::Damage(refused)));
    assert!(device.chain().is_none());
}

/// The server cannot go back behind what was kept, even if nothing else is remembered.
#[tokio::test(flavor = "current_thread")]
async fn a_server_that_goes_back_behind_it_is_refused() {
    let (server, founder, made, _, _) = kept_team().await;
    let session = synced(&server, &founder).await;
    let old = session.vaults()[&made.vault].signed_head().unwrap().to_wire();
    rename(&session, &made, made.resource, "newer").await;
    let mut kept = Kept::default();
    kept.save(&session);

    let wire = server.connect();
    let device = founder.session_with(&server, &wire, None).await;
    assert_eq!(kept.restore(&device), Ok(vec![made.vault]));
    rename(&session, &made, made.resource, "newest").await;
    wire.lie(frames(move |frames| {
        frames.retain(|frame| !matches!(frame, SyncFrame::Records { .. } | SyncFrame::Rests { .. }));
        for frame in frames.iter_mut() {
            if let SyncFrame::Head { head } = frame {
                *head = Bytes(old.0.clone());
            }
        }
    }));
    let report = device.sync(|_| {}).await.unwrap();
    assert_eq!(report.damages.iter().map(|damage| damage.fault).collect::<Vec<_>>(), [Fault::RolledBack]);
    // A refused vault is not kept: the next time it is fetched whole, or refused again.
    kept.save(&device);
    assert_eq!(kept.chunks.len(), 0);
}

#[tokio::test(flavor = "current_thread")]
async fn only_the_chunks_that_changed_are_written_again() {
    let (server, founder, made, mut kept, _) = kept_team().await;
    let session = synced(&server, &founder).await;
    let place = Place { vault: made.vault, parent: made.resource };
    let numbers = session.take_numbers(3_500).await.unwrap();
    let drafts = numbers
        .into_iter()
        .map(|number| {
            let id = ObjectId(session.surroundings().make_id());
            crate::harness::draft_account(id, place.parent, number, &format!("account {}", number.0))
        })
        .collect();
    session.write_many(made.vault, drafts, |_| {}).await.1.unwrap();
    // 3,500 records of 640 bytes are 2.2 MiB: four chunks.
    assert_eq!(kept.save(&session), 4);
    assert_eq!(kept.save(&session), 0);
    let before = kept.clone();
    rename(&session, &made, made.first, "renamed").await;
    assert_eq!(kept.save(&session), 1);
    let changed = kept.chunks.iter().filter(|(name, bytes)| before.chunks.get(name) != Some(*bytes)).count();
    assert_eq!(changed, 1);
    let restored = founder.session_with(&server, &server.connect(), session.memory()).await;
    assert_eq!(kept.restore(&restored), Ok(vec![made.vault]));
    assert_eq!(restored.vaults()[&made.vault].entries().count(), 3_505);
    assert_eq!(name(&restored, made.vault, made.key(made.first)), "renamed");
    assert_eq!(restored.sync(|_| {}).await.unwrap().changed, 0);
    assert!(before.restore(&founder.session_with(&server, &server.connect(), None).await).is_ok());
}

/// One damaged entry is shown as damaged, and its vault is fetched whole the next time.
#[tokio::test(flavor = "current_thread")]
async fn a_vault_with_a_damaged_entry_is_not_kept() {
    let (server, founder, made, _, _) = kept_team().await;
    let wire = server.connect();
    let session = founder.session_with(&server, &wire, None).await;
    wire.lie(frames(|frames| {
        for frame in frames.iter_mut() {
            if let SyncFrame::Records { records } = frame {
                let last = records.last_mut().unwrap();
                let end = last.0.len() - 1;
                last.0[end] ^= 1;
            }
        }
    }));
    session.sync(|_| {}).await.unwrap();
    let damaged = session.vaults()[&made.vault].entries().filter(|(_, entry)| entry.details().is_err()).count();
    assert_eq!(damaged, 1);
    let mut kept = Kept::default();
    assert_eq!(kept.save(&session), 0);
    assert!(kept.manifest.is_some() && kept.chunks.is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn facts_that_were_known_need_no_fetching() {
    let (server, founder, made, mut kept, _) = kept_team().await;
    let session = synced(&server, &founder).await;
    let (known, damages) = session.fetch_facts(made.vault).await.unwrap();
    assert_eq!((known.len(), damages.len()), (2, 0));
    // They are more than was kept before: the chunk is made once more.
    assert_eq!(kept.save_with(&session, &|_, account| known.get(account).cloned()), 1);
    let restored = founder.session_with(&server, &server.connect(), None).await;
    assert_eq!(kept.restore(&restored), Ok(vec![made.vault]));
    let mut told = restored.take_drafted_facts();
    told.sort_by_key(|(_, account, _)| *account);
    let expected: Vec<_> = known.iter().map(|(account, facts)| (made.vault, *account, facts.clone())).collect();
    assert_eq!(told, expected);
}

/// What lies on the disk says nothing to whoever finds it; opened, it holds the names and never a secret.
#[tokio::test(flavor = "current_thread")]
async fn nothing_of_it_can_be_read() {
    let (server, founder, made, kept, _) = kept_team().await;
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let words = [Furnished::GROUP, Furnished::RESOURCE, "deploy", "Operations", "ada.lovelace"];
    let on_disk: Vec<&Vec<u8>> = kept.chunks.values().chain(&kept.manifest).collect();
    assert!(!on_disk.iter().any(|bytes| words.iter().any(|word| holds(bytes, word))));

    let session = founder.session(&server, &server.connect()).await;
    let mut restoring = session.begin_restoring(kept.manifest.as_deref().unwrap()).unwrap();
    let (chunk, bytes) = kept.chunks.iter().next().unwrap();
    let opened = session.begin_chunk(&restoring, chunk, bytes).unwrap().finish().unwrap();
    // The control: the search finds what is there.
    assert!([Furnished::GROUP, Furnished::RESOURCE, "deploy"].iter().all(|word| holds(&opened, word)));
    assert!(![Furnished::FIRST.1, Furnished::SECOND.1].iter().any(|secret| holds(&opened, secret)));
    assert_eq!(session.take_chunk(&mut restoring, chunk, &opened), Ok(true));
    let kinds: Vec<RecordKind> = session.vaults()[&made.vault].entries().map(|(key, _)| key.kind).collect();
    assert!(kinds.iter().all(|kind| kind.is_catalog()));
    // The same chunk a second time is none.
    assert!(session.take_chunk(&mut restoring, chunk, &opened).is_err());
}
