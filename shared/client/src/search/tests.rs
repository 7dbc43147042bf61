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
    index.search(query, 10).hits.iter().map(|hit| hit.key).collect()
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
        found.hits[0].name_ranges.iter().map(|range| name[range.clone()].to_owned()).collect()
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
    assert!(index.is_empty() && index.search("web", 10).total == 0);
}

#[test]
fn few_are_returned_and_all_are_counted() {
    let mut index = SearchIndex::new();
    for key in 0..500_u32 {
        index.insert(key, &SearchText { name: &format!("host-{key:03}"), ..SearchText::default() });
    }
    let found = index.search("host", 20);
    assert_eq!((found.total, found.hits.len()), (500, 20));
    assert_eq!(found.hits[0].key, 0);
    assert_eq!(found.hits[19].key, 19);
    assert_eq!(index.search_among("host", 20, |key| *key >= 490).total, 10);
    assert_eq!(index.search_among("host-4", 20, |key| *key >= 490).total, 10);
    assert_eq!(index.search("host-4", 0).hits.len(), 0);
    let long = "x".repeat(100_000);
    assert_eq!(index.search(&long, 10).total, 0);
    assert_eq!(index.search(&"h ".repeat(1000), 10).total, 500);
}
