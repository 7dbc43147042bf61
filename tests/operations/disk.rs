//! A disk that is full, and one that is read-only: writes are refused with a reason, reading goes on, nothing that was
//! acknowledged is lost, and with room writing goes on by itself.

use crate::{
    people::{Tally, Writer, enter, found, play},
    program::{Program, assert_sound, binary, command, empty_folder, free_address, run, said},
    wire::Wire,
};
use sealward_client::error::Error;
use sealward_contract::problem::Rejection;
use std::{cell::Cell, net::SocketAddr, path::PathBuf, time::Duration};

/// A small file system in memory, unmounted when dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn new(size: &str) -> Option<Self> {
        let folder = empty_folder("disk");
        let options = format!("size={size},mode=700");
        let mount = run(command("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&folder));
        mount.status.success().then_some(Self(folder))
    }

    fn remount(&self, options: &str) {
        said(command("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0));
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(run(command("umount").arg("--lazy").arg(&self.0)));
    }
}

fn readiness(address: SocketAddr) -> (bool, String) {
    let url = format!("http://{address}/readyz");
    let answer = said(command("curl").args(["--silent", "--write-out", "%{http_code}", &url]));
    (answer.ends_with("200"), answer)
}

/// Asks again and again: how long the server takes to notice is its own affair, within ten seconds.
async fn until_ready(address: SocketAddr) {
    for _ in 0..100 {
        if readiness(address).0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it did not take writes again: {}", readiness(address).1);
}

fn is_read_only(error: Option<Error>) -> bool {
    matches!(error, Some(Error::Rejected(Rejection::ReadOnly)))
}

#[test]
fn a_full_disk_loses_nothing_and_recovers() {
    let Some(disk) = Mounted::new("6m") else {
        println!("SKIPPED: this process may not mount a file system");
        return;
    };
    play(async {
        let (data, address) = (disk.0.join("data"), free_address());
        // The log does not share the small disk.
        let log = disk.0.with_extension("log");
        let start = || Program::start_with(&mut command(binary()), &data, &log, address, &[]);
        let program = start();
        let device = found(address).await;
        let first = enter(&device, Wire::new(address)).await;
        let mut writer = Writer::join(&first, address, "vault").await;
        let seen = Cell::new(writer.known());
        let ended = writer.write(&Tally::default(), &seen).await;
        assert!(is_read_only(ended.clone()), "{ended:?}");
        let (ready, told) = readiness(address);
        assert!(!ready && told.starts_with("read-only: "), "{told}");
        println!("full after {} versions: {told}", seen.get().acknowledged.0);
        // What was acknowledged can be read from the full disk.
        let acknowledged = writer.known().acknowledged;
        writer.check().await;
        assert_eq!(writer.known().acknowledged, acknowledged);

        disk.remount("size=48m");
        until_ready(address).await;
        let (tally, stop) = (Tally::default(), writer.stop());
        let known = Cell::new(writer.known());
        let (_, ended) = tokio::join!(
            async {
                tally.wait_for(20).await;
                stop.set(true);
            },
            writer.write(&tally, &known)
        );
        assert_eq!(ended, None);
        program.kill();
        assert_sound(&data.join("sealward.redb"));

        // A disk that is read-only from the start: reading works, and /readyz says why nothing else does.
        disk.remount("ro");
        let program = start();
        writer.check().await;
        assert_eq!(writer.known().acknowledged, known.get().acknowledged);
        let (ready, told) = readiness(address);
        assert!(!ready && told.starts_with("read-only: "), "{told}");
        assert!(is_read_only(writer.write(&Tally::default(), &seen).await));
        program.kill();
        disk.remount("rw");
        let program = start();
        assert!(readiness(address).0);
        program.stop();
    });
}
