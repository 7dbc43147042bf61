//! What holds for every operation alike: bad input gets a typed answer and changes nothing.

use axum::body::Body;
use http::{Request, StatusCode};
use sealward_contract::{
    limits,
    operations::{ALL, Access, Description, Method},
    problem::PROBLEM_JSON,
};
use serde_json::Value;

use crate::testing::{Member, World};

const ID: &str = "00112233-4455-6677-8899-aabbccddeeff";

/// A path of an operation in a member's team, where nothing else exists.
fn path(operation: &Description, team: &str) -> String {
    let mut path = operation.path.replace("{team}", team);
    for place in [
        "{vault}",
        "{session}",
        "{id}",
        "{member}",
        "{invite}",
        "{group}",
        "{passkey}",
        "{webhook}",
        "{request}",
        "{ahead}",
    ] {
        path = path.replace(place, ID);
    }
    path.replace("{index}", "0")
}

fn sends_body(operation: &Description) -> bool {
    matches!(operation.method, Method::Post | Method::Put)
}

struct Attempt<'a> {
    token: Option<&'a str>,
    content_type: &'a str,
    accept: &'a str,
    body: Vec<u8>,
}

impl Default for Attempt<'_> {
    fn default() -> Self {
        Self { token: None, content_type: "application/json", accept: "*/*", body: Vec::new() }
    }
}

/// Sends a request that must be refused, and gives status and code.
async fn refused(world: &World, operation: &Description, team: &str, attempt: Attempt<'_>) -> (u16, String) {
    let before = world.server.app().store.commits();
    let mut request = Request::builder()
        .method(operation.method.as_str())
        .uri(path(operation, team))
        .header("content-type", attempt.content_type)
        .header("accept", attempt.accept);
    if let Some(token) = attempt.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let (status, headers, bytes) = world.send(request.body(Body::from(attempt.body)).unwrap()).await;
    assert!(status.is_client_error(), "{}: {status}", operation.name);
    assert_eq!(headers["content-type"], PROBLEM_JSON, "{}", operation.name);
    assert_eq!(headers["cache-control"], "no-store");
    assert!(headers.contains_key("x-request-id"));
    assert_eq!(world.server.app().store.commits(), before, "{} changed something", operation.name);
    let problem: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(problem["status"], status.as_u16());
    (status.as_u16(), problem["code"].as_str().unwrap().to_owned())
}

async fn world() -> (World, Member) {
    let world = World::new();
    let ada = world.found("ada").await;
    (world, ada)
}

#[tokio::test]
async fn without_a_session_nobody_gets_in() {
    let (world, ada) = world().await;
    let team = ada.team.to_string();
    let bob = world.found("bob").await;
    for operation in ALL.iter().filter(|operation| operation.access != Access::Anyone) {
        for token in [None, Some(""), Some("x"), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
            let answer = refused(&world, operation, &team, Attempt { token, ..Attempt::default() }).await;
            assert_eq!(answer, (401, "unauthenticated".to_owned()), "{}", operation.name);
        }
        let foreign = Attempt { token: Some(&bob.token), ..Attempt::default() };
        let answer = refused(&world, operation, &team, foreign).await;
        assert_eq!(answer, (404, "not_found".to_owned()), "{}", operation.name);
    }
}

#[tokio::test]
async fn bodies_are_whole_and_of_their_type() {
    let (world, ada) = world().await;
    let team = ada.team.to_string();
    for operation in ALL.iter().filter(|operation| sends_body(operation)) {
        for (content_type, body, code) in [
            ("application/json", &b""[..], "malformed"),
            ("application/json", b"{", "malformed"),
            ("application/json", b"[]", "malformed"),
            ("application/json", b"{} {}", "malformed"),
            ("application/json", b"\xff", "malformed"),
            ("application/json", br#"{"unknown":1}"#, "malformed"),
            ("application/cbor", b"", "malformed"),
            ("application/cbor", b"\xa1", "malformed"),
            ("application/cbor", b"\xa1\x61x\x01", "malformed"),
            ("application/cbor", b"\x9f\x9f\x9f\x9f", "malformed"),
            ("text/plain", b"{}", "unsupported_media_type"),
            ("", b"{}", "unsupported_media_type"),
        ] {
            let attempt = Attempt { token: Some(&ada.token), content_type, body: body.to_vec(), ..Attempt::default() };
            let answer = refused(&world, operation, &team, attempt).await;
            assert_eq!(answer.1, code, "{} {content_type} {body:?}", operation.name);
        }
        let attempt =
            Attempt { token: Some(&ada.token), body: vec![b' '; limits::BATCH_BODY + 1], ..Attempt::default() };
        assert_eq!(refused(&world, operation, &team, attempt).await, (413, "too_large".to_owned()));
    }
    for operation in ALL.iter().filter(|operation| !sends_body(operation)) {
        let attempt = Attempt { token: Some(&ada.token), body: b"{\"x\":1}".to_vec(), ..Attempt::default() };
        let answer = refused(&world, operation, &team, attempt).await;
        assert_eq!(answer, (400, "malformed".to_owned()), "{}", operation.name);
    }
}

#[tokio::test]
async fn answers_come_in_the_form_asked_for_or_not_at_all() {
    let (world, ada) = world().await;
    let team = ada.team.to_string();
    for operation in ALL {
        let attempt = Attempt { token: Some(&ada.token), accept: "image/png", ..Attempt::default() };
        let answer = refused(&world, operation, &team, attempt).await;
        assert_eq!(answer, (406, "not_acceptable".to_owned()), "{}", operation.name);
    }
    for (accept, content_type) in [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/cbor", "application/cbor"),
        ("text/html, application/cbor;q=0.5", "application/cbor"),
    ] {
        let request = Request::get("/v1/server").header("accept", accept).body(Body::empty()).unwrap();
        let (status, headers, _) = world.send(request).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, content_type));
    }
}

#[tokio::test]
async fn ids_have_one_spelling_and_queries_no_unknown_fields() {
    let (world, ada) = world().await;
    let vault = ID.to_uppercase();
    for target in [
        format!("/v1/teams/{}/vaults/{vault}", ada.team),
        format!("/v1/teams/{}/vaults/..", ada.team),
        format!("/v1/teams/{}/vaults?unknown=1", ada.team),
        format!("/v1/teams/{}/vaults?limit=-1", ada.team),
        format!("/v1/teams/{}/vaults?limit=1&limit=2", ada.team),
        format!("/v1/teams/{}/vaults?cursor=x", ada.team),
    ] {
        let request = Request::get(&target).header("authorization", format!("Bearer {}", ada.token));
        let (status, _, bytes) = world.send(request.body(Body::empty()).unwrap()).await;
        let problem: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((status.as_u16(), problem["code"].as_str()), (400, Some("malformed")), "{target}");
    }
}

#[tokio::test]
async fn what_is_no_operation_is_a_problem_too() {
    let world = World::new();
    for (method, path, status) in
        [("GET", "/v1/nothing", 404), ("GET", "/v1/", 404), ("PATCH", "/v1/server", 405), ("DELETE", "/v1/teams", 405)]
    {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let (answered, headers, _) = world.send(request).await;
        assert_eq!((answered.as_u16(), headers["content-type"].to_str().unwrap()), (status, PROBLEM_JSON), "{path}");
    }
    for path in ["/healthz", "/readyz", "/v1/openapi.json"] {
        let (status, headers, _) = world.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn refusals_name_the_place_and_never_the_value() {
    let world = World::new();
    let body = r#"{"team":"secret-value","login_name":"ada"}"#;
    let request = Request::post("/v1/challenges").header("content-type", "application/json").body(body.into()).unwrap();
    let (_, _, bytes) = world.send(request).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(r#""at":"team""#) && !text.contains("secret-value"), "{text}");
}
