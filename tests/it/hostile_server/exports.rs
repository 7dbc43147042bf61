//! Lies in the answer to an export: another secret, version or file, one too few, one too many, an answer without an end.

use super::{Past, damage_of_sealed};
use crate::harness::{Answered, Asked, Furnished, answers, attach, bytes_of, is_about, read_frames};
use sealward_client::{
    error::{Error, Fault},
    files::FileChanges,
    model::{CustomField, CustomValue, FileRef, ResourceDetails, SecretPayload},
    operations::NewSecret,
    session::{ExportSettings, Exported, Released},
    vault::Details,
};
use sealward_contract::{
    codec,
    ids::{ObjectId, VaultId},
    operations::{
        export::{ExportError, ExportFrame, ExportPlace, ExportSecrets},
        files::GetChunk,
        wire::write_problem,
    },
    record::{LeafKey, RecordKind},
    release::ExportFormat,
};
use std::collections::BTreeSet;

/// A lie in the frames of an export.
fn frames(mut change: impl FnMut(&mut Vec<ExportFrame>)) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    move |asked, answered| {
        if !is_about::<ExportSecrets>(asked) {
            return answered;
        }
        let mut frames = read_frames(&answered.body);
        change(&mut frames);
        Answered { body: frames.iter().flat_map(codec::encode).collect(), ..answered }
    }
}

/// A lie in the records, which stand in the order of the accounts' ids.
fn records(
    mut change: impl FnMut(&mut Vec<sealward_contract::bytes::Bytes>),
) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    frames(move |frames| match &mut frames[0] {
        ExportFrame::Records { records } => change(records),
        ExportFrame::End => panic!("no secrets"),
    })
}

impl Past {
    fn both(&self) -> BTreeSet<(VaultId, LeafKey)> {
        [self.made.first, self.made.second].map(|account| (self.made.vault, self.made.key(account))).into()
    }

    async fn export(&self) -> Result<Exported, Error> {
        self.session.export(&self.both(), &ExportSettings::all(ExportFormat::Backup), |_| {}).await
    }

    /// The accounts in the order in which they are asked for.
    fn in_order(&self) -> [ObjectId; 2] {
        let mut accounts = [self.made.first, self.made.second];
        accounts.sort_unstable();
        accounts
    }
}

#[tokio::test(flavor = "current_thread")]
async fn each_record_is_the_one_that_was_asked_for() {
    let past = Past::make().await;
    let [one, two] = past.in_order();
    let damage = |account, fault| damage_of_sealed(past.made.vault, RecordKind::Secret, account, fault);
    // Exchanged: neither opens under the other's name.
    past.wire.lie(records(|records| records.swap(0, 1)));
    let exported = past.export().await.unwrap();
    assert!(exported.secrets.is_empty());
    assert_eq!(exported.damages, [damage(one, Fault::Substituted), damage(two, Fault::Substituted)]);
    // One of them damaged: the other is given.
    past.wire.lie(records(|records| *records[1].0.last_mut().unwrap() ^= 1));
    let exported = past.export().await.unwrap();
    assert_eq!(exported.damages, [damage(two, Fault::Malformed)]);
    assert_eq!(exported.secrets.keys().copied().collect::<Vec<_>>(), [(past.made.vault, one)]);
    // The same one twice.
    past.wire.lie(records(|records| records[1] = records[0].clone()));
    assert_eq!(past.export().await.unwrap().damages, [damage(two, Fault::Substituted)]);
    past.wire.tell_the_truth();
    let exported = past.export().await.unwrap();
    assert_eq!(exported.released, Released { secrets: 2, earlier: 0, files: 0 });
    assert_eq!((exported.damages.len(), exported.kept_back.len()), (0, 0));
    let value = |account| exported.secrets[&(past.made.vault, account)].value.expose();
    assert_eq!((value(past.made.first), value(past.made.second)), (Furnished::FIRST.1, Furnished::SECOND.1));
}

#[tokio::test(flavor = "current_thread")]
async fn an_answer_that_is_not_the_whole_list_is_none() {
    let past = Past::make().await;
    past.wire.lie(records(|records| drop(records.pop())));
    assert_eq!(past.export().await.map(drop), Err(Error::Unintelligible), "one withheld");
    past.wire.lie(records(|records| records.push(records[0].clone())));
    assert_eq!(past.export().await.map(drop), Err(Error::Unintelligible), "one too many");
    past.wire.lie(frames(|frames| drop(frames.pop())));
    assert_eq!(past.export().await.map(drop), Err(Error::Unreachable), "no end");
    past.wire.lie(frames(|frames| frames.push(ExportFrame::End)));
    assert_eq!(past.export().await.map(drop), Err(Error::Unintelligible), "two ends");
    past.wire.lie(frames(Vec::clear));
    assert_eq!(past.export().await.map(drop), Err(Error::Unreachable), "nothing");
    past.wire.lie(|asked: &Asked<'_>, mut answered: Answered| {
        if is_about::<ExportSecrets>(asked) {
            answered.body.truncate(answered.body.len() / 2);
        }
        answered
    });
    assert_eq!(past.export().await.map(drop), Err(Error::Unreachable), "half of it");
    past.wire.lie(|asked: &Asked<'_>, mut answered: Answered| {
        if is_about::<ExportSecrets>(asked) {
            answered.body = b"<html>".to_vec();
        }
        answered
    });
    assert_eq!(past.export().await.map(drop), Err(Error::Unintelligible), "something else");
}

#[tokio::test(flavor = "current_thread")]
async fn a_server_that_always_says_stale_is_not_asked_for_ever() {
    let past = Past::make().await;
    let place = ExportPlace { vault: past.made.vault, account: past.made.first };
    past.wire.lie(move |asked: &Asked<'_>, answered: Answered| {
        if !is_about::<ExportSecrets>(asked) {
            return answered;
        }
        let (status, body) = write_problem(&ExportError::Deleted(place), None);
        Answered { status, body }
    });
    assert_eq!(past.export().await.map(drop), Err(Error::StaleVersion));
}

impl Past {
    /// Gives the resource a file in a field of its own.
    async fn attach_to_resource(&self, bytes: &[u8]) -> FileRef {
        let (vault, resource) = (self.made.vault, self.made.resource);
        let sent = self.session.upload_bytes(vault, "rack.png", "image/png", bytes).await.unwrap();
        let file = sent.file.clone();
        let field = CustomField { label: "Rack".into(), value: CustomValue::File(file.clone()) };
        let details = ResourceDetails { name: "web-1".into(), custom_fields: vec![field], ..Default::default() };
        let changes = FileChanges { added: vec![sent], removed: Vec::new() };
        let base = self.made.version(&self.session, resource);
        let next = (Details::Resource(Box::new(details)), None);
        self.session.update_entry_with(self.made.item(resource), base, next, &changes).await.unwrap();
        file
    }

    /// Gives an account two further secrets.
    async fn change_twice(&self, account: ObjectId) {
        for secret in ["second", "third"] {
            let secret = NewSecret { payload: SecretPayload::new(secret.into()), score: None };
            self.session.replace_secret(self.made.vault, account, secret, None).await.unwrap();
        }
    }
}

/// The records of the first account are its three versions, then comes the other account's.
#[tokio::test(flavor = "current_thread")]
async fn each_earlier_secret_is_the_one_that_the_next_one_names() {
    let past = Past::make().await;
    let [one, two] = past.in_order();
    past.change_twice(one).await;
    let (vault, original) =
        (past.made.vault, if one == past.made.first { Furnished::FIRST.1 } else { Furnished::SECOND.1 });
    let damage = |account, fault| damage_of_sealed(vault, RecordKind::Secret, account, fault);
    let told = |exported: &Exported| -> Vec<String> {
        let newest = exported.secrets.get(&(vault, one)).map(|secret| secret.value.expose().to_owned());
        let earlier = exported.past.get(&(vault, one)).into_iter().flatten();
        newest.into_iter().chain(earlier.map(|past| past.secret.value.expose().to_owned())).collect()
    };
    type Lie = fn(&mut Vec<sealward_contract::bytes::Bytes>);
    let flip: Lie = |records| *records[1].0.last_mut().unwrap() ^= 1;
    let substituted = Fault::Substituted;
    // What is told, what is given all the same, and what is named.
    let lies: [(&str, Lie, &[&str], &[Fault]); 8] = [
        ("the newest twice", |records| records[1] = records[2].clone(), &["third"], &[substituted]),
        ("the two earlier ones exchanged", |records| records.swap(0, 1), &["third"], &[substituted]),
        ("the oldest twice", |records| records[1] = records[0].clone(), &["third"], &[substituted]),
        (
            "another account's for the oldest",
            |records| records[0] = records[3].clone(),
            &["third", "second"],
            &[substituted],
        ),
        ("an earlier one for the newest", |records| records[2] = records[1].clone(), &[], &[substituted]),
        ("no record", |records| records[0].0 = vec![0x80], &["third", "second"], &[substituted]),
        // Its header still tells which one is before it.
        ("a damaged one in the middle", flip, &["third", "ORIGINAL"], &[Fault::Malformed]),
        (
            "a damaged newest",
            |records| *records[2].0.last_mut().unwrap() ^= 1,
            &["second", "ORIGINAL"],
            &[Fault::Malformed],
        ),
    ];
    for (what, lie, given, faults) in lies {
        past.wire.lie(records(lie));
        let exported = past.export().await.unwrap();
        let given: Vec<&str> = given.iter().map(|text| if *text == "ORIGINAL" { original } else { text }).collect();
        assert_eq!(told(&exported), given, "{what}");
        let expected: Vec<_> = faults.iter().map(|fault| damage(one, *fault)).collect();
        assert_eq!(exported.damages, expected, "{what}");
        assert!(exported.secrets.contains_key(&(vault, two)), "{what}");
    }
    past.wire.lie(records(|records| drop(records.remove(0))));
    assert_eq!(past.export().await.map(drop), Err(Error::Unintelligible), "the oldest withheld");
    past.wire.tell_the_truth();
    let exported = past.export().await.unwrap();
    assert_eq!(told(&exported), ["third", "second", original]);
    assert_eq!(exported.released, Released { secrets: 2, earlier: 2, files: 0 });
}

#[tokio::test(flavor = "current_thread")]
async fn each_file_is_the_one_that_the_catalog_names() {
    let past = Past::make().await;
    let (vault, resource) = (past.made.vault, past.made.resource);
    let one = attach(&past.session, &past.made, &bytes_of(3_000)).await;
    let other = past.attach_to_resource(&bytes_of(5_000)).await;
    let holders = [(vault, past.made.key(past.made.first)), (vault, past.made.key(resource))].into();
    let settings = ExportSettings::all(ExportFormat::Backup);
    let export = || past.session.export(&holders, &settings, |_| {});
    let mut ids = [one.id, other.id];
    ids.sort_unstable();
    let damage = |at: usize, fault| damage_of_sealed(vault, RecordKind::File, ids[at], fault);
    let substituted = Fault::Substituted;
    // One secret, then the two files.
    type Lie = fn(&mut Vec<sealward_contract::bytes::Bytes>);
    let lies: [(&str, Lie, Vec<_>); 4] = [
        ("exchanged", |records| records.swap(1, 2), vec![damage(0, substituted), damage(1, substituted)]),
        ("the same one twice", |records| records[2] = records[1].clone(), vec![damage(1, substituted)]),
        ("a secret for a file", |records| records[1] = records[0].clone(), vec![damage(0, substituted)]),
        ("a flipped bit", |records| *records[2].0.last_mut().unwrap() ^= 1, vec![damage(1, Fault::Malformed)]),
    ];
    for (what, lie, damages) in lies {
        past.wire.lie(records(lie));
        let exported = export().await.unwrap();
        assert_eq!(exported.damages, damages, "{what}");
        assert_eq!(exported.files.len(), 2 - exported.damages.len(), "{what}");
        assert_eq!(exported.secrets.len(), 1, "{what}");
    }
    past.wire.lie(records(|records| drop(records.pop())));
    assert_eq!(export().await.map(drop), Err(Error::Unintelligible), "one withheld");
    past.wire.lie(records(|records| records.push(records[2].clone())));
    assert_eq!(export().await.map(drop), Err(Error::Unintelligible), "one too many");
    // A chunk that is not the one that was sealed: the file is left out, the other one is whole.
    let chunk_of = ids[0].to_string();
    past.wire.lie(move |asked: &Asked<'_>, answered: Answered| {
        let concerned = asked.target.contains(&chunk_of);
        let mut lie = answers::<GetChunk>(|chunk| chunk.sealed.0[40] ^= 1);
        if concerned { lie(asked, answered) } else { answered }
    });
    let exported = export().await.unwrap();
    assert_eq!(exported.damages, [damage(0, substituted)]);
    assert_eq!(exported.files.iter().map(|file| file.id).collect::<Vec<_>>(), [ids[1]]);
    past.wire.tell_the_truth();
    let exported = export().await.unwrap();
    assert_eq!(exported.damages, []);
    let bytes = |id| &exported.files.iter().find(|file| file.id == id).unwrap().bytes;
    assert!(**bytes(one.id) == bytes_of(3_000) && **bytes(other.id) == bytes_of(5_000));
}
