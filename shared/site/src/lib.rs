//! The web app as it is handed out, by the server and by the command line alike: files of the built site, with every
//! header that keeps the page to itself. It knows nothing of teams, and of no web framework.

mod answer;
mod asset;
mod encoding;
pub mod headers;
#[cfg(test)]
mod tests;

pub use answer::answer;
pub use asset::{Asset, Assets, Content};
