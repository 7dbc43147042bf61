//! What the worker tells every window without being asked.

use serde::{Deserialize, Serialize};

use super::{Damage, FactorsHeld, ImportId, SessionState, TransferProgress};

/// Pushed by the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// The catalog changed, here or elsewhere: read again what is on the screen.
    CatalogChanged,
    /// A request changed that concerns the person, or the stream of hints was opened: read requests again.
    RequestsChanged,
    /// Something was written down in the audit, or the stream of hints was opened.
    AuditChanged,
    /// Favourites, views or the look of lists changed, here or in another window.
    PersonalChanged,
    /// The session opened, locked, or is gone, here or in another window.
    Session(SessionState),
    /// The session was ended from outside: by another device, a change of password, or the server.
    SessionEnded,
    /// The session has to be confirmed with a second factor before it goes on.
    SecondFactor(FactorsHeld),
    /// Whether the server is reached.
    Connection(Connection),
    /// How far a long piece of work is.
    Progress(Progress),
    /// How far a file is.
    Transfer(TransferProgress),
    /// The background verification found something.
    Damage(Damage),
}

/// Whether the server is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connection {
    /// Events arrive.
    #[default]
    Online,
    /// No answer; the next attempt is under way or planned.
    Offline,
    /// The session was opened without the server, from what this browser keeps; the server was heard last at this time,
    /// in milliseconds since 1970.
    Kept(i64),
}

/// A long piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which one.
    pub work: Work,
    /// Steps done.
    pub done: u32,
    /// Steps in all; 0 when not known yet.
    pub total: u32,
}

/// Which long piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// The password is stretched; takes about half a second.
    Stretching,
    /// The vaults are read and verified after unlocking.
    Opening,
    /// An import runs.
    Import(ImportId),
    /// Several secrets are released, to be sealed anew elsewhere.
    Releasing,
    /// Several records are written.
    Writing,
    /// Released secrets are opened for an export.
    Exporting,
    /// Files are fetched for an export; the steps are bytes.
    ExportingFiles,
    /// The audit chain is walked.
    CheckingAudit,
}
