//! A field that breaks a rule, in words. The field has the name that it has in arguments and JSON.

use sealward_client::model::{Field, Invalid, Problem};

/// The sentence in English and in Chinese.
pub(crate) fn sentences(invalid: Invalid) -> (String, String) {
    let field = name(invalid.field);
    let (english, chinese) = words(invalid.problem);
    (format!("A value breaks a rule: {field}: {english}."), format!("某个值不符合规则：{field}：{chinese}。"))
}

/// The field and what is wrong with it, within a sentence of somebody else.
pub(crate) fn english(invalid: Invalid) -> String {
    format!("{}: {}", name(invalid.field), words(invalid.problem).0)
}

fn words(problem: Problem) -> (String, String) {
    match problem {
        Problem::Empty => ("it must not be empty".to_owned(), "不能为空".to_owned()),
        Problem::TooLong { limit } => (format!("too long, at most {limit}"), format!("太长，最多 {limit}")),
        Problem::TooMany { limit } => (format!("too many, at most {limit}"), format!("太多，最多 {limit} 个")),
        Problem::Twice => ("the same one is there twice".to_owned(), "重复出现".to_owned()),
        Problem::ControlCharacters => ("it must be one line of text".to_owned(), "只能是一行文字".to_owned()),
        Problem::NotAnAddress => ("no e-mail address".to_owned(), "不是电子邮件地址".to_owned()),
        Problem::NotHere => ("it cannot be here".to_owned(), "不能放在这里".to_owned()),
    }
}

/// `UserName` as `user_name`.
fn name(field: Field) -> String {
    let mut name = String::new();
    for letter in format!("{field:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_said_in_words() {
        let (english, chinese) = sentences(Invalid::new(Field::UserName, Problem::TooLong { limit: 200 }));
        assert_eq!(english, "A value breaks a rule: user_name: too long, at most 200.");
        assert_eq!(chinese, "某个值不符合规则：user_name：太长，最多 200。");
        let within = super::english(Invalid::new(Field::UserName, Problem::ControlCharacters));
        assert_eq!(within, "user_name: it must be one line of text");
    }
}
