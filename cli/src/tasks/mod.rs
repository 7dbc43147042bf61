//! What is done with an open session: each task is a value that can be handed to whoever holds the session, in this
//! process or in the agent, and answers with a value.

mod audit;
mod create;
mod edit;
mod fields;
mod files;
pub(crate) mod find;
mod get;
mod history;
mod item;
mod list;
mod members;
mod progress;
mod requests;
mod services;
mod status;
mod time;
mod transfer;
mod trash;

pub use create::{NewItem, NewSecret};
pub use edit::Edit;
pub use get::Wanted;
pub use members::{MemberStep, NewMember};
pub use progress::{Stage, Step, Watcher};
pub use requests::{NewRequest, RequestStep};
pub use services::NewService;
pub use transfer::{Backup, Import};

use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    migrate::{self, Migrate, source::Patience},
    missing::Missing,
    views::*,
};
use serde::{Deserialize, Serialize};

/// A task.
#[derive(Serialize, Deserialize)]
pub enum Task {
    /// Where the session stands.
    Status,
    /// Items: all, or those in one.
    List(list::Listing),
    /// An item, with its secret where it is an account.
    Get(Wanted),
    /// Values of references, in their order.
    Resolve(Vec<String>),
    /// Makes items.
    Create(Vec<NewItem>, Running),
    /// Changes an item.
    Edit(Box<Edit>),
    /// Deletes items.
    Remove(Vec<String>, Option<u32>, Running),
    /// Brings items back.
    Restore(Vec<String>),
    /// What was deleted.
    Trash,
    /// Versions of a secret.
    History(String),
    /// Confirms the session with the code of a second factor.
    Confirm(Hidden),
    /// Members.
    Members,
    /// A step that changes a member.
    Member(String, MemberStep),
    /// Makes a member with keys of this program's making.
    CreateMember(NewMember),
    /// Makes a link that invites.
    Invite(Vec<(String, String)>, u64),
    /// Admits a service.
    CreateService(NewService),
    /// Asks for a secret.
    Request(NewRequest),
    /// Requests: one's own, or those of others; open ones, or all.
    Requests(requests::Which),
    /// A step of a request.
    RequestStep(String, RequestStep, Option<String>),
    /// Puts a file beside an account.
    Attach(files::Attach),
    /// Fetches a file.
    Download(files::Download),
    /// Brings a file of another program in.
    Import(Box<Import>),
    /// Moves in from another product.
    Migrate(Box<Migrate>),
    /// Writes an encrypted backup.
    Backup(Backup),
    /// The newest events.
    Audit(audit::Events),
    /// Checks the audit's chain.
    Verify,
}

pub use audit::Events;
pub use files::{Attach, Download};
pub use list::Listing;
pub use requests::Which;

/// Whether something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Running {
    /// It is.
    Real,
    /// Everything is checked and nothing is written.
    Dry,
}

/// The answer to a task.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Nothing but that it is done.
    Done,
    /// Where the session stands.
    Status(StatusView),
    /// Items.
    Items(Vec<ItemView>),
    /// An item.
    Item(ItemView),
    /// An account with its secret.
    Secret(SecretView),
    /// One value.
    Value(Hidden),
    /// Values.
    Values(Vec<Hidden>),
    /// What was changed.
    Report(ReportView),
    /// Versions.
    Versions(Vec<VersionView>),
    /// Members.
    Members(Vec<MemberView>),
    /// A member that was made.
    NewMember(NewMemberView),
    /// A link.
    Link(Hidden),
    /// A service.
    Service(ServiceView),
    /// A request.
    Request(RequestView),
    /// Requests.
    Requests(Vec<RequestView>),
    /// Events.
    Events(Vec<EventView>),
    /// A check.
    Verified(VerifiedView),
    /// An import or an export.
    Transfer(TransferView),
    /// A migration.
    Migration(Box<MigrationView>),
    /// A comparison of a server's web app.
    Web(WebView),
}

impl Task {
    /// Does it, for an engine: what the engine has to know of is its failure, and the rest is the answer.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn done(self, session: &Open, watcher: &Watcher) -> Result<Result<Answer, Fault>, Failure> {
        match self.run(session, watcher).await {
            Err(Fault::Failure(failure)) => Err(failure),
            done => Ok(done),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn run(self, session: &Open, watcher: &Watcher) -> Result<Answer, Fault> {
        match self {
            Self::Status => Ok(status::status(session)),
            Self::List(listing) => list::list(session, &listing)
                .map_err(|failure| Missing::item(failure, listing.within.as_deref().unwrap_or_default())),
            Self::Get(wanted) => get::get(session, wanted).await,
            Self::Resolve(references) => get::resolve(session, &references).await,
            Self::Create(items, running) => create::create(session, items, running).await,
            Self::Edit(edit) => {
                let what = edit.what.clone();
                edit::edit(session, *edit).await.map_err(|failure| Missing::item(failure, &what))
            }
            Self::Remove(items, version, running) => trash::remove(session, &items, version, running).await,
            Self::Restore(items) => trash::restore(session, &items).await,
            Self::Trash => Ok(trash::list(session)),
            Self::History(account) => {
                history::history(session, &account).await.map_err(|failure| Missing::item(failure, &account))
            }
            Self::Confirm(code) => Ok(status::confirm(session, &code).await?),
            Self::Members => Ok(members::list(session)),
            Self::Member(member, step) => members::step(session, &member, step)
                .await
                .map_err(|failure| Missing::unless(failure, || Missing::Member(member))),
            Self::CreateMember(new) => members::create(session, new).await,
            Self::Invite(grants, millis) => members::invite(session, &grants, millis).await,
            Self::CreateService(new) => services::create(session, new).await,
            Self::Request(new) => requests::ask(session, new).await,
            Self::Requests(which) => Ok(requests::list(session, which).await?),
            Self::RequestStep(request, step, comment) => requests::step(session, &request, step, comment).await,
            Self::Attach(attach) => files::attach(session, attach, watcher).await,
            Self::Download(download) => files::download(session, download, watcher).await,
            Self::Import(import) => transfer::import(session, *import, watcher).await,
            Self::Migrate(wanted) => {
                let view = migrate::run(session, &wanted, Patience::default(), watcher).await?;
                Ok(Answer::Migration(Box::new(view)))
            }
            Self::Backup(backup) => transfer::backup(session, backup, watcher).await,
            Self::Audit(events) => Ok(audit::events(session, events).await?),
            Self::Verify => Ok(audit::verify(session).await?),
        }
    }
}
