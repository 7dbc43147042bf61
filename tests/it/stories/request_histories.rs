//! Random histories of many requests for one secret on a real server, with a clock that jumps. What people try is noted
//! beside it, by hand and by nothing that the product knows: one person has the secret at a time, whoever has it was
//! approved by enough others, and it ends to the millisecond.

use crate::harness::{GUARDED, Guarded, HOUR, Someone};
use proptest::prelude::*;
use sealward_contract::{
    chain::LeaseTerms,
    ids::{MemberId, RequestId, Timestamp, Version},
    request::Status,
};
use sealward_server::maintenance::verify::verify;
use std::collections::{BTreeMap, BTreeSet};

/// Who acts: two who use the vault, three custodians.
const PEOPLE: usize = 5;

#[derive(Clone, Debug)]
enum Attempt {
    Ask(usize),
    Approve(usize, usize),
    Reject(usize, usize),
    Revoke(usize, usize),
    Cancel(usize, usize),
    CheckOut(usize),
    CheckIn(usize),
    Force(usize, usize),
    Open(usize, usize),
    Wait(u64),
    Sweep,
    NewVersion,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let (who, which) = (|| 0..PEOPLE, || 0..4_usize);
    prop_oneof![
        5 => who().prop_map(Attempt::Ask),
        9 => (who(), which()).prop_map(|(who, which)| Attempt::Approve(who, which)),
        1 => (who(), which()).prop_map(|(who, which)| Attempt::Reject(who, which)),
        1 => (who(), which()).prop_map(|(who, which)| Attempt::Revoke(who, which)),
        1 => (who(), which()).prop_map(|(who, which)| Attempt::Cancel(who, which)),
        9 => which().prop_map(Attempt::CheckOut),
        3 => which().prop_map(Attempt::CheckIn),
        2 => (who(), which()).prop_map(|(who, which)| Attempt::Force(who, which)),
        3 => (who(), which()).prop_map(|(who, which)| Attempt::Open(who, which)),
        3 => prop_oneof![Just(1), Just(HOUR - 1), Just(HOUR), 1..3 * HOUR].prop_map(Attempt::Wait),
        1 => Just(Attempt::Sweep),
        1 => Just(Attempt::NewVersion),
    ]
}

struct Held {
    by: usize,
    request: RequestId,
    until: Timestamp,
}

struct World {
    scene: Guarded,
    version: u32,
    needed: usize,
    /// Who asked, the newest last.
    asked: Vec<(usize, RequestId)>,
    /// Who approved which version.
    given: BTreeMap<RequestId, BTreeSet<(usize, u32)>>,
    /// What is over, and how.
    ended: BTreeMap<RequestId, Status>,
    held: Option<Held>,
    /// In milliseconds.
    waited: u64,
}

impl World {
    fn person(&self, who: usize) -> &Someone {
        let Guarded { ada, bob, eve, carol, dan, .. } = &self.scene;
        [carol, dan, ada, bob, eve][who]
    }

    /// One of the newest requests, or none where there is none.
    fn which(&self, which: usize) -> Option<(usize, RequestId)> {
        self.asked.iter().rev().nth(which).copied()
    }

    /// Whoever has the secret now.
    fn holder(&self) -> Option<&Held> {
        self.held.as_ref().filter(|held| self.scene.server.clock.now() < held.until)
    }

    async fn try_it(&mut self, attempt: &Attempt) {
        match *attempt {
            Attempt::Ask(who) => {
                if let Ok(request) = self.person(who).ask_for_secret(self.scene.draft()).await {
                    self.asked.push((who, request));
                }
            }
            Attempt::Approve(who, which) => {
                let Some((asking, request)) = self.which(which) else { return };
                if self.person(who).approve_request(request, None).await.is_ok() {
                    assert!(who != asking && who >= 2, "{who} approved what {asking} asks for");
                    assert!(!self.ended.contains_key(&request));
                    assert!(self.given.entry(request).or_default().insert((who, self.version)), "approved twice");
                }
            }
            Attempt::Reject(who, which) => {
                let Some((asking, request)) = self.which(which) else { return };
                if self.person(who).reject_request(request, None).await.is_ok() {
                    assert!(who != asking && who >= 2);
                    self.end(request, Status::Rejected);
                }
            }
            Attempt::Revoke(who, which) => {
                let Some((_, request)) = self.which(which) else { return };
                if self.person(who).revoke_request(request, None).await.is_ok() {
                    assert!(who >= 2);
                    self.end(request, Status::Revoked);
                }
            }
            Attempt::Cancel(who, which) => {
                let Some((asking, request)) = self.which(which) else { return };
                if self.person(who).cancel_request(request).await.is_ok() {
                    assert_eq!(who, asking);
                    self.end(request, Status::Cancelled);
                }
            }
            Attempt::CheckOut(which) => {
                let Some((asking, request)) = self.which(which) else { return };
                if self.person(asking).check_out(request).await.is_ok() {
                    assert!(self.holder().is_none(), "two have it");
                    assert!(!self.ended.contains_key(&request));
                    let given = self.given.get(&request).into_iter().flatten();
                    let counted = given.filter(|(_, version)| *version == self.version).count();
                    // Custodians need none, and wait for their turn.
                    assert!(counted >= self.needed || asking >= 2, "{counted} approvals");
                    let until = self.scene.server.clock.now().plus_millis(HOUR);
                    self.held = Some(Held { by: asking, request, until });
                }
            }
            Attempt::CheckIn(which) => {
                let Some((asking, request)) = self.which(which) else { return };
                if self.person(asking).check_in(request).await.is_ok() {
                    self.give_back(request);
                }
            }
            Attempt::Force(who, which) => {
                let Some((_, request)) = self.which(which) else { return };
                if self.person(who).force_check_in(request, None).await.is_ok() {
                    assert!(who >= 2);
                    self.give_back(request);
                }
            }
            Attempt::Open(who, which) => {
                let Some((asking, request)) = self.which(which) else { return };
                let opened = self.person(who).open(request).await;
                let holds = self.holder().is_some_and(|held| held.request == request && who == asking);
                assert_eq!(opened.is_ok(), holds, "{opened:?}");
                assert!(opened.is_err() || opened.as_deref() == Ok(GUARDED));
            }
            Attempt::Wait(millis) => {
                // Never so long that people would have to sign in anew.
                if self.waited + millis < 12 * HOUR {
                    self.waited += millis;
                    self.scene.server.clock.advance(millis);
                }
            }
            Attempt::Sweep => sealward_server::jobs::end_leases(self.scene.server.server.app()).await.unwrap(),
            Attempt::NewVersion => {
                self.scene.change(Version(self.version), GUARDED).await;
                self.version += 1;
            }
        }
    }

    fn give_back(&mut self, request: RequestId) {
        let holder = self.holder().map(|held| held.request);
        assert_eq!(holder, Some(request), "given back by whoever has not got it");
        self.held = None;
        self.end(request, Status::CheckedIn);
    }

    fn end(&mut self, request: RequestId, status: Status) {
        assert_eq!(self.ended.insert(request, status), None, "ended twice");
    }

    /// What everyone is told agrees with what was done.
    async fn check(&mut self) {
        let now = self.scene.server.clock.now();
        if let Some(held) = self.held.take_if(|held| held.until <= now) {
            self.end(held.request, Status::CheckedIn);
        }
        let uses = self.scene.ada.list_uses().await.unwrap();
        let told: Vec<(MemberId, RequestId, Timestamp)> = uses
            .iter()
            .filter_map(|listed| listed.holder)
            .map(|holder| (holder.member, holder.request, holder.until))
            .collect();
        let noted: Vec<_> =
            self.held.iter().map(|held| (self.person(held.by).id(), held.request, held.until)).collect();
        assert_eq!(told, noted);
        let newest: Vec<_> = self.asked.iter().rev().take(4).copied().collect();
        for (asking, request) in newest {
            let status = self.person(asking).status(request).await;
            match self.ended.get(&request) {
                Some(ended) => assert_eq!(status, *ended),
                None if self.held.as_ref().is_some_and(|held| held.request == request) => {
                    assert_eq!(status, Status::CheckedOut);
                }
                None if status == Status::Void => self.end(request, Status::Void),
                None => assert!(matches!(status, Status::Requested | Status::Approved), "{status:?}"),
            }
        }
    }
}

/// How many histories; more where the environment says so.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_one_has_the_secret_and_was_approved(
        needed in 1..=2_u8,
        attempts in prop::collection::vec(attempt(), 20..45),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let scene = Guarded::in_memory(needed, LeaseTerms { exclusive: true, ..LeaseTerms::default() }).await;
            let mut world = World {
                scene,
                version: 2,
                needed: usize::from(needed),
                asked: Vec::new(),
                given: BTreeMap::new(),
                ended: BTreeMap::new(),
                held: None,
                waited: 0,
            };
            for attempt in &attempts {
                world.try_it(attempt).await;
                world.check().await;
            }
            let report = verify(&world.scene.server.server.app().store.snapshot().unwrap()).unwrap();
            assert!(report.is_sound(), "{report:?}");
        });
    }
}
