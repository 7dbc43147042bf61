//! The inside of a session: tree, list and detail side by side, or one at a time where the screen is narrow.

use leptos::prelude::*;

use super::start::mark;
use super::{
    audit, detail, exposure, factors, health, list, own_keys, people, reports, requests, settings, sight, trash, tree,
};
use crate::bridge::{Progress, SessionView, Work};
use crate::page::actions::{Do, Here, menu_items};
use crate::page::address::{Address, Spot};
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::components::menu::menu;
use crate::page::explain::explain_damage;
use crate::page::keyboard::command_key;
use crate::page::language::{number, tr};

/// The panes.
pub fn page(app: App) -> AnyView {
    let Some(view) = untrack(|| app.view()) else { return ().into_any() };
    let team = view.team;
    // Any address that is not in this team leads into it.
    Effect::new(move |_| match app.address.get() {
        Address::Team(other, _) if other == team => {}
        _ => app.replace(Address::Team(team, Spot::Home)),
    });
    let spot = Memo::new(move |_| app.address.get().spot().unwrap_or(Spot::Home));
    let depth = move || match spot.get() {
        Spot::Home => "tree",
        Spot::List(_) => "list",
        Spot::Detail(..)
        | Spot::Trash
        | Spot::Settings
        | Spot::Health
        | Spot::People
        | Spot::Requests
        | Spot::Audit
        | Spot::Exposed
        | Spot::Reports => "detail",
    };
    // Where there is room for one pane only, the focus goes along with it.
    Effect::new(move |before: Option<&'static str>| {
        let now = depth();
        if before.is_some_and(|before| before != now) && list::is_narrow() {
            request_animation_frame(move || list::focus_pane(now));
        }
        now
    });
    // What is listed follows the address; a view may still be on its way.
    Effect::new(move |_| {
        app.personal.track();
        app.list(spot.get().selection());
    });
    let page = Memo::new(move |_| match spot.get() {
        Spot::Home | Spot::List(_) | Spot::Detail(..) => None,
        page => Some(page),
    });
    let alone = move || page.get().is_some();
    let table = move || app.look.with(|look| look.table) && page.get().is_none() && spot.get().open().is_none();
    let main = move || match page.get() {
        Some(Spot::Settings) => untrack(|| settings::pane(app)),
        Some(Spot::Trash) => untrack(|| trash::pane(app)),
        Some(Spot::People) => untrack(|| people::pane(app)),
        Some(Spot::Requests) => untrack(|| requests::pane(app)),
        Some(Spot::Audit) => untrack(|| audit::pane(app)),
        Some(Spot::Reports) => untrack(|| reports::pane(app)),
        Some(Spot::Exposed) => untrack(|| exposure::pane(app)),
        Some(_) => untrack(|| health::pane(app)),
        None => untrack(|| view! { {list::pane(app, spot)} {detail::pane(app, spot)} }.into_any()),
    };
    view! {
        <main class="team" data-depth=depth class:with-settings=alone class:with-table=table class:table-look=move || app.look.with(|look| look.table)>
            <h1 class="visually-hidden">{view.team_name.clone()}</h1>
            <a class="skip-link" href="#content" rel="external">{tr!(shell.skip)}</a>
            <nav class="pane tree-pane" aria-label=tr!(shell.vaults)>
                {team_bar(app, &view)}
                {sight::notice(app)}
                {requests::emergencies(app)}
                {tree::pane(app, spot)}
                {requests::link(app, spot)}
                {place_link(app, spot, Spot::People, "users", tr!(people.title))}
                {place_link(app, spot, Spot::Audit, "file-check", tr!(audit.title))}
                {place_link(app, spot, Spot::Reports, "activity", tr!(reports.title))}
                {place_link(app, spot, Spot::Trash, "trash-2", tr!(trash.title))}
                {kit_hint(app)}
                {person_bar(app, &view)}
            </nav>
            <div class="team-main" id="content" tabindex="-1">
                {factors::notice(app)}
                {notices(app)}
                <div class="team-panes">{main}</div>
            </div>
        </main>
    }
    .into_any()
}

/// A line below the tree that leads to a page of its own.
fn place_link(app: App, spot: Memo<Spot>, goes: Spot, symbol: &'static str, label: &'static str) -> AnyView {
    let here = move || (spot.get() == goes).then_some("page");
    view! {
        <a class="place-link" href=app.link(goes) aria-current=here>{icon(symbol)}<span>{label}</span></a>
    }
    .into_any()
}

fn team_bar(app: App, view: &SessionView) -> AnyView {
    view! {
        <div class="team-bar">
            {mark()}
            <span class="team-name" title=view.team_name.clone()>{view.team_name.clone()}</span>
            <button
                type="button" class="icon-button" aria-label=tr!(teams.switch) title=tr!(teams.switch) aria-haspopup="dialog"
                on:click=move |_| app.open(Dialog::Teams)
            >
                {icon("chevrons-up-down")}
            </button>
        </div>
        <button type="button" class="search-button" aria-haspopup="dialog" on:click=move |_| app.open(Dialog::Palette)>
            {icon("search")}<span class="grow">{tr!(shell.search)}</span><kbd>{command_key()}"K"</kbd>
        </button>
    }
    .into_any()
}

fn person_bar(app: App, view: &SessionView) -> AnyView {
    // Who joined by an invitation has said no name yet.
    let (name, login_name) = match view.full_name.is_empty() {
        true => (view.login_name.clone(), None),
        false => (view.full_name.clone(), Some(view.login_name.clone())),
    };
    let button = view! {
        <span class="avatar" aria-hidden="true">{initial(&name)}</span>
        <span class="person"><span>{name}</span><span class="muted">{login_name}</span></span>
        <span class="visually-hidden">{tr!(shell.person_menu)}</span>
        {icon("chevrons-up-down")}
    };
    let items = menu_items(
        app,
        &Here::default(),
        &[Do::Settings, Do::Import, Do::Export, Do::Shortcuts, Do::SwitchTeam, Do::SignOut],
    );
    view! {
        <div class="person-bar">
            {menu(tr!(shell.person_menu), button.into_any(), "person-button", items)}
            <button
                type="button" class="icon-button" aria-label=tr!(shell.lock) title=tr!(shell.lock)
                aria-keyshortcuts="Control+Shift+L" on:click=move |_| app.lock()
            >
                {icon("lock")}
            </button>
        </div>
    }
    .into_any()
}

/// The standing hint about the kit: for whoever has not confirmed it, and for a sole owner.
fn kit_hint(app: App) -> AnyView {
    let session = Memo::new(move |_| app.view().map(|view| (view.sole_owner, view.kit_confirmed)));
    let hint = move || {
        let (class, symbol, text, label) = match session.get()? {
            (_, false) => ("kit-hint warn", "file-warning", tr!(notice.kit_unconfirmed), tr!(notice.kit_confirm)),
            (true, true) => ("kit-hint", "life-buoy", tr!(notice.sole_owner), tr!(notice.show_kit)),
            (false, true) => return None,
        };
        Some(view! {
            <div class=class>
                {icon(symbol)}
                <p>{text}" "<button type="button" class="link" on:click=move |_| app.open(Dialog::ShowKit)>{label}</button></p>
            </div>
        })
    };
    hint.into_any()
}

/// What stands above the panes: damage and long work.
fn notices(app: App) -> AnyView {
    let damage = move || {
        app.damage.with(|all| {
            all.first().map(|first| {
                let more = u32::try_from(all.len() - 1).unwrap_or(0);
                let sentence = explain_damage(first);
                view! {
                    <div class="notice bad" role="alert">
                        {icon("shield-alert")}
                        <span class="grow">{sentence}{(more > 0).then(|| format!(" {}", tr!(damage.more, count = number(more))))}</span>
                        <button type="button" class="icon-button" aria-label=tr!(action.dismiss) title=tr!(action.dismiss) on:click=move |_| app.damage.set(Vec::new())>{icon("x")}</button>
                    </div>
                }
            })
        })
    };
    let opening = move || {
        app.progress.get().filter(|progress| progress.done < progress.total).and_then(
            |Progress { work, done, total }| {
                let label = match work {
                    Work::Opening => tr!(progress.opening),
                    Work::Releasing => tr!(bulk.releasing_now),
                    Work::Writing => tr!(bulk.writing_now),
                    _ => return None,
                };
                Some(view! {
                    <div class="thin-progress" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax=total.to_string() aria-valuenow=done.to_string()>
                        <i style:width=format!("{}%", u64::from(done) * 100 / u64::from(total.max(1)))></i>
                    </div>
                })
            },
        )
    };
    view! { {opening} {damage} {requests::emergencies(app)} {own_keys::news(app)} {sight::notice(app)} }.into_any()
}

fn initial(name: &str) -> String {
    name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default()
}
