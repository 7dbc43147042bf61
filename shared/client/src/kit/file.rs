//! The kit as a text file, in both languages, and as one line for the QR code; both are read by one function, which
//! also takes the bare code.

use super::code::{self, GROUP, GROUPS, KitError};
use super::{EmergencyKit, ReadKit};
use zeroize::Zeroizing;

const ORIGIN: &str = "Address / 地址:";
const LOGIN_NAME: &str = "Login name / 登录名:";
const CODE: &str = "Kit code / 应急码:";
/// Not an http address on purpose: a phone's camera must not open it, and no browser history should hold it.
const SCHEME: &str = "sealward-kit:";

/// The file's text.
pub(super) fn write(kit: &EmergencyKit) -> Zeroizing<String> {
    let code = kit.code();
    // Two lines, six groups and five: what fits on paper and on a phone.
    let middle = (GROUP + 1) * GROUPS.div_ceil(2);
    let (first, second) = code.split_at_checked(middle).unwrap_or((code.as_str(), ""));
    let mut text = Zeroizing::new(String::with_capacity(1024 + 4 * (kit.origin.len() + kit.login_name.len())));
    for part in [
        "Sealward emergency kit / 应急包\n\n",
        "Whoever has this and your password can sign in as you. Keep it twice, away from your devices.\n",
        "拿到本文件和密码的人就能以您的身份登录。请在设备之外保存两份。\n\n",
        ORIGIN,
        " ",
        &kit.origin,
        "\n",
        LOGIN_NAME,
        " ",
        &kit.login_name,
        "\n",
        CODE,
        "\n    ",
        first,
        "\n    ",
        second,
        "\n",
    ] {
        text.push_str(part);
    }
    text
}

/// One line: scheme, code, and the two names percent-encoded.
pub(super) fn write_line(kit: &EmergencyKit) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(128 + 3 * (kit.origin.len() + kit.login_name.len())));
    line.push_str(SCHEME);
    line.push_str(&kit.code());
    line.push_str("?origin=");
    percent_encode(&kit.origin, &mut line);
    line.push_str("&login=");
    percent_encode(&kit.login_name, &mut line);
    line
}

/// Reads the file, the line, or a bare code.
pub(super) fn read(text: &str) -> Result<ReadKit, KitError> {
    // Far more than any kit: a wrong file is not worth the search.
    if text.len() > 64 * 1024 {
        return Err(KitError::TooLong);
    }
    let text = text.trim().trim_start_matches('\u{feff}');
    if let Some(line) = strip_scheme(text) {
        return read_line(line);
    }
    let after = |label: &str| {
        let (_, rest) = text.split_once(label)?;
        rest.lines().next().map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let code = match text.split_once(CODE) {
        Some((_, code)) => code,
        // A printed kit that was typed in or read by a camera may have lost its labels' exact form.
        None => text.rfind([':', '：']).and_then(|at| text.get(at..)).filter(|code| code.len() > GROUP).unwrap_or(text),
    };
    let (team, secret_key) = code::read(code)?;
    Ok(ReadKit { team, secret_key, origin: after(ORIGIN), login_name: after(LOGIN_NAME) })
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

fn read_line(line: &str) -> Result<ReadKit, KitError> {
    let (code, query) = line.split_once('?').unwrap_or((line, ""));
    let (team, secret_key) = code::read(code)?;
    let value = |name: &str| {
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).and_then(|(_, value)| {
            let value = percent_decode(value)?;
            (!value.is_empty()).then_some(value)
        })
    };
    Ok(ReadKit { team, secret_key, origin: value("origin"), login_name: value("login") })
}

fn percent_encode(text: &str, line: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte) {
            line.push(char::from(byte));
        } else {
            line.push('%');
            for digit in [byte >> 4, byte & 15] {
                line.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(|text| without_controls(&text))
}

/// Names lose control characters: they are shown to the person.
fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
