//! Form fields: a label, an input, a hint and what is wrong, tied together for screen readers.

use std::cell::Cell;

use leptos::prelude::*;

use super::icon::icon;
use crate::page::language::tr;

/// What stands in a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// Several lines.
    Area,
    /// Several lines of code, keys and the like.
    Code,
    /// A password, shown on request.
    Password,
    /// A day.
    Date,
    /// A day and a time of it.
    Moment,
    /// A time of the day.
    Time,
}

/// A labelled field.
pub struct TextField {
    label: String,
    value: RwSignal<String>,
    kind: Kind,
    hint: Option<String>,
    autocomplete: &'static str,
    list: Option<&'static str>,
    limit: u32,
    required: bool,
    focus: bool,
    fault: Signal<Option<String>>,
}

impl TextField {
    /// A field of one line.
    pub fn new(label: impl Into<String>, value: RwSignal<String>) -> Self {
        Self {
            label: label.into(),
            value,
            kind: Kind::Line,
            hint: None,
            autocomplete: "off",
            list: None,
            limit: 0,
            required: false,
            focus: false,
            fault: Signal::stored(None),
        }
    }

    /// Of another kind.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// With a sentence below it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the browser may fill in.
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// With suggestions from this `datalist`.
    pub fn list(mut self, list: &'static str) -> Self {
        self.list = Some(list);
        self
    }

    /// With a longest length.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = u32::try_from(limit).unwrap_or(0);
        self
    }

    /// That must be filled.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// That the cursor starts in.
    pub fn focus(mut self) -> Self {
        self.focus = true;
        self
    }

    /// With what is wrong with it.
    pub fn fault(mut self, fault: Signal<Option<String>>) -> Self {
        self.fault = fault;
        self
    }

    /// The field on the page.
    pub fn view(self) -> AnyView {
        let id = fresh_id("field");
        let hint_id = format!("{id}-hint");
        let fault_id = format!("{id}-fault");
        let fault = self.fault;
        let described = {
            let (hint_id, fault_id) = (hint_id.clone(), fault_id.clone());
            let hinted = self.hint.is_some();
            move || match (fault.with(Option::is_some), hinted) {
                (true, _) => Some(fault_id.clone()),
                (false, true) => Some(hint_id.clone()),
                (false, false) => None,
            }
        };
        let invalid = move || fault.with(Option::is_some).then_some("true");
        let value = self.value;
        let limit = (self.limit > 0).then_some(self.limit);
        let input = match self.kind {
            Kind::Area | Kind::Code => {
                let code = self.kind == Kind::Code;
                view! {
                    <textarea
                        id=id.clone() class="input" class:code=code rows=if code { 5 } else { 3 }
                        maxlength=limit required=self.required autofocus=self.focus spellcheck=(!code).to_string()
                        autocomplete="off" aria-invalid=invalid aria-describedby=described
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    ></textarea>
                }
                .into_any()
            }
            Kind::Line | Kind::Date | Kind::Moment | Kind::Time | Kind::Password => {
                let shown = RwSignal::new(false);
                let kind = self.kind;
                let input_type = move || match kind {
                    Kind::Date => "date",
                    Kind::Moment => "datetime-local",
                    Kind::Time => "time",
                    Kind::Password if !shown.get() => "password",
                    _ => "text",
                };
                let input = view! {
                    <input
                        id=id.clone() class="input" type=input_type class:code=kind == Kind::Password
                        maxlength=limit required=self.required autofocus=self.focus spellcheck="false"
                        autocapitalize="off" autocomplete=self.autocomplete list=self.list
                        aria-invalid=invalid aria-describedby=described
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                };
                if kind == Kind::Password {
                    view! { <span class="input-with-button">{input}{eye(shown)}</span> }.into_any()
                } else {
                    input.into_any()
                }
            }
        };
        let hint = self.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> });
        view! {
            <div class="field">
                <label for=id>{self.label}</label>
                {input}
                {hint}
                {move || fault.get().map(|fault| view! { <p class="fault" id=fault_id.clone()>{fault}</p> })}
            </div>
        }
        .into_any()
    }
}

/// The button that shows what is typed.
pub fn eye(shown: RwSignal<bool>) -> AnyView {
    view! {
        <button
            type="button" class="icon-button" aria-pressed=move || shown.get().to_string() aria-label=tr!(secret.show_typed)
            title=tr!(secret.show_typed) on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            {move || icon(if shown.get() { "eye-off" } else { "eye" })}
        </button>
    }
    .into_any()
}

/// A labelled tick box.
pub fn tick(label: impl Into<String>, value: RwSignal<bool>) -> AnyView {
    view! {
        <label class="tick">
            <input type="checkbox" prop:checked=move || value.get() on:change=move |event| value.set(event_target_checked(&event)) />
            <span>{label.into()}</span>
        </label>
    }
    .into_any()
}

/// A labelled choice. Values are the places of the options in the list.
pub fn choice(label: impl Into<String>, options: Vec<String>, value: RwSignal<usize>) -> AnyView {
    let id = fresh_id("choice");
    let options = options.into_iter().enumerate().map(|(at, text)| {
        view! { <option value=at.to_string() selected=at == value.get_untracked()>{text}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label.into()}</label>
            <select
                id=id class="input" prop:value=move || value.get().to_string()
                on:change=move |event| value.set(event_target_value(&event).parse().unwrap_or_default())
            >
                {options.collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// An id that no other element has.
pub fn fresh_id(prefix: &str) -> String {
    thread_local! {
        static NEXT: Cell<u32> = const { Cell::new(0) };
    }
    let next = NEXT.get();
    NEXT.set(next.wrapping_add(1));
    format!("{prefix}-{next}")
}
