//! Which parts of a name to highlight: byte ranges of the name as the person wrote it.

use super::fold::fold_char;
use super::gaps::Gaps;
use super::spelling::{Token, spell};
use core::ops::Range;

/// The ranges that the terms match, in order, none touching another.
pub(super) fn highlight<'a>(name: &str, terms: impl Iterator<Item = &'a str>, gaps: &mut Gaps) -> Vec<Range<usize>> {
    // The folded name, and for each of its letters the letter of the name that it came from.
    let mut folded = Vec::new();
    for (at, letter) in name.char_indices() {
        folded.extend(fold_char(letter).map(|c| (c, at..at + letter.len_utf8())));
    }
    let letters: Vec<char> = folded.iter().map(|(letter, _)| *letter).collect();
    let tokens: Vec<Token> = letters.iter().copied().map(Token::new).collect();
    let mut marked = vec![false; letters.len()];
    for term in terms {
        let typed: Vec<char> = term.chars().collect();
        let whole = (!typed.is_empty()).then(|| letters.windows(typed.len()).position(|part| part == typed)).flatten();
        let spelt = || {
            let starts = tokens.iter().enumerate().filter(|(_, token)| token.is_chinese());
            starts.map(|(start, _)| start).find_map(|at| Some((at, spell(term, tokens.get(at..)?)?.count)))
        };
        if let Some(start) = whole {
            mark(&mut marked, start..start + typed.len());
        } else if let Some((start, count)) = spelt() {
            mark(&mut marked, start..start + count);
        } else {
            // Scattered letters are no help to the eye.
            for at in gaps.places(term, &letters).into_iter().flatten() {
                mark(&mut marked, at..at + 1);
            }
        }
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for ((_, range), _) in folded.into_iter().zip(marked).filter(|(_, marked)| *marked) {
        match ranges.last_mut() {
            Some(last) if last.end >= range.start => last.end = range.end,
            _ => ranges.push(range),
        }
    }
    ranges
}

fn mark(marked: &mut [bool], range: Range<usize>) {
    for place in marked.get_mut(range).into_iter().flatten() {
        *place = true;
    }
}
