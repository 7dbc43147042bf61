//! The parts that pages are made of. Each is a plain function that gives an `AnyView`, so that it is compiled once.

pub mod copy;
pub mod dialog;
pub mod field;
pub mod form;
pub mod generator;
pub mod icon;
pub mod menu;
pub mod password_policy;
pub mod qr;
pub mod reveal;
pub mod strength;
pub mod toast;
pub mod window;
