//! What a person can do, in one table. The palette, the menus, the help sheet and the keyboard all read it: whoever adds
//! an action adds a line to `table.rs` and, where it does something new, a function that does it.

mod here;
mod run;
mod steps;
mod table;

pub use here::{Here, target};
pub use steps::{STEPS, Step, step};
pub use table::ACTIONS;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::KeyboardEvent;

use super::app::App;
use super::components::menu::MenuItem;
use super::keyboard;
use super::language::tr;

/// Names an action, for menus that show some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Do {
    CopySecret,
    CopyUserName,
    CopyCode,
    LargeType,
    CopyAddress,
    OpenAddress,
    EditAccount,
    History,
    Holders,
    AccountEvents,
    AskForSecret,
    ApproveAhead,
    AccountPolicy,
    DuplicateAccount,
    MoveAccount,
    DeleteAccount,
    EditResource,
    NewAccount,
    ResourcePolicy,
    DuplicateResource,
    MoveResource,
    CopyResource,
    TagResources,
    EditResources,
    Favourite,
    Unfavourite,
    DeleteResource,
    NewResource,
    NewGroup,
    NewVault,
    Import,
    Export,
    EditVault,
    PasswordPolicies,
    Access,
    VaultPolicy,
    EditGroup,
    MoveGroup,
    CopyGroup,
    DeleteGroup,
    RemoveExamples,
    DeleteVault,
    Filter,
    Filters,
    ClearFilters,
    ToggleTable,
    Columns,
    SaveView,
    UpdateView,
    RenameView,
    DeleteView,
    MarkAll,
    Unmark,
    Undo,
    Everything,
    Trash,
    Favourites,
    Recent,
    Health,
    People,
    Requests,
    Audit,
    Exposed,
    Reports,
    Invite,
    NewService,
    Settings,
    Search,
    SwitchTeam,
    Lock,
    Shortcuts,
    ChangePassword,
    ShowKit,
    ReplaceKit,
    ThemeLight,
    ThemeDark,
    ThemeSystem,
    English,
    Chinese,
    SignOut,
}

/// One thing that can be done.
pub struct Action {
    /// Its name for menus.
    pub id: Do,
    /// Its icon.
    pub icon: &'static str,
    /// What it is called, in the language of the page.
    pub name: fn() -> &'static str,
    /// What it is called in a menu of the thing itself, where that is shorter.
    pub short: fn() -> &'static str,
    /// Among what it stands.
    pub part: Part,
    /// The keys that do it.
    pub keys: &'static [Keys],
    /// Whether it takes something away.
    pub danger: bool,
    /// Whether there is something here that it can be done to.
    pub fits: fn(&Here) -> bool,
    run: fn(App, &Here),
}

/// The parts of the palette and of the help sheet, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What is done to an account.
    Account,
    /// What is done to a resource, or to all that are selected.
    Resource,
    /// What is made.
    New,
    /// What is done to the vault or group that is listed.
    Place,
    /// What is done to the list itself.
    List,
    /// Where one can go.
    Go,
    /// The rest.
    App,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Account, Self::Resource, Self::New, Self::Place, Self::List, Self::Go, Self::App];

    /// Its heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => tr!(actions.part_account),
            Self::Resource => tr!(actions.part_resource),
            Self::New => tr!(actions.part_new),
            Self::Place => tr!(actions.part_place),
            Self::List => tr!(actions.part_list),
            Self::Go => tr!(actions.part_go),
            Self::App => tr!(actions.part_app),
        }
    }
}

/// Where a key is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Also in texts and dialogs: keys with Ctrl or Command.
    Everywhere,
    /// Outside of texts and dialogs.
    Outside,
    /// Outside of texts and dialogs, but not in the tree: there letters find names.
    OffTree,
    /// In the tree.
    Tree,
}

/// Keys pressed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The key as the browser names it, letters small.
    pub key: &'static str,
    /// Whether Ctrl or Command is held.
    pub command: bool,
    /// Whether Shift is held; for signs it does not matter.
    pub shift: bool,
    /// Where they work.
    pub area: Area,
}

impl Keys {
    const fn plain(key: &'static str, area: Area) -> Self {
        Self { key, command: false, shift: false, area }
    }

    const fn command(key: &'static str, area: Area) -> Self {
        Self { key, command: true, shift: false, area }
    }

    const fn command_shift(key: &'static str, area: Area) -> Self {
        Self { key, command: true, shift: true, area }
    }

    fn are(self, event: &KeyboardEvent) -> bool {
        let sign = self.key.len() == 1 && !self.key.as_bytes().iter().all(u8::is_ascii_alphabetic);
        event.key().eq_ignore_ascii_case(self.key)
            && self.command == keyboard::commanded(event)
            && (self.command || !(event.alt_key() || event.ctrl_key() || event.meta_key()))
            && (sign || self.shift == event.shift_key())
    }

    /// As they stand on the keyboard.
    pub fn shown(self) -> Vec<&'static str> {
        let command = self.command.then(|| keyboard::command_key().trim());
        let shift = self.shift.then_some("Shift");
        command.into_iter().chain(shift).chain([key_name(self.key)]).collect()
    }
}

/// A key as it stands on the keyboard.
pub fn key_name(key: &'static str) -> &'static str {
    match key {
        "ArrowDown" => "↓",
        "ArrowUp" => "↑",
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        "PageDown" => "PgDn",
        "PageUp" => "PgUp",
        " " => tr!(shortcuts.space),
        "a" => "A",
        "b" => "B",
        "c" => "C",
        "d" => "D",
        "e" => "E",
        "f" => "F",
        "g" => "G",
        "h" => "H",
        "i" => "I",
        "k" => "K",
        "l" => "L",
        "m" => "M",
        "n" => "N",
        "o" => "O",
        "p" => "P",
        "r" => "R",
        "s" => "S",
        "t" => "T",
        "u" => "U",
        "v" => "V",
        "w" => "W",
        "x" => "X",
        "y" => "Y",
        "z" => "Z",
        other => other,
    }
}

impl Action {
    const fn new(id: Do, icon: &'static str, name: fn() -> &'static str, part: Part, run: fn(App, &Here)) -> Self {
        Self { id, icon, name, short: name, part, keys: &[], danger: false, fits: |_| true, run }
    }

    const fn keys(mut self, keys: &'static [Keys]) -> Self {
        self.keys = keys;
        self
    }

    const fn fits(mut self, fits: fn(&Here) -> bool) -> Self {
        self.fits = fits;
        self
    }

    const fn short(mut self, short: fn() -> &'static str) -> Self {
        self.short = short;
        self
    }

    const fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// Does it.
    pub fn run(&self, app: App, here: &Here) {
        (self.run)(app, here);
    }
}

/// The action of a name.
pub fn find(id: Do) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// Lines of a menu: those of the actions that can be done here.
pub fn menu_items(app: App, here: &Here, ids: &[Do]) -> Vec<MenuItem> {
    let fitting = ids.iter().filter_map(|id| find(*id)).filter(|action| (action.fits)(here));
    let line = |action: &'static Action| {
        let here = here.clone();
        let item = MenuItem::new(action.icon, (action.short)(), move || action.run(app, &here));
        let keys = action.keys.first().map(|keys| keys.shown()).unwrap_or_default();
        if action.danger { item.danger().keys(keys) } else { item.keys(keys) }
    };
    fitting.map(line).collect()
}

/// Does what the keys stand for; says whether they stand for anything.
pub fn pressed(app: App, event: &KeyboardEvent) -> bool {
    let in_dialog = app.dialog.with_untracked(Option::is_some);
    // An open menu has keys of its own.
    let outside = !in_dialog && !keyboard::typing(event) && !keyboard::within(event, ".menu");
    let in_tree = keyboard::within(event, ".tree");
    let listened = |keys: &&Keys| match keys.area {
        Area::Everywhere => true,
        Area::Outside => outside,
        Area::OffTree => outside && !in_tree,
        Area::Tree => outside && in_tree,
    };
    let meant = |action: &&Action| action.keys.iter().filter(listened).any(|keys| keys.are(event));
    let meant: Vec<&'static Action> = ACTIONS.iter().filter(meant).collect();
    if meant.is_empty() {
        return false;
    }
    let target = target(app);
    spawn_local(async move {
        let here = Here::read(app, target).await;
        // One key may rename vaults and groups alike: what fits decides.
        if let Some(action) = meant.into_iter().find(|action| (action.fits)(&here)) {
            action.run(app, &here);
        }
    });
    true
}
