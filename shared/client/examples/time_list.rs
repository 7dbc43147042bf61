//! Times the list per keystroke, filter and order: `cargo run --release -p sealward-client --example time_list`.
#![expect(clippy::print_stdout, reason = "a command that prints its measurements")]
#![expect(clippy::disallowed_methods, reason = "measuring is about the clock")]

use sealward_client::listing::{Check, Column, Detail, Entry, Filters, Known, Listing, Place, Query, Sort, SortValue};
use sealward_client::model::Day;
use sealward_client::search::{Collation, sort_key};
use sealward_contract::ids::{ObjectId, VaultId};
use std::time::{Duration, Instant};

const TODAY: Day = Day(20_000);
const ROUNDS: usize = 9;
const TYPES: [&str; 6] = ["Linux server", "Database", "Website", "Network device", "Windows", "应用"];
const TYPED: [&str; 4] = ["host-1999 night", "zzzz", "数据库", "rack 7 corp"];

fn place(number: u32) -> Place {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    (VaultId([1; 16]), ObjectId(id))
}

fn fill(count: u32) -> Listing<u8> {
    let mut listing = Listing::default();
    for number in 0..count {
        let entry = Entry {
            by_name: sort_key(&format!("host-{}", number.wrapping_mul(7_919) % count), Collation::English),
            changed: u64::from(number.wrapping_mul(104_729) % 1_000_003),
            strength: u8::try_from(number % 5).ok(),
            accounts: 1,
        };
        listing.put(place(number), entry);
    }
    let mut number = 0;
    while let Some(place) = listing.next_waiting() {
        number += 1;
        let kind = TYPES.get(number % TYPES.len()).copied().unwrap_or_default();
        let known = Known {
            account: place.1,
            strength: u8::try_from(number % 5).ok(),
            reused: number % 9 == 0,
            changed: Some(Day(20_000 - i32::try_from(number % 700).unwrap_or(0))),
            expiry: None,
            privileged: number % 3 == 0,
            has_secret: true,
            has_file: false,
            has_code: false,
        };
        let detail = Detail {
            text: format!(
                "host-{number}.corp.example\n{kind}\nhttps://host-{number}.corp.example/login\nit department\nrack {}\nli.na\nask the night shift before a restart 数据\nadmin{number}\n",
                number % 40
            ),
            resource_type: listing.word(kind),
            tags: vec![listing.word("managed")],
            known: [known].into(),
        };
        listing.set_detail(&place, detail);
    }
    listing
}

fn query() -> Query<u8> {
    Query { selected: 0, filters: Filters::default(), sort: Sort::default(), words: Vec::new(), today: TODAY }
}

/// The best of some rounds: whoever else runs on the machine is not to be measured.
fn timed(listing: &mut Listing<u8>, prepare: &[Query<u8>], query: &Query<u8>) -> (Duration, usize) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        listing.forget_selected(|_| true);
        listing.forget_order(Column::Owner);
        let value = |place: &Place, _| SortValue::Number(i64::from(place.1.0[3]));
        for before in prepare {
            listing.list(before, |_| true, value);
        }
        let start = Instant::now();
        let found = listing.list(query, |_| true, value).len();
        best = best.min((start.elapsed(), found));
    }
    best
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn main() {
    for count in [10_000, 20_000] {
        let mut listing = fill(count);
        println!("{count} resources, best of {ROUNDS}");
        let by_owner = Query { sort: Sort { column: Column::Owner, down: false }, ..query() };
        println!("  order by a column, the first time: {:?}", timed(&mut listing, &[query()], &by_owner).0);
        let checks = vec![Check::Weak, Check::Privileged];
        let filtered = Query { filters: Filters { checks, ..Filters::default() }, ..query() };
        let (took, found) = timed(&mut listing, &[query()], &filtered);
        println!("  weak and privileged: {took:?}, {found} found");
        let mut typed: Vec<(Duration, String, usize)> = Vec::new();
        for text in TYPED {
            let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
            let mut before = vec![query()];
            for part in ends.filter_map(|end| text.get(..end)) {
                let next = Query { words: words(part), ..query() };
                let (took, found) = timed(&mut listing, &before, &next);
                typed.push((took, part.to_owned(), found));
                before.push(next);
            }
            let pasted = timed(&mut listing, &[query()], &Query { words: words(text), ..query() });
            typed.push((pasted.0, format!("{text} (pasted)"), pasted.1));
        }
        typed.sort_by_key(|(took, ..)| *took);
        let median = typed.get(typed.len() / 2).map(|(took, ..)| *took).unwrap_or_default();
        println!("  per keystroke: median {median:?}; the slowest:");
        for (took, text, found) in typed.iter().rev().take(4) {
            println!("    {took:?} {text:?}, {found} found");
        }
        let start = Instant::now();
        let by_name = sort_key("host-5", Collation::English);
        listing.put(place(5), Entry { by_name, changed: 1, strength: None, accounts: 1 });
        listing.list(&query(), |_| true, |_, _| SortValue::Nothing);
        println!("  one change, then the list again: {:?}", start.elapsed());
    }
}
