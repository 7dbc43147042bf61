//! Ids of this dialect: a prefix and ten characters that stand for a number. The numbers are put in another order by a
//! fixed permutation, for no other reason than that ids should not look as if they could be counted.

use sealward_contract::ids::{Number, TeamId};

const ACCOUNT: &str = "acctpw_";
const AUTH_METHOD: &str = "ampw_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 10;
/// 62 to the tenth: how many texts of ten characters there are.
const SPACE: u128 = 839_299_365_868_340_224;
/// It has no divisor in common with 62: multiplying by it loses nothing.
const FACTOR: u128 = 271_828_182_845_904_523;
/// `FACTOR * INVERSE` is 1 modulo `SPACE`.
const INVERSE: u128 = 89_902_793_062_644_003;
const SHIFT: u128 = 314_159_265_358_979_323;

/// The id of a member's account.
#[must_use]
pub fn of_account(number: Number) -> String {
    format!("{ACCOUNT}{}", encode(number.0.into()))
}

/// The member's number in the id of an account.
#[must_use]
pub fn read_account(id: &str) -> Option<Number> {
    let number = decode(id.strip_prefix(ACCOUNT)?)?;
    u32::try_from(number).ok().map(Number)
}

/// The id of the team's auth method: made from the first seven bytes of the team's own id.
#[must_use]
pub fn of_auth_method(team: &TeamId) -> String {
    let number = team.0.iter().take(7).fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{AUTH_METHOD}{}", encode(number))
}

/// The text of a number below [`SPACE`].
fn encode(number: u64) -> String {
    let mut place = (u128::from(number) * FACTOR + SHIFT) % SPACE;
    let mut text = [b'0'; LENGTH];
    for character in text.iter_mut().rev() {
        let digit = usize::try_from(place % 62).unwrap_or_default();
        *character = DIGITS.get(digit).copied().unwrap_or(b'0');
        place /= 62;
    }
    text.iter().copied().map(char::from).collect()
}

fn decode(text: &str) -> Option<u64> {
    if text.len() != LENGTH {
        return None;
    }
    let mut place = 0;
    for character in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == character)?;
        place = place * 62 + u128::try_from(digit).ok()?;
    }
    let number = (place + SPACE - SHIFT) % SPACE * INVERSE % SPACE;
    u64::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_stay_as_they_are() {
        // Calculated by hand with another program.
        for (number, text) in [
            (0, "NCqs2ZQ5Ln"),
            (1, "hHpNdTqmHO"),
            (2, "1MntEOHTCz"),
            (3, "LRmOpIiA8a"),
            (42, "yZqH2nVAMr"),
            (1_000, "FSoTMjwUKZ"),
            (u32::MAX, "U9ze00QGIa"),
        ] {
            assert_eq!(of_account(Number(number)), format!("acctpw_{text}"));
            assert_eq!(read_account(&format!("acctpw_{text}")), Some(Number(number)));
        }
        assert_eq!(of_auth_method(&TeamId([0x11; 16])), "ampw_SvTxkDiWW6");
    }

    #[test]
    fn what_is_no_id_names_nobody() {
        for id in [
            "",
            "acctpw_",
            "acctpw_hHpNdTqmH",
            "acctpw_hHpNdTqmHOO",
            "acctpw_hHpNdTqmH-",
            "ampw_hHpNdTqmHO",
            "acctpw_hHpNdTqmé",
            "hHpNdTqmHO",
            "acctpw_0000000000",
        ] {
            assert_eq!(read_account(id), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn no_two_numbers_have_the_same_id(one in 0..839_299_365_868_340_224_u64, other in 0..839_299_365_868_340_224_u64) {
            let (first, second) = (encode(one), encode(other));
            prop_assert_eq!(decode(&first), Some(one));
            prop_assert_eq!(first == second, one == other);
        }

        #[test]
        fn every_text_is_some_numbers(text in "[0-9A-Za-z]{10}") {
            prop_assert_eq!(encode(decode(&text).unwrap()), text);
        }
    }
}
