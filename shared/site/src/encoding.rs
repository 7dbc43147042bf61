//! Which of a file's forms a browser takes (RFC 9110, section 12.5.3).

use http::HeaderValue;

/// Whether `br` stands in Accept-Encoding and is not refused with a weight of zero.
pub fn takes_brotli<'a>(accepted: impl IntoIterator<Item = &'a HeaderValue>) -> bool {
    accepted.into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"))
            && !parts.any(|part| {
                part.strip_prefix("q=")
                    .and_then(|weight| weight.parse::<f32>().ok())
                    .is_some_and(|weight| weight <= 0.0)
            })
    })
}
