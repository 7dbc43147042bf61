//! The worker's clock: the time, waiting, and making way for whoever else wants to run.

use futures_util::future::{Either, select};
use js_sys::{Date, Promise};
use sealward_client::model::Day;
use sealward_contract::ids::Timestamp;
use std::pin::pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel};

/// The worker's own global object.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Now.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970 fit for ever")]
pub fn now() -> Timestamp {
    Timestamp(Date::now() as u64)
}

/// A time as the page counts it, in milliseconds since 1970.
pub fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

/// Today, by the calendar of where the browser is.
#[expect(clippy::cast_possible_truncation, reason = "days since 1970 fit for ever")]
pub fn today() -> Day {
    let now = Date::new_0();
    Day(((now.get_time() - now.get_timezone_offset() * 60_000.0) / 86_400_000.0).floor() as i32)
}

/// Waits so many milliseconds.
pub async fn sleep(millis: i32) {
    let mut timer = Timer(None);
    let promise = Promise::new(&mut |resolve, _| {
        timer.0 = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok();
    });
    let _ = JsFuture::from(promise).await;
}

/// A timer that is stopped when nobody waits for it any more.
struct Timer(Option<i32>);

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(timer) = self.0 {
            scope().clear_timeout_with_handle(timer);
        }
    }
}

/// Lets messages and other tasks run before going on. By a message of its own: browsers let timers wait 4 ms and more.
pub async fn make_way() {
    let Ok(channel) = MessageChannel::new() else { return sleep(0).await };
    let port = channel.port1();
    let promise = Promise::new(&mut |resolve, _| {
        port.set_onmessage(Some(&resolve));
        if channel.port2().post_message(&JsValue::NULL).is_err() {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    });
    let _ = JsFuture::from(promise).await;
    port.close();
}

/// A stretch of long work: it makes way as often as it takes for commands not to wait.
pub struct Stretch(f64);

impl Stretch {
    /// Milliseconds of work in one go: less than a frame of the screen.
    const LENGTH: f64 = 10.0;

    /// Begins now.
    pub fn begin() -> Self {
        Self(Date::now())
    }

    /// Whether it is time to make way.
    pub fn is_over(&self) -> bool {
        Date::now() - self.0 >= Self::LENGTH
    }

    /// Makes way if it is time to, and says whether it was.
    pub async fn rest(&mut self) -> bool {
        if !self.is_over() {
            return false;
        }
        make_way().await;
        *self = Self::begin();
        true
    }
}

/// The outcome, or `None` when it takes longer.
pub async fn within<R>(millis: i32, work: impl Future<Output = R>) -> Option<R> {
    match select(pin!(work), pin!(sleep(millis))).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => None,
    }
}
