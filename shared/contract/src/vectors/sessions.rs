//! The bytes of what is signed when signing in, when changing the login, when asking for one secret or many, and when
//! purging.

use super::{KEY, MEMBER, OBJECT, PARENT, POSITION, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    bytes::Bytes,
    chain::NamedHead,
    checkpoint::{Checkpoint, SeenHead},
    crypto::{Signature, Signed, SignedKind, context::Label},
    ids::{InviteId, ReleaseId, SessionId, VaultId, Version},
    purge::{PurgeStatement, PurgedObject},
    record::{ChainPosition, RecordKind},
    release::{ExportFormat, ExportStatement, ExportedFile, ExportedSecret, ReleaseStatement},
    session::{ChangeLogin, OpenInvitation, ProveLogin, SignIn},
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
    let labels = [
        Label::Statement,
        Label::Record,
        Label::Head,
        Label::Release,
        Label::Export,
        Label::Purge,
        Label::SignIn,
        Label::ChangeLogin,
        Label::Join,
        Label::OpenInvitation,
        Label::Checkpoint,
        Label::ReplaceKeys,
        Label::OpenRecovery,
        Label::ProveLogin,
    ];
    for label in labels {
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
fn opening_an_invitation_is_frozen() {
    let value = OpenInvitation {
        suite: SUITE,
        origin: "https://vault.example".to_owned(),
        team: TEAM,
        invite: InviteId([0x77; 16]),
        time: TIME,
    };
    check(
        value,
        "85017568747470733a2f2f7661756c742e6578616d706c65501111111111111111111111111111111150777777\
         777777777777777777777777771b000001a3185c5000",
        "f2ece67ee0c92e9574892209472236399c277b7acc24b60721a39c815eff2babd93d52df953a4cb930a371333f\
         511829c35d25c648907536aee7f0e71827fb07",
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

#[test]
fn proving_the_login_is_frozen() {
    let value = ProveLogin { suite: SUITE, team: TEAM, member: MEMBER, session: SessionId([0x1a; 16]), time: TIME };
    check(
        value,
        "850150111111111111111111111111111111115033333333333333333333333333333333501a1a1a1a1a1a1a1a\
         1a1a1a1a1a1a1a1a1b000001a3185c5000",
        "9ac4a9145dba576a41e2b785d3329b4ebe28a0542841c101854f04062e1fcd9eb21870b08bb59dcd54237747d5\
         1a8cce6569c43bf4c2fb3af29ed7e49b468c0a",
    );
}

#[test]
fn a_checkpoint_is_frozen() {
    let value = Checkpoint {
        suite: SUITE,
        team: TEAM,
        member: MEMBER,
        time: TIME,
        chain: POSITION,
        audit: ChainPosition { sequence: 500, hash: filled(0x21) },
        heads: vec![SeenHead { vault: VAULT, head: NamedHead { sequence: 9, hash: filled(0x1f) } }],
    };
    check(
        value,
        "8701501111111111111111111111111111111150333333333333333333333333333333331b000001a3185c5000\
         820558206666666666666666666666666666666666666666666666666666666666666666821901f45820212121\
         212121212121212121212121212121212121212121212121212121212181825022222222222222222222222222\
         222222820958201f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f",
        "775e91089579ca9d094285b1109a5d67e6d624177c3d65008ec08e21c0ba31fa08a88e414ba1b7d681947e12b0\
         f18d6449a1f3f7e157325d49e1366742a13508",
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

fn export(reason: Option<&[u8]>, files: Vec<ExportedFile>) -> ExportStatement {
    ExportStatement {
        suite: SUITE,
        id: ReleaseId([0x1d; 16]),
        team: TEAM,
        member: MEMBER,
        position: POSITION,
        time: TIME,
        secrets: vec![
            ExportedSecret { vault: VAULT, account: OBJECT, version: Version(3) },
            ExportedSecret { vault: VAULT, account: PARENT, version: Version(300) },
        ],
        format: ExportFormat::Kdbx,
        reason: reason.map(|reason| Bytes(reason.to_vec())),
        files,
    }
}

fn files() -> Vec<ExportedFile> {
    [OBJECT, PARENT].map(|id| ExportedFile { vault: VAULT, id, version: Version(1) }).into()
}

#[test]
fn asking_for_many_secrets_is_frozen() {
    check(
        export(Some(b"reason"), files()),
        "8a01501d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d5011111111111111111111111111111111503333333333333333\
         33333333333333338205582066666666666666666666666666666666666666666666666666666666666666661b\
         000001a3185c500082835022222222222222222222222222222222504444444444444444444444444444444403\
         835022222222222222222222222222222222505555555555555555555555555555555519012c0146726561736f\
         6e8283502222222222222222222222222222222250444444444444444444444444444444440183502222222222\
         2222222222222222222222505555555555555555555555555555555501",
        "a1a6ebcd490a996517e7f0a08660c8f23ec3824a24a5c44aad41f2582277c6d64cdc7d29fff6d5211f38c86187\
         284d15878031c32f0906faa26f975907b2a309",
    );
    check(
        export(None, vec![]),
        "8a01501d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d5011111111111111111111111111111111503333333333333333\
         33333333333333338205582066666666666666666666666666666666666666666666666666666666666666661b\
         000001a3185c500082835022222222222222222222222222222222504444444444444444444444444444444403\
         835022222222222222222222222222222222505555555555555555555555555555555519012c01f680",
        "2b9ed6b0774826f62b8e673b3fba047bccd00d54de2a657af3196b8461c27c0d3f5860aef65edda1714c0ea48b\
         b26b50d2fc76a12f0ee5d5fe31cf1e0a479101",
    );
}

#[test]
fn an_export_names_each_secret_and_file_once_and_in_order() {
    let right = export(None, files());
    assert!(right.is_ordered());
    assert_eq!(right.count(), 4);
    let [first, second] = [right.secrets[0], right.secrets[1]];
    for secrets in [vec![first, first], vec![second, first]] {
        assert!(!ExportStatement { secrets, ..right.clone() }.is_ordered());
    }
    let [one, other] = [right.files[0], right.files[1]];
    for files in [vec![one, one], vec![other, one]] {
        assert!(!ExportStatement { files, ..right.clone() }.is_ordered());
    }
    let older = ExportedSecret { version: Version(2), ..first };
    assert!(ExportStatement { secrets: vec![older, first, second], ..right.clone() }.is_ordered());
    assert!(!ExportStatement { secrets: vec![first, older, second], ..right.clone() }.is_ordered());
    // Either list may be empty, but not both.
    assert!(ExportStatement { files: vec![], ..right.clone() }.is_ordered());
    assert!(ExportStatement { secrets: vec![], ..right.clone() }.is_ordered());
    assert!(!ExportStatement { secrets: vec![], files: vec![], ..right }.is_ordered());
}

#[test]
fn the_last_secret_of_each_account_is_told() {
    let mut export = export(None, vec![]);
    let [first, second] = [export.secrets[0], export.secrets[1]];
    let older = ExportedSecret { version: Version(2), ..first };
    // The same account's id in another vault is another account.
    let elsewhere = ExportedSecret { vault: VaultId([0x23; 16]), ..second };
    export.secrets = vec![older, first, second, elsewhere];
    let told: Vec<_> = export.each_secret().collect();
    assert_eq!(told, [(older, false), (first, true), (second, true), (elsewhere, true)]);
}

#[test]
fn purging_is_frozen() {
    let value = PurgeStatement {
        suite: SUITE,
        team: TEAM,
        vault: VAULT,
        member: MEMBER,
        position: POSITION,
        time: TIME,
        objects: vec![
            PurgedObject { kind: RecordKind::ResourceGroup, id: PARENT, version: Version(2) },
            PurgedObject { kind: RecordKind::Account, id: OBJECT, version: Version(3) },
        ],
    };
    check(
        value,
        "8701501111111111111111111111111111111150222222222222222222222222222222225033333333333333\
         3333333333333333338205582066666666666666666666666666666666666666666666666666666666666666\
         661b000001a3185c500082830150555555555555555555555555555555550283035044444444444444444444\
         44444444444403",
        "695c293ffbe77b9106b364551c7c696720f21de61ad479c4445e93b5eaeccccec2f7182fb34e80a0302cf273\
         0f04e79ee20e9d102c631efcd48f75fb7bfbef0b",
    );
}
