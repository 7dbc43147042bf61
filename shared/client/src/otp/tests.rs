//! Vectors of RFC 6238, and seeds as sites give them.

use super::{Algorithm, Seed, SeedFault};
use sealward_contract::ids::Timestamp;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// `12345678901234567890` and its repetitions to the length of the hash, in base32.
const SEED_SHA1: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SEED_SHA256: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
const SEED_SHA512: &str =
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA";

fn link(secret: &str, more: &str) -> String {
    format!("otpauth://totp/Example:mara@example.com?secret={secret}&issuer=Example{more}")
}

fn fault(text: &str) -> Option<SeedFault> {
    Seed::read(text).err()
}

fn code(text: &str, seconds: u64) -> String {
    Seed::read(text).ok().unwrap().code_at(Timestamp(seconds * 1_000 + 999)).now.expose().to_owned()
}

#[test]
fn codes_are_those_of_rfc_6238() {
    // Appendix B; the codes have eight digits.
    let vectors = [
        (59, "94287082", "46119246", "90693936"),
        (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"),
        (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"),
        (20_000_000_000, "65353130", "77737706", "47863826"),
    ];
    for (seconds, sha1, sha256, sha512) in vectors {
        assert_eq!(code(&link(SEED_SHA1, "&digits=8&algorithm=SHA1"), seconds), sha1);
        assert_eq!(code(&link(SEED_SHA256, "&digits=8&algorithm=SHA256"), seconds), sha256);
        assert_eq!(code(&link(SEED_SHA512, "&digits=8&algorithm=SHA512"), seconds), sha512);
    }
}

#[test]
fn a_period_has_a_code_an_end_and_a_next_code() {
    let seed = Seed::read(&link(SEED_SHA1, "&digits=8")).ok().unwrap();
    let last = seed.code_at(Timestamp(59_999));
    assert_eq!((last.now.expose(), last.until), ("94287082", Timestamp(60_000)));
    let first = seed.code_at(Timestamp(60_000));
    assert_eq!((first.now.expose(), first.until), (last.next.expose(), Timestamp(90_000)));
    let minute = Seed::read(&link(SEED_SHA1, "&period=60")).ok().unwrap();
    assert_eq!(minute.code_at(Timestamp(59_999)).until, Timestamp(60_000));
    assert_eq!(minute.code_at(Timestamp(60_000)).until, Timestamp(120_000));
}

#[test]
fn links_say_whose_codes_they_make() {
    let seed = Seed::read(
        " otpauth://TOTP/Big%20Corp%3A%20alice%40example.com?Secret=jbswy3dpehpk3pxp&issuer=Big%20Corp%20Ltd&\
         algorithm=HmacSHA512&digits=7&period=60&image=https%3A%2F%2Fexample.com%2Fi.png#x ",
    );
    let seed = seed.ok().unwrap();
    assert_eq!((seed.issuer(), seed.account()), ("Big Corp Ltd", "alice@example.com"));
    assert_eq!((seed.algorithm(), seed.digits(), seed.period()), (Algorithm::Sha512, 7, 60));
    let plain = Seed::read("otpauth://totp/%E6%88%91%E7%9A%84?secret=JBSWY3DPEHPK3PXP").ok().unwrap();
    assert_eq!((plain.issuer(), plain.account()), ("", "我的"));
    assert_eq!((plain.algorithm(), plain.digits(), plain.period()), (Algorithm::Sha1, 6, 30));
}

#[test]
fn secrets_may_be_typed_as_they_are_printed() {
    let wanted = code("JBSWY3DPEHPK3PXP", 1_000_000_000);
    assert_eq!(wanted.len(), 6);
    for typed in ["jbsw y3dp ehpk 3pxp", " JBSW-Y3DP-EHPK-3PXP\n", "JBSWY3DPEHPK3PXP====", "jbswy3dpehpk3pxp"] {
        assert_eq!(code(typed, 1_000_000_000), wanted, "{typed}");
        assert_eq!(Seed::tidy(typed).expose(), "JBSWY3DPEHPK3PXP");
    }
    let link = link("JBSWY3DPEHPK3PXP", "");
    assert_eq!(code(&link, 1_000_000_000), wanted);
    assert_eq!(Seed::tidy(&format!(" {link}\n")).expose(), link);
}

#[test]
fn what_is_no_standard_seed_is_refused_by_name() {
    assert_eq!(fault(""), Some(SeedFault::NotASeed));
    assert_eq!(fault("not a seed!"), Some(SeedFault::NotASeed));
    assert_eq!(fault("JBSWY3DPEHPK3PX0"), Some(SeedFault::NotASeed), "0 is no base32");
    assert_eq!(fault("https://example.com/?secret=JBSWY3DPEHPK3PXP"), Some(SeedFault::NotASeed));
    assert_eq!(fault("password"), Some(SeedFault::TooShort), "a word that is base32");
    assert_eq!(fault(&"A".repeat(3_000)), Some(SeedFault::TooLong));
    assert_eq!(fault("otpauth://totp/x"), Some(SeedFault::NoSecret));
    assert_eq!(fault("otpauth://totp/x?digits=6"), Some(SeedFault::NoSecret));
    assert_eq!(fault("otpauth://totp/x?secret=%21"), Some(SeedFault::NoSecret));
    assert_eq!(fault("otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=0"), Some(SeedFault::Counter));
    assert_eq!(fault("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8"), Some(SeedFault::Collection));
    assert_eq!(fault("steam://JBSWY3DPEHPK3PXP"), Some(SeedFault::NotStandard));
    assert_eq!(fault(&link("JBSWY3DPEHPK3PXP", "&encoder=steam")), Some(SeedFault::NotStandard));
    assert_eq!(fault(&link("JBSWY3DPEHPK3PXP", "&algorithm=MD5")), Some(SeedFault::Hash));
    for digits in ["5", "9", "0", "six", "-6"] {
        assert_eq!(fault(&link("JBSWY3DPEHPK3PXP", &format!("&digits={digits}"))), Some(SeedFault::Digits));
    }
    for period in ["0", "3601", "-30", "half"] {
        assert_eq!(fault(&link("JBSWY3DPEHPK3PXP", &format!("&period={period}"))), Some(SeedFault::Period));
    }
}
