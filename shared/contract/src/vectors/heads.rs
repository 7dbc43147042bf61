//! The bytes of a vault's head, of leaves and of the hash tree.

use super::{KEY, MEMBER, OBJECT, POSITION, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    crypto::{Signature, Signed},
    ids::{ObjectId, Version},
    record::{Head, HeadRest, Leaf, LeafKey, RecordKind, SignedHead, Tree, bucket_hash},
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const HEAD: &str = "83045820bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb880150111111111111111111\
                      111111111111115022222222222222222222222222222222045820aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
                      aaaaaaaaaaaaaaaaaaaaaa50333333333333333333333333333333338205582066666666666666666666666666666666\
                      666666666666666666666666666666661b000001a3185c5000";
const SIGNATURE: &str = "c9987c0ea909bab9ada0bcfaaab97709612f046370d9e312303fc347cf5b0cbef488c1241b988edbd2cc4456ad\
                           f82a67cffe49097528b2158d602f6cb1561206";

fn head() -> Head {
    Head::new(
        filled(0xbb),
        HeadRest {
            suite: SUITE,
            team: TEAM,
            vault: VAULT,
            sequence: 4,
            root: filled(0xaa),
            author: MEMBER,
            position: POSITION,
            time: TIME,
        },
    )
}

#[test]
fn heads_are_frozen() {
    let signed: SignedHead = Signed::new(head(), Signature(from_hex(SIGNATURE).try_into().unwrap()));
    assert_eq!(hex(signed.bytes()), HEAD);
    assert_eq!(hex(&signed.to_wire()), format!("8258a9{HEAD}5840{SIGNATURE}"));
    assert!(signed.verify(&KEY).is_ok());
    assert_eq!(SignedHead::parse(&signed.to_wire()), Ok(signed));
    assert_eq!(hex(&head().rest_hash().0), "da6d24b11bc4d47a2e1fe8d96b36dfcf874a1b3f561f4e66fdfc30f802f38c88");
    assert_eq!(hex(&head().hash().0), "f3d401b000fb101041a14f513e19d7972cceca830836044f06e561671debbca6");
}

fn leaf(first: u8, kind: RecordKind, version: u32, hash: u8) -> Leaf {
    let mut id = OBJECT.0;
    id[0] = first;
    Leaf { key: LeafKey { id: ObjectId(id), kind }, version: Version(version), hash: filled(hash) }
}

#[test]
fn leaves_buckets_and_roots_are_frozen() {
    let (account, secret) = (leaf(0x44, RecordKind::Account, 3, 0x88), leaf(0x44, RecordKind::Secret, 1, 0x99));
    assert_eq!(
        hex(&account.bytes()),
        "4444444444444444444444444444444403000000038888888888888888888888888888888888888888888888888888888888888888"
    );
    assert_eq!(hex(&bucket_hash([].iter()).0), "7f7a07468189d21b143f2417762525c11e66a7c3bef1d707815afbd0d2d94365");
    assert_eq!(
        hex(&bucket_hash([account, secret].iter()).0),
        "c09a2531c9c08f7b6d801d9f188288f0126085f8395ca59f98b5c11e1b93603f"
    );
    let mut tree = Tree::default();
    assert_eq!(hex(&tree.root().0), "b568f1d8028e6cd2259004526e9580be1fd7bcbc029e702d351f9b9e9ec278c6");
    // In another order than that of their keys.
    for leaf in [leaf(0x45, RecordKind::Resource, 1, 0x77), secret, account] {
        tree.put(leaf);
    }
    assert_eq!(hex(&tree.root().0), "a77dc5df9e1462436a4e7df95c355b45fd42a64d0f562a2048a6939bd79e9851");
}
