//! Audit events as a file in the clear, for whoever keeps or evaluates them elsewhere: a sheet or JSON. It holds what the
//! page shows: ids, and names of what the person could see.

use super::{csv::line, json::time};
use sealward_contract::audit::AuditEvent;
use serde_json::{Value, json};

/// An event, and what the page knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The event.
    pub event: AuditEvent,
    /// The login name of whoever did it.
    pub who: String,
    /// The name of the vault, where it is seen.
    pub vault: String,
    /// The name of the object, where it is seen.
    pub object: String,
    /// To whom it was done.
    pub of: String,
    /// `signed`, `step signed` where account and person are the server's word, `server's word` or `unfounded`.
    pub basis: &'static str,
    /// Who signed it.
    pub signed_by: String,
}

/// The columns of the sheet, in their order.
pub const COLUMNS: [&str; 12] = [
    "Number",
    "Time",
    "Member",
    "Address",
    "Act",
    "Vault",
    "Object",
    "Concerning",
    "Basis",
    "Signed by",
    "Details",
    "Hash",
];

/// Writes the sheet: UTF-8 with a byte order mark, no cell a formula.
#[must_use]
pub fn write_csv(lines: &[AuditLine]) -> Vec<u8> {
    let mut sheet = String::from("\u{feff}");
    line(&mut sheet, &COLUMNS);
    for written in lines {
        let AuditLine { event, who, vault, object, of, basis, signed_by } = written;
        let (act, details) = act_of(event);
        let cells = [
            event.sequence.to_string(),
            time(event.time),
            who.clone(),
            event.address.clone().unwrap_or_default(),
            act,
            vault.clone(),
            object.clone(),
            of.clone(),
            (*basis).to_owned(),
            signed_by.clone(),
            details,
            hex(&event.hash().0),
        ];
        line(&mut sheet, &cells.each_ref().map(String::as_str));
    }
    sheet.into_bytes()
}

/// Writes JSON: a list of objects.
#[must_use]
pub fn write_json(lines: &[AuditLine]) -> Vec<u8> {
    let events = lines.iter().map(|written| {
        let AuditLine { event, who, vault, object, of, basis, signed_by } = written;
        json!({
            "number": event.sequence,
            "time": time(event.time),
            "member": event.member,
            "login_name": who,
            "address": event.address,
            "what": event.what,
            "vault": vault,
            "object": object,
            "concerning": of,
            "basis": basis,
            "signed_by": signed_by,
            "hash": hex(&event.hash().0),
        })
    });
    serde_json::to_vec_pretty(&Value::Array(events.collect())).unwrap_or_default()
}

/// The name of the act, and what else it says.
fn act_of(event: &AuditEvent) -> (String, String) {
    let mut said = serde_json::to_value(&event.what).unwrap_or_default();
    let act = said.as_object_mut().and_then(|fields| fields.remove("act"));
    let act = act.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields = said.as_object().into_iter().flatten();
    let details =
        fields.map(|(name, value)| format!("{name}: {}", value.as_str().map_or(value.to_string(), str::to_owned)));
    (act, details.collect::<Vec<_>>().join("\n"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use sealward_contract::{
        audit::AuditedAct,
        crypto::Hash,
        ids::{MemberId, ObjectId, TeamId, Timestamp, VaultId, Version},
        suite::SUITE,
    };

    fn sample() -> AuditLine {
        let event = AuditEvent {
            suite: SUITE,
            team: TeamId([1; 16]),
            sequence: 12,
            previous: Hash([2; 32]),
            time: Timestamp(1_795_219_205_000),
            member: Some(MemberId([3; 16])),
            address: Some("192.0.2.7".to_owned()),
            what: AuditedAct::SecretReleased {
                vault: VaultId([4; 16]),
                account: ObjectId([5; 16]),
                version: Version(2),
            },
            statement: None,
        };
        AuditLine {
            event,
            who: "ada".to_owned(),
            vault: "=cmd|' /C calc'!A0".to_owned(),
            object: "Router / \"root\"".to_owned(),
            of: String::new(),
            basis: "signed",
            signed_by: "ada".to_owned(),
        }
    }

    #[test]
    fn a_sheet_holds_no_formula() {
        let sheet = String::from_utf8(write_csv(&[sample()])).unwrap();
        let mut lines = sheet.split("\r\n");
        let head = lines.next().unwrap();
        assert!(head.starts_with("\u{feff}\"Number\",\"Time\",\"Member\""), "{head}");
        let row = lines.next().unwrap();
        let wanted = "\"12\",\"2026-11-21T00:00:05Z\",\"ada\",\"192.0.2.7\",\"secret_released\",\"'=cmd|' /C calc'!A0\",\
                      \"Router / \"\"root\"\"\",\"\",\"signed\",\"ada\",";
        assert!(row.starts_with(wanted), "{row}");
    }

    #[test]
    fn json_says_the_same() {
        let file: Value = serde_json::from_slice(&write_json(&[sample()])).unwrap();
        assert_eq!(file[0]["number"], 12);
        assert_eq!(file[0]["time"], "2026-11-21T00:00:05Z");
        assert_eq!(file[0]["what"]["act"], "secret_released");
        assert_eq!(file[0]["login_name"], "ada");
        assert_eq!(file[0]["vault"], "=cmd|' /C calc'!A0");
    }
}
