//! The program `sealward` against a real server that listens on loopback: what people and scripts type, and what they
//! get. Everything is read from files and pipes, as scripts do.

mod docs;
mod engine;
mod harness;
mod requests;
mod services;
mod team;
mod web;
