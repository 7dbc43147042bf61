//! A client's transport that either sends, or keeps what it would have sent: so that valid writes, each built on the one
//! before, can be made beforehand.

use crate::load::{Connection, Prepared};
use sealward_client::transport::{ByteStream, HttpRequest, HttpResponse, Transport, Unreachable};
use sealward_contract::operations::{records::BatchWritten, wire::Format};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
};

/// What becomes of requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are sent.
    Send,
    /// They are kept, and answered as if written.
    KeepAndAccept,
    /// They are kept, and answered as if the server were away.
    KeepAndFail,
}

struct Shared {
    mode: Cell<Mode>,
    kept: RefCell<Vec<Prepared>>,
}

/// The side that decides, and takes what was kept.
#[derive(Clone)]
pub struct Control(Rc<Shared>);

impl Control {
    pub fn set(&self, mode: Mode) {
        self.0.mode.set(mode);
    }

    pub fn take(&self) -> Vec<Prepared> {
        self.0.kept.take()
    }
}

pub struct Capture {
    address: SocketAddr,
    shared: Rc<Shared>,
    connection: futures_util::lock::Mutex<Option<Connection>>,
}

impl Capture {
    pub fn new(address: SocketAddr) -> (Self, Control) {
        let shared = Rc::new(Shared { mode: Cell::new(Mode::Send), kept: RefCell::new(Vec::new()) });
        let control = Control(Rc::clone(&shared));
        (Self { address, shared, connection: futures_util::lock::Mutex::new(None) }, control)
    }

    async fn exchange(&self, prepared: &Prepared) -> Result<HttpResponse, Unreachable> {
        let mut slot = self.connection.lock().await;
        if slot.is_none() {
            *slot = Some(Connection::open(self.address).await.map_err(|_| Unreachable)?);
        }
        let connection = slot.as_mut().ok_or(Unreachable)?;
        match connection.send(prepared, true).await {
            Ok((status, _, body)) => Ok(HttpResponse { status, body }),
            Err(_) => {
                // The program was started anew, perhaps: the next request opens another connection.
                *slot = None;
                Err(Unreachable)
            }
        }
    }
}

fn prepare(request: HttpRequest) -> Prepared {
    let accept = if request.streams { request.format.sequence_media_type() } else { request.format.media_type() };
    Prepared {
        method: request.method.as_str(),
        target: request.target,
        token: request.token.map(|token| token.expose().to_owned()),
        content_type: request.format.media_type(),
        accept,
        forwarded_for: None,
        body: request.body.into(),
    }
}

/// A streamed answer, read whole.
pub struct Whole(Option<Vec<u8>>);

impl ByteStream for Whole {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Unreachable> {
        Ok(self.0.take())
    }
}

impl Transport for Capture {
    type Stream = Whole;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let prepared = prepare(request);
        match self.shared.mode.get() {
            Mode::Send => self.exchange(&prepared).await,
            Mode::KeepAndAccept => {
                self.shared.kept.borrow_mut().push(prepared);
                let body = Format::Cbor.write(&BatchWritten { written: Vec::new() });
                Ok(HttpResponse { status: 200, body })
            }
            Mode::KeepAndFail => {
                self.shared.kept.borrow_mut().push(prepared);
                Err(Unreachable)
            }
        }
    }

    async fn open(&self, request: HttpRequest) -> Result<(u16, Whole), Unreachable> {
        let prepared = prepare(request);
        if self.shared.mode.get() != Mode::Send {
            self.shared.kept.borrow_mut().push(prepared);
            return Err(Unreachable);
        }
        let answer = self.exchange(&prepared).await?;
        Ok((answer.status, Whole(Some(answer.body))))
    }
}
