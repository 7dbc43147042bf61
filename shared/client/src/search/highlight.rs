//! Which parts of a name to highlight: byte ranges of the name as the person wrote it.

use super::fold::fold_char;
use super::pinyin::syllables;
use core::ops::Range;
use nucleo_matcher::{Matcher, Utf32Str};

/// The ranges that the terms match, in order, none touching another.
pub(super) fn highlight<'a>(
    name: &str,
    terms: impl Iterator<Item = &'a str>,
    matcher: &mut Matcher,
) -> Vec<Range<usize>> {
    // The folded name, and for each of its letters the letter of the name that it came from.
    let mut folded = Vec::new();
    for (at, letter) in name.char_indices() {
        folded.extend(fold_char(letter).map(|c| (c, at..at + letter.len_utf8())));
    }
    let letters: Vec<char> = folded.iter().map(|(letter, _)| *letter).collect();
    let mut marked = vec![false; letters.len()];
    for term in terms {
        let typed: Vec<char> = term.chars().collect();
        let whole = (!typed.is_empty()).then(|| letters.windows(typed.len()).position(|part| part == typed)).flatten();
        let spelt = || (0..letters.len()).find_map(|start| Some((start, spelt(term, letters.get(start..)?)?)));
        if let Some(start) = whole {
            mark(&mut marked, start..start + typed.len());
        } else if let Some((start, count)) = spelt() {
            mark(&mut marked, start..start + count);
        } else {
            let mut indices = Vec::new();
            let found = matcher.fuzzy_indices(Utf32Str::Unicode(&letters), Utf32Str::Unicode(&typed), &mut indices);
            // Scattered letters are no help to the eye.
            if found.is_some_and(|score| usize::from(score) >= typed.len() * 15) {
                for at in indices.into_iter().map(|at| at as usize) {
                    mark(&mut marked, at..at + 1);
                }
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

/// How many letters `typed` spells from the first on, at least one of them by pinyin.
fn spelt(typed: &str, letters: &[char]) -> Option<usize> {
    if typed.is_empty() {
        return Some(0);
    }
    let (letter, rest) = letters.split_first()?;
    for syllable in syllables(*letter).into_iter().filter(|syllable| !syllable.is_empty()) {
        if typed.len() > 1 && syllable.starts_with(typed) {
            return Some(1);
        }
        let shorter = [Some(syllable), syllable.get(..2).filter(|two| two.ends_with('h')), syllable.get(..1)];
        for part in shorter.into_iter().flatten() {
            if let Some(count) = typed.strip_prefix(part).and_then(|left| spelt(left, rest)) {
                return Some(count + 1);
            }
        }
    }
    let left = typed.strip_prefix(*letter);
    let count = match left {
        Some(left) => spelt(left, rest)?,
        None if *letter == ' ' => spelt(typed, rest)?,
        None => return None,
    };
    Some(count + 1)
}
