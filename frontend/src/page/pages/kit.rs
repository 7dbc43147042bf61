//! The emergency kit: shown, printed, downloaded, and typed back in part.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::start::outside;
use crate::bridge::{ConfirmKit, Error, KitView, SecretText};
use crate::page::app::App;
use crate::page::components::field::TextField;
use crate::page::components::form::Form;
use crate::page::components::icon::icon;
use crate::page::components::qr::qr;
use crate::page::language::tr;

/// The page between creating a team and using it.
pub fn first_page(app: App) -> AnyView {
    let Some(kit) = app.kit.get_untracked() else { return ().into_any() };
    let goes_on = move || {
        app.kit.set(None);
        leptos::task::spawn_local(app.read_status());
    };
    outside(
        app,
        view! {
            <div class="kit-page">
                <h1>{tr!(kit.title)}</h1>
                <p class="lead">{tr!(kit.lead)}</p>
                {sheet(&kit)}
                {confirm(kit, goes_on)}
            </div>
        }
        .into_any(),
    )
}

/// The sheet itself, with the ways to keep it. Only the sheet is printed.
pub fn sheet(kit: &Arc<KitView>) -> AnyView {
    let groups = kit.groups.iter().enumerate().map(|(at, group)| {
        view! { <li><span class="group-number">{at + 1}</span><code>{group.expose().to_owned()}</code></li> }
    });
    let for_file = Arc::clone(kit);
    view! {
        <section class="kit-sheet" aria-label=tr!(kit.sheet)>
            <header><span class="mark">{icon("mark")}</span><strong>{tr!(kit.sheet)}</strong></header>
            <div class="kit-columns">
                <div>
                    <dl class="kit-facts">
                        <dt>{tr!(create.team_name)}</dt><dd>{kit.team_name.clone()}</dd>
                        <dt>{tr!(sign_in.login_name)}</dt><dd>{kit.login_name.clone()}</dd>
                        <dt>{tr!(kit.address)}</dt><dd>{kit.origin.clone()}</dd>
                    </dl>
                    <h2>{tr!(kit.key)}</h2>
                    <ol class="kit-groups" translate="no">{groups.collect_view()}</ol>
                </div>
                {qr(&kit.qr, tr!(kit.qr))}
            </div>
            <p class="muted">{tr!(kit.sheet_hint)}</p>
        </section>
        <div class="buttons kit-buttons">
            <button type="button" class="button" on:click=move |_| { let _ = window().print(); }>
                {icon("printer")}<span>{tr!(kit.print)}</span>
            </button>
            <button type="button" class="button" on:click=move |_| download(&for_file)>
                {icon("download")}<span>{tr!(kit.download)}</span>
            </button>
        </div>
    }
    .into_any()
}

/// Some groups typed back, so that the kit is known to be legible before it is needed.
pub fn confirm(kit: Arc<KitView>, done: impl Fn() + Copy + 'static) -> AnyView {
    let asked: Vec<(u8, RwSignal<String>)> =
        kit.ask_for.iter().map(|group| (*group, RwSignal::new(String::new()))).collect();
    let form = Form::new();
    let fields = asked.iter().enumerate().map(|(at, (group, value))| {
        let field = TextField::new(tr!(kit.group, number = u32::from(*group) + 1), *value).required();
        if at == 0 { field.focus() } else { field }.view()
    });
    let fields = fields.collect_view();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = asked.iter().map(|(_, value)| SecretText::new(value.get_untracked())).collect();
        form.send(ConfirmKit { typed }, move |()| done());
    };
    let wrong = Signal::derive(move || form.fault.with(|fault| matches!(fault, Some(Error::KitNotConfirmed))));
    view! {
        <form class="form kit-confirm" class:wrong=wrong on:submit=send>
            <h2>{tr!(kit.confirm_title)}</h2>
            <p class="muted">{tr!(kit.confirm_hint)}</p>
            <div class="kit-asked">{fields}</div>
            {form.alert()}
            <div class="buttons end">{form.submit(tr!(kit.confirm))}</div>
        </form>
    }
    .into_any()
}

fn download(kit: &KitView) {
    let parts = js_sys::Array::of1(&JsValue::from_str(kit.file.expose()));
    let Ok(blob) = Blob::new_with_str_sequence(&parts) else { return };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(&kit.file_name);
        link.click();
    }
    let _ = Url::revoke_object_url(&url);
}
