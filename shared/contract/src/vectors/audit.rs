//! The bytes and hashes of every kind of audit event.

use super::{MEMBER, OBJECT, TEAM, TIME, VAULT, filled, hex};
use crate::{
    audit::{
        AheadEnd, AheadStepKind, AuditEvent, AuditedAct, RefusedRequest, RequestEnd, RequestStepKind, WrittenObject,
    },
    bytes::Bytes,
    chain::{TeamRole, VaultRole},
    codec,
    crypto::Hash,
    factor::FactorKind,
    ids::{AheadId, Epoch, GroupId, InviteId, MemberId, RequestId, SessionId, Version, WebhookId},
    record::RecordKind,
    release::ExportFormat,
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const INVITE: InviteId = InviteId([0x77; 16]);
const OTHER: MemberId = MemberId(OBJECT.0);
const GROUP: GroupId = GroupId([0x88; 16]);
const REQUEST: RequestId = RequestId([0x99; 16]);
const SESSION: SessionId = SessionId([0x1a; 16]);

/// What stands before and after the act in every event.
const BEFORE: &str = "890150111111111111111111111111111111110958201c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c\
                        1c1c1c1c1c1c1b000001a3185c50005033333333333333333333333333333333693139322e302e322e31";
const AFTER: &str = "467369676e6564";

/// An act without a row does not compile.
fn frozen(act: &AuditedAct) -> (&'static str, &'static str) {
    match act {
        AuditedAct::TeamCreated => ("820080", "ec927788e79e251f786c68936013b0ebc9002456c282e5843d42abb867e0bc8c"),
        AuditedAct::SessionStarted { .. } => (
            "820181501a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
            "ef17e7cb59a814c7e90f0b0140ffe965f45fe739b1793905ff19f80b0047c190",
        ),
        AuditedAct::SignInRefused => ("820280", "860254003ecc067d1f44f9770de8463e398e91bf2a58b2816251fbd0d5a0b70c"),
        AuditedAct::SessionEnded { .. } => (
            "820381501a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
            "f91b092e489d3963c49de36d35b2e9e6949a35775e34ba44ef232d541c685813",
        ),
        AuditedAct::LoginChanged => ("820480", "213ebc4fe1923511708778621421369d548f0509fd7d218e985a081e2ab8ae8e"),
        AuditedAct::VaultCreated { .. } => (
            "8205815022222222222222222222222222222222",
            "a40ea0aa622c7ea9c4c40bb6dab32877ca889388edcd44c4290564f44ed1e09f",
        ),
        AuditedAct::EpochStarted { .. } => (
            "820682502222222222222222222222222222222202",
            "1f27200b4cc782b7267a50922c244cdf509d73c6d8ec02fb2acd6dd927bc1789",
        ),
        AuditedAct::PolicySet { .. } => (
            "8207815022222222222222222222222222222222",
            "8a26c9702ea42e4d6855a27f97679b15e4556507cf55cf53af84ee17e2d28a91",
        ),
        AuditedAct::RecordsWritten { .. } => (
            "820883502222222222222222222222222222222258201b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b\
             1b1b1b1b1b1b03",
            "b83f73c27730687d774fe20b6ab177e21cf8c262aed8d88b90753bc15a144b7f",
        ),
        AuditedAct::SecretReleased { .. } => (
            "8209835022222222222222222222222222222222504444444444444444444444444444444403",
            "22d20dbfb66e17d5b4667ed889ba4e8bced22f1a9d5c295eeceb07d49b724462",
        ),
        AuditedAct::SecretsExported { .. } => {
            ("820a83020104", "a6dcc6db53d3f87e5a7f3a5e441a64015b3df76c225bdbb91cfb5a5333111998")
        }
        AuditedAct::FileReleased { .. } => (
            "820b835022222222222222222222222222222222504444444444444444444444444444444403",
            "2d10e1129d9dfd56805f0d95b9d4b969d858cbc2d19a0b3a602f837d55730383",
        ),
        AuditedAct::ObjectsPurged { .. } => (
            "820c8250222222222222222222222222222222221864",
            "4cbed550f74baf3fba86547e8bc7db93c8f016dbffe5cb30f55ba2cccb984e15",
        ),
        AuditedAct::MemberInvited { .. } => (
            "820d815077777777777777777777777777777777",
            "3b4b7fdef0f349b98a99b58480eaa5ead477d8e3d11b50e31bba4a1e3de67af8",
        ),
        AuditedAct::InvitationWithdrawn { .. } => (
            "820e815077777777777777777777777777777777",
            "969ed34dd90e68d1b562f3b920b30b387b132ff9a2ce82001601ec62f111c7d6",
        ),
        AuditedAct::MemberJoined { .. } => (
            "820f815077777777777777777777777777777777",
            "e929b43a3e455cb30e1ac238c450e916c1d95494944f813e1761ca5407ffdba9",
        ),
        AuditedAct::TeamRoleSet { .. } => (
            "821082504444444444444444444444444444444403",
            "784b0890f8bc6e76d21ea5e865279a413c67141ef838ea39fbea14b1f30fa34f",
        ),
        AuditedAct::GrantSet { .. } => (
            "8211835022222222222222222222222222222222504444444444444444444444444444444402",
            "e2ee188ed6c9029ec224a0b09a5920eba6c401ea20402a34e790846e5b475c79",
        ),
        AuditedAct::GrantRevoked { .. } => (
            "82128250222222222222222222222222222222225044444444444444444444444444444444",
            "1ccfefff8739de4d4cf9e77e7822ed25ca453e0552d0fa0d542ffcaee1fb719c",
        ),
        AuditedAct::MemberSuspended { .. } => (
            "8213815044444444444444444444444444444444",
            "ea46bc4e1ac2f113df6d1039cfeb0432e5328e766b9b4d3ab9f3909172d06000",
        ),
        AuditedAct::MemberResumed { .. } => (
            "8214815044444444444444444444444444444444",
            "179cfe90e4caa7d4956343abc718b7f427e1978d27abf36c194afb6a07dcafba",
        ),
        AuditedAct::MemberRemoved { .. } => (
            "8215815044444444444444444444444444444444",
            "6d45907f450cf52ec85757bff00a6e69a585b3d289bce080c96686f934e852fb",
        ),
        AuditedAct::ServiceAdmitted { .. } => (
            "8216815044444444444444444444444444444444",
            "ef7f4ab6d7cfb7805c7733df3a897449ce6eaeeba8755a885159b993930d4861",
        ),
        AuditedAct::ServiceSet { .. } => (
            "8217815044444444444444444444444444444444",
            "8930451eaac5a0df96c1fab3e8f2436fdb43555e581e3e3c7dd99bc09a96ce6d",
        ),
        AuditedAct::ServiceRenewed { .. } => (
            "821818815044444444444444444444444444444444",
            "09135656a382fce9ead183fd2dd8aae12ce85371e060ed041cdfe09a692d6ebd",
        ),
        AuditedAct::ProfileWritten { .. } => (
            "82183282504444444444444444444444444444444403",
            "cd6abce08e22cab86316d3bead3b18ecedf26a8cd5cb6dc91e138b87b4e56eea",
        ),
        AuditedAct::GroupNamed { .. } => (
            "82183382508888888888888888888888888888888803",
            "1a1a21034ca0fd6b72022436c7c72f5854b67fa87ef786c495b0f9393db333ec",
        ),
        AuditedAct::GroupSet { .. } => (
            "82183482508888888888888888888888888888888802",
            "925fa9260a9b085aaa54cf993fb801ff4b7a5469cdb5184def8106c7b73b4f98",
        ),
        AuditedAct::GroupRoleSet { .. } => (
            "821835835022222222222222222222222222222222508888888888888888888888888888888802",
            "b0be66300c80342fdd75416fb268643606df6d960071b479d82a5b77e7a29d76",
        ),
        AuditedAct::GroupGrantsSet { .. } => (
            "821836835022222222222222222222222222222222025088888888888888888888888888888888",
            "0d93e1a73ae85df9ae5d1096e4ac41aae4ce3faefe581aa0c7fa932eba84843a",
        ),
        AuditedAct::FactorAdded { .. } => {
            ("8218378100", "df8fe419b995d500a8669959c2b711b57dc2790f6f6eb38132febdee2563d42c")
        }
        AuditedAct::FactorRemoved { .. } => {
            ("8218388101", "9a360282f13aa699165420d42633037803cb6d85bfa14329a1e6eb7805ef6557")
        }
        AuditedAct::FactorsTaken { .. } => (
            "821839815044444444444444444444444444444444",
            "94899a2e1da0df4904affb947f70615898f0648ab6ca2f362cbe353f78c4a542",
        ),
        AuditedAct::FactorTried { .. } => {
            ("82183a8202f5", "2a985fabcbc7a78dff226b0b320c8c87d77def6036a0d9aabcfd67bbbd50e17b")
        }
        AuditedAct::TeamPolicySet => ("82183b80", "77ce16423cc8dcfb6d3d1e782e6e158ba4892d6831cf43b8a34f18bf8342a2d6"),
        AuditedAct::KeysReplaced => ("82183c80", "945dfba28e3253db63351b9d35509531fa60be634ea32544da319bb79529c4bc"),
        AuditedAct::RecoverySet => ("82183d80", "140c307db00562cf60d0918f5c1adf4edd50eb75ad6308df2432f41f706ae7cb"),
        AuditedAct::RecoveryEnrolled => {
            ("82183e80", "6328b53008bc71da11cd714b1a52aaeb2f42826eda3e62727a2bdab0dbcb3675")
        }
        AuditedAct::EnrolmentEnded => ("82183f80", "349c40be6bcbbc30670ec9fe875f58d336294baef7b7bf0777f537e67d478afd"),
        AuditedAct::RecoveryStarted { .. } => (
            "821840815044444444444444444444444444444444",
            "b0abdb672904bb2cd9afd2330c48f183d55a05c61d0da16e03614d56396fded0",
        ),
        AuditedAct::RecoveryCancelled { .. } => (
            "821841815044444444444444444444444444444444",
            "5641388c0711d540ec4fe9c1d38bccd2fe071624afb4e263edc2dd668bc8d01b",
        ),
        AuditedAct::ShareGiven { .. } => (
            "821842815044444444444444444444444444444444",
            "051f6afaab499fde133d37a580179b46ce42f2e8f0c82b514437cee687948963",
        ),
        AuditedAct::MemberRecovered => ("82184380", "33c0a4ed9b33de1139da8b6f373905390f5aac118f414f03097d453e974ef992"),
        AuditedAct::RecoveryRequested { .. } => (
            "821844815044444444444444444444444444444444",
            "a0fc9e01a3154d158498d67c653f8b152107ad18b616fb0696ab5e14f83c50f4",
        ),
        AuditedAct::PersonAdmitted { .. } => (
            "821847815044444444444444444444444444444444",
            "ab210a7c693b26f40aabc028a41d347e37ab2e2b526e4f5549ef74be2601505a",
        ),
        AuditedAct::PersonRegistered { .. } => (
            "821848815044444444444444444444444444444444",
            "4c06931ed0469edbbbbe4b4acf6f100ba4eda5dcd047cd981e9e32f7a1c2a63c",
        ),
        AuditedAct::PasswordSet { .. } => (
            "821849815044444444444444444444444444444444",
            "374235aa137c28f517f03d3d03d7a8af21da91481bc18d04f9c265d93d3afd04",
        ),
        AuditedAct::RequestStepped { .. } => (
            "821850855022222222222222222222222222222222504444444444444444444444444444444450999999999999999999\
             99999999999999503333333333333333333333333333333305",
            "82085df94974dd831e259cd092ab38eef114ac21fbba24fa5c5a45a6850923ef",
        ),
        AuditedAct::RequestEnded { .. } => (
            "821851855022222222222222222222222222222222504444444444444444444444444444444450999999999999999999\
             99999999999999503333333333333333333333333333333302",
            "b5ad2a3cd612574c3680f3ab3b67213bc40f308cc5b4676baff8d3207a64795e",
        ),
        AuditedAct::AheadStepped { .. } => (
            "821852855022222222222222222222222222222222504444444444444444444444444444444450979797979797979797\
             97979797979797503333333333333333333333333333333301",
            "053bc6f2bb127f5faa79df125da4e43e26a303da86fb23489e0fb09ce6e53d09",
        ),
        AuditedAct::AheadEnded { .. } => (
            "821853855022222222222222222222222222222222504444444444444444444444444444444450979797979797979797\
             97979797979797503333333333333333333333333333333304",
            "275d6baa3c93bae084fb20d9b70c5a783b72f92e9e6324fe5abcf50916e822c4",
        ),
        AuditedAct::RequestRefused { .. } => (
            "821828830150222222222222222222222222222222225044444444444444444444444444444444",
            "82d574c84a086789057fe0d4d5ba45e2bfb753d900329cb2f434097a16fcefdf",
        ),
        AuditedAct::InvitationOpened { .. } => (
            "821829815077777777777777777777777777777777",
            "fbe2889c09a9282d3bece03c806b2c95595de23c630a49e48ac90eb278275865",
        ),
        AuditedAct::InvitationRefused { .. } => (
            "82182a815077777777777777777777777777777777",
            "009718c4908b47ae609de14f34a0cf51e1782104d92bccb42341de9d38c20413",
        ),
        AuditedAct::KeysWrapped { .. } => (
            "82182b8250222222222222222222222222222222225044444444444444444444444444444444",
            "93f7b60ff59bdf08d0894230269957d38e05991525c8080f11bb1e776613d04f",
        ),
        AuditedAct::EventsPruned { .. } => (
            "82182c820758201b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b",
            "7bacd0c2eb7df4a2285a7c3b81990290ad57b921d8ca81b5a66576a0493194ff",
        ),
        AuditedAct::PersonalVaultDeleted { .. } => (
            "8218468250222222222222222222222222222222225044444444444444444444444444444444",
            "bf7a7b3f01b139b1e59cce2f727c1d6ed3beefe905c7d17637e39b87ae8db3d1",
        ),
        AuditedAct::WebhookSet { .. } => (
            "82184d825055555555555555555555555555555555f5",
            "964855f2033ceb7d04d5d3866a9219192c3043a5fffab418cc691d6667817fad",
        ),
        AuditedAct::WebhookDeleted { .. } => (
            "82184e815055555555555555555555555555555555",
            "2b5863567c399e97a22200537f826b007d33573c8ca3e5abb7218e44e4537cdb",
        ),
        AuditedAct::WebhookGivenUp { .. } => (
            "82184f815055555555555555555555555555555555",
            "2e3fdc732ae7ab0a80a02abc120b93154d3fcf4e251c01dd47a32366d9e639be",
        ),
    }
}

#[test]
fn events_are_frozen() {
    let acts = [
        AuditedAct::TeamCreated,
        AuditedAct::SessionStarted { session: SESSION },
        AuditedAct::SignInRefused,
        AuditedAct::SessionEnded { session: SESSION },
        AuditedAct::LoginChanged,
        AuditedAct::VaultCreated { vault: VAULT },
        AuditedAct::EpochStarted { vault: VAULT, epoch: Epoch(2) },
        AuditedAct::PolicySet { vault: VAULT },
        AuditedAct::RecordsWritten { vault: VAULT, head: filled(0x1b), count: 3, changed: None },
        AuditedAct::SecretReleased { vault: VAULT, account: OBJECT, version: Version(3) },
        AuditedAct::SecretsExported { count: 2, format: ExportFormat::Kdbx, files: 4 },
        AuditedAct::FileReleased { vault: VAULT, file: OBJECT, version: Version(3) },
        AuditedAct::ObjectsPurged { vault: VAULT, count: 100 },
        AuditedAct::MemberInvited { invite: INVITE },
        AuditedAct::InvitationWithdrawn { invite: INVITE },
        AuditedAct::MemberJoined { invite: INVITE },
        AuditedAct::TeamRoleSet { of: OTHER, role: TeamRole::Auditor },
        AuditedAct::GrantSet { vault: VAULT, of: OTHER, role: VaultRole::Editor },
        AuditedAct::GrantRevoked { vault: VAULT, of: OTHER },
        AuditedAct::MemberSuspended { of: OTHER },
        AuditedAct::MemberResumed { of: OTHER },
        AuditedAct::MemberRemoved { of: OTHER },
        AuditedAct::ServiceAdmitted { of: OTHER },
        AuditedAct::ServiceSet { of: OTHER },
        AuditedAct::ServiceRenewed { of: OTHER },
        AuditedAct::ProfileWritten { of: OTHER, version: Version(3) },
        AuditedAct::GroupNamed { group: GROUP, version: Version(3) },
        AuditedAct::GroupSet { group: GROUP, count: Some(2) },
        AuditedAct::GroupRoleSet { vault: VAULT, group: GROUP, role: Some(VaultRole::Editor) },
        AuditedAct::GroupGrantsSet { vault: VAULT, count: 2, group: Some(GROUP) },
        AuditedAct::FactorAdded { factor: FactorKind::Codes },
        AuditedAct::FactorRemoved { factor: FactorKind::Passkey },
        AuditedAct::FactorsTaken { of: OTHER },
        AuditedAct::FactorTried { factor: FactorKind::RecoveryCodes, right: true },
        AuditedAct::TeamPolicySet,
        AuditedAct::KeysReplaced,
        AuditedAct::RecoverySet,
        AuditedAct::RecoveryEnrolled,
        AuditedAct::EnrolmentEnded,
        AuditedAct::RecoveryStarted { of: OTHER },
        AuditedAct::RecoveryCancelled { of: OTHER },
        AuditedAct::ShareGiven { of: OTHER },
        AuditedAct::MemberRecovered,
        AuditedAct::RecoveryRequested { of: OTHER },
        AuditedAct::PersonAdmitted { of: OTHER },
        AuditedAct::PersonRegistered { of: OTHER },
        AuditedAct::PasswordSet { of: OTHER },
        AuditedAct::RequestStepped {
            vault: VAULT,
            account: OBJECT,
            request: REQUEST,
            of: MEMBER,
            step: RequestStepKind::CheckedOut,
        },
        AuditedAct::RequestEnded {
            vault: VAULT,
            account: OBJECT,
            request: REQUEST,
            of: MEMBER,
            ended: RequestEnd::Restored,
        },
        AuditedAct::AheadStepped {
            vault: VAULT,
            account: OBJECT,
            ahead: AheadId([0x97; 16]),
            of: MEMBER,
            step: AheadStepKind::Approved,
        },
        AuditedAct::AheadEnded {
            vault: VAULT,
            account: OBJECT,
            ahead: AheadId([0x97; 16]),
            of: MEMBER,
            ended: AheadEnd::Restored,
        },
        AuditedAct::RequestRefused { request: RefusedRequest::Release, vault: Some(VAULT), object: Some(OBJECT) },
        AuditedAct::InvitationOpened { invite: INVITE },
        AuditedAct::InvitationRefused { invite: INVITE },
        AuditedAct::KeysWrapped { vault: VAULT, of: OTHER },
        AuditedAct::EventsPruned { through: 7, hash: filled(0x1b) },
        AuditedAct::PersonalVaultDeleted { vault: VAULT, of: OTHER },
        AuditedAct::WebhookSet { webhook: WebhookId([0x55; 16]), enabled: true },
        AuditedAct::WebhookDeleted { webhook: WebhookId([0x55; 16]) },
        AuditedAct::WebhookGivenUp { webhook: WebhookId([0x55; 16]) },
    ];
    for what in acts {
        let (act, hash) = frozen(&what);
        let event = AuditEvent {
            suite: SUITE,
            team: TEAM,
            sequence: 9,
            previous: filled(0x1c),
            time: TIME,
            member: Some(MEMBER),
            address: Some("192.0.2.1".to_owned()),
            what,
            statement: Some(Bytes(b"signed".to_vec())),
        };
        assert_eq!(hex(&codec::encode(&event)), format!("{BEFORE}{act}{AFTER}"));
        assert_eq!(hex(&event.hash().0), hash);
        assert_eq!(codec::decode(&codec::encode(&event)), Ok(event));
    }
}

#[test]
fn acts_that_leave_something_out_are_frozen() {
    let rows = [
        (AuditedAct::GroupSet { group: GROUP, count: None }, "821834815088888888888888888888888888888888"),
        (
            AuditedAct::GroupGrantsSet { vault: VAULT, count: 2, group: None },
            "82183682502222222222222222222222222222222202",
        ),
    ];
    for (what, bytes) in rows {
        assert_eq!(hex(&codec::encode(&what)), bytes);
        assert_eq!(codec::decode(&codec::encode(&what)), Ok(what));
    }
}

#[test]
fn a_write_that_names_its_records_is_frozen() {
    let changed = WrittenObject { kind: RecordKind::Account, id: OBJECT, version: Version(1) };
    let what = AuditedAct::RecordsWritten { vault: VAULT, head: filled(0x1b), count: 3, changed: Some(vec![changed]) };
    assert_eq!(
        hex(&codec::encode(&what)),
        "8208845022222222222222222222222222222222\
         58201b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b03\
         8183035044444444444444444444444444444444\
         01"
    );
    assert_eq!(codec::decode(&codec::encode(&what)), Ok(what));
}

#[test]
fn an_event_of_nobody_is_frozen() {
    let event = AuditEvent {
        suite: SUITE,
        team: TEAM,
        sequence: 1,
        previous: Hash::ZERO,
        time: TIME,
        member: None,
        address: None,
        what: AuditedAct::SignInRefused,
        statement: None,
    };
    assert_eq!(
        hex(&codec::encode(&event)),
        "880150111111111111111111111111111111110158200000000000000000000000000000000000000000000000000000\
         0000000000001b000001a3185c5000f6f6820280"
    );
    assert_eq!(hex(&event.hash().0), "37ec92355c45812bd1d1e9b9af50d83e7daa23f8def63e5173ce7f3f71a842a1");
}
