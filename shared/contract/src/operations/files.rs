//! Files: their sealed chunks sent one by one, attached by a record, and fetched again after a release.
//!
//! The record of a file comes in with any batch of records; it is taken once all chunks are there.

use super::{
    ObjectPath, VaultPath, operation,
    records::{RecordListed, ReleaseError, ReleaseRequest},
};
use crate::{
    bytes::Bytes,
    file::ChunkIndex,
    ids::{ObjectId, TeamId, VaultId},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of one chunk of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChunkPath {
    /// The team.
    pub team: TeamId,
    /// The vault.
    pub vault: VaultId,
    /// The file.
    pub id: ObjectId,
    /// Which chunk.
    pub index: ChunkIndex,
}

/// A file that is about to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// The file's id, chosen by the client.
    pub id: ObjectId,
    /// Bytes of all its sealed chunks together.
    pub sealed_length: u64,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Upload {
    /// Bytes of all its sealed chunks together.
    pub sealed_length: u64,
    /// Which chunks are there, in order.
    pub present: Vec<u32>,
}

/// Why an upload was not begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum UploadError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// The id is another file's.
    #[error("it was made before")]
    AlreadyExists,
    /// No file has this sealed length: over [`crate::limits::FILE`], or not padded.
    #[error("no file has this length")]
    UploadRefused,
    /// The caller has [`crate::limits::UPLOADS`] that nothing was attached to.
    #[error("too many uploads")]
    TooManyUploads,
}

/// One sealed chunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chunk {
    /// The bytes.
    pub sealed: Bytes,
}

/// The chunk is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChunkStored {
    /// How many chunks are there now.
    pub present: u32,
}

/// Why a chunk was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ChunkError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// The file has no such chunk, or not of this length.
    #[error("no such chunk")]
    ChunkRefused,
    /// It was sent before, with other bytes.
    #[error("the chunk differs")]
    ChunkDiffers,
}

/// Why a chunk was not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FetchError {
    /// The file was not released to the caller in the last [`crate::limits::FILE_RELEASE`].
    #[error("not released")]
    NotReleased,
    /// The file, what it stands in, or something above that was deleted.
    #[error("deleted")]
    Deleted,
}

operation! {
    /// Begins to send a file; said again, it tells how far the upload is.
    BeginUpload "begin_upload": Post "/v1/teams/{team}/vaults/{vault}/files", Member;
    VaultPath, body NewUpload => Upload, UploadError
}

operation! {
    /// Says how far an upload of the caller's is.
    GetUpload "get_upload": Get "/v1/teams/{team}/vaults/{vault}/files/{id}/upload", Member;
    ObjectPath => Upload, Never
}

operation! {
    /// Gives an upload of the caller's up, and removes its chunks.
    EndUpload "end_upload": Delete "/v1/teams/{team}/vaults/{vault}/files/{id}/upload", Member;
    ObjectPath => super::Empty, Never
}

operation! {
    /// Sends one sealed chunk of a file. The same bytes again change nothing; other bytes are refused.
    PutChunk "put_chunk": Put "/v1/teams/{team}/vaults/{vault}/files/{id}/chunks/{index}", Member, chunk;
    ChunkPath, body Chunk => ChunkStored, ChunkError
}

operation! {
    /// Releases a file's record, and writes that down; its chunks may then be fetched.
    ReleaseFile "release_file": Post "/v1/teams/{team}/vaults/{vault}/files/{id}/releases", Member;
    ObjectPath, body ReleaseRequest => RecordListed, ReleaseError
}

operation! {
    /// Gives one sealed chunk of a file that was released to the caller.
    GetChunk "get_chunk": Get "/v1/teams/{team}/vaults/{vault}/files/{id}/chunks/{index}", Member;
    ChunkPath => Chunk, FetchError
}
