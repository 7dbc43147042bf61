//! Files that are cut off, bent, or built to harm, by whoever knows the password too.

use super::made::{Made, gzip, made};
use super::*;
use base64ct::{Base64, Encoding};

const SMALL: &str = r#"<KeePassFile><Meta><RecycleBinUUID>EBESExQVFhcYGRobHB0eHw==</RecycleBinUUID></Meta><Root><Group>
    <Name>Root</Name><Group><UUID>EBESExQVFhcYGRobHB0eHw==</UUID><Name>Bin</Name></Group>
    <Entry><UUID>AAECAwQFBgcICQoLDA0ODw==</UUID><Times><CreationTime>AAAAAAAAAAA=</CreationTime></Times><Tags>a;b</Tags>
    <String><Key>Title</Key><Value>Web</Value></String><String><Key>Password</Key><Value Protected="True">[[secret]]</Value></String>
    <Binary><Key>f</Key><Value Ref="0"/></Binary><CustomData><Item><Key>k</Key><Value>v</Value></Item></CustomData>
    <History><Entry><String><Key>Password</Key><Value Protected="True">[[old]]</Value></String></Entry></History></Entry>
    </Group></Root></KeePassFile>"#;

fn within(inside: &str) -> String {
    format!("<KeePassFile><Root><Group>{inside}</Group></Root></KeePassFile>")
}

fn refused(file: &[u8]) -> Option<ImportError> {
    open(file, Some(key(PASSWORD))).err()
}

fn refused_document(version: u16, xml: &str) -> Option<ImportError> {
    refused(&made(version, xml, PASSWORD).bytes())
}

#[test]
fn what_is_cut_off_anywhere_is_refused() {
    for version in [3, 4] {
        let file = Made { attachments: vec![b"file"], ..made(version, SMALL, PASSWORD) }.bytes();
        assert_eq!(open(&file, Some(key(PASSWORD))).unwrap().accounts.len(), 1);
        // The first bytes say what it is.
        for length in 4..file.len() {
            assert_eq!(refused(&file[..length]), Some(ImportError::Damaged), "{length} bytes of version {version}");
        }
    }
}

#[test]
fn a_changed_byte_is_found_or_does_no_harm() {
    let changed = |file: &[u8], at: usize, change: u8| {
        let mut file = file.to_vec();
        file[at] ^= change;
        refused(&file)
    };
    // All of version 4 is authenticated.
    let four = Made { attachments: vec![b"file"], ..made(4, SMALL, PASSWORD) }.bytes();
    for at in 4..four.len() {
        for change in [0x01, 0x55, 0x80] {
            assert!(changed(&four, at, change).is_some(), "byte {at}");
        }
    }
    // Of version 3 the header is not. Its rounds may cost a minute, which is too long for a test.
    let three = made(3, SMALL, PASSWORD).bytes();
    let rounds = memchr::memmem::find(&three, &[6, 8, 0]).unwrap();
    for at in (4..three.len()).filter(|at| !(rounds..rounds + 11).contains(at)) {
        for change in [0x01, 0x55, 0x80] {
            let _ = changed(&three, at, change);
        }
    }
}

/// Whoever knows the password can write what they like into the document.
#[test]
fn a_document_that_is_cut_off_or_bent_is_read_or_refused() {
    for version in [3, 4] {
        let file = Made { attachments: vec![b"file"], compression: 0, ..made(version, SMALL, PASSWORD) };
        for cut in 0..SMALL.len() - "</KeePassFile>".len() {
            let error = refused(&file.wrap(&SMALL.as_bytes()[..cut]));
            assert_eq!(error, Some(ImportError::Damaged), "{cut} bytes of version {version}");
        }
        for at in 0..SMALL.len() {
            let mut bent = SMALL.as_bytes().to_vec();
            for letter in *b"<>&\"/=;\xff" {
                bent[at] = letter;
                let _ = refused(&file.wrap(&bent));
            }
            bent.remove(at);
            let _ = refused(&file.wrap(&bent));
        }
    }
    for nothing in ["", "   ", "no document", "<Other/>", "<KeePassFile><Root>", "<KeePassFile></Root></KeePassFile>"] {
        assert_eq!(refused_document(4, nothing), Some(ImportError::Damaged), "{nothing}");
    }
    assert_eq!(refused(&made(4, "", PASSWORD).wrap(b"<KeePassFile>\xff</KeePassFile>")), Some(ImportError::Damaged));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let swollen = Some(ImportError::Swollen { limit: 256 << 20 });
    let packed = gzip(&vec![b' '; 300 << 20]);
    assert!(packed.len() < 4 << 20, "{}", packed.len());
    // The last four bytes say how long it becomes: here that it becomes nothing.
    let lie = [&packed[..packed.len() - 4], &[0; 4]].concat();
    // Whoever packs it need not have anything before the document.
    let file = |version, packed: &[u8]| made(version, "", PASSWORD).wrap_packed(packed);
    assert_eq!(refused(&file(3, &packed)), swollen);
    assert_eq!(refused(&file(4, &packed)), swollen);
    assert_eq!(refused(&file(4, &lie)), swollen);
    // A file in the document is packed in what was packed.
    let packed = Base64::encode_string(&packed);
    let entry = r#"<Entry><Binary><Key>f</Key><Value Ref="0"/></Binary></Entry>"#;
    let xml = format!(
        r#"<KeePassFile><Meta><Binaries><Binary ID="0" Compressed="True">{packed}</Binary></Binaries></Meta><Root><Group>{entry}</Group></Root></KeePassFile>"#
    );
    assert_eq!(refused_document(3, &xml), swollen);
    let here =
        within(&format!(r#"<Entry><Binary><Key>f</Key><Value Compressed="True">{packed}</Value></Binary></Entry>"#));
    assert_eq!(refused_document(3, &here), swollen);
}

/// One file, and many entries that name it.
#[test]
fn one_file_named_many_times_is_refused() {
    let attachment = vec![0; 32 << 20];
    let entry = r#"<Entry><String><Key>Title</Key><Value>t</Value></String><String><Key>Password</Key><Value>p</Value></String>
        <Binary><Key>f</Key><Value Ref="0"/></Binary></Entry>"#;
    let xml = within(&entry.repeat(9));
    let file = Made { attachments: vec![&attachment], ..made(4, &xml, PASSWORD) }.bytes();
    assert_eq!(refused(&file), Some(ImportError::Swollen { limit: 256 << 20 }));
}

#[test]
fn ciphers_and_derivations_that_are_unknown_are_named_so() {
    let unknown = [
        Made { cipher: [0; 16], ..made(4, SMALL, PASSWORD) },
        Made { cipher: [0; 16], ..made(3, SMALL, PASSWORD) },
        Made { derivation: [0; 16], ..made(4, SMALL, PASSWORD) },
        Made { compression: 2, ..made(4, SMALL, PASSWORD) },
        // RC4, of 2010.
        Made { stream: 1, ..made(3, SMALL, PASSWORD) },
        Made { stream: 4, ..made(4, SMALL, PASSWORD) },
    ];
    for (number, file) in unknown.iter().enumerate() {
        assert_eq!(refused(&file.bytes()), Some(ImportError::UnknownFormat), "file {number}");
    }
}

#[test]
fn a_wrong_password_is_told_from_damage() {
    for version in [3, 4] {
        let file = made(version, SMALL, PASSWORD).bytes();
        assert_eq!(open(&file, Some(key("wrong"))).err(), Some(ImportError::WrongPassword));
        assert_eq!(open(&file, Some(key(""))).err(), Some(ImportError::WrongPassword));
        assert_eq!(open(&file, None).err(), Some(ImportError::PasswordNeeded));
    }
}

#[test]
fn entities_grow_into_nothing() {
    let xml = format!(
        r#"<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>{}"#,
        within(
            r#"<Entry><String><Key>Title</Key><Value>x&amp;&b;&#65;&c;&lt;&nbsp;</Value></String>
            <String><Key>Password</Key><Value>&a;p&quot;&apos;&gt;</Value></String></Entry>"#
        )
    );
    let plan = open(&made(4, &xml, PASSWORD).bytes(), Some(key(PASSWORD))).unwrap();
    assert_eq!(plan.resources[0].details.name, "x&A<");
    assert_eq!(plan.accounts[0].secret.value.expose(), "p\"'>");
}

#[test]
fn groups_within_groups_have_an_end() {
    let entry = r#"<Entry><String><Key>Title</Key><Value>t</Value></String><String><Key>Password</Key><Value>p</Value></String></Entry>"#;
    let nested =
        |depth: usize| within(&format!("{}{entry}{}", "<Group><Name>g</Name>".repeat(depth), "</Group>".repeat(depth)));
    let plan = open(&made(4, &nested(64), PASSWORD).bytes(), Some(key(PASSWORD))).unwrap();
    assert_eq!((plan.accounts.len(), plan.groups.len()), (1, 64));
    assert_eq!(refused_document(4, &nested(65)), Some(ImportError::Damaged));
    assert_eq!(refused_document(4, &nested(100_000)), Some(ImportError::Damaged));
    // What is not known may be as deep as it likes.
    let unknown = within(&format!("{}{}{entry}", "<X>".repeat(100_000), "</X>".repeat(100_000)));
    assert_eq!(open(&made(4, &unknown, PASSWORD).bytes(), Some(key(PASSWORD))).unwrap().accounts.len(), 1);
    let protected = within(&r#"<X Protected="True">"#.repeat(100_000));
    assert_eq!(refused_document(4, &protected), Some(ImportError::Damaged));
    let history = within(&"<Entry><History>".repeat(100_000));
    assert_eq!(refused_document(4, &history), Some(ImportError::Damaged));
}

#[test]
fn entries_groups_and_versions_have_limits() {
    let rows = Some(ImportError::TooManyRows { limit: 100_000 });
    assert_eq!(refused_document(4, &within(&"<Entry/>".repeat(100_000))), None);
    assert_eq!(refused_document(4, &within(&"<Entry/>".repeat(100_001))), rows);
    assert_eq!(refused_document(4, &within(&"<Group/>".repeat(100_000))), rows, "with the root");
    let versions = within(&format!("<Entry><History>{}</History></Entry>", "<Entry/>".repeat(1_000_001)));
    assert_eq!(refused_document(4, &versions), Some(ImportError::TooManyRows { limit: 1_000_000 }));
    let empty = vec![&b""[..]; 100_001];
    let file = Made { attachments: empty, ..made(4, SMALL, PASSWORD) };
    let files = Some(ImportError::TooManyFiles { limit: 100_000 });
    assert_eq!(refused(&file.bytes()), files);
    let binaries: String = (0..100_001).map(|at| format!(r#"<Binary ID="{at}"/>"#)).collect();
    let xml = format!("<KeePassFile><Meta><Binaries>{binaries}</Binaries></Meta></KeePassFile>");
    assert_eq!(refused_document(3, &xml), files);
}

/// One entry of too many parts spoils no other.
#[test]
fn an_entry_of_too_many_parts_is_not_taken() {
    let entry = |count: usize| {
        let fields: String = (0..count).map(|at| format!("<String><Key>{at}</Key><Value>v</Value></String>")).collect();
        format!(
            "<Entry><String><Key>Title</Key><Value>{count}</Value></String><String><Key>Password</Key><Value>p</Value></String>{fields}</Entry>"
        )
    };
    let xml = within(&[entry(998), entry(999)].concat());
    let plan = open(&made(4, &xml, PASSWORD).bytes(), Some(key(PASSWORD))).unwrap();
    assert_eq!(plan.accounts.len(), 1);
    let rejected: Vec<_> = plan.rejected.iter().map(|row| (row.name.as_str(), row.reason)).collect();
    assert_eq!(rejected, [("999", Reason::TooLarge)]);
}

/// Better none than garbage.
#[test]
fn what_is_no_text_once_decrypted_is_refused() {
    for value in ["AAAA", "////////////////", "no base64"] {
        let entry =
            format!(r#"<Entry><String><Key>Password</Key><Value Protected="True">{value}</Value></String></Entry>"#);
        assert_eq!(refused_document(4, &within(&entry)), Some(ImportError::Damaged), "{value}");
    }
}
