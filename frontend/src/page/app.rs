//! The state that every part of the page shares: session, tree, what is open, dialogs and toasts.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

use super::address::{Address, Open, Spot};
use super::components::files::Moving;
use super::components::preview::Preview;
use super::engine::{self, ask};
use super::explain::explain;
use super::language::{self, tr};
use super::memory;
use super::pages::export::Scope;
use super::pages::recovery::Compared;
use super::pages::requests;
use super::reason;
use super::second_factor;
use crate::bridge::{Error, ListColumn as Column, *};

/// Shared by all parts of the page.
#[derive(Clone, Copy)]
pub struct App {
    /// What this browser knows; `None` until the worker has answered once.
    pub status: RwSignal<Option<Status>>,
    /// Where the person stands.
    pub session: RwSignal<SessionState>,
    /// Whether the session was ended from outside.
    pub ended: RwSignal<bool>,
    /// Whether the server is reached.
    pub connection: RwSignal<Connection>,
    /// Grows with every change of the catalog: whoever shows something reads it again.
    pub catalog: RwSignal<u32>,
    /// Grows when something was written down in the audit.
    pub audit: RwSignal<u32>,
    /// Grows when a request changed that concerns the person.
    pub requests: RwSignal<u32>,
    /// How many requests wait for the person.
    pub counts: RwSignal<RequestCounts>,
    /// Secrets that were taken without an approval, until the person has taken note.
    pub emergencies: RwSignal<Arc<Vec<EmergencyRow>>>,
    /// All vaults and groups.
    pub tree: RwSignal<Option<Arc<Tree>>>,
    /// Long work under way.
    pub progress: RwSignal<Option<Progress>>,
    /// Files on their way.
    pub transfers: RwSignal<Vec<Moving>>,
    /// What failed its verification.
    pub damage: RwSignal<Vec<Damage>>,
    /// The dialog that is open.
    pub dialog: RwSignal<Option<Dialog>>,
    /// The second factor that is asked for, above any dialog.
    pub factor: RwSignal<Option<FactorsHeld>>,
    /// Whether a policy asks for a reason.
    pub reason: RwSignal<bool>,
    /// Messages at the edge of the page.
    pub toasts: RwSignal<Vec<Toast>>,
    /// The link that the person came with to join.
    pub invitation: RwSignal<Option<Arc<SecretText>>>,
    /// Whether a team is being made or joined: the session opens before the kit is here.
    pub founding: RwSignal<bool>,
    /// Whether keys that somebody else made are being replaced: the session goes on before the new kit is here.
    pub settling: RwSignal<bool>,
    /// A kit that was just made and is not confirmed.
    pub kit: RwSignal<Option<Arc<KitView>>>,
    /// What is listed, how it is narrowed and sorted.
    pub query: RwSignal<ListQuery>,
    /// How the list looks.
    pub look: RwSignal<Look>,
    /// Views, favourites, and what was opened last.
    pub personal: RwSignal<Arc<Personal>>,
    /// The resource under the cursor of the list.
    pub pointed: RwSignal<Option<(VaultId, ObjectId)>>,
    /// What the cursor of the tree is on.
    pub pointed_place: RwSignal<Option<Selection>>,
    /// The resources that are selected in the list.
    pub marked: RwSignal<BTreeSet<(VaultId, ObjectId)>>,
    /// Which events the audit is to list next.
    pub audited: RwSignal<Option<AuditAsk>>,
    /// Where the person is.
    pub address: Memo<Address>,
    /// What stands behind the `#` of the address: a section of the page.
    pub section: Memo<String>,
    /// Grows when the language changes.
    pub language: RwSignal<u32>,
    travel: StoredValue<Travel, LocalStorage>,
}

type Travel = Box<dyn Fn(&str, NavigateOptions)>;

/// A dialog, and what it is about.
#[derive(Clone)]
pub enum Dialog {
    /// A new vault.
    NewVault,
    /// A vault's name and description.
    EditVault(TreeVault),
    /// A vault's password policies.
    PasswordPolicies(TreeVault),
    /// Asks before a vault goes.
    DeleteVault(TreeVault),
    /// A new resource group.
    NewGroup(Place),
    /// A resource group's name and description.
    EditGroup(VaultId, TreeGroup),
    /// A password that was just put in place of one that somebody had: the account's name, and the password.
    Renewed(String, Arc<SecretText>),
    /// A new resource.
    NewResource(Selection),
    /// A resource's fields.
    EditResource(Arc<ResourceView>),
    /// A new account on a resource.
    NewAccount(Arc<ResourceView>),
    /// An account's fields.
    EditAccount(Arc<AccountView>),
    /// Where to move or copy to.
    Transfer(Transfer, Vec<Item>),
    /// What a change of many came to.
    Report(Arc<Done>),
    /// Tags of many.
    Tags(Vec<Item>),
    /// Fields of many.
    EditMany(Vec<Item>),
    /// Earlier versions of a secret.
    History(Arc<AccountView>),
    /// Asks before things are removed for good.
    Purge(Vec<Item>, Option<String>),
    /// Asks before the whole trash is.
    EmptyTrash(Option<TrashVault>),
    /// For how long a vault keeps what was deleted.
    TrashDays(TrashVault),
    /// Bringing credentials in.
    Import(Option<VaultId>),
    /// Taking things out: what there is to choose from.
    Export(Vec<Scope>),
    /// A file that is looked at.
    Preview(Preview),
    /// Search and commands.
    Palette,
    /// The kit once more.
    ShowKit,
    /// A new kit.
    ReplaceKit,
    /// What this browser stands on is compared.
    Sight,
    /// A new password.
    ChangePassword,
    /// The keys.
    Shortcuts,
    /// A secret in large type, under its name.
    LargeType(String, Arc<SecretText>),
    /// The name of a view.
    SaveView(SavedView, Naming),
    /// Which columns the table has.
    Columns,
    /// A link for somebody new.
    Invite(Arc<People>),
    /// Somebody new, with a password.
    MakePerson(Arc<People>),
    /// Sets a member's password.
    SetPassword(Arc<MemberRow>),
    /// A service that is to be admitted.
    NewService(Arc<People>),
    /// Other terms for a service.
    EditService(Arc<MemberRow>),
    /// Asks before a service gets another token.
    RenewService(Arc<MemberRow>),
    /// One-time codes as a second factor.
    AddCodes,
    /// Asks before they go.
    RemoveCodes,
    /// A passkey as a second factor.
    AddPasskey,
    /// Another name for one.
    RenamePasskey(PasskeyRow),
    /// Asks before one goes.
    RemovePasskey(PasskeyRow),
    /// New recovery codes.
    RecoveryCodes,
    /// Asks before a member's second factors are taken away.
    TakeFactors(Arc<MemberRow>),
    /// The team's policy about second factors.
    TeamPolicy(TeamPolicyView),
    /// A webhook, or a new one, and the kinds of events that the person may have it told.
    SaveWebhook(Option<Arc<WebhookRow>>, Arc<Vec<ActKind>>),
    /// Asks before a webhook is deleted.
    DeleteWebhook(Arc<WebhookRow>),
    /// The last calls of a webhook.
    WebhookLog(Arc<WebhookRow>),
    /// Asks before a member is suspended, resumed or removed.
    Standing(Arc<MemberRow>, MemberState),
    /// New keys, a new password and a new kit.
    ReplaceKeys,
    /// The safety number with a member.
    Safety(Arc<MemberRow>),
    /// Who the trustees are.
    RecoveryGroup(Arc<People>, Option<GroupView>),
    /// The words of a device, and what follows when they are the same.
    ComparedWords(Compared),
    /// Asks for a secret, or for more time with it.
    AskForSecret(Arc<AccountView>, Arc<AccessView>, Option<RequestId>),
    /// Approves ahead that somebody has a secret.
    ApproveAhead(Arc<AccountView>),
    /// Checks out what was approved ahead, with what the policy wants to know.
    CheckOutAhead(Arc<AccountView>, Arc<AccessView>),
    /// How secrets of a place are come by; the name of the place.
    LeasePolicy(VaultId, PolicyPlace, String),
    /// Who has which role in a vault.
    Access(NamedVault),
    /// The teams that this browser remembers.
    Teams,
    /// A member, under their login name.
    Person(MemberId, String),
    /// A profile.
    EditProfile(Arc<PersonView>),
    /// A member group, or a new one.
    SaveGroup(Option<Arc<GroupRow>>),
    /// Asks before a member group is ended.
    EndGroup(Arc<GroupRow>),
    /// What is known of an event.
    AuditEvent(Arc<AuditRow>),
    /// Walks the audit chain.
    CheckAudit,
    /// Who could open a secret.
    Holders(Arc<AccountView>),
    /// What somebody could open on a day.
    Reach(Arc<MemberRow>),
}

/// Moving or copying.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// It leaves the place where it is.
    Move,
    /// It stays there too.
    Copy,
}

/// Whether a view is new.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// A new one.
    New,
    /// Another name for one that is there.
    Rename,
}

/// A message at the edge of the page.
#[derive(Clone, PartialEq, Eq)]
pub struct Toast {
    /// Which one.
    pub id: u32,
    /// What it says.
    pub text: String,
    /// What can be taken back.
    pub undo: Option<UndoId>,
    /// Whether it is bad news.
    pub failed: bool,
}

impl App {
    /// Makes the state and connects it to the worker. Must be called inside the router.
    pub fn provide() -> Self {
        let location = use_location();
        let app = Self {
            status: RwSignal::new(None),
            session: RwSignal::new(SessionState::SignedOut),
            ended: RwSignal::new(false),
            connection: RwSignal::new(Connection::Online),
            catalog: RwSignal::new(0),
            audit: RwSignal::new(0),
            requests: RwSignal::new(0),
            counts: RwSignal::new(RequestCounts::default()),
            emergencies: RwSignal::new(Arc::default()),
            tree: RwSignal::new(None),
            progress: RwSignal::new(None),
            transfers: RwSignal::new(Vec::new()),
            damage: RwSignal::new(Vec::new()),
            dialog: RwSignal::new(None),
            factor: second_factor::provide(),
            reason: reason::provide(),
            toasts: RwSignal::new(Vec::new()),
            invitation: RwSignal::new(None),
            founding: RwSignal::new(false),
            settling: RwSignal::new(false),
            kit: RwSignal::new(None),
            query: RwSignal::new(ListQuery { sort: remembered_sort(), ..ListQuery::default() }),
            look: RwSignal::new(Look::default()),
            personal: RwSignal::new(Arc::default()),
            pointed: RwSignal::new(None),
            pointed_place: RwSignal::new(None),
            marked: RwSignal::new(BTreeSet::new()),
            audited: RwSignal::new(None),
            address: Memo::new(move |_| Address::parse(&location.pathname.get())),
            section: location.hash,
            language: RwSignal::new(0),
            travel: StoredValue::new_local(Box::new(use_navigate())),
        };
        provide_context(app);
        // A link changes what is shown, and the address when the router's own routes have drawn it. There are none here.
        if let Some(browser) = use_context::<BrowserUrl>() {
            Effect::new(move |_| {
                location.pathname.track();
                browser.ready_to_complete();
            });
        }
        // What stands behind the `#` lets whoever has it join: it does not stay in the address.
        Effect::new(move |_| {
            let fragment = location.hash.get();
            let link = fragment.trim_start_matches('#');
            if app.address.get() == Address::Join && !link.is_empty() {
                app.invitation.set(Some(Arc::new(SecretText::new(link.to_owned()))));
                app.replace(Address::Join);
            }
        });
        engine::connect(move |notice| app.hear(notice));
        spawn_local(async move {
            let _ = ask(in_language()).await;
            app.read_status().await;
        });
        Effect::new(move |_| {
            app.catalog.track();
            if app.is_open() {
                spawn_local(async move {
                    if let Ok(tree) = ask(ReadTree).await {
                        engine::keep(app.tree, Some(Arc::new(tree)));
                    }
                });
            } else {
                app.tree.set(None);
            }
        });
        requests::watch(app);
        app
    }

    /// Goes to the audit, which lists these events; where it is open, it is drawn anew.
    pub fn list_events(self, wanted: AuditAsk) {
        self.audited.set(Some(wanted));
        self.go_to(Spot::Home);
        request_animation_frame(move || self.go_to(Spot::Audit));
    }

    /// The state, from inside any component.
    pub fn get() -> Self {
        expect_context()
    }

    fn hear(self, notice: Notice) {
        match notice {
            Notice::CatalogChanged => self.catalog.update(|stamp| *stamp = stamp.wrapping_add(1)),
            Notice::AuditChanged => self.audit.update(|stamp| *stamp = stamp.wrapping_add(1)),
            Notice::RequestsChanged => self.requests.update(|stamp| *stamp = stamp.wrapping_add(1)),
            Notice::PersonalChanged => self.read_personal(),
            Notice::Session(session) => self.enter(session),
            Notice::SecondFactor(held) => second_factor::show(held),
            Notice::SessionEnded => {
                self.ended.set(true);
                spawn_local(self.read_status());
            }
            Notice::Connection(connection) => {
                if self.connection.get_untracked() != connection {
                    self.connection.set(connection);
                }
            }
            Notice::Transfer(progress) => self.hear_transfer(progress),
            Notice::Progress(progress) => self.progress.set(Some(progress)),
            Notice::Damage(damage) => self.damage.update(|all| {
                if !all.contains(&damage) {
                    all.push(damage);
                }
            }),
        }
    }

    /// Asks the worker where the person stands.
    pub async fn read_status(self) {
        match ask(ReadStatus).await {
            Ok(status) => {
                self.enter(status.session.clone());
                self.status.set(Some(status));
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Takes a new state of the session in.
    pub fn enter(self, session: SessionState) {
        let team_of = |session: &SessionState| match session {
            SessionState::Open(view) => Some(view.team),
            SessionState::SignedOut | SessionState::Locked(_) => None,
        };
        let (before, after) = (self.session.with_untracked(team_of), team_of(&session));
        // Nothing of one team is carried into another.
        if after.is_none() || before.is_some_and(|before| after != Some(before)) {
            if before.is_some() {
                second_factor::end(false);
                reason::end(None);
                self.tree.set(None);
                self.counts.set(RequestCounts::default());
                self.emergencies.set(Arc::default());
            }
            self.dialog.set(None);
            self.toasts.set(Vec::new());
            self.damage.set(Vec::new());
            self.progress.set(None);
            self.kit.set(None);
            self.pointed.set(None);
            self.pointed_place.set(None);
            self.audited.set(None);
            self.unmark();
            self.personal.set(Arc::default());
            self.query.set(ListQuery { sort: remembered_sort(), ..ListQuery::default() });
        }
        if after.is_some() {
            self.ended.set(false);
        }
        let opened = after.is_some() && after != before;
        if self.session.get_untracked() != session {
            self.session.set(session);
        }
        if opened {
            self.read_personal();
        }
    }

    /// Whether a session is open.
    pub fn is_open(self) -> bool {
        self.session.with(|session| matches!(session, SessionState::Open(_)))
    }

    /// The open session.
    pub fn view(self) -> Option<SessionView> {
        self.session.with(|session| match session {
            SessionState::Open(view) => Some(view.clone()),
            _ => None,
        })
    }

    /// Goes to a place.
    pub fn go(self, address: Address) {
        self.travel.with_value(|travel| travel(&address.to_string(), NavigateOptions::default()));
    }

    /// Goes to a place without a step in the history.
    pub fn replace(self, address: Address) {
        let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
        self.travel.with_value(|travel| travel(&address.to_string(), options));
    }

    /// Goes to a place in the team.
    pub fn go_to(self, spot: Spot) {
        if let Some(view) = untrack(|| self.view()) {
            self.go(Address::Team(view.team, spot));
        }
    }

    /// The address of a place in the team, for links.
    pub fn link(self, spot: Spot) -> String {
        untrack(|| self.view()).map_or_else(String::new, |view| Address::Team(view.team, spot).to_string())
    }

    /// Shows an item: its list, and what it is.
    pub fn show(self, item: Item) {
        self.go_to(match item {
            Item::Vault(vault) => Spot::List(Selection::Vault(vault)),
            Item::ResourceGroup(vault, group) => Spot::List(Selection::ResourceGroup(vault, group)),
            Item::Resource(vault, resource) => {
                Spot::Detail(self.selection_around(vault), Open { vault, resource, account: None })
            }
            Item::Account(vault, resource, account) => {
                Spot::Detail(self.selection_around(vault), Open { vault, resource, account: Some(account) })
            }
        });
    }

    // What is listed stays listed, unless the item is in another vault.
    fn selection_around(self, vault: VaultId) -> Selection {
        let listed = self.address.get_untracked().spot().map_or(Selection::All, Spot::selection);
        match listed {
            Selection::Vault(other) | Selection::ResourceGroup(other, _) if other != vault => Selection::Vault(vault),
            same => same,
        }
    }

    /// Opens a dialog.
    pub fn open(self, dialog: Dialog) {
        self.dialog.set(Some(dialog));
    }

    /// Closes the dialog.
    pub fn close(self) {
        self.dialog.set(None);
    }

    /// Says something.
    pub fn say(self, text: impl Into<String>) {
        self.toast(text.into(), None, false);
    }

    /// Says what was done, with the way back.
    pub fn done(self, text: impl Into<String>, changed: Changed) {
        self.toast(text.into(), changed.undo, false);
    }

    /// Says what a change of many came to, with the way back: in a sentence where all went well, else as a report.
    pub fn report(self, text: impl Into<String>, done: Done) {
        match (done.left.as_slice(), done.changed) {
            ([], _) => self.toast(text.into(), done.undo, false),
            ([only], 0) => self.fail(&only.error),
            _ => self.open(Dialog::Report(Arc::new(done))),
        }
    }

    /// Says what went wrong.
    pub fn fail(self, error: &Error) {
        self.toast(explain(error), None, true);
    }

    fn toast(self, text: String, undo: Option<UndoId>, failed: bool) {
        let id = self.toasts.with_untracked(|toasts| toasts.last().map_or(1, |last| last.id.wrapping_add(1)));
        self.toasts.update(|toasts| {
            toasts.retain(|toast| toast.text != text);
            if toasts.len() > 2 {
                toasts.remove(0);
            }
            toasts.push(Toast { id, text, undo, failed });
        });
        let stay = std::time::Duration::from_secs(if undo.is_some() || failed { 12 } else { 5 });
        set_timeout(move || self.dismiss(id), stay);
    }

    /// Takes a toast away.
    pub fn dismiss(self, id: u32) {
        if self.toasts.with_untracked(|toasts| toasts.iter().any(|toast| toast.id == id)) {
            self.toasts.update(|toasts| toasts.retain(|toast| toast.id != id));
        }
    }

    /// Reads what the person keeps for themselves.
    fn read_personal(self) {
        spawn_local(async move {
            let Ok(personal) = ask(ReadPersonal).await else { return };
            let before = self.personal.get_untracked();
            let of_view = matches!(self.query.with_untracked(|query| query.selection), Selection::View(_));
            if before.look != personal.look && !of_view {
                self.look.set(personal.look.clone());
            }
            let starred = before.favourites != personal.favourites;
            if *before != personal {
                self.personal.set(Arc::new(personal));
            }
            if starred {
                self.catalog.update(|stamp| *stamp = stamp.wrapping_add(1));
            }
        });
    }

    /// Lists what is selected, as it was saved or as lists are.
    pub fn list(self, selection: Selection) {
        if self.query.with_untracked(|query| query.selection == selection) {
            return;
        }
        let personal = self.personal.get_untracked();
        let saved = personal.views.iter().find(|view| Selection::View(view.id) == selection);
        self.unmark();
        match saved {
            Some(view) => {
                self.look.set(view.look.clone());
                let SavedView { text, filters, sort, .. } = view.clone();
                self.query.set(ListQuery { selection, text, filters, sort });
            }
            // Views may still be on their way.
            None if matches!(selection, Selection::View(_)) => {}
            None => {
                let newest = Sort { column: Column::Opened, down: false };
                let sort = if selection == Selection::Recent { newest } else { remembered_sort() };
                if self.look.get_untracked() != personal.look {
                    self.look.set(personal.look.clone());
                }
                self.query.set(ListQuery { selection, sort, ..ListQuery::default() });
            }
        }
    }

    /// Lists everything to which a check applies, in one vault or in all.
    pub fn list_found(self, check: Check, vault: Option<VaultId>) {
        let selection = vault.map_or(Selection::All, Selection::Vault);
        let mut query = ListQuery { selection, sort: remembered_sort(), ..ListQuery::default() };
        query.filters.of.checks.push(check);
        self.unmark();
        self.query.set(query);
        self.go_to(Spot::List(selection));
    }

    /// Sorts the list, and remembers how.
    pub fn sort(self, sort: Sort) {
        memory::write(memory::SORT, &sort_name(sort));
        self.query.update(|query| query.sort = sort);
    }

    /// Takes all filters and words away.
    pub fn clear_filters(self) {
        self.query.update(|query| {
            query.text.clear();
            query.filters = ListFilters::default();
        });
    }

    /// Makes something a favourite, or no more.
    pub fn set_favourite(self, vault: VaultId, resource: ObjectId, favourite: bool) {
        spawn_local(async move {
            if let Err(error) = ask(SetFavourite { vault, resource, favourite }).await {
                self.fail(&error);
            }
        });
    }

    /// Gives lists another look. That of a view stays with the view until it is saved.
    pub fn set_look(self, look: Look) {
        self.look.set(look.clone());
        if !matches!(self.query.with_untracked(|query| query.selection), Selection::View(_)) {
            spawn_local(async move {
                if let Err(error) = ask(SetLook { look }).await {
                    self.fail(&error);
                }
            });
        }
    }

    /// The list as it is now, as a view without a name.
    pub fn view_of_list(self, selection: Selection) -> SavedView {
        let ListQuery { text, mut filters, sort, .. } = self.query.get_untracked();
        match selection {
            Selection::All | Selection::View(_) => {}
            Selection::Favourites => filters.favourites = true,
            Selection::Recent => filters.recent = true,
            Selection::Vault(vault) => filters.vaults = vec![vault],
            Selection::ResourceGroup(vault, group) => filters.groups = vec![(vault, group)],
        }
        SavedView { text, filters, sort, look: self.look.get_untracked(), ..SavedView::default() }
    }

    /// Saves a view.
    pub fn save_view(self, view: SavedView, done: impl FnOnce(ViewId) + 'static) {
        spawn_local(async move {
            match ask(SaveView { view }).await {
                Ok(id) => {
                    self.say(tr!(toast.saved));
                    done(id);
                }
                Err(error) => self.fail(&error),
            }
        });
    }

    /// Selects a stretch of the list.
    pub fn mark(self, first: u32, end: u32) {
        let query = self.query.get_untracked();
        spawn_local(async move {
            let asked = query.clone();
            match ask(ReadItems { query, first, end }).await {
                Ok(items) if self.query.with_untracked(|now| *now == asked) => {
                    let places = items.into_iter().filter_map(|item| match item {
                        Item::Resource(vault, resource) => Some((vault, resource)),
                        _ => None,
                    });
                    self.marked.set(places.collect());
                }
                Ok(_) => {}
                Err(error) => self.fail(&error),
            }
        });
    }

    /// Selects a resource, or no more.
    pub fn toggle_mark(self, vault: VaultId, resource: ObjectId) {
        self.marked.update(|marked| {
            if !marked.remove(&(vault, resource)) {
                marked.insert((vault, resource));
            }
        });
    }

    /// Selects nothing any more.
    pub fn unmark(self) {
        if self.marked.with_untracked(|marked| !marked.is_empty()) {
            self.marked.set(BTreeSet::new());
        }
    }

    /// Takes back what a toast on the screen offers to take back, the newest first.
    pub fn undo_last(self) {
        let last = self
            .toasts
            .with_untracked(|toasts| toasts.iter().rev().find_map(|toast| toast.undo.map(|undo| (toast.id, undo))));
        match last {
            Some((toast, undo)) => self.take_back(toast, undo),
            None => self.say(tr!(actions.nothing_undone)),
        }
    }

    /// Takes a change back, and the toast that offered it.
    pub fn take_back(self, toast: u32, undo: UndoId) {
        self.dismiss(toast);
        spawn_local(async move {
            match ask(Undo { undo }).await {
                Ok(()) => self.say(tr!(toast.undone)),
                // What is left can be tried again once the server is there.
                Err(error @ (Error::Offline | Error::Busy)) => self.toast(explain(&error), Some(undo), true),
                Err(error) => self.fail(&error),
            }
        });
    }

    /// Shows the page in another language.
    pub fn speak(self, locale: language::Locale) {
        language::remember(locale);
        language::apply(locale);
        spawn_local(async {
            let _ = ask(in_language()).await;
        });
        self.language.update(|count| *count = count.wrapping_add(1));
    }

    /// Locks every window.
    pub fn lock(self) {
        spawn_local(async move {
            if let Err(error) = ask(Lock).await {
                self.fail(&error);
            }
        });
    }

    /// Deletes items and offers the way back.
    pub fn delete(self, items: Vec<Item>, text: String) {
        spawn_local(async move {
            match ask(DeleteItems { items }).await {
                Ok(done) => self.report(text, done),
                Err(error) => self.fail(&error),
            }
        });
    }
}

/// The language that the page is in, for the worker.
fn in_language() -> SetLanguage {
    SetLanguage { language: language::for_worker(), personal: tr!(vault.personal).to_owned() }
}

/// How lists were sorted last.
fn remembered_sort() -> Sort {
    let remembered = memory::read(memory::SORT).unwrap_or_default();
    let (name, down) = remembered.strip_prefix('-').map_or((remembered.as_str(), false), |name| (name, true));
    let column = Column::ALL.into_iter().find(|column| column_key(*column) == name);
    Sort { column: column.unwrap_or_default(), down }
}

fn sort_name(sort: Sort) -> String {
    format!("{}{}", if sort.down { "-" } else { "" }, column_key(sort.column))
}

const fn column_key(column: Column) -> &'static str {
    match column {
        Column::Name => "name",
        Column::Type => "type",
        Column::Address => "address",
        Column::UserName => "user-name",
        Column::Accounts => "accounts",
        Column::Strength => "strength",
        Column::Changed => "changed",
        Column::Tags => "tags",
        Column::Owner => "owner",
        Column::Department => "department",
        Column::Location => "location",
        Column::Expiry => "expiry",
        Column::Opened => "opened",
    }
}
