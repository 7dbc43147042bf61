//! The bytes, hashes and signatures of every kind of statement.

use super::{KEY, MEMBER, OBJECT, PARENT, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    chain::{
        Approvals, Body, EpochKeys, Genesis, Grant, MemberKeys, NamedHead, NewEpoch, NewVault, Policy, PolicyScope,
        Requirement, SetPolicy, SignedStatement, Statement, TeamState, VaultKind, VaultRole, statement_hash,
    },
    crypto::{Hash, SealingPublicKey, Signature, Signed},
    ids::{Epoch, MemberId, TeamId},
    suite::SUITE,
    text::LoginName,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SHARED: [Grant; 4] = [
    Grant { member: MEMBER, role: VaultRole::Custodian },
    Grant { member: MemberId(PARENT.0), role: VaultRole::Viewer },
    Grant { member: MemberId(OBJECT.0), role: VaultRole::User },
    Grant { member: MemberId(TEAM.0), role: VaultRole::Editor },
];

pub(super) struct Frozen {
    pub(super) statement: Statement,
    /// Before and after the one public key of 1,216 equal bytes that most statements hold.
    pub(super) bytes: (&'static str, &'static str, &'static str),
    pub(super) hash: &'static str,
    pub(super) signature: &'static str,
}

impl Frozen {
    pub(super) fn check(self) {
        let Self { statement, bytes: (before, key, after), hash, signature } = self;
        let expected = format!("{before}{}{after}", key.repeat(1216));
        let signed: SignedStatement = Signed::new(statement, Signature(from_hex(signature).try_into().unwrap()));
        assert_eq!(hex(signed.bytes()), expected);
        assert_eq!(hex(&statement_hash(&signed).0), hash, "{expected}");
        assert!(signed.verify(&KEY).is_ok(), "{expected}");
        assert!(hex(&signed.to_wire()).ends_with(&format!("{expected}5840{signature}")));
        assert_eq!(SignedStatement::parse(&signed.to_wire()), Ok(signed));
    }
}

fn frozen() -> Vec<Frozen> {
    vec![
        Frozen {
            statement: genesis(),
            bytes: (
                "8701f6005820000000000000000000000000000000000000000000000000000000000000000050333333333333333333\
                 333333333333331b000001a3185c50008200818284503333333333333333333333333333333363616461582003a107bf\
                 f3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85904c0",
                "cc",
                "58201212121212121212121212121212121212121212121212121212121212121212",
            ),
            hash: "c986ca9aeb84cbc95c7ae14cde78176aa3cd713f706d24116687b6af65911a03",
            signature: "8327050d6cc17f2cf639ecc479aebe3ca22aa143886ccd687cb2e9f0e618169823325e67d11da537\
                        326cd6864fb070b65a619d2ee7416928f13d94ecd279da04",
        },
        Frozen {
            statement: new_vault(VaultKind::Shared, &SHARED),
            bytes: (
                "870150111111111111111111111111111111110158201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082018184502222222222222222222222\
                 222222222200835820131313131313131313131313131313131313131313131313131313131313131358201414141414\
                 1414141414141414141414141414141414141414141414141414145904c0",
                "bb",
                "848250333333333333333333333333333333330382505555555555555555555555555555555500825044444444444444\
                 4444444444444444440182501111111111111111111111111111111102",
            ),
            hash: "f20b277716f8d2da0510e1ef07af29093efb440e70ef5cd743f57ee52665bf53",
            signature: "d25ee32e9719c3a4cda9cf39e459779f5d6013f7d9656cd8e224ca753999844c223b37bdeb1135c0\
                        70b7727e29b1f3acbe639397daa0663e2c97456459379a0b",
        },
        Frozen {
            statement: new_vault(VaultKind::Personal, &SHARED[..1]),
            bytes: (
                "870150111111111111111111111111111111110158201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082018184502222222222222222222222\
                 222222222201835820131313131313131313131313131313131313131313131313131313131313131358201414141414\
                 1414141414141414141414141414141414141414141414141414145904c0",
                "bb",
                "8182503333333333333333333333333333333303",
            ),
            hash: "6807088d4da64401f55e6a3684ea78619f057a8243098b3c1b377e4bc5e335a0",
            signature: "b5bc6155b30fa5bc942214987e93955dba9858ec5e190c2e34de45453176fd3f32733963378f7d17\
                        b1efe93e2fe261b92e3ffb5f0e5b87f8952d6b3d021dc108",
        },
        Frozen {
            statement: new_epoch(),
            bytes: (
                "870150111111111111111111111111111111110258201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082028184502222222222222222222222\
                 222222222202835820131313131313131313131313131313131313131313131313131313131313131358201414141414\
                 1414141414141414141414141414141414141414141414141414145904c0",
                "bb",
                "820458201616161616161616161616161616161616161616161616161616161616161616",
            ),
            hash: "28f16e36681c38a4e3f5831ae13deb979c58f45eb960e9e5ad7a4c2f29b31330",
            signature: "5e11b474818330b2b9a98cfeca91404b03aa8e4efe5133362981e4c395e0a522818e538f85e32904\
                        7435d8aa8518e92a1afc35f3301a49ca5fb2ce5defe47007",
        },
        Frozen {
            statement: policy(PolicyScope::Vault, Some((2, Requirement::Required))),
            bytes: (
                "870150111111111111111111111111111111110358201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082038183502222222222222222222222\
                 2222222222820080820202",
                "",
                "",
            ),
            hash: "71c4b0281d0a3bb145492fe2c83d0a9a0647e864949245a4f20c525a4e37a71a",
            signature: "8260f9b3fa2cf6633342ad544130ad5da46619f2a21b095d0e84259a93a0330ec38353676c2d4e54\
                        fd5342a8d64c6bd3ba81c437dc6844f645c5e2b1f117400f",
        },
        Frozen {
            statement: policy(PolicyScope::Resource(OBJECT), Some((0, Requirement::Optional))),
            bytes: (
                "870150111111111111111111111111111111110358201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082038183502222222222222222222222\
                 22222222228201815044444444444444444444444444444444820001",
                "",
                "",
            ),
            hash: "71295cd22d8be9ba9615ba57c6a4dd9316ad25709ffb444f83898a7291c44597",
            signature: "f7fab28f839060773406d82f26402f3629ad7e4b39f0a5a8068fed0bd558be67755566b5ecc1a9bf\
                        fe25e55f10dcb90c44a2fe66049bdb3263ee4d8666525a09",
        },
        Frozen {
            statement: policy(PolicyScope::Account(OBJECT), None),
            bytes: (
                "870150111111111111111111111111111111110358201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082038182502222222222222222222222\
                 22222222228202815044444444444444444444444444444444",
                "",
                "",
            ),
            hash: "0514b340e9ebeab5219f588c451e326743f03cd7fd0de102c0513258f155ad9f",
            signature: "b081ecaec501bf827472d87d45a580ae062283094b45ccbe0bd50e78cc4e864c17ede6287e064562\
                        f4c474f7fa3b1e53277ed4062fc42cd58d8c0c14122a8a06",
        },
    ]
}

fn statement(team: Option<TeamId>, sequence: u64, previous: Hash, body: Body) -> Statement {
    Statement { suite: SUITE, team, sequence, previous, author: MEMBER, time: TIME, body }
}

fn genesis() -> Statement {
    let founder = MemberKeys {
        member: MEMBER,
        login_name: LoginName::parse("ada").unwrap(),
        signing: KEY,
        sealing: SealingPublicKey([0xcc; 1216]),
    };
    statement(None, 0, Hash::ZERO, Body::Genesis(Genesis { founder, directory: filled(0x12) }))
}

fn keys() -> EpochKeys {
    EpochKeys { catalog: filled(0x13), open: filled(0x14), guarded: SealingPublicKey([0xbb; 1216]) }
}

fn new_vault(kind: VaultKind, grants: &[Grant]) -> Statement {
    let body = Body::NewVault(NewVault { vault: VAULT, kind, keys: keys(), grants: grants.to_vec() });
    statement(Some(TEAM), 1, filled(0x15), body)
}

fn new_epoch() -> Statement {
    let head = NamedHead { sequence: 4, hash: filled(0x16) };
    let body = Body::NewEpoch(NewEpoch { vault: VAULT, epoch: Epoch(2), keys: keys(), head });
    statement(Some(TEAM), 2, filled(0x15), body)
}

fn policy(scope: PolicyScope, policy: Option<(u8, Requirement)>) -> Statement {
    let policy = policy.map(|(approvals, reason)| Policy { approvals: Approvals(approvals), reason, terms: None });
    let body = Body::SetPolicy(SetPolicy { vault: VAULT, scope, policy });
    statement(Some(TEAM), 3, filled(0x15), body)
}

#[test]
fn statements_are_frozen() {
    frozen().into_iter().for_each(Frozen::check);
}

#[test]
fn a_teams_id_is_the_beginning_of_its_genesis_hash() {
    let all = frozen();
    let signature = Signature(from_hex(all[0].signature).try_into().unwrap());
    let team = TeamState::found(&Signed::new(genesis(), signature)).unwrap();
    assert_eq!(hex(&team.genesis().0), all[0].hash);
    assert_eq!(hex(&team.team().0), all[0].hash[..32]);
}
