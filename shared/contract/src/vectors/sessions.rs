//! The bytes of what is signed when signing in, when changing the login, and when asking for a secret.

use super::{KEY, MEMBER, OBJECT, POSITION, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    bytes::Bytes,
    crypto::{Signature, Signed, SignedKind, context::Label},
    ids::{ReleaseId, Version},
    release::ReleaseStatement,
    session::{ChangeLogin, SignIn},
    suite::SUITE,
    text::LoginName,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn check<T: SignedKind + PartialEq + std::fmt::Debug>(value: T, bytes: &str, signature: &str) {
    let signed = Signed::new(value, Signature(from_hex(signature).try_into().unwrap()));
    assert_eq!(hex(signed.bytes()), bytes);
    assert_eq!(hex(&signed.to_wire()), format!("8258{:02x}{bytes}5840{signature}", bytes.len() / 2));
    assert!(signed.verify(&KEY).is_ok());
    // Under every other purpose the same signature is worth nothing.
    for label in [Label::Statement, Label::Record, Label::Head, Label::Release, Label::SignIn, Label::ChangeLogin] {
        let verified = KEY.verify(label, signed.bytes(), signed.signature());
        assert_eq!(verified.is_ok(), label == T::LABEL, "{label:?}");
    }
    assert_eq!(Signed::<T>::parse(&signed.to_wire()), Ok(signed));
}

#[test]
fn signing_in_is_frozen() {
    let value = SignIn {
        suite: SUITE,
        origin: "https://vault.example".to_owned(),
        team: TEAM,
        login_name: LoginName::parse("ada").unwrap(),
        nonce: filled(0x17),
    };
    check(
        value,
        "85017568747470733a2f2f7661756c742e6578616d706c65501111111111111111111111111111111163616461\
         58201717171717171717171717171717171717171717171717171717171717171717",
        "0ac85a3242de4a105c9d4cb85926754f65e84fd360b787e73a615d9d420d7d9ebd8d35a016a85b7f7a80669ec5\
         8e036b81a453b669589a1cc5608b8a55df1b0a",
    );
}

#[test]
fn changing_the_login_is_frozen() {
    let value =
        ChangeLogin { suite: SUITE, team: TEAM, member: MEMBER, login_key: KEY, bundle: filled(0x18), version: 2 };
    check(
        value,
        "860150111111111111111111111111111111115033333333333333333333333333333333582003a107bff3ce10\
         be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85820181818181818181818181818181818181818\
         181818181818181818181818181802",
        "16fbd13e6f5b23d79a9aebbacbf2507e546d21cae7fccec107aeff7f23a17841b0e1037a9f56cbe674b303cd81\
         149557cd4a879317845c0394abf4d04dd2810e",
    );
}

fn release(reason: Option<&[u8]>) -> ReleaseStatement {
    ReleaseStatement {
        suite: SUITE,
        id: ReleaseId([0x19; 16]),
        team: TEAM,
        vault: VAULT,
        account: OBJECT,
        version: Version(3),
        member: MEMBER,
        position: POSITION,
        time: TIME,
        reason: reason.map(|reason| Bytes(reason.to_vec())),
    }
}

#[test]
fn asking_for_a_secret_is_frozen() {
    check(
        release(Some(b"reason")),
        "8a0150191919191919191919191919191919195011111111111111111111111111111111502222222222222222\
         222222222222222250444444444444444444444444444444440350333333333333333333333333333333338205\
         582066666666666666666666666666666666666666666666666666666666666666661b000001a3185c50004672\
         6561736f6e",
        "b207972420cf4cff98bf68592d19118cd80b642d23a1fff719519b256eb506ae62558ff8ed153e0d6e76175bba\
         1950fc9a218e633be87c62b5e5156fdcca8903",
    );
    check(
        release(None),
        "890150191919191919191919191919191919195011111111111111111111111111111111502222222222222222\
         222222222222222250444444444444444444444444444444440350333333333333333333333333333333338205\
         582066666666666666666666666666666666666666666666666666666666666666661b000001a3185c5000",
        "2db64975feec6bb242a53507b3678ee092f4c133d374bb5235a1aec0e59ffb6b12f9e54da306bf217abb85fb69\
         69a1ee15f9fcfc031046f9a2785d493a9b9c00",
    );
}
