//! The members, a page at a time: searched, filtered, in an order.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::people::{member_lines, role_name};
use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::components::field::{choice, fresh_id};
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::language::{number, tr};

/// Members on a page.
const PAGE: u32 = 50;
const ORDERS: [MemberOrder; 5] =
    [MemberOrder::Name, MemberOrder::LoginName, MemberOrder::Department, MemberOrder::Newest, MemberOrder::Changed];
const STATES: [MemberState; 6] = [
    MemberState::Active,
    MemberState::Suspended,
    MemberState::Expired,
    MemberState::Removed,
    MemberState::Made,
    MemberState::Keyless,
];
const KINDS: [MemberKind; 2] = [MemberKind::Person, MemberKind::Service];

/// What is asked for, as the page has it.
#[derive(Clone, Copy)]
struct Wanted {
    text: RwSignal<String>,
    role: RwSignal<usize>,
    kind: RwSignal<usize>,
    state: RwSignal<usize>,
    group: RwSignal<Option<GroupId>>,
    department: RwSignal<Option<String>>,
    order: RwSignal<usize>,
    from: RwSignal<u32>,
}

impl Wanted {
    fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            role: RwSignal::new(0),
            // Services have a section of their own.
            kind: RwSignal::new(1),
            state: RwSignal::new(0),
            group: RwSignal::new(None),
            department: RwSignal::new(None),
            order: RwSignal::new(0),
            from: RwSignal::new(0),
        }
    }

    fn filter(self) -> MemberFilter {
        let nth = |at: RwSignal<usize>| at.get().checked_sub(1);
        MemberFilter {
            text: self.text.get(),
            role: nth(self.role).and_then(|at| TeamRole::ALL.get(at)).copied(),
            kind: nth(self.kind).and_then(|at| KINDS.get(at)).copied(),
            state: nth(self.state).and_then(|at| STATES.get(at)).copied(),
            group: self.group.get(),
            department: self.department.get(),
        }
    }
}

/// The section.
pub fn section(app: App, without: RwSignal<Vec<MemberId>>) -> AnyView {
    let wanted = Wanted::new();
    let page = RwSignal::new(None::<Arc<MembersPage>>);
    let filter = Memo::new(move |_| wanted.filter());
    // Another filter begins at its first page.
    Effect::new(move |before: Option<MemberFilter>| {
        let now = filter.get();
        if before.is_some_and(|before| before != now) {
            wanted.from.set(0);
        }
        now
    });
    let asked = RwSignal::new(0_u32);
    Effect::new(move |_| {
        app.catalog.track();
        let order = ORDERS.get(wanted.order.get()).copied().unwrap_or_default();
        let find = FindMembers { filter: filter.get(), order, from: wanted.from.get(), count: PAGE };
        let turn = asked.get_untracked().wrapping_add(1);
        asked.set(turn);
        spawn_local(async move {
            let found = ask(find).await;
            // Somebody typed on meanwhile.
            if asked.try_get_untracked() != Some(turn) {
                return;
            }
            match found {
                Ok(found) => keep(page, Some(Arc::new(found))),
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    let count = move || page.with(|page| page.as_ref().map(|page| number(page.total)));
    let list = move || match page.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(page) if page.members.is_empty() => {
            view! { <p class="muted" role="status">{tr!(directory.none_found)}</p> }.into_any()
        }
        Some(page) => {
            untrack(|| view! { <ul class="people">{member_lines(app, page.members.clone(), without)}</ul> }.into_any())
        }
    };
    view! {
        <h3>{tr!(people.members)}" "<span class="count">{count}</span></h3>
        {controls(wanted, page)}
        {list}
        {turning(wanted, page)}
    }
    .into_any()
}

fn controls(wanted: Wanted, page: RwSignal<Option<Arc<MembersPage>>>) -> AnyView {
    let id = fresh_id("members");
    let every = |label: &'static str, names: Vec<String>| {
        std::iter::once(label.to_owned()).chain(names).collect::<Vec<String>>()
    };
    let roles = every(tr!(directory.every_role), TeamRole::ALL.map(|role| role_name(role).to_owned()).to_vec());
    let kinds = every(tr!(directory.every_kind), vec![tr!(directory.people).into(), tr!(services.title).into()]);
    let states = every(
        tr!(directory.every_state),
        vec![
            tr!(directory.active).into(),
            tr!(people.suspended).into(),
            tr!(services.expired).into(),
            tr!(people.removed).into(),
            tr!(made.waiting).into(),
            tr!(made.keyless).into(),
        ],
    );
    let orders = vec![
        tr!(directory.by_name).to_owned(),
        tr!(directory.by_login).to_owned(),
        tr!(directory.by_department).to_owned(),
        tr!(directory.by_newest).to_owned(),
        tr!(directory.by_changed).to_owned(),
    ];
    // What there is to choose from comes with the members; it stays while it is the same.
    let groups =
        Memo::new(move |_| page.with(|page| page.as_ref().map(|page| page.groups.clone()).unwrap_or_default()));
    let departments =
        Memo::new(move |_| page.with(|page| page.as_ref().map(|page| page.departments.clone()).unwrap_or_default()));
    let by_group = move || {
        let groups = groups.get();
        (!groups.is_empty()).then(|| {
            let at = RwSignal::new(place(&groups, |group| Some(group.id) == wanted.group.get_untracked()));
            let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
            follow(at, move |at| wanted.group.set(at.and_then(|at| ids.get(at)).copied()));
            let names = groups.into_iter().map(|group| group.name).collect();
            choice(tr!(directory.group), every(tr!(directory.every_group), names), at)
        })
    };
    let by_department = move || {
        let departments = departments.get();
        (!departments.is_empty()).then(|| {
            let at = RwSignal::new(place(&departments, |name| {
                wanted.department.with_untracked(|department| department.as_ref() == Some(name))
            }));
            let names = departments.clone();
            follow(at, move |at| wanted.department.set(at.and_then(|at| departments.get(at)).cloned()));
            choice(tr!(field.department), every(tr!(directory.every_department), names), at)
        })
    };
    view! {
        <div class="roster-controls">
            <div class="field roster-search">
                <label for=id.clone()>{tr!(directory.search)}</label>
                <span class="input-with-icon">
                    {icon("search")}
                    <input
                        id=id class="input" type="search" autocomplete="off" spellcheck="false"
                        prop:value=move || wanted.text.get() on:input=move |event| wanted.text.set(event_target_value(&event))
                    />
                </span>
            </div>
            {choice(tr!(people.role), roles, wanted.role)}
            {choice(tr!(directory.kind), kinds, wanted.kind)}
            {choice(tr!(directory.state), states, wanted.state)}
            {by_group}
            {by_department}
            {choice(tr!(directory.order), orders, wanted.order)}
        </div>
    }
    .into_any()
}

/// The place of what is chosen behind "every one".
fn place<T>(all: &[T], is_chosen: impl Fn(&T) -> bool) -> usize {
    all.iter().position(is_chosen).map_or(0, |at| at + 1)
}

/// Says what is chosen from then on.
fn follow(at: RwSignal<usize>, say: impl Fn(Option<usize>) + 'static) {
    Effect::new(move |before: Option<usize>| {
        let now = at.get();
        if before.is_some_and(|before| before != now) {
            say(now.checked_sub(1));
        }
        now
    });
}

/// To the next page and back; nothing where one page holds all.
fn turning(wanted: Wanted, page: RwSignal<Option<Arc<MembersPage>>>) -> AnyView {
    let total = Memo::new(move |_| page.with(|page| page.as_ref().map_or(0, |page| page.total)));
    (move || {
        let (total, from) = (total.get(), wanted.from.get());
        (total > PAGE).then(|| {
            let last = total.min(from + PAGE);
            let to = move |from: u32| move |_| wanted.from.set(from);
            view! {
                <nav class="roster-pages" aria-label=tr!(directory.pages)>
                    <button type="button" class="button small" disabled=from == 0 on:click=to(from.saturating_sub(PAGE))>{tr!(directory.previous)}</button>
                    <span role="status">{tr!(directory.range, from = number(from + 1), to = number(last), total = number(total))}</span>
                    <button type="button" class="button small" disabled=last == total on:click=to(from + PAGE)>{tr!(directory.next)}</button>
                </nav>
            }
        })
    })
    .into_any()
}
