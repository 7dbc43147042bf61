//! The bytes of every kind of record: context, header, signature, container.

use super::{KEY, MEMBER, OBJECT, PARENT, POSITION, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    bytes::Bytes,
    codec,
    crypto::{Hash, Signature, hash},
    ids::{Epoch, Number, ObjectId, VaultId, Version},
    record::{Header, Record, RecordContext, RecordKind, RecordState, Tier},
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

struct Frozen {
    kind: RecordKind,
    tier: Tier,
    context: &'static str,
    hash: &'static str,
    signature: &'static str,
}

const FROZEN: [Frozen; 12] = [
    Frozen {
        kind: RecordKind::Vault,
        tier: Tier::Catalog,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222005022222222222222222222\
                  222222222222502222222222222222222222222222222219013303582077777777777777777777777777777777777777\
                  777777777777777777777777770200005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "db4cab7a7ea5bf61d157926f005224a474a3a0f6b640250ad20df96531609e75",
        signature: "f0731b742668aa13551d947fde0eb25a0258de885cbdf11ded43d2854365f12427d85749a2815057\
                    2de7a61b8061b16d8d94216b344e022208c48aa959c2f20c",
    },
    Frozen {
        kind: RecordKind::ResourceGroup,
        tier: Tier::Catalog,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222015044444444444444444444\
                  444444444444505555555555555555555555555555555519013303582077777777777777777777777777777777777777\
                  777777777777777777777777770200005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "4c48cea72b2acd8bb3451ff4b1ed993a79bc6ef07b2464544be663b402f6b7e8",
        signature: "88a2b8728c3e3f45612fedd805651a001a9df7f1380e202795ead8046d3225790801eedff4434f29\
                    848fd9ec60dce9930662df66b13eed57897726c726f72004",
    },
    Frozen {
        kind: RecordKind::Resource,
        tier: Tier::Catalog,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222025044444444444444444444\
                  444444444444505555555555555555555555555555555519013303582077777777777777777777777777777777777777\
                  777777777777777777777777770200005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "eda6fdef247fa2abf9feb9d86478ee450cdadc8d834ca5fcc6e6adbc6db6f626",
        signature: "86c4883eef5881c1164f5cf91a1e86c58bb594e654e01d0b3bf928eaa0885322c76584976d4c9a63\
                    8833456f806b180aa156d90fc768da8ab0a92617e74ffc0d",
    },
    Frozen {
        kind: RecordKind::Account,
        tier: Tier::Catalog,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222035044444444444444444444\
                  444444444444505555555555555555555555555555555519013303582077777777777777777777777777777777777777\
                  777777777777777777777777770200005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "6913d3fdc5f11c32816178baf5f83fc3bd05460716f70dde540dc6d4da8f8af7",
        signature: "7f5cfa23d78121b6e2251878c49292c8bdcbc86a8b4032858a7c6cf8cfad3dbffd116fd061833abc\
                    94b3c3208d7877666d2b4a155659b20e9b4c052f17534103",
    },
    Frozen {
        kind: RecordKind::Secret,
        tier: Tier::Open,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222045044444444444444444444\
                  444444444444504444444444444444444444444444444419013303582077777777777777777777777777777777777777\
                  777777777777777777777777770201005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "8023a0c49de86cad440c6e194455efc45c5358eaf88e6e0de65316fc39f7bc3a",
        signature: "c51bb0f702e063ef04e9863d786d11370d68ad8ffccfe760293b54949245239e6c3c8376b9e0b1d7\
                    990e1ec296fb55b491cc992d087ad02bd6f78aaf4020e806",
    },
    Frozen {
        kind: RecordKind::Secret,
        tier: Tier::Guarded,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222045044444444444444444444\
                  444444444444504444444444444444444444444444444419013303582077777777777777777777777777777777777777\
                  777777777777777777777777770202005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "1bd73b35fe02e3032d0b119a2c91733ccd7a2870e9e06a9532b2967c56c7837f",
        signature: "d8d04accad974d239e5601e66824ae1146c1492abd0f043321a9678e777c42106af31ce013acdb93\
                    0049d847e83deae8b694776ba098542d330bfe4129dbb807",
    },
    Frozen {
        kind: RecordKind::Facts,
        tier: Tier::Open,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222055044444444444444444444\
                  444444444444504444444444444444444444444444444419013303582077777777777777777777777777777777777777\
                  777777777777777777777777770201005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "1193bfd8fa370a1cc4b651bb40076416a9cc5a69ae111ef32abf75afc36fbc17",
        signature: "3062ce9044a650bf55b1464c59e7e56b59b74af05dbbe07738bcfdf44b02b04ed399cbab9aebe7e8\
                    6db8265869e0fb62d50aaad4464813ec7a3a275668cbb604",
    },
    Frozen {
        kind: RecordKind::Team,
        tier: Tier::Directory,
        context: "8f0150111111111111111111111111111111115000000000000000000000000000000000065011111111111111111111\
                  111111111111501111111111111111111111111111111119013303582077777777777777777777777777777777777777\
                  777777777777777777777777770203005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "37b067755abe816a341f689ebb1c92677772b98a04fe50bf826ea35439077481",
        signature: "0317518d52e9f39df6b8736ed1c11684d466637a86b5b52dab05f8bea09696c093e5662fdcf5cc2a\
                    b40d2aaffa2754d6f8358d9a988ac8882ff59c5c522e1907",
    },
    Frozen {
        kind: RecordKind::Profile,
        tier: Tier::Directory,
        context: "8f0150111111111111111111111111111111115000000000000000000000000000000000075033333333333333333333\
                  333333333333503333333333333333333333333333333319013303582077777777777777777777777777777777777777\
                  777777777777777777777777770203005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "ccbdd270946b7178cc5060e06cbb96c71a91529c6a681ce1d29f92d25a0ddbe7",
        signature: "ff7be831820a80b575f31c6662dc1cec1260f2c4a6ced96ac4aed335ee720bb91cb62e105dacaa1b\
                    a1ee1265b3472fa19b3ce8f5ca3a44df394d13000ba36602",
    },
    Frozen {
        kind: RecordKind::Group,
        tier: Tier::Directory,
        context: "8f015011111111111111111111111111111111500000000000000000000000000000000010508888\
                  88888888888888888888888888885088888888888888888888888888888888190133035820777777\
                  77777777777777777777777777777777777777777777777777777777770203005033333333333333\
                  33333333333333333382055820666666666666666666666666666666666666666666666666666666\
                  66666666661b000001a3185c5000",
        hash: "d44d0a4112b2c12ec30b655d738fe35b590154c5f2f89986a1d75ece50fcca9f",
        signature: "fe5561d6455e5ab098d6caa2b977459d6bd10fc114628e249fba011971955ee583d4da80060e9db4\
                    6856974115d98b31b0ac100f2e1c2e39e2ade203b9f64b02",
    },
    Frozen {
        kind: RecordKind::File,
        tier: Tier::Open,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222085044444444444444444444\
                  444444444444505555555555555555555555555555555519013303582077777777777777777777777777777777777777\
                  777777777777777777777777770201005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "40ea6f39e98194f6a0f0d36c8c59fb926058b681483651d16e742d10c2505bef",
        signature: "1ec05de1cbd12783f019878aa5d5b36bd7fef35de55461763e45ca3b25078104c9a3db947ee190d2\
                    1b9a40dd3cf7b7feb1fff6cd2f5b24a108cdcafdc40a9a05",
    },
    Frozen {
        kind: RecordKind::File,
        tier: Tier::Guarded,
        context: "8f0150111111111111111111111111111111115022222222222222222222222222222222085044444444444444444444\
                  444444444444505555555555555555555555555555555519013303582077777777777777777777777777777777777777\
                  777777777777777777777777770202005033333333333333333333333333333333820558206666666666666666666666\
                  6666666666666666666666666666666666666666661b000001a3185c5000",
        hash: "4dbd4a949157fa46fc6e3deac265695e0622be2a929c153fa2358c515d7cb60c",
        signature: "76dd926e1613c0632c77c0130710037086b00ee00754e0c3ce78e1917e482a24d96720d0ba5eb2ab\
                    01d6b5edac40e75479b1b3a310e2d636114958480e7cbc0e",
    },
];

/// A version of a record of this kind, standing where its kind stands.
pub(super) fn context(kind: RecordKind, tier: Tier) -> RecordContext {
    let (vault, id, parent) = match kind {
        RecordKind::Vault => (VAULT, VAULT.object(), VAULT.object()),
        RecordKind::ResourceGroup | RecordKind::Resource | RecordKind::Account | RecordKind::File => {
            (VAULT, OBJECT, PARENT)
        }
        RecordKind::Secret | RecordKind::Facts => (VAULT, OBJECT, OBJECT),
        RecordKind::Team => (VaultId::DIRECTORY, TEAM.object(), TEAM.object()),
        RecordKind::Group => (VaultId::DIRECTORY, ObjectId([0x88; 16]), ObjectId([0x88; 16])),
        RecordKind::Profile => (VaultId::DIRECTORY, MEMBER.object(), MEMBER.object()),
    };
    RecordContext {
        suite: SUITE,
        team: TEAM,
        vault,
        kind,
        id,
        parent,
        number: Number(307),
        version: Version(3),
        previous: filled(0x77),
        epoch: Epoch(2),
        tier,
        state: RecordState::Live,
        author: MEMBER,
        position: POSITION,
        time: TIME,
    }
}

fn wrapped(tier: Tier) -> Option<Bytes> {
    (tier == Tier::Guarded).then(|| Bytes(vec![0xcd; 40]))
}

fn payload() -> Bytes {
    Bytes(vec![0xab; 272])
}

fn header(frozen: &Frozen) -> Header {
    Header {
        context: context(frozen.kind, frozen.tier),
        salt: filled(0x88),
        commitment: filled(0x99),
        wrapped_key: wrapped(frozen.tier).map_or(Hash::ZERO, |key| hash(&key)),
        payload: hash(&payload()),
    }
}

/// SHA-256 of 40 times `cd`, and of 272 times `ab`.
const WRAPPED_HASH: &str = "d548f1dce0122d9ba60c6308faff7dd55823ba5a6f80d544a5bce6b536b42fbc";
const PAYLOAD_HASH: &str = "26b1bc673133ad9a02c75bb0658cdfefe7976d49e67c354846458f0ff245706f";

/// The header's bytes, put together from literals alone.
fn header_hex(frozen: &Frozen) -> String {
    let wrapped = if frozen.tier == Tier::Guarded { WRAPPED_HASH.to_owned() } else { "00".repeat(32) };
    let (salt, commitment) = ("88".repeat(32), "99".repeat(32));
    format!("85{}5820{salt}5820{commitment}5820{wrapped}5820{PAYLOAD_HASH}", frozen.context)
}

#[test]
fn contexts_and_headers_are_frozen() {
    for frozen in &FROZEN {
        let header = header(frozen);
        assert_eq!(hex(&codec::encode(&header.context)), frozen.context, "{:?}", frozen.kind);
        assert_eq!(hex(&codec::encode(&header)), header_hex(frozen), "{:?}", frozen.kind);
    }
}

#[test]
fn a_deleted_version_says_so_in_its_context() {
    let context = RecordContext { state: RecordState::Deleted, ..context(RecordKind::Account, Tier::Catalog) };
    assert_eq!(
        hex(&codec::encode(&context)),
        "8f0150111111111111111111111111111111115022222222222222222222222222222222035044444444444444444444\
         444444444444505555555555555555555555555555555519013303582077777777777777777777777777777777777777\
         777777777777777777777777770200015033333333333333333333333333333333820558206666666666666666666666\
         6666666666666666666666666666666666666666661b000001a3185c5000"
    );
}

#[test]
fn containers_hashes_and_signatures_are_frozen() {
    for frozen in &FROZEN {
        let (header_hex, signature) = (header_hex(frozen), frozen.signature);
        let container = match frozen.tier {
            Tier::Guarded => {
                format!("84590137{header_hex}5840{signature}5828{}590110{}", "cd".repeat(40), "ab".repeat(272))
            }
            _ => format!("84590137{header_hex}5840{signature}f6590110{}", "ab".repeat(272)),
        };
        let bare = format!("82590137{header_hex}5840{signature}");
        let signature = Signature(from_hex(signature).try_into().unwrap());
        let made = Record::new(header(frozen), signature, wrapped(frozen.tier), payload());
        assert_eq!(hex(&made.to_wire()), container, "{:?}", frozen.kind);
        assert_eq!(hex(&made.to_bare_wire()), bare, "{:?}", frozen.kind);

        let read = Record::parse(&from_hex(&container)).unwrap();
        assert_eq!(read, made);
        assert_eq!(hex(&read.hash().0), frozen.hash, "{:?}", frozen.kind);
        assert!(read.verify(&KEY).is_ok(), "{:?}", frozen.kind);
        let read = Record::parse(&from_hex(&bare)).unwrap();
        assert_eq!(hex(&read.hash().0), frozen.hash, "{:?}", frozen.kind);
        assert_eq!(read, made.without_payload());
    }
}

#[test]
fn what_is_no_record_is_refused() {
    let account = &FROZEN[3];
    let header = header_hex(account);
    let wire = |header: &str, rest: &str| {
        let length = header.len() / 2;
        format!("8459{length:04x}{header}5840{}{rest}", account.signature)
    };
    let good = format!("f6590110{}", "ab".repeat(272));
    assert!(Record::parse(&from_hex(&wire(&header, &good))).is_ok());
    let refused = [
        ("another suite", wire(&header.replacen("858f01", "858f02", 1), &good)),
        ("version 0", wire(&header.replacen("19013303", "19013300", 1), &good)),
        ("a longer number", wire(&header.replacen("190133", "1a00000133", 1), &good)),
        ("a kind that is none", wire(&header.replacen("2203504444", "2209504444", 1), &good)),
        ("a further field of the context", wire(&header.replacen("858f01", "859001", 1), &good)),
        ("another payload", wire(&header, &format!("f6590110{}", "ac".repeat(272)))),
        ("a payload of another size", wire(&header, &format!("f6590111{}", "ab".repeat(273)))),
        ("no sealed payload", wire(&header, "f6406b")),
        ("a wrapped key where none belongs", wire(&header, &format!("41cd590110{}", "ab".repeat(272)))),
        ("a trailing byte", format!("{}00", wire(&header, &good))),
        ("a further field", wire(&header, &format!("{good}00")).replacen("84", "85", 1)),
        ("half of it", wire(&header, &good)[..600].to_owned()),
        ("nothing", String::new()),
    ];
    for (what, bytes) in refused {
        assert!(Record::parse(&from_hex(&bytes)).is_err(), "{what}");
    }
}

#[test]
fn ids_stand_where_they_belong() {
    // No two ids of the vectors are the same, so an exchange of two fields changes the bytes.
    let ids = [TEAM.0, VAULT.0, MEMBER.0, OBJECT.0, PARENT.0, ObjectId([0; 16]).0];
    let different: std::collections::BTreeSet<_> = ids.into_iter().collect();
    assert_eq!(different.len(), ids.len());
}
