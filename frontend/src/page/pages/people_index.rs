//! The index of the people's page: a link to each of its sections, with how many are in it. Which one was gone to stands
//! behind the address, so that a reload leads there again.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::bridge::*;
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::language::{number, tr};

/// A section of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The members.
    Members,
    /// Open invitations.
    Invited,
    /// Services.
    Services,
    /// The policy about second factors.
    Factors,
    /// Recovery.
    Recovery,
    /// Member groups.
    Groups,
}

impl Section {
    const ALL: [Self; 6] = [Self::Members, Self::Invited, Self::Services, Self::Factors, Self::Recovery, Self::Groups];

    /// What stands behind the address.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Members => "people-members",
            Self::Invited => "people-invited",
            Self::Services => "people-services",
            Self::Factors => "people-second-factor",
            Self::Recovery => "people-recovery",
            Self::Groups => "people-groups",
        }
    }

    /// Its address.
    pub fn link(self, app: App) -> String {
        format!("{}#{}", app.link(Spot::People), self.id())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Members => tr!(people.members),
            Self::Invited => tr!(people.invited),
            Self::Services => tr!(services.title),
            Self::Factors => tr!(team_policy.title),
            Self::Recovery => tr!(recovery.title),
            Self::Groups => tr!(directory.groups),
        }
    }

    /// How many are in it; `None` where that is no number.
    fn count(self, people: &People) -> Option<usize> {
        let here = people.members.iter().filter(|member| member.state != MemberState::Removed);
        match self {
            Self::Members => Some(here.filter(|member| member.service.is_none()).count()),
            Self::Invited => Some(people.invitations.iter().filter(|one| one.state == InvitationState::Open).count()),
            Self::Services => Some(here.filter(|member| member.service.is_some()).count()),
            Self::Factors | Self::Recovery | Self::Groups => None,
        }
    }

    /// Whether the page has it for this person.
    fn is_shown(self, people: &People) -> bool {
        match self {
            Self::Invited => self.count(people) != Some(0),
            Self::Services => people.may_invite || self.count(people) != Some(0),
            Self::Members | Self::Factors | Self::Recovery | Self::Groups => true,
        }
    }
}

/// The links.
pub fn view(app: App, people: RwSignal<Option<Arc<People>>>) -> AnyView {
    let is_here = Memo::new(move |_| people.with(Option::is_some));
    // The sections are there once the people are.
    Effect::new(move |_| {
        let hash = app.section.get();
        let wanted = Section::ALL.into_iter().find(|section| hash.trim_start_matches('#') == section.id());
        if let Some(section) = wanted.filter(|_| is_here.get()) {
            request_animation_frame(move || go_to(section));
        }
    });
    let links = move || {
        people.with(|people| {
            let people = people.as_ref()?;
            let shown = Section::ALL.into_iter().filter(|section| section.is_shown(people));
            let links = shown.map(|section| {
                let count = section.count(people).map(|count| {
                    let count = number(u32::try_from(count).unwrap_or(u32::MAX));
                    view! { " "<span class="count">{count}</span> }
                });
                let go = move |event: leptos::ev::MouseEvent| {
                    event.prevent_default();
                    go_to(section);
                    remember(&section.link(app));
                };
                view! { <a href=section.link(app) rel="external" on:click=go>{section.name()}{count}</a> }
            });
            Some(links.collect_view())
        })
    };
    view! { <nav class="section-index" aria-label=tr!(people.index)>{links}</nav> }.into_any()
}

fn go_to(section: Section) {
    if let Some(found) = document().get_element_by_id(section.id()) {
        found.scroll_into_view();
    }
}

/// Puts a section into the address. Past the router: for it the place is the same, and it would wait for another.
fn remember(link: &str) {
    // Without a history the section is forgotten, and nothing else is lost.
    if let Ok(history) = window().history() {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(link)));
    }
}
