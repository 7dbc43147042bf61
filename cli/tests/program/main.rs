//! The program `sealward` against a real server that listens on loopback: what people and scripts type, and what they
//! get. Everything is read from files and pipes, as scripts do.

#[cfg(test)]
mod docs;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod join;
#[cfg(test)]
mod language;
#[cfg(test)]
mod local_web;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod services;
#[cfg(test)]
mod source;
#[cfg(test)]
mod team;
#[cfg(test)]
mod web;
