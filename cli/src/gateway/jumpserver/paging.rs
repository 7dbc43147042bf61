//! Lists: whole where no limit is given, else a page with the addresses of those beside it.

use crate::gateway::{
    exchange::{Answer, Asked},
    reading::Pairs,
};
use http::{StatusCode, header};
use serde::Serialize;

/// Which stretch of a list is wanted.
struct Page {
    offset: usize,
    limit: usize,
}

/// A page as it is written. What is on it may be borrowed, so that a secret stands nowhere but in the answer.
#[derive(Serialize)]
struct Written<'p, V> {
    count: usize,
    next: Option<String>,
    previous: Option<String>,
    results: &'p [V],
}

impl Page {
    /// Reads a page; `None` where everything is wanted.
    fn read(query: &Pairs) -> Option<Self> {
        let limit = query.filled("limit")?.parse().ok().filter(|limit| *limit > 0)?;
        Some(Self { limit, offset: query.filled("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0) })
    }

    /// Answers with this page of a list, of which there are `count` in all; `stretch` are those of the page.
    fn answer(&self, asked: &Asked, query: &Pairs, count: usize, results: &[impl Serialize]) -> Answer {
        let at = |offset: usize| {
            let offset = (offset > 0).then(|| offset.to_string());
            let query = query.with(&[("limit", Some(self.limit.to_string())), ("offset", offset)]);
            format!("{}?{query}", address(asked))
        };
        let next = self.offset.saturating_add(self.limit);
        let next = (next < count).then(|| at(next));
        let previous = (self.offset > 0).then(|| at(self.offset.saturating_sub(self.limit)));
        Answer::json(StatusCode::OK, &Written { count, next, previous, results })
    }
}

/// From where to where a list of this length is wanted.
pub fn stretch(query: &Pairs, count: usize) -> (usize, usize) {
    Page::read(query).map_or((0, count), |page| {
        let from = page.offset.min(count);
        (from, from.saturating_add(page.limit).min(count))
    })
}

/// Answers with a list: each item is shown when it is on the page.
pub fn answer<'i, I, V: Serialize>(asked: &Asked, query: &Pairs, items: &'i [I], show: impl Fn(&'i I) -> V) -> Answer {
    match Page::read(query) {
        None => Answer::json(StatusCode::OK, &items.iter().map(show).collect::<Vec<_>>()),
        Some(page) => {
            let stretch = items.iter().skip(page.offset).take(page.limit);
            page.answer(asked, query, items.len(), &stretch.map(show).collect::<Vec<_>>())
        }
    }
}

/// The address that was asked, without its query.
fn address(asked: &Asked) -> String {
    let host = asked.header(header::HOST.as_str()).unwrap_or("localhost");
    let path = asked.segments().unwrap_or_default().join("/");
    format!("https://{host}/{path}/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, Method};
    use serde_json::{Value, json};
    use std::net::{IpAddr, Ipv4Addr};

    fn asked(target: &str) -> Asked {
        Asked {
            method: Method::GET,
            target: zeroize::Zeroizing::new(target.as_bytes().to_vec()),
            headers: HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("jump.example:7443"))]),
            body: zeroize::Zeroizing::default(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    fn said(target: &str) -> Value {
        let asked = asked(target);
        let answer = answer(&asked, &Pairs::read(asked.query()), &[1, 2, 3, 4, 5], |item| json!(item));
        serde_json::from_slice(&answer.body).unwrap()
    }

    #[test]
    fn what_is_on_a_page_is_written_from_where_it_lies() {
        #[derive(Serialize)]
        struct Borrowed<'s> {
            secret: &'s str,
        }
        let secrets = ["one".to_owned(), "two".to_owned()];
        for (target, shown) in [
            ("/a/", json!([{"secret": "one"}, {"secret": "two"}])),
            (
                "/a/?limit=1",
                json!({"count": 2, "next": "https://jump.example:7443/a/?limit=1&offset=1", "previous": null,
                "results": [{"secret": "one"}]}),
            ),
        ] {
            let asked = asked(target);
            let answer = answer(&asked, &Pairs::read(asked.query()), &secrets, |secret| Borrowed { secret });
            assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap(), shown, "{target}");
        }
    }

    #[test]
    fn a_page_names_those_beside_it() {
        assert_eq!(said("/api/v1/a/"), json!([1, 2, 3, 4, 5]));
        assert_eq!(said("/api/v1/a/?limit=0"), json!([1, 2, 3, 4, 5]));
        let page = said("//api/v1/a?x=%26&offset=2&limit=2");
        assert_eq!(page["results"], json!([3, 4]));
        assert_eq!(page["count"], 5);
        assert_eq!(page["next"], "https://jump.example:7443/api/v1/a/?x=%26&limit=2&offset=4");
        assert_eq!(page["previous"], "https://jump.example:7443/api/v1/a/?x=%26&limit=2");
        let whole = said("/api/v1/a/?offset=0&limit=15");
        assert_eq!((&whole["next"], &whole["previous"]), (&Value::Null, &Value::Null));
        assert_eq!(said("/api/v1/a/?offset=9&limit=2")["results"], json!([]));
    }
}
