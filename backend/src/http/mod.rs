//! HTTP: one adapter for every operation of the contract's list, health, the API's description, the site, and what
//! every answer goes through.

pub mod adapter;
pub mod address;
mod answer;
mod caller;
pub mod decode;
mod health;
mod layers;
pub mod listen;
mod openapi;
mod places;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    handler::Handler as _,
    middleware,
    response::Response,
    routing::{MethodFilter, get, on},
};
use sealward_contract::{
    for_each_operation,
    operations::{
        Method, Operation, ahead, audit, checkpoints, directory, export, factors, files, groups, invitations, keys,
        members, passkeys, records, recovery, requests, services, session, sync, team, vault, webhooks,
    },
    problem::Rejection,
};
use sealward_site::headers;
use tower::ServiceExt;

use crate::{server::App, site};

macro_rules! routes {
    ($($module:ident::$operation:ident),* $(,)?) => {
        fn operations() -> Router<Arc<App>> {
            Router::new()$(.route(
                <$module::$operation as Operation>::PATH,
                on(filter(<$module::$operation as Operation>::METHOD), adapter::serve::<$module::$operation>),
            ))*
        }
    };
}
for_each_operation!(routes);

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let api = operations()
        .route("/v1/openapi.json", get(openapi::describe))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(async || answer::rejected(&Rejection::MethodNotAllowed))
        .layer(middleware::from_fn(site::on_api));
    api.fallback_service(elsewhere.with_state(site::router()))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), layers::observe))
        .with_state(app)
}

/// What is no route: an unknown operation, or the site.
async fn elsewhere(State(site): State<Router>, request: Request) -> Response {
    if request.uri().path().starts_with("/v1/") {
        let mut response = answer::rejected(&Rejection::NotFound);
        headers::add_for_api(response.headers_mut());
        return response;
    }
    match site.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
