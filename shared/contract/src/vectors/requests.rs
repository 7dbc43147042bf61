//! The bytes and hashes of every statement of a request, and of a policy with all its terms.

use super::{MEMBER, OBJECT, POSITION, TEAM, TIME, VAULT, filled, hex};
use crate::{
    bytes::Bytes,
    chain::{Approvals, LeaseTerms, Policy, Requirement},
    codec,
    crypto::{Hash, SealingPublicKey, Signature, context::Label, hash},
    ids::{Epoch, MemberId, RequestId, Timestamp, Version},
    request::{
        Approve, Ask, CheckOut, Comment, GrantNamed, RequestBody, RequestStatement, SealedText, SignedRequest,
        request_hash,
    },
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const REQUEST: RequestId = RequestId([0x99; 16]);

fn text() -> SealedText {
    SealedText { epoch: Epoch(2), sealed: Bytes(b"said".to_vec()) }
}

fn ask() -> Ask {
    Ask {
        vault: VAULT,
        account: OBJECT,
        from: TIME,
        to: Timestamp(TIME.0 + 7_200_000),
        seconds: 3_600,
        reason: Some(text()),
        key: SealingPublicKey([0; 1216]),
        policy: Some(3),
        extends: Some(RequestId([0x98; 16])),
        break_glass: false,
        ahead: None,
    }
}

fn approve(comment: Option<SealedText>, policy: Option<u64>, grant: Option<GrantNamed>) -> RequestBody {
    RequestBody::Approve(Approve { version: Version(4), record: filled(0x1c), policy, comment, grant })
}

fn statement(number: u32, previous: Hash, body: RequestBody) -> RequestStatement {
    let (suite, team, request, author, position, time) = (SUITE, TEAM, REQUEST, MEMBER, POSITION, TIME);
    RequestStatement { suite, team, request, number, previous, author, position, time, body }
}

/// Number, hash of the statement before, body; then length and SHA-256 of the bytes, and the statement's hash.
fn frozen() -> Vec<(u32, Hash, RequestBody, usize, &'static str, &'static str)> {
    vec![
        (
            0,
            Hash::ZERO,
            RequestBody::Ask(ask()),
            1437,
            "2d7df294803d61da44d4d72ce34152b1f998b22f1d8375d182ef6cd1d31a4a66",
            "d71a398c0d9a62308aa6d9411bd7bc21b3f2ca750f60d18acb39221143e7a71e",
        ),
        (
            1,
            filled(0x15),
            approve(Some(text()), Some(3), Some(GrantNamed { envelope: filled(0x1a), part: filled(0x1b) })),
            249,
            "a5c51cfb95ec69f8833608ddc61f2d8d3f9157f5cb3a5e569ab37c8da74f7487",
            "e03a343f4fc7c206fb00e1811f37b735e58e906cf2b209b937a5317c90597c61",
        ),
        (
            1,
            filled(0x15),
            approve(None, None, None),
            172,
            "96c0f73984617b9fdb89f73c2ad65085a7da828c478ce36466a0b48eea006da3",
            "4afe66e75338af76088fcfde555447e86e9e71eb41cf8696e7f66e091fd09c06",
        ),
        (
            1,
            filled(0x15),
            RequestBody::Reject(Comment { text: Some(text()) }),
            144,
            "589d5504aee8bd4259e8be25225cfbe3f6d1fe8a1bc440ce0178f9f66ecea4a5",
            "14d3c825a5c708fa8c185e2e01501b17dd0866b1d4fc9c9de3026014e0526498",
        ),
        (
            1,
            filled(0x15),
            RequestBody::Cancel,
            136,
            "7f22ebf9a440e946137a173b53dc90e1fb09f483bcd40c2daee52f2a6fd70004",
            "0bd973138cab3f3994ffb1d6d63f3534f95bf280543cc15b8908d2b5573c881d",
        ),
        (
            2,
            filled(0x15),
            RequestBody::CheckOut(CheckOut { version: Version(4), record: filled(0x1c) }),
            172,
            "e4eebf0b260dff961cf256972641622e78fff30148175139c03539a9f4175bc7",
            "678d09d935975a222fcd2b8db7937d5b6a7b440edcd66eb4dcdcd6ec0d027eb2",
        ),
        (
            3,
            filled(0x15),
            RequestBody::CheckIn,
            136,
            "bfebde662f0f45909355ec3599cc6eb89a7209ffca6e95715a0bdcc71c6d9472",
            "37572a8c2b3a51bc38d7858c0c70016e6ac72f266da9fa8354415de7d331975f",
        ),
        (
            3,
            filled(0x15),
            RequestBody::ForceCheckIn(Comment { text: None }),
            137,
            "0b73d1f3598d70a3f5e8ecb51af41b6a9f91510e3f5f8cba76b8f93237019d45",
            "b49f7c02b96c8a33185fd3c9b05dabfad7c8ef20ba9a8b891b11336b5cb31548",
        ),
        (
            3,
            filled(0x15),
            RequestBody::Revoke(Comment { text: Some(text()) }),
            144,
            "7a513d0e60d3a2626380afaaa0bc574d78e0ca21479f6aeea011198980925d01",
            "86de9837b1d8557a8b6c0c01d1e1834f80764b5623c019211b593ca9ebdc1907",
        ),
    ]
}

#[test]
fn the_statements_are_frozen() {
    for (number, previous, body, length, bytes, hashed) in frozen() {
        let statement = statement(number, previous, body);
        let encoded = codec::encode(&statement);
        assert_eq!((encoded.len(), hex(&hash(&encoded).0).as_str()), (length, bytes), "{statement:?}");
        assert_eq!(codec::decode(&encoded), Ok(statement.clone()));
        let signed = SignedRequest::new(statement, Signature([0; 64]));
        assert_eq!(hex(&request_hash(&signed).0), hashed);
    }
}

#[test]
fn policies_are_frozen_with_terms_and_without() {
    let terms = LeaseTerms {
        exclusive: true,
        longest: Some(7_200),
        ticket: Requirement::Required,
        ticket_pattern: Some("A-1".into()),
        factor: true,
        change_after_use: true,
        waits: Some(86_400),
        approvers: vec![MEMBER],
        exempt: Some(Vec::<MemberId>::new()),
        break_glass: vec![MEMBER],
    };
    let policy = |terms| Policy { approvals: Approvals(2), reason: Requirement::Optional, terms };
    assert_eq!(hex(&codec::encode(&policy(None))), "820201");
    assert_eq!(
        hex(&codec::encode(&policy(Some(terms)))),
        "8302018af5191c200263412d31f5f51a0001518081503333333333333333333333333333333380815033333333\
         333333333333333333333333"
    );
}

#[test]
fn what_a_grant_is_bound_to_is_frozen() {
    let context = crate::request::LeaseContext {
        team: TEAM,
        request: filled(0x1d),
        vault: VAULT,
        account: OBJECT,
        version: Version(4),
        record: filled(0x1c),
        member: MEMBER,
        window: (TIME, Timestamp(TIME.0 + 1)),
    };
    assert_eq!(
        hex(&hash(&context.join(Label::LeaseEnvelope)).0),
        "788d032def3523977a061ad73d961fb4501352355fe12f853599caa3680052c2"
    );
    assert_eq!(
        hex(&hash(&context.join(Label::LeasePart)).0),
        "a78dce8c31d10f22bd92a53b998a4ce9a0f5ff4d07f7c499ca05072cb3cb3e0b"
    );
}
