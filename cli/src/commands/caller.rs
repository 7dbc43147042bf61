//! Who does a task: the agent, or this process with a service's token.

use crate::{
    agent::{self, Ask, device_name},
    clock,
    connection::{Http, PlainHttp, ServerAddress, Trust},
    engine::{Engine, Open, Settings},
    failure::Failure,
    fault::Fault,
    gateway::Way,
    home::Home,
    language::Language,
    output::{Output, Progress},
    secrets_in,
    tasks::{Answer, Task, Watcher},
    told::Told,
};
use clap::Args;
use sealward_client::model::SecretText;
use std::{future::Future, num::NonZeroUsize, path::PathBuf, time::Duration};

/// The way to the server.
#[derive(Args, Clone)]
pub(super) struct Connection {
    /// The server's address, such as https://vault.example; by default the one that this machine signed in to
    #[arg(long, global = true, env = "SEALWARD_SERVER", value_name = "URL")]
    pub(super) server: Option<String>,
    /// Trust the certificates of this file in PEM, and no others
    #[arg(long, global = true, env = "SEALWARD_CA", value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// Take http for other machines than this one too: something else protects the way there
    #[arg(long, global = true)]
    pub(super) plain_http: bool,
    /// Act as the service whose token is in this file; SEALWARD_TOKEN holds a token itself
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
}

/// What a command needs to have something done.
pub(super) struct Caller {
    pub(super) connection: Connection,
    pub(super) home: Home,
    pub(super) language: Language,
    output: Output,
    token: Option<SecretText>,
}

impl Caller {
    pub(super) fn new(connection: Connection, output: Output) -> Result<Self, Failure> {
        let token = secrets_in::token(connection.token_file.as_deref())?;
        // A variable that is empty says nothing.
        let server = connection.server.filter(|server| !server.trim().is_empty());
        let connection = Connection { server, ..connection };
        Ok(Self { connection, home: Home::find()?, language: output.language, output, token })
    }

    /// Whether a service acts.
    pub(super) fn is_service(&self) -> bool {
        self.token.is_some()
    }

    /// Has a task done.
    pub(super) fn ask(&self, task: Task) -> Result<Answer, Told> {
        let progress = Progress::new(self.output);
        match &self.token {
            None => {
                if let Some(named) = &self.connection.server {
                    // It is only compared: how it is protected was judged when it was signed in to.
                    self.home.check_server(read_address(named, PlainHttp::Everywhere)?.origin())?;
                }
                agent::call(&self.home, &Ask::Do(Box::new(task)), |step| progress.show(step))
            }
            Some(token) => Ok(self.act(token, task, progress.watcher())?),
        }
    }

    /// Does it here, in a session that ends afterwards.
    fn act(&self, token: &SecretText, task: Task, watcher: Watcher) -> Result<Answer, Fault> {
        let settings = Settings {
            server: self.server()?,
            trust: self.trust()?,
            threads: NonZeroUsize::MIN,
            idle: Duration::from_secs(600),
            fresh_for: Duration::ZERO,
            state: Some(self.home.seen()),
            device_name: device_name(),
            clock: clock::system(),
        };
        let engine = Engine::start(&settings)?;
        let token = token.duplicate();
        wait(async move {
            let act = async move |session: &Open| task.done(session, &watcher).await;
            let done = engine.with_session(token.expose().trim(), act).await;
            engine.close().await;
            done
        })??
    }

    /// The server's address: as it was given, or as this machine knows it.
    pub(super) fn server(&self) -> Result<ServerAddress, Fault> {
        let known = || Ok::<_, Failure>(self.home.device()?.map(|known| known.device.origin));
        let text = match &self.connection.server {
            Some(server) => server.clone(),
            None => known()?.ok_or(Fault::NoServer)?,
        };
        Ok(read_address(&text, self.plain())?)
    }

    /// Whom TLS trusts.
    pub(super) fn trust(&self) -> Result<Trust, Failure> {
        match self.ca()? {
            Some(file) => Trust::of_file(&file).map_err(|fault| Failure::Usage(format!("{}: {fault}", file.display()))),
            None => Trust::of_system().map_err(|fault| Failure::Usage(fault.to_string())),
        }
    }

    /// The file of trusted certificates, as an absolute path.
    pub(super) fn ca(&self) -> Result<Option<PathBuf>, Failure> {
        if let Some(file) = &self.connection.ca {
            return std::path::absolute(file).map(Some).map_err(Failure::local(file.display().to_string()));
        }
        if self.connection.server.is_some() {
            return Ok(None);
        }
        Ok(self.home.device()?.and_then(|known| known.ca))
    }

    /// The way to the server, for whoever opens sessions of its own.
    pub(super) fn way(&self) -> Result<Way, Fault> {
        let plain = self.plain();
        Ok(Way { server: self.server()?, trust: self.trust()?, plain, state: Some(self.home.seen()) })
    }

    fn plain(&self) -> PlainHttp {
        if self.connection.plain_http { PlainHttp::Everywhere } else { PlainHttp::LoopbackOnly }
    }

    /// A way to the server.
    pub(super) fn http(&self) -> Result<Http, Fault> {
        Ok(Http::new(&self.server()?, &self.trust()?))
    }
}

fn read_address(text: &str, plain: PlainHttp) -> Result<ServerAddress, Failure> {
    ServerAddress::read(text, plain).map_err(|fault| Failure::Usage(format!("{text}: {fault}")))
}

/// Runs something that waits, to its end.
///
/// # Errors
/// [`Failure::Local`] when the system gives no runtime.
pub(super) fn wait<R>(act: impl Future<Output = R>) -> Result<R, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(Failure::local("runtime"))?.block_on(act))
}
