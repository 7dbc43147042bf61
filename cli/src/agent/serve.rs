//! The agent's process.

use super::{Ask, Reply, Said, SignIn, frame, watch};
use crate::{
    clock,
    connection::{PlainHttp, ServerAddress, Trust},
    engine::{Credential, Engine, SessionKey, Settings},
    failure::Failure,
    fault::Fault,
    home::Home,
    tasks::{Answer, Task, Watcher},
    told::Told,
};
use sealward_client::{error::Error, kit::ReadKit, model::SecretText, session::Device};
use sealward_contract::text::LoginName;
use std::{
    fs::{self, OpenOptions, Permissions, TryLockError},
    num::NonZeroUsize,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::Notify,
    time::{Instant, interval, timeout},
};

/// An agent without a session goes after this.
const ALONE: Duration = Duration::from_secs(15);
/// How often it looks whether it has a session.
const LOOKS: Duration = Duration::from_secs(1);
/// Longest wait for a question that was begun.
const ASKING: Duration = Duration::from_secs(30);

/// How often a checkpoint is tried, where something changes meanwhile.
const CHECKPOINT_TRIES: usize = 3;
/// How often it is tried to take the place of an agent that goes.
const YIELDING: Duration = Duration::from_millis(10);

/// The open session and the engine that holds it.
#[derive(Clone)]
struct Held {
    engine: Arc<Engine>,
    key: SessionKey,
}

struct Agent {
    home: Home,
    held: Mutex<Option<Held>>,
    /// Questions being answered.
    busy: AtomicU64,
    end: Notify,
}

/// Serves until it is locked, or has had nothing to hold for a while.
///
/// # Errors
/// [`Failure::Local`] when the socket cannot be made.
pub fn serve(home: Home) -> Result<(), Failure> {
    home.make()?;
    // No core dump, no debugger: what it holds is not for other programs of the same user either.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    // A terminal that closes does not end it; where it was started by a supervisor this is refused, and not needed.
    let _ = rustix::process::setsid();
    let lock = home.path().join("agent.lock");
    let named = || lock.display().to_string();
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .mode(0o600)
        .open(&lock)
        .map_err(Failure::local(named()))?;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            // Another one is there, and is as good.
            Err(TryLockError::WouldBlock) if super::is_there(&home) => return Ok(()),
            // One that was locked is on its way out.
            Err(TryLockError::WouldBlock) => std::thread::sleep(YIELDING),
            Err(TryLockError::Error(error)) => return Err(Failure::local(named())(error)),
        }
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::local("agent"))?;
    let served = runtime.block_on(run(home));
    drop(file);
    served
}

async fn run(home: Home) -> Result<(), Failure> {
    let socket = home.socket();
    let named = || socket.display().to_string();
    // Whoever left it there is gone: the lock is ours.
    match fs::remove_file(&socket) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::local(named())(error)),
        _ => {}
    }
    let listener = UnixListener::bind(&socket).map_err(Failure::local(named()))?;
    fs::set_permissions(&socket, Permissions::from_mode(0o600)).map_err(Failure::local(named()))?;
    let agent = Arc::new(Agent { home, held: Mutex::default(), busy: AtomicU64::new(0), end: Notify::new() });
    let (mut looks, mut used) = (interval(LOOKS), Instant::now());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                used = Instant::now();
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(Arc::clone(&agent).answer(stream));
                }
            }
            () = agent.end.notified() => break,
            _ = looks.tick() => {
                if agent.busy.load(Ordering::Relaxed) > 0 {
                    used = Instant::now();
                }
                if used.elapsed() >= ALONE && !agent.is_open().await {
                    break;
                }
            }
        }
    }
    drop(fs::remove_file(&socket));
    Ok(())
}

/// A question is being answered for as long as this lives.
struct Busy<'a>(&'a Agent);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Agent {
    async fn answer(self: Arc<Self>, stream: UnixStream) {
        self.busy.fetch_add(1, Ordering::Relaxed);
        let _busy = Busy(&self);
        let own = rustix::process::geteuid().as_raw();
        if stream.peer_cred().map(|peer| peer.uid()).ok() != Some(own) {
            return;
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut stream = blocking(stream)?;
            let ask = frame::read::<Ask>(&mut stream)?;
            Ok::<_, std::io::Error>((ask, stream))
        });
        let Ok(Ok(Ok((ask, mut stream)))) = timeout(ASKING, read).await else { return };
        let is_lock = matches!(ask, Ask::Lock);
        let (tell, replies) = watch::channel();
        let writing = tokio::task::spawn_blocking(move || replies.write(|reply| frame::write(&mut stream, reply)));
        let said: Said = self.act(ask, &tell.watcher()).await.map_err(Told::from);
        if is_lock {
            // Nobody finds it any more once it has said that it is locked.
            drop(fs::remove_file(self.home.socket()));
        }
        tell.end(Reply::Said(Box::new(said)));
        drop(writing.await);
        if is_lock {
            self.end.notify_one();
        }
    }

    async fn act(&self, ask: Ask, watcher: &Watcher) -> Result<Answer, Fault> {
        match ask {
            Ask::SignIn(sign_in) => self.sign_in(sign_in).await,
            Ask::Lock => {
                let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(Held { engine, key }) = held {
                    engine.forget(key).await?;
                }
                Ok(Answer::Done)
            }
            Ask::Do(task) => {
                let Held { engine, key } = self.held().ok_or(Failure::Locked)?;
                let watcher = watcher.clone();
                engine.with_opened(key, async move |session| task.done(session, &watcher).await).await?
            }
        }
    }

    fn held(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn is_open(&self) -> bool {
        let Some(Held { engine, key }) = self.held() else { return false };
        engine.is_open(key).await.unwrap_or(false)
    }

    async fn sign_in(&self, ask: SignIn) -> Result<Answer, Fault> {
        let (device, ca) = self.device(&ask)?;
        let plain = if ask.plain_http { PlainHttp::Everywhere } else { PlainHttp::LoopbackOnly };
        let server = ServerAddress::read(&device.origin, plain).map_err(|fault| Failure::Usage(fault.to_string()))?;
        let trust = match &ca {
            Some(file) => Trust::of_file(file),
            None => Trust::of_system(),
        };
        let settings = Settings {
            server,
            trust: trust.map_err(|fault| Failure::Usage(fault.to_string()))?,
            threads: NonZeroUsize::MIN,
            idle: Duration::from_secs(ask.idle),
            fresh_for: Duration::ZERO,
            state: Some(self.home.seen()),
            device_name: device_name(),
            clock: clock::system(),
        };
        let engine = Engine::start(&settings)?;
        let kept = device.duplicate().ok_or(Error::WrongKit)?;
        let credential = Credential::Person {
            device,
            password: SecretText::from(ask.password.0.as_str()),
            code: ask.code.as_ref().map(|code| SecretText::from(code.0.as_str())),
            compared: ask.compared,
        };
        let key = credential.key();
        let opened = engine.with_credential(credential, async |session| {
            // Everybody has one; where it cannot be made now, the next sign-in makes it.
            drop(session.make_personal_vault().await);
            if !session.is_held() {
                // For other devices, which are shown that this one has seen as much.
                for _ in 0..CHECKPOINT_TRIES {
                    drop(session.sync(|_| {}).await);
                    if session.leave_checkpoint().await != Ok(false) {
                        break;
                    }
                }
            }
            Task::Status.done(session, &Watcher::default()).await
        });
        let answer = match opened.await {
            Ok(answer) => answer,
            Err(failure) => {
                engine.close().await;
                return Err(failure.into());
            }
        };
        self.home.keep_device(&kept, ca.as_deref())?;
        let new = Held { engine: Arc::new(engine), key };
        let before = self.held.lock().unwrap_or_else(PoisonError::into_inner).replace(new);
        if let Some(Held { engine, key }) = before {
            drop(engine.forget(key).await);
        }
        answer
    }

    /// What is signed in with: by the kit, or as this machine has done before.
    fn device(&self, ask: &SignIn) -> Result<(Device, Option<PathBuf>), Fault> {
        let Some(kit) = &ask.kit else {
            let known = self.home.device()?.ok_or(Fault::UnknownDevice)?;
            if let Some(origin) = &ask.origin {
                self.home.check_server(origin)?;
            }
            return Ok((known.device, ask.ca.clone().or(known.ca)));
        };
        let kit = ReadKit::parse(&kit.0).map_err(|error| Fault::Kit(error.to_string()))?;
        let login_name = ask.login_name.clone().or(kit.login_name).unwrap_or_default();
        let device = Device {
            team: kit.team,
            login_name: LoginName::parse(&login_name).map_err(|_| Error::LoginName)?,
            origin: ask.origin.clone().or(kit.origin).ok_or(Fault::NoServer)?,
            secret_key: kit.secret_key,
        };
        // Before anything is sent: what cannot be kept afterwards is not begun.
        self.home.check_free_for(Some((&device.team, &device.login_name)))?;
        Ok((device, ask.ca.clone()))
    }
}

/// The stream as a blocking one, for whole messages.
fn blocking(stream: UnixStream) -> std::io::Result<std::os::unix::net::UnixStream> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(ASKING))?;
    Ok(stream)
}

/// What the member's list of sessions calls this program.
#[must_use]
pub fn device_name() -> String {
    format!("sealward {}", env!("CARGO_PKG_VERSION"))
}
