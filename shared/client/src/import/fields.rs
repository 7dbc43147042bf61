//! Custom fields in the making: each label once, and as many as an account may have. What is too long for a plain field
//! is kept in a hidden one; what is too much stands in one hidden field together.

use super::draft::line;
use super::time::day_text;
use crate::model::{CustomField, CustomValue, Day, HiddenField, SecretText, limits};
use zeroize::Zeroizing;

/// The label of the field that holds what there were no fields for.
const FURTHER: &str = "Further fields";

/// Custom fields in the making.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) plain: Vec<CustomField>,
    pub(super) hidden: Vec<HiddenField>,
}

impl Fields {
    /// A plain text, unless it is empty.
    pub(super) fn push_text(&mut self, label: &str, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        if value.len() > limits::CUSTOM_TEXT && value.chars().count() > limits::CUSTOM_TEXT {
            return self.push_hidden(label, SecretText::from(value));
        }
        let label = self.free_label(label);
        self.plain.push(CustomField { label, value: CustomValue::Text(value.to_owned()) });
    }

    /// A day.
    pub(super) fn push_day(&mut self, label: &str, day: Day) {
        let label = self.free_label(label);
        self.plain.push(CustomField { label, value: CustomValue::Date(day) });
    }

    /// A hidden text, unless it is empty.
    pub(super) fn push_hidden(&mut self, label: &str, value: SecretText) {
        if value.is_empty() {
            return;
        }
        let label = self.free_label(label);
        self.plain.push(CustomField { label: label.clone(), value: CustomValue::Hidden });
        self.hidden.push(HiddenField { label, value });
    }

    /// Several plain texts.
    pub(super) fn push_texts<const N: usize>(&mut self, texts: [(&str, Option<String>); N]) {
        for (label, value) in texts {
            self.push_text(label, &value.unwrap_or_default());
        }
    }

    /// Several hidden ones.
    pub(super) fn push_hiddens<const N: usize>(&mut self, texts: [(&str, SecretText); N]) {
        for (label, value) in texts {
            self.push_hidden(label, value);
        }
    }

    /// How many more there may be.
    pub(super) fn room(&self) -> usize {
        limits::CUSTOM_FIELDS.saturating_sub(self.plain.len())
    }

    /// Puts together what there are no fields for.
    pub(super) fn finish(mut self) -> Self {
        if self.plain.len() <= limits::CUSTOM_FIELDS {
            return self;
        }
        let rest = self.plain.split_off(limits::CUSTOM_FIELDS - 1);
        let mut lines = Zeroizing::new(String::with_capacity(limits::HIDDEN_TEXT));
        for field in rest {
            let at = self.hidden.iter().position(|hidden| hidden.label == field.label);
            let hidden = at.map(|at| self.hidden.remove(at));
            let date;
            let text = match (&field.value, &hidden) {
                (CustomValue::Text(text), _) => text.as_str(),
                (CustomValue::Date(day), _) => {
                    date = day_text(*day);
                    &date
                }
                (_, Some(hidden)) => hidden.value.expose(),
                _ => "",
            };
            for part in [field.label.as_str(), ": ", text, "\n"] {
                lines.push_str(part);
            }
        }
        self.push_hidden(FURTHER, SecretText::from(lines));
        self
    }

    /// A label that no other field has.
    pub(super) fn free_label(&self, label: &str) -> String {
        // With room for a number behind it.
        let mut label: String = line(label).chars().take(limits::CUSTOM_LABEL - 6).collect();
        if label.is_empty() {
            label = (self.plain.len() + 1).to_string();
        }
        let taken = |label: &str| self.plain.iter().any(|field| field.label == label);
        let mut free = label.clone();
        let mut number = 2;
        while taken(&free) {
            free = format!("{label} ({number})");
            number += 1;
        }
        free
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_too_much_stands_together() {
        let mut fields = Fields::default();
        for number in 1..=22 {
            fields.push_text(&format!("f{number}"), "v");
        }
        fields.push_hidden("pin", "7".into());
        fields.push_text("", &"x".repeat(limits::CUSTOM_TEXT + 1));
        let fields = fields.finish();
        assert_eq!((fields.plain.len(), fields.hidden.len()), (20, 1));
        assert_eq!((fields.plain[19].label.as_str(), &fields.plain[19].value), (FURTHER, &CustomValue::Hidden));
        let further = fields.hidden[0].value.expose();
        assert!(further.starts_with("f20: v\nf21: v\nf22: v\npin: 7\n24: xxx"), "{further}");
    }

    #[test]
    fn labels_are_short_and_stand_once() {
        let mut fields = Fields::default();
        for _ in 0..2 {
            fields.push_text(&"l".repeat(150), "v");
        }
        let lengths: Vec<_> = fields.plain.iter().map(|field| field.label.len()).collect();
        assert_eq!(lengths, [94, 98]);
    }
}
