//! The bytes and hashes of every statement of an approval that is given ahead, and of a request that is made by one.

use super::{MEMBER, OBJECT, POSITION, TEAM, TIME, VAULT, filled, hex};
use crate::{
    codec,
    crypto::{Hash, SealingPublicKey, Signature, context::Label, hash},
    ids::{AheadId, MemberId, RequestId, Timestamp, Version},
    request::{
        Ask, GrantNamed, RequestBody, RequestStatement, SignedRequest,
        ahead::{
            AheadApproval, AheadBody, AheadContext, AheadStatement, Proposal, SignedAhead, Window, ZoneOffset,
            ahead_hash,
        },
        request_hash,
    },
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const AHEAD: AheadId = AheadId([0x97; 16]);
const OTHER: MemberId = MemberId([0x55; 16]);

fn window() -> Window {
    Window {
        days: 0b1_1111,
        from: 22 * 60,
        to: 6 * 60,
        until: Timestamp(TIME.0 + 86_400_000),
        zone: "Europe/Berlin".into(),
        offsets: vec![
            ZoneOffset { since: TIME, minutes: 60 },
            ZoneOffset { since: Timestamp(TIME.0 + 3_600_000), minutes: -120 },
        ],
    }
}

fn granted() -> GrantNamed {
    GrantNamed { envelope: filled(0x1a), part: filled(0x1b) }
}

fn propose(policy: Option<u64>, grant: Option<GrantNamed>) -> AheadBody {
    AheadBody::Propose(Proposal {
        vault: VAULT,
        account: OBJECT,
        member: OTHER,
        version: Version(4),
        record: filled(0x1c),
        policy,
        window: window(),
        grant,
    })
}

/// Number, hash of the statement before, body; then length and SHA-256 of the bytes, and the statement's hash.
fn frozen() -> Vec<(u32, Hash, AheadBody, usize, &'static str, &'static str)> {
    vec![
        (
            0,
            Hash::ZERO,
            propose(Some(3), Some(granted())),
            350,
            "bcb33b82d63268c3cde82c3540a1d1c99941b870f348d55dcbec458fc9b84ede",
            "4910b711e623b0423b37503050d76e0c01453cd04a64c9f665984912cc2ea0f0",
        ),
        (
            0,
            Hash::ZERO,
            propose(None, None),
            281,
            "489e85d31014fa4a9acb4413a5241f4d38184a60b4284c496c47241f02d33c13",
            "eec53fa82291db2e8f48acc0328e3f6c7d5669338764af42e9379f6fc0fb44d6",
        ),
        (
            1,
            filled(0x15),
            AheadBody::Approve(AheadApproval { grant: Some(granted()) }),
            206,
            "fb0ce9a55ebcc3592ec6e3e9bfb2da20ab8a576392c90e635a0ade12b318934b",
            "8d4fbcffe3b21d272ac327e75938487fc02579d9098f220fdfb5dd117d79c3d9",
        ),
        (
            1,
            filled(0x15),
            AheadBody::Approve(AheadApproval { grant: None }),
            137,
            "9695bc803a1b3f164890f8a51ed069a61d91ffff1c101c7a4bd7990c6b52fb62",
            "55e237ed14a4ed14275a12950f353a2e2724df6e11ea4833f5f6d69731baa490",
        ),
        (
            2,
            filled(0x15),
            AheadBody::Withdraw,
            136,
            "2486955a6498e34a04bc7f318102e374df375699179922ead774ad414999d23c",
            "6ebc00d34636829da81f8a60490d86e1e40596bf1e94fdf6b4eaf7b26d001adc",
        ),
    ]
}

#[test]
fn the_statements_are_frozen() {
    for (number, previous, body, length, bytes, hashed) in frozen() {
        let (suite, team, ahead, author, position, time) = (SUITE, TEAM, AHEAD, MEMBER, POSITION, TIME);
        let statement = AheadStatement { suite, team, ahead, number, previous, author, position, time, body };
        let encoded = codec::encode(&statement);
        assert_eq!((encoded.len(), hex(&hash(&encoded).0).as_str()), (length, bytes), "{statement:?}");
        assert_eq!(codec::decode(&encoded), Ok(statement.clone()));
        let signed = SignedAhead::new(statement, Signature([0; 64]));
        assert_eq!(hex(&ahead_hash(&signed).0), hashed);
    }
}

#[test]
fn a_request_that_names_one_is_frozen() {
    let ask = Ask {
        vault: VAULT,
        account: OBJECT,
        from: TIME,
        to: Timestamp(TIME.0 + 7_200_000),
        seconds: 3_600,
        reason: None,
        key: SealingPublicKey([0; 1216]),
        policy: None,
        extends: None,
        break_glass: false,
        ahead: Some(AHEAD),
    };
    let statement = RequestStatement {
        suite: SUITE,
        team: TEAM,
        request: RequestId([0x99; 16]),
        number: 0,
        previous: Hash::ZERO,
        author: MEMBER,
        position: POSITION,
        time: TIME,
        body: RequestBody::Ask(ask),
    };
    let encoded = codec::encode(&statement);
    assert_eq!(
        (encoded.len(), hex(&hash(&encoded).0).as_str()),
        (1432, "d4500c94a6f1b058741a9d44ad8dbbdb77b085f39ac2ea2e77efb4e229652066")
    );
    let signed = SignedRequest::new(statement, Signature([0; 64]));
    assert_eq!(hex(&request_hash(&signed).0), "b033f2bfeb14680eb1f3a4dd52c364fba232a8c665ec0d0b596ffd3aa097e89b");
}

#[test]
fn what_a_grant_is_bound_to_is_frozen() {
    let context = AheadContext {
        team: TEAM,
        ahead: AHEAD,
        vault: VAULT,
        account: OBJECT,
        version: Version(4),
        record: filled(0x1c),
        member: OTHER,
        window: window(),
    };
    let bound = |label| hex(&hash(&context.join(label)).0);
    assert_eq!(bound(Label::AheadEnvelope), "ba60aea2ac4b3b18cf2010ebc785a245f33ae972d8e26ae5360dec6749789e11");
    assert_eq!(bound(Label::AheadPart), "56297976d1c37eac9ccd9d1e50c3fffd732529c34a2978ea6b39515886568d5b");
}
