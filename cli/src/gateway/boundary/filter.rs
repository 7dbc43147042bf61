//! Filters of lists: conditions about fields of an item, joined by `and`, `or` and `not`.

use regex_lite::Regex;
use serde_json::Value;

/// How deep conditions may stand in parentheses.
const DEPTH: usize = 32;

/// What an item has to be.
pub enum Filter {
    Or(Vec<Self>),
    And(Vec<Self>),
    Not(Box<Self>),
    Is(Selector, Test),
}

/// Which field is meant: its path, from the item down.
pub struct Selector(Vec<String>);

/// What it has to be.
pub enum Test {
    Equals(String),
    /// A text with this in it, or a list with this among it.
    Contains(String),
    /// The text is in the field: `"a" in "/item/list"`.
    Matches(Regex),
    Empty,
}

impl Filter {
    /// Reads a filter; `None` for what is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens: &tokens, depth: 0 };
        let filter = reader.any()?;
        reader.tokens.is_empty().then_some(filter)
    }

    /// Whether an item is so. A field that is not there is like nothing.
    #[must_use]
    pub fn fits(&self, item: &Value) -> bool {
        match self {
            Self::Or(filters) => filters.iter().any(|filter| filter.fits(item)),
            Self::And(filters) => filters.iter().all(|filter| filter.fits(item)),
            Self::Not(filter) => !filter.fits(item),
            Self::Is(selector, test) => test.holds(selector.find(item)),
        }
    }
}

impl Selector {
    /// `/item/attributes/login_name`, or `item.attributes.login_name`.
    fn read(text: &str) -> Option<Self> {
        let parts: Vec<String> = match text.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect(),
            None => text.split('.').map(str::to_owned).collect(),
        };
        let (first, rest) = parts.split_first()?;
        (first == "item" && !rest.is_empty()).then(|| Self(rest.to_vec()))
    }

    fn find<'i>(&self, item: &'i Value) -> Option<&'i Value> {
        self.0.iter().try_fold(item, |value, part| match value {
            Value::Array(list) => list.get(part.parse::<usize>().ok()?),
            value => value.get(part),
        })
    }
}

impl Test {
    fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Empty, value) => match value {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.is_empty(),
                Some(Value::Array(list)) => list.is_empty(),
                Some(Value::Object(fields)) => fields.is_empty(),
                Some(Value::Bool(_) | Value::Number(_)) => false,
            },
            (_, None) => false,
            (Self::Equals(wanted), Some(value)) => plain(value).is_some_and(|value| value == *wanted),
            (Self::Contains(wanted), Some(Value::Array(list))) => {
                list.iter().filter_map(plain).any(|value| value == *wanted)
            }
            (Self::Contains(wanted), Some(value)) => plain(value).is_some_and(|value| value.contains(wanted.as_str())),
            (Self::Matches(pattern), Some(value)) => plain(value).is_some_and(|value| pattern.is_match(&value)),
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    /// `==` or `!=`.
    Equals(bool),
    Quoted(String),
    Word(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, rest.get(1..)?),
            ')' => (Token::Close, rest.get(1..)?),
            '=' => (Token::Equals(true), rest.strip_prefix("==")?),
            '!' => (Token::Equals(false), rest.strip_prefix("!=")?),
            '`' => {
                let (inside, after) = rest.get(1..)?.split_once('`')?;
                (Token::Quoted(inside.to_owned()), after)
            }
            '"' => quoted(rest.get(1..)?)?,
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "()=!\"`".contains(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                (Token::Word(word.to_owned()), after)
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

fn quoted(text: &str) -> Option<(Token, &str)> {
    let mut inside = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((Token::Quoted(inside), text.get(at + 1..)?)),
            '\\' => inside.push(characters.next()?.1),
            character => inside.push(character),
        }
    }
    None
}

struct Reader<'t> {
    tokens: &'t [Token],
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        if is_next {
            self.next();
        }
        is_next
    }

    fn any(&mut self) -> Option<Filter> {
        let mut filters = vec![self.all()?];
        while self.takes("or") {
            filters.push(self.all()?);
        }
        Some(Filter::Or(filters))
    }

    fn all(&mut self) -> Option<Filter> {
        let mut filters = vec![self.one()?];
        while self.takes("and") {
            filters.push(self.one()?);
        }
        Some(Filter::And(filters))
    }

    fn one(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let filter = if self.takes("not") {
            Filter::Not(Box::new(self.one()?))
        } else if self.tokens.first() == Some(&Token::Open) {
            self.next();
            let inside = self.any()?;
            (self.next()? == Token::Close).then_some(inside)?
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Some(filter)
    }

    fn condition(&mut self) -> Option<Filter> {
        let first = self.text()?;
        if let Some(Token::Equals(wanted)) = self.tokens.first().cloned() {
            self.next();
            let filter = Filter::Is(Selector::read(&first)?, Test::Equals(self.text()?));
            return Some(turned(filter, !wanted));
        }
        if self.takes("is") {
            let negated = self.takes("not");
            let filter = self.takes("empty").then(|| Selector::read(&first))??;
            return Some(turned(Filter::Is(filter, Test::Empty), negated));
        }
        let negated = self.takes("not");
        let filter = if self.takes("contains") {
            Filter::Is(Selector::read(&first)?, Test::Contains(self.text()?))
        } else if self.takes("in") {
            Filter::Is(Selector::read(&self.text()?)?, Test::Contains(first))
        } else if self.takes("matches") {
            Filter::Is(Selector::read(&first)?, Test::Matches(Regex::new(&self.text()?).ok()?))
        } else {
            return None;
        };
        Some(turned(filter, negated))
    }

    fn text(&mut self) -> Option<String> {
        match self.next()? {
            Token::Quoted(text) | Token::Word(text) => Some(text),
            Token::Open | Token::Close | Token::Equals(_) => None,
        }
    }
}

fn turned(filter: Filter, negated: bool) -> Filter {
    if negated { Filter::Not(Box::new(filter)) } else { filter }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(filter: &str) -> Option<bool> {
        let item = json!({
            "id": "acctpw_1", "version": 2, "name": "Rob Barnes", "attributes": { "login_name": "devops-rob" },
            "authorized_actions": ["no-op", "read"], "description": "",
        });
        Some(Filter::read(filter)?.fits(&item))
    }

    #[test]
    fn an_item_fits_what_is_said_of_it() {
        for (filter, wanted) in [
            (r#""/item/attributes/login_name" == "devops-rob""#, true),
            (r#""/item/attributes/login_name"=="devops""#, false),
            (r#"item.name == `Rob Barnes`"#, true),
            (r#""/item/version" == 2"#, true),
            (r#""/item/version" != 2"#, false),
            (r#""/item/name" contains "Barn""#, true),
            (r#""/item/name" not contains "Barn""#, false),
            (r#""read" in "/item/authorized_actions""#, true),
            (r#""update" not in "/item/authorized_actions""#, true),
            (r#""/item/name" matches "^Rob .*s$""#, true),
            (r#""/item/name" not matches "^rob""#, true),
            (r#""/item/description" is empty"#, true),
            (r#""/item/name" is not empty"#, true),
            (r#""/item/nothing" == "x""#, false),
            (r#""/item/nothing" is empty"#, true),
            (r#"not ("/item/version" == 1 or "/item/version" == 2)"#, false),
            (r#""/item/version" == 1 and "/item/version" == 2 or "/item/id" == "acctpw_1""#, true),
            (r#""/item/name" == "a \"quoted\" name""#, false),
        ] {
            assert_eq!(fits(filter), Some(wanted), "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}\"/item/id\" is empty{}", "(".repeat(100), ")".repeat(100));
        for filter in [
            "",
            "x",
            r#""/item/id""#,
            r#""/item/id" = "x""#,
            r#""/other/id" == "x""#,
            r#"("/item/id" == "x""#,
            r#""/item/id" == "x" and"#,
            r#""/item/id" == "x" "y""#,
            r#""/item/name" matches "(""#,
            r#""/item/id" == "x"#,
            deep.as_str(),
        ] {
            assert_eq!(fits(filter), None, "{filter}");
        }
    }
}
