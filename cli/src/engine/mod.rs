//! Open sessions for whoever asks on this machine. A session is not made to be shared between threads: each lives on one
//! thread of the engine, and what is to be done with it is sent there. A token's session is opened once, however many
//! ask for it at the same time, and is used until it ends or nobody has asked for a while.

mod credential;
mod keeper;
mod memory;
mod slot;

pub use credential::{Credential, SessionKey};

use crate::{
    clock::Clock,
    connection::{Http, ServerAddress, Trust},
    failure::Failure,
};
use keeper::Keeper;
use sealward_client::session::Session;
use std::{num::NonZeroUsize, path::PathBuf, rc::Rc, time::Duration};
use tokio::{
    runtime::Builder,
    sync::{mpsc, oneshot},
    task::{LocalSet, spawn_local},
};

/// A session over HTTP.
pub type Open = Session<Http>;

/// How an engine works.
#[derive(Clone)]
pub struct Settings {
    /// The server.
    pub server: ServerAddress,
    /// Whom TLS trusts.
    pub trust: Trust,
    /// Threads that hold sessions.
    pub threads: NonZeroUsize,
    /// Sessions that nobody asks for are ended after this.
    pub idle: Duration,
    /// A session is synchronised before it is used unless that was done so shortly before. Zero: each use sees everything
    /// that was written before it was asked for; uses at the same time share one synchronisation.
    pub fresh_for: Duration,
    /// Folder of what this machine has seen of the team, so that no server takes it back; `None` to remember nothing.
    pub state: Option<PathBuf>,
    /// What the member's list of sessions calls this program.
    pub device_name: String,
    /// Tells the time.
    pub clock: Clock,
}

/// Bytes of a thread's stack: what a session does is deep where nothing is optimised.
const STACK: usize = 8 << 20;

/// Something to be done on a thread that holds sessions.
type Job = Box<dyn FnOnce(Rc<Keeper>) + Send>;

/// The engine. When it is dropped its sessions are left to end by themselves; [`Engine::close`] ends them.
pub struct Engine {
    threads: Vec<mpsc::UnboundedSender<Job>>,
}

impl Engine {
    /// Starts the threads; nothing is sent to the server yet.
    ///
    /// # Errors
    /// [`Failure::Local`] when the system gives no thread.
    pub fn start(settings: &Settings) -> Result<Self, Failure> {
        let threads = (0..settings.threads.get()).map(|_| start_thread(settings.clone()));
        Ok(Self { threads: threads.collect::<Result<_, _>>()? })
    }

    /// Does something with the session of a service's token. It is done to its end even if nobody waits for it any more.
    ///
    /// # Errors
    /// [`Failure::Credential`] when the token is not, or no longer, good; what `act` fails with; others.
    pub async fn with_session<R, F>(&self, token: &str, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(&Open) -> Result<R, Failure> + Send + 'static,
    {
        self.with_credential(Credential::of_token(token)?, act).await
    }

    /// Does something with the session that a credential opens, or has opened already.
    ///
    /// # Errors
    /// As [`Engine::with_session`].
    pub async fn with_credential<R, F>(&self, credential: Credential, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(&Open) -> Result<R, Failure> + Send + 'static,
    {
        let key = credential.key();
        self.send(&key, async move |keeper: Rc<Keeper>| keeper.act(key, Some(&credential), act).await).await
    }

    /// Does something in a session that is opened for it alone, whatever others have open, and ends with it: the
    /// credential is proved to the server each time.
    ///
    /// # Errors
    /// As [`Engine::with_session`].
    pub async fn alone<R, F>(&self, credential: Credential, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(&Open) -> Result<R, Failure> + Send + 'static,
    {
        let key = credential.key();
        self.send(&key, async move |keeper: Rc<Keeper>| keeper.act_alone(&credential, act).await).await
    }

    /// Does something with a session that was opened before.
    ///
    /// # Errors
    /// [`Failure::Locked`] when it is not open any more; others as [`Engine::with_session`].
    pub async fn with_opened<R, F>(&self, key: SessionKey, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(&Open) -> Result<R, Failure> + Send + 'static,
    {
        self.send(&key, async move |keeper: Rc<Keeper>| keeper.act(key, None, act).await).await
    }

    /// Whether a session is open.
    ///
    /// # Errors
    /// [`Failure::Closed`].
    pub async fn is_open(&self, key: SessionKey) -> Result<bool, Failure> {
        self.send(&key, async move |keeper: Rc<Keeper>| Ok(keeper.is_open(&key))).await
    }

    /// Ends a session, here and on the server; its keys are wiped as soon as nothing uses them.
    ///
    /// # Errors
    /// [`Failure::Closed`].
    pub async fn forget(&self, key: SessionKey) -> Result<(), Failure> {
        self.send(&key, async move |keeper: Rc<Keeper>| {
            keeper.forget(&key).await;
            Ok(())
        })
        .await
    }

    /// Ends all sessions, here and on the server.
    pub async fn close(self) {
        for index in 0..self.threads.len() {
            let end = async move |keeper: Rc<Keeper>| {
                keeper.forget_all().await;
                Ok(())
            };
            // A thread that is gone holds nothing.
            drop(self.send_to(index, end).await);
        }
    }

    async fn send<R, F>(&self, key: &SessionKey, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(Rc<Keeper>) -> Result<R, Failure> + Send + 'static,
    {
        self.send_to(key.spread() % self.threads.len().max(1), act).await
    }

    async fn send_to<R, F>(&self, index: usize, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(Rc<Keeper>) -> Result<R, Failure> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |keeper| {
            spawn_local(async move {
                // Whoever asked may be gone.
                drop(answer.send(act(keeper).await));
            });
        });
        self.threads.get(index).ok_or(Failure::Closed)?.send(job).map_err(|_| Failure::Closed)?;
        answered.await.map_err(|_| Failure::Closed)?
    }
}

fn start_thread(settings: Settings) -> Result<mpsc::UnboundedSender<Job>, Failure> {
    let (jobs, mut waiting) = mpsc::unbounded_channel::<Job>();
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::local("engine"))?;
    let run = move || {
        let keeper = Rc::new(Keeper::new(settings));
        LocalSet::new().block_on(&runtime, async {
            let sweeper = spawn_local(Keeper::sweep(Rc::downgrade(&keeper)));
            while let Some(job) = waiting.recv().await {
                job(Rc::clone(&keeper));
            }
            sweeper.abort();
        });
    };
    std::thread::Builder::new()
        .name("engine".to_owned())
        .stack_size(STACK)
        .spawn(run)
        .map_err(Failure::local("engine"))?;
    Ok(jobs)
}
