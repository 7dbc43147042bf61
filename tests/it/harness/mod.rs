//! A server in this process, people who use it over a transport that records everything, and a clock that tests turn.

mod authenticator;
mod clock;
mod directory;
mod drafts;
mod factors;
mod files;
mod forge;
mod founder;
mod kept;
mod keys;
mod lie;
mod made;
mod newcomer;
mod person;
mod receiver;
mod server;
mod service;
mod transport;

pub use authenticator::Authenticator;
pub use clock::TestClock;
pub use drafts::{Furnished, draft_account, draft_group, draft_resource, furnished_team, next_of};
pub use factors::{App, STEP, note_login, proof};
pub use files::{attach, bytes_of};
pub use forge::{Forge, leaf_of};
pub use founder::Founder;
pub use kept::Kept;
pub use keys::{identity_of, replacement, touched};
pub use lie::{Asked, answers, busy, frames, is_about, read_frames};
pub use newcomer::{A_DAY, keys_of_link};
pub use person::{Person, text};
pub use receiver::{Received, Receiver};
pub use server::{ORIGIN, TestServer, empty_folder};
pub use service::{TestNames, by_token, by_token_over, service, terms};
pub use transport::{Answered, InProcess, raw};
