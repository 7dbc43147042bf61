//! One unlock serves the browser: what the windows of this browser tell each other over a BroadcastChannel. A session
//! travels only sealed to a key that the asking window has just made.

use super::{clock::scope, device_store::Standing};
use crate::bridge::{TeamId, decode, encode};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use sealward_client::session::HandoverRequest;
use sealward_contract::bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

/// Name of the channel, and of the lock that every window with an open session holds.
const NAME: &str = "sealward";

/// What a window says to the others.
#[derive(Serialize, Deserialize)]
pub enum Word {
    /// Asks for the session.
    Asks {
        /// Comes back with the answer; random.
        ask: [u8; 16],
        /// What to seal it to.
        key: Box<HandoverRequest>,
    },
    /// Gives the session.
    Gives {
        /// Whose request this answers.
        ask: [u8; 16],
        /// The session, sealed.
        envelope: Bytes,
        /// What holds for the team in this browser.
        standing: Standing,
    },
    /// A session of this team was opened: who has none may ask, and who has another team's locks it.
    Opened(TeamId),
    /// Password or Secret Key were changed: who has this team's session asks for the new one.
    Renewed(TeamId),
    /// Settings of a team changed.
    Settled(TeamId, Standing),
    /// The person did something.
    Touched,
    /// Everything is locked.
    Locked,
    /// The person signed out.
    SignedOut(TeamId),
    /// Favourites, views or the look of lists changed.
    Kept(TeamId),
}

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, options: &Object, callback: &Function) -> Promise;

    #[wasm_bindgen(method)]
    fn query(this: &LockManager) -> Promise;
}

/// The channel to the other windows.
pub struct Windows {
    channel: Option<BroadcastChannel>,
    /// Gives the lock of an open session back.
    release: RefCell<Option<Function>>,
}

impl Windows {
    /// Opens the channel.
    pub fn open() -> Self {
        Self { channel: BroadcastChannel::new(NAME).ok(), release: RefCell::new(None) }
    }

    /// Passes on what other windows say.
    pub fn listen(&self, hear: impl Fn(Word) + 'static) {
        let Some(channel) = &self.channel else { return };
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let Ok(bytes) = event.data().dyn_into::<Uint8Array>() else { return };
            // What cannot be read comes from a window with another version of the program.
            if let Ok(word) = decode(&bytes.to_vec()) {
                hear(word);
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
    }

    /// Says something to all other windows.
    pub fn say(&self, word: &Word) {
        if let (Some(channel), Ok(bytes)) = (&self.channel, encode(word)) {
            let _ = channel.post_message(&Uint8Array::from(bytes.as_slice()));
        }
    }

    /// Lets other windows see that this one has an open session. The browser takes the sign back when the window closes.
    pub fn hold(&self) {
        let Some(locks) = locks() else { return };
        self.let_go();
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        self.release.replace(release);
        let options = Object::new();
        let _ = Reflect::set(&options, &"mode".into(), &"shared".into());
        let callback = Closure::once_into_js(move || held);
        let _ = locks.request(NAME, &options, callback.unchecked_ref());
    }

    /// Takes that sign back.
    pub fn let_go(&self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }

    /// Whether some window has an open session.
    pub async fn is_anyone_open(&self) -> bool {
        // Without locks nobody knows, and asking is all that is left.
        let Some(locks) = locks() else { return true };
        let Ok(state) = JsFuture::from(locks.query()).await else { return true };
        let held = Reflect::get(&state, &"held".into()).ok().and_then(|held| held.dyn_into::<Array>().ok());
        held.is_some_and(|held| {
            held.iter().any(|lock| {
                Reflect::get(&lock, &"name".into()).ok().and_then(|name| name.as_string()).as_deref() == Some(NAME)
            })
        })
    }
}

fn locks() -> Option<LockManager> {
    let locks = Reflect::get(&scope().navigator(), &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
