//! A transport that calls the router, records what went over it, and lies where a test says so.

use super::lie::{Asked, Lie};
use axum::{Router, body::Body, extract::ConnectInfo};
use http::{Request, Response, header};
use http_body_util::BodyExt;
use sealward_client::transport::{ByteStream, HttpRequest, HttpResponse, Transport, Unreachable};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    sync::{Arc, Mutex},
};
use tower::ServiceExt;

/// A status and a whole body.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Every request's target and body, and every answer's body.
#[derive(Clone, Default)]
pub struct Recorded(Arc<Mutex<Vec<Vec<u8>>>>);

impl Recorded {
    pub(super) fn note(&self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.0.lock().unwrap().push(bytes.to_vec());
        }
    }

    pub fn all(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().clone()
    }
}

/// Calls a router in this process. Clones are the same connection.
#[derive(Clone)]
pub struct InProcess {
    router: Router,
    recorded: Recorded,
    address: SocketAddr,
    lie: Rc<RefCell<Option<Lie>>>,
    cut: Rc<Cell<bool>>,
    sent: Rc<Cell<usize>>,
    lost: Rc<Cell<usize>>,
}

impl InProcess {
    pub fn new(router: Router, recorded: Recorded, address: SocketAddr) -> Self {
        Self {
            router,
            recorded,
            address,
            lie: Rc::default(),
            cut: Rc::default(),
            sent: Rc::default(),
            lost: Rc::default(),
        }
    }

    /// From now on every answer goes through this.
    pub fn lie(&self, lie: impl FnMut(&Asked<'_>, Answered) -> Answered + 'static) {
        *self.lie.borrow_mut() = Some(Box::new(lie));
    }

    /// The truth again.
    pub fn tell_the_truth(&self) {
        *self.lie.borrow_mut() = None;
    }

    /// Cuts the connection, or mends it.
    pub fn set_cut(&self, cut: bool) {
        self.cut.set(cut);
    }

    /// The next answers never come back, though what was asked is done.
    pub fn lose_answers(&self, count: usize) {
        self.lost.set(count);
    }

    /// How many requests were sent.
    pub fn sent(&self) -> usize {
        self.sent.get()
    }

    /// Sends any request at all.
    pub async fn request(&self, mut request: Request<Vec<u8>>) -> Result<Response<Body>, Unreachable> {
        if self.cut.get() {
            return Err(Unreachable);
        }
        self.sent.set(self.sent.get() + 1);
        self.recorded.note(request.uri().to_string().as_bytes());
        self.recorded.note(request.body());
        request.extensions_mut().insert(ConnectInfo(self.address));
        let router = self.router.clone();
        Ok(router.oneshot(request.map(Body::from)).await.unwrap_or_else(|never| match never {}))
    }

    /// The status of an answer that may have no end.
    pub async fn status_of(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.request(request.body(Vec::new()).unwrap()).await.unwrap().status().as_u16()
    }

    fn is_lying(&self) -> bool {
        self.lie.borrow().is_some()
    }

    fn twist(&self, request: &HttpRequest, answered: Answered) -> Answered {
        let asked = Asked { method: request.method, target: &request.target };
        match &mut *self.lie.borrow_mut() {
            Some(lie) => lie(&asked, answered),
            None => answered,
        }
    }
}

fn prepare(request: &HttpRequest) -> Request<Vec<u8>> {
    // Hints come as an event stream whatever form is asked for; all else in the form asked for.
    let accept = match request.streams {
        true => format!("{}, text/event-stream", request.format.sequence_media_type()),
        false => request.format.media_type().to_owned(),
    };
    let mut prepared =
        Request::builder().method(request.method.as_str()).uri(&request.target).header(header::ACCEPT, accept);
    if let Some(token) = &request.token {
        prepared = prepared.header(header::AUTHORIZATION, format!("Bearer {}", token.expose()));
    }
    if let Some(key) = &request.key {
        prepared = prepared.header("idempotency-key", key);
    }
    if !request.body.is_empty() {
        prepared = prepared.header(header::CONTENT_TYPE, request.format.media_type());
    }
    prepared.body(request.body.clone()).unwrap()
}

impl Transport for InProcess {
    type Stream = Arriving;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let answer = self.request(prepare(&request)).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(|_| Unreachable)?.to_bytes().to_vec();
        self.recorded.note(&body);
        if let Some(left) = self.lost.get().checked_sub(1) {
            self.lost.set(left);
            return Err(Unreachable);
        }
        let Answered { status, body } = self.twist(&request, Answered { status, body });
        Ok(HttpResponse { status, body })
    }

    async fn open(&self, request: HttpRequest) -> Result<(u16, Arriving), Unreachable> {
        let answer = self.request(prepare(&request)).await?;
        let status = answer.status().as_u16();
        if !self.is_lying() {
            return Ok((
                status,
                Arriving { source: Source::Body(answer.into_body()), recorded: self.recorded.clone() },
            ));
        }
        let body = answer.into_body().collect().await.map_err(|_| Unreachable)?.to_bytes().to_vec();
        let Answered { status, body } = self.twist(&request, Answered { status, body });
        Ok((status, Arriving { source: Source::Whole(Some(body)), recorded: self.recorded.clone() }))
    }
}

enum Source {
    Body(Body),
    Whole(Option<Vec<u8>>),
}

/// A body as it arrives.
pub struct Arriving {
    source: Source,
    recorded: Recorded,
}

impl ByteStream for Arriving {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Unreachable> {
        let next = match &mut self.source {
            Source::Whole(whole) => whole.take(),
            Source::Body(body) => loop {
                match body.frame().await {
                    None => break None,
                    Some(frame) => {
                        if let Ok(data) = frame.map_err(|_| Unreachable)?.into_data() {
                            break Some(data.to_vec());
                        }
                    }
                }
            },
        };
        if let Some(bytes) = &next {
            self.recorded.note(bytes);
        }
        Ok(next)
    }
}

/// A request written by hand: the status and body of its answer.
pub async fn raw(
    wire: &InProcess,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Answered {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = wire.request(request.body(body.into()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes().to_vec();
    wire.recorded.note(&body);
    Answered { status, body }
}
