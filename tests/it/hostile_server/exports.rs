//! Lies in the answer to an export: another secret, one too few, one too many, an answer without an end.

use super::{Past, damage_of_sealed};
use crate::harness::{Answered, Asked, Furnished, is_about, read_frames};
use sealward_client::{
    error::{Error, Fault},
    session::Exported,
};
use sealward_contract::{
    codec,
    ids::{ObjectId, VaultId},
    operations::{
        export::{ExportError, ExportFrame, ExportPlace, ExportSecrets},
        wire::write_problem,
    },
    record::RecordKind,
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
        ExportFrame::Secrets { records } => change(records),
        ExportFrame::End => panic!("no secrets"),
    })
}

impl Past {
    fn both(&self) -> BTreeSet<(VaultId, ObjectId)> {
        [self.made.first, self.made.second].map(|account| (self.made.vault, account)).into()
    }

    async fn export(&self) -> Result<Exported, Error> {
        self.session.export(&self.both(), ExportFormat::Backup, |_| {}).await
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
    assert_eq!((exported.released, exported.damages.len(), exported.kept_back.len()), (2, 0, 0));
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
