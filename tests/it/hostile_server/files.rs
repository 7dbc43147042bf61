//! Lies about files: another's record, and chunks that were flipped, cut off, exchanged or left out.

use super::{Past, damage_of_sealed};
use crate::harness::{answers, attach, bytes_of};
use sealward_client::error::{Error, Fault};
use sealward_contract::{
    bytes::Bytes,
    operations::files::{GetChunk, ReleaseFile, Upload},
    record::RecordKind,
};
use std::{cell::RefCell, rc::Rc};

const MIB: usize = 1 << 20;

#[tokio::test(flavor = "current_thread")]
async fn another_chunk_than_the_one_that_was_sealed_is_refused() {
    let past = Past::make().await;
    let bytes = bytes_of(3 * MIB);
    let other = attach(&past.session, &past.made, &bytes).await;
    let file = attach(&past.session, &past.made, &bytes).await;
    let account = past.made.first;
    // What the server has of both, as it would be given now.
    let chunks = async |file| {
        let taken = Rc::new(RefCell::new(Vec::new()));
        let keep = taken.clone();
        past.wire.lie(answers::<GetChunk>(move |chunk| keep.borrow_mut().push(chunk.sealed.clone())));
        past.session.download_bytes(past.made.vault, account, file).await.unwrap();
        past.wire.tell_the_truth();
        taken.take()
    };
    let (mine, others) = (chunks(&file).await, chunks(&other).await);
    let mut flipped = mine[0].clone();
    flipped.0[70_000] ^= 1;
    let mut longer = mine[0].clone();
    longer.0.push(0);
    let lies = [
        ("another chunk of it", mine[1].clone()),
        ("its last chunk first", mine[2].clone()),
        ("another file's chunk", others[0].clone()),
        ("a flipped bit", flipped),
        ("a byte more", longer),
        ("a part of it", Bytes(mine[0][..MIB].to_vec())),
        ("nothing", Bytes(Vec::new())),
    ];
    let expected = damage_of_sealed(past.made.vault, RecordKind::File, file.id, Fault::Substituted);
    for (what, lie) in lies {
        past.wire.lie(answers::<GetChunk>(move |chunk| chunk.sealed = lie.clone()));
        let mut download = past.session.open_file(past.made.vault, account, &file).await.unwrap();
        let given = RefCell::new(0);
        let sink = async |piece: zeroize::Zeroizing<Vec<u8>>| {
            *given.borrow_mut() += piece.len();
            Ok(())
        };
        let refused = past.session.download(&mut download, sink, |_| {}).await;
        assert_eq!((refused, given.take()), (Err(Error::Damage(expected)), 0), "{what}");
        // Nothing is lost: the truth goes on from there.
        past.wire.tell_the_truth();
        past.session.download(&mut download, async |_| Ok(()), |_| {}).await.unwrap();
        assert_eq!(download.received(), 3 * MIB as u64);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn another_record_than_the_files_is_refused() {
    let past = Past::make().await;
    let other = attach(&past.session, &past.made, b"another").await;
    let file = attach(&past.session, &past.made, b"this one").await;
    let (vault, account) = (past.made.vault, past.made.first);
    let taken = Rc::new(RefCell::new(Bytes(Vec::new())));
    let keep = taken.clone();
    past.wire.lie(answers::<ReleaseFile>(move |listed| *keep.borrow_mut() = listed.record.clone()));
    past.session.release_file(vault, account, other.id).await.unwrap();
    let others = taken.take();
    let mut flipped = others.0.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (lie, fault) in [(others, Fault::Substituted), (Bytes(flipped), Fault::Malformed)] {
        past.wire.lie(answers::<ReleaseFile>(move |listed| listed.record = lie.clone()));
        let released = past.session.release_file(vault, account, file.id).await.map(drop);
        assert_eq!(released, Err(Error::Damage(damage_of_sealed(vault, RecordKind::File, file.id, fault))));
    }
    past.wire.tell_the_truth();
    assert_eq!(**past.session.download_bytes(vault, account, &file).await.unwrap(), *b"this one");
}

/// A server that says it has what it was never sent gains nothing: every chunk is sent, and its answer awaited.
#[tokio::test(flavor = "current_thread")]
async fn chunks_are_sent_whatever_the_server_says_it_has() {
    use sealward_contract::operations::files::BeginUpload;
    let past = Past::make().await;
    let bytes = bytes_of(2 * MIB);
    past.wire.lie(answers::<BeginUpload>(|upload: &mut Upload| upload.present = vec![0, 1]));
    let sent = past.session.upload_bytes(past.made.vault, "whole", "", &bytes).await.unwrap();
    assert_eq!(sent.payload.chunks.0.len(), 2);
    past.wire.tell_the_truth();
    let file = attach(&past.session, &past.made, &bytes).await;
    assert!(*past.session.download_bytes(past.made.vault, past.made.first, &file).await.unwrap() == bytes);
}
