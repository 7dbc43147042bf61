//! Earlier versions of secrets.

use super::{clock::millis, engine::Engine, keys, secret};
use crate::bridge::{Error, ReadVersions, ReleaseVersion, ReleasedSecret, RestoreVersion, SecretText, VersionRow};
use sealward_client::{
    model::{SecretPayload, SecretText as ClientSecret},
    operations::NewSecret,
    vault::Details,
};
use sealward_contract::record::{LeafKey, RecordKind};

impl Engine {
    pub async fn read_versions(&self, ask: ReadVersions) -> Result<Vec<VersionRow>, Error> {
        let open = self.open()?;
        let versions = open.session.secret_versions(ask.vault, ask.account).await;
        self.take_in(&open);
        let chain = open.session.chain();
        let name = |author: sealward_contract::ids::MemberId| {
            let member = chain.as_ref().and_then(|chain| chain.member(&author));
            member.map(|member| member.keys.login_name.to_string()).unwrap_or_default()
        };
        let row = |version: sealward_client::session::SecretVersion| VersionRow {
            version: version.version,
            author: name(version.author),
            time: millis(version.time),
        };
        Ok(versions?.into_iter().map(row).collect())
    }

    pub async fn release_version(&self, ask: ReleaseVersion) -> Result<ReleasedSecret, Error> {
        let open = self.open()?;
        let payload = open.session.release_version(ask.vault, ask.account, ask.version).await;
        self.take_in(&open);
        let SecretPayload { value, hidden, .. } = &payload?;
        let show = |text: &ClientSecret| SecretText::new(text.expose().to_owned());
        Ok(ReleasedSecret {
            secret: (!value.is_empty()).then(|| show(value)),
            hidden: hidden.iter().map(|field| (field.label.clone(), show(&field.value))).collect(),
        })
    }

    pub async fn restore_version(&self, ask: RestoreVersion) -> Result<(), Error> {
        self.change(async |open| {
            let key = LeafKey { id: ask.account, kind: RecordKind::Account };
            let Details::Account(details) = open.session.verified(ask.vault, key)?.details else {
                return Err(Error::Gone);
            };
            let payload = open.session.release_version(ask.vault, ask.account, ask.version).await?;
            let score = secret::score(details.secret_type, payload.value.expose()).await;
            let public = keys::public_part(details.secret_type, payload.value.expose()).await;
            let secret = NewSecret { payload, score };
            Ok(open.session.replace_secret(ask.vault, ask.account, secret, public).await?)
        })
        .await
    }
}
