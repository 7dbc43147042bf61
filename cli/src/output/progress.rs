//! A bar for whoever waits at a terminal: on standard error, and nowhere when a program reads what is written.

use super::Output;
use crate::{
    language::Language,
    tasks::{Stage, Step, Watcher},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::{IsTerminal, stderr},
    sync::{Arc, Mutex, PoisonError},
};

/// A bar that appears with the first step, and goes when this is dropped.
pub struct Progress(Option<Arc<Bar>>);

struct Bar {
    language: Language,
    shown: Mutex<Option<(Stage, ProgressBar)>>,
}

impl Progress {
    /// Where it makes sense.
    #[must_use]
    pub fn new(output: Output) -> Self {
        let is_seen = !output.json && stderr().is_terminal();
        Self(is_seen.then(|| Arc::new(Bar { language: output.language, shown: Mutex::default() })))
    }

    /// Shows how far a task is.
    pub fn show(&self, step: Step) {
        if let Some(bar) = &self.0 {
            bar.show(step);
        }
    }

    /// The same, for a task that is done in this process.
    #[must_use]
    pub fn watcher(&self) -> Watcher {
        let Some(bar) = self.0.clone() else { return Watcher::default() };
        Watcher::new(move |step| {
            bar.show(step);
            true
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.clear();
        }
    }
}

impl Bar {
    fn show(&self, step: Step) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = match shown.take() {
            Some((stage, bar)) if stage == step.stage => bar,
            before => {
                if let Some((_, bar)) = before {
                    bar.finish_and_clear();
                }
                self.begin(step)
            }
        };
        if let Some(of) = step.of {
            bar.set_length(of);
        }
        bar.set_position(step.done);
        *shown = Some((step.stage, bar));
    }

    fn begin(&self, step: Step) -> ProgressBar {
        let bar = match step.of {
            Some(of) => ProgressBar::new(of),
            None => ProgressBar::new_spinner(),
        };
        let template = match (step.of, step.stage) {
            (None, _) => "{msg} {spinner} {pos}",
            (Some(_), Stage::Reading) => "{msg} {wide_bar} {percent}%",
            (Some(_), stage) if stage.is_in_bytes() => "{msg} {wide_bar} {bytes}/{total_bytes}",
            (Some(_), _) => "{msg} {wide_bar} {pos}/{len}",
        };
        // The templates are right; were one not, a plain bar would do.
        bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message(self.words(step.stage))
    }

    fn words(&self, stage: Stage) -> &'static str {
        let (english, chinese) = match stage {
            Stage::Reading => ("Reading", "读取"),
            Stage::Listing => ("Listing", "列出"),
            Stage::BringingIn => ("Bringing in", "导入"),
            Stage::Opening => ("Opening", "解密"),
            Stage::Sending => ("Sending", "上传"),
            Stage::Fetching => ("Fetching", "下载"),
        };
        self.language.pick(english, chinese)
    }

    fn clear(&self) {
        if let Some((_, bar)) = self.shown.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}
