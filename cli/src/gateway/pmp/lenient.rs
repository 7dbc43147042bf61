//! JSON as the product's own reader takes it, and as its documents print it: keys and texts without quotes, commas that
//! are missing or too many, comments. Written again as JSON that any reader takes; only what strict JSON is not comes here.

use zeroize::Zeroizing;

/// Writes it again; `None` where a text has no end.
pub fn mend(text: &str) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() + text.len() / 2));
    let mut rest = text;
    // Whether a value or a key has just ended, and whether a comma is owed before the next one.
    let (mut ended, mut comma) = (false, false);
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Some(out) };
        let after = rest.get(first.len_utf8()..)?;
        match first {
            '/' if after.starts_with('/') => {
                rest = after.find('\n').and_then(|at| after.get(at..)).unwrap_or_default();
            }
            ',' => {
                (ended, comma, rest) = (false, true, after);
            }
            ':' => {
                out.push(':');
                (ended, comma, rest) = (false, false, after);
            }
            '}' | ']' => {
                out.push(first);
                (ended, comma, rest) = (true, false, after);
            }
            _ => {
                if ended || comma {
                    out.push(',');
                }
                comma = false;
                match first {
                    '{' | '[' => {
                        out.push(first);
                        (ended, rest) = (false, after);
                    }
                    '"' => {
                        let length = end_of_text(after)?;
                        out.push_str(rest.get(..=length)?);
                        (ended, rest) = (true, after.get(length..)?);
                    }
                    _ => {
                        let length = rest.find([',', ':', ']', '}', '"', '\n', '\r']).unwrap_or(rest.len());
                        let bare = Zeroizing::new(serde_json::to_string(rest.get(..length)?.trim()).ok()?);
                        out.push_str(&bare);
                        (ended, rest) = (true, rest.get(length..)?);
                    }
                }
            }
        }
    }
}

/// Bytes up to and with the quote that ends a text.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::mend;
    use serde_json::{Value, json};

    fn read(text: &str) -> Value {
        serde_json::from_str(&mend(text).unwrap()).unwrap()
    }

    #[test]
    fn what_the_documents_print_is_read() {
        // As a shell leaves a command line whose quotes nobody protected.
        assert_eq!(
            read("{operation:{Details:{NEWPASSWORD:Test12345$,RESETTYPE:LOCAL,REASON:to be sure,TICKETID:7}}}"),
            json!({"operation": {"Details": {
                "NEWPASSWORD": "Test12345$", "RESETTYPE": "LOCAL", "REASON": "to be sure", "TICKETID": "7",
            }}})
        );
        // Without a comma, with one too many, and with comments.
        assert_eq!(
            read("{\"a\":\"1, //\"\n \"b\":\"2\", // optional, \"c\": 3\n \"l\": [{\"x\":1},{\"x\":\"\\\"\"},],}"),
            json!({"a": "1, //", "b": "2", "l": [{"x": "1"}, {"x": "\""}]})
        );
        assert_eq!(read("{}"), json!({}));
    }

    #[test]
    fn a_text_without_an_end_is_none() {
        assert!(mend("{\"a\":\"b}").is_none());
    }
}
