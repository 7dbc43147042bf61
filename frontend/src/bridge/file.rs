//! Files on their way: chosen in the page, sealed and sent by the worker, fetched and opened by it again. The bytes never
//! cross the bridge as such: a file goes over as the browser's own handle on it.

use serde::{Deserialize, Serialize};

pub use sealward_client::model::FileRef;

use super::{Item, ObjectId, VaultId};
use sealward_contract::bytes::Bytes;

/// A transfer under way; chosen by the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TransferId(pub u32);

/// Sends a file to a vault. Its handle comes with the message. What is sent waits for the change that names it.
#[derive(Serialize, Deserialize)]
pub struct UploadFile {
    /// Which transfer.
    pub transfer: TransferId,
    /// Where to.
    pub vault: VaultId,
    /// Its name.
    pub name: String,
    /// Its media type, as far as the browser knows it.
    pub media_type: String,
}

/// Fetches a file. Its handle comes with the answer.
#[derive(Serialize, Deserialize)]
pub struct DownloadFile {
    /// Which transfer.
    pub transfer: TransferId,
    /// Its vault.
    pub vault: VaultId,
    /// The account or resource that has it.
    pub holder: ObjectId,
    /// Which.
    pub file: FileRef,
    /// The media type that its handle gets: never the one that its sender claims.
    pub shown_as: String,
}

/// Goes on at once with a transfer that waits for the connection.
#[derive(Serialize, Deserialize)]
pub struct ResumeTransfer {
    /// Which.
    pub transfer: TransferId,
}

/// Stops a transfer.
#[derive(Serialize, Deserialize)]
pub struct CancelTransfer {
    /// Which.
    pub transfer: TransferId,
}

/// Gives up files that were sent and that nothing will name.
#[derive(Serialize, Deserialize)]
pub struct DropUploads {
    /// Which.
    pub files: Vec<ObjectId>,
}

/// Puts a file that was sent beside an account.
#[derive(Serialize, Deserialize)]
pub struct AttachFile {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// The file.
    pub file: FileRef,
}

/// Removes a file from beside an account.
#[derive(Serialize, Deserialize)]
pub struct RemoveFile {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// The file.
    pub file: ObjectId,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferProgress {
    /// Which.
    pub transfer: TransferId,
    /// Bytes done.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Whether it moves.
    pub state: TransferState,
}

/// Whether a transfer moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransferState {
    /// It does.
    Running,
    /// It waits for the connection.
    Waiting,
}

/// Brings a file back to the account or resource from which it was taken away.
#[derive(Serialize, Deserialize)]
pub struct RestoreFile {
    /// Which.
    pub item: Item,
    /// The file.
    pub file: FileRef,
}

/// Asks for a PDF as pictures.
#[derive(Serialize, Deserialize)]
pub struct DrawPdf {
    /// The file.
    pub file: Bytes,
}

/// A PDF as pictures; none where it is damaged or wants a password.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct DrawnPdf {
    /// A page of HTML with the pictures in it.
    pub html: String,
    /// How many pages are in it.
    pub drawn: u32,
    /// How many the file has.
    pub count: u32,
}
