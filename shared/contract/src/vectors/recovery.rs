//! The bytes, hashes and signatures of every kind of statement about keys of one's own and recovery; a safety number, and
//! the contexts and requests of recovery.

use super::{KEY, MEMBER, OBJECT, PARENT, SECOND_KEY, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    chain::{
        Body, CancelRecovery, DeviceKeys, EndEnrolment, Enrol, MemberKeys, NamedHead, NamedShare, Recover,
        RecoveryGroup, ReplaceKeys, SetRecovery, SignedStatement, StandIn, Statement, TouchedVault, statement_hash,
    },
    crypto::{
        SafetyNumber, SealingPublicKey, Signature, Signed,
        context::{Label, of_given_share, of_recovery_copy, of_recovery_share, of_recovery_words},
        hash,
    },
    ids::{MemberId, VaultId},
    session::OpenRecovery,
    suite::SUITE,
    text::LoginName,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OTHER: MemberId = MemberId(OBJECT.0);
const HEAD: NamedHead = NamedHead { sequence: 4, hash: filled(0x16) };

struct Frozen {
    statement: Statement,
    /// Before and after the one public key of 1,216 equal bytes that some statements hold.
    bytes: (&'static str, &'static str, &'static str),
    hash: &'static str,
    signature: &'static str,
    cosignature: Option<&'static str>,
}

fn frozen() -> Vec<Frozen> {
    vec![
        Frozen {
            statement: replace(&[VAULT, VaultId(PARENT.0)], None),
            bytes: (
                "8701501111111111111111111111111111111117582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c500082178185582003a107bff3ce10be1d70dd18e74b\
                 c09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "bb",
                "582029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd758201717171717171717171717171717\
                 1717171717171717171717171717171717178282502222222222222222222222222222222282045820161616161616161616\
                 1616161616161616161616161616161616161616161616825055555555555555555555555555555555820458201616161616\
                 161616161616161616161616161616161616161616161616161616",
            ),
            hash: "7edd25677788f53517a81102d1b651254fa62351c4ff9ae3d8d50d56e01ea626",
            signature: "ad0c3a95abed49f63e7a85713bb75164c2935725a54e04ed4e2bce53af8680b979d457079e77558e6f267fd80dbf\
                        eada3d1ae2472cf687ebb7bed76c90b57e0e",
            cosignature: Some(
                "1993df0567639e4810d08a0c9b11a0c9cc95bd9d38a19adcc8c1e035b3da8e5977eb517f419d192e2a72a039a2403f379f2c\
                 9d9e68cd68d5c60e54debce6a805",
            ),
        },
        Frozen {
            statement: replace(&[], Some(19)),
            bytes: (
                "8701501111111111111111111111111111111117582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c500082178186582003a107bff3ce10be1d70dd18e74b\
                 c09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "bb",
                "582029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd758201717171717171717171717171717\
                 1717171717171717171717171717171717178013",
            ),
            hash: "ab91076d33e7ee6fc4da5515081705ec9259de9b81ecfd3c458fdcdf99d49dc5",
            signature: "20824889688642e81a3d9d0ad952a8be77821f43f9b5419e40d1c3ceefa2037376cc0c1e8cc59ca4668a21aff432\
                        3c08c9223dd4a128de629de0a27563a5cd08",
            cosignature: Some(
                "adfcd0740512f4d67a4eda3dc33d08456323ab0e674974def58493284d33cfca98d74ceea33c75afdaf0c608eb39458e44d1\
                 b2d67ff31e67e0c7978d96c9380c",
            ),
        },
        Frozen {
            statement: set(Some(RecoveryGroup { needed: 2, trustees: vec![MEMBER, OTHER] })),
            bytes: (
                "8701501111111111111111111111111111111118185820151515151515151515151515151515151515151515151515151515\
                 151515151550333333333333333333333333333333331b000001a3185c500082181881818202825033333333333333333333\
                 3333333333335044444444444444444444444444444444",
                "",
                "",
            ),
            hash: "d06a850c78ca94c5ad5ec0a9c9080edc459bad9f24cbff6e8169bc0ec75a9cf7",
            signature: "39ca112d9acfbef0dcb09c1b4023c8936121bb59fd9e421ebb57b4041001be923de6da6a83aa2a4d5e8409fd8304\
                        44ca6f7233fc137e2841fb99460a884f5104",
            cosignature: None,
        },
        Frozen {
            statement: set(None),
            bytes: (
                "8701501111111111111111111111111111111118185820151515151515151515151515151515151515151515151515151515\
                 151515151550333333333333333333333333333333331b000001a3185c50008218188180",
                "",
                "",
            ),
            hash: "12ee40abc4c2f53d86638ac7ef1df6c8b7e27fbb833e36ab4d985464a3dc67f6",
            signature: "b1e6571a34c798bfc079a31eba04042807742dd3d4670cd0dd6933b4f851ca74a4317c8fcb622208063996ec8d58\
                        15969e92a4176305009af47ef8d7de0b2501",
            cosignature: None,
        },
        Frozen {
            statement: enrol(),
            bytes: (
                "8701501111111111111111111111111111111118195820151515151515151515151515151515151515151515151515151515\
                 151515151550333333333333333333333333333333331b000001a3185c500082181981831818582018181818181818181818\
                 1818181818181818181818181818181818181818181882825044444444444444444444444444444444582019191919191919\
                 1919191919191919191919191919191919191919191919191982505555555555555555555555555555555558201a1a1a1a1a\
                 1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
                "",
                "",
            ),
            hash: "bbe170ecb8883891900a33848cf01532f443d05e5f256b9a1bdad312fba42acc",
            signature: "cf3ccb872a501b7604272eb762efe57342748cb1f0be739fd6c2c3e6ef98b20adc1d447624d48ed96d658f9f7cd0\
                        a9eab9b054d3340ab0eef0eba9781083990b",
            cosignature: None,
        },
        Frozen {
            statement: statement(26, Body::EndEnrolment(EndEnrolment { enrolment: 25 })),
            bytes: (
                "87015011111111111111111111111111111111181a5820151515151515151515151515151515151515151515151515151515\
                 151515151550333333333333333333333333333333331b000001a3185c500082181a81811819",
                "",
                "",
            ),
            hash: "583db1377f65c8c776a8073ab6b65ff475ea3c045c565456b1eb67896e6ba410",
            signature: "bf285acf30d5ed0d71641c5e90bb1881ca356089e2b174892bc614d89ed4e06e83bc611a7e88932cac4e7bb6879f\
                        a99c315d4c0b9aef4dc5afd47833bf66c20b",
            cosignature: None,
        },
        Frozen {
            statement: recover(None),
            bytes: (
                "87015011111111111111111111111111111111181b5820151515151515151515151515151515151515151515151515151515\
                 151515151550333333333333333333333333333333331b000001a3185c500082181b81835044444444444444444444444444\
                 44444482582029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd75904c0",
                "bb",
                "1b000001a318933e80",
            ),
            hash: "4b7e092bc37235f03360f15c4dc30d14e4c37bbf03a69c8d8d3802e84bbb5475",
            signature: "c7ccd8c571c7502c741f721e0d24ea4449421ff2f7ee8b8dd8d534858715147846ff2b5c3993149b4d1083a033ec\
                        60f4769bbfce7f654430b7892ace832a5c0d",
            cosignature: None,
        },
        Frozen {
            statement: recover(Some(StandIn::Author)),
            bytes: (
                "87015011111111111111111111111111111111181b58201515151515151515151515151515151515151515151515151\
                 51515151515151550333333333333333333333333333333331b000001a3185c500082181b8184504444444444444444\
                 444444444444444482582029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd75904c0",
                "bb",
                "1b000001a318933e8000",
            ),
            hash: "ced366a5b67123cf950487f72e5a7efb59452c131facd038082375f780ef3eee",
            signature: "c67ccf6d94cb96c9d70d76981e828493321830ab4211759398043e2d24646958ad7198a35bb17f80\
                        0b54096692205fcb61d9ceb4199fe8a031ee86cb77384403",
            cosignature: None,
        },
        Frozen {
            statement: statement(28, Body::CancelRecovery(CancelRecovery { member: OTHER, recovery: 27 })),
            bytes: (
                "87015011111111111111111111111111111111181c5820151515151515151515151515151515151515151515151515151515\
                 151515151550333333333333333333333333333333331b000001a3185c500082181c81825044444444444444444444444444\
                 444444181b",
                "",
                "",
            ),
            hash: "fa8d9e4682613080ed758f78214d184bdc7b5e0d8f2cca18ebd47ceecacb3a31",
            signature: "698b4331eb9d41eeaf49708a613cab32d391734150e5228c0d0bea9b1341bd3a53acb2b4d2f299a7e8a4b1346399\
                        78968f13df584d986a95d8a05014b9a1a100",
            cosignature: None,
        },
    ]
}

fn statement(sequence: u64, body: Body) -> Statement {
    Statement { suite: SUITE, team: Some(TEAM), sequence, previous: filled(0x15), author: MEMBER, time: TIME, body }
}

fn replace(vaults: &[VaultId], recovery: Option<u64>) -> Statement {
    let body = ReplaceKeys {
        signing: KEY,
        sealing: SealingPublicKey([0xbb; 1216]),
        login_key: SECOND_KEY,
        bundle: filled(0x17),
        vaults: vaults.iter().map(|vault| TouchedVault { vault: *vault, head: HEAD }).collect(),
        recovery,
    };
    statement(23, Body::ReplaceKeys(body))
}

fn set(group: Option<RecoveryGroup>) -> Statement {
    statement(24, Body::SetRecovery(SetRecovery { group }))
}

fn enrol() -> Statement {
    let share = |trustee, byte| NamedShare { trustee, envelope: filled(byte) };
    let shares = vec![share(OTHER, 0x19), share(MemberId(PARENT.0), 0x1a)];
    statement(25, Body::Enrol(Enrol { group: 24, copy: filled(0x18), shares }))
}

fn device() -> DeviceKeys {
    DeviceKeys { signing: SECOND_KEY, sealing: SealingPublicKey([0xbb; 1216]) }
}

fn recover(stand_in: Option<StandIn>) -> Statement {
    let expires = TIME.plus_millis(3_600_000);
    statement(27, Body::Recover(Recover { member: OTHER, device: device(), expires, stand_in }))
}

fn signature(text: &str) -> Signature {
    Signature(from_hex(text).try_into().unwrap())
}

#[test]
fn statements_about_keys_and_recovery_are_frozen() {
    for Frozen { statement, bytes: (before, key, after), hash, signature: text, cosignature } in frozen() {
        let expected = format!("{before}{}{after}", key.repeat(1216));
        let mut signed: SignedStatement = Signed::new(statement, signature(text));
        if let Some(cosignature) = cosignature {
            signed = signed.with_cosignature(signature(cosignature));
        }
        assert_eq!(hex(signed.bytes()), expected);
        assert_eq!(hex(&statement_hash(&signed).0), hash, "{expected}");
        assert!(signed.verify(&KEY).is_ok(), "{expected}");
        assert_eq!(signed.verify_cosignature(&SECOND_KEY).is_ok(), cosignature.is_some());
        assert!(signed.verify_cosignature(&KEY).is_err());
        let second = cosignature.map(|cosignature| format!("5840{cosignature}")).unwrap_or_default();
        let wire = hex(&signed.to_wire());
        assert!(wire.ends_with(&format!("{expected}5840{text}{second}")), "{wire}");
        assert_eq!(SignedStatement::parse(&signed.to_wire()), Ok(signed));
    }
}

#[test]
fn a_safety_number_is_frozen() {
    let keys = |member, signing, byte| MemberKeys {
        member,
        login_name: LoginName::parse("ada").unwrap(),
        signing,
        sealing: SealingPublicKey([byte; 1216]),
    };
    let (one, other) = (keys(MEMBER, KEY, 0xbb), keys(OTHER, SECOND_KEY, 0xcc));
    let number = SafetyNumber::derive(&filled(0x66), &one, &other);
    let expected = "004591135898180443340787443363132015072112835022622911921170";
    assert_eq!(number.to_string(), expected);
    assert_eq!(number.groups().collect::<String>(), expected);
    assert_eq!(SafetyNumber::derive(&filled(0x66), &other, &one), number);
    // Each part of it counts.
    let changed = [
        SafetyNumber::derive(&filled(0x67), &one, &other),
        SafetyNumber::derive(&filled(0x66), &keys(MEMBER, SECOND_KEY, 0xbb), &other),
        SafetyNumber::derive(&filled(0x66), &keys(MEMBER, KEY, 0xba), &other),
        SafetyNumber::derive(&filled(0x66), &keys(MemberId([1; 16]), KEY, 0xbb), &other),
        SafetyNumber::derive(&filled(0x66), &one, &keys(OTHER, SECOND_KEY, 0xcd)),
    ];
    assert!(changed.iter().all(|changed| *changed != number));
}

#[test]
fn contexts_of_recovery_are_frozen() {
    let rows = [
        (
            of_recovery_copy(&TEAM, &MEMBER, 24),
            "00000000000000187365616c776172642f312f7265636f766572792d636f707900000000000000010100000000000000101111\
             1111111111111111111111111111000000000000001033333333333333333333333333333333000000000000000800000000\
             00000018",
        ),
        (
            of_recovery_share(&TEAM, &MEMBER, 24, &OTHER),
            "00000000000000197365616c776172642f312f7265636f766572792d7368617265000000000000000101000000000000001011\
             1111111111111111111111111111110000000000000010333333333333333333333333333333330000000000000008000000\
             0000000018000000000000001044444444444444444444444444444444",
        ),
        (
            of_given_share(&TEAM, &MEMBER, 27, &OTHER),
            "00000000000000167365616c776172642f312f676976656e2d73686172650000000000000001010000000000000010111111\
             1111111111111111111111111100000000000000103333333333333333333333333333333300000000000000080000000000\
             00001b000000000000001044444444444444444444444444444444",
        ),
    ];
    for (number, (made, expected)) in rows.into_iter().enumerate() {
        assert_eq!(hex(&made), expected, "row {number}");
    }
    let words = hash(&of_recovery_words(&TEAM, &LoginName::parse("ada").unwrap(), &device()));
    assert_eq!(hex(&words.0), "7080c6ede24dfbe6b0790e75c94b11c4ad72d71c1c994ac724160de122653840");
}

#[test]
fn what_a_device_signs_at_the_end_is_frozen() {
    let signed: SignedStatement = Signed::new(replace(&[], Some(19)), signature(&"00".repeat(64)));
    let text = "afe0893469fbb57f5d155d31df766aa3ca0c1f95650435bf160a386d35c39c6db7fa8281eac8b05b8338c10472d47daf\
                c5f935a678435b5d433611916c279f0c";
    assert_eq!(SECOND_KEY.verify(Label::FinishRecovery, signed.bytes(), &signature(text)), Ok(()));
    assert!(SECOND_KEY.verify(Label::ReplaceKeys, signed.bytes(), &signature(text)).is_err());
}

#[test]
fn asking_for_what_a_device_is_given_is_frozen() {
    let value = OpenRecovery {
        suite: SUITE,
        origin: "https://vault.example".to_owned(),
        team: TEAM,
        login_name: LoginName::parse("ada").unwrap(),
        time: TIME,
    };
    let text = "5962348f6d18e1e9f080af2fcf19d3219d0526d9b459ae1a5f0d124365202908752003f3fe69766f7b9486da1bb8e6e8\
                29fbe02c08bb358984dd460202be4808";
    let signed = Signed::new(value, signature(text));
    let expected = "85017568747470733a2f2f7661756c742e6578616d706c65501111111111111111111111111111111163616461\
                    1b000001a3185c5000";
    assert_eq!(hex(signed.bytes()), expected);
    assert!(signed.verify(&SECOND_KEY).is_ok());
    assert_eq!(Signed::<OpenRecovery>::parse(&signed.to_wire()), Ok(signed));
}
