//! A QR code as one path, dark on light in every theme so that cameras read it.

use leptos::prelude::*;

use crate::bridge::QrCode;

/// The code with the quiet zone that readers need.
pub fn qr(code: &QrCode, label: &'static str) -> AnyView {
    let path = code.path.expose().to_owned();
    view! {
        <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {0} {0}", code.side) shape-rendering="crispEdges">
            <path d=path></path>
        </svg>
    }
    .into_any()
}
