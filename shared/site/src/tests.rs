//! What browsers and programs are given, asked as they ask.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};

use super::{Assets, answer, headers};

const FILES: [(&str, &str); 5] = [
    ("index.html", "<!doctype html>page"),
    ("index.html.br", "page, compressed"),
    ("assets/page-0011.wasm", "wasm"),
    ("assets/page-0011.wasm.br", "wasm, compressed"),
    ("icon.svg", "<svg/>"),
];

fn site(files: &[(&str, &str)]) -> Assets {
    Assets::of(
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Bytes::copy_from_slice(text.as_bytes())))
            .collect::<BTreeMap<_, _>>(),
    )
}

fn ask(files: &[(&str, &str)], method: &str, path: &str, with: &[(&'static str, &str)]) -> Response<Bytes> {
    let mut request = HeaderMap::new();
    for (name, value) in with {
        request.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    answer(&site(files), &Method::from_bytes(method.as_bytes()).unwrap(), path, &request)
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn body(response: Response<Bytes>) -> String {
    String::from_utf8(response.into_body().to_vec()).unwrap()
}

const PAGE: [(&str, &str); 1] = [("accept", "text/html,application/xhtml+xml")];

#[test]
fn every_page_route_gives_the_page_with_its_policy() {
    for path in ["/", "/sign-in", "/create", "/team/vaults/1"] {
        let response = ask(&FILES, "GET", path, &PAGE);
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert_eq!(header(&response, "content-security-policy"), headers::PAGE_POLICY);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(&response, name), value, "{name}");
        }
        assert!(header(&response, "permissions-policy").contains("camera=()"));
        assert_eq!(body(response), "<!doctype html>page");
    }
}

#[test]
fn the_policy_allows_no_inline_script_and_no_other_origin() {
    assert!(!headers::PAGE_POLICY.contains("unsafe-inline"));
    assert!(!headers::PAGE_POLICY.contains("'unsafe-eval'"));
    assert!(!headers::PAGE_POLICY.contains("http"));
    assert!(headers::PAGE_POLICY.starts_with("default-src 'none';"));
}

#[test]
fn programs_that_ask_for_no_page_get_none() {
    for (path, with) in [
        ("/nothing", &[][..]),
        ("/nothing", &[("accept", "*/*")][..]),
        ("/assets/gone.js", &PAGE[..]),
        ("/.gitignore", &[][..]),
    ] {
        let response = ask(&FILES, "GET", path, with);
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    }
    // The compressed forms have no address of their own.
    assert_eq!(ask(&FILES, "GET", "/index.html.br", &[]).status(), StatusCode::NOT_FOUND);
}

#[test]
fn hashed_files_are_kept_for_ever_and_named_ones_asked_for_again() {
    let response = ask(&FILES, "GET", "/assets/page-0011.wasm", &[]);
    assert_eq!(header(&response, "content-type"), "application/wasm");
    assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&response, "content-encoding"), "");
    assert_eq!(body(response), "wasm");
    let response = ask(&FILES, "GET", "/icon.svg", &[]);
    assert_eq!(header(&response, "content-type"), "image/svg+xml");
    assert_eq!(header(&response, "cache-control"), "no-cache");
}

#[test]
fn the_compressed_form_goes_to_those_who_take_it() {
    for (accepted, compressed) in [
        ("br", true),
        ("gzip, deflate, br;q=0.5", true),
        ("BR", true),
        ("gzip", false),
        ("br;q=0", false),
        ("brx", false),
    ] {
        let response = ask(&FILES, "GET", "/assets/page-0011.wasm", &[("accept-encoding", accepted)]);
        assert_eq!(header(&response, "content-encoding") == "br", compressed, "{accepted}");
        assert_eq!(header(&response, "vary"), "accept-encoding");
        assert_eq!(body(response), if compressed { "wasm, compressed" } else { "wasm" });
    }
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let first = ask(&FILES, "GET", "/", &[("accept-encoding", "br")]);
    let tag = header(&first, "etag").to_owned();
    assert_ne!(tag, header(&ask(&FILES, "GET", "/", &[]), "etag"), "each form has its own tag");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = ask(&FILES, "GET", "/", &[("accept-encoding", "br"), ("if-none-match", &known)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&again, "content-security-policy"), headers::PAGE_POLICY);
        assert_eq!(body(again), "");
    }
    let other = ask(&FILES, "GET", "/", &[("accept-encoding", "br"), ("if-none-match", "\"x\"")]);
    assert_eq!(other.status(), StatusCode::OK);
}

#[test]
fn only_reading_is_answered() {
    let response = ask(&FILES, "POST", "/", &PAGE);
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&response, "allow"), "GET, HEAD");
    let response = ask(&FILES, "HEAD", "/", &PAGE);
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(body(response), "");
}

#[test]
fn a_server_without_a_site_says_so() {
    let response = ask(&[], "GET", "/", &PAGE);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&response, "content-security-policy"), headers::PAGE_POLICY);
    assert!(body(response).contains("The site is not built"));
}
