//! The bytes, hashes and signatures of every kind of statement about member groups.

use super::{MEMBER, OBJECT, TEAM, TIME, VAULT, filled, statements::Frozen};
use crate::{
    chain::{Body, EndGroupGrants, GrantByGroup, NamedHead, SetGroup, SetGroupRole, Statement, VaultRole},
    ids::{GroupId, MemberId},
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OTHER: MemberId = MemberId(OBJECT.0);
const GROUP: GroupId = GroupId([0x88; 16]);
const HEAD: NamedHead = NamedHead { sequence: 4, hash: filled(0x16) };

fn frozen() -> Vec<Frozen> {
    vec![
        Frozen {
            statement: set(Some(&[MEMBER, OTHER])),
            bytes: (
                "870150111111111111111111111111111111111058201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082108182508888888888888888888888\
                 88888888888250333333333333333333333333333333335044444444444444444444444444444444",
                "",
                "",
            ),
            hash: "2a707ba994e3cba48d9266ddc1dd3f0e8fe4974d0cc2d94e18a4d91689aa8fac",
            signature: "7675c63e0ee4c3dae8a0a2102766f820474286a0e0f40c854431732db05830ff6b44c89b1c54802740fbf072af99e832\
                        ff97e887fd68d7f18b1312c67de6cd08",
        },
        Frozen {
            statement: set(Some(&[])),
            bytes: (
                "870150111111111111111111111111111111111058201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082108182508888888888888888888888\
                 888888888880",
                "",
                "",
            ),
            hash: "b5e0b5a7b65ff11c0e773bfcfdf02fe1278134890667ea78279c6275a22a0bf4",
            signature: "d64154e2f820517f3a67f2f3d2950cbfa0c2f8f01f3928a143655b67e8c0ee158a08a96018979cd48ee94b4fa61bad66\
                        7ddecdb5a1d7c08c1b502887c1720f03",
        },
        Frozen {
            statement: set(None),
            bytes: (
                "870150111111111111111111111111111111111058201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082108181508888888888888888888888\
                 8888888888",
                "",
                "",
            ),
            hash: "1aefca377e109a40813aab6e3fa752f481dcdc46316f11fb54517f3255527920",
            signature: "cf8f19eb5404075e6a6353fd546d72cbc2600a5a7d456eadccfb93e33fda58a68b3f2bab7f5d433d17bc0fa168c67df8\
                        c5aa7d1436a32696b247530617a5950d",
        },
        Frozen {
            statement: role(Some(VaultRole::Editor)),
            bytes: (
                "870150111111111111111111111111111111111158201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082118183502222222222222222222222\
                 2222222222508888888888888888888888888888888802",
                "",
                "",
            ),
            hash: "bb79510dc6ac3bc5daf3ffc1019e21097cc50fdd5e952291dea9bd940c2ecd2d",
            signature: "efb05139815a1fb9c071e338f230b71a670b69667899ffa3546f6fdb48a62aa8c20e55d1cc1f9c5174778ae2bcba67f0\
                        1dcef4a88c5365ddfdd7289a871d3609",
        },
        Frozen {
            statement: role(None),
            bytes: (
                "870150111111111111111111111111111111111158201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082118182502222222222222222222222\
                 22222222225088888888888888888888888888888888",
                "",
                "",
            ),
            hash: "7312b836c26143fb99cd21a689b19731438d805a3d9d7b37e3f3319d961cdc73",
            signature: "7595488cfada432a51ba47f9c2e2dc593c60feeb479ef852177944f08b1e94aafe5bd7835c7c97ac1fc1ed3d5a47d32c\
                        7ee542527ecf26122736661f2439ff09",
        },
        Frozen {
            statement: grant(),
            bytes: (
                "870150111111111111111111111111111111111258201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082128184502222222222222222222222\
                 222222222250888888888888888888888888888888880182503333333333333333333333333333333350444444444444\
                 44444444444444444444",
                "",
                "",
            ),
            hash: "c41a47018636bd2fc6568330520ecff061b3f173ee86038e37da6e09cdae8387",
            signature: "e66ce8bcab8a7c6e0c49da35a4381bd38a233ce9996982b4213cdd8906ca9c504bc6d91096ebae7a355ded0acf20f5f9\
                        b7ce562ef7371ea0031d59f8305fa80d",
        },
        Frozen {
            statement: end(),
            bytes: (
                "870150111111111111111111111111111111111358201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082138183502222222222222222222222\
                 222222222282503333333333333333333333333333333350444444444444444444444444444444448204582016161616\
                 16161616161616161616161616161616161616161616161616161616",
                "",
                "",
            ),
            hash: "9dc87d2e1f05b7a67f3379294a85fd3dd6f6ee0e4822b906ee6185a840ce30a5",
            signature: "7581a5a51b01fd2f95be057348773b7a1f61a9a8983fcc4367bfa066ddd5dadc7f15d973f9497d2f301357647b40e36d\
                        1573041213ea92185d309e11ded87d06",
        },
    ]
}

fn statement(sequence: u64, body: Body) -> Statement {
    Statement { suite: SUITE, team: Some(TEAM), sequence, previous: filled(0x15), author: MEMBER, time: TIME, body }
}

fn set(members: Option<&[MemberId]>) -> Statement {
    statement(16, Body::SetGroup(SetGroup { group: GROUP, members: members.map(<[MemberId]>::to_vec) }))
}

fn role(role: Option<VaultRole>) -> Statement {
    statement(17, Body::SetGroupRole(SetGroupRole { vault: VAULT, group: GROUP, role }))
}

fn grant() -> Statement {
    let members = vec![MEMBER, OTHER];
    statement(18, Body::GrantByGroup(GrantByGroup { vault: VAULT, group: GROUP, role: VaultRole::User, members }))
}

fn end() -> Statement {
    let members = vec![MEMBER, OTHER];
    statement(19, Body::EndGroupGrants(EndGroupGrants { vault: VAULT, members, head: HEAD }))
}

#[test]
fn statements_about_groups_are_frozen() {
    frozen().into_iter().for_each(Frozen::check);
}
