//! Creating a team, signing in, unlocking, locking and signing out.

use super::{
    cache::Keeping,
    catalog_store::Kept,
    clock::{self, make_way, scope, within},
    device_store::{Remembered, Standing},
    engine::{Engine, Locked, Open, api, surroundings},
    error::kit_fault,
    kit,
    leaving::LEAVING_PATIENCE,
    local,
    message::tell,
    secret,
    transport::Fetch,
    windows::Word,
};
use crate::bridge::*;
use futures_util::future::join;
use sealward_client::{
    error as client,
    kit::ReadKit,
    model::{Payload, ProfileDetails, SecretText as ClientSecret, TeamDetails, VaultDetails},
    session::{self as client_session, Device, NewTeam, NewVault, Session, SyncReport, Unlocking},
};
use sealward_contract::{
    bytes::Bytes,
    chain::VaultKind,
    ids::Timestamp,
    operations::{Empty, team::GetServer},
    text::LoginName,
};
use std::{cell::Cell, pin::pin, rc::Rc};

/// Longest wait for the server to say whether it takes teams, in milliseconds.
const SERVER_PATIENCE: i32 = 4_000;
/// Longest wait for the server to sign in, the stretching of the password included, where the catalog is kept here.
const SIGN_IN_PATIENCE: i32 = 6_000;
/// Longest wait for what is kept here.
const READ_PATIENCE: i32 = 4_000;
/// Longest wait for what changed since, where the catalog is kept here: it is shown, and brought up to date behind.
const SYNC_PATIENCE: i32 = 1_500;
/// The page is told that often how far the opening is, in milliseconds.
const TOLD_EVERY: u64 = 100;

/// A session that is about to be opened.
pub struct Begun {
    pub session: Session<Fetch>,
    /// There where the session was opened without the server.
    pub unlocking: Option<Unlocking>,
    /// What this browser keeps of the team.
    pub kept: Kept,
}

impl Engine {
    /// What this browser knows, and where the person stands.
    pub async fn status(&self) -> Result<Status, Error> {
        let session = self.state();
        let teams = self.store.list().await.iter().map(Remembered::known).collect();
        let creation = match session {
            SessionState::Open(_) => None,
            _ => find_creation().await,
        };
        Ok(Status { teams, session, creation })
    }

    /// Makes a team with its first vault, and gives the founder's kit.
    pub async fn create_team(&self, ask: CreateTeam) -> Result<KitView, Error> {
        let _opening = self.note_opening();
        let login_name = check_form(&ask)?;
        let known = [&ask.team_name, &ask.full_name, &ask.login_name].map(Clone::clone);
        secret::check_strength(&ask.password, known.to_vec()).await?;
        let new = NewTeam {
            name: ask.team_name.clone(),
            full_name: ask.full_name,
            login_name,
            password: ClientSecret::from(ask.password.expose()),
            origin: origin(),
            setup_code: ask.setup_code,
        };
        stretching();
        let device = client_session::create_team(&api(), &surroundings(), &new).await.map_err(|error| match error {
            client::Error::SetupCode if new.setup_code.is_none() => Error::SetupCodeNeeded,
            error => error.into(),
        })?;
        // Before anything else can fail: without the Secret Key nobody could ever sign in to this team.
        let mut standing = Standing::new(true, false);
        let remembered = remember(&device, &ask.team_name, standing, None);
        standing.remembered = self.store.put(&remembered).await.is_ok();

        let begun = self.begin(device, &new.password, None).await?;
        let session = &begun.session;
        session.sync(|_| {}).await?;
        let details = VaultDetails { name: ask.vault_name, description: String::new(), ..Default::default() };
        // A team without its first vault is whole: the page offers to make one.
        let _ = session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await;
        begun.session.begun_here();
        let open = self.enter(begun, standing).await?;
        kit::view(&open)
    }

    /// Signs in on a device that remembers the Secret Key, or with the kit.
    pub async fn sign_in(&self, ask: SignIn) -> Result<SessionView, Error> {
        let kit = match &ask.kit {
            Some(text) => Some(ReadKit::parse(text.expose()).map_err(|error| Error::BrokenKit(kit_fault(error)))?),
            None => None,
        };
        let team = ask.team.or_else(|| kit.as_ref().map(|kit| kit.team)).ok_or(Error::UnknownDevice)?;
        let stored = self.store.find(team).await;
        let (device, mut standing, memory) = match kit {
            Some(kit) if kit.team != team => return Err(Error::WrongKit),
            Some(kit) => {
                let typed = Some(ask.login_name.as_str()).filter(|name| !name.trim().is_empty());
                let name = typed.or(kit.login_name.as_deref()).unwrap_or_default();
                let login_name = LoginName::parse(name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
                let same = stored.as_ref().filter(|stored| stored.login_name == login_name.as_str());
                let memory = same.and_then(|stored| stored.memory.as_ref().map(|memory| memory.0.clone()));
                let device = Device { team, login_name, origin: origin(), secret_key: kit.secret_key };
                (device, Standing::new(ask.remember, true), memory)
            }
            None => {
                let stored = stored.as_ref().ok_or(Error::UnknownDevice)?;
                let Locked { device, standing, memory, .. } = Locked::remembered(stored).ok_or(Error::UnknownDevice)?;
                (device, standing, memory)
            }
        };
        let password = ClientSecret::from(ask.password.expose());
        let begun = self.begin_with_either(device, &password, memory, &mut standing).await?;
        let open = self.enter(begun, standing).await?;
        if self.is_open(&open) { Ok(open.view()) } else { Err(Error::Locked) }
    }

    /// Opens what was locked.
    pub async fn unlock(&self, password: &SecretText) -> Result<SessionView, Error> {
        if let Ok(open) = self.open() {
            return Ok(open.view());
        }
        let Locked { device, mut standing, memory, .. } = self.locked().ok_or(Error::UnknownDevice)?;
        let password = ClientSecret::from(password.expose());
        let begun = self.begin_with_either(device, &password, memory, &mut standing).await?;
        let open = self.enter(begun, standing).await?;
        if self.is_open(&open) { Ok(open.view()) } else { Err(Error::Locked) }
    }

    /// Signs in: one stretching of the password, one signature. Where the server cannot be reached and this browser
    /// keeps the catalog, that is opened instead.
    pub async fn begin(
        &self,
        device: Device,
        password: &ClientSecret,
        memory: Option<Vec<u8>>,
    ) -> Result<Begun, Error> {
        let _opening = self.note_opening();
        let reading = self.begin_reading(device.team);
        stretching();
        // Reading is on its way before the stretching takes the worker for itself.
        make_way().await;
        let unlocking = Unlocking::stretch(device, password)?;
        let (answer, kept) = {
            let agent = agent();
            let mut signing_in = pin!(unlocking.sign_in(api(), surroundings(), &agent, memory.as_deref()));
            let (answer, kept) =
                join(within(SIGN_IN_PATIENCE, signing_in.as_mut()), within(READ_PATIENCE, reading)).await;
            let kept = kept.and_then(Result::ok).unwrap_or_default();
            match answer {
                Some(answer) => (answer, kept),
                None if kept.opens_alone() => (Err(client::Error::Unreachable), kept),
                None => (signing_in.await, kept),
            }
        };
        match (answer, &kept.identity) {
            (Ok(session), _) => Ok(Begun { session, unlocking: None, kept }),
            (Err(client::Error::Unreachable), Some(identity)) if kept.opens_alone() => {
                // What was written down with the catalog: a session that was just locked may have seen more than that.
                let stored = self.store.find(unlocking.device().team).await;
                let memory = stored.as_ref().and_then(|stored| stored.memory.as_ref()).map(|memory| &*memory.0);
                let opened = unlocking.open_kept(surroundings(), identity, memory);
                let session = opened.map_err(|_| Error::NotOpenedOffline)?;
                Ok(Begun { session, unlocking: Some(unlocking), kept })
            }
            (Err(error), identity) => {
                // Right here and refused there: the password is another by now, or the member may not act any more. What is
                // kept is not for whoever holds this one.
                let refused =
                    matches!(error, client::Error::WrongPassword | client::Error::WrongKit | client::Error::Suspended);
                let opens = |identity: &Vec<u8>| unlocking.open_kept::<Fetch>(surroundings(), identity, None).is_ok();
                if refused && identity.as_ref().is_some_and(opens) {
                    let _ = self.catalogs.forget(unlocking.device().team, false).await;
                }
                Err(error.into())
            }
        }
    }

    /// Opens a new session in this browser: verified, remembered, and offered to the other windows.
    pub async fn enter(&self, begun: Begun, standing: Standing) -> Result<Rc<Open>, Error> {
        let _opening = self.note_opening();
        let open = self.take(begun, standing).await?;
        if open.unlocking.borrow().is_none() {
            self.settle_in(&open).await;
        }
        Ok(open)
    }

    /// What follows when a session with the server has been opened.
    pub async fn settle_in(&self, open: &Rc<Open>) {
        let before = self.remember_session(open).await;
        self.settle_new_keys(open).await;
        // The sessions of earlier unlockings have no window left that could use them. Ended before anything is shown, so
        // that the list of sessions does not name them any more.
        if let Some(before) = before.filter(|before| *before != open.session.id()) {
            let _ = within(LEAVING_PATIENCE, open.session.end_session(before)).await;
        }
        // Another window was faster, and this one was locked meanwhile.
        if self.is_open(open) {
            self.windows.say(&Word::Opened(open.team()));
        }
    }

    /// Opens a session: everything is verified before anything is shown. What this browser keeps comes first, then what
    /// changed since.
    pub async fn take(&self, begun: Begun, standing: Standing) -> Result<Rc<Open>, Error> {
        let told = Cell::new(Timestamp(0));
        let opening = |done: usize| {
            let now = clock::now();
            if now.since(told.get()) < TOLD_EVERY {
                return;
            }
            told.set(now);
            let done = u32::try_from(done).unwrap_or(u32::MAX);
            tell(Notice::Progress(Progress { work: Work::Opening, done, total: 0 }));
        };
        opening(0);
        begun.session.hold_where_doubtful();
        let Begun { session, unlocking, kept } = begun;
        let keeping = Keeping::new(standing, &kept);
        let restored = if keeping.on.get() { self.restore(&session, &kept, &opening).await } else { None };
        drop(kept);
        let report = loop {
            let synced = match (&restored, &unlocking) {
                (None, None) => session.sync(&opening).await,
                (None, Some(_)) => return Err(Error::Offline),
                (Some(_), Some(_)) => Ok(SyncReport::default()),
                // The stream of hints asks again as soon as it is open.
                (Some(_), None) => match within(SYNC_PATIENCE, session.sync(&opening)).await {
                    None | Some(Err(client::Error::Unreachable)) => Ok(SyncReport::default()),
                    Some(synced) => synced,
                },
            };
            match synced {
                Err(client::Error::SecondFactorNeeded(held)) => self.await_factor(&session, held).await?,
                synced => break synced?,
            }
        };
        let engine = self.clone();
        session.ask_for_factors(move |held| engine.ask_for_factor(held));
        let (open, wakes) = Open::new(session, unlocking, keeping, standing, self.language.get());
        self.load_personal(&open).await;
        self.set_open(Rc::clone(&open), wakes);
        self.say_connection(&open);
        self.take_in(&open);
        for damage in report.damages {
            open.tell_damage(&damage);
        }
        Ok(open)
    }

    /// Writes down what this browser may remember; gives the session that was written down before.
    async fn remember_session(&self, open: &Open) -> Option<SessionId> {
        let standing = open.standing.get();
        let stored = self.store.find(open.team()).await;
        let before = stored.as_ref().and_then(|stored| stored.session);
        if !standing.remembered {
            let _ = self.store.forget(open.team()).await;
            let _ = self.catalogs.forget(open.team(), false).await;
            return before;
        }
        let name = open.view().team_name;
        let mut remembered = remember(&open.session.device(), &name, standing, Some(open.session.id()));
        // Where the catalog is kept, what is remembered goes with it.
        remembered.memory = match stored {
            Some(stored) if open.keeping.on.get() => stored.memory.clone(),
            _ if open.keeping.on.get() => None,
            _ => open.session.memory().map(Bytes),
        };
        if self.store.put(&remembered).await.is_err() {
            open.standing.set(Standing { remembered: false, ..standing });
            open.keeping.on.set(false);
        }
        before
    }

    /// The person's sessions on all devices.
    pub async fn list_sessions(&self) -> Result<Vec<SessionRow>, Error> {
        let listed = self.open()?.session.list_sessions().await?;
        let row = |listed: client_session::SessionListed| SessionRow {
            session: listed.session,
            current: listed.current,
            began: clock::millis(listed.created),
            last_used: clock::millis(listed.used),
            address: listed.address.unwrap_or_default(),
            agent: listed.device,
        };
        Ok(listed.into_iter().map(row).collect())
    }

    /// Changes what holds for the open team in this browser, in every window.
    pub async fn settle(&self, open: &Open, standing: Standing) {
        open.standing.set(standing);
        self.store.change(open.team(), |remembered| remembered.standing = standing).await;
        self.windows.say(&Word::Settled(open.team(), standing));
        tell(Notice::Session(self.state()));
    }
}

/// Tells the page that the password is being stretched.
pub fn stretching() {
    tell(Notice::Progress(Progress { work: Work::Stretching, done: 0, total: 0 }));
}

/// What this browser remembers of a device.
pub fn remember(device: &Device, team_name: &str, standing: Standing, session: Option<SessionId>) -> Remembered {
    Remembered {
        team: device.team,
        team_name: team_name.to_owned(),
        login_name: device.login_name.to_string(),
        origin: device.origin.clone(),
        secret_key: Bytes(device.secret_key.expose().to_vec()),
        standing,
        memory: None,
        session,
        signed_in: true,
        used: clock::now().0,
    }
}

fn check_form(ask: &CreateTeam) -> Result<LoginName, Error> {
    let wrong = |field| move |_| Error::InvalidForm(field);
    TeamDetails { name: ask.team_name.clone() }.validate().map_err(wrong(FormField::TeamName))?;
    let profile = ProfileDetails { full_name: ask.full_name.clone(), ..ProfileDetails::default() };
    profile.validate().map_err(wrong(FormField::FullName))?;
    if ask.password.is_empty() {
        return Err(Error::InvalidForm(FormField::Password));
    }
    LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))
}

async fn find_creation() -> Option<TeamCreation> {
    use sealward_contract::operations::team::TeamCreation as Creation;
    let api = api();
    let asked = api.call::<GetServer>(None, &Empty {}, &Empty {}, &Empty {}, None);
    Some(match within(SERVER_PATIENCE, asked).await?.ok()?.creation {
        Creation::Closed => TeamCreation::Closed,
        Creation::Open => TeamCreation::Open,
        Creation::SetupCode => TeamCreation::SetupCode,
    })
}

/// The address of the team's server: where this worker came from, unless that only passes its calls on.
pub fn origin() -> String {
    local::server().unwrap_or_else(|| scope().location().origin())
}

/// The browser in two words, for the list of sessions.
pub fn agent() -> String {
    let agent = scope().navigator().user_agent().unwrap_or_default();
    let find = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map_or_else(String::new, |(_, name)| (*name).to_owned())
    };
    // The order counts: every browser claims to be some other one too.
    let browser = find(&[("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system].iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
}
