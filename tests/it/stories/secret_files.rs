//! A file in the place of an account's secret: the text before it is history, what else the secret holds stays.

use crate::harness::{Founder, Furnished, InProcess, TestServer, furnished_team};
use sealward_client::{
    files::{Attached, FileChanges},
    model::{
        AccountDetails, CertificatePublic, CustomField, CustomValue, FileRef, HiddenField, PublicPart, Score,
        SecretPayload,
    },
    operations::{NewAccount, NewSecret, Place},
    session::Session,
    vault::Details,
};
use sealward_contract::ids::{ObjectId, Timestamp, Version};

const SEED: &str = "otpauth://totp/web:root?secret=JBSWY3DPEHPK3PXP";

struct Scene {
    server: TestServer,
    founder: Founder,
    made: Furnished,
    session: Session<InProcess>,
}

impl Scene {
    async fn set() -> Self {
        let (server, founder, made) = furnished_team().await;
        let session = founder.session(&server, &server.connect()).await;
        session.sync(|_| {}).await.unwrap();
        Self { server, founder, made, session }
    }

    async fn sent(&self) -> Attached {
        self.session.upload_bytes(self.made.vault, "host.pem", "", b"the whole key").await.unwrap()
    }

    async fn update(&self, details: AccountDetails, secret: Option<NewSecret>, files: FileChanges) {
        let base = self.made.version(&self.session, self.made.first);
        let written =
            self.session.update_account_with(self.made.vault, self.made.first, base, details, secret, &files).await;
        written.unwrap();
    }

    async fn other_device(&self) -> Session<InProcess> {
        let other = self.founder.session(&self.server, &self.server.connect()).await;
        assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
        other
    }

    fn details(&self, session: &Session<InProcess>, account: ObjectId) -> AccountDetails {
        match session.verified(self.made.vault, self.made.key(account)).unwrap().details {
            Details::Account(details) => *details,
            _ => panic!(),
        }
    }
}

fn secret(text: &str) -> NewSecret {
    NewSecret { payload: SecretPayload::new(text.into()), score: Score::new(1) }
}

fn details(file: Option<&FileRef>) -> AccountDetails {
    AccountDetails { name: "root".into(), secret_file: file.cloned(), ..Default::default() }
}

fn certificate(subject: &str) -> Option<PublicPart> {
    Some(PublicPart::Certificate(CertificatePublic {
        subject: subject.into(),
        issuer: "CN=Authority".into(),
        names: vec!["host.example".into()],
        serial: "01".into(),
        not_before: Timestamp(1),
        not_after: Timestamp(2),
        key: "Ed25519".into(),
        fingerprint: "AA:BB".into(),
    }))
}

#[tokio::test(flavor = "current_thread")]
async fn the_text_before_a_file_is_history() {
    let scene = Scene::set().await;
    let (vault, account) = (scene.made.vault, scene.made.first);
    let before = scene.session.secret_versions(vault, account).await.unwrap().len();
    let sent = scene.sent().await;
    let file = sent.file.clone();
    scene.update(details(Some(&file)), None, FileChanges { added: vec![sent], removed: vec![] }).await;

    let other = scene.other_device().await;
    assert_eq!(other.release(vault, account).await.unwrap().value.expose(), "");
    assert_eq!(other.secret_versions(vault, account).await.unwrap().len(), before + 1);
    let earlier = other.release_version(vault, account, Version(1)).await.unwrap();
    assert_eq!(earlier.value.expose(), Furnished::FIRST.1);
    let (facts, _) = other.fetch_facts(vault).await.unwrap();
    let facts = &facts[&account];
    assert_eq!((facts.score, facts.length, facts.reuse), (None, 0, None), "nothing is rated, and nothing reused");
    assert_eq!(**other.download_bytes(vault, account, &file).await.unwrap(), *b"the whole key");

    // Other changes write no further version.
    let noted = AccountDetails { notes: "in the safe".into(), ..details(Some(&file)) };
    scene.update(noted, None, FileChanges::default()).await;
    assert_eq!(scene.session.secret_versions(vault, account).await.unwrap().len(), before + 1);
}

#[tokio::test(flavor = "current_thread")]
async fn hidden_fields_and_codes_stay_beside_a_file() {
    let scene = Scene::set().await;
    let (vault, account) = (scene.made.vault, scene.made.first);
    let pin = CustomField { label: "PIN".into(), value: CustomValue::Hidden };
    let with_pin = |file| AccountDetails { custom_fields: vec![pin.clone()], ..details(file) };
    let hidden = || vec![HiddenField { label: "PIN".into(), value: "0042".into() }];
    let payload = SecretPayload { hidden: hidden(), otp_seed: Some(SEED.into()), ..SecretPayload::new("text".into()) };
    scene.update(with_pin(None), Some(NewSecret { payload, score: Score::new(0) }), FileChanges::default()).await;

    let sent = scene.sent().await;
    let file = sent.file.clone();
    let named = AccountDetails { has_otp: Some(true), ..with_pin(Some(&file)) };
    scene.update(named.clone(), None, FileChanges { added: vec![sent], removed: vec![] }).await;
    let other = scene.other_device().await;
    let kept = other.release(vault, account).await.unwrap();
    assert_eq!((kept.value.expose(), kept.hidden("PIN").unwrap().expose()), ("", "0042"));
    assert_eq!(kept.otp_seed.unwrap().expose(), SEED);
    assert_eq!(scene.details(&other, account).has_otp, Some(true));

    // A text that comes with it is not kept, whoever gives it.
    let payload = SecretPayload { hidden: hidden(), ..SecretPayload::new("typed before".into()) };
    scene.update(named, Some(NewSecret { payload, score: Score::new(0) }), FileChanges::default()).await;
    assert_eq!(scene.session.release(vault, account).await.unwrap().value.expose(), "");
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_account_with_a_file_has_no_text() {
    let scene = Scene::set().await;
    let sent = scene.sent().await;
    let new = NewAccount { details: details(Some(&sent.file)), secret: Some(secret("typed before")) };
    let place = Place { vault: scene.made.vault, parent: scene.made.resource };
    let files = FileChanges { added: vec![sent], removed: vec![] };
    let (account, _) = scene.session.create_account_with(place, new, &files).await.unwrap();
    assert!(!scene.other_device().await.has_secret(&scene.made.vault, &account));
}

#[tokio::test(flavor = "current_thread")]
async fn an_earlier_text_takes_the_place_back_and_the_file_stays_beside_it() {
    let scene = Scene::set().await;
    let (vault, account) = (scene.made.vault, scene.made.first);
    let sent = scene.sent().await;
    let file = sent.file.clone();
    let described = AccountDetails { public: certificate("CN=file"), ..details(Some(&file)) };
    scene.update(described, None, FileChanges { added: vec![sent], removed: vec![] }).await;
    let payload = scene.session.release_version(vault, account, Version(1)).await.unwrap();
    let restored = NewSecret { payload, score: None };
    scene.session.replace_secret(vault, account, restored, certificate("CN=text")).await.unwrap();

    let other = scene.other_device().await;
    assert_eq!(other.release(vault, account).await.unwrap().value.expose(), Furnished::FIRST.1);
    let after = scene.details(&other, account);
    assert_eq!((after.secret_file, after.files), (None, Some(vec![file.clone()])));
    assert_eq!(after.public, certificate("CN=text"));
    assert_eq!(**other.download_bytes(vault, account, &file).await.unwrap(), *b"the whole key");
    // What is known of a secret changes with it.
    scene.session.replace_secret(vault, account, secret("no key"), None).await.unwrap();
    assert_eq!(scene.details(&scene.session, account).public, None);
}
