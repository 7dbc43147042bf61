//! The people of the team: who is a member, who is invited, and what may be done about it.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::people_index::{self, Section};
use super::{detail::millis, groups, recovery, roster, services, team_policy};
use crate::bridge::{Error, *};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::engine::{ask, keep};
use crate::page::language::{moment, number, tr};

/// The people as they are now; read anew whenever something changes.
pub fn read_people(app: App) -> RwSignal<Option<Arc<People>>> {
    let people = RwSignal::new(None::<Arc<People>>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            match ask(ReadPeople).await {
                Ok(read) => keep(people, Some(Arc::new(read))),
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    people
}

/// The pane.
pub fn pane(app: App) -> AnyView {
    let people = read_people(app);
    let invite = move || {
        people.get().filter(|people| people.may_invite).map(|people| {
            view! {
                <button type="button" class="button primary" on:click=move |_| app.open(Dialog::Invite(Arc::clone(&people)))>
                    {icon("plus")}<span>{tr!(people.invite)}</span>
                </button>
            }
        })
    };
    let body = move || match people.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(people) => untrack(|| {
            view! {
                <div class="people-section" id=Section::Invited.id()>{lists(app, &people)}</div>
                <div class="people-section" id=Section::Services.id()>{services::section(app, &people)}</div>
                <div class="people-section" id=Section::Factors.id()>{team_policy::section(app)}</div>
                <div class="people-section" id=Section::Recovery.id()>{recovery::section(app, &people)}</div>
            }
            .into_any()
        }),
    };
    let without = read_without_factor(people);
    let former = move || people.get().map(|people| untrack(|| past(app, &people)));
    view! {
        <section class="pane settings-pane people-pane" aria-label=tr!(people.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(people.title)}</h2>
                <span class="grow"></span>
                {invite}
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            {people_index::view(app, people)}
            <div class="people-body">
                <div class="people-section" id=Section::Members.id()>{roster::section(app, without)}{factor_hint(without)}</div>
                {body}
                <div class="people-section" id=Section::Groups.id()>{groups::section(app)}</div>
                {former}
            </div>
        </section>
    }
    .into_any()
}

fn lists(app: App, people: &Arc<People>) -> AnyView {
    let is_here = |member: &&MemberRow| member.service.is_none() && member.state != MemberState::Removed;
    let alone = people.members.iter().filter(is_here).count() == 1 && people.may_invite;
    let is_open = |invitation: &&InvitationRow| invitation.state == InvitationState::Open;
    let open: Vec<_> = people.invitations.iter().filter(is_open).cloned().collect();
    let may_invite = people.may_invite;
    view! {
        {alone.then(|| view! { <p class="hint with-icon">{icon("info")}<span>{tr!(people.alone)}</span></p> })}
        {(!open.is_empty()).then(|| view! {
            <h3>{tr!(people.invited)}" "<span class="count">{number(count(&open))}</span></h3>
            <ul class="people">{invitation_lines(app, open, may_invite)}</ul>
        })}
    }
    .into_any()
}

/// Who and what is over.
fn past(app: App, people: &People) -> AnyView {
    let is_gone = |member: &&MemberRow| member.state == MemberState::Removed;
    let gone: Vec<_> = people.members.iter().filter(is_gone).cloned().collect();
    let is_over = |invitation: &&InvitationRow| invitation.state != InvitationState::Open;
    let over: Vec<_> = people.invitations.iter().filter(is_over).cloned().collect();
    view! {
        {(!over.is_empty()).then(|| view! {
            <details class="people-past"><summary>{tr!(people.invited_past)}</summary><ul class="people">{invitation_lines(app, over, false)}</ul></details>
        })}
        {(!gone.is_empty()).then(|| view! {
            <details class="people-past"><summary>{tr!(people.former)}</summary><ul class="people">{member_lines(app, gone, RwSignal::new(Vec::new()))}</ul></details>
        })}
    }
    .into_any()
}

/// Who has no second factor, for those who manage people.
fn read_without_factor(people: RwSignal<Option<Arc<People>>>) -> RwSignal<Vec<MemberId>> {
    let without = RwSignal::new(Vec::new());
    let may_see = Memo::new(move |_| people.with(|people| people.as_ref().is_some_and(|people| people.may_invite)));
    Effect::new(move |_| {
        if may_see.get() {
            spawn_local(async move {
                // Without the server nobody knows: the lines then say nothing of it.
                if let Ok(read) = ask(ReadWithoutFactor).await {
                    keep(without, read);
                }
            });
        }
    });
    without
}

/// How many have none.
fn factor_hint(without: RwSignal<Vec<MemberId>>) -> impl IntoView {
    move || {
        let lacking = without.with(Vec::len);
        (lacking > 0).then(|| {
            let lacking = number(u32::try_from(lacking).unwrap_or(u32::MAX));
            view! { <p class="hint with-icon">{icon("shield-alert")}<span>{tr!(factors.without_count, count = lacking)}</span></p> }
        })
    }
}

pub fn member_lines(app: App, members: Vec<MemberRow>, without: RwSignal<Vec<MemberId>>) -> AnyView {
    members.into_iter().map(|member| member_line(app, member, without)).collect_view().into_any()
}

fn invitation_lines(app: App, rows: Vec<InvitationRow>, may_withdraw: bool) -> AnyView {
    rows.into_iter().map(|row| invitation_line(app, row, may_withdraw)).collect_view().into_any()
}

fn count<T>(rows: &[T]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

/// What somebody calls themselves, beside the login name. Nothing is decided by it: anyone may call themselves anything.
pub fn other_name(member: &MemberRow) -> Option<String> {
    member.full_name.clone().filter(|name| !name.is_empty() && *name != member.login_name)
}

fn member_line(app: App, member: MemberRow, without: RwSignal<Vec<MemberId>>) -> AnyView {
    let name = member.login_name.clone();
    let initial: String = name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let vaults = (member.state != MemberState::Removed).then(|| match member.role {
        Some(TeamRole::Auditor) => tr!(people.sees_all).to_owned(),
        _ => outline_grants(&member.grants),
    });
    let department = Some(member.department.clone()).filter(|department| !department.is_empty());
    let maker = member.made_by.clone().map(|maker| tr!(made.made_by, name = maker));
    let detail =
        other_name(&member).into_iter().chain(department).chain(maker).chain(vaults).collect::<Vec<_>>().join(" · ");
    let damaged = member.damaged.then(|| view! { <span class="badge warn">{tr!(directory.damaged_badge)}</span> });
    let id = member.member;
    let opened = name.clone();
    let open = move |_| app.open(Dialog::Person(id, opened.clone()));
    let role = member.role.filter(|role| *role != TeamRole::Member).map(|role| {
        view! { <span class="badge accent">{role_name(role)}</span> }
    });
    let state = (member.state == MemberState::Suspended).then(|| {
        view! { <span class="badge warn">{tr!(people.suspended)}</span> }
    });
    let made = member.made_by.clone().map(|maker| {
        view! { <span class="badge warn" title=tr!(made.made_by, name = maker)>{tr!(made.waiting)}</span> }
    });
    let keyless = (member.state == MemberState::Keyless).then(|| {
        view! { <span class="badge warn">{tr!(made.keyless)}</span> }
    });
    let service = member.service.is_some().then(|| view! { <span class="badge">{tr!(services.one)}</span> });
    let compared = (member.compared == Comparison::Compared).then(|| {
        view! { <span class="badge good">{tr!(own_keys.compared)}</span> }
    });
    let own = member.own.then(|| view! { <span class="badge">{tr!(people.you)}</span> });
    let id = member.member;
    let factorless = move || {
        without
            .with(|without| without.contains(&id))
            .then(|| view! { <span class="badge warn">{tr!(factors.without)}</span> })
    };
    let items = actions(app, &Arc::new(member));
    let label = tr!(people.more, name = name.clone());
    let more = (!items.is_empty()).then(|| menu(label, icon("ellipsis"), "icon-button", items));
    view! {
        <li class="person-line">
            <span class="avatar" aria-hidden="true">{initial}</span>
            <span class="row-text">
                <button type="button" class="link row-name" on:click=open>{name}</button>
                <span class="row-detail">{detail}</span>
            </span>
            <span class="person-badges">{damaged}{own}{service}{compared}{role}{state}{made}{keyless}{factorless}</span>
            {more}
        </li>
    }
    .into_any()
}

/// One line for each role in the team that the person may give a member.
pub fn role_items(app: App, member: &MemberRow) -> impl Iterator<Item = MenuItem> {
    let id = member.member;
    member.roles.clone().into_iter().map(move |role| {
        MenuItem::new(role_icon(role), tr!(people.make, role = role_name(role)), move || {
            spawn_local(async move {
                match ask(SetTeamRole { member: id, role }).await {
                    Ok(()) => app.say(tr!(toast.saved)),
                    Err(error) => app.fail(&error),
                }
            });
        })
    })
}

fn actions(app: App, member: &Arc<MemberRow>) -> Vec<MenuItem> {
    let listed = Arc::clone(member);
    let reach = move || app.open(Dialog::Reach(Arc::clone(&listed)));
    let mut items = vec![MenuItem::new("eye", tr!(exposure.reach), reach)];
    let is_settled = !matches!(member.state, MemberState::Removed | MemberState::Made | MemberState::Keyless);
    if !member.own && member.service.is_none() && is_settled {
        let compared = Arc::clone(member);
        let compare = move || app.open(Dialog::Safety(Arc::clone(&compared)));
        items.push(MenuItem::new("shield-check", tr!(own_keys.compare), compare));
    }
    items.extend(role_items(app, member));
    if member.password != PasswordWay::None {
        let listed = Arc::clone(member);
        let set = move || app.open(Dialog::SetPassword(Arc::clone(&listed)));
        items.push(MenuItem::new("key-round", tr!(made.set_password), set));
    }
    if member.manageable {
        let to = |state: MemberState| {
            let member = Arc::clone(member);
            move || app.open(Dialog::Standing(Arc::clone(&member), state))
        };
        match member.state {
            MemberState::Active | MemberState::Made | MemberState::Keyless => {
                items.push(MenuItem::new("lock", tr!(people.suspend), to(MemberState::Suspended)));
            }
            MemberState::Suspended => {
                items.push(MenuItem::new("undo-2", tr!(people.resume), to(MemberState::Active)));
            }
            MemberState::Removed | MemberState::Expired => {}
        }
        if member.service.is_none() && is_settled {
            let listed = Arc::clone(member);
            let take = move || app.open(Dialog::TakeFactors(Arc::clone(&listed)));
            items.push(MenuItem::new("eraser", tr!(factors.take_away), take));
        }
        items.push(MenuItem::new("trash-2", tr!(people.remove), to(MemberState::Removed)).danger());
    }
    items
}

fn invitation_line(app: App, row: InvitationRow, may_withdraw: bool) -> AnyView {
    let when = moment(millis(row.expires));
    let (state, class) = match row.state {
        InvitationState::Open => (tr!(people.open_until, when = when), "badge"),
        InvitationState::Used => (tr!(people.used).to_owned(), "badge accent"),
        InvitationState::Withdrawn => (tr!(people.withdrawn).to_owned(), "badge"),
        InvitationState::Expired => (tr!(people.expired).to_owned(), "badge warn"),
        InvitationState::Lapsed => (tr!(people.lapsed).to_owned(), "badge warn"),
    };
    let invite = row.invite;
    let withdraw = move |_| {
        spawn_local(async move {
            match ask(WithdrawInvitation { invite }).await {
                Ok(()) => app.say(tr!(people.withdrawn_done)),
                Err(error) => app.fail(&error),
            }
        });
    };
    let button = may_withdraw.then(|| {
        view! { <button type="button" class="button small" on:click=withdraw>{tr!(people.withdraw)}</button> }
    });
    view! {
        <li class="person-line">
            <span class="avatar empty-avatar" aria-hidden="true">{icon("ticket")}</span>
            <span class="row-text">
                <span class="row-name">{tr!(people.invited_by, name = row.inviter.clone())}</span>
                <span class="row-detail">{outline_grants(&row.grants)}</span>
            </span>
            <span class="person-badges"><span class=class>{state}</span></span>
            {button}
        </li>
    }
    .into_any()
}

/// How many roles a line of a list names.
const NAMED: usize = 8;

/// Roles in vaults as one line. What the person does not see is counted.
pub fn explain_grants(grants: &[GrantRow]) -> String {
    name_grants(grants, usize::MAX)
}

/// The same for a line of a list: of many, some are named.
pub fn outline_grants(grants: &[GrantRow]) -> String {
    name_grants(grants, NAMED)
}

fn name_grants(grants: &[GrantRow], most: usize) -> String {
    let seen = || grants.iter().filter(|grant| !grant.vault.name.is_empty());
    let named = seen().take(most);
    let mut parts: Vec<String> =
        named.map(|grant| format!("{} ({})", grant.vault.name, vault_role_name(grant.role))).collect();
    let more = seen().skip(most).count();
    if more > 0 {
        parts.push(tr!(people.more_vaults, count = number(u32::try_from(more).unwrap_or(u32::MAX))));
    }
    let unnamed = count(grants).saturating_sub(u32::try_from(seen().count()).unwrap_or(u32::MAX));
    if unnamed > 0 {
        parts.push(tr!(people.other_vaults, count = number(unnamed)));
    }
    if parts.is_empty() { tr!(people.no_vault).to_owned() } else { parts.join(", ") }
}

/// What a role in the team is called.
pub fn role_name(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Owner => tr!(people.owner),
        TeamRole::Administrator => tr!(people.administrator),
        TeamRole::PasswordAdministrator => tr!(people.password_administrator),
        TeamRole::Auditor => tr!(people.auditor),
        TeamRole::Member => tr!(people.member),
    }
}

const fn role_icon(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Owner => "crown",
        TeamRole::Administrator => "shield-check",
        TeamRole::PasswordAdministrator => "vault",
        TeamRole::Auditor => "file-check",
        TeamRole::Member => "user",
    }
}

/// What a role in a vault is called.
pub fn vault_role_name(role: VaultRole) -> &'static str {
    match role {
        VaultRole::Viewer => tr!(people.viewer),
        VaultRole::User => tr!(people.user),
        VaultRole::Editor => tr!(people.editor),
        VaultRole::Custodian => tr!(people.custodian),
    }
}

/// What somebody with a role in a vault may do.
pub fn explain_vault_role(role: VaultRole) -> &'static str {
    match role {
        VaultRole::Viewer => tr!(people.viewer_hint),
        VaultRole::User => tr!(people.user_hint),
        VaultRole::Editor => tr!(people.editor_hint),
        VaultRole::Custodian => tr!(people.custodian_hint),
    }
}
