//! A backup comes back whole; what opens it is asked for.

use super::super::{FileKey, Import, ImportFormat, Options};
use super::*;
use crate::crypto::fixed::FixedRandomness;
use crate::export::{backup, sample};
use crate::import::ImportPlan;
use sealward_contract::ids::Timestamp;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn open(file: &[u8], password: Option<&str>) -> Result<ImportPlan, ImportError> {
    let key = password.map(|password| FileKey { password: Some(password.to_owned()), key_file: None });
    let options = Options { key, ..Options::default() };
    let mut import = Import::open_as(Zeroizing::new(file.to_vec()), &options, Timestamp(1))?;
    assert_eq!(import.format(), ImportFormat::Backup);
    while !import.next_chunk(10).unwrap().is_finished() {}
    Ok(import.finish())
}

fn written(archive: &Archive) -> Vec<u8> {
    backup::write(archive, &"password".into(), &mut FixedRandomness::new()).unwrap()
}

#[test]
fn everything_comes_back() {
    let archive = sample::archive();
    let plan = open(&written(&archive), Some("password")).unwrap();
    assert_eq!((plan.rejected.len(), plan.left_out.len(), plan.rows), (0, 0, 3));
    let groups: Vec<_> = plan.groups.iter().map(|group| (group.parent, group.details.name.as_str())).collect();
    assert_eq!(groups, [(None, "Operations"), (None, "私人"), (Some(0), "Servers"), (Some(2), "EU/West")]);
    assert_eq!(plan.groups[2].details.notes, "All of them");
    assert_eq!(plan.groups[2].details.source_id.as_deref(), Some("sealward:00000000-0000-4000-8000-000000000011"));
    let at: Vec<_> = plan.resources.iter().map(|resource| (resource.group, resource.details.name.as_str())).collect();
    assert_eq!(at, [(Some(3), "Web server"), (Some(0), "Empty shelf"), (Some(1), "Shop")]);
    for (planned, archived) in plan.resources.iter().zip(&archive.resources) {
        let source_id = Some(format!("sealward:{}", archived.id));
        assert_eq!(planned.details, ResourceDetails { source_id, ..archived.details.clone() });
    }
    for (planned, archived) in plan.accounts.iter().zip(&archive.accounts) {
        let source_id = Some(format!("sealward:{}", archived.id));
        assert_eq!(planned.details, AccountDetails { source_id, ..archived.details.clone() });
        assert!(planned.secret == *archived.secret.as_ref().unwrap_or(&Default::default()));
        assert_eq!(planned.resource, archived.resource);
        let past: Vec<_> = planned.history.iter().map(|past| (past.value.expose(), past.until)).collect();
        let expected: Vec<_> =
            archived.past.iter().map(|past| (past.secret.value.expose(), Some(past.until))).collect();
        assert_eq!(past, expected);
    }
    let files: Vec<_> = plan.accounts[0].attachments.iter().map(|file| (file.name.as_str(), &**file.bytes)).collect();
    assert_eq!(files, [("license.txt", b"license".as_slice()), ("empty", b"")]);
    let named: Vec<_> = plan.accounts[0].details.files.iter().flatten().map(|file| Some(file.id)).collect();
    let places: Vec<_> = plan.accounts[0].attachments.iter().map(|file| file.stands_for).collect();
    assert_eq!(places, named);
}

#[test]
fn one_vault_needs_no_group_and_lost_files_are_named() {
    let mut archive = sample::small();
    archive.accounts[0].details.files =
        Some(vec![FileRef { id: sample::id(9), name: "gone".into(), media_type: String::new(), length: 1 }]);
    let plan = open(&written(&archive), Some("password")).unwrap();
    assert_eq!(plan.groups.iter().map(|group| group.details.name.as_str()).collect::<Vec<_>>(), ["Group"]);
    assert_eq!(plan.left_out.iter().map(|left| (left.row, left.part)).collect::<Vec<_>>(), [(1, Part::File)]);
    assert_eq!(plan.accounts[0].details.files, None, "what is not there is not named");
}

#[test]
fn what_does_not_open_is_named() {
    let file = written(&sample::small());
    assert_eq!(open(&file, None).err(), Some(ImportError::PasswordNeeded));
    assert_eq!(open(&file, Some("wrong")).err(), Some(ImportError::WrongPassword));
    assert_eq!(open(&file[..60], Some("password")).err(), Some(ImportError::Damaged));
    let mut newer = file.clone();
    newer[8] = 2;
    assert_eq!(open(&newer, Some("password")).err(), Some(ImportError::Newer));
}
