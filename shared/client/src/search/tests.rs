//! What people type, and what they expect to find first.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn index() -> SearchIndex<u32> {
    let tags = ["prod".to_owned(), "财务".to_owned()];
    let mut index = SearchIndex::new();
    let entries = [
        SearchText { name: "postgresql-main", dns_name: "db1.example.com", tags: &tags, ..SearchText::default() },
        SearchText { name: "root", user_name: "root", resource_name: "postgresql-main", ..SearchText::default() },
        SearchText { name: "重庆数据库服务器", group_path: "运维 / 生产", ..SearchText::default() },
        SearchText { name: "Müller mail", url: "https://mail.example.com/", ..SearchText::default() },
        SearchText { name: "web-01", notes: "behind the postgresql proxy", ..SearchText::default() },
        SearchText { name: "web-10", other: &["Paris", "Linux"], ..SearchText::default() },
        SearchText { name: "张伟 office", user_name: "zhangwei", ..SearchText::default() },
    ];
    for (key, text) in (0..).zip(&entries) {
        index.insert(key, text);
    }
    index
}

fn keys(index: &mut SearchIndex<u32>, query: &str) -> Vec<u32> {
    index.search(query, 10).iter().map(|hit| hit.key).collect()
}

#[track_caller]
fn finds(query: &str, expected: &[u32]) {
    assert_eq!(keys(&mut index(), query), expected, "{query}");
    // Typed letter by letter, narrowing on the way, it finds the same.
    let mut index = index();
    let ends = query.char_indices().map(|(at, c)| at + c.len_utf8());
    for end in ends {
        index.search(&query[..end], 10);
    }
    assert_eq!(keys(&mut index, query), expected, "{query}, typed");
}

#[test]
fn the_heavier_field_and_the_closer_match_come_first() {
    finds("postgresql", &[0, 1, 4]);
    finds("web", &[4, 5]);
    finds("web-10", &[5]);
    finds("example", &[0, 3]);
    finds("linux", &[5]);
    finds("", &[]);
    finds("   ", &[]);
    finds("nothing", &[]);
}

#[test]
fn every_word_must_be_found_in_any_field() {
    finds("postgresql root", &[1]);
    finds("root main", &[1]);
    finds("paris web", &[5]);
    finds("paris root", &[]);
}

#[test]
fn width_case_and_accents_do_not_count() {
    finds("ＷＥＢ－１０", &[5]);
    finds("muller", &[3]);
    finds("MÜLLER", &[3]);
}

#[test]
fn a_longer_word_may_have_one_wrong_letter() {
    finds("postgersql", &[0, 1]);
    finds("pistgres", &[0, 1]);
    finds("postgrs", &[0, 1]);
    finds("posttgresql", &[0, 1]);
    finds("exampel", &[0, 3]);
    finds("wob", &[]);
    finds("pistgers", &[]);
}

#[test]
fn letters_may_have_gaps() {
    finds("pgmain", &[0, 1]);
    finds("psql", &[0, 1]);
    finds("pomnai", &[]);
    finds("mulmail", &[3]);
}

#[test]
fn chinese_is_found_by_characters_pinyin_and_initials() {
    finds("数据", &[2]);
    finds("shujuku", &[2]);
    finds("sjk", &[2]);
    finds("chongqing", &[2]);
    finds("cqsjkfwq", &[2]);
    finds("shujuk 重庆", &[2]);
    finds("caiwu", &[0]);
    finds("shengchan", &[2]);
    finds("zhangwei", &[6]);
    finds("zhangw", &[6]);
    finds("zw", &[6]);
    finds("张w", &[6]);
}

#[test]
fn names_are_highlighted_as_they_were_written() {
    let mut index = index();
    let mut marked = |query: &str, name: &str| -> Vec<String> {
        let found = index.search(query, 1);
        found[0].name_ranges.iter().map(|range| name[range.clone()].to_owned()).collect()
    };
    assert_eq!(marked("muller", "Müller mail"), ["Müller"]);
    assert_eq!(marked("mail mul", "Müller mail"), ["Mül", "mail"]);
    assert_eq!(marked("sjk", "重庆数据库服务器"), ["数据库"]);
    assert_eq!(marked("chongqingshu", "重庆数据库服务器"), ["重庆数"]);
    assert_eq!(marked("pgmain", "postgresql-main"), ["p", "g", "main"]);
    assert_eq!(marked("db1", "postgresql-main"), Vec::<String>::new());
}

#[test]
fn one_entry_is_replaced_or_removed_alone() {
    let mut index = index();
    assert_eq!(index.len(), 7);
    index.search("web", 10);
    index.insert(4, &SearchText { name: "mail-01", ..SearchText::default() });
    assert_eq!(keys(&mut index, "web-01"), [5_u32; 0]);
    assert_eq!(keys(&mut index, "mail-01"), [4]);
    index.remove(&5);
    index.remove(&99);
    assert_eq!(index.len(), 6);
    assert_eq!(keys(&mut index, "web"), [5_u32; 0]);
    index.insert(42, &SearchText { name: "web-42", ..SearchText::default() });
    assert_eq!(keys(&mut index, "web"), [42]);
    index.clear();
    assert!(index.is_empty() && index.search("web", 10).is_empty());
}

#[test]
fn few_are_returned_the_best_of_all() {
    let mut index = SearchIndex::new();
    for key in 0..500_u32 {
        index.insert(key, &SearchText { name: &format!("host-{key:03}"), ..SearchText::default() });
    }
    // Longer than all others and still the best: the whole name, a user's whole name, in the order of their kind.
    index.insert(500, &SearchText { name: "another host-4", ..SearchText::default() });
    index.insert(501, &SearchText { name: "account of somebody", user_name: "host", ..SearchText::default() });
    index.insert(502, &SearchText { name: "host", ..SearchText::default() });
    index.insert(503, &SearchText { name: "Ｈｏｓｔ", ..SearchText::default() });
    let keys = |index: &mut SearchIndex<u32>, query: &str, limit| -> Vec<u32> {
        index.search(query, limit).iter().map(|hit| hit.key).collect()
    };
    assert_eq!(keys(&mut index, "host", 5), [502, 503, 0, 1, 2]);
    assert_eq!(index.search("host", 20).len(), 20);
    // More than a stop has seen is still found when one types on.
    assert_eq!(keys(&mut index, "host-4", 3), [400, 401, 402]);
    assert_eq!(keys(&mut index, "host-49", 20), [490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
    let all = keys(&mut index, "host", 1000);
    assert_eq!((all.len(), all[502], all[503]), (504, 501, 500));
    assert!(index.search("host-4", 0).is_empty());
    assert!(index.search(&"x".repeat(100_000), 10).is_empty());
    assert_eq!(index.search(&"h ".repeat(1000), 1000).len(), 504);
}

#[test]
fn what_is_passed_over_was_no_better() {
    let mut index = SearchIndex::new();
    let (places, users) = (["oslo", "重庆机房", "Test host", "dr"], ["root", "host", "张伟", "h", "deploy.host"]);
    for key in 0..600_u32 {
        let pick = key as usize;
        let notes = if key % 3 == 0 { "ask the host of the night shift" } else { "" };
        let text = SearchText {
            name: &format!("{}-{key}", ["web", "host", "数据库", "backup host", "Hôst"][pick / 7 % 5]),
            user_name: users[pick % users.len()],
            group_path: places[pick % places.len()],
            notes,
            ..SearchText::default()
        };
        index.insert(key, &text);
    }
    for query in [
        "h", "ho", "host", "s", "w", "zw", "oslo", "cq", "root 1", "host h", "night", "sjk", "机房", "t 5", "host-59",
        "bakcup",
    ] {
        let all = index.search(query, 1000);
        for limit in [1, 7, 50] {
            index.search("", limit);
            assert_eq!(index.search(query, limit), all[..limit.min(all.len())], "{query}, the best {limit}");
            index.search("", limit);
            for (end, _) in query.char_indices().skip(1) {
                index.search(&query[..end], limit);
            }
            assert_eq!(index.search(query, limit), all[..limit.min(all.len())], "{query} typed, the best {limit}");
        }
    }
}
