//! Requests about approvals that are given ahead.

use super::requests::Making;
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, hash},
    ids::{AheadId, Version},
    operations::ahead::AheadPath,
    request::ahead::{AheadBody, AheadStatement, Proposal, Window, ZoneOffset},
    suite::SUITE,
};

impl Making<'_> {
    /// An approval that is nobody's.
    pub fn unknown_ahead(&self) -> AheadPath {
        AheadPath { team: self.scene.own.founder.team, ahead: AheadId([7; 16]) }
    }

    /// A statement that approves for oneself.
    pub fn proposed(&self) -> Bytes {
        let own = &self.scene.own;
        let now = self.forge().now();
        let proposal = Proposal {
            vault: self.about.vault,
            account: self.about.account,
            member: own.founder.identity.member,
            version: Version(1),
            record: Hash::ZERO,
            policy: None,
            window: Window {
                days: 1,
                from: 0,
                to: 60,
                until: now.plus_millis(86_400_000),
                zone: "UTC".into(),
                offsets: vec![ZoneOffset { since: now, minutes: 0 }],
            },
            grant: None,
        };
        let id = AheadId(own.session.surroundings().make_id());
        self.signed_ahead(id, 0, Hash::ZERO, AheadBody::Propose(proposal))
    }

    /// A step of the approval that is nobody's.
    pub fn ahead_step(&self, body: AheadBody) -> Bytes {
        self.signed_ahead(AheadId([7; 16]), 1, hash(b"before"), body)
    }

    fn signed_ahead(&self, ahead: AheadId, number: u32, previous: Hash, body: AheadBody) -> Bytes {
        let (own, forge) = (&self.scene.own, self.forge());
        let statement = own.founder.identity.signing.sign(AheadStatement {
            suite: SUITE,
            team: own.founder.team,
            ahead,
            number,
            previous,
            author: own.founder.identity.member,
            position: forge.position(),
            time: forge.now(),
            body,
        });
        statement.to_wire()
    }
}
