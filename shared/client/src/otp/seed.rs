//! Seeds as sites give them: an `otpauth` link (the key URI format of Google Authenticator) or its secret alone.

use crate::model::{SecretText, limits};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use totp_rs::{Builder, Secret, Totp};

/// The hash that codes are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// What nearly all sites use.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// Why a text is no seed that codes can be made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum SeedFault {
    /// Neither a link nor base32.
    #[error("not a seed")]
    NotASeed,
    /// The link names no secret, or one that is not base32.
    #[error("the link has no readable secret")]
    NoSecret,
    /// Too few bytes to be a seed: a part of one, or a word that happens to be base32.
    #[error("too short for a seed")]
    TooShort,
    /// Longer than any seed.
    #[error("too long for a seed")]
    TooLong,
    /// Codes that count uses (HOTP). Several people who share a counter lose it at once.
    #[error("a counter-based seed")]
    Counter,
    /// A collection of seeds, as authenticator apps hand over from phone to phone.
    #[error("an export of several seeds")]
    Collection,
    /// A way of its own to make codes, such as Steam's letters.
    #[error("not a standard code")]
    NotStandard,
    /// Another hash than SHA-1, SHA-256 or SHA-512.
    #[error("an unknown hash")]
    Hash,
    /// Fewer than six or more than eight digits.
    #[error("not six to eight digits")]
    Digits,
    /// No time, or more than an hour.
    #[error("not a usual period")]
    Period,
}

/// The longest period in seconds.
const LONGEST_PERIOD: u64 = 3_600;
/// The fewest bytes of a seed. RFC 4226 demands sixteen; sites are known to give ten and, rarely, eight.
const FEWEST_BYTES: usize = 8;

/// A seed, ready to make codes. It has no `Debug`, and is overwritten when dropped.
pub struct Seed {
    pub(super) totp: Totp,
    algorithm: Algorithm,
    issuer: String,
    account: String,
}

impl Seed {
    /// Reads what [`crate::model::SecretPayload::otp_seed`] holds, or what a person typed.
    ///
    /// # Errors
    /// [`SeedFault`].
    pub fn read(text: &str) -> Result<Self, SeedFault> {
        let text = text.trim();
        if text.len() > limits::OTP_SEED {
            return Err(SeedFault::TooLong);
        }
        match text.split_once("://") {
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "otpauth" => read_link(rest),
                "otpauth-migration" => Err(SeedFault::Collection),
                "steam" => Err(SeedFault::NotStandard),
                _ => Err(SeedFault::NotASeed),
            },
            None => Self::from_secret(text).map_err(|fault| match fault {
                SeedFault::NoSecret => SeedFault::NotASeed,
                fault => fault,
            }),
        }
    }

    /// Six digits of SHA-1 every thirty seconds, from base32 text alone.
    fn from_secret(text: &str) -> Result<Self, SeedFault> {
        let parameters = Parameters { secret: read_secret(text)?, ..Parameters::new()? };
        Ok(parameters.build(String::new(), String::new()))
    }

    /// What is kept of a text that was read: a link as it is, base32 without spaces and in capitals.
    #[must_use]
    pub fn tidy(text: &str) -> SecretText {
        let text = text.trim();
        SecretText::new(if text.contains("://") { text.to_owned() } else { compact(text) })
    }

    /// The site, as the link says.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The account at the site, as the link says.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The hash.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Digits of a code.
    #[must_use]
    pub fn digits(&self) -> u8 {
        self.totp.digits()
    }

    /// Seconds that a code is valid.
    #[must_use]
    pub fn period(&self) -> u32 {
        u32::try_from(self.totp.step()).unwrap_or(u32::MAX)
    }
}

struct Parameters {
    secret: Secret,
    algorithm: Algorithm,
    digits: u8,
    period: u64,
}

impl Parameters {
    /// What holds where a link says nothing else; the secret is to be filled in.
    fn new() -> Result<Self, SeedFault> {
        let secret = Secret::try_from_base32("").map_err(|_| SeedFault::NoSecret)?;
        Ok(Self { secret, algorithm: Algorithm::Sha1, digits: 6, period: 30 })
    }

    fn build(self, issuer: String, account: String) -> Seed {
        let Self { secret, algorithm, digits, period } = self;
        let hash = match algorithm {
            Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
            Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
            Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
        };
        // "Noncompliant" are seeds below sixteen bytes, which many sites give.
        let totp = Builder::new()
            .with_algorithm(hash)
            .with_digits(digits)
            .with_step_duration(period)
            .with_secret(secret)
            .build_noncompliant();
        Seed { totp, algorithm, issuer, account }
    }
}

/// Reads `totp/Site:account?secret=…&issuer=…&algorithm=…&digits=…&period=…`.
fn read_link(rest: &str) -> Result<Seed, SeedFault> {
    let (path, query) = rest.split_once('?').ok_or(SeedFault::NoSecret)?;
    let (kind, label) = path.split_once('/').unwrap_or((path, ""));
    match kind.to_ascii_lowercase().as_str() {
        "totp" => {}
        "hotp" => return Err(SeedFault::Counter),
        _ => return Err(SeedFault::NotStandard),
    }
    let label = decode(label);
    let (mut issuer, account) = match label.split_once(':') {
        Some((issuer, account)) => (issuer.trim().to_owned(), account.trim().to_owned()),
        None => (String::new(), label.trim().to_owned()),
    };
    let (mut parameters, mut secret) = (Parameters::new()?, None);
    let query = query.split('#').next().unwrap_or_default();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match name.to_ascii_lowercase().as_str() {
            "secret" => secret = Some(read_secret(&zeroize::Zeroizing::new(decode(value).into_owned()))?),
            "issuer" if !value.is_empty() => issuer = decode(value).trim().to_owned(),
            "algorithm" => parameters.algorithm = read_algorithm(&decode(value))?,
            "digits" => {
                let digits = value.parse().map_err(|_| SeedFault::Digits)?;
                parameters.digits = if (6..=8).contains(&digits) { digits } else { return Err(SeedFault::Digits) };
            }
            "period" => {
                let period = value.parse().map_err(|_| SeedFault::Period)?;
                parameters.period =
                    if (1..=LONGEST_PERIOD).contains(&period) { period } else { return Err(SeedFault::Period) };
            }
            "encoder" => return Err(SeedFault::NotStandard),
            _ => {}
        }
    }
    parameters.secret = secret.ok_or(SeedFault::NoSecret)?;
    Ok(parameters.build(issuer, account))
}

fn read_algorithm(text: &str) -> Result<Algorithm, SeedFault> {
    let name = text.to_ascii_uppercase().replace(['-', '_'], "");
    match name.strip_prefix("HMAC").unwrap_or(&name) {
        "SHA1" => Ok(Algorithm::Sha1),
        "SHA256" => Ok(Algorithm::Sha256),
        "SHA512" => Ok(Algorithm::Sha512),
        _ => Err(SeedFault::Hash),
    }
}

fn read_secret(text: &str) -> Result<Secret, SeedFault> {
    let compact = zeroize::Zeroizing::new(compact(text));
    let secret = Secret::try_from_base32(compact.as_str()).map_err(|_| SeedFault::NoSecret)?;
    match secret.len() {
        0 => Err(SeedFault::NoSecret),
        short if short < FEWEST_BYTES => Err(SeedFault::TooShort),
        _ => Ok(secret),
    }
}

/// Base32 as it is decoded: sites print it in groups, in small letters, with or without padding.
fn compact(text: &str) -> String {
    let text = text.trim_end_matches(|end: char| end == '=' || end.is_whitespace());
    let mut compact = String::with_capacity(text.len());
    compact.extend(
        text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').map(|sign| sign.to_ascii_uppercase()),
    );
    compact
}

fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}
