//! kill -9 under load: nothing that was acknowledged is lost, and what is there is whole.

use crate::{
    people::{Known, Tally, Writer, enter, found, play},
    program::{Program, assert_sound, empty_folder, free_address},
    wire::Wire,
};
use sealward_server::store::{Look, Order, tables::RELEASES};
use std::{cell::Cell, ops::ControlFlow, path::Path, rc::Rc};

const KILLS: usize = 20;
const WRITERS: usize = 16;

#[test]
fn nothing_acknowledged_is_lost_to_twenty_kills() {
    play(async {
        let (data, address) = (empty_folder("kills").join("data"), free_address());
        let file = data.join("sealward.redb");
        let mut program = Program::start(&data, address);
        let first = enter(&found(address).await, Wire::new(address)).await;
        let mut writers = Vec::new();
        for index in 0..WRITERS {
            writers.push(Writer::join(&first, address, &format!("vault {index}")).await);
        }
        let tally = Tally::default();
        let mut written = 0;
        for round in 0..KILLS {
            let tasks: Vec<_> = writers
                .into_iter()
                .map(|mut writer| {
                    let tally = tally.clone();
                    tokio::task::spawn_local(async move {
                        let seen = Rc::new(Cell::new(writer.known()));
                        let ended = writer.write(&tally, &seen).await;
                        assert!(ended.is_some(), "nobody told it to stop");
                        writer
                    })
                })
                .collect();
            // At another moment of the batches each time.
            tally.wait_for(40 + round * 29 % 97).await;
            program.kill();
            writers = Vec::new();
            for task in tasks {
                writers.push(task.await.unwrap());
            }
            assert_sound(&file);
            assert!(releases(&file) >= writers.iter().map(|writer| writer.known().released).sum());
            program = Program::start(&data, address);
            for writer in &mut writers {
                writer.check().await;
            }
            written = writers.iter().map(|writer| writer.known().acknowledged.0 as usize - 1).sum();
        }
        let known: Vec<Known> = writers.iter().map(Writer::known).collect();
        let released: usize = known.iter().map(|known| known.released).sum();
        println!("{KILLS} kills, {WRITERS} writers: {written} writes and {released} releases acknowledged, none lost");
        println!("{}", assert_running_sound(&data));
        program.stop();
    });
}

/// Releases that were made, counted in the file of a server that is dead.
fn releases(file: &Path) -> usize {
    let look = Look::at(file, 16 << 20).unwrap();
    let mut count = 0;
    let counted = RELEASES.scan(&look.snapshot().unwrap(), &(), Order::Forward, |_, _| {
        count += 1;
        Ok(ControlFlow::Continue(()))
    });
    counted.unwrap();
    count
}

/// A server that runs verifies its own data.
fn assert_running_sound(data: &Path) -> String {
    use crate::program::{binary, command, said};
    said(command(binary()).arg("verify").arg("--data").arg(data))
}
