//! What the agent writes while it does something: steps, not too many of them, and the answer.

use super::Reply;
use crate::tasks::{Step, Watcher};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};
use tokio::time::Instant;

/// Steps of one stage are told this far apart.
const BETWEEN: Duration = Duration::from_millis(50);

/// Where steps and the answer go in.
pub(super) struct Tell {
    replies: mpsc::Sender<Reply>,
    gone: Arc<AtomicBool>,
}

/// Where they come out, in their order.
pub(super) struct Replies {
    replies: mpsc::Receiver<Reply>,
    gone: Arc<AtomicBool>,
}

/// A way from whoever does something to whoever writes down what it tells.
pub(super) fn channel() -> (Tell, Replies) {
    let (replies, waiting) = mpsc::channel();
    let gone = Arc::new(AtomicBool::new(false));
    (Tell { replies, gone: Arc::clone(&gone) }, Replies { replies: waiting, gone })
}

impl Tell {
    /// A watcher for what is done; it ends what nobody waits for any more.
    pub(super) fn watcher(&self) -> Watcher {
        let (replies, gone) = (self.replies.clone(), Arc::clone(&self.gone));
        let told: Mutex<Option<(Step, Instant)>> = Mutex::default();
        Watcher::new(move |step| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = told.is_none_or(|(last, when)| last.stage != step.stage || when.elapsed() >= BETWEEN);
            if is_new {
                *told = Some((step, Instant::now()));
                // Whoever writes it may be gone.
                drop(replies.send(Reply::Step(step)));
            }
            !gone.load(Ordering::Relaxed)
        })
    }

    /// The answer, after which nothing comes.
    pub(super) fn end(self, said: Reply) {
        drop(self.replies.send(said));
    }
}

impl Replies {
    /// Writes all of them, until the answer is written or nobody reads.
    pub(super) fn write(self, mut write: impl FnMut(&Reply) -> std::io::Result<()>) {
        while let Ok(reply) = self.replies.recv() {
            if write(&reply).is_err() {
                self.gone.store(true, Ordering::Relaxed);
                return;
            }
            if matches!(reply, Reply::Said(_)) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::{Answer, Stage};

    #[test]
    fn what_nobody_reads_is_ended_and_the_answer_comes_last() {
        let (tell, replies) = channel();
        let watcher = tell.watcher();
        assert!(watcher.tell(Step::of(Stage::Reading, 1, 1_000)));
        assert!(watcher.tell(Step::of(Stage::BringingIn, 1, 2)));
        tell.end(Reply::Said(Box::new(Ok(Answer::Done))));
        let mut written = Vec::new();
        replies.write(|reply| {
            written.push(match reply {
                Reply::Step(step) => format!("{:?} {}", step.stage, step.done),
                Reply::Said(said) => format!("{said:?}"),
            });
            Ok(())
        });
        assert_eq!(written, ["Reading 1", "BringingIn 1", "Ok(Done)"]);

        let (tell, replies) = channel();
        let watcher = tell.watcher();
        assert!(watcher.tell(Step::of(Stage::Reading, 1, 1_000)));
        replies.write(|_| Err(std::io::ErrorKind::BrokenPipe.into()));
        assert!(!watcher.tell(Step::of(Stage::Reading, 2, 1_000)));
    }
}
