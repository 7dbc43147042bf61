//! What the tests of more than one kind share: the search for plaintext in everything that a server has seen.

pub mod canary;
