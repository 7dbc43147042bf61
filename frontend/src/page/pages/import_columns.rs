//! What the columns of an unknown sheet hold: the person says it for each, beside a few of its values. What was said is
//! remembered in this browser by a hash of the heading.

use leptos::prelude::*;

use crate::bridge::{Column, SeenColumn};
use crate::page::components::form::alert;
use crate::page::language::tr;
use crate::page::memory;

/// What a column may be said to hold, in the order in which it is offered.
const OFFERED: [Column; 18] = [
    Column::ResourceName,
    Column::UserAccount,
    Column::Password,
    Column::ResourceUrl,
    Column::Notes,
    Column::GroupPath,
    Column::Tags,
    Column::OneTimeCode,
    Column::Custom,
    Column::Hidden,
    Column::Ignored,
    Column::DnsName,
    Column::ResourceType,
    Column::Description,
    Column::Department,
    Column::Location,
    Column::Owner,
    Column::Expiry,
];
/// Headings remembered.
const REMEMBERED: usize = 300;

/// The step of the wizard; `done` is told what was chosen.
pub fn step(columns: Vec<SeenColumn>, back: impl Fn() + 'static, done: impl Fn(Vec<Column>) + 'static) -> AnyView {
    let memory = Memory::read();
    let chosen: Vec<RwSignal<Column>> = columns
        .iter()
        .map(|column| RwSignal::new(memory.find(&column.heading).unwrap_or(offered(column.meaning))))
        .collect();
    let lines = columns.iter().zip(&chosen).map(|(column, chosen)| line(column, *chosen)).collect_view();
    let missing = RwSignal::new(false);
    let headings: Vec<String> = columns.into_iter().map(|column| column.heading).collect();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen: Vec<Column> = chosen.iter().map(|column| column.get_untracked()).collect();
        let names = [Column::ResourceName, Column::ResourceUrl, Column::UserAccount, Column::DnsName];
        missing.set(!chosen.iter().any(|column| names.contains(column)));
        if !missing.get_untracked() {
            Memory::read().keep(headings.iter().zip(&chosen));
            done(chosen);
        }
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p>{tr!(import.columns_lead)}</p>
                <ul class="column-list" aria-label=tr!(import.columns_title)>{lines}</ul>
            </div>
            <footer>
                {move || missing.get().then(|| alert(tr!(import.no_names).to_owned()))}
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| back()>{tr!(import.back)}</button>
                    <button type="submit" class="button primary">{tr!(import.next)}</button>
                </div>
            </footer>
        </form>
    }
    .into_any()
}

fn line(column: &SeenColumn, chosen: RwSignal<Column>) -> AnyView {
    let options = OFFERED.into_iter().enumerate().map(|(at, offered)| {
        view! { <option value=at.to_string() selected=offered == chosen.get_untracked()>{column_name(offered)}</option> }
    });
    let pick = move |event: leptos::ev::Event| {
        let at = event_target_value(&event).parse().unwrap_or(usize::MAX);
        chosen.set(OFFERED.get(at).copied().unwrap_or(Column::Ignored));
    };
    let taken_for_secret = column.meaning.is_secret();
    let samples = column.samples.join(" · ");
    let shown = move || match chosen.get() {
        _ if taken_for_secret => tr!(import.hidden_values).to_owned(),
        chosen if chosen.is_secret() => tr!(import.hidden_values).to_owned(),
        _ if samples.is_empty() => tr!(import.no_values).to_owned(),
        _ => samples.clone(),
    };
    view! {
        <li>
            <div><strong>{column.heading.clone()}</strong><span class="muted">{shown}</span></div>
            <select class="input" aria-label=tr!(import.column_of, column = column.heading) on:change=pick>{options.collect_view()}</select>
        </li>
    }
    .into_any()
}

fn offered(column: Column) -> Column {
    if OFFERED.contains(&column) { column } else { Column::Custom }
}

/// What a column is called.
pub fn column_name(column: Column) -> &'static str {
    match column {
        Column::ResourceName => tr!(import_column.resource_name),
        Column::UserAccount => tr!(import_column.user_name),
        Column::Password => tr!(import_column.password),
        Column::ResourceUrl => tr!(import_column.url),
        Column::Notes => tr!(import_column.notes),
        Column::GroupPath => tr!(import_column.group_path),
        Column::Tags => tr!(import_column.tags),
        Column::OneTimeCode => tr!(import_column.otp),
        Column::Custom => tr!(import_column.custom),
        Column::Hidden => tr!(import_column.hidden),
        Column::Ignored => tr!(import_column.ignored),
        Column::Description => tr!(import_column.description),
        Column::Department => tr!(import_column.department),
        Column::ResourceType => tr!(import_column.resource_type),
        Column::DnsName => tr!(import_column.dns_name),
        Column::Location => tr!(import_column.location),
        Column::Owner => tr!(import_column.owner),
        Column::Expiry => tr!(import_column.expiry),
        _ => tr!(import_column.other),
    }
}

/// What was said of headings before: a hash and a place in the list of what is offered, one on each line.
struct Memory(Vec<(String, usize)>);

impl Memory {
    fn read() -> Self {
        let text = memory::read(memory::COLUMNS).unwrap_or_default();
        let entry = |line: &str| {
            let (hash, at) = line.split_once(' ')?;
            Some((hash.to_owned(), at.parse().ok()?))
        };
        Self(text.lines().filter_map(entry).take(REMEMBERED).collect())
    }

    fn find(&self, heading: &str) -> Option<Column> {
        let hash = hash(heading);
        let at = self.0.iter().find(|(known, _)| *known == hash)?.1;
        OFFERED.get(at).copied()
    }

    fn keep<'a>(mut self, chosen: impl Iterator<Item = (&'a String, &'a Column)>) {
        for (heading, column) in chosen {
            let hash = hash(heading);
            self.0.retain(|(known, _)| *known != hash);
            if let Some(at) = OFFERED.iter().position(|offered| offered == column) {
                self.0.insert(0, (hash, at));
            }
        }
        self.0.truncate(REMEMBERED);
        let lines: Vec<String> = self.0.into_iter().map(|(hash, at)| format!("{hash} {at}")).collect();
        memory::write(memory::COLUMNS, &lines.join("\n"));
    }
}

/// FNV-1a in 64 bits: enough to find a heading again, and no heading stands in the browser's memory.
fn hash(heading: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in heading.trim().to_lowercase().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
