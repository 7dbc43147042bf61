//! Each spelling is found, by examples made with other tools.

use super::*;

fn found(needle: &str, haystack: &[u8]) -> Vec<Spelling> {
    let search = Search::new(&[needle.to_owned()]).unwrap();
    let mut spellings: Vec<Spelling> = search.find(haystack).into_iter().map(|finding| finding.spelling).collect();
    spellings.dedup();
    spellings
}

#[test]
fn every_spelling_is_found() {
    // `Pa"ß/1 王` as Python's json, urllib, base64, codecs and binascii write it.
    let needle = "Pa\"ß/1 王";
    let haystacks: [(&[u8], Spelling); 20] = [
        ("…Pa\"ß/1 王…".as_bytes(), Spelling::Raw),
        (b"\xff\x00P\0a\0\"\0\xdf\0/\x001\0 \0\x8bs", Spelling::Utf16Le),
        (b"\xff\0P\0a\0\"\0\xdf\0/\x001\0 s\x8b\x01", Spelling::Utf16Be),
        (b"<506122c39f2f3120e78e8b>", Spelling::Hex),
        (b"<506122C39F2F3120E78E8B>", Spelling::Hex),
        ("{\"a\":\"Pa\\\"ß/1 王\"}".as_bytes(), Spelling::Json),
        ("{\"a\":\"Pa\\\"ß\\/1 王\"}".as_bytes(), Spelling::Json),
        (br#"{"a":"Pa\"\u00df/1 \u738b"}"#, Spelling::Json),
        (br#"{"a":"Pa\"\u00DF\/1 \u738B"}"#, Spelling::Json),
        (b"?a=Pa%22%C3%9F%2F1%20%E7%8E%8B&b", Spelling::Percent),
        (b"?a=Pa%22%c3%9f%2f1%20%e7%8e%8b&b", Spelling::Percent),
        (b"?a=Pa%22%C3%9F/1%20%E7%8E%8B&b", Spelling::Percent),
        (b"?a=Pa%22%C3%9F%2F1+%E7%8E%8B&b", Spelling::Percent),
        // Nothing, `x` and `xy` before it; `z` after it.
        (b"UGEiw58vMSDnjot6", Spelling::Base64(0)),
        (b"eFBhIsOfLzEg546Leg==", Spelling::Base64(1)),
        (b"eHlQYSLDny8xIOeOi3o=", Spelling::Base64(2)),
        (b"UGEiw58vMSDnjot6", Spelling::Base64(0)),
        (b"eFBhIsOfLzEg546Leg", Spelling::Base64(1)),
        (b"eHlQYSLDny8xIOeOi3o", Spelling::Base64(2)),
        (b"IFBhIsOfLzEg546LIFBh", Spelling::Base64(1)),
    ];
    for (haystack, spelling) in haystacks {
        assert_eq!(found(needle, haystack), [spelling], "{:?}", String::from_utf8_lossy(haystack));
    }
}

#[test]
fn both_alphabets_are_found() {
    assert_eq!(found("~~~???", b"fn5+Pz8/"), [Spelling::Base64(0)]);
    assert_eq!(found("~~~???", b"fn5-Pz8_"), [Spelling::Base64(0)]);
}

#[test]
fn what_is_not_there_is_not_found() {
    assert_eq!(found("canary-1", b"canary+1 Y2FuYXJ5KzE= 63616e6172792b31"), []);
    assert_eq!(found("canary-1", b""), []);
}

#[test]
fn needles_found_by_chance_are_refused() {
    assert!(matches!(Search::new(&["12345".to_owned()]), Err(Unsearchable::TooShort(_))));
}
