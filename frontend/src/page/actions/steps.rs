//! How the keys move through lists and the tree: one table for both, which the help sheet reads too.

use web_sys::KeyboardEvent;

use crate::page::keyboard;
use crate::page::language::tr;

/// A move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One down.
    Down,
    /// One up.
    Up,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// Opens what the cursor is on.
    Open,
    /// Selects what the cursor is on, or no more.
    Mark,
    /// Selects nothing any more.
    Unmark,
    /// Folds, or goes out.
    Fold,
    /// Unfolds, or goes in.
    Unfold,
}

/// A line of the table.
pub struct StepKeys {
    /// The moves, each with its key.
    pub steps: &'static [(Step, &'static str)],
    /// What is held with the key, as it is shown.
    pub held: Option<&'static str>,
    /// What they do.
    pub name: fn() -> &'static str,
}

const fn line(steps: &'static [(Step, &'static str)], name: fn() -> &'static str) -> StepKeys {
    StepKeys { steps, held: None, name }
}

/// Every move. With Shift those of the list select what they pass.
pub static STEPS: &[StepKeys] = &[
    line(&[(Step::Down, "ArrowDown"), (Step::Up, "ArrowUp")], || tr!(shortcuts.moves)),
    line(&[(Step::PageDown, "PageDown"), (Step::PageUp, "PageUp")], || tr!(shortcuts.pages)),
    line(&[(Step::First, "Home"), (Step::Last, "End")], || tr!(shortcuts.ends)),
    line(&[(Step::Open, "Enter")], || tr!(shortcuts.opens)),
    line(&[(Step::Fold, "ArrowLeft"), (Step::Unfold, "ArrowRight")], || tr!(shortcuts.folds)),
    line(&[(Step::Mark, " ")], || tr!(shortcuts.marks)),
    line(&[(Step::Unmark, "Escape")], || tr!(actions.unmark)),
    StepKeys {
        held: Some("Shift"),
        ..line(&[(Step::Down, "ArrowDown"), (Step::Up, "ArrowUp")], || tr!(shortcuts.marks_range))
    },
];

/// The move that a key stands for.
pub fn step(event: &KeyboardEvent) -> Option<Step> {
    if keyboard::commanded(event) || event.alt_key() {
        return None;
    }
    let key = event.key();
    let mut steps = STEPS.iter().flat_map(|line| line.steps);
    steps.find(|(_, other)| *other == key).map(|(step, _)| *step)
}
