//! The worker: the unlocked session. Keys live only here.

/// Starts the worker.
pub fn run() {
    console_error_panic_hook::set_once();
}
