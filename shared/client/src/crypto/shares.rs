//! A key split into shares, so many of which give it back and fewer say nothing of it (Shamir's scheme over GF(2^8), one
//! polynomial for each byte). A share is its place, from 1 on, and 32 bytes.

use super::sealing::SealingKey;
use blahaj::{Share, Sharks};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Bytes of a share.
const SHARE_LEN: usize = 33;

/// Splits a key into `count` shares, `needed` of which give it back.
pub fn split(
    key: &SealingKey,
    needed: u8,
    count: usize,
    mut randomness: &mut dyn CryptoRng,
) -> Vec<Zeroizing<Vec<u8>>> {
    let dealer = Sharks(needed).dealer_rng(key.expose(), &mut randomness);
    dealer.take(count).map(|share| Zeroizing::new(Vec::from(&share))).collect()
}

/// Puts exactly as many shares together as it takes. `None` where two are the same one, or one is none: whether they are
/// the right ones shows only what the key opens.
#[must_use]
pub fn join(needed: u8, shares: &[&[u8]]) -> Option<SealingKey> {
    if shares.len() != usize::from(needed) || shares.iter().any(|share| share.len() != SHARE_LEN) {
        return None;
    }
    let shares: Vec<Share> = shares.iter().map(|share| Share::try_from(*share).ok()).collect::<Option<_>>()?;
    let joined = Zeroizing::new(Sharks(needed).recover(&shares).ok()?);
    SealingKey::from_slice(&joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::randomness::OsRandom;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn so_many_shares_and_no_fewer_give_the_key_back() {
        let randomness = &mut OsRandom::new();
        let key = SealingKey::make(randomness);
        let shares = split(&key, 3, 5, randomness);
        assert_eq!(shares.len(), 5);
        for pick in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
            let picked = pick.map(|at| shares[at].as_slice());
            assert!(join(3, &picked).unwrap() == key, "{pick:?}");
        }
        assert!(join(3, &[&shares[0], &shares[1]]).is_none());
        assert!(join(3, &[&shares[0], &shares[1], &shares[1]]).is_none());
        // Two shares under the belief that two are enough give another key.
        assert!(join(2, &[&shares[0], &shares[1]]).unwrap() != key);
        let mut bent = shares[2].to_vec();
        bent[5] ^= 1;
        assert!(join(3, &[&shares[0], &shares[1], &bent]).unwrap() != key);
        assert!(join(3, &[&shares[0], &shares[1], &bent[..32]]).is_none());
    }

    #[test]
    fn shares_are_points_of_polynomials() {
        // 2 of 3, of the byte 0x2a: f(x) = 0x2a + 0x05 x over GF(2^8) of AES, by hand.
        let byte = |place: u8, value: u8| [&[place][..], &[value; 32]].concat();
        let shares = [byte(1, 0x2f), byte(2, 0x20), byte(3, 0x25)];
        for pick in [[0, 1], [0, 2], [1, 2]] {
            let joined = join(2, &pick.map(|at| shares[at].as_slice())).unwrap();
            assert_eq!(joined.expose(), &[0x2a; 32], "{pick:?}");
        }
    }
}
