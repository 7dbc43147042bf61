//! Looks at the arguments and environments of all processes, again and again.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// Somebody who looks.
pub struct Watch {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<(bool, Vec<String>)>,
}

impl Watch {
    /// For these texts, and for a program that has to be seen, so that it is known that somebody looked.
    pub fn for_any(texts: &[&str], program: &str) -> Self {
        let texts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let (ended, program) = (Arc::new(AtomicBool::new(false)), program.to_owned());
        let until = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let (mut seen, mut found) = (false, Vec::new());
            while !until.load(Ordering::Relaxed) {
                for process in fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path()) {
                    let Ok(line) = fs::read(process.join("cmdline")) else { continue };
                    let environment = fs::read(process.join("environ")).unwrap_or_default();
                    seen |= line.split(|byte| *byte == 0).next() == Some(program.as_bytes());
                    let holds = |text: &Vec<u8>| [&line, &environment].iter().any(|bytes| holds(bytes, text));
                    if texts.iter().any(holds) {
                        found.push(String::from_utf8_lossy(&line).into_owned());
                    }
                }
            }
            (seen, found)
        });
        Self { ended, thread }
    }

    /// That the program was seen, and none of the texts.
    pub fn saw_none(self) {
        self.ended.store(true, Ordering::Relaxed);
        let (seen, found) = self.thread.join().unwrap();
        assert!(seen, "the program was never seen");
        assert_eq!(found, Vec::<String>::new());
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
