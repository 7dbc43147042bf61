//! No secret type can be shown, copied or serialised; a line here fails to compile when one can.

use crate::crypto::SecretBytes;
use crate::crypto::hpke::XWingSecret;
use crate::crypto::identity::Identity;
use crate::crypto::password::{Root, SecretKey};
use crate::crypto::sealing::SealingKey;
use crate::crypto::signing::SigningKey;

/// Two implementations fit a type that has the trait, so that naming the method is then ambiguous.
macro_rules! assert_without {
    ($type:ty: $($trait:path),+) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn once() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Other;
            impl<T: ?Sized + $trait> Ambiguous<Other> for T {}
            let _ = <$type as Ambiguous<_>>::once;
        };
    )+};
}

macro_rules! assert_secret {
    ($($type:ty),+) => {$(
        assert_without!($type: core::fmt::Debug, core::fmt::Display, Clone, serde::Serialize);
        const _: () = assert!(core::mem::needs_drop::<$type>());
    )+};
}

assert_secret!(SecretBytes<32>, SecretKey, Root, SealingKey, SigningKey, XWingSecret, Identity);
