//! Pinyin of the characters that names are written in: all of GB 2312 and the first level of Big5.
//! `pinyin.txt` has a line per syllable and tone; it comes from mozillazg's pinyin-data (MIT), by first reading, and
//! takes a quarter of what the whole of Unicode would add to the page. `ü` is written `v`, as people type it.

use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("pinyin.txt");
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

/// Characters with a second reading that stands in names of places, people and machines.
const OTHER_READINGS: &[(char, &str)] = &[
    ('重', "chong"),
    ('行', "hang"),
    ('长', "chang"),
    ('長', "chang"),
    ('单', "shan"),
    ('單', "shan"),
    ('曾', "zeng"),
    ('都', "du"),
    ('乐', "yue"),
    ('樂', "yue"),
    ('朝', "zhao"),
    ('会', "kuai"),
    ('會', "kuai"),
    ('省', "xing"),
    ('调', "tiao"),
    ('調', "tiao"),
    ('传', "zhuan"),
    ('傳', "zhuan"),
    ('藏', "zang"),
    ('厦', "xia"),
    ('廈', "xia"),
    ('六', "lu"),
    ('还', "huan"),
    ('車', "ju"),
    ('车', "ju"),
    ('系', "ji"),
    ('校', "jiao"),
    ('率', "shuai"),
    ('参', "shen"),
    ('贾', "gu"),
    ('解', "xie"),
    ('盛', "cheng"),
    ('查', "zha"),
    ('区', "ou"),
    ('覃', "qin"),
    ('尉', "yu"),
    ('卡', "qia"),
    ('大', "dai"),
    ('便', "pian"),
    ('弹', "tan"),
    ('给', "ji"),
    ('地', "de"),
    ('露', "lou"),
    ('模', "mu"),
    ('薄', "bo"),
    ('说', "shui"),
    ('宿', "xiu"),
    ('落', "la"),
    ('圈', "juan"),
    ('埔', "bu"),
    ('蚌', "beng"),
    ('番', "pan"),
    ('了', "liao"),
    ('着', "zhao"),
    ('绿', "lu"),
    ('仇', "qiu"),
    ('柏', "bo"),
    ('翟', "zhai"),
    ('石', "dan"),
    ('降', "xiang"),
];

struct Table {
    /// Syllable with its tone, by row.
    rows: Vec<(&'static str, u8)>,
    /// Row plus one, by character; zero where there is none.
    by_character: Vec<u16>,
    /// Row plus one of the second reading.
    others: HashMap<char, u16>,
}

fn table() -> &'static Table {
    static READ: OnceLock<Table> = OnceLock::new();
    READ.get_or_init(|| {
        let characters = (LAST - FIRST + 1) as usize;
        let mut table = Table { rows: Vec::new(), by_character: vec![0; characters], others: HashMap::new() };
        for line in TABLE.lines() {
            let Some(tone_at) = line.find(|c: char| c.is_ascii_digit()) else { continue };
            let (Some(syllable), Some(tone)) = (line.get(..tone_at), line.as_bytes().get(tone_at)) else { continue };
            table.rows.push((syllable, tone - b'0'));
            let row = u16::try_from(table.rows.len()).unwrap_or(0);
            for character in line.chars().skip(tone_at + 1) {
                if let Some(place) = place(character).and_then(|at| table.by_character.get_mut(at)) {
                    *place = row;
                }
            }
        }
        for (character, other) in OTHER_READINGS {
            let row = table.rows.iter().position(|(syllable, _)| syllable == other);
            table.others.extend(row.and_then(|at| u16::try_from(at + 1).ok()).map(|row| (*character, row)));
        }
        table
    })
}

fn place(character: char) -> Option<usize> {
    let code = u32::from(character);
    (FIRST..=LAST).contains(&code).then(|| (code - FIRST) as usize)
}

/// The commonest reading: syllable without tone, and the tone (5 is none).
pub(super) fn reading(character: char) -> Option<(&'static str, u8)> {
    let table = table();
    let row = *table.by_character.get(place(character)?)?;
    table.rows.get(usize::from(row).checked_sub(1)?).copied()
}

/// The rows of the syllables that a character may be typed as, the commonest first; zero where there is none.
pub(super) fn rows(character: char) -> [u16; 2] {
    let table = table();
    let row = |at| table.by_character.get(at).copied();
    let first = place(character).and_then(row).unwrap_or(0);
    [first, if first == 0 { 0 } else { table.others.get(&character).copied().unwrap_or(0) }]
}

/// The syllable of a row.
pub(super) fn syllable(row: u16) -> &'static str {
    usize::from(row)
        .checked_sub(1)
        .and_then(|at| table().rows.get(at))
        .map(|(syllable, _)| *syllable)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn characters_have_their_readings() {
        for (character, expected) in
            [('数', "shu"), ('据', "ju"), ('库', "ku"), ('女', "nv"), ('绿', "lv"), ('张', "zhang"), ('資', "zi")]
        {
            assert_eq!(reading(character).map(|(syllable, _)| syllable), Some(expected), "{character}");
        }
        assert_eq!(reading('啊').map(|(_, tone)| tone), Some(5));
        assert_eq!(rows('重').map(syllable), ["zhong", "chong"]);
        assert_eq!(reading('a'), None);
        assert_eq!(reading('〇'), None);
        assert_eq!(rows('x').map(syllable), ["", ""]);
    }

    #[test]
    fn every_row_is_a_syllable_with_characters() {
        for line in TABLE.lines() {
            assert!(line.starts_with(|c: char| c.is_ascii_lowercase()), "{line}");
            assert!(line.chars().all(|c| c.is_ascii_lowercase() || ('1'..='5').contains(&c) || place(c).is_some()));
        }
        assert_eq!(
            table().others.len(),
            OTHER_READINGS.len(),
            "each is a syllable of the table, and stands there once"
        );
        assert_eq!(table().by_character.iter().filter(|row| **row != 0).count(), 8_836);
    }
}
