//! The worker: the unlocked session. Keys live only here.

fn main() {
    sealward_frontend::worker::run();
}
