//! Webhooks on their way out: what is due is read off the audit chain, in order, and sent. How far each webhook has been
//! told is written down after every call, so nothing is lost and nothing overtakes; after a crash the last call may come
//! again, under the same id. A webhook that is slow or broken holds nobody else's.

mod address;
mod call;
mod due;
mod message;
mod sign;
mod target;

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ipnet::IpNet;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use sealward_contract::{
    ids::{TeamId, Timestamp, WebhookId},
    operations::webhooks::{Delivery, DeliveryResult},
};
use tokio::{sync::Semaphore, task::JoinSet};

pub(crate) use due::note_test;
pub(crate) use sign::show;
pub(crate) use target::Target;

use crate::{
    Config,
    server::App,
    store::{OpenError, StoreError, tables::WebhookRow},
};

/// Time between two looks at what is due.
const LOOK: Duration = Duration::from_secs(1);
/// Most calls at the same time.
const AT_ONCE: usize = 8;
/// Most calls of one webhook before others have their turn.
const IN_A_ROW: usize = 20;
/// How long a call may take in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which webhook.
type Place = (TeamId, WebhookId);

/// What calling takes, shared by all webhooks of the server.
pub struct Webhooks {
    networks: Vec<IpNet>,
    tls: Arc<ClientConfig>,
    room: Semaphore,
    busy: Mutex<HashSet<Place>>,
}

impl Webhooks {
    /// Makes ready what calling takes.
    ///
    /// # Errors
    /// The file of certificates cannot be read, or holds none.
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(file) = &config.webhook_ca {
            add_roots(&mut roots, file).map_err(|source| OpenError::Io { path: file.clone(), source })?;
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| OpenError::Io { path: "TLS".into(), source: std::io::ErrorKind::Unsupported.into() })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            networks: config.webhook_networks.clone(),
            tls: Arc::new(tls),
            room: Semaphore::new(AT_ONCE),
            busy: Mutex::default(),
        })
    }

    /// Sends a message to a webhook, and says what came of it.
    async fn send(&self, app: &App, row: &WebhookRow, id: &str, body: Vec<u8>) -> DeliveryResult {
        // A row of an earlier release, whose rules were others.
        let Some(target) = Target::parse(row.url.expose()) else { return DeliveryResult::Refused };
        let sent = async {
            let to = address::find(app.names.as_ref(), &self.networks, &target).await?;
            let signed = sign::headers(&row.secret, id, app.clock.now(), &body).ok_or(DeliveryResult::Refused)?;
            call::post(&target, to, Arc::clone(&self.tls), signed, body).await
        };
        match tokio::time::timeout(PATIENCE, sent).await {
            Err(_) => DeliveryResult::TimedOut,
            Ok(Err(failed)) => failed,
            Ok(Ok(status @ 200..300)) => DeliveryResult::Taken { status },
            Ok(Ok(status)) => DeliveryResult::Answered { status },
        }
    }

    /// Calls a webhook with a test; nothing where it, or everything, is being called already.
    pub(crate) async fn test(&self, app: &App, place: Place, row: &WebhookRow) -> Option<Delivery> {
        let _room = self.room.try_acquire().ok()?;
        let _turn = Turn::take(self, place)?;
        let at = app.clock.now();
        let body = message::test(place.0, at);
        let result = self.send(app, row, &message::test_id(place.1, at), body).await;
        Some(Delivery { event: None, at, result })
    }
}

/// A webhook is called by one at a time, or its events would overtake each other.
struct Turn<'w> {
    webhooks: &'w Webhooks,
    place: Place,
}

impl<'w> Turn<'w> {
    fn take(webhooks: &'w Webhooks, place: Place) -> Option<Self> {
        let taken = webhooks.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
        taken.then_some(Self { webhooks, place })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.webhooks.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.place);
    }
}

fn add_roots(roots: &mut RootCertStore, file: &Path) -> std::io::Result<()> {
    let broken = |_| std::io::Error::other("not a file of certificates in PEM");
    let before = roots.len();
    for certificate in CertificateDer::pem_file_iter(file).map_err(broken)? {
        roots.add(certificate.map_err(broken)?).map_err(std::io::Error::other)?;
    }
    if roots.len() == before { Err(std::io::Error::other("no certificate in it")) } else { Ok(()) }
}

/// Tells webhooks until the task is dropped.
pub async fn run(app: Arc<App>) {
    let mut look = tokio::time::interval(LOOK);
    let mut tasks = JoinSet::new();
    loop {
        look.tick().await;
        while tasks.try_join_next().is_some() {}
        if let Err(error) = start(&app, &mut tasks).await {
            tracing::warn!(%error, "webhooks were not told and will be again");
        }
    }
}

/// Tells every webhook that is due, and waits until that is done. A webhook that has more to be told is due again.
///
/// # Errors
/// The store failed.
pub async fn catch_up(app: &Arc<App>) -> Result<(), StoreError> {
    let mut tasks = JoinSet::new();
    start(app, &mut tasks).await?;
    while tasks.join_next().await.is_some() {}
    Ok(())
}

async fn start(app: &Arc<App>, tasks: &mut JoinSet<()>) -> Result<(), StoreError> {
    let shared = Arc::clone(app);
    let now = app.clock.now();
    let looking = tokio::task::spawn_blocking(move || due::find(&shared, now));
    for place in looking.await.map_err(|_| StoreError::Panicked)?? {
        let app = Arc::clone(app);
        tasks.spawn(async move {
            let Some(_turn) = Turn::take(&app.webhooks, place) else { return };
            let Ok(_room) = app.webhooks.room.acquire().await else { return };
            if let Err(error) = tell(&app, place).await {
                tracing::warn!(%error, "a webhook was not told and will be again");
            }
        });
    }
    Ok(())
}

/// Tells a webhook its next events, one after the other, until one fails or others have their turn.
async fn tell(app: &Arc<App>, place: Place) -> Result<(), StoreError> {
    let begun = app.clock.now();
    for _ in 0..IN_A_ROW {
        let shared = Arc::clone(app);
        let looking = tokio::task::spawn_blocking(move || due::next(&shared, place));
        let Some(due) = looking.await.map_err(|_| StoreError::Panicked)?? else { return Ok(()) };
        let due::Due { row, through, event } = due;
        let Some(event) = event else {
            return due::skip(app, place, through).await;
        };
        let id = message::event_id(place.1, event.sequence);
        let result = app.webhooks.send(app, &row, &id, message::event(&event)).await;
        let delivery = Delivery { event: Some(event.sequence), at: app.clock.now(), result };
        let taken = matches!(result, DeliveryResult::Taken { .. });
        due::note(app, place, &row, delivery).await?;
        if !taken || is_over(begun, app.clock.now()) {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether a webhook has had as much time as is its due in one go.
fn is_over(begun: Timestamp, now: Timestamp) -> bool {
    u128::from(now.since(begun)) >= PATIENCE.as_millis()
}
