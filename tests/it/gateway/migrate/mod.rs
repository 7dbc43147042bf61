//! Moving in from another product, with our own gateway in that product's place: what one team has, filled through a
//! dialect, comes into another team's vault as it was, once.

mod jumpserver;
mod pmp;

use super::Scene;
use sealward_cli::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    migrate::{Migrate, Product, run, source::Patience},
    tasks::{Running, Watcher},
    views::{Hidden, MigrationView},
};
use sealward_client::{
    model::{AccountDetails, ResourceDetails, SecretPayload},
    vault::Details,
};
use sealward_contract::record::{LeafKey, RecordKind};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

impl Scene {
    /// Migrates into the vault as a service with this token.
    async fn take_in(&self, token: &str, wanted: Migrate) -> Result<MigrationView, Fault> {
        let engine = self.engine();
        let patience = Patience { times: 2, first: Duration::ZERO, longest: Duration::ZERO };
        let act = async move |session: &Open| {
            let watcher = Watcher::default();
            Ok::<_, Failure>(run(session, &wanted, patience, &watcher).await)
        };
        let done = engine.with_session(token, act).await.unwrap();
        engine.close().await;
        done
    }

    /// The certificate of its gateway, as a file.
    fn certificate(&self, name: &str) -> PathBuf {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.pem", std::process::id()));
        std::fs::write(&path, self.running.certificate.as_ref().unwrap()).unwrap();
        path
    }

    /// From a dialect of this scene's gateway.
    fn migration(&self, dialect: &str, product: Product, token: &str) -> Migrate {
        Migrate {
            product,
            from: format!("https://localhost:{}", self.address(dialect).port()),
            token: Hidden::of(token),
            ca: Some(self.certificate(&format!("{dialect}-{}", self.address(dialect).port()))),
            plain_http: false,
            vault: "Operations".to_owned(),
            update: false,
            running: Running::Real,
        }
    }

    /// Everything in the vault, by the names of resource and account.
    async fn holdings(&self) -> BTreeMap<String, (ResourceDetails, AccountDetails, Option<SecretPayload>)> {
        self.ada.sync(|_| {}).await.unwrap();
        let keys: Vec<LeafKey> = {
            let vaults = self.ada.vaults();
            let live = vaults[&self.vault].entries().filter(|(key, _)| key.kind == RecordKind::Account);
            live.map(|(key, _)| *key).collect()
        };
        let mut held = BTreeMap::new();
        for key in keys {
            let entry = self.ada.verified(self.vault, key).unwrap();
            let parent = LeafKey { id: entry.parent, kind: RecordKind::Resource };
            let Details::Resource(resource) = self.ada.verified(self.vault, parent).unwrap().details else { panic!() };
            let Details::Account(account) = entry.details else { panic!() };
            let secret = match self.ada.has_secret(&self.vault, &key.id) {
                true => Some(self.ada.release(self.vault, key.id).await.unwrap()),
                false => None,
            };
            held.insert(format!("{}/{}", resource.name, account.name), (*resource, *account, secret));
        }
        held
    }

    /// What is in a file of an account.
    async fn content(&self, named: &str, file: &sealward_client::model::FileRef) -> Vec<u8> {
        let vaults: Vec<(LeafKey, String)> = {
            let vaults = self.ada.vaults();
            let all = vaults[&self.vault].entries();
            all.filter_map(|(key, entry)| Some((*key, entry.details().ok()?.name().to_owned()))).collect()
        };
        let (key, _) = vaults.into_iter().find(|(_, name)| name == named).unwrap();
        self.ada.download_bytes_for(self.vault, key.id, file, None).await.unwrap().to_vec()
    }
}

fn pmp(reason: Option<&str>) -> Product {
    Product::Pmp { reason: reason.map(str::to_owned), ticket: None, files: true, known_as: None }
}

fn items(view: &MigrationView) -> Vec<&str> {
    view.made.iter().map(|made| made.item.as_str()).collect()
}

/// What one of them lacks is a row; nothing else is.
fn left(view: &MigrationView) -> Vec<(&str, &str)> {
    view.left.iter().map(|left| (left.item.as_str(), left.code.as_str())).collect()
}
