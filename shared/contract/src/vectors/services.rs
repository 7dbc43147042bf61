//! The bytes, hashes and signatures of every kind of statement about services.

use super::{KEY, MEMBER, OBJECT, PARENT, TEAM, TIME, VAULT, filled, statements::Frozen};
use crate::{
    chain::{
        Admit, Body, MemberKeys, NamedHead, RenewService, ServiceScope, ServiceTerms, SetService, Statement,
        TouchedVault, VaultGrant, VaultRole,
    },
    crypto::SealingPublicKey,
    host::Host,
    ids::{MemberId, VaultId},
    suite::SUITE,
    text::LoginName,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SERVICE: MemberId = MemberId(OBJECT.0);
const HEAD: NamedHead = NamedHead { sequence: 4, hash: filled(0x16) };
const GRANTS: [VaultGrant; 2] = [
    VaultGrant { vault: VAULT, role: VaultRole::Editor },
    VaultGrant { vault: VaultId(PARENT.0), role: VaultRole::Viewer },
];

fn frozen() -> Vec<Frozen> {
    vec![
        Frozen {
            statement: admit(terms(), &GRANTS),
            bytes: (
                "870150111111111111111111111111111111110d58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820d8183845044444444444444444444\
                 444444444444656275696c64582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904\
                 c0",
                "bb",
                "841b000001a318933e80826c3139322e302e322e302f32346d6275696c642e6578616d706c6500502222222222222222\
                 2222222222222222828250222222222222222222222222222222220282505555555555555555555555555555555500",
            ),
            hash: "d45c5e1f72b53aca5271a4dc1d7a1c3a5499b5087612508264aca1b7a8bb2b36",
            signature: "555a031e1d5f6f5b215d0387eacca7e1a7d267d627e767b7fd35779e543612658f72ba0567edb7f28442556638ca3091\
                        c8cdf1c806cd7fbdfe4347689f72410f",
        },
        Frozen {
            statement: admit(bare(), &[]),
            bytes: (
                "870150111111111111111111111111111111110d58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820d8183845044444444444444444444\
                 444444444444656275696c64582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904\
                 c0",
                "bb",
                "83f6800180",
            ),
            hash: "afd6583f0ddda0b7ec76ca8a1693ab339421c2ef54edf92b32b3beef64264d43",
            signature: "04ae1309c0518ca46f2bbf931a3d46af9c76c652254666801a50fc97b872c708112293882ada820b20b91961636b18a5\
                        222d70049a9825f7ccf991e8bac3430e",
        },
        Frozen {
            statement: set(terms()),
            bytes: (
                "870150111111111111111111111111111111110e58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820e8182504444444444444444444444\
                 4444444444841b000001a318933e80826c3139322e302e322e302f32346d6275696c642e6578616d706c650050222222\
                 22222222222222222222222222",
                "",
                "",
            ),
            hash: "d9eeb88692519094a0b04418c648bbc766ecb92a172556fc2bc5ea080c8785fd",
            signature: "bd2b7e90a5b1ff6f6f9b9c60bf4860eb4a46e2f3d7069ec9e54dafb50b731990dd7e978faa0503dc2477db7ecc39b588\
                        46e7f02f7b5d9a27cda2a7af6d12ff09",
        },
        Frozen {
            statement: set(bare()),
            bytes: (
                "870150111111111111111111111111111111110e58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820e8182504444444444444444444444\
                 444444444483f68001",
                "",
                "",
            ),
            hash: "ab885331f36e80ef8fa1348d98c679af1f731612801ebff97cc249bba5697ad4",
            signature: "eea81e4d886381bc7a049cc708daca398ddc25d50a0c35fcb5cf36eb09c38673ed5a33c53f529197877c25d836b73a62\
                        44313fb7f16732f1e109de4ef2529a0a",
        },
        Frozen {
            statement: renew(terms(), &[VAULT, VaultId(PARENT.0)]),
            bytes: (
                "870150111111111111111111111111111111110f58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820f8185504444444444444444444444\
                 4444444444582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "bb",
                "841b000001a318933e80826c3139322e302e322e302f32346d6275696c642e6578616d706c6500502222222222222222\
                 222222222222222282825022222222222222222222222222222222820458201616161616161616161616161616161616\
                 161616161616161616161616161616825055555555555555555555555555555555820458201616161616161616161616\
                 161616161616161616161616161616161616161616",
            ),
            hash: "e97eca6d724a142b868eb86245191cd12180ced102fec497cdfd762e9fe38aee",
            signature: "0b913df3931b565738b824cb294b609d625dac1c0204f891933c2a6143cb9bc6289bbc69985ffe83bc213726cd3cf8c3\
                        bd00d75e596e739b5102ecd91cb0c007",
        },
        Frozen {
            statement: renew(bare(), &[]),
            bytes: (
                "870150111111111111111111111111111111110f58201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000820f8185504444444444444444444444\
                 4444444444582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "bb",
                "83f6800180",
            ),
            hash: "cecca98f9ea464e5c9afd305a313944618f48cc67e6dd257969a86fb4d8946eb",
            signature: "06dbc09ffa77451e5112109d971fe41ffa9f8916df05c9bc7a6ea0c2b4029baf1f7af630c11adedca1c789fdc96c63a4\
                        7003e5f813483e2d478550c0a210fc08",
        },
    ]
}

fn statement(sequence: u64, body: Body) -> Statement {
    Statement { suite: SUITE, team: Some(TEAM), sequence, previous: filled(0x15), author: MEMBER, time: TIME, body }
}

fn terms() -> ServiceTerms {
    ServiceTerms {
        expires: Some(TIME.plus_millis(3_600_000)),
        hosts: ["192.0.2.0/24", "build.example"].map(|host| Host::parse(host).unwrap()).to_vec(),
        scope: ServiceScope::Roles,
        vault: Some(VAULT),
    }
}

fn bare() -> ServiceTerms {
    ServiceTerms { expires: None, hosts: vec![], scope: ServiceScope::Requests, vault: None }
}

fn admit(terms: ServiceTerms, grants: &[VaultGrant]) -> Statement {
    let keys = MemberKeys {
        member: SERVICE,
        login_name: LoginName::parse("build").unwrap(),
        signing: KEY,
        sealing: SealingPublicKey([0xbb; 1216]),
    };
    statement(13, Body::Admit(Admit { keys, terms, grants: grants.to_vec() }))
}

fn set(terms: ServiceTerms) -> Statement {
    statement(14, Body::SetService(SetService { member: SERVICE, terms }))
}

fn renew(terms: ServiceTerms, vaults: &[VaultId]) -> Statement {
    let vaults = vaults.iter().map(|vault| TouchedVault { vault: *vault, head: HEAD }).collect();
    let sealing = SealingPublicKey([0xbb; 1216]);
    statement(15, Body::RenewService(RenewService { member: SERVICE, signing: KEY, sealing, terms, vaults }))
}

#[test]
fn statements_about_services_are_frozen() {
    frozen().into_iter().for_each(Frozen::check);
}

#[test]
fn the_name_of_a_token_is_frozen() {
    let name = LoginName::of_service(&SERVICE);
    assert_eq!(name.as_str(), "service:44444444444444444444444444444444");
    assert!(name.is_folded());
    assert_eq!(name.service(), Some(SERVICE));
    let id = "4".repeat(32);
    for other in ["service:".to_owned(), id.clone(), format!("service:{id}4"), format!("service:+{}", &id[1..])] {
        assert_eq!(LoginName::parse(&other).unwrap().service(), None, "{other}");
    }
}
