//! One vault as an unlocked client holds it: its keys, its verified tree, and its catalog in the clear.

mod details;
mod keys;
mod seal;
mod view;

pub use details::Details;
pub use keys::{VaultKeyring, VaultKeys, WrongKeys, unwrap_keys, wrap_keys};
pub(crate) use keys::{decode_keyring, encode_keyring};
pub use seal::{Draft, SealUnder, Unsealable, seal_record};
pub(crate) use seal::{open_directory_payload, open_payload};
pub use view::{Entry, KeptVault, KnownHead, Staged, VaultView};
pub(crate) use view::{key_of, leaf_of};
