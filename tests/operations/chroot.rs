//! The binary alone in an empty root: no libraries, no certificates, no /etc, no /proc. What the image is made of.

use crate::{
    people::{enter, found, play},
    program::{Program, command, empty_folder, free_address, given, run, said},
    wire::Wire,
};
use std::path::Path;

#[test]
fn the_binary_runs_in_an_empty_root() {
    let root = empty_folder("root");
    std::fs::copy(given("STATIC_BINARY"), root.join("sealward-server")).unwrap();
    std::fs::create_dir(root.join("data")).unwrap();
    if !run(command("chroot").arg(&root).args(["/sealward-server", "--version"])).status.success() {
        let is_root = said(command("id").arg("-u")).trim() == "0";
        assert!(!is_root, "it does not run in an empty root");
        println!("SKIPPED: only root may change the root");
        return;
    }
    play(async {
        let address = free_address();
        let mut chroot = command("chroot");
        chroot.arg(&root).arg("/sealward-server");
        let program = Program::start_with(&mut chroot, Path::new("/data"), &root.with_extension("log"), address, &[]);
        let device = found(address).await;
        enter(&device, Wire::new(address)).await;
        said(command("chroot").arg(&root).args(["/sealward-server", "backup", "/data/backup", "--data", "/data"]));
        println!("{}", said(command("chroot").arg(&root).args(["/sealward-server", "verify", "/data/backup"])));
        program.stop();
    });
}
