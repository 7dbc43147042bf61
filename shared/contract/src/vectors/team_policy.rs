//! The bytes, hashes and signatures of the statement that sets the team's policy.

use super::{MEMBER, TEAM, TIME, filled, statements::Frozen};
use crate::{
    chain::{Body, FactorDemand, ServiceDemand, Statement, TeamPolicy},
    suite::SUITE,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn frozen() -> Vec<Frozen> {
    vec![
        Frozen {
            statement: set(FactorDemand::Always, 0, ServiceDemand::Same),
            bytes: (
                "870150111111111111111111111111111111111458201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c500082148183000001",
                "",
                "",
            ),
            hash: "9e764c764f40257705b7d9f08ec20d4c43a851924369b75f945f2728e097cfdf",
            signature: "a6acfb1a15bbe76e9c3ca37353c04f105bbee2dd5f263325457532209a5acc5c689dffe7ef1be8b96eb60c4cbb4961a2\
                 11b6b24b55f555f722d8a8bbd471b907",
        },
        Frozen {
            statement: set(FactorDemand::Never, 43_200, ServiceDemand::Exempt),
            bytes: (
                "870150111111111111111111111111111111111458201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c5000821481830219a8c000",
                "",
                "",
            ),
            hash: "b6055dc755df87622514044717639800164aae91f70fe8581df65b74bfd706c0",
            signature: "56002221101b34c6ac06dc5df812b2957a177bc06be0de2b1d142eddb1ddb0c72a2e5849fc1aef62ade539da574273b1\
                 5b3d902291b2fb08d4c9325163249d0d",
        },
        Frozen {
            statement: with(TeamPolicy { zone: Some("Asia/Shanghai".into()), ..TeamPolicy::DEFAULT }),
            bytes: (
                "870150111111111111111111111111111111111458201515151515151515151515151515151515151515151515151515\
                 15151515151550333333333333333333333333333333331b000001a3185c50008214818401190384006d417369612f5368616e67686169",
                "",
                "",
            ),
            hash: "239da3e9d573f4a8830e50065a7bbfb1a23914af52a96bedcb366c75ecec6e2e",
            signature: "5c61a79f0b802f5cc67cf3d72127908a35cce4205191cefc0b31965527237442636d1794d4990069dab92a73c8980ba5cae4\
                 b2ff2407d9c514c16a7d915b6c09",
        },
    ]
}

fn set(factor: FactorDemand, confirmation: u32, services: ServiceDemand) -> Statement {
    with(TeamPolicy { factor, confirmation, services, zone: None })
}

fn with(policy: TeamPolicy) -> Statement {
    let body = Body::SetTeamPolicy(policy);
    Statement { suite: SUITE, team: Some(TEAM), sequence: 20, previous: filled(0x15), author: MEMBER, time: TIME, body }
}

#[test]
fn the_statement_is_frozen() {
    frozen().into_iter().for_each(Frozen::check);
}
