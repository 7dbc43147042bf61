//! What a member tells the team about themselves. Nothing is ever decided by it.

use super::invalid::{Field, Invalid, Problem, check_line, check_name, check_text};
use super::limits;
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// The payload of a member's profile, sealed under the directory key. An empty text, or `None`, means that nothing is
/// known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct ProfileDetails {
    /// The person's name; what a service is called.
    #[n(0)]
    pub full_name: String,
    /// An e-mail address, for people to read.
    #[n(1)]
    pub email: String,
    /// A telephone number, for people to read.
    #[n(2)]
    pub telephone: String,
    /// The person's department.
    #[n(3)]
    pub department: String,
    /// One or two sentences.
    #[n(4)]
    pub description: Option<String>,
    /// Where they work.
    #[n(5)]
    pub location: Option<String>,
    /// Further telephone numbers: a label and the number of each.
    #[n(6)]
    pub phones: Option<Vec<ProfileField>>,
    /// Further fields.
    #[n(7)]
    pub fields: Option<Vec<ProfileField>>,
    /// The id that they have elsewhere.
    #[n(8)]
    pub external_id: Option<String>,
    /// What that is the id of.
    #[n(9)]
    pub external_id_type: Option<String>,
    /// An id of the team's own choosing, of any form.
    #[n(10)]
    pub uuid: Option<String>,
}

/// A text under a label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct ProfileField {
    /// Its label, unique in its list.
    #[n(0)]
    pub label: String,
    /// The text.
    #[n(1)]
    pub value: String,
}

impl Payload for ProfileDetails {
    const SCHEMA: u8 = 2;
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn schema(&self) -> u8 {
        let texts = [&self.description, &self.location, &self.external_id, &self.external_id_type, &self.uuid];
        let more = texts.into_iter().any(Option::is_some) || self.phones.is_some() || self.fields.is_some();
        if more { 2 } else { 1 }
    }

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::FullName, &self.full_name, limits::NAME)?;
        check_email(&self.email)?;
        check_line(Field::Telephone, &self.telephone, limits::CONTACT)?;
        check_line(Field::Department, &self.department, limits::DEPARTMENT)?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        check_text(Field::Description, &text(&self.description), limits::DESCRIPTION)?;
        check_line(Field::Location, &text(&self.location), limits::LOCATION)?;
        check_fields(Field::Telephone, self.phones.as_deref(), limits::PHONES, limits::CONTACT)?;
        check_fields(Field::CustomFields, self.fields.as_deref(), limits::PROFILE_FIELDS, limits::CUSTOM_TEXT)?;
        check_line(Field::ExternalId, &text(&self.external_id), limits::SOURCE_ID)?;
        check_line(Field::ExternalId, &text(&self.external_id_type), limits::SOURCE_ID)?;
        check_line(Field::Uuid, &text(&self.uuid), limits::SOURCE_ID)
    }
}

/// Something at something, without blanks: whether mail arrives there is not for a form to say.
fn check_email(email: &str) -> Result<(), Invalid> {
    check_line(Field::Email, email, limits::CONTACT)?;
    if email.is_empty() {
        return Ok(());
    }
    let is_address = email.rsplit_once('@').is_some_and(|(local, domain)| {
        let dots = domain.starts_with('.') || domain.ends_with('.') || domain.contains("..");
        !local.is_empty() && !local.contains('@') && !domain.is_empty() && !dots
    });
    let blank = email.chars().any(char::is_whitespace);
    if is_address && !blank { Ok(()) } else { Err(Invalid::new(Field::Email, Problem::NotAnAddress)) }
}

fn check_fields(field: Field, given: Option<&[ProfileField]>, most: usize, longest: usize) -> Result<(), Invalid> {
    let given = given.unwrap_or_default();
    if given.len() > most {
        return Err(Invalid::new(field, Problem::TooMany { limit: most }));
    }
    for (at, one) in given.iter().enumerate() {
        check_name(field, &one.label, limits::CUSTOM_LABEL)?;
        check_line(field, &one.value, longest)?;
        if given.iter().take(at).any(|other| other.label == one.label) {
            return Err(Invalid::new(field, Problem::Twice));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn fault(profile: ProfileDetails) -> Option<(Field, Problem)> {
        let named = ProfileDetails { full_name: "Ada".into(), ..profile };
        named.validate().err().map(|invalid| (invalid.field, invalid.problem))
    }

    #[test]
    fn an_address_has_the_form_of_one() {
        for email in
            ["", "ada@example.org", "王伟@例子.中国", "ada.l+x@a-b.example", "\"a b\"@example.org".trim_matches('"')]
        {
            let wanted = email.contains(' ').then_some((Field::Email, Problem::NotAnAddress));
            assert_eq!(fault(ProfileDetails { email: email.into(), ..Default::default() }), wanted, "{email}");
        }
        for email in ["ada", "@example.org", "ada@", "ada@@example.org", "a@b@c", "ada@.org", "ada@org.", "a@b..c"] {
            let found = fault(ProfileDetails { email: email.into(), ..Default::default() });
            assert_eq!(found, Some((Field::Email, Problem::NotAnAddress)), "{email}");
        }
    }

    #[test]
    fn each_field_names_itself_when_it_breaks_its_rule() {
        let field = |label: &str| ProfileField { label: label.into(), value: "1".into() };
        let many = |count: usize| (0..count).map(|at| field(&at.to_string())).collect::<Vec<_>>();
        let rows = [
            (
                ProfileDetails { telephone: "1\n2".into(), ..Default::default() },
                Field::Telephone,
                Problem::ControlCharacters,
            ),
            (
                ProfileDetails { location: Some("x".repeat(201)), ..Default::default() },
                Field::Location,
                Problem::TooLong { limit: 200 },
            ),
            (
                ProfileDetails { phones: Some(many(11)), ..Default::default() },
                Field::Telephone,
                Problem::TooMany { limit: 10 },
            ),
            (
                ProfileDetails { fields: Some(vec![field("a"), field("a")]), ..Default::default() },
                Field::CustomFields,
                Problem::Twice,
            ),
            (
                ProfileDetails { fields: Some(vec![field(" ")]), ..Default::default() },
                Field::CustomFields,
                Problem::Empty,
            ),
            (
                ProfileDetails { uuid: Some("x".repeat(201)), ..Default::default() },
                Field::Uuid,
                Problem::TooLong { limit: 200 },
            ),
        ];
        for (profile, field, problem) in rows {
            assert_eq!(fault(profile), Some((field, problem)));
        }
        assert_eq!(ProfileDetails::default().validate(), Err(Invalid::new(Field::FullName, Problem::Empty)));
        assert_eq!(
            fault(ProfileDetails { phones: Some(many(10)), fields: Some(many(20)), ..Default::default() }),
            None
        );
    }
}
