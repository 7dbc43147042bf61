//! The bytes of every payload kind, frozen: what was sealed once must stay readable.

use super::*;
use sealward_contract::ids::{ObjectId, Timestamp};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn round<P: Payload + PartialEq>(payload: &P) -> String {
    let bytes = payload.to_bytes().unwrap();
    assert!(P::from_bytes(&bytes).unwrap() == *payload);
    assert_eq!(bytes.len(), bytes.capacity(), "a grown buffer leaves copies behind");
    hex(&bytes)
}

fn vault() -> VaultDetails {
    VaultDetails { name: "Ops".into(), description: "运维".into(), ..VaultDetails::default() }
}

fn resource() -> ResourceDetails {
    ResourceDetails {
        name: "web-1".into(),
        resource_type: "服务器".into(),
        url: "https://w".into(),
        dns_name: "w.example".into(),
        description: "d".into(),
        notes: "n\nm".into(),
        department: "IT".into(),
        location: "R1".into(),
        tags: vec!["a".into(), "b".into()],
        owner: "Zhang".into(),
        custom_fields: vec![
            CustomField { label: "rack".into(), value: CustomValue::Text("7".into()) },
            CustomField { label: "bought".into(), value: CustomValue::Date(Day(-1)) },
        ],
        created: Timestamp(1),
        changed: Timestamp(256),
        source_id: None,
        import_tag: Some(ImportTag([7; 16])),
        policy: None,
        removed: None,
    }
}

fn account() -> AccountDetails {
    AccountDetails {
        name: "root".into(),
        user_name: "root".into(),
        secret_type: SecretType::SshKey,
        privileged: true,
        expiry: Some(Day(20_778)),
        custom_fields: vec![CustomField { label: "pin".into(), value: CustomValue::Hidden }],
        source_id: Some("x".into()),
        ..AccountDetails::default()
    }
}

fn secret() -> SecretPayload {
    SecretPayload {
        value: "pw".into(),
        hidden: vec![HiddenField { label: "pin".into(), value: "1234".into() }],
        otp_seed: Some("JBSW".into()),
    }
}

fn facts() -> Facts {
    Facts {
        score: Score::new(3),
        length: 12,
        classes: CharacterClasses::LOWER.and(CharacterClasses::DIGIT),
        changed: Day(20_778),
        reuse: Some(ReuseTag([9; 16])),
    }
}

#[test]
fn bytes_are_frozen() {
    assert_eq!(round(&vault()), "820182634f707366e8bf90e7bbb4");
    assert_eq!(round(&TeamDetails { name: "Ops".into() }), "820181634f7073");
    assert_eq!(round(&ResourceGroupDetails { name: "g".into(), ..Default::default() }), "820182616760");
    assert_eq!(
        round(&ResourceGroupDetails { name: "g".into(), notes: "n".into(), source_id: Some("s".into()) }),
        "8201836167616e6173"
    );
    assert_eq!(round(&ProfileDetails { full_name: "Li".into(), ..Default::default() }), "820184624c69606060");
    let field = |label: &str, value: &str| Some(vec![ProfileField { label: label.into(), value: value.into() }]);
    assert_eq!(
        round(&ProfileDetails {
            full_name: "Li".into(),
            email: "li@example.org".into(),
            telephone: "1".into(),
            department: "Ops".into(),
            description: Some("d".into()),
            location: Some("here".into()),
            phones: field("home", "2"),
            fields: field("desk", "7"),
            external_id: Some("x9".into()),
            external_id_type: Some("ldap".into()),
            uuid: Some("u-1".into()),
        }),
        "82028b624c696e6c69406578616d706c652e6f72676131634f707361646468657265818264686f6d656132818264646573\
         6b6137627839646c64617063752d31"
    );
    let somewhere = ProfileDetails { full_name: "Li".into(), location: Some("here".into()), ..Default::default() };
    assert_eq!(round(&somewhere), "820286624c69606060f66468657265");
    assert_eq!(round(&MemberGroupDetails { name: "Ops".into(), description: "d".into() }), "820182634f70736164");
    assert_eq!(
        round(&resource()),
        "82018f657765622d3169e69c8de58aa1e599a86968747470733a2f2f7769772e6578616d706c656164636e0a6d6249546252\
         318261616162655a68616e678282647261636b82008161378266626f756768748201812001190100f6500707070707070707\
         0707070707070707"
    );
    assert_eq!(round(&account()), "82018c64726f6f7464726f6f7401f5f519512a6081826370696e8202808000006178");
    assert_eq!(round(&secret()), "82018362707781826370696e6431323334644a425357");
    assert_eq!(round(&SecretPayload::new("pw".into())), "82018262707780");
    let policy = PasswordPolicy { id: PolicyId([5; 16]), name: "PIN".into(), rules: BuiltIn::Strong.rules() };
    assert_eq!(
        round(&VaultDetails {
            policy: Some(PolicyRef::Own(policy.id)),
            policies: Some(vec![policy]),
            trash_days: Some(7),
            ..vault()
        }),
        "820285634f707366e8bf90e7bbb48201815005050505050505050505050505050505818350050505050505050505050505050505\
         056350494e8510f60f19016d0207"
    );
    let file = FileRef { id: ObjectId([3; 16]), name: "a.pem".into(), media_type: "text/plain".into(), length: 300 };
    assert_eq!(
        round(&AccountDetails {
            files: Some(vec![file.clone()]),
            policy: Some(PolicyRef::BuiltIn(BuiltIn::OfflineUse)),
            has_otp: Some(true),
            ..account()
        }),
        "82029264726f6f7464726f6f7401f5f519512a6081826370696e8202808000006178f6818450030303030303030303030303\
         0303030365612e70656d6a746578742f706c61696e19012cf682008103f6f5"
    );
    let removed = Some(vec![RemovedFile { file: file.clone(), time: Timestamp(256) }]);
    assert_eq!(
        round(&AccountDetails { removed, ..account() }),
        "82039364726f6f7464726f6f7401f5f519512a6081826370696e8202808000006178f6f6f6f6f6f6818284500303030303030303\
         030303030303030365612e70656d6a746578742f706c61696e19012c190100"
    );
    assert_eq!(
        round(&ResourceDetails {
            custom_fields: vec![CustomField { label: "map".into(), value: CustomValue::File(file) }],
            ..resource()
        }),
        "82028f657765622d3169e69c8de58aa1e599a86968747470733a2f2f7769772e6578616d706c656164636e0a6d6249546252\
         318261616162655a68616e678182636d617082038184500303030303030303030303030303030365612e70656d6a74657874\
         2f706c61696e19012c01190100f65007070707070707070707070707070707"
    );
    assert_eq!(round(&facts()), "820185030c0519512a5009090909090909090909090909090909");
}

#[test]
fn every_other_encoding_is_refused() {
    let good = account().to_bytes().unwrap();
    for cut in 0..good.len() {
        assert!(AccountDetails::from_bytes(&good[..cut]).is_err(), "cut at {cut}");
    }
    let malformed = |bytes: &[u8]| assert_eq!(TeamDetails::from_bytes(bytes).unwrap_err(), Unreadable::Malformed);
    malformed(b"");
    malformed(b"\x82\x01\x81\x61a\x00"); // a trailing byte
    malformed(b"\x82\x01\x82\x61a\x00"); // a field more than schema 1 has
    malformed(b"\x82\x01\x80"); // a field less
    malformed(b"\x82\x01\x81\x78\x01a"); // a length in two bytes that fits in one
    malformed(b"\x82\x18\x01\x81\x61a"); // the same for the schema
    malformed(b"\x9f\x01\x81\x61a\xff"); // an indefinite length
    malformed(b"\x82\x01\x81\x61\xff"); // no UTF-8
    malformed(b"\x82\x00\x81\x61a"); // no such schema
    assert!(TeamDetails::from_bytes(b"\x82\x01\x81\x61a").is_ok());
    assert_eq!(
        TeamDetails::from_bytes(b"\x82\x02\x82\x61a\x00").unwrap_err(),
        Unreadable::Newer { schema: 2, known: 1 }
    );
}

#[test]
fn limits_hold_with_the_field_that_broke_them() {
    let invalid = |resource: ResourceDetails| match resource.to_bytes() {
        Err(Unwritable::Invalid(invalid)) => invalid,
        _ => panic!("accepted"),
    };
    assert_eq!(invalid(ResourceDetails::default()), Invalid::new(Field::Name, Problem::Empty));
    assert_eq!(
        invalid(ResourceDetails { url: "u".repeat(limits::URL + 1), ..resource() }),
        Invalid::new(Field::Url, Problem::TooLong { limit: limits::URL })
    );
    assert_eq!(
        invalid(ResourceDetails { owner: "a\nb".into(), ..resource() }),
        Invalid::new(Field::Owner, Problem::ControlCharacters)
    );
    assert_eq!(
        invalid(ResourceDetails { tags: vec!["a".into(), "a".into()], ..resource() }),
        Invalid::new(Field::Tags, Problem::Twice)
    );
    let hidden = vec![CustomField { label: "l".into(), value: CustomValue::Hidden }];
    assert_eq!(
        invalid(ResourceDetails { custom_fields: hidden, ..resource() }),
        Invalid::new(Field::CustomValue, Problem::NotHere)
    );
    // Limits count characters: a Chinese name may be as long as an English one.
    assert!(ResourceDetails { name: "名".repeat(limits::NAME), ..resource() }.to_bytes().is_ok());
    let custom_fields = (0..20)
        .map(|n| CustomField { label: n.to_string(), value: CustomValue::Text("字".repeat(limits::CUSTOM_TEXT)) })
        .collect();
    assert!(matches!(
        ResourceDetails { custom_fields, ..resource() }.to_bytes(),
        Err(Unwritable::TooLarge { limit: limits::CATALOG_PAYLOAD, .. })
    ));
    let long = SecretPayload::new(SecretText::new("s".repeat(limits::SECRET + 1)));
    assert!(matches!(long.to_bytes(), Err(Unwritable::Invalid(Invalid { field: Field::Secret, .. }))));
}
