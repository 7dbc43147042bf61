//! The page's end of the bridge: sends commands to the worker that `boot.js` started and waits for the answers.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use js_sys::{Reflect, Uint8Array};
use leptos::logging::error;
use leptos::prelude::{RwSignal, Set, WithUntracked};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker};

use crate::bridge::{Ask, Command, Error, FromWorker, GiveReason, Notice, ToWorker, decode, encode};
use crate::page::reason;
use crate::page::second_factor;
use crate::parcel::{pack, unpack};

thread_local! {
    static ENGINE: Engine = const {
        Engine { worker: RefCell::new(None), next: Cell::new(0), waiting: RefCell::new(BTreeMap::new()) }
    };
}

struct Engine {
    worker: RefCell<Option<Worker>>,
    next: Cell<u32>,
    waiting: RefCell<BTreeMap<u32, Slot>>,
}

enum Slot {
    Empty,
    Waits(Waker),
    Full(Result<Answered, Error>),
}

/// The encoded answer, and the file that came with it.
struct Answered {
    bytes: Vec<u8>,
    file: Option<Blob>,
}

/// Connects to the worker; notices go to `heard`. Call once, before anything is asked.
pub fn connect(heard: impl Fn(Notice) + 'static) {
    let Some(worker) = find_worker() else {
        error!("boot.js left no worker");
        return;
    };
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Some((bytes, file)) = unpack(event.data()) else { return };
        match decode(&bytes.to_vec()) {
            Ok(FromWorker::Answer { request, result }) => {
                settle(request, result.map(|bytes| Answered { bytes: bytes.0, file }));
            }
            Ok(FromWorker::Notice(notice)) => heard(notice),
            Err(_) => error!("unreadable message from the worker"),
        }
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let on_error = Closure::<dyn Fn()>::new(|| {
        let all: Vec<u32> = ENGINE.with(|engine| engine.waiting.borrow().keys().copied().collect());
        for request in all {
            settle(request, Err(Error::Bridge));
        }
    });
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    on_error.forget();
    ENGINE.with(|engine| engine.worker.replace(Some(worker)));
}

/// Asks the worker.
///
/// # Errors
/// Whatever the worker answers, or [`Error::Bridge`] when it cannot be reached.
pub async fn ask<A: Ask>(ask: A) -> Result<A::Answer, Error> {
    decode(&exchange(ask.into(), None).await?.bytes)
}

/// Keeps what was read anew. Where it is the same as before nothing is drawn again, so that an open menu, the focus and what
/// is being read stay where they are.
pub fn keep<T: PartialEq + Send + Sync + 'static>(kept: RwSignal<T>, read: T) {
    if kept.try_with_untracked(|before| *before != read) == Some(true) {
        kept.set(read);
    }
}

/// Asks the worker for something that takes a file along.
///
/// # Errors
/// As [`ask`].
pub async fn send_file<A: Ask>(ask: A, file: &Blob) -> Result<A::Answer, Error> {
    decode(&exchange(ask.into(), Some(file)).await?.bytes)
}

/// Asks the worker for a file.
///
/// # Errors
/// As [`ask`].
pub async fn fetch_file<A: Ask>(ask: A) -> Result<(A::Answer, Blob), Error> {
    let Answered { bytes, file } = exchange(ask.into(), None).await?;
    Ok((decode(&bytes)?, file.ok_or(Error::Bridge)?))
}

/// Asks, and asks once more for as long as the person confirms with a second factor what was refused for lack of it. What
/// releases secrets does not come back with that: the worker has the person asked, and goes on where it was. The same with a
/// reason that a policy asks for, where the form that was sent has no field for one.
async fn exchange(command: Command, file: Option<&Blob>) -> Result<Answered, Error> {
    let mut reasoned = false;
    let answered = loop {
        match exchange_once(&command, file).await {
            Err(Error::SecondFactorNeeded(held)) if second_factor::ask_for(held).await => {}
            Err(Error::ReasonNeeded) if !reasoned && !has_reason(&command) => {
                let Some(reason) = reason::ask_for().await else { break Err(Error::ReasonNeeded) };
                exchange_once(&GiveReason { reason: Some(reason) }.into(), None).await?;
                reasoned = true;
            }
            answered => break answered,
        }
    };
    if reasoned {
        // Where the session has ended meanwhile, the reason went with it: the answer stays what it is.
        drop(exchange_once(&GiveReason { reason: None }.into(), None).await);
    }
    answered
}

/// Whether a form has a field of its own for a reason.
fn has_reason(command: &Command) -> bool {
    matches!(command, Command::AskForSecret(_) | Command::CheckOutAhead(_) | Command::RunExport(_))
}

async fn exchange_once(command: &Command, file: Option<&Blob>) -> Result<Answered, Error> {
    let request = ENGINE.with(|engine| {
        let request = engine.next.get();
        engine.next.set(request.wrapping_add(1));
        let bytes = Uint8Array::from(encode(&ToWorker { request, command })?.as_slice());
        let worker = engine.worker.borrow();
        let worker = worker.as_ref().ok_or(Error::Bridge)?;
        let (message, handed_over) = pack(&bytes, file);
        worker.post_message_with_transfer(&message, &handed_over).map_err(|_| Error::Bridge)?;
        engine.waiting.borrow_mut().insert(request, Slot::Empty);
        Ok::<_, Error>(request)
    })?;
    poll_fn(|context| {
        ENGINE.with(|engine| {
            let mut waiting = engine.waiting.borrow_mut();
            match waiting.remove(&request) {
                Some(Slot::Full(result)) => Poll::Ready(result),
                Some(_) => {
                    waiting.insert(request, Slot::Waits(context.waker().clone()));
                    Poll::Pending
                }
                None => Poll::Ready(Err(Error::Bridge)),
            }
        })
    })
    .await
}

fn settle(request: u32, result: Result<Answered, Error>) {
    let before = ENGINE.with(|engine| {
        let mut waiting = engine.waiting.borrow_mut();
        // What nobody waits for any more is dropped.
        waiting.contains_key(&request).then(|| waiting.insert(request, Slot::Full(result)))
    });
    if let Some(Some(Slot::Waits(waker))) = before {
        waker.wake();
    }
}

fn find_worker() -> Option<Worker> {
    let shelf = Reflect::get(&js_sys::global(), &JsValue::from_str("sealward")).ok()?;
    Reflect::get(&shelf, &JsValue::from_str("worker")).ok()?.dyn_into().ok()
}
