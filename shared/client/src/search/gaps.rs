//! Letters with gaps between them: `psql` in postgresql, `gtwy` in gateway. The first letter begins a word, and the
//! fewer and smaller the gaps, the better. Written here because a library's Unicode tables would double the weight of
//! search, and both sides are folded already.

const NEVER: u16 = u16::MAX;
/// Letters of a text that are looked at.
const LONGEST: usize = 200;

/// Looks for terms in texts, with its memory kept from one to the next.
#[derive(Default)]
pub(super) struct Gaps {
    letters: Vec<char>,
    /// For each letter of the text the cost of a match of the term so far that ends there.
    costs: Vec<u16>,
    next: Vec<u16>,
    /// For each letter of the term but the first, and each of the text, where the letter before stands.
    parents: Vec<u16>,
}

/// How a term matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gapped {
    /// Its letters belong together.
    Near,
    /// Its letters are there, but that means little.
    Scattered,
}

impl Gaps {
    /// How a term matches a folded text.
    pub(super) fn find(&mut self, term: &str, text: &str) -> Option<Gapped> {
        // Most texts lack some letter: that is seen before anything is written down.
        let mut rest = text.chars();
        if !term.chars().all(|letter| rest.any(|other| other == letter)) {
            return None;
        }
        self.letters.clear();
        self.letters.extend(text.chars().take(LONGEST));
        let (cost, _) = self.run(term)?;
        Some(judge(term, cost))
    }

    /// The places of a term's letters among a text's, if they belong together.
    pub(super) fn places(&mut self, term: &str, letters: &[char]) -> Option<Vec<usize>> {
        self.letters.clear();
        self.letters.extend(letters.iter().take(LONGEST));
        let (cost, mut end) = self.run(term)?;
        if judge(term, cost) == Gapped::Scattered {
            return None;
        }
        let mut places = vec![end];
        for row in self.parents.chunks(self.letters.len()).rev() {
            end = usize::from(*row.get(end)?);
            places.push(end);
        }
        places.reverse();
        Some(places)
    }

    /// The cheapest match and where it ends.
    fn run(&mut self, term: &str) -> Option<(u16, usize)> {
        let mut typed = term.chars();
        let first = typed.next()?;
        let starts =
            |at: usize| !at.checked_sub(1).and_then(|at| self.letters.get(at)).is_some_and(|c| c.is_alphanumeric());
        self.costs.clear();
        let begins = self.letters.iter().enumerate();
        self.costs.extend(begins.map(|(at, letter)| if *letter == first && starts(at) { 0 } else { NEVER }));
        self.parents.clear();
        for wanted in typed {
            self.next.clear();
            // The cheapest end so far that is three letters back or more.
            let mut far = (NEVER, 0);
            for (at, letter) in self.letters.iter().enumerate() {
                let back = |count| {
                    let from: usize = at.checked_sub(count)?;
                    Some((*self.costs.get(from)?, from)).filter(|(cost, _)| *cost != NEVER)
                };
                if let Some(candidate) = back(3) {
                    far = far.min(candidate);
                }
                let mut best = (NEVER, 0);
                if *letter == wanted {
                    let gap = if starts(at) { 1 } else { 2 };
                    let later =
                        [back(2).map(|(cost, from)| (cost + 1, from)), (far.0 != NEVER).then(|| (far.0 + gap, far.1))];
                    best = back(1).into_iter().chain(later.into_iter().flatten()).min().unwrap_or(best);
                }
                self.next.push(best.0);
                self.parents.push(u16::try_from(best.1).unwrap_or(0));
            }
            core::mem::swap(&mut self.costs, &mut self.next);
        }
        let best = self.costs.iter().copied().zip(0..).min()?;
        (best.0 != NEVER).then_some(best)
    }
}

fn judge(term: &str, cost: u16) -> Gapped {
    if usize::from(cost) <= term.len() * 3 / 4 { Gapped::Near } else { Gapped::Scattered }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn few_and_small_gaps_are_near() {
        let find = |term, text| Gaps::default().find(term, text);
        for (term, text) in [
            ("psql", "postgresql-main"),
            ("pgmain", "postgresql-main"),
            ("gtwy", "gateway"),
            ("wp1", "web-prod-1"),
            ("服器", "服务器"),
        ] {
            assert_eq!(find(term, text), Some(Gapped::Near), "{term}");
        }
        assert_eq!(find("postan", "postgresql on main"), Some(Gapped::Near));
        assert_eq!(find("adn", "a very wide den"), Some(Gapped::Near));
        assert_eq!(find("aeie", "a very wide bite"), Some(Gapped::Scattered));
        assert_eq!(find("ostg", "postgresql"), None, "the first letter begins a word");
        assert_eq!(find("lq", "postgresql"), None);
        assert_eq!(find("", "x"), None);
    }

    #[test]
    fn places_are_those_of_the_cheapest_match() {
        let places = |term: &str, text: &str| Gaps::default().places(term, &text.chars().collect::<Vec<_>>());
        assert_eq!(places("pgmain", "postgresql-main"), Some(vec![0, 4, 11, 12, 13, 14]));
        assert_eq!(places("psql", "postgresql"), Some(vec![0, 7, 8, 9]));
        assert_eq!(places("xyz", "postgresql"), None);
    }
}
