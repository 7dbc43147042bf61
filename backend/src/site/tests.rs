//! What goes to the site and what does not, over the real router, in process.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use sealward_site::Assets;
use tower::ServiceExt as _;

use super::serve;

async fn ask(path: &str) -> Response<Body> {
    let page = Bytes::from_static(b"<!doctype html>page");
    let assets = Assets::of(BTreeMap::from([("index.html".to_owned(), page)]));
    let request = Request::builder().uri(path).header("accept", "text/html,application/xhtml+xml");
    serve(assets).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn no_operation_falls_through_to_the_page() {
    for path in ["/v1", "/v1/", "/v1/unknown", "/v1/unknown?x=1", "/healthz/x", "/readyz"] {
        let response = ask(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&response, "content-type"), "application/problem+json");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    }
    let page = ask("/v1x").await;
    assert_eq!((page.status(), header(&page, "content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(header(&page, "content-security-policy").contains("default-src 'none'"));
}
