//! The program as it is run: killed, backed up under load, on a full disk, in an empty root, behind nginx, by systemd.
//! `cargo xtask test --only operations` builds and installs what these tests need and says where it is:
//! `SERVER_BINARY` is the server, `STATIC_BINARY` the one without shared libraries.

#[cfg(test)]
mod backups;
#[cfg(test)]
mod chroot;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod people;
#[cfg(test)]
mod program;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod unit;
#[cfg(test)]
mod wire;
