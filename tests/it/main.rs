//! The one binary of tests that run the real client against the real router, in this process.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod hostile_client;
#[cfg(test)]
mod hostile_server;
#[cfg(test)]
mod other_programs;
#[cfg(test)]
mod stories;
