//! Asking for many secrets with statements that are not right.

use super::{Scene, told};
use crate::harness::{Answered, attach, bytes_of};
use sealward_client::operations::Item;
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, Signature, Signed, context::Label},
    file::ChunkIndex,
    ids::{MemberId, ObjectId, ReleaseId, Timestamp, VaultId, Version},
    limits,
    operations::{
        TeamPath,
        export::{ExportRequest, ExportSecrets},
        files::{ChunkPath, GetChunk},
    },
    record::{ChainPosition, RecordKind},
    release::{ExportFormat, ExportStatement, ExportedFile, ExportedSecret, ReleaseStatement},
    suite::SUITE,
};

impl Scene {
    /// Both secrets of the vault.
    fn export_statement(&self) -> ExportStatement {
        let listed = |account| ExportedSecret { vault: self.made.vault, account, version: Version(1) };
        let mut secrets = vec![listed(self.made.first), listed(self.made.second)];
        secrets.sort_unstable();
        ExportStatement {
            suite: SUITE,
            id: ReleaseId(self.session.surroundings().make_id()),
            team: self.founder.team,
            member: self.founder.identity.member,
            position: self.forge().position(),
            time: self.server.clock.now(),
            secrets,
            format: ExportFormat::Csv,
            reason: None,
            files: vec![],
        }
    }

    async fn ask_for_export(&self, statement: ExportStatement) -> Answered {
        self.send_export(self.founder.identity.signing.sign(statement).to_wire()).await
    }

    async fn send_export(&self, statement: Bytes) -> Answered {
        self.call::<ExportSecrets>(TeamPath { team: self.founder.team }, Some(&ExportRequest { statement })).await
    }

    async fn fetch_chunk(&self, id: ObjectId) -> Answered {
        let path = ChunkPath { team: self.founder.team, vault: self.made.vault, id, index: ChunkIndex(0) };
        self.call::<GetChunk>(path, None).await
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_export_is_for_a_list_of_one_member_now() {
    let scene = Scene::set().await;
    let right = scene.export_statement();
    let before = scene.audit_events().await;
    let unknown = ChainPosition { hash: Hash([7; 32]), ..right.position };
    let [first, second] = [right.secrets[0], right.secrets[1]];
    let cases = [
        ("another suite", ExportStatement { suite: 2, ..right.clone() }),
        ("another team", ExportStatement { team: scene.others.0.team, ..right.clone() }),
        ("another member", ExportStatement { member: MemberId([7; 16]), ..right.clone() }),
        ("another chain's place", ExportStatement { position: unknown, ..right.clone() }),
        ("nothing", ExportStatement { secrets: vec![], ..right.clone() }),
        ("a secret twice", ExportStatement { secrets: vec![first, first, second], ..right.clone() }),
        ("secrets out of order", ExportStatement { secrets: vec![second, first], ..right.clone() }),
        (
            "a reason that is too long",
            ExportStatement { reason: Some(Bytes(vec![1; limits::SEALED_REASON + 1])), ..right.clone() },
        ),
    ];
    for (what, statement) in cases {
        let answered = scene.ask_for_export(statement).await;
        assert_eq!(told(&answered), (422, "release_refused".to_owned()), "{what}");
    }
    let times = [
        ("a time that is still to come", right.time.plus_millis(limits::CLOCK_SKEW + 1)),
        ("a time long past", Timestamp(right.time.0 - limits::CLOCK_SKEW - 1)),
    ];
    for (what, time) in times {
        let answered = scene.ask_for_export(ExportStatement { time, ..right.clone() }).await;
        assert_eq!(told(&answered), (422, "clock_refused".to_owned()), "{what}");
    }
    let by_other = scene.others.0.identity.signing.sign(right.clone());
    let unsigned: Signed<ExportStatement> = Signed::new(right.clone(), Signature([0; 64]));
    let mut trailing = scene.founder.identity.signing.sign(right.clone()).to_wire();
    trailing.0.push(0);
    for statement in [by_other.to_wire(), unsigned.to_wire(), trailing, Bytes(vec![]), Bytes(b"please".to_vec())] {
        assert_eq!(told(&scene.send_export(statement).await), (422, "release_refused".to_owned()));
    }
    assert_eq!(scene.audit_events().await, before, "what was not released is not written down as such");

    assert_eq!(scene.ask_for_export(right.clone()).await.status, 200);
    assert_eq!(scene.audit_events().await, before + 1, "one event for the whole list");
    let again = ExportStatement { time: right.time.plus_millis(1), ..right };
    assert_eq!(told(&scene.ask_for_export(again).await), (422, "release_refused".to_owned()));
    assert_eq!(scene.audit_events().await, before + 1);
}

#[tokio::test(flavor = "current_thread")]
async fn none_is_released_when_one_is_not_to_be_had() {
    let scene = Scene::set().await;
    let right = scene.export_statement();
    let before = scene.audit_events().await;
    let with = |change: &dyn Fn(&mut ExportedSecret)| {
        let mut statement = right.clone();
        change(statement.secrets.last_mut().unwrap());
        statement
    };
    let theirs = scene.others.1.vault;
    let cases = [
        (with(&|secret| secret.version = Version(2)), (409, "stale_version".to_owned())),
        (with(&|secret| secret.account.0 = [0xff; 16]), (404, "not_found".to_owned())),
        (with(&|secret| secret.vault = VaultId([0xff; 16])), (404, "not_found".to_owned())),
        (
            ExportStatement {
                secrets: {
                    let mut secrets = right.secrets.clone();
                    secrets.push(ExportedSecret { vault: theirs, ..right.secrets[0] });
                    secrets.sort_unstable();
                    secrets
                },
                ..right.clone()
            },
            (404, "not_found".to_owned()),
        ),
    ];
    for (number, (statement, expected)) in cases.into_iter().enumerate() {
        assert_eq!(told(&scene.ask_for_export(statement).await), expected, "case {number}");
    }
    assert_eq!(scene.audit_events().await, before);
    let item = Item::within(scene.made.vault, RecordKind::Account, scene.made.first);
    scene.session.delete_items(&[item], |_, _, _| {}).await.whole().unwrap();
    let after_deleting = scene.audit_events().await;
    assert_eq!(told(&scene.ask_for_export(right).await), (410, "deleted".to_owned()));
    assert_eq!(scene.audit_events().await, after_deleting);
    assert_eq!(after_deleting, before + 1, "the deletion alone was written down");
}

/// One purpose's signature is worth nothing for the other.
#[tokio::test(flavor = "current_thread")]
async fn a_release_is_no_export() {
    let scene = Scene::set().await;
    let export = scene.export_statement();
    let bytes = sealward_contract::codec::encode(&export);
    let signature = scene.founder.identity.signing.sign_bytes(Label::Release, &bytes);
    let wire = Signed::new(export.clone(), signature).to_wire();
    assert_eq!(told(&scene.send_export(wire).await), (422, "release_refused".to_owned()));
    let release = ReleaseStatement {
        suite: SUITE,
        id: export.id,
        team: export.team,
        vault: scene.made.vault,
        account: scene.made.first,
        version: Version(1),
        member: export.member,
        position: export.position,
        time: export.time,
        reason: None,
    };
    let wire = scene.founder.identity.signing.sign(release).to_wire();
    assert_eq!(told(&scene.send_export(wire).await), (422, "release_refused".to_owned()));
}

/// A file is judged like a secret, and none of its chunks is had by an export that was refused.
#[tokio::test(flavor = "current_thread")]
async fn no_file_is_released_when_one_thing_is_not_to_be_had() {
    let scene = Scene::set().await;
    let (vault, theirs) = (scene.made.vault, &scene.others.1);
    let file = attach(&scene.session, &scene.made, &bytes_of(300)).await.id;
    let listed = ExportedFile { vault, id: file, version: Version(1) };
    let right = ExportStatement { files: vec![listed], ..scene.export_statement() };
    let before = scene.audit_events().await;
    let with = |changed: ExportedFile| {
        let mut files = vec![listed, changed];
        files.sort_unstable();
        ExportStatement { files, ..right.clone() }
    };
    let unknown = (404, "not_found".to_owned());
    let refused = (422, "release_refused".to_owned());
    let stale = (409, "stale_version".to_owned());
    let secret = ExportedSecret { vault, account: theirs.first, version: Version(1) };
    let cases = [
        ("another team's vault", with(ExportedFile { vault: theirs.vault, ..listed }), unknown.clone()),
        ("a file of another team", with(ExportedFile { id: theirs.first, ..listed }), unknown.clone()),
        ("a secret for a file", with(ExportedFile { id: scene.made.second, ..listed }), unknown.clone()),
        ("the next version", with(ExportedFile { version: Version(2), ..listed }), stale),
        ("twice", ExportStatement { files: vec![listed, listed], ..right.clone() }, refused),
        ("a secret that is not there", ExportStatement { secrets: vec![secret], ..right.clone() }, unknown.clone()),
    ];
    for (what, statement, expected) in cases {
        assert_eq!(told(&scene.ask_for_export(statement).await), expected, "{what}");
        assert_eq!(told(&scene.fetch_chunk(file).await), (403, "not_released".to_owned()), "{what}");
    }
    assert_eq!(scene.audit_events().await, before);
    assert_eq!(scene.ask_for_export(right).await.status, 200);
    assert_eq!(scene.fetch_chunk(file).await.status, 200);
    assert_eq!(scene.audit_events().await, before + 1, "one event for all, and none for the chunks");
}
