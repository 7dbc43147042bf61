//! Documents in every order, of both versions and every cipher; key files of every kind.

use super::made::{AES, CHACHA20, Made, TWOFISH, gzip, made};
use super::*;
use crate::import::refusal::Part;
use base64ct::{Base64, Encoding};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Strings before, between and behind everything else; protected values where nobody asks for them; meta behind all.
const UNUSUAL: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<KeePassFile>
    <Unknown><Deep Protected="True">[[nobody reads this]]</Deep><Deep Protected="False">plain</Deep></Unknown>
    <Root>
        <Group>
            <Name>Root</Name>
            <Notes Protected="True">[[notes of a group]]</Notes>
            <Group>
                <Entry>
                    <String><Value Protected="true">[[0042]]</Value><Key>PIN</Key></String>
                    <History>
                        <Entry>
                            <Times><LastModificationTime>2022-05-06T07:08:09Z</LastModificationTime></Times>
                            <String><Key>Password</Key><Value Protected="True">[[older]]</Value></String>
                            <History><Entry><String><Key>Password</Key><Value Protected="True">[[no]]</Value></String></Entry></History>
                        </Entry>
                        <Entry>
                            <String><Key>Password</Key><Value Protected="True">[[newer]]</Value></String>
                            <Times><LastModificationTime>2023-05-06T07:08:09Z</LastModificationTime></Times>
                        </Entry>
                    </History>
                    <String><Key>Password</Key><Value Protected="True">[[pä"ss 密码]]</Value></String>
                    <CustomData><Item><Key>k</Key><Value Protected="True">[[kept by a program]]</Value></Item></CustomData>
                    <Times><Expires>True</Expires><ExpiryTime>2031-02-03T04:05:06Z</ExpiryTime><LastModificationTime>iL7G2g4AAAA=</LastModificationTime></Times>
                    <String><Key>UserName</Key><Value Protected="True">[[root]]</Value></String>
                    <String><Key>Empty</Key><Value Protected="True"/></String>
                    <Unknown Protected="True">[[nor this]]</Unknown>
                    <String><Key>otp</Key><Value Protected="1">[[JBSWY3DPEHPK3PXP]]</Value></String>
                    <Tags>one, two;three</Tags>
                    <String><Key>Title</Key><Value>Web &amp; &#x6D4B;<![CDATA[ <b>]]></Value></String>
                    <UUID>AAECAwQFBgcICQoLDA0ODw==</UUID>
                </Entry>
                <Name>Servers</Name>
                <UUID>EBESExQVFhcYGRobHB0eHw==</UUID>
            </Group>
            <Entry><String><Key>Title</Key><Value>Last</Value></String>
                <String><Key>Password</Key><Value Protected="True">[[in step to the end]]</Value></String></Entry>
        </Group>
        <DeletedObjects><DeletedObject><UUID>AAECAwQFBgcICQoLDA0ODw==</UUID></DeletedObject></DeletedObjects>
    </Root>
    <Meta><HeaderHash>AAAA</HeaderHash></Meta>
</KeePassFile>"#;

fn check_unusual(file: &[u8]) {
    let plan = open(file, Some(key(PASSWORD))).unwrap();
    assert_eq!((plan.rows, plan.accounts.len(), plan.rejected.len(), plan.left_out.len()), (2, 2, 0, 0));
    let web = plan.accounts.iter().find(|account| account.details.user_name == "root").unwrap();
    let resource = &plan.resources[web.resource];
    assert_eq!(resource.details.name, "Web & 测 <b>");
    assert_eq!(plan.groups[resource.group.unwrap()].details.name, "Servers");
    assert_eq!(web.identity, Identity::SourceId("kdbx:00010203-0405-0607-0809-0a0b0c0d0e0f".into()));
    assert_eq!(web.secret.value.expose(), "pä\"ss 密码");
    assert_eq!(web.secret.otp_seed.as_ref().unwrap().expose(), "JBSWY3DPEHPK3PXP");
    assert_eq!(web.secret.hidden("PIN").unwrap().expose(), "0042");
    assert_eq!(web.details.custom_fields.len(), 1);
    assert_eq!(web.details.tags, ["one", "two", "three"]);
    assert_eq!(web.details.expiry, Day::parse("2031-02-03"));
    // 63,800,000,136 seconds since the year 1.
    assert_eq!(web.details.changed, Timestamp(1_664_403_336_000));
    let past: Vec<_> = web.history.iter().map(|past| (past.value.expose(), past.until.unwrap().0)).collect();
    assert_eq!(past, [("newer", 1_664_403_336_000), ("older", 1_683_356_889_000)]);
    let last = plan.accounts.iter().find(|account| account.details.user_name.is_empty()).unwrap();
    assert_eq!(last.secret.value.expose(), "in step to the end");
}

#[test]
fn elements_may_stand_in_any_order() {
    for version in [3, 4] {
        for cipher in [AES, TWOFISH, CHACHA20] {
            for compression in [0, 1] {
                for stream in [2, 3] {
                    let file = Made { cipher, compression, stream, ..made(version, UNUSUAL, PASSWORD) };
                    check_unusual(&file.bytes());
                }
            }
        }
    }
    // AES-KDF under the name that version 4 gave it.
    let derivation = *b"\x7c\x02\xbb\x82\x79\xa7\x4a\xc0\x92\x7d\x11\x4a\x00\x64\x82\x38";
    check_unusual(&Made { derivation, ..made(4, UNUSUAL, PASSWORD) }.bytes());
    // A byte order mark before the document.
    let marked = format!("\u{feff}{UNUSUAL}");
    check_unusual(&made(4, &marked, PASSWORD).bytes());
}

/// Version 3 has its files in the document, and they may be protected and compressed too.
#[test]
fn files_stand_in_the_document_or_before_it() {
    let packed = Base64::encode_string(&gzip(b"packed"));
    let binaries = format!(
        r#"<Binaries><Binary ID="7" Protected="True">[[protected]]</Binary><Binary ID="0" Compressed="True">{packed}</Binary>
           <Binary ID="3">cGxh
           aW4=</Binary><Binary ID="4" Compressed="True"/><Binary ID="x">AAAA</Binary>
           <Binary ID="5" Compressed="True">bm8gZ3ppcA==</Binary></Binaries>"#
    );
    let file = |name: &str, value: &str| format!("<Binary><Key>{name}</Key>{value}</Binary>");
    let files = [
        file("a", r#"<Value Ref="7"/>"#),
        file("b", r#"<Value Ref="0"/>"#),
        file("c", r#"<Value Ref="3"/>"#),
        file("d", r#"<Value Ref="4"/>"#),
        file("e", "<Value>aGVyZQ==</Value>"),
        file("f", r#"<Value Protected="True">[[here too]]</Value>"#),
        file("g", r#"<Value Ref="5"/>"#),
        file("h", r#"<Value Ref="99"/>"#),
    ];
    let entry = format!(
        r#"<Entry>{}<String><Key>Title</Key><Value>t</Value></String>
           <String><Key>Password</Key><Value Protected="True">[[secret]]</Value></String></Entry>"#,
        files.concat()
    );
    let xml = format!("<KeePassFile><Meta>{binaries}</Meta><Root><Group>{entry}</Group></Root></KeePassFile>");
    let plan = open(&made(3, &xml, PASSWORD).bytes(), Some(key(PASSWORD))).unwrap();
    let found: Vec<_> =
        plan.accounts[0].attachments.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    let wanted: [(&str, &[u8]); 6] =
        [("a", b"protected"), ("b", b"packed"), ("c", b"plain"), ("d", b""), ("e", b"here"), ("f", b"here too")];
    assert_eq!(found, wanted);
    assert_eq!(plan.accounts[0].secret.value.expose(), "secret");
    let left_out: Vec<_> = plan.left_out.iter().map(|left| (left.name.as_str(), left.part)).collect();
    assert_eq!(left_out, [("t", Part::File)], "one is no gzip, and one is not there");

    let entry = |files: &str| {
        format!(
            "<KeePassFile><Root><Group><Entry>{files}<String><Key>Title</Key><Value>t</Value></String><String><Key>Password</Key><Value>s</Value></String></Entry></Group></Root></KeePassFile>"
        )
    };
    let xml = entry(&[file("one", r#"<Value Ref="1"/>"#), file("zero", r#"<Value Ref="0"/>"#)].concat());
    let four = Made { attachments: vec![b"0", b"first\0"], ..made(4, &xml, PASSWORD) };
    let plan = open(&four.bytes(), Some(key(PASSWORD))).unwrap();
    let found: Vec<_> = plan.accounts[0].attachments.iter().map(|file| file.bytes.as_slice()).collect();
    assert_eq!(found, [b"first\0".as_slice(), b"0"]);
}

/// KeePass: XML of two versions, 32 bytes, 64 digits; any other file by its hash.
#[test]
fn key_files_of_every_kind_open() {
    const RAW: [u8; 32] = *b"0123456789abcdef0123456789ABCDEF";
    // Of these 32 bytes, in hexadecimal: the digits, and the first bytes of their SHA-256.
    let digits = "3031323334353637383961626364656630313233343536373839414243444546";
    let hash = "F02AE380";
    let one = |data: &str| {
        format!(
            "\u{feff}<?xml version=\"1.0\"?>\r\n<KeyFile><Meta><Version>1.00</Version></Meta><Key><Data>{data}</Data></Key></KeyFile>"
        )
    };
    let two = |digits: &str, hash: &str| {
        format!("<KeyFile>\n<Meta><Version>2.0</Version></Meta>\n<Key><Data{hash}>\n{digits}\n</Data></Key></KeyFile>")
    };
    let spaced = format!("{} {}\n\t{}", &digits[..8], &digits[8..16], &digits[16..]);
    let with_hash = format!(" Hash=\"{hash}\"");
    let right = [
        RAW.to_vec(),
        digits.as_bytes().to_vec(),
        digits.to_uppercase().into_bytes(),
        one("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY=").into_bytes(),
        two(&spaced, &with_hash).into_bytes(),
        two(digits, "").into_bytes(),
    ];
    let xml = UNUSUAL;
    let file = Made { parts: RAW.to_vec(), ..made(4, xml, PASSWORD) }.bytes();
    let alone = |key_file: &[u8]| Some(FileKey { password: None, key_file: Some(key_file.to_vec()) });
    for (number, key_file) in right.iter().enumerate() {
        assert_eq!(open(&file, alone(key_file)).unwrap().accounts.len(), 2, "file {number}");
    }
    let wrong = [
        two(digits, " Hash=\"00000000\"").into_bytes(),
        two("no digits", "").into_bytes(),
        digits.as_bytes()[1..].to_vec(),
        one("").into_bytes(),
        b"<KeyFile>".to_vec(),
        Vec::new(),
    ];
    for (number, key_file) in wrong.iter().enumerate() {
        assert_eq!(open(&file, alone(key_file)).err(), Some(ImportError::WrongPassword), "file {number}");
    }
    // Another file, by SHA-256: of "abc", as in FIPS 180.
    let hashed = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hashed[2 * at..2 * at + 2], 16).unwrap()).collect();
    let file = Made { parts: bytes, ..made(4, xml, PASSWORD) }.bytes();
    assert_eq!(open(&file, alone(b"abc")).unwrap().accounts.len(), 2);
}

/// An id that stands twice tells nobody apart.
#[test]
fn a_second_entry_with_the_same_id_is_known_by_its_columns() {
    let entry = |title: &str| {
        format!(
            "<Entry><UUID>AAECAwQFBgcICQoLDA0ODw==</UUID><String><Key>Title</Key><Value>{title}</Value></String><String><Key>Password</Key><Value>s</Value></String></Entry>"
        )
    };
    let xml = format!("<KeePassFile><Root><Group>{}{}</Group></Root></KeePassFile>", entry("b"), entry("a"));
    let plan = open(&made(4, &xml, PASSWORD).bytes(), Some(key(PASSWORD))).unwrap();
    let known: Vec<_> = plan.accounts.iter().map(|account| matches!(account.identity, Identity::SourceId(_))).collect();
    assert_eq!(known, [false, true], "by their titles, the second of the file comes first");
}
