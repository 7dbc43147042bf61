//! The bytes, hashes and signatures of statements about people without keys of their own, and about new keys of the
//! directory.

use super::{KEY, MEMBER, OBJECT, PARENT, TEAM, TIME, VAULT, filled, statements::Frozen};
use crate::{
    bytes::Bytes,
    chain::{
        AdmitPerson, Body, DirectoryRenewal, MemberKeys, NamedHead, RegisterPerson, Remove, SetPassword, Statement,
        TouchedVault, VaultGrant, VaultRole,
    },
    crypto::SealingPublicKey,
    ids::{MemberId, VaultId},
    suite::SUITE,
    text::LoginName,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OTHER: MemberId = MemberId(OBJECT.0);
const GRANTS: [VaultGrant; 2] = [
    VaultGrant { vault: VAULT, role: VaultRole::Editor },
    VaultGrant { vault: VaultId(PARENT.0), role: VaultRole::Viewer },
];

fn frozen() -> Vec<Frozen> {
    vec![
        Frozen {
            statement: admit(&GRANTS),
            bytes: (
                "87015011111111111111111111111111111111181d582015151515151515151515151515151515151515151515151515\
                 1515151515151550333333333333333333333333333333331b000001a3185c500082181d818284504444444444444444\
                 4444444444444444656772616365582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8\
                 5904c0",
                "bb",
                "828250222222222222222222222222222222220282505555555555555555555555555555555500",
            ),
            hash: "42ab7541b8b7e61e59b8526338bc95255c1c342bc7998b4fb17feccd744895ff",
            signature: "7152267d269ccf07942e01f5d238c49e4074b09e1c9ab48cb72eb9de79729ac69dce8e0c468bc487422e\
                        6fc018e49a16cb8709440f196d00ad96e5ab4ce77004",
        },
        Frozen {
            statement: admit(&[]),
            bytes: (
                "87015011111111111111111111111111111111181d582015151515151515151515151515151515151515151515151515\
                 1515151515151550333333333333333333333333333333331b000001a3185c500082181d818284504444444444444444\
                 4444444444444444656772616365582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8\
                 5904c0",
                "bb",
                "80",
            ),
            hash: "b1721838a44b5dccf04b197a6bba90249baa419d4e22801193a05768a911e570",
            signature: "eb30255567b7ffb45da7ae5951fbd78f5b28ef6647b8addfbdc1b6622c63472448c99eefc5368c749d83\
                        a138bb1a564fb211077b48374c48f6a27f2e4bc2f80b",
        },
        Frozen {
            statement: remove(),
            bytes: (
                "870150111111111111111111111111111111110c58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820c8183504444444444444444444444\
                 444444444480825820171717171717171717171717171717171717171717171717171717171717171743070809",
                "",
                "",
            ),
            hash: "8e824b8627b1c7c970bd2c7481508b4b789d300c9217a351004143ab2e4db570",
            signature: "d8cd588f1bd7bc8f9a94aaad79f0f18ad3e5823cae785a4a5305dfb3cb96bbd29a3168fa96bc46e4a432\
                        07740dc1243df9382accbe002294539ae25550872202",
        },
        Frozen {
            statement: register(),
            bytes: (
                "87015011111111111111111111111111111111182058201515151515151515151515151515151515151515151515151\
                 51515151515151550333333333333333333333333333333331b000001a3185c50008218208182504444444444444444\
                 4444444444444444656772616365",
                "",
                "",
            ),
            hash: "de42162b76252276cdea4f411bd70e646571f0dcbbddfe359fa9dd9811bff7f4",
            signature: "a92754f6dbe75a5f7fe4a20aa1099ee7a43508b3fe7f0f4d67390121c0404b94233b4f485f1015cb\
                        f88ddf1a94165fb0d12f5f831d9a4889e973b65c11424a0e",
        },
        Frozen {
            statement: set_password(&GRANTS, &[]),
            bytes: (
                "87015011111111111111111111111111111111182158201515151515151515151515151515151515151515151515151\
                 51515151515151550333333333333333333333333333333331b000001a3185c50008218218185504444444444444444\
                 4444444444444444582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "bb",
                "82825022222222222222222222222222222222028250555555555555555555555555555555550080",
            ),
            hash: "13825c980d546bcc451feda910f721a56073fc0019b28d23560155bbab2a3736",
            signature: "f33d068a88151c06c6519257474c95746d3128d6eb1e62d2da00a0f890161c12a3016925e74d2de7\
                        81885709bdfb9c78eb4d5a18f29bd093b706369e90e90b07",
        },
        Frozen {
            statement: set_password(&[], &[VAULT]),
            bytes: (
                "87015011111111111111111111111111111111182158201515151515151515151515151515151515151515151515151\
                 51515151515151550333333333333333333333333333333331b000001a3185c50008218218185504444444444444444\
                 4444444444444444582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "bb",
                "80818250222222222222222222222222222222228209582016161616161616161616161616161616161616161616161\
                 61616161616161616",
            ),
            hash: "6d32c49860746a27178ea9e99cd53a5148e6dd8048e392b95176819706b7d560",
            signature: "44e07044b29af0304bd6e864679b64e4c71de4659380dad5966dd1064e125c6f2cdb4c1d853b35e7\
                        b4ac09d1f42299220016e63eb63efb6ca8620826c21a590d",
        },
    ]
}

fn statement(sequence: u64, body: Body) -> Statement {
    Statement { suite: SUITE, team: Some(TEAM), sequence, previous: filled(0x15), author: MEMBER, time: TIME, body }
}

fn admit(grants: &[VaultGrant]) -> Statement {
    let keys = MemberKeys {
        member: OTHER,
        login_name: LoginName::parse("grace").unwrap(),
        signing: KEY,
        sealing: SealingPublicKey([0xbb; 1216]),
    };
    statement(29, Body::AdmitPerson(AdmitPerson { keys, grants: grants.to_vec() }))
}

fn register() -> Statement {
    let login_name = LoginName::parse("grace").unwrap();
    statement(32, Body::RegisterPerson(RegisterPerson { member: OTHER, login_name }))
}

fn set_password(grants: &[VaultGrant], vaults: &[VaultId]) -> Statement {
    let head = NamedHead { sequence: 9, hash: filled(0x16) };
    let body = SetPassword {
        member: OTHER,
        signing: KEY,
        sealing: SealingPublicKey([0xbb; 1216]),
        grants: grants.to_vec(),
        vaults: vaults.iter().map(|vault| TouchedVault { vault: *vault, head }).collect(),
    };
    statement(33, Body::SetPassword(body))
}

fn remove() -> Statement {
    let directory = Some(DirectoryRenewal { commitment: filled(0x17), former: Bytes(vec![7, 8, 9]) });
    statement(12, Body::Remove(Remove { member: OTHER, vaults: vec![], directory }))
}

#[test]
fn statements_about_people_with_keys_of_others_are_frozen() {
    frozen().into_iter().for_each(Frozen::check);
}
