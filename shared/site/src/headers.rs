//! The headers that keep the page to itself, and those that every answer of the API carries.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// No inline script, no other origin, no frame but a file that is looked at: it inherits this policy, and runs nothing; `wasm-unsafe-eval` lets WebAssembly compile and nothing else.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; frame-src blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What no answer of the API may do, should a browser ever show one.
const API_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
    fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=(), clipboard-read=(), clipboard-write=(self), \
    publickey-credentials-create=(self), publickey-credentials-get=(self)";

const EVERYWHERE: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What every file of the site is given with.
pub fn of_page() -> impl Iterator<Item = (HeaderName, &'static str)> {
    let own = [
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ];
    EVERYWHERE.into_iter().chain(own)
}

/// For files of the site.
pub fn add_for_page(headers: &mut HeaderMap) {
    add(headers, of_page());
}

/// For answers of the API: nothing of them is kept by a browser or a proxy.
pub fn add_for_api(headers: &mut HeaderMap) {
    add(headers, EVERYWHERE);
    add(headers, [(CONTENT_SECURITY_POLICY, API_POLICY), (CACHE_CONTROL, "no-store")]);
}

fn add(headers: &mut HeaderMap, values: impl IntoIterator<Item = (HeaderName, &'static str)>) {
    headers.extend(values.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))));
}
