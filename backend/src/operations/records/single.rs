//! Creating and updating one resource group, resource, account or vault record.

use std::sync::Arc;

use sealward_contract::{
    bytes::Bytes,
    ids::VaultId,
    operations::{
        Operation,
        records::{
            CreateAccount, CreateResource, CreateResourceGroup, RecordWrite, UpdateAccount, UpdateResource,
            UpdateResourceGroup, VaultWrite, WriteError, Written,
        },
        vault::UpdateVault,
    },
    record::RecordKind,
};

use super::{verify::Wanted, write::write};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
};

/// Writes one record.
async fn write_one<O>(
    app: &Arc<App>,
    call: Call<O>,
    vault: VaultId,
    wanted: Wanted,
) -> Result<Reply<Written>, Refusal<WriteError>>
where
    O: Operation<Request = RecordWrite>,
{
    let caller = call.caller()?.clone();
    let RecordWrite { record, head } = call.body;
    let records: Vec<Bytes> = vec![record];
    let writes = vec![VaultWrite { vault, records, head }];
    let only = |written: Vec<Written>| written.first().copied();
    write(app, &caller, writes, wanted, call.keyed, (call.address, call.now), only).await.map(Reply::Value)
}

macro_rules! creates {
    ($($operation:ident: $kind:ident),*) => {$(
        impl Handler for $operation {
            async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
                let vault = call.path.vault;
                write_one(app, call, vault, Wanted::New(RecordKind::$kind)).await
            }
        }
    )*};
}
creates!(CreateResourceGroup: ResourceGroup, CreateResource: Resource, CreateAccount: Account);

macro_rules! updates {
    ($($operation:ident: $kind:ident),*) => {$(
        impl Handler for $operation {
            async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
                let (vault, id) = (call.path.vault, call.path.id);
                write_one(app, call, vault, Wanted::Next(RecordKind::$kind, id)).await
            }
        }
    )*};
}
updates!(UpdateResourceGroup: ResourceGroup, UpdateResource: Resource, UpdateAccount: Account);

impl Handler for UpdateVault {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let vault = call.path.vault;
        write_one(app, call, vault, Wanted::Next(RecordKind::Vault, vault.object())).await
    }
}
