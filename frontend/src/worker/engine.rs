//! What the worker holds: the open session with what is made from its catalog, or the Secret Key of a locked one.

use super::{
    cache::{self, Keeping},
    catalog::Catalog,
    catalog_store::CatalogStore,
    clock,
    device_store::{DeviceStore, Remembered, Standing},
    editing::Undos,
    emergencies::Emergencies,
    events,
    factors::FactorTry,
    files::Files,
    import::Imports,
    message::tell,
    otp::Seeds,
    own_vault,
    pending::Renewing,
    personal::Shelf,
    recovery::Recovering,
    search::Index,
    secret::FactsShelf,
    transport::Fetch,
    trash, upkeep,
    windows::Windows,
};
use crate::bridge::{Connection, Error, KnownTeam, Language, Notice, SessionState, SessionView, TeamId};
use futures_channel::{mpsc, oneshot};
use futures_util::future::{AbortHandle, abortable};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    kit::Challenge,
    session::{Device, HandoverKey, Session, StandingIn, Unlocking},
    surroundings::Surroundings,
};
use sealward_contract::{
    chain::{TeamRole, TeamState},
    ids::{MemberId, Timestamp},
};
use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// The engine; clones are the same one.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

impl Deref for Engine {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What the engine holds.
pub struct Inner {
    pub store: DeviceStore,
    pub catalogs: CatalogStore,
    pub windows: Windows,
    pub language: Cell<Language>,
    pub touched: Cell<u64>,
    /// How often this window was locked.
    pub locks: Cell<u32>,
    /// When the page asked for something last.
    asked: Cell<u64>,
    /// The key that this window has asked the others with, and who waits for their answer.
    pub asking: RefCell<Option<Asking>>,
    /// How many sessions are being opened here, by whoever is at this window.
    opening: Cell<u32>,
    /// Takes tries to confirm a session that is not open before that.
    pub awaiting: RefCell<Option<mpsc::UnboundedSender<FactorTry>>>,
    /// What waits until the open session is confirmed.
    pub doubted: RefCell<Vec<oneshot::Sender<bool>>>,
    /// Whether the open session has yet to be confirmed before the server answers it.
    pub owing: Cell<bool>,
    /// Whoever wants to be recovered on this device.
    pub recovering: RefCell<Option<Rc<Recovering>>>,
    /// New keys that may be in force.
    pub renewing: RefCell<Option<Renewing>>,
    open: RefCell<Option<Rc<Open>>>,
    locked: RefCell<Option<Locked>>,
    connection: Cell<Connection>,
}

/// A session is being opened for as long as this lives.
pub struct Opening(Engine);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.opening.set(self.0.opening.get().saturating_sub(1));
    }
}

/// A question to the other windows.
pub struct Asking {
    pub ask: [u8; 16],
    pub key: HandoverKey,
    pub answered: oneshot::Sender<Result<(), Error>>,
}

/// An open session and everything that is made from it.
pub struct Open {
    pub session: Session<Fetch>,
    /// Signs in as soon as the server is there, where the session was opened without it.
    pub unlocking: RefCell<Option<Rc<Unlocking>>>,
    pub keeping: Keeping,
    pub standing: Cell<Standing>,
    /// When this session left a checkpoint last.
    pub checkpoint: Cell<Option<Timestamp>>,
    pub catalog: RefCell<Catalog>,
    pub index: RefCell<Index>,
    pub facts: RefCell<FactsShelf>,
    /// What the person keeps for themselves on this device.
    pub personal: RefCell<Shelf>,
    /// Somebody whose device this person's client stands in for, until the trustees have given their shares.
    pub standing_in: RefCell<Option<Box<StandingIn>>>,
    /// Secrets that were taken without an approval.
    pub emergencies: RefCell<Emergencies>,
    pub undos: RefCell<Undos>,
    pub imports: RefCell<Imports>,
    /// Seeds of the one-time codes that are shown.
    pub seeds: RefCell<Seeds>,
    pub files: RefCell<Files>,
    /// The groups of the kit that the person is to type back.
    pub challenges: RefCell<Vec<Challenge>>,
    /// Long writes under way: the vaults are not synchronised in between.
    pub writing: Cell<u32>,
    /// Tells the task that keeps up that there may be something new.
    pub news: mpsc::UnboundedSender<()>,
    /// Tells the background task that there is work.
    pub work: mpsc::UnboundedSender<()>,
    /// Tells the task that keeps the catalog that something changed and is indexed.
    pub settled: mpsc::UnboundedSender<()>,
    /// Ends the wait for the next attempt to reach the server.
    pub retry: RefCell<Option<oneshot::Sender<()>>>,
    tasks: RefCell<Vec<AbortHandle>>,
}

/// What is kept of a locked session: the Secret Key, which opens nothing without the password.
pub struct Locked {
    pub device: Device,
    pub known: KnownTeam,
    pub standing: Standing,
    pub memory: Option<Vec<u8>>,
}

impl Locked {
    /// A team that this browser remembers.
    pub fn remembered(remembered: &Remembered) -> Option<Self> {
        Some(Self {
            device: remembered.device()?,
            known: remembered.known(),
            standing: remembered.standing,
            memory: remembered.memory.as_ref().map(|memory| memory.0.clone()),
        })
    }
}

/// Background work that nobody waits for begins again when the page has asked for nothing that long, in milliseconds.
const QUIET: u64 = 500;

impl Inner {
    /// Notes that the page asks for something.
    pub fn note_asked(&self) {
        self.asked.set(clock::now().0);
    }

    /// Whether somebody is searching, scrolling or otherwise at work.
    pub fn is_asked(&self) -> bool {
        clock::now().0.saturating_sub(self.asked.get()) < QUIET
    }

    /// The open session.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn open(&self) -> Result<Rc<Open>, Error> {
        self.open.borrow().clone().ok_or(Error::Locked)
    }

    /// Where the person stands.
    pub fn state(&self) -> SessionState {
        if let Some(open) = &*self.open.borrow() {
            return SessionState::Open(open.view());
        }
        self.locked
            .borrow()
            .as_ref()
            .map_or(SessionState::SignedOut, |locked| SessionState::Locked(locked.known.clone()))
    }

    /// What is locked: a copy of what its unlocking needs.
    pub fn locked(&self) -> Option<Locked> {
        let locked = self.locked.borrow();
        let Locked { device, known, standing, memory } = locked.as_ref()?;
        Some(Locked { device: device.duplicate()?, known: known.clone(), standing: *standing, memory: memory.clone() })
    }

    /// The team that is open or locked here.
    pub fn team(&self) -> Option<TeamId> {
        let open = self.open.borrow().as_ref().map(|open| open.team());
        open.or_else(|| self.locked.borrow().as_ref().map(|locked| locked.known.team))
    }

    /// Says whether the server is reached, where that has changed.
    pub fn set_connection(&self, connection: Connection) {
        if self.connection.replace(connection) != connection {
            tell(Notice::Connection(connection));
        }
    }

    /// Puts a locked session in place of whatever there was.
    pub fn set_locked(&self, locked: Option<Locked>) {
        self.locked.replace(locked);
    }

    /// Takes the open session away: its tasks stop, its keys go with whoever uses it last.
    pub fn close(&self) -> Option<Rc<Open>> {
        let open = self.open.take()?;
        open.stop();
        own_vault::note(None);
        self.doubted.take();
        self.awaiting.take();
        self.owing.set(false);
        self.windows.let_go();
        self.set_connection(Connection::Online);
        Some(open)
    }
}

impl Engine {
    /// An engine with its store and the channel to other windows.
    pub async fn new() -> Self {
        Self(Rc::new(Inner {
            store: DeviceStore::open().await,
            catalogs: CatalogStore::open().await,
            windows: Windows::open(),
            language: Cell::new(Language::English),
            touched: Cell::new(clock::now().0),
            locks: Cell::new(0),
            asked: Cell::new(0),
            asking: RefCell::new(None),
            opening: Cell::new(0),
            awaiting: RefCell::new(None),
            doubted: RefCell::default(),
            owing: Cell::new(false),
            recovering: RefCell::new(None),
            renewing: RefCell::new(None),
            open: RefCell::new(None),
            locked: RefCell::new(None),
            connection: Cell::new(Connection::Online),
        }))
    }

    /// Notes that a session is being opened, until what this gives is dropped.
    pub fn note_opening(&self) -> Opening {
        self.opening.set(self.opening.get().saturating_add(1));
        Opening(self.clone())
    }

    /// Whether somebody is opening a session at this window.
    pub fn is_opening(&self) -> bool {
        self.opening.get() > 0
    }

    /// Puts an open session in place and starts what runs beside it.
    pub fn set_open(&self, open: Rc<Open>, wakes: Wakes) {
        self.close();
        self.locked.take();
        own_vault::note(open.session.personal_vault());
        self.touched.set(clock::now().0);
        // The first list is about to be asked for: work that nobody waits for comes after it.
        self.note_asked();
        self.open.replace(Some(Rc::clone(&open)));
        // A session that was opened without the server cannot be given to another window.
        if open.unlocking.borrow().is_none() {
            self.windows.hold();
        }
        open.run(events::listen(self.clone(), Rc::downgrade(&open)));
        open.run(upkeep::keep_up_always(self.clone(), Rc::downgrade(&open), wakes.news));
        open.run(upkeep::index_always(self.clone(), Rc::downgrade(&open), wakes.work));
        open.run(upkeep::fetch_facts_always(self.clone(), Rc::downgrade(&open)));
        open.run(upkeep::verify_always(self.clone(), Rc::downgrade(&open)));
        open.run(own_vault::tend(self.clone(), Rc::downgrade(&open)));
        open.run(trash::purge_always(self.clone(), Rc::downgrade(&open)));
        open.run(cache::keep_always(self.clone(), Rc::downgrade(&open), wakes.settled));
    }

    /// Whether this is still the open session.
    pub fn is_open(&self, open: &Rc<Open>) -> bool {
        self.open.borrow().as_ref().is_some_and(|current| Rc::ptr_eq(current, open))
    }
}

/// What wakes the tasks of an open session.
pub struct Wakes {
    news: mpsc::UnboundedReceiver<()>,
    work: mpsc::UnboundedReceiver<()>,
    settled: mpsc::UnboundedReceiver<()>,
}

impl Open {
    /// A session with nothing made from it yet.
    pub fn new(
        session: Session<Fetch>,
        unlocking: Option<Unlocking>,
        keeping: Keeping,
        standing: Standing,
        language: Language,
    ) -> (Rc<Self>, Wakes) {
        let (news, news_heard) = mpsc::unbounded();
        let (settled, settled_heard) = mpsc::unbounded();
        let (work, work_heard) = mpsc::unbounded();
        let open = Rc::new(Self {
            session,
            unlocking: RefCell::new(unlocking.map(Rc::new)),
            keeping,
            standing: Cell::new(standing),
            checkpoint: Cell::new(None),
            catalog: RefCell::new(Catalog::new(language)),
            index: RefCell::default(),
            facts: RefCell::default(),
            personal: RefCell::default(),
            standing_in: RefCell::default(),
            emergencies: RefCell::default(),
            undos: RefCell::default(),
            imports: RefCell::default(),
            seeds: RefCell::default(),
            files: RefCell::default(),
            challenges: RefCell::default(),
            writing: Cell::new(0),
            news,
            work,
            settled,
            retry: RefCell::new(None),
            tasks: RefCell::default(),
        });
        (open, Wakes { news: news_heard, work: work_heard, settled: settled_heard })
    }

    /// Its team.
    pub fn team(&self) -> TeamId {
        self.session.device().team
    }

    /// As the page is told of it.
    pub fn view(&self) -> SessionView {
        let member = self.session.member();
        let directory = self.session.directory();
        let device = self.session.device();
        let standing = self.standing.get();
        let sole_owner = self.session.chain().is_some_and(|chain| is_sole_owner(&chain, &member));
        SessionView {
            team: device.team,
            team_name: directory.team_name().to_owned(),
            full_name: directory.profile(&member).map(|profile| profile.details.full_name.clone()).unwrap_or_default(),
            login_name: device.login_name.to_string(),
            made_by: self.session.made_by().map(|maker| self.name_of(maker)),
            sole_owner,
            kit_confirmed: standing.kit_confirmed,
            idle_lock: standing.idle_minutes,
            remembered: standing.remembered,
            keeps_catalog: self.keeping.on.get(),
            sight: self.read_sight(),
            places: self.read_places(),
        }
    }

    /// What is kept of it when it is locked.
    pub fn to_locked(&self) -> Option<Locked> {
        let view = self.view();
        let standing = self.standing.get();
        Some(Locked {
            device: self.session.device().duplicate()?,
            known: KnownTeam {
                team: view.team,
                name: view.team_name,
                login_name: view.login_name,
                remembers_kit: standing.remembered,
            },
            standing,
            memory: self.session.memory(),
        })
    }

    /// Runs a task for as long as the session is open.
    pub fn run(&self, task: impl Future<Output = ()> + 'static) {
        let (task, handle) = abortable(task);
        self.tasks.borrow_mut().push(handle);
        spawn_local(async move {
            let _ = task.await;
        });
    }

    fn stop(&self) {
        if let Ok(mut imports) = self.imports.try_borrow_mut() {
            imports.stop_all();
        }
        if let Ok(mut files) = self.files.try_borrow_mut() {
            files.stop_all();
        }
        for task in self.tasks.take() {
            task.abort();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether a member is the only owner who may act.
pub fn is_sole_owner(chain: &TeamState, member: &MemberId) -> bool {
    chain.role(member) == Some(TeamRole::Owner) && !chain.has_owner_besides(member)
}

/// The API of this origin.
pub fn api() -> Api<Fetch> {
    Api::new(Fetch)
}

/// The browser's clock and randomness.
pub fn surroundings() -> Surroundings {
    Surroundings::new(clock::now, OsRandom::new())
}
