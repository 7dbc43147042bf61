//! Files that are cut off, changed, or built to harm. None may stop the program, and none may make it grow.

use super::super::*;
use super::NOW;
use super::fixtures::{all, pack};
use std::io::{Cursor, Write as _};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Reads as far as it goes. It must come to an end.
fn read(file: &[u8]) -> Result<ImportPlan, ImportError> {
    let mut import = Import::open(Zeroizing::new(file.to_vec()), NOW)?;
    import.columns();
    for _ in 0..10_000 {
        if import.next_chunk(50)?.is_finished() {
            return Ok(import.finish());
        }
    }
    panic!("it never ends");
}

fn refused(file: &[u8]) -> ImportError {
    read(file).err().unwrap()
}

#[test]
fn files_that_are_cut_off_are_read_or_refused() {
    for (_, file, _) in all() {
        for cut in (0..file.len()).step_by(7) {
            let _ = read(&file[..cut]);
        }
    }
}

#[test]
fn files_that_are_changed_are_read_or_refused() {
    // xorshift64, from a fixed seed: what fails once fails again.
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    for (_, file, _) in all() {
        for _ in 0..150 {
            let mut changed = file.clone();
            for _ in 0..=next(4) {
                let at = next(changed.len());
                match next(4) {
                    0 => changed[at] = u8::try_from(next(256)).unwrap(),
                    1 => drop(changed.remove(at)),
                    2 => changed.insert(at, b"\",;\n{}[]\0\xff"[next(10)]),
                    _ => changed[at] ^= 1 << next(8),
                }
            }
            let _ = read(&changed);
        }
    }
}

#[test]
fn plans_from_changed_bytes_are_read_or_refused() {
    for (_, file, _) in all() {
        let bytes = read(&file).unwrap().to_bytes();
        for at in (0..bytes.len()).step_by(3) {
            let mut changed = bytes.to_vec();
            changed[at] ^= 0x55;
            let _ = ImportPlan::from_bytes(&changed);
        }
    }
}

/// An entry of `mebibytes` of one letter.
fn bomb(name: &str, mebibytes: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    for _ in 0..mebibytes {
        zip.write_all(&[b'a'; 1 << 20]).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let bomb = bomb("passwords.csv", 300);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(matches!(refused(&bomb), ImportError::Swollen { .. }));
}

#[test]
fn an_entry_that_lies_about_its_size_is_not_unpacked() {
    let mut lie = bomb("passwords.csv", 8);
    // The size stands in the directory at the end, after the signature PK\1\2, at 24.
    let directory = lie.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    lie[directory + 24..directory + 28].copy_from_slice(&1000_u32.to_le_bytes());
    assert!(matches!(refused(&lie), ImportError::Swollen { .. } | ImportError::Damaged));
}

#[test]
fn archives_keep_to_their_limits() {
    let many: Vec<(String, &[u8])> = (0..10_001).map(|at| (format!("{at}.txt"), b"".as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    assert_eq!(refused(&pack(&many)), ImportError::TooManyFiles { limit: 10_000 });
    for name in ["../up.csv", "a/../../up.csv", "/etc/passwords.csv", "..\\up.csv"] {
        let climbing = read(&pack(&[(name, b"name,url,username,password\na,b,c,d\n")])).err();
        assert_eq!(climbing, Some(ImportError::Damaged), "{name}");
    }
    assert_eq!(refused(&pack(&[])), ImportError::UnknownFormat);
    assert_eq!(refused(&pack(&[("a.png", b"x")])), ImportError::UnknownFormat);
    assert_eq!(refused(&pack(&[("Proton Pass/data.pgp", b"x")])), ImportError::Encrypted);
    let mut encrypted = pack(&[("passwords.csv", b"name,url,username,password\na,b,c,d\n")]);
    let directory = encrypted.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    encrypted[6] |= 1;
    assert_eq!(refused(&encrypted), ImportError::Encrypted);
    // One sheet in a zip is that sheet.
    let plan =
        read(&pack(&[("passwords.csv", b"name,url,username,password\na,b,c,d\n"), ("__MACOSX/p.csv", b"x")])).unwrap();
    assert_eq!(plan.accounts.len(), 1);
}

fn workbook(sheet: &str, shared: &str) -> Vec<u8> {
    pack(&[
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", shared.as_bytes()),
    ])
}

#[test]
fn entities_in_a_workbook_grow_into_nothing() {
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
        <sst><si><t>Resource Name</t></si><si><t>User Account</t></si><si><t>Password</t></si>
        <si><t>x&amp;&b;&#65;&c;&lt;</t></si></sst>"#;
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>
        <row r="2"><c r="A2" t="inlineStr"><is><r><t>host</t></r><r><t>-1</t></r><rPh><t>no</t></rPh></is></c><c r="C2" t="s"><v>3</v></c></row>
        <row r="9"><c r="A9" t="s"><v>77</v></c><c r="B9" t="e"><v>#REF!</v></c></row></sheetData></worksheet>"#;
    let plan = read(&workbook(sheet, laughs)).unwrap();
    assert_eq!(plan.accounts.len(), 1);
    assert_eq!(plan.resources[0].details.name, "host-1");
    assert_eq!(plan.accounts[0].secret.value.expose(), "x&A<");
    assert_eq!((plan.accounts[0].row, plan.rows), (2, 1), "a cell that says nothing is empty");
}

#[test]
fn one_long_text_named_many_times_is_refused() {
    let shared = format!("<sst><si><t>{}</t></si></sst>", "s".repeat(900_000));
    let mut sheet = String::from("<worksheet><sheetData><row><c><v>name</v></c><c><v>password</v></c></row>");
    for _ in 0..400 {
        sheet.push_str(r#"<row><c/><c t="s"><v>0</v></c></row>"#);
    }
    sheet.push_str("</sheetData></worksheet>");
    assert!(matches!(refused(&workbook(&sheet, &shared)), ImportError::Swollen { .. }));
}

#[test]
fn a_workbook_has_as_many_columns_as_a_sheet() {
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row></sheetData></worksheet>"#;
    assert_eq!(refused(&workbook(sheet, "<sst/>")), ImportError::TooManyColumns { limit: 100 });
    assert_eq!(refused(&workbook("<worksheet><sheetData><row><c>", "")), ImportError::Empty);
}

#[test]
fn a_quotation_mark_that_never_closes_spoils_its_own_row_only() {
    let mut file = String::from("Resource Name,User Account,Password\na,b,c\nd,\"e,f\n");
    file.push_str(&"g,h,i\n".repeat(300_000));
    let plan = read(file.as_bytes()).unwrap();
    assert_eq!(plan.accounts.len(), 1);
    assert_eq!(plan.rejected.len(), 1);
    assert_eq!((plan.rejected[0].row, plan.rejected[0].reason), (3, Reason::TooLarge));
}
