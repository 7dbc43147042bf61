//! Somebody who lost password and kit is let back in by enough trustees together, and by nobody else.

use crate::harness::{
    A_DAY, Founder, Furnished, InProcess, ORIGIN, TestServer, busy, by_token, furnished_team, next_of, service, terms,
    text,
};
use sealward_client::{
    api::Api,
    crypto::{
        hpke::{self, XWingSecret},
        randomness::OsRandom,
        sealing::{self, Sealed, SealingKey},
        signing::SigningKey,
    },
    error::{Error, RecoveryFault},
    recovery::{Opened, Recovered, RecoveringDevice},
    session::{Session, VaultDrafts},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{DeviceKeys, RecoveryGroup, TeamRole, VaultRole},
    crypto::context::{of_given_share, of_recovery_copy},
    ids::{Epoch, MemberId},
    operations::{
        Empty,
        members::MemberPath,
        recovery::{GiveShare, GivenShare},
    },
    problem::Rejection,
    text::LoginName,
};
use sealward_server::{
    jobs,
    maintenance::verify::verify,
    store::{Order, tables::RECOVERY_REQUESTS},
};
use std::ops::ControlFlow;

const NEW: &str = "another password altogether";
const NOT_BEGUN: Option<Error> = Some(Error::Recovery(RecoveryFault::NotBegun));

/// A team with three trustees, two of whom are needed, and Grace, who is an editor of a vault and has one of her own.
struct Scene {
    server: TestServer,
    made: Furnished,
    own: Furnished,
    ada: Session<InProcess>,
    trustees: Vec<(Founder, Session<InProcess>)>,
    grace: Founder,
    hers: Session<InProcess>,
}

fn group(needed: u8, trustees: &[MemberId]) -> RecoveryGroup {
    let mut trustees = trustees.to_vec();
    trustees.sort();
    RecoveryGroup { needed, trustees }
}

impl Scene {
    async fn set() -> Self {
        let (server, founder, made) = furnished_team().await;
        let ada = founder.session(&server, &server.connect()).await;
        ada.sync(|_| {}).await.unwrap();
        let mut trustees = Vec::new();
        for name in ["mary.somerville", "rosa.parks", "xavier.roe"] {
            let trustee = Founder::invited(&server, &ada, name, &[]).await;
            let session = trustee.session(&server, &server.connect()).await;
            trustees.push((trustee, session));
        }
        let grace = Founder::invited(&server, &ada, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
        let hers = grace.session(&server, &server.connect()).await;
        hers.sync(|_| {}).await.unwrap();
        let own = Furnished::fill(&hers, hers.make_personal_vault().await.unwrap().unwrap()).await;
        Self { server, made, own, ada, trustees, grace, hers }
    }

    async fn enrolled() -> Self {
        let scene = Self::set().await;
        scene.ada.sync(|_| {}).await.unwrap();
        scene.ada.set_recovery(Some(group(2, &scene.ids()))).await.unwrap();
        scene.hers.sync(|_| {}).await.unwrap();
        scene.hers.enrol(scene.hers.own_recovery().since.unwrap_or_default()).await.unwrap();
        scene.ada.sync(|_| {}).await.unwrap();
        scene
    }

    fn ids(&self) -> Vec<MemberId> {
        self.trustees.iter().map(|(trustee, _)| trustee.identity.member).collect()
    }

    fn member(&self) -> MemberId {
        self.grace.identity.member
    }

    fn api(&self) -> Api<InProcess> {
        Api::new(self.server.connect())
    }

    fn device(&self) -> RecoveringDevice {
        let name = LoginName::parse("grace.hopper").unwrap();
        RecoveringDevice::make(&self.server.surroundings(), self.grace.team, name, ORIGIN.to_owned())
    }

    /// Begun for a device, by its request.
    async fn begin(&self, device: &RecoveringDevice) {
        device.ask(&self.api()).await.unwrap();
        let requests = self.ada.recovery_requests().await.unwrap();
        let own = requests.iter().find(|request| request.words == device.words()).unwrap();
        self.ada.start_recovery(own.member, &own.device).await.unwrap();
    }

    async fn gives(&self, trustee: usize) -> Result<(), Error> {
        let (_, session) = &self.trustees[trustee];
        session.sync(|_| {}).await.unwrap();
        let since = session.recoveries().first().map_or(0, |recovery| recovery.since);
        session.give_share(self.member(), since).await
    }

    async fn look(&self, device: &RecoveringDevice) -> Result<Opened, Error> {
        device.look(&self.api(), &self.server.surroundings()).await
    }

    async fn waiting(&self, device: &RecoveringDevice) -> Option<(usize, usize)> {
        match self.look(device).await.unwrap() {
            Opened::Waiting { given, needed } => Some((given, needed)),
            Opened::Ready(_) => None,
        }
    }

    async fn finish(&self, device: &RecoveringDevice) -> Session<InProcess> {
        let Opened::Ready(recovered) = self.look(device).await.unwrap() else { panic!("not enough shares") };
        let mut recovered: Recovered = *recovered;
        recovered.choose(device, &self.server.surroundings(), &text(NEW)).unwrap();
        recovered.finish(device, &self.api(), &self.server.surroundings()).await.unwrap();
        recovered.sign_in(self.api(), self.server.surroundings(), "a new device").await.unwrap()
    }
}

fn fault<T>(result: Result<T, Error>) -> Option<Error> {
    result.err()
}

#[tokio::test(flavor = "current_thread")]
async fn enough_trustees_together_let_a_person_back_in() {
    let scene = Scene::set().await;
    let none = Some(Error::Recovery(RecoveryFault::NoGroup));
    assert_eq!(fault(scene.hers.enrol(scene.hers.own_recovery().since.unwrap_or_default()).await), none);
    scene.ada.sync(|_| {}).await.unwrap();
    assert_eq!(fault(scene.ada.set_recovery(Some(group(1, &scene.ids()))).await), Some(Error::NotAllowed));
    scene.ada.set_recovery(Some(group(2, &scene.ids()))).await.unwrap();
    assert_eq!(fault(scene.hers.set_recovery(None).await), Some(Error::NotAllowed));
    scene.hers.sync(|_| {}).await.unwrap();
    let off = scene.hers.own_recovery();
    assert_eq!((off.enrolled, off.possible, off.usable), (None, true, 0), "off until she enrols");
    let device = scene.device();
    device.ask(&scene.api()).await.unwrap();
    assert_eq!(scene.ada.recovery_requests().await.unwrap(), []);
    assert_eq!(
        fault(scene.ada.start_recovery(scene.member(), &device.keys()).await),
        Some(Error::Recovery(RecoveryFault::NotEnrolled))
    );

    scene.hers.enrol(scene.hers.own_recovery().since.unwrap_or_default()).await.unwrap();
    let on = scene.hers.own_recovery();
    assert_eq!((on.enrolled, on.usable), (Some(scene.server.clock.now()), 3));
    scene.ada.sync(|_| {}).await.unwrap();
    assert_eq!(fault(scene.look(&device).await), NOT_BEGUN);
    assert_eq!(fault(scene.gives(0).await), Some(Error::Gone), "nobody gives before it was begun");
    scene.begin(&device).await;
    let listed = scene.ada.recoveries();
    assert_eq!((listed.len(), listed[0].member, &listed[0].words), (1, scene.member(), &device.words()));
    assert!(!listed[0].may_give && listed[0].may_cancel);
    assert_eq!(scene.waiting(&device).await, Some((0, 2)));
    scene.gives(0).await.unwrap();
    scene.gives(0).await.unwrap();
    assert_eq!(scene.waiting(&device).await, Some((1, 2)), "one trustee twice is one");
    scene.gives(2).await.unwrap();
    assert_eq!(scene.trustees[2].1.given_shares(scene.member()).await.unwrap().len(), 2);

    let back = scene.finish(&device).await;
    assert_eq!(back.member(), scene.member());
    assert_eq!(back.release(scene.made.vault, scene.made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(back.release(scene.own.vault, scene.own.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    // What she had before is over, the enrolment too; her vaults get new keys.
    assert_eq!(scene.hers.sync(|_| {}).await.err(), Some(Error::SessionEnded));
    assert!(scene.grace.try_sign_in(&scene.server).await.is_err());
    assert_eq!(back.own_recovery().enrolled, None);
    scene.ada.sync(|_| {}).await.unwrap();
    back.sync(|_| {}).await.unwrap();
    let epochs = [scene.made.vault, scene.own.vault].map(|vault| {
        let chain = back.chain().unwrap();
        chain.vault(&vault).unwrap().epoch().unwrap().epoch
    });
    assert_eq!(epochs, [Epoch(2), Epoch(2)]);
    let draft = next_of(&back, scene.made.vault, scene.made.key(scene.made.group), "back again");
    back.write(&[VaultDrafts { vault: scene.made.vault, drafts: vec![draft] }]).await.unwrap();
    assert_eq!(scene.ada.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(scene.ada.verify_some(usize::MAX), (vec![], false));
    assert_eq!(back.verify_some(usize::MAX), (vec![], false));
    assert_eq!(scene.ada.replaced_keys().len(), 1);
    let checked = scene.ada.check_audit(|_, _| {}).await;
    assert!(checked.is_ok(), "{:?}", checked.err());
    // The same device gets nothing more, and she can enrol again.
    assert_eq!(fault(scene.look(&device).await), NOT_BEGUN);
    back.enrol(back.own_recovery().since.unwrap_or_default()).await.unwrap();
    let report = verify(&scene.server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

#[tokio::test(flavor = "current_thread")]
async fn one_share_and_all_that_the_server_has_open_nothing() {
    let scene = Scene::enrolled().await;
    let device = scene.device();
    scene.begin(&device).await;
    scene.gives(0).await.unwrap();
    assert_eq!(scene.waiting(&device).await, Some((1, 2)));
    // All that the server has, and the one trustee's keys besides, in every combination of bytes that may be a key.
    let (trustee, _) = &scene.trustees[0];
    let store = scene.server.server.app().store.snapshot().unwrap();
    let (team, member) = (scene.grace.team, scene.member());
    let copy = sealward_server::store::tables::RECOVERY_COPIES.get(&store, &(team, member)).unwrap().unwrap();
    let chain = scene.ada.chain().unwrap().clone();
    let enrol = &chain.member(&member).unwrap().enrolment().unwrap().enrol;
    let context = of_recovery_copy(&team, &member, enrol.group);
    let mut tried = 0;
    for share in &enrol.shares {
        let place = (team, member, share.trustee);
        let sealed = sealward_server::store::tables::RECOVERY_SHARES.get(&store, &place).unwrap().unwrap();
        let info = sealward_contract::crypto::context::of_recovery_share(&team, &member, enrol.group, &share.trustee);
        let envelope = hpke::Envelope::from_bytes(sealed.0).unwrap();
        let Ok(opened) = hpke::unwrap(&trustee.identity.wrapping, &info, &[], &envelope) else { continue };
        assert_eq!((share.trustee, opened.len()), (trustee.identity.member, 33));
        for key in [&opened[..32], &opened[1..]] {
            let key = SealingKey::from_slice(key).unwrap();
            assert!(sealing::open(&key, &context, &Sealed::from_wire(&copy).unwrap()).is_err());
            tried += 1;
        }
    }
    assert_eq!(tried, 2);
}

#[tokio::test(flavor = "current_thread")]
async fn a_wrong_share_hinders_nobody_and_opens_nothing() {
    let scene = Scene::enrolled().await;
    let device = scene.device();
    scene.begin(&device).await;
    let recovery = scene.ada.recoveries()[0].since;
    let (team, member) = (scene.grace.team, scene.member());
    // The second trustee gives a share of their own making.
    let (liar, _) = &scene.trustees[1];
    let info = of_given_share(&team, &member, recovery, &liar.identity.member);
    let share = [&[2][..], &[9; 32]].concat();
    let sealed = hpke::wrap(&device.keys().sealing, &info, &[], &share, &mut OsRandom::new()).unwrap();
    let created = liar.sign_in(&scene.server).await;
    let body = GivenShare { recovery, sealed: Bytes(sealed.into_bytes()) };
    let path = MemberPath { team, member };
    let given = scene.api().call::<GiveShare>(Some(&created.token), &path, &Empty {}, &body, None).await;
    given.unwrap();
    scene.gives(0).await.unwrap();
    assert_eq!(fault(scene.look(&device).await), Some(Error::Recovery(RecoveryFault::Unopened)));
    scene.gives(2).await.unwrap();
    scene.finish(&device).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_device_that_the_server_puts_in_shows_other_words() {
    let scene = Scene::enrolled().await;
    let device = scene.device();
    device.ask(&scene.api()).await.unwrap();
    // The server hands administrators the keys of a device of its own.
    let randomness = &mut OsRandom::new();
    let planted =
        DeviceKeys { signing: SigningKey::make(randomness).public(), sealing: XWingSecret::make(randomness).public() };
    let wire = scene.server.connect();
    let swapped = planted.clone();
    wire.lie(crate::harness::answers::<sealward_contract::operations::recovery::ListRecoveryRequests>(move |listed| {
        listed.requests[0].device = swapped.clone()
    }));
    let rosa = &scene.trustees[1].0;
    scene.ada.set_team_role(rosa.identity.member, TeamRole::Administrator).await.unwrap();
    let lied_to = rosa.session(&scene.server, &wire).await;
    lied_to.sync(|_| {}).await.unwrap();
    let requests = lied_to.recovery_requests().await.unwrap();
    assert_ne!(requests[0].words, device.words());
    // Were it begun all the same, every trustee would see the planted device's words, and the person's device nothing.
    lied_to.start_recovery(scene.member(), &requests[0].device).await.unwrap();
    let (_, trustee) = &scene.trustees[0];
    trustee.sync(|_| {}).await.unwrap();
    assert_eq!(trustee.recoveries()[0].words, requests[0].words);
    assert_ne!(trustee.recoveries()[0].words, device.words());
    assert_eq!(fault(scene.look(&device).await), NOT_BEGUN);
}

#[tokio::test(flavor = "current_thread")]
async fn a_recovery_is_stopped_and_runs_out() {
    let scene = Scene::enrolled().await;
    let device = scene.device();
    scene.begin(&device).await;
    scene.gives(0).await.unwrap();
    // The person, who never asked, stops it.
    scene.hers.sync(|_| {}).await.unwrap();
    scene.hers.cancel_recovery(scene.member()).await.unwrap();
    assert_eq!(fault(scene.gives(2).await), Some(Error::Gone));
    assert_eq!(fault(scene.look(&device).await), NOT_BEGUN);
    scene.ada.sync(|_| {}).await.unwrap();
    // Shares given to the one before are not given to this.
    let again = scene.device();
    scene.begin(&again).await;
    assert_eq!(scene.waiting(&again).await, Some((0, 2)));
    scene.gives(0).await.unwrap();
    scene.server.clock.advance(7 * A_DAY);
    let (trustee, _) = &scene.trustees[2];
    let late = trustee.session(&scene.server, &scene.server.connect()).await;
    late.sync(|_| {}).await.unwrap();
    assert_eq!(
        fault(late.give_share(scene.member(), scene.ada.recoveries().first().map_or(0, |begun| begun.since)).await),
        Some(Error::Gone)
    );
    assert_eq!(fault(scene.look(&again).await), NOT_BEGUN);
}

#[tokio::test(flavor = "current_thread")]
async fn a_share_goes_to_the_device_whose_words_were_compared_and_to_no_other() {
    let scene = Scene::enrolled().await;
    let (device, planted) = (scene.device(), scene.device());
    scene.begin(&device).await;
    let (_, trustee) = &scene.trustees[0];
    trustee.sync(|_| {}).await.unwrap();
    let shown = trustee.recoveries();
    assert_eq!(shown[0].words, device.words());
    // While it is open nobody begins another; and stopped for another, it is another to whoever gives.
    let other = Some(Error::Recovery(RecoveryFault::OtherOpen));
    assert_eq!(fault(scene.ada.start_recovery(scene.member(), &planted.keys()).await), other);
    scene.ada.cancel_recovery(scene.member()).await.unwrap();
    scene.ada.start_recovery(scene.member(), &planted.keys()).await.unwrap();
    trustee.sync(|_| {}).await.unwrap();
    assert_eq!(fault(trustee.give_share(scene.member(), shown[0].since).await), Some(Error::Gone));
    assert_eq!(scene.waiting(&planted).await, Some((0, 2)));
    trustee.give_share(scene.member(), trustee.recoveries()[0].since).await.unwrap();
    assert_eq!(scene.waiting(&planted).await, Some((1, 2)));
}

#[tokio::test(flavor = "current_thread")]
async fn what_may_be_done_is_asked_for_again_whatever_else_was_answered_meanwhile() {
    let scene = Scene::enrolled().await;
    let device = scene.device();
    scene.begin(&device).await;
    scene.gives(0).await.unwrap();
    scene.gives(1).await.unwrap();
    let Opened::Ready(mut recovered) = scene.look(&device).await.unwrap() else { panic!("not enough shares") };
    recovered.choose(&device, &scene.server.surroundings(), &text(NEW)).unwrap();
    // The first answer is lost, and the repeated question meets a server that is busy.
    let wire = scene.server.connect();
    let (losing, api) = (wire.clone(), Api::new(wire.clone()));
    wire.lie(move |asked, answered| {
        if asked.target.ends_with("/opening") {
            losing.lose_answers(1);
        }
        if asked.target.ends_with("/recovery/keys") { busy() } else { answered }
    });
    let busy = Err(Error::Rejected(Rejection::Unavailable));
    assert_eq!(recovered.finish(&device, &api, &scene.server.surroundings()).await, busy);
    assert!(recovered.is_unknown());
    // Another password now would be one that opens nothing.
    recovered.choose(&device, &scene.server.surroundings(), &text("a third password, chosen late")).unwrap();
    wire.tell_the_truth();
    recovered.finish(&device, &api, &scene.server.surroundings()).await.unwrap();
    assert!(!recovered.is_unknown());
    let back = recovered.sign_in(scene.api(), scene.server.surroundings(), "a new device").await.unwrap();
    assert_eq!(back.release(scene.own.vault, scene.own.second).await.unwrap().value.expose(), Furnished::SECOND.1);
}

#[tokio::test(flavor = "current_thread")]
async fn what_a_device_asked_for_is_forgotten_after_a_day() {
    let scene = Scene::enrolled().await;
    scene.device().ask(&scene.api()).await.unwrap();
    let kept = || {
        let rows = scene.server.server.app().store.snapshot().unwrap();
        let mut kept = 0;
        let count = |_, _| {
            kept += 1;
            Ok(ControlFlow::Continue(()))
        };
        RECOVERY_REQUESTS.scan(&rows, &scene.grace.team, Order::Forward, count).unwrap();
        kept
    };
    scene.server.clock.advance(A_DAY);
    jobs::sweep(scene.server.server.app()).await.unwrap();
    assert_eq!(kept(), 1);
    scene.server.clock.advance(1);
    jobs::sweep(scene.server.server.app()).await.unwrap();
    assert_eq!(kept(), 0);
}

#[tokio::test(flavor = "current_thread")]
async fn another_group_asks_again() {
    let scene = Scene::enrolled().await;
    let device = scene.device();
    scene.begin(&device).await;
    scene.gives(0).await.unwrap();
    let shown = scene.hers.own_recovery().since.unwrap();
    scene.ada.set_recovery(Some(group(2, &scene.ids()[..2]))).await.unwrap();
    assert_eq!(fault(scene.hers.enrol(shown).await), Some(Error::StaleVersion), "she was shown other trustees");
    assert_eq!(fault(scene.look(&device).await), NOT_BEGUN);
    scene.hers.sync(|_| {}).await.unwrap();
    let off = scene.hers.own_recovery();
    assert_eq!((off.enrolled, off.usable, off.possible), (None, 0, true));
    scene.hers.enrol(scene.hers.own_recovery().since.unwrap_or_default()).await.unwrap();
    assert_eq!(scene.hers.own_recovery().usable, 2);
    // A trustee has not enough others for themselves.
    let (_, trustee) = &scene.trustees[0];
    trustee.sync(|_| {}).await.unwrap();
    assert!(!trustee.own_recovery().possible);
    assert_eq!(
        fault(trustee.enrol(trustee.own_recovery().since.unwrap_or_default()).await),
        Some(Error::Recovery(RecoveryFault::NoGroup))
    );
    scene.hers.end_enrolment().await.unwrap();
    assert_eq!(fault(scene.hers.end_enrolment().await), Some(Error::Gone));
    let report = verify(&scene.server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_neither_begins_nor_cancels_a_recovery_even_as_an_administrator() {
    let scene = Scene::enrolled().await;
    let token = scene.ada.admit_service(&service("build", &[], terms(&[]))).await.unwrap();
    scene.ada.set_team_role(token.member(), TeamRole::Administrator).await.unwrap();
    let build = by_token(&scene.server, &token).await.unwrap();
    build.sync(|_| {}).await.unwrap();
    let device = scene.device();
    assert_eq!(build.start_recovery(scene.member(), &device.keys()).await, Err(Error::NotAllowed));
    scene.begin(&device).await;
    build.sync(|_| {}).await.unwrap();
    assert_eq!(build.cancel_recovery(scene.member()).await, Err(Error::NotAllowed));
    scene.ada.cancel_recovery(scene.member()).await.unwrap();
}
