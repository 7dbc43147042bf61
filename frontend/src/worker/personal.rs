//! What the person keeps for themselves on this device: saved views, favourites, what was opened last. Sealed before it
//! is stored; where this browser is to remember nothing it lives as long as the session does.

use super::{
    catalog::Place,
    engine::{Engine, Open},
    message::tell,
    windows::Word,
};
use crate::bridge::{Error, Look, MemberId, Notice, Personal, RequestId, SavedView, TeamId, ViewId, decode, encode};
use serde::Deserialize;
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

/// How many resources count as opened last.
const RECENT: usize = 20;
/// Most views and most favourites that are kept.
const VIEWS: usize = 100;
const FAVOURITES: usize = 2_000;
/// Most emergencies of which it is kept that the person took note.
const EMERGENCIES: usize = 500;
/// What the stored bytes begin with: another version may store something else.
const FORM: u8 = 3;

/// What was stored before there was anything to compare.
#[derive(Deserialize)]
struct FirstForm {
    views: Vec<SavedView>,
    favourites: Vec<Place>,
    recent: Vec<Place>,
    look: Look,
}

/// What was stored before there were emergencies.
#[derive(Deserialize)]
struct SecondForm {
    views: Vec<SavedView>,
    favourites: Vec<Place>,
    recent: Vec<Place>,
    look: Look,
    compared: Vec<(MemberId, String)>,
    noted: Vec<(MemberId, u64)>,
}

/// Reads each form.
fn read(bytes: &[u8]) -> Option<Personal> {
    match bytes.split_first() {
        Some((&FORM, rest)) => decode(rest).ok(),
        Some((2, rest)) => {
            let SecondForm { views, favourites, recent, look, compared, noted } = decode(rest).ok()?;
            Some(Personal { views, favourites, recent, look, compared, noted, ..Personal::default() })
        }
        Some((1, rest)) => {
            let FirstForm { views, favourites, recent, look } = decode(rest).ok()?;
            Some(Personal { views, favourites, recent, look, ..Personal::default() })
        }
        _ => None,
    }
}

/// All of it, with what lists look up.
#[derive(Default)]
pub struct Shelf {
    all: Personal,
    favourites: HashSet<Place>,
    recent: HashMap<Place, i64>,
}

impl Shelf {
    fn new(all: Personal) -> Self {
        let favourites = all.favourites.iter().copied().collect();
        let recent = all.recent.iter().copied().zip(0_i64..).collect();
        Self { all, favourites, recent }
    }

    /// All of it.
    pub const fn all(&self) -> &Personal {
        &self.all
    }

    /// Whether a resource is a favourite.
    pub fn is_favourite(&self, place: &Place) -> bool {
        self.favourites.contains(place)
    }

    /// How many others were opened since; `None` when it was not opened lately.
    pub fn recency(&self, place: &Place) -> Option<i64> {
        self.recent.get(place).copied()
    }

    fn save_view(&mut self, view: SavedView) -> ViewId {
        let views = &mut self.all.views;
        if let Some(there) = views.iter_mut().find(|there| there.id == view.id) {
            *there = view;
            return there.id;
        }
        let id = ViewId(views.iter().map(|view| view.id.0).max().unwrap_or(0).saturating_add(1));
        views.truncate(VIEWS - 1);
        views.push(SavedView { id, ..view });
        id
    }

    /// Forgets a view.
    pub fn delete_view(&mut self, id: ViewId) {
        self.all.views.retain(|view| view.id != id);
    }

    /// Makes a favourite, or no more.
    pub fn set_favourite(&mut self, place: Place, favourite: bool) {
        self.all.favourites.retain(|other| *other != place);
        if favourite {
            self.all.favourites.insert(0, place);
            self.all.favourites.truncate(FAVOURITES);
        }
    }

    /// Puts a resource first among what was opened last.
    pub fn note_opened(&mut self, place: Place) {
        self.all.recent.retain(|other| *other != place);
        self.all.recent.insert(0, place);
        self.all.recent.truncate(RECENT);
    }

    /// Notes that these digits were compared with a member, or takes that back.
    pub fn set_compared(&mut self, member: MemberId, digits: Option<String>) {
        self.all.compared.retain(|(other, _)| *other != member);
        self.all.compared.extend(digits.map(|digits| (member, digits)));
    }

    /// Notes that a member's keys were replaced.
    pub fn note_keys(&mut self, member: MemberId, statement: u64) {
        self.all.noted.retain(|(other, _)| *other != member);
        self.all.noted.push((member, statement));
    }

    /// Notes that the person took note of emergencies.
    pub fn note_emergencies(&mut self, requests: Vec<RequestId>) {
        let noted = &mut self.all.emergencies;
        noted.retain(|known| !requests.contains(known));
        noted.splice(0..0, requests);
        noted.truncate(EMERGENCIES);
    }

    /// Another look of lists.
    pub fn set_look(&mut self, look: Look) {
        self.all.look = look;
    }
}

impl Engine {
    /// Reads what is kept, before the session is shown.
    pub async fn load_personal(&self, open: &Open) {
        let sealed = self.store.personal(open.team()).await;
        let opened = sealed.and_then(|sealed| open.session.open_personal(&sealed));
        if let Some(all) = opened.and_then(|bytes| read(&bytes)) {
            open.personal.replace(Shelf::new(all));
            open.catalog.borrow_mut().forget_personal();
        }
    }

    /// Another window has changed it.
    pub fn reload_personal(&self, team: TeamId) {
        let Ok(open) = self.open() else { return };
        if open.team() != team {
            return;
        }
        let engine = self.clone();
        spawn_local(async move {
            engine.load_personal(&open).await;
            tell(Notice::PersonalChanged);
        });
    }

    /// Saves a view.
    pub async fn save_view(&self, view: SavedView) -> Result<ViewId, Error> {
        let mut id = view.id;
        self.keep_personal(|shelf| id = shelf.save_view(view)).await?;
        Ok(id)
    }

    /// Changes it, here, in the store and in the other windows.
    pub async fn keep_personal(&self, change: impl FnOnce(&mut Shelf)) -> Result<(), Error> {
        let open = self.open()?;
        let remembered = open.standing.get().remembered;
        {
            let mut shelf = open.personal.borrow_mut();
            change(&mut shelf);
            let all = std::mem::take(&mut shelf.all);
            *shelf = Shelf::new(all);
        }
        open.catalog.borrow_mut().forget_personal();
        if remembered {
            self.store_personal(&open).await;
            self.windows.say(&Word::Kept(open.team()));
        }
        tell(Notice::PersonalChanged);
        Ok(())
    }

    /// What cannot be stored is there until the session ends.
    pub async fn store_personal(&self, open: &Rc<Open>) {
        let bytes = encode(open.personal.borrow().all()).map(|mut bytes| {
            bytes.insert(0, FORM);
            Zeroizing::new(bytes)
        });
        if let Some(sealed) = bytes.ok().and_then(|bytes| open.session.seal_personal(&bytes)) {
            let _ = self.store.put_personal(open.team(), &sealed).await;
        }
    }
}
