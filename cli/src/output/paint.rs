//! Colours for people at a terminal: not in pipes and files, and not where NO_COLOR says so. What is painted is only what
//! this program says itself; values stay byte for byte as they are.

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use anstyle::{AnsiColor, Style};

/// A colour by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// What a list or an item begins with.
    Title,
    /// What names something and is not looked at first.
    Label,
    /// All is well.
    Good,
    /// Something is to be done.
    Warning,
    /// Something is wrong.
    Bad,
}

impl Ink {
    const fn style(self) -> Style {
        match self {
            Self::Title => Style::new().bold(),
            Self::Label => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// Colours where this stream shows them.
    pub(super) fn of(stream: &impl RawStream) -> Self {
        Self(AutoStream::choice(stream) != ColorChoice::Never)
    }

    /// A word in a colour.
    pub(super) fn ink(self, ink: Ink, word: &str) -> String {
        let style = ink.style();
        if self.0 && !word.is_empty() { format!("{style}{word}{style:#}") } else { word.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_painted_where_there_are_colours() {
        assert_eq!(Paint(true).ink(Ink::Bad, "no"), "\u{1b}[1m\u{1b}[31mno\u{1b}[0m");
        assert_eq!(Paint(true).ink(Ink::Title, ""), "");
        assert_eq!(Paint(false).ink(Ink::Bad, "no"), "no");
    }
}
