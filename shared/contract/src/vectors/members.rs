//! The bytes, hashes and signatures of every kind of statement about members.

use super::{KEY, MEMBER, OBJECT, PARENT, SECOND_KEY, TEAM, TIME, VAULT, filled, from_hex, hex};
use crate::{
    chain::{
        Body, Invite, Join, MemberKeys, NamedHead, Remove, Resume, Revoke, SetGrant, SetTeamRole, SignedStatement,
        Statement, Suspend, TeamRole, TouchedVault, VaultGrant, VaultRole, WithdrawInvite, statement_hash,
    },
    crypto::{SealingPublicKey, Signature, Signed, VerifyingKey},
    ids::{InviteId, MemberId, VaultId},
    suite::SUITE,
    text::LoginName,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const INVITE: InviteId = InviteId([0x77; 16]);
const HEAD: NamedHead = NamedHead { sequence: 4, hash: filled(0x16) };
const OTHER: MemberId = MemberId(OBJECT.0);
const GRANTS: [VaultGrant; 2] = [
    VaultGrant { vault: VAULT, role: VaultRole::Editor },
    VaultGrant { vault: VaultId(PARENT.0), role: VaultRole::Viewer },
];

/// The invitation's.
const LINK_KEY: VerifyingKey = SECOND_KEY;

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
            statement: invite(&GRANTS),
            bytes: (
                "8701501111111111111111111111111111111104582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008204818650777777777777777777777777777777\
                 77582029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd75904c0",
                "bb",
                "048282502222222222222222222222222222222202825055555555555555555555555555555555001b000001a318933e80",
            ),
            hash: "a6e26bbff001f4de514d8373d8fbad18c4a426bfd7b447016fe54a0c008c0a78",
            signature: "6dd814d9fe598b455efac7e475b8115848011d29a1caba89013f567b65837f2ee2e2f437b72e0b2c7b33f64df7d1f\
                        2bfd08b7b6628717c01ed2209ec141c1900",
            cosignature: None,
        },
        Frozen {
            statement: invite(&[]),
            bytes: (
                "8701501111111111111111111111111111111104582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008204818650777777777777777777777777777777\
                 77582029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd75904c0",
                "bb",
                "04801b000001a318933e80",
            ),
            hash: "22a880fa53c097508746b37084760dc9be9a3109a4aa0e1064c19bb766fe1d4e",
            signature: "11c9fdc2fc16c7714be97611d6ca359c77ca0dac4affde123746a0ba903206c6a6fc96f69e265c38d6f4833a1f77e\
                        d4199c89b8d25640e0ea2242fc212dc9b05",
            cosignature: None,
        },
        Frozen {
            statement: withdraw(),
            bytes: (
                "8701501111111111111111111111111111111105582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008205818150777777777777777777777777777777\
                 77",
                "",
                "",
            ),
            hash: "d4340f408fb54dd8784de999a2f4d3101c3804be942b5621c0a113863be4dae0",
            signature: "a819b9bf63db0d9c2bc37c6dbf867f9a1be8a37715f9272b6959d5690bd1269265b2ea6d1615d0e7f856cc2284da7\
                        3de2d6a3603738a0995f48f1bf91160070a",
            cosignature: None,
        },
        Frozen {
            statement: join(),
            bytes: (
                "8701501111111111111111111111111111111106582015151515151515151515151515151515151515151515151515151515\
                 1515151550777777777777777777777777777777771b000001a3185c50008206818250777777777777777777777777777777\
                 7784507777777777777777777777777777777763616461582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1d\
                 dc8664125531b85904c0",
                "bb",
                "",
            ),
            hash: "d5420a69917dd8f9468bb67f6b4061faaf078ee23ef0cd9486e8161b5325bf74",
            signature: "0ef0a849931b9738b2ece18d71a43e6855efaab18b87ffc6f4845c739898d64b680933db4336eecc60592bf1ea18f\
                        329e39c2d971fb74940d16e0f35dbbbd900",
            cosignature: Some(
                "cf417f694992f9ce2abbdebccf70dca747b2b9362f58624f1d9ef517a317a2ec1520e3d1bfe3a827dd566d\
                               fc117cd6ebd4c8974b0ef3999e1c2243f92a2fe80c",
            ),
        },
        Frozen {
            statement: set_role(TeamRole::Owner),
            bytes: (
                "8701501111111111111111111111111111111107582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008207818250444444444444444444444444444444\
                 4400",
                "",
                "",
            ),
            hash: "6c42663a79ed955cf55a7df19061887394559247f78cf23ec207d6682773b82d",
            signature: "a9f87eefab501b21ccfc4c722dd03c0b203a31a1d8429268127bbfdeaff0924cdd13a597c2cf307a4e84087a68b1c\
                        c85da670c036d698b0e07a18a0dc6493406",
            cosignature: None,
        },
        Frozen {
            statement: set_role(TeamRole::Administrator),
            bytes: (
                "8701501111111111111111111111111111111107582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008207818250444444444444444444444444444444\
                 4401",
                "",
                "",
            ),
            hash: "7d08b3ca50930ac4b03e300f337723dd6362203b683c464f27d26968d28232c6",
            signature: "07c0827eda84ea418eb6fe83df7c0267756a41618c650c68438942e8569a125b5e2beadc9c02bd7d95d6df3796b30\
                        197353b1948943f30c3f9a5488de0582705",
            cosignature: None,
        },
        Frozen {
            statement: set_role(TeamRole::PasswordAdministrator),
            bytes: (
                "8701501111111111111111111111111111111107582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008207818250444444444444444444444444444444\
                 4402",
                "",
                "",
            ),
            hash: "6779d03e29d6a3da1b4764bf634949d9707e8d50f815ca7e7c778a00c81014b9",
            signature: "a906aa073ea52c66a22c5d22b3eed8305599fdfc6bd3527b17a4c8a671e7116df23e9cb9b6a2dbfd1de09f6786bfb\
                        debe492899b078ca38b98751b7dcb83e709",
            cosignature: None,
        },
        Frozen {
            statement: set_role(TeamRole::Auditor),
            bytes: (
                "8701501111111111111111111111111111111107582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008207818250444444444444444444444444444444\
                 4403",
                "",
                "",
            ),
            hash: "b1b6769a99b232eefe7a987b9b4b8ec96cd77092f7c790bbb01a1513814023bd",
            signature: "2750474d46c238c5ea8443fc936b0e4efe652770fccfad02bd0c0fe1e96acbc0c9b35a38baaf921314c342a4286cd\
                        5808f3acd6972ad1e6c36de08e7956ca300",
            cosignature: None,
        },
        Frozen {
            statement: set_role(TeamRole::Member),
            bytes: (
                "8701501111111111111111111111111111111107582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008207818250444444444444444444444444444444\
                 4404",
                "",
                "",
            ),
            hash: "499971a1ae32e7dd51920088f26765a8515d0f083a52412fe89565bda2a527c7",
            signature: "5d43fbf820ea87f2499baa3d03bc5b999c69272eeb180f622a1f8030c699324f2059dff82868fb7377ee91c8712f9\
                        f4225b0c6f4f3e56a6394706f14d735740d",
            cosignature: None,
        },
        Frozen {
            statement: set_grant(VaultRole::Custodian, None),
            bytes: (
                "8701501111111111111111111111111111111108582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008208818350222222222222222222222222222222\
                 22504444444444444444444444444444444403",
                "",
                "",
            ),
            hash: "513471ea0afb2b0389f29d0d496463050232cec75b4e44623cf205ae129be724",
            signature: "968ffc8342efb949923eceb973e0af022888166b8600d608d0e34bccba8d2abe390190daa182a067f5f763864f130\
                        62297db75efcb3ee6bdda5e546ddd10a50f",
            cosignature: None,
        },
        Frozen {
            statement: set_grant(VaultRole::Viewer, Some(HEAD)),
            bytes: (
                "8701501111111111111111111111111111111108582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008208818450222222222222222222222222222222\
                 2250444444444444444444444444444444440082045820161616161616161616161616161616161616161616161616161616\
                 1616161616",
                "",
                "",
            ),
            hash: "b2830793223bdb74b7eb5623f7771d94c0ef51963726681d18b7c0c684302ae2",
            signature: "68235f37a8776d36081086bc0f02505ba37b2dcc2add9ae4704a571bbe8ca2cdc6e34b2842b770197a53ab3c8614e\
                        f0892ea6a8906eaea6c703dac299ec00a03",
            cosignature: None,
        },
        Frozen {
            statement: revoke(Some(HEAD)),
            bytes: (
                "8701501111111111111111111111111111111109582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008209818350222222222222222222222222222222\
                 2250444444444444444444444444444444448204582016161616161616161616161616161616161616161616161616161616\
                 16161616",
                "",
                "",
            ),
            hash: "c0c9c8eae5b26d73f048a46fbd9d2814372b8e1586e5e6b83cc8a87605cb4863",
            signature: "9b92682a770e39e2d2061434d7d9eb680f1be2e6944f1895ac703963da6d6d2b4d9f89961e51c1436466b90213d92\
                        5ccc5c977478bcb44d79fb6f07e03a1800c",
            cosignature: None,
        },
        Frozen {
            statement: revoke(None),
            bytes: (
                "8701501111111111111111111111111111111109582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c50008209818250222222222222222222222222222222\
                 225044444444444444444444444444444444",
                "",
                "",
            ),
            hash: "50b9af7b1225bd5303ec9cc7400a35410e56b06745b6bf0c69ca1489900458a8",
            signature: "673de77b94ce160866d2b269708969ea2f2a79c8496f61076270006e7dffbbfdf9a9ed16a425dc50c389b726f7b3b\
                        53e7df56cd76c6d1002cde6d31f7cbf7909",
            cosignature: None,
        },
        Frozen {
            statement: suspend(),
            bytes: (
                "870150111111111111111111111111111111110a582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c5000820a818250444444444444444444444444444444\
                 4482825022222222222222222222222222222222820458201616161616161616161616161616161616161616161616161616\
                 1616161616168250555555555555555555555555555555558204582016161616161616161616161616161616161616161616\
                 16161616161616161616",
                "",
                "",
            ),
            hash: "aea41b0c04cd669627bb119d3cde1fcbad1cd0455f898a21c66db703dbffd991",
            signature: "e6e43c3ad4d47f2c8235bde7f7e73be4e973523818692bc0e51b343ce50bd2b22529c3d96abb88b4bae44ee949ad7\
                        ca880fb0d25e16c2f9e8d15e2e3490b4608",
            cosignature: None,
        },
        Frozen {
            statement: resume(),
            bytes: (
                "870150111111111111111111111111111111110b582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c5000820b818150444444444444444444444444444444\
                 44",
                "",
                "",
            ),
            hash: "acd65f8abad0589b34a72cdd74585d3a9b345337532d347a1dc128b201c27948",
            signature: "157683ff7c6c16a2b999e3652446a28887e318ba0b0b16530c32e9a565f115c18ac91294df5d78a0bdb2d086997b6\
                        6f3c3f8e96c3375d6d82efc2011bf3c0b06",
            cosignature: None,
        },
        Frozen {
            statement: remove(),
            bytes: (
                "870150111111111111111111111111111111110c582015151515151515151515151515151515151515151515151515151515\
                 1515151550333333333333333333333333333333331b000001a3185c5000820c818250444444444444444444444444444444\
                 4480",
                "",
                "",
            ),
            hash: "e16b295029624f00571e67e76f328f5d9f8de73250b1f64efc8080c59eac0a5b",
            signature: "950982f90eb8d733192662de872ac5b9683684797dee8f51bda80368048e024cf4be199ed17a216c564200bb520d3\
                        1e3d09a98c6cd1009b3b13b075d19d21c0d",
            cosignature: None,
        },
    ]
}

fn statement(sequence: u64, author: MemberId, body: Body) -> Statement {
    Statement { suite: SUITE, team: Some(TEAM), sequence, previous: filled(0x15), author, time: TIME, body }
}

fn invite(grants: &[VaultGrant]) -> Statement {
    let body = Invite {
        invite: INVITE,
        signing: LINK_KEY,
        sealing: SealingPublicKey([0xbb; 1216]),
        role: TeamRole::Member,
        grants: grants.to_vec(),
        expires: TIME.plus_millis(3_600_000),
    };
    statement(4, MEMBER, Body::Invite(body))
}

fn withdraw() -> Statement {
    statement(5, MEMBER, Body::WithdrawInvite(WithdrawInvite { invite: INVITE }))
}

fn join() -> Statement {
    let keys = MemberKeys {
        member: INVITE.member(),
        login_name: LoginName::parse("ada").unwrap(),
        signing: KEY,
        sealing: SealingPublicKey([0xbb; 1216]),
    };
    statement(6, INVITE.member(), Body::Join(Join { invite: INVITE, keys }))
}

fn set_role(role: TeamRole) -> Statement {
    statement(7, MEMBER, Body::SetTeamRole(SetTeamRole { member: OTHER, role }))
}

fn set_grant(role: VaultRole, head: Option<NamedHead>) -> Statement {
    statement(8, MEMBER, Body::SetGrant(SetGrant { vault: VAULT, member: OTHER, role, head }))
}

fn revoke(head: Option<NamedHead>) -> Statement {
    statement(9, MEMBER, Body::Revoke(Revoke { vault: VAULT, member: OTHER, head }))
}

fn suspend() -> Statement {
    let vaults = [VAULT, VaultId(PARENT.0)].map(|vault| TouchedVault { vault, head: HEAD }).to_vec();
    statement(10, MEMBER, Body::Suspend(Suspend { member: OTHER, vaults }))
}

fn resume() -> Statement {
    statement(11, MEMBER, Body::Resume(Resume { member: OTHER }))
}

fn remove() -> Statement {
    statement(12, MEMBER, Body::Remove(Remove { member: OTHER, vaults: vec![], directory: None }))
}

fn signature(text: &str) -> Signature {
    Signature(from_hex(text).try_into().unwrap())
}

#[test]
fn statements_about_members_are_frozen() {
    for Frozen { statement, bytes: (before, key, after), hash, signature: text, cosignature } in frozen() {
        let expected = format!("{before}{}{after}", key.repeat(1216));
        let mut signed: SignedStatement = Signed::new(statement, signature(text));
        if let Some(cosignature) = cosignature {
            signed = signed.with_cosignature(signature(cosignature));
        }
        assert_eq!(hex(signed.bytes()), expected);
        assert_eq!(hex(&statement_hash(&signed).0), hash, "{expected}");
        assert!(signed.verify(&KEY).is_ok(), "{expected}");
        assert_eq!(signed.verify_cosignature(&LINK_KEY).is_ok(), cosignature.is_some());
        assert!(signed.verify_cosignature(&KEY).is_err());
        let wire = hex(&signed.to_wire());
        let second = cosignature.map(|cosignature| format!("5840{cosignature}")).unwrap_or_default();
        assert!(wire.starts_with(if second.is_empty() { "82" } else { "83" }), "{wire}");
        assert!(wire.ends_with(&format!("{expected}5840{text}{second}")), "{wire}");
        assert_eq!(SignedStatement::parse(&signed.to_wire()), Ok(signed));
    }
}
