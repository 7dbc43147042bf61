//! Times search per keystroke over synthetic catalogs: `cargo run --release -p sealward-client --example time_search`.
#![expect(clippy::print_stdout, reason = "a command that prints its measurements")]
#![expect(clippy::disallowed_methods, reason = "measuring is about the clock")]

use sealward_client::search::{Collation, SearchIndex, SearchText, sort_key};
use std::time::{Duration, Instant};

const NAMES: [&str; 12] =
    ["web", "postgresql", "mail", "backup", "gateway", "jenkins", "redis", "数据库", "财务系统", "人事", "监控", "vpn"];
const PLACES: [&str; 8] = ["prod", "staging", "test", "重庆机房", "上海", "frankfurt", "oslo", "dr"];
const USERS: [&str; 7] = ["root", "admin", "zhangwei", "svc-deploy", "oracle", "li.na", "postgres"];
const ROUNDS: usize = 7;
const NOTES: &str = "Rotate every quarter; ask the operations team before changing anything. 变更前请联系运维。";
const QUERIES: [&str; 9] =
    ["postgresql prod", "postgersql", "admin", "chongqing", "sjk", "数据库 42", "web-1234", "zhagnwei oslo", "gatway"];

fn fill(count: usize) -> SearchIndex<u64> {
    let mut index = SearchIndex::new();
    let tags = ["managed".to_owned(), "财务".to_owned()];
    for (number, key) in (0..count).zip(0_u64..) {
        let pick =
            |from: &'static [&'static str], step: usize| from.get(number / step % from.len()).copied().unwrap_or("");
        let (name, place, user) = (pick(&NAMES, 1), pick(&PLACES, 12), pick(&USERS, 5));
        let resource = format!("{name}-{place}-{number:05}");
        index.insert(
            key,
            &SearchText {
                name: &format!("{user}@{name}-{number}"),
                user_name: user,
                resource_name: &resource,
                tags: &tags,
                dns_name: &format!("{name}{number}.{place}.example.com"),
                url: &format!("https://{name}{number}.{place}.example.com:8443/login"),
                group_path: &format!("Operations / {place} / {name}"),
                other: &["Linux server", "IT department", "rack 12", "Zhang Wei"],
                notes: NOTES,
            },
        );
    }
    index
}

fn main() {
    for count in [10_000, 20_000] {
        let start = Instant::now();
        let mut index = fill(count);
        index.rank();
        println!("{count} entries, indexed in {:?}", start.elapsed());
        let mut best: Vec<(String, Duration, usize)> = Vec::new();
        for round in 0..ROUNDS {
            let mut each = best.iter_mut();
            let mut timed = Vec::new();
            for query in QUERIES {
                let ends = query.char_indices().map(|(at, letter)| at + letter.len_utf8());
                let typed = ends.filter_map(|end| query.get(..end)).map(|typed| (typed, typed.to_owned()));
                // After the keystrokes the same pasted as a whole: nothing to narrow.
                for (typed, label) in typed.chain([("", String::new()), (query, format!("{query} (pasted)"))]) {
                    let start = Instant::now();
                    let found = index.search(typed, 100);
                    let took = start.elapsed();
                    if round == 0 {
                        timed.push((label, took, found.len()));
                    } else if let Some(best) = each.next() {
                        best.1 = best.1.min(took);
                    }
                }
            }
            best.extend(timed);
        }
        best.sort_by_key(|(_, took, _)| *took);
        let median = best.get(best.len() / 2).map(|(_, took, _)| *took).unwrap_or_default();
        println!("  per keystroke, best of {ROUNDS}: median {median:?}; the slowest:");
        for (typed, took, hits) in best.iter().rev().take(6) {
            println!("    {took:?} {typed:?}, {hits} hits");
        }
        let start = Instant::now();
        let keys: Vec<_> = (0..count).map(|n| sort_key(&format!("财务系统-{n}"), Collation::Chinese)).collect();
        println!("  {} sort keys in {:?}", keys.len(), start.elapsed());
    }
}
