//! What may be known of a key or a certificate without its secret, in an account's card.

use leptos::prelude::*;
use sealward_client::model::{CertificatePublic, Day, PublicPart, SecretType, SshPublic};

use super::copy::copy_button;
use crate::page::language::{day, today, tr};

/// Whether secrets of this kind have a half that is not secret.
pub const fn is_key_type(secret_type: SecretType) -> bool {
    matches!(secret_type, SecretType::SshKey | SecretType::Certificate)
}

/// The lines of a card.
pub fn public_lines(public: &PublicPart) -> AnyView {
    match public {
        PublicPart::SshKey(key) => ssh_key(key),
        PublicPart::Certificate(certificate) => certificate_lines(certificate),
    }
}

/// From when until when a certificate is valid.
pub fn validity(certificate: &CertificatePublic) -> String {
    tr!(keys.valid, from = day(Day::of(certificate.not_before)), until = day(Day::of(certificate.not_after)))
}

fn ssh_key(key: &SshPublic) -> AnyView {
    let locked = (key.locked == Some(true)).then(|| view! { <span class="badge">{tr!(keys.locked)}</span> });
    view! {
        {line(tr!(keys.public_key), view! { <span class="fact-value mono one-line">{key.line.clone()}</span> }.into_any(), Some(key.line.clone()))}
        {line(tr!(keys.fingerprint), mono(&key.fingerprint), Some(key.fingerprint.clone()))}
        {key.kind.clone().map(|kind| line(tr!(keys.kind), view! { <span class="fact-value">{kind}</span>{locked} }.into_any(), None))}
    }
    .into_any()
}

fn certificate_lines(certificate: &CertificatePublic) -> AnyView {
    let names = (!certificate.names.is_empty()).then(|| {
        let names = certificate.names.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
        let names = view! { <ul class="certificate-names">{names}</ul> }.into_any();
        line(tr!(keys.names), names, Some(certificate.names.join("\n")))
    });
    let left = Day::of(certificate.not_after).0 - today().0;
    let ends = match left {
        ..0 => Some(("badge bad", tr!(keys.expired))),
        0..30 => Some(("badge warn", tr!(keys.expires_soon))),
        _ => None,
    };
    let ends = ends.map(|(class, text)| view! { <span class=class>{text}</span> });
    let valid = view! { <span class="fact-value">{validity(certificate)}</span>{ends} }.into_any();
    view! {
        {line(tr!(keys.subject), plain(&certificate.subject), Some(certificate.subject.clone()))}
        {names}
        {line(tr!(keys.validity), valid, None)}
        {line(tr!(keys.issuer), plain(&certificate.issuer), None)}
        {line(tr!(keys.kind), plain(&certificate.key), None)}
        {line(tr!(keys.serial), mono(&certificate.serial), Some(certificate.serial.clone()))}
        {line(tr!(keys.fingerprint), mono(&certificate.fingerprint), Some(certificate.fingerprint.clone()))}
    }
    .into_any()
}

fn plain(text: &str) -> AnyView {
    view! { <span class="fact-value">{text.to_owned()}</span> }.into_any()
}

fn mono(text: &str) -> AnyView {
    view! { <span class="fact-value mono fingerprint">{text.to_owned()}</span> }.into_any()
}

fn line(label: &'static str, value: AnyView, copied: Option<String>) -> AnyView {
    let copy = copied.map(|text| copy_button(label, text));
    view! { <div class="fact"><dt>{label}</dt><dd>{value}{copy}</dd></div> }.into_any()
}
