//! A founder, and many windows of their session that write at once, each in a vault of its own.

use crate::{program::origin, wire::Wire};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    error::Error,
    model::{AccountDetails, ResourceDetails, SecretPayload, SecretText, VaultDetails},
    operations::{NewAccount, NewSecret, Place},
    session::{Device, HandoverKey, NewTeam, NewVault, Session, create_team, sign_in},
    surroundings::Surroundings,
};
use sealward_contract::{
    chain::VaultKind,
    ids::{ObjectId, Timestamp, VaultId, Version},
    record::{LeafKey, RecordKind},
    text::LoginName,
};
use std::{cell::Cell, future::Future, net::SocketAddr, rc::Rc, time::SystemTime};

const PASSWORD: &str = "correct horse battery staple";

pub type Client = Session<Wire>;

/// Runs a test whose clients share a thread.
pub fn play(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

pub fn surroundings() -> Surroundings {
    let clock = || {
        #[expect(clippy::disallowed_methods, reason = "the clock that is passed in")]
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap())
    };
    Surroundings::new(clock, OsRandom::new())
}

/// Makes a team.
pub async fn found(address: SocketAddr) -> Device {
    let new = NewTeam {
        name: "Engine".to_owned(),
        full_name: "Ada".to_owned(),
        login_name: LoginName::parse("ada").unwrap(),
        password: SecretText::from(PASSWORD),
        origin: origin(address),
        setup_code: None,
    };
    create_team(&Api::new(Wire::new(address)), &surroundings(), &new).await.unwrap()
}

/// Signs in and synchronises.
pub async fn enter(device: &Device, wire: Wire) -> Client {
    let password = SecretText::from(PASSWORD);
    let device = device.duplicate().unwrap();
    let client = sign_in(Api::new(wire), surroundings(), device, &password, "a device", None).await.unwrap();
    client.sync(|_| {}).await.unwrap();
    client
}

/// Acknowledged writes of all writers since it was reset, and who waits for them.
#[derive(Clone, Default)]
pub struct Tally(Rc<(Cell<usize>, Cell<usize>, tokio::sync::Notify)>);

impl Tally {
    fn add(&self) {
        let (count, goal, reached) = &*self.0;
        count.set(count.get() + 1);
        if count.get() == goal.get() {
            reached.notify_one();
        }
    }

    /// Until so many more are acknowledged.
    pub async fn wait_for(&self, more: usize) {
        let (count, goal, reached) = &*self.0;
        goal.set(count.get() + more);
        reached.notified().await;
    }
}

/// What a writer knows to be durable.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub vault: VaultId,
    pub account: ObjectId,
    /// The newest version of the account's details that was acknowledged.
    pub acknowledged: Version,
    /// How many releases of its secret were answered.
    pub released: usize,
}

/// One window that writes to one account.
pub struct Writer {
    client: Client,
    known: Known,
    stop: Rc<Cell<bool>>,
}

impl Writer {
    /// Another window of this session, with a vault of its own.
    pub async fn join(first: &Client, address: SocketAddr, name: &str) -> Self {
        let key = HandoverKey::make(first.surroundings());
        let envelope = first.hand_over(&key.request()).unwrap();
        let client = key.take_over(Api::new(Wire::new(address)), surroundings(), &envelope).unwrap();
        client.sync(|_| {}).await.unwrap();
        let details = VaultDetails { name: name.to_owned(), ..VaultDetails::default() };
        let vault = client.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
        let place = Place { vault, parent: vault.object() };
        let details = ResourceDetails { name: "host".to_owned(), ..ResourceDetails::default() };
        let (resource, _) = client.create_resource(place, details, None).await.unwrap();
        let secret = Some(NewSecret { payload: SecretPayload::new(SecretText::from("secret")), score: None });
        let account = NewAccount { details: details_of(Version::FIRST), secret };
        let place = Place { vault, parent: resource };
        let (account, _) = client.create_account(place, account).await.unwrap();
        let known = Known { vault, account, acknowledged: Version::FIRST, released: 0 };
        Self { client, known, stop: Rc::default() }
    }

    pub fn known(&self) -> Known {
        self.known
    }

    /// Set to true, it ends the writing.
    pub fn stop(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.stop)
    }

    /// Writes version after version, and now and then has the secret released, until it is cut off or told to stop. The
    /// error that ended it.
    pub async fn write(&mut self, tally: &Tally, seen: &Cell<Known>) -> Option<Error> {
        self.stop.set(false);
        while !self.stop.get() {
            if let Err(error) = self.step().await {
                return Some(error);
            }
            tally.add();
            seen.set(self.known);
        }
        None
    }

    async fn step(&mut self) -> Result<(), Error> {
        let Known { vault, account, acknowledged, .. } = self.known;
        let next = acknowledged.next().unwrap();
        self.client.update_account(vault, account, acknowledged, details_of(next), None).await?;
        self.known.acknowledged = next;
        if next.0 % 4 == 0 {
            self.client.release(vault, account).await?;
            self.known.released += 1;
        }
        Ok(())
    }

    /// After the server came back: what was acknowledged is there, and at most the one write that was on its way.
    pub async fn check(&mut self) {
        // The connection from before may be found broken only now.
        let synced = match self.client.sync(|_| {}).await {
            Ok(synced) => synced,
            Err(_) => self.client.sync(|_| {}).await.unwrap(),
        };
        assert_eq!(synced.damages, []);
        let found = version_of(&self.client, &self.known);
        let tried = self.known.acknowledged.next().unwrap();
        assert!(found == self.known.acknowledged || found == tried, "{found:?}, but {:?}", self.known);
        self.known.acknowledged = found;
    }
}

/// The version of the account, whose details must be those of that version.
pub fn version_of(client: &Client, known: &Known) -> Version {
    let key = LeafKey { id: known.account, kind: RecordKind::Account };
    let version = client.verified(known.vault, key).unwrap().version;
    let vaults = client.vaults();
    let details = vaults[&known.vault].entry(&key).unwrap().details().unwrap().clone();
    assert!(matches!(details, sealward_client::vault::Details::Account(found) if *found == details_of(version)));
    version
}

fn details_of(version: Version) -> AccountDetails {
    AccountDetails { name: format!("version {}", version.0), ..AccountDetails::default() }
}
