//! What is pulled over another product's own API, piece by piece: it becomes the same drafts as the rows of that product's
//! file, known again by its id there.

use super::attachments::clean_name;
use super::draft::{Draft, line};
use super::entry::push_tag;
use super::fields::Fields;
use super::plan::{Identity, ImportPlan, PastPassword, PlannedAccount, PlannedFile, PlannedResource};
use super::refusal::{Part, Reason};
use crate::model::{
    AccountDetails, CustomField, CustomValue, FileRef, ResourceDetails, SecretPayload, SecretText, limits,
};
use sealward_contract::ids::{ObjectId, Timestamp};

/// A resource as it was pulled. Its texts are as they came; identity, files and tags are completed here.
#[derive(Clone, Default)]
pub struct PulledResource {
    /// Its id where it comes from, with the product before it.
    pub source_id: String,
    /// The names of the groups that it stands in, from the outside.
    pub path: Vec<String>,
    /// What is known of it. A time of 0 is none.
    pub details: ResourceDetails,
    /// Custom fields.
    pub fields: Vec<(String, String)>,
}

/// A custom field as it was pulled.
pub enum PulledValue {
    /// A plain text.
    Text(String),
    /// A secret one.
    Hidden(SecretText),
    /// A file.
    File(PlannedFile),
}

/// An account as it was pulled.
#[derive(Default)]
pub struct PulledAccount {
    /// Its id where it comes from, with the product before it.
    pub source_id: String,
    /// What its row is called in a report.
    pub row: usize,
    /// What is known of it. A time of 0 is none.
    pub details: AccountDetails,
    /// Custom fields, by their labels.
    pub fields: Vec<(String, PulledValue)>,
    /// The secret; empty where there is none.
    pub secret: SecretText,
    /// The file that is the secret.
    pub secret_file: Option<PlannedFile>,
    /// Earlier passwords, newest first.
    pub history: Vec<PastPassword>,
    /// Files beside the secret.
    pub files: Vec<PlannedFile>,
}

/// A plan that is made of what is pulled.
pub struct Pulling {
    draft: Draft,
    /// Files that are named before they have an id.
    unnamed: u128,
}

impl Pulling {
    /// With nothing in it. `now` is the time of what has none of its own.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { draft: Draft::new(now), unnamed: 0 }
    }

    /// Takes a resource, with files of its fields; its place in the plan. The same one again has the same place.
    ///
    /// # Errors
    /// [`Reason`] why it cannot be one.
    pub fn resource(&mut self, pulled: PulledResource, files: Vec<(String, PlannedFile)>) -> Result<usize, Reason> {
        let PulledResource { source_id, path, mut details, fields } = pulled;
        let source_id = line(&source_id);
        let identity = Identity::SourceId(source_id.clone());
        if let Some(known) = self.draft.known_resource(&identity) {
            return Ok(known);
        }
        let lines = [
            &mut details.name,
            &mut details.resource_type,
            &mut details.url,
            &mut details.dns_name,
            &mut details.department,
            &mut details.location,
            &mut details.owner,
        ];
        lines.into_iter().for_each(|text| *text = line(text));
        if details.name.is_empty() {
            return Err(Reason::NoName);
        }
        details.tags = tags(&details.tags);
        details.source_id = Some(source_id);
        (details.created, details.changed) = self.times(details.created, details.changed);
        // A resource has nothing hidden: what does not fit into its fields is kept in its notes.
        let mut kept = Fields::default();
        let mut inside = Vec::new();
        for (label, file) in files {
            let (file, planned) = self.name(file);
            let label = kept.free_label(&label);
            kept.plain.push(CustomField { label, value: CustomValue::File(file) });
            inside.push(planned);
        }
        for (label, text) in fields.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
            if kept.room() > 0 && text.chars().count() <= limits::CUSTOM_TEXT {
                kept.push_text(&label, &text);
            } else {
                details.notes = format!("{}\n{label}: {text}", details.notes).trim_start().to_owned();
            }
        }
        details.custom_fields = kept.plain;
        let group = self.draft.group_of(path.iter().map(String::as_str));
        self.draft.add_resource(PlannedResource { group, details, identity, files: inside })
    }

    /// Takes an account on a resource of the plan.
    ///
    /// # Errors
    /// [`Reason`] why it cannot be one. What it lacks then stands in the plan's list of what was left out.
    pub fn account(&mut self, resource: usize, pulled: PulledAccount) -> Result<(), Reason> {
        let PulledAccount { source_id, row, mut details, fields, secret, secret_file, history, files } = pulled;
        let source_id = line(&source_id);
        details.user_name = line(&details.user_name);
        details.name = line(&details.name);
        if details.name.is_empty() {
            details.name = details.user_name.chars().take(limits::NAME).collect();
        }
        if details.name.is_empty() {
            return Err(Reason::NoAccount);
        }
        details.tags = tags(&details.tags);
        details.source_id = Some(source_id.clone());
        (details.created, details.changed) = self.times(details.created, details.changed);
        let mut attachments = Vec::new();
        let mut lacks_file = false;
        let mut has_room = |file: &PlannedFile| {
            let fits = file.bytes.len() as u64 <= limits::FILE;
            lacks_file |= !fits;
            fits
        };
        let mut kept = Fields::default();
        for (label, value) in fields {
            match value {
                PulledValue::Text(text) => kept.push_text(&label, &text),
                PulledValue::Hidden(text) => kept.push_hidden(&label, text),
                PulledValue::File(file) if has_room(&file) && kept.room() > 0 => {
                    let (file, planned) = self.name(file);
                    let label = kept.free_label(&label);
                    kept.plain.push(CustomField { label, value: CustomValue::File(file) });
                    attachments.push(planned);
                }
                // There may be a place for it beside the secret.
                PulledValue::File(file) => attachments.push(file),
            }
        }
        if let Some(file) = secret_file.filter(&mut has_room) {
            let (file, planned) = self.name(file);
            details.secret_file = Some(file);
            attachments.push(planned);
        }
        attachments.extend(files);
        let kept = kept.finish();
        details.custom_fields = kept.plain;
        let name = details.name.clone();
        let secret = SecretPayload { value: secret, hidden: kept.hidden, otp_seed: None };
        let identity = Identity::SourceId(source_id);
        let planned = PlannedAccount { resource, details, secret, history, identity, row, attachments };
        self.draft.take(Ok(resource), |_| planned)?;
        if lacks_file {
            self.draft.leave_out(row, &name, Part::File);
        }
        Ok(())
    }

    /// The plan of what was taken.
    #[must_use]
    pub fn finish(self) -> ImportPlan {
        self.draft.finish()
    }

    fn times(&self, created: Timestamp, changed: Timestamp) -> (Timestamp, Timestamp) {
        let or = |time: Timestamp, other| if time.0 == 0 { other } else { time };
        let created = or(created, or(changed, self.draft.now));
        (created, or(changed, created))
    }

    /// Names a file in details before it has its id.
    fn name(&mut self, file: PlannedFile) -> (FileRef, PlannedFile) {
        self.unnamed += 1;
        let id = ObjectId(self.unnamed.to_be_bytes());
        let is_type = file.media_type.chars().count() <= limits::MEDIA_TYPE;
        let media_type = if is_type { line(&file.media_type) } else { String::new() };
        let name = clean_name(&file.name);
        let length = file.bytes.len() as u64;
        let named = FileRef { id, name: name.clone(), media_type: media_type.clone(), length };
        (named, PlannedFile { name, media_type, bytes: file.bytes, stands_for: Some(id) })
    }
}

fn tags(given: &[String]) -> Vec<String> {
    let mut tags = Vec::new();
    given.iter().for_each(|tag| push_tag(&mut tags, tag));
    tags
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use zeroize::Zeroizing;

    const NOW: Timestamp = Timestamp(1_795_219_200_000);

    fn file(name: &str, bytes: &[u8]) -> PlannedFile {
        PlannedFile::beside(name.to_owned(), Zeroizing::new(bytes.to_vec()))
    }

    fn web() -> PulledResource {
        let details = ResourceDetails { name: " web\n1 ".into(), changed: Timestamp(7_000), ..Default::default() };
        let path = vec!["Default".to_owned(), "Web".to_owned()];
        PulledResource { source_id: "x:resource:1".into(), path, details, fields: vec![("Rack".into(), "B 7".into())] }
    }

    #[test]
    fn a_resource_stands_once_and_keeps_what_has_no_field() {
        let mut pulling = Pulling::new(NOW);
        let mut pulled = web();
        let many = (0..25).map(|at| (format!("f{at}"), format!("v{at}")));
        pulled.fields.extend(many);
        pulled.fields.push(("Long".to_owned(), "x".repeat(limits::CUSTOM_TEXT + 1)));
        let licence = ("Licence".to_owned(), file("../a.key", b"key"));
        assert_eq!(pulling.resource(pulled, vec![licence]), Ok(0));
        assert_eq!(pulling.resource(web(), vec![]), Ok(0));
        let nameless = PulledResource { source_id: "x:resource:2".into(), ..PulledResource::default() };
        assert_eq!(pulling.resource(nameless, vec![]), Err(Reason::NoName));
        let plan = pulling.finish();
        let names: Vec<_> = plan.groups.iter().map(|group| group.details.name.as_str()).collect();
        assert_eq!((names, plan.resources.len()), (vec!["Default", "Web"], 1));
        let [resource] = plan.resources.as_slice() else { panic!() };
        assert_eq!((resource.group, resource.details.name.as_str()), (Some(1), "web 1"));
        assert_eq!((resource.details.created, resource.details.changed), (Timestamp(7_000), Timestamp(7_000)));
        assert_eq!(resource.details.source_id.as_deref(), Some("x:resource:1"));
        assert_eq!(resource.details.custom_fields.len(), limits::CUSTOM_FIELDS);
        assert!(resource.details.notes.starts_with("f18: v18\n"), "{}", resource.details.notes);
        assert!(resource.details.notes.contains("f24: v24\nLong: xxx"));
        let CustomValue::File(named) = &resource.details.custom_fields[0].value else { panic!() };
        assert_eq!((named.name.as_str(), named.length), ("a.key", 3));
        assert_eq!(resource.files[0].stands_for, Some(named.id));
    }

    #[test]
    fn an_account_has_its_secret_its_files_and_its_past() {
        let mut pulling = Pulling::new(NOW);
        let at = pulling.resource(web(), vec![]).unwrap();
        let details =
            AccountDetails { user_name: "root".into(), tags: vec!["a".into(), "a".into()], ..Default::default() };
        let past = PastPassword { value: "before".into(), until: None };
        let account = PulledAccount {
            source_id: "x:7".into(),
            row: 3,
            details,
            fields: vec![
                ("Note".into(), PulledValue::Text("plain".into())),
                ("passphrase".into(), PulledValue::Hidden("hidden".into())),
                ("Scan".into(), PulledValue::File(file("scan.pdf", b"%PDF"))),
            ],
            secret: SecretText::default(),
            secret_file: Some(file("id.key", b"abc")),
            history: vec![past],
            files: vec![file("notes.txt", b"n")],
        };
        pulling.account(at, account).unwrap();
        let nobody = PulledAccount { source_id: "x:8".into(), ..PulledAccount::default() };
        assert_eq!(pulling.account(at, nobody), Err(Reason::NoAccount));
        let plan = pulling.finish();
        let [account] = plan.accounts.as_slice() else { panic!() };
        assert_eq!((account.details.name.as_str(), account.row, account.resource), ("root", 3, 0));
        assert_eq!(account.identity, Identity::SourceId("x:7".into()));
        assert_eq!((account.details.tags.len(), account.details.created), (1, NOW));
        let labels: Vec<_> = account.details.custom_fields.iter().map(|field| field.label.as_str()).collect();
        assert_eq!(labels, ["Note", "passphrase", "Scan"]);
        assert_eq!(account.secret.hidden("passphrase").map(SecretText::expose), Some("hidden"));
        assert_eq!(account.details.secret_file.as_ref().map(|file| file.name.as_str()), Some("id.key"));
        let files: Vec<_> =
            account.attachments.iter().map(|file| (file.name.as_str(), file.stands_for.is_some())).collect();
        assert_eq!(files, [("scan.pdf", true), ("id.key", true), ("notes.txt", false)]);
        assert_eq!(account.history[0].value.expose(), "before");
    }
}
