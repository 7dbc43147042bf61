//! The parts that pages are made of. Each is a plain function that gives an `AnyView`, so that it is compiled once.

pub mod copy;
pub mod dialog;
pub mod field;
pub mod file;
pub mod files;
pub mod form;
pub mod generator;
pub mod icon;
pub mod key_field;
pub mod large_type;
pub mod menu;
pub mod new_password;
pub mod otp;
pub mod password_policy;
pub mod preview;
pub mod public_part;
pub mod qr;
pub mod reveal;
pub mod seed_field;
pub mod strength;
pub mod toast;
pub mod window;
