use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use sealward_contract::operations::{Empty, audit::ListAuditEvents};
use tower::ServiceExt;

use super::*;
use crate::testing::World;

async fn shown(world: &World) -> String {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = listen::router(world.server.app().clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn value(text: &str, sample: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

#[tokio::test]
async fn what_happened_is_counted() {
    let world = World::new();
    let mut ada = world.found("ada.lovelace").await;
    ada.make_vault(&world).await;
    let path = ada.path();
    let refused = world.call::<ListAuditEvents>(None, &path, &Default::default(), &Empty {}).await;
    assert_eq!(refused.unwrap_err().code(), "unauthenticated");
    world.send(Request::get("/nowhere").body(Body::empty()).unwrap()).await;
    let text = shown(&world).await;
    for (sample, expected) in [
        (r#"sealward_requests_total{operation="create_team",status="200"}"#, 1.0),
        (r#"sealward_requests_total{operation="list_audit_events",status="401"}"#, 1.0),
        (r#"sealward_requests_total{operation="site",status="404"}"#, 1.0),
        (r#"sealward_request_seconds_count{operation="create_vault"}"#, 1.0),
        (r#"sealward_request_seconds_bucket{operation="create_vault",le="+Inf"}"#, 1.0),
        (r#"sealward_refusals_total{code="unauthenticated"}"#, 1.0),
        ("sealward_releases_total", 0.0),
        // The team, the session, the vault.
        ("sealward_store_commits_total", 3.0),
        ("sealward_store_commit_operations_sum", 3.0),
        (r#"sealward_store_commit_operations_bucket{le="1"}"#, 3.0),
        ("sealward_store_read_only", 0.0),
        ("sealward_teams", 1.0),
        ("sealward_sessions", 1.0),
        ("sealward_event_streams", 0.0),
    ] {
        assert_eq!(value(&text, sample), Some(expected), "{sample} in\n{text}");
    }
    assert!(value(&text, "sealward_store_file_bytes").is_some_and(|bytes| bytes > 4096.0));
}

#[tokio::test]
async fn no_label_tells_of_a_user() {
    let world = World::new();
    let ada = world.found("ada.lovelace").await;
    world.send(Request::get("/v1/teams/secret-plans/vaults").body(Body::empty()).unwrap()).await;
    world.send(Request::get("/secret-plans?login=ada.lovelace").body(Body::empty()).unwrap()).await;
    let text = shown(&world).await;
    for told in ["ada", "secret", &ada.team.to_string(), &ada.id.to_string()] {
        assert!(
            !text.to_lowercase().replace("secrets that were released", "").replace("release_secret", "").contains(told),
            "{told} in\n{text}"
        );
    }
}

#[test]
fn latencies_fall_into_classes() {
    let metrics = Metrics::default();
    for millis in [1, 2, 250, 20_000] {
        metrics.answered("x", 200, Duration::from_millis(millis));
    }
    let requests = lock(&metrics.requests)["x"].clone();
    assert_eq!(requests.latencies, [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(requests.count(), 4);
}
