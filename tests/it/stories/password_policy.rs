//! Password policies: the nearest one judges a new password, on every device, and stands sealed.

use crate::harness::furnished_team;
use sealward_client::{
    error::Error,
    model::{
        AccountDetails, Breach, BuiltIn, CharacterClasses, PasswordPolicy, PolicyId, PolicyRef, SecretPayload,
        SecretType,
    },
    operations::{Item, PasswordUse},
    vault::Details,
};
use sealward_contract::record::RecordKind;

#[tokio::test(flavor = "current_thread")]
async fn the_nearest_password_policy_judges() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let pin = PasswordPolicy {
        id: PolicyId([9; 16]),
        name: "PIN".into(),
        rules: sealward_client::model::PasswordRules { min_length: 4, ..BuiltIn::Low.rules() },
    };
    let plain = AccountDetails { name: "root".into(), ..Default::default() };
    let judged = |session: &sealward_client::session::Session<_>, details: &AccountDetails, password: &str, used| {
        let payload = SecretPayload::new(password.into());
        session.judge_password(made.vault, Some(made.resource), details, &payload, used)
    };
    assert_eq!(judged(&session, &plain, "x", PasswordUse::default()), Ok(()), "nothing is asked at first");

    let item = Item::vault(made.vault);
    let before = session.verified(item.vault, item.key).unwrap();
    let Details::Vault(mut vault) = before.details else { panic!("no vault") };
    vault.policy = Some(PolicyRef::BuiltIn(BuiltIn::Strong));
    vault.policies = Some(vec![pin.clone()]);
    session.update_entry(item, before.version, Details::Vault(vault), None).await.unwrap();

    // Another device learns of it by the verified catalog.
    let there = founder.session(&server, &server.connect()).await;
    there.sync(|_| {}).await.unwrap();
    let broken = Err(Error::PolicyBroken(vec![
        Breach::TooShort { least: 16 },
        Breach::Missing { classes: CharacterClasses::UPPER.and(CharacterClasses::SYMBOL) },
    ]));
    assert_eq!(judged(&there, &plain, "abc123", PasswordUse::default()), broken);
    let good = "Orchid/Pebble+Trickle=88";
    assert_eq!(judged(&there, &plain, good, PasswordUse::default()), Ok(()));
    for used in [PasswordUse { present: true, elsewhere: false }, PasswordUse { present: false, elsewhere: true }] {
        assert_eq!(judged(&there, &plain, good, used), Err(Error::PolicyBroken(vec![Breach::Reused])));
    }
    let key = AccountDetails { secret_type: SecretType::SshKey, ..plain.clone() };
    assert_eq!(judged(&there, &key, "abc", PasswordUse::default()), Ok(()), "only passwords are judged");
    let own = AccountDetails { policy: Some(PolicyRef::Own(pin.id)), ..plain.clone() };
    assert_eq!(judged(&there, &own, "4711", PasswordUse::default()), Ok(()));
    let short = Err(Error::PolicyBroken(vec![Breach::TooShort { least: 4 }]));
    assert_eq!(judged(&there, &own, "471", PasswordUse::default()), short);

    // The resource's goes before the vault's.
    let item = Item::within(made.vault, RecordKind::Resource, made.resource);
    let before = there.verified(item.vault, item.key).unwrap();
    let Details::Resource(mut resource) = before.details else { panic!("no resource") };
    resource.policy = Some(PolicyRef::BuiltIn(BuiltIn::Low));
    there.update_entry(item, before.version, Details::Resource(resource), None).await.unwrap();
    assert_eq!(judged(&there, &plain, "12345678", PasswordUse::default()), Ok(()));
    assert_eq!(
        judged(&there, &plain, "1234567", PasswordUse::default()),
        Err(Error::PolicyBroken(vec![Breach::TooShort { least: 8 }]))
    );
}
