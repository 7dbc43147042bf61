//! A device on which somebody is recovered who has lost password or kit: the words that it shows, what the trustees give
//! it, and the new keys that it makes.

mod device;
mod opened;

pub use device::RecoveringDevice;
pub use opened::{Opened, Recovered};
