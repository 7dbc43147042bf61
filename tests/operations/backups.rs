//! A backup taken while many write: it is whole, and everything acknowledged before it began is in it.

use crate::{
    people::{Tally, Writer, enter, found, play, version_of},
    program::{Program, assert_sound, binary, command, empty_folder, free_address, metric, run, said},
    wire::Wire,
};
use std::{cell::Cell, rc::Rc};

const WRITERS: usize = 32;

#[test]
fn a_backup_under_load_has_all_that_was_acknowledged() {
    play(async {
        let (folder, address) = (empty_folder("backups"), free_address());
        let (data, file, again) = (folder.join("data"), folder.join("backup.redb"), folder.join("again"));
        let (log, metrics) = (folder.join("log"), free_address());
        let more = ["--metrics", &metrics.to_string()];
        let program = Program::start_with(&mut command(binary()), &data, &log, address, &more);
        let device = found(address).await;
        let first = enter(&device, Wire::new(address)).await;
        let (tally, mut tasks, mut seen, mut stops) = (Tally::default(), Vec::new(), Vec::new(), Vec::new());
        for index in 0..WRITERS {
            let mut writer = Writer::join(&first, address, &format!("vault {index}")).await;
            let known = Rc::new(Cell::new(writer.known()));
            seen.push(Rc::clone(&known));
            stops.push(writer.stop());
            let tally = tally.clone();
            tasks.push(tokio::task::spawn_local(async move { assert_eq!(writer.write(&tally, &known).await, None) }));
        }
        tally.wait_for(200).await;
        let before: Vec<_> = seen.iter().map(|known| known.get()).collect();
        let mut backup = command(binary());
        backup.arg("backup").arg(&file).arg("--data").arg(&data);
        let told = tokio::task::spawn_blocking(move || said(&mut backup)).await.unwrap();
        let during: u32 =
            seen.iter().zip(&before).map(|(now, then)| now.get().acknowledged.0 - then.acknowledged.0).sum();
        tally.wait_for(50).await;
        stops.iter().for_each(|stop| stop.set(true));
        for task in tasks {
            task.await.unwrap();
        }
        println!("{WRITERS} writers, {during} writes acknowledged during the backup: {told}");
        assert!(during > 0, "nobody wrote during the backup");
        println!("{}", assert_sound(&file));
        let released: usize = seen.iter().map(|known| known.get().released).sum();
        assert_eq!(metric(metrics, "sealward_releases_total"), released as f64);
        let batched =
            metric(metrics, "sealward_store_commit_operations_sum") / metric(metrics, "sealward_store_commits_total");
        println!("{released} releases; {batched:.1} operations a commit");
        // Nothing is overwritten, neither the backup nor the data.
        let refused = |arguments: &[&std::ffi::OsStr]| !run(command(binary()).args(arguments)).status.success();
        assert!(refused(&["backup".as_ref(), file.as_ref(), "--data".as_ref(), data.as_ref()]));
        assert!(refused(&["restore".as_ref(), file.as_ref(), "--data".as_ref(), data.as_ref()]));
        program.stop();

        said(command(binary()).arg("restore").arg(&file).arg("--data").arg(&again));
        let program = Program::start(&again, address);
        let client = enter(&device, Wire::new(address)).await;
        for known in &before {
            let found = version_of(&client, known);
            assert!(found >= known.acknowledged, "{found:?}, but {known:?} was acknowledged before the backup began");
        }
        program.stop();
        assert_sound(&again.join("sealward.redb"));
    });
}
