//! What page and worker say to each other: typed commands and answers, pushed notices, and the view models in them.
//! The page holds no key; a secret crosses this bridge only when someone asked to see, copy or write it.

mod bulk;
mod catalog;
mod command;
mod error;
mod export;
mod file;
mod health;
mod history;
mod ids;
mod import;
mod keys;
mod list;
mod members;
mod message;
mod notice;
mod otp;
mod personal;
mod policy;
mod search;
mod secret;
mod session;
mod trash;

pub use bulk::*;
pub use catalog::*;
pub use command::*;
pub use error::*;
pub use export::*;
pub use file::*;
pub use health::*;
pub use history::*;
pub use ids::*;
pub use import::*;
pub use keys::*;
pub use list::*;
pub use members::*;
pub use message::*;
pub use notice::*;
pub use otp::*;
pub use personal::*;
pub use policy::*;
pub use search::*;
pub use secret::*;
pub use session::*;
pub use trash::*;
