//! The worker's end of the bridge: takes commands in the order in which they come, serves them side by side, and posts
//! answers and notices.

use super::{clock::scope, engine::Engine};
use crate::bridge::{Command, Error, FromWorker, Notice, ToWorker, decode, encode, serve};
use crate::parcel::{pack, unpack};
use futures_channel::mpsc;
use futures_util::StreamExt;
use js_sys::Uint8Array;
use sealward_contract::bytes::Bytes;
use wasm_bindgen::prelude::{Closure, JsCast};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, MessageEvent};
use zeroize::Zeroize;

/// Starts the engine and serves the page.
pub fn listen() {
    let (heard, mut commands) = mpsc::unbounded();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(parcel) = unpack(event.data()) {
            let _ = heard.unbounded_send(parcel);
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    spawn_local(async move {
        // Whether another window has an open session is known before anything is answered.
        let engine = Engine::start().await;
        while let Some((bytes, file)) = commands.next().await {
            spawn_local(answer(engine.clone(), bytes, file));
        }
    });
}

/// Tells the page something that it did not ask for.
pub fn tell(notice: Notice) {
    post(&FromWorker::Notice(notice), None);
}

async fn answer(engine: Engine, message: Uint8Array, file: Option<Blob>) {
    // A command may carry a password or a secret: neither copy of the message stays.
    let mut bytes = message.to_vec();
    message.fill(0, 0, message.length());
    let read = decode::<ToWorker>(&bytes);
    bytes.zeroize();
    let Ok(ToWorker { request, command }) = read else { return };
    engine.note_asked();
    if let (Command::UploadFile(ask), Some(file), Ok(open)) = (&command, file, engine.open()) {
        open.files.borrow_mut().give(ask.transfer, file);
    }
    let fetched = match &command {
        Command::DownloadFile(ask) => Some(ask.transfer),
        Command::RunExport(ask) => Some(ask.transfer),
        _ => None,
    };
    let result = serve(&engine, command).await;
    // What it is answered, it will ask more about.
    engine.note_asked();
    if matches!(result, Err(Error::SessionEnded)) {
        engine.end_from_outside();
    }
    let mut message = FromWorker::Answer { request, result: result.map(Bytes) };
    let made = fetched.and_then(|transfer| engine.open().ok()?.files.borrow_mut().take_made(transfer));
    post(&message, made.as_ref());
    if let FromWorker::Answer { result: Ok(answer), .. } = &mut message {
        answer.0.zeroize();
    }
}

fn post(message: &FromWorker, file: Option<&Blob>) {
    let Ok(mut bytes) = encode(message) else { return };
    let array = Uint8Array::from(bytes.as_slice());
    bytes.zeroize();
    let (message, handed_over) = pack(&array, file);
    let _ = scope().post_message_with_transfer(&message, &handed_over);
}
