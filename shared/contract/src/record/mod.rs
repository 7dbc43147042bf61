//! Versioned records: catalog entries, secrets, facts and the directory. What a record's header says, how it is hashed
//! and signed, and what a reader checks before anything is done with it.

mod head;
mod header;
mod tree;
mod verify;

pub use head::{Head, HeadHash, HeadRest, SignedHead, follow};
pub use header::{ChainPosition, Header, Record, RecordContext, RecordKind, RecordState, Tier, WrappedKey};
pub use tree::{BUCKETS, Leaf, LeafKey, Prepared, Tree, bucket_hash, root_hash};
pub use verify::{
    Expected, HeadRefused, RecordRefused, check_earlier, check_head, check_kept_head, check_record, check_right,
};
