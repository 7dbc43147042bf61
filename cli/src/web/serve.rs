//! The site on a socket of this machine, and the way from there to the team's server.

use super::{
    forward::{Answer, forward, read, refuse},
    gate::Gate,
    operations::{body_limit, is_api},
};
use crate::connection::Http;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{Either, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use sealward_client::local_web::{LENGTH, PROOF};
use sealward_contract::{operations::wire::Format, problem::Rejection};
use sealward_site::{Assets, answer, headers};
use serde::Serialize;
use std::{convert::Infallible, future::Future, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::sleep,
};

/// Most connections at a time; a browser opens six.
const CONNECTIONS: usize = 128;
/// Time for a browser to send a request's head.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Largest body of the request that trades the token.
const TOKEN_BYTES: usize = 256;
/// Where the token is traded for the key, and where a window asks whether its key is still good.
const ADMISSION: &str = "/local/admission";

/// The site on this machine.
pub struct Local {
    /// Who may ask.
    pub gate: Gate,
    /// The site.
    pub assets: Assets,
    /// The way to the team's server.
    pub server: Http,
    /// The address under which the team knows its server: what the page signs in to.
    pub origin: String,
}

/// What the page is told when it is let in.
#[derive(Serialize)]
struct Admitted<'a> {
    key: &'a str,
    server: &'a str,
}

/// Answers until it is told to end. What is still open then is broken off: event streams have no end of their own.
pub async fn serve(listener: TcpListener, local: Arc<Local>, end: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut end = std::pin::pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut end => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, mostly: connections that end give them back.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
        let local = Arc::clone(&local);
        connections.spawn(async move {
            connect(stream, local).await;
            drop(place);
        });
    }
}

async fn connect(stream: TcpStream, local: Arc<Local>) {
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| {
        let local = Arc::clone(&local);
        async move { Ok::<_, Infallible>(local.respond(request).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    // A browser that breaks off has nothing to be told.
    drop(builder.serve_connection(TokioIo::new(stream), service).await);
}

impl Local {
    async fn respond(&self, request: Request<Incoming>) -> Answer {
        let (method, path) = (request.method(), request.uri().path());
        if !self.gate.is_addressed(request.uri(), request.headers()) {
            return text(StatusCode::MISDIRECTED_REQUEST, "This is not the address of what listens here.\n");
        }
        let (is_admission, is_proof) = (path == ADMISSION, path == PROOF);
        if !is_admission && !is_proof && !is_api(path) {
            // The browser may keep something that another program gave it at this address, under the right name.
            let mut headers = request.headers().clone();
            headers.remove(header::IF_NONE_MATCH);
            let given = answer(&self.assets, method, path, &headers);
            return given.map(|bytes| Either::Left(Full::new(bytes)));
        }
        if !self.gate.is_own(method, request.headers()) {
            return text(StatusCode::FORBIDDEN, "Only the page that came from here may ask.\n");
        }
        if is_admission && method == Method::POST {
            return self.admit(request).await;
        }
        if is_proof {
            return self.prove(request).await;
        }
        if !self.gate.is_admitted(request.headers()) {
            return refuse(&Rejection::Unauthenticated);
        }
        if is_admission {
            return json(&serde_json::json!({}));
        }
        match body_limit(method, path) {
            Ok(limit) => forward(&self.server, request, limit).await,
            Err(rejection) => refuse(&rejection),
        }
    }

    async fn prove(&self, request: Request<Incoming>) -> Answer {
        match read(request.into_body(), LENGTH).await {
            Ok(nonce) => match self.gate.prove(&nonce) {
                Some(proof) => text(StatusCode::OK, proof),
                None => refuse(&Rejection::Malformed { at: "body".to_owned() }),
            },
            Err(rejection) => refuse(&rejection),
        }
    }

    async fn admit(&self, request: Request<Incoming>) -> Answer {
        let token = match read(request.into_body(), TOKEN_BYTES).await {
            Ok(token) => token,
            Err(rejection) => return refuse(&rejection),
        };
        match self.gate.admit(&token) {
            Some(key) => json(&Admitted { key: &key, server: &self.origin }),
            None => refuse(&Rejection::Unauthenticated),
        }
    }
}

fn json(value: &impl Serialize) -> Answer {
    let mut given = made(StatusCode::OK, Bytes::from(Format::Json.write(value)), Format::Json.media_type());
    headers::add_for_api(given.headers_mut());
    given
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut given = made(status, text.into(), "text/plain; charset=utf-8");
    headers::add_for_api(given.headers_mut());
    given
}

fn made(status: StatusCode, body: Bytes, kind: &'static str) -> Answer {
    let mut response = Response::new(Either::Left(Full::new(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
