//! Kits written by hand: the frozen code, every typo, every form that a kit is read from.

use super::*;
use core::convert::Infallible;
use rand_core::{CryptoRng, TryCryptoRng, TryRng};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

struct Fixed(u8);

impl TryRng for Fixed {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.into())
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.into())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

fn kit() -> EmergencyKit {
    let key: Vec<u8> = (0..16).map(|n| n * 17).collect();
    EmergencyKit {
        team: TeamId(*b"0123456789abcdef"),
        secret_key: SecretKey::from_slice(&key).unwrap(),
        origin: "https://vault.example:8480".into(),
        login_name: "张伟 li&co".into(),
    }
}

const CODE: &str = "2C1H6Z-8SK8DN-9P6WWY-3JRB2G-CDJ6AT-SG024S-H36H2J-NCSVRX-H6DAQR-F6DVV4-QZMSS1";

fn refused(text: &str) -> KitError {
    ReadKit::parse(text).unwrap_err()
}

fn same(text: &str) {
    let read = ReadKit::parse(text).unwrap();
    assert!(read.team == kit().team && read.secret_key == kit().secret_key, "{text}");
}

#[test]
fn the_code_is_frozen() {
    assert_eq!(kit().code().as_str(), CODE);
    assert_eq!(CODE.len(), 11 * 6 + 10);
}

#[test]
fn a_code_is_read_however_it_was_typed() {
    same(CODE);
    same(&CODE.to_lowercase());
    same(&CODE.replace('-', ""));
    same(&CODE.replace('-', " "));
    same(&format!("  {}\n", CODE.replace('-', "\n - ")));
    same(&CODE.replace('0', "O").replace('1', "l").replace('V', "u"));
    same(
        &CODE
            .chars()
            .map(|c| if c == '-' { '－' } else { char::from_u32(c as u32 + 0xfee0).unwrap() })
            .collect::<String>(),
    );
    same(&format!("Kit code: {CODE}"));
    same(
        &CODE
            .replace('-', "")
            .as_bytes()
            .chunks(4)
            .map(|c| std::str::from_utf8(c).unwrap())
            .collect::<Vec<_>>()
            .join(" "),
    );
}

#[test]
fn each_typo_is_found_in_its_group() {
    for at in 0..CODE.len() {
        if CODE.as_bytes()[at] == b'-' {
            continue;
        }
        let number = (at / 7 + 1) as u8;
        for wrong in ["Z", "0", "7", "*"] {
            if &CODE[at..=at] != wrong {
                let typo = format!("{}{wrong}{}", &CODE[..at], &CODE[at + 1..]);
                let found = refused(&typo);
                assert!(matches!(found, KitError::WrongGroup { number: n } if n == number), "{typo} {found:?}");
            }
        }
        let missing = format!("{}{}", &CODE[..at], &CODE[at + 1..]);
        let last = if number == 11 { KitError::Incomplete { groups: 10 } } else { KitError::WrongGroup { number } };
        assert_eq!(refused(&missing), last);
        let double = format!("{}{}", &CODE[..=at], &CODE[at..]);
        assert_eq!(refused(&double), KitError::WrongGroup { number });
    }
    let mut groups: Vec<&str> = CODE.split('-').collect();
    groups.swap(2, 6);
    assert_eq!(refused(&groups.join("-")), KitError::WrongGroup { number: 3 });
}

#[test]
fn incomplete_and_mixed_kits_are_told_apart() {
    assert_eq!(refused(""), KitError::Empty);
    assert_eq!(refused(" -- \n"), KitError::Empty);
    assert_eq!(refused(&CODE[..6]), KitError::Incomplete { groups: 1 });
    assert_eq!(refused(&CODE[..40]), KitError::Incomplete { groups: 5 });
    assert_eq!(refused(&CODE[..CODE.len() - 7]), KitError::Incomplete { groups: 10 });
    assert_eq!(refused(&format!("{CODE}-{}", &CODE[..6])), KitError::TooLong);
    assert_eq!(refused(&"0".repeat(70_000)), KitError::TooLong);
    // The first group of another team: each group is right, together they are no kit.
    let other = EmergencyKit { team: TeamId([0xff; 16]), ..kit() }.code();
    assert_eq!(refused(&format!("{}{}", &other[..6], &CODE[6..])), KitError::WrongChecksum);
}

#[test]
fn typing_shows_the_state_of_each_group() {
    use GroupState::*;
    assert_eq!(states(""), []);
    assert_eq!(states(&CODE[..8]), [Right, Unfinished]);
    assert_eq!(states(CODE), [Right; 11]);
    assert_eq!(states(&format!("Z{}", &CODE[1..])).first(), Some(&Wrong));
}

#[test]
fn file_and_line_carry_the_rest() {
    for text in [kit().to_text(), kit().to_line()] {
        let read = ReadKit::parse(&text).unwrap();
        assert!(read.secret_key == kit().secret_key && read.team == kit().team);
        assert_eq!(read.origin.as_deref(), Some("https://vault.example:8480"));
        assert_eq!(read.login_name.as_deref(), Some("张伟 li&co"));
    }
    let windows = format!("\u{feff}{}", kit().to_text().replace('\n', "\r\n"));
    assert_eq!(ReadKit::parse(&windows).unwrap().login_name.as_deref(), Some("张伟 li&co"));
    assert_eq!(
        kit().to_line().as_str(),
        format!("sealward-kit:{CODE}?origin=https://vault.example:8480&login=%E5%BC%A0%E4%BC%9F%20li%26co")
    );
    assert_eq!(ReadKit::parse(CODE).unwrap().origin, None);
}

#[test]
fn only_the_group_asked_for_is_an_answer() {
    for random in 0..=255 {
        let randomness: &mut dyn CryptoRng = &mut Fixed(random);
        let challenge = Challenge::make(randomness);
        assert!((7..=10).contains(&challenge.number()));
        let group = CODE.split('-').nth(usize::from(challenge.number()) - 1).unwrap();
        assert!(kit().answers(challenge, &group.to_lowercase()));
        assert!(kit().answers(challenge, &format!(" {group} ")));
        assert!(!kit().answers(challenge, &CODE[..6]));
        assert!(!kit().answers(challenge, ""));
    }
}

#[test]
fn the_qr_code_is_one_path() {
    let qr = kit().to_qr().unwrap();
    assert!(qr.path.starts_with("M4 4h7v1h-7z"), "a finder pattern is in the corner");
    assert!(qr.size > 40 && qr.size < 80);
    let long = EmergencyKit { login_name: "x".repeat(3_000), ..kit() };
    assert_eq!(long.to_qr().err(), Some(TooLongForQr));
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", kit()), "EmergencyKit { .. }");
    assert_eq!(format!("{:?}", ReadKit::parse(CODE).unwrap()), "ReadKit { .. }");
}
