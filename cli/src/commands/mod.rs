//! The commands: what each takes, and how it becomes a task.

mod caller;
mod catalog;
mod chinese;
mod files;
mod generate;
mod join;
mod kit_file;
mod localized;
mod migrate;
mod people;
mod requests;
mod run;
mod secret_args;
mod services;
mod session;
mod shell;
mod team;
mod web;

use crate::{
    clock,
    failure::Failure,
    gateway::GatewayArguments,
    home::Home,
    language::Language,
    output::Output,
    tasks::{Answer, RequestStep, Task},
    told::Told,
};
use caller::{Caller, Connection};
use clap::{Args, FromArgMatches, Parser, Subcommand};
use std::{ffi::OsString, process::ExitCode};

/// The team vault whose server cannot read it, from the command line.
///
/// Without SEALWARD_TOKEN, commands use the session that `sealward sign-in` opened; an agent holds it until it is
/// locked. With SEALWARD_TOKEN or --token-file they act as that service, and need no agent.
///
/// Exit codes: 0 done; 1 a fault of this machine; 2 usage, or a value that breaks a rule; 3 not found; 4 refused;
/// 5 changed elsewhere, or there already; 6 the server cannot be reached or is busy; 7 not signed in, or the token or
/// password is refused; 8 an approval or a check-out is needed, or somebody has it; 9 what the server gave does not
/// verify; 10 some of many were done.
#[derive(Parser)]
#[command(name = "sealward", version, max_term_width = 100)]
pub struct Program {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args)]
struct Global {
    #[command(flatten)]
    connection: Connection,
    /// Write JSON, in a form that stays as it is; failures too, to standard error
    #[arg(long, global = true)]
    json: bool,
    /// The language of messages: en or zh; by default the environment's
    #[arg(long, global = true, value_name = "LANGUAGE")]
    lang: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Make teams
    #[command(subcommand)]
    Team(team::Team),
    /// Unlock: sign in with password and kit, and let an agent hold the session
    SignIn(session::SignIn),
    /// End the agent's session; its keys are wiped
    Lock,
    /// Say who is signed in, and where
    Status,
    /// Confirm the session with the code of a second factor
    Confirm(session::Confirm),
    /// Write the emergency kit, after the password
    Kit(team::Kit),
    /// List vaults, resources and accounts
    #[command(visible_alias = "ls")]
    List(catalog::List),
    /// Show an item and its secret, or one value of it
    Get(catalog::Get),
    /// Make a vault, resource group, resource or account; or many from JSON or CSV
    Create(catalog::Create),
    /// Change an item or its secret
    Edit(catalog::Edit),
    /// Delete items; they can be restored until they are purged
    Rm(catalog::Remove),
    /// List what was deleted, or restore it
    Restore(catalog::Restore),
    /// List the versions of a secret
    History(catalog::History),
    /// Make a random password or a phrase of words
    Generate(generate::Generate),
    /// Services: programs with a token of their own
    #[command(subcommand)]
    Service(services::Service),
    /// Make a link that invites somebody to the team
    Invite(people::Invite),
    /// Join a team by an invitation's link, with a password and kit of your own
    Join(join::Join),
    /// Members of the team
    #[command(subcommand)]
    Member(people::Member),
    /// Ask for a guarded secret
    Request(requests::Request),
    /// List requests: one's own, or those that wait for an answer
    Requests(requests::Requests),
    /// Approve a request
    Approve(requests::Answer),
    /// Reject a request
    Reject(requests::Answer),
    /// Take an approval back, which ends the request
    Revoke(requests::Answer),
    /// Take a request of yours back
    Cancel(requests::Step),
    /// Check a guarded secret out
    Checkout(requests::Step),
    /// Check it in
    Checkin(requests::Step),
    /// Put a file beside an account
    Attach(files::Attach),
    /// Fetch a file
    Download(files::Download),
    /// Bring a file of another program in
    Import(files::Import),
    /// Move in from another product, over its own API
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Write an encrypted backup
    Backup(files::Backup),
    /// Show the newest events of the audit
    Audit(files::Audit),
    /// Check the audit's chain, and the signatures of all that is here
    Verify,
    /// Run a program with secrets in its environment
    Run(run::Run),
    /// Fill the references of a template
    Inject(run::Inject),
    /// Speak the dialects of other password managers on this machine, for services of the team
    Gateway(Box<GatewayArguments>),
    /// Hand out the web app that this program was built with on this machine, for a browser
    Web(web::Web),
    /// Compare the web app that a server serves with the one that this program was built with
    VerifyWeb(web::VerifyWeb),
    /// Write the completions of a shell
    Completions(shell::Completions),
    /// Write the manual's pages into a folder
    Man(shell::Man),
    /// Hold the session; `sign-in` starts this
    #[command(hide = true)]
    Agent,
}

/// Runs the program that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let output = Output { json: asks_for_json(&arguments), language: asked_language(&arguments) };
    let read = localized::command(output.language).try_get_matches_from(arguments);
    let read = read.and_then(|matches| Program::from_arg_matches(&matches));
    let Program { global, command } = match read {
        Ok(program) => program,
        Err(error) => return output.usage(&error, localized::usage_in_chinese(&error)),
    };
    let language = global.lang.as_deref().map_or(output.language, Language::of);
    let output = Output { json: global.json, language };
    let known = check_language(global.lang.as_deref()).map_err(Told::from);
    match known.and_then(|()| run(command, global.connection, output)) {
        Ok(code) => code,
        Err(told) => {
            output.failure(&told);
            ExitCode::from(told.exit)
        }
    }
}

/// Whether the language that is named is one of those that there are.
fn check_language(named: Option<&str>) -> Result<(), Failure> {
    match named {
        Some(named) if Language::named(named).is_none() => Err(Failure::Usage(format!("lang: {named}: en or zh"))),
        _ => Ok(()),
    }
}

/// What stands before `--`: the rest is another program's.
fn own(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    arguments.iter().map_while(|argument| Some(argument.to_str().unwrap_or_default()).filter(|text| *text != "--"))
}

/// The language that is asked for, before anything else is known of the arguments.
fn asked_language(arguments: &[OsString]) -> Language {
    let mut own = own(arguments);
    while let Some(argument) = own.next() {
        let named = argument.strip_prefix("--lang=").or_else(|| if argument == "--lang" { own.next() } else { None });
        if let Some(named) = named {
            return Language::of(named);
        }
    }
    Language::of_environment()
}

/// Whether JSON is asked for, so that wrong arguments are told in it too.
fn asks_for_json(arguments: &[OsString]) -> bool {
    own(arguments).any(|argument| argument == "--json")
}

fn run(command: Command, connection: Connection, output: Output) -> Result<ExitCode, Told> {
    let caller = || Caller::new(connection.clone(), output);
    let show = |task: Task| -> Result<ExitCode, Told> {
        let answer = caller()?.ask(task)?;
        output.answer(&answer)?;
        Ok(ExitCode::SUCCESS)
    };
    let language = output.language;
    match command {
        Command::Team(team) => team.run(&caller()?, output),
        Command::SignIn(sign_in) => sign_in.run(&caller()?, output),
        Command::Lock => session::lock(&caller()?, output),
        Command::Status => session::status(&caller()?, output),
        Command::Confirm(confirm) => show(confirm.task(language)?),
        Command::Kit(kit) => kit.run(&caller()?, output),
        Command::List(list) => show(list.task()),
        Command::Get(get) => get.run(&caller()?, output),
        Command::Create(create) => show(create.task(language)?),
        Command::Edit(edit) => show(edit.task(language)?),
        Command::Rm(remove) => show(remove.task()),
        Command::Restore(restore) => show(restore.task()),
        Command::History(history) => show(Task::History(history.account)),
        Command::Generate(generate) => generate.run(output),
        Command::Service(service) => service.run(&caller()?, output),
        Command::Invite(invite) => show(invite.task()?),
        Command::Join(join) => join.run(&caller()?, output),
        Command::Member(member) => show(member.task(language)?),
        Command::Request(request) => show(request.task()?),
        Command::Requests(requests) => show(requests.task()),
        Command::Approve(answer) => show(answer.task(RequestStep::Approve)),
        Command::Reject(answer) => show(answer.task(RequestStep::Reject)),
        Command::Revoke(answer) => show(answer.task(RequestStep::Revoke)),
        Command::Cancel(step) => show(step.task(RequestStep::Cancel)),
        Command::Checkout(step) => show(step.task(RequestStep::CheckOut)),
        Command::Checkin(step) => show(step.task(RequestStep::CheckIn)),
        Command::Attach(attach) => show(attach.task()?),
        Command::Download(download) => show(download.task()?),
        Command::Import(import) => import.run(&caller()?, output),
        Command::Migrate(migrate) => migrate.run(&caller()?, output),
        Command::Backup(backup) => show(backup.task(language)?),
        Command::Audit(audit) => show(audit.task()),
        Command::Verify => verify(&caller()?, output),
        Command::Run(run) => run.run(&caller()?),
        Command::Inject(inject) => inject.run(&caller()?),
        Command::Gateway(gateway) => speak(&caller()?, &gateway),
        Command::Web(web) => web.run(&caller()?, output),
        Command::VerifyWeb(verify) => verify.run(&caller()?, output),
        Command::Completions(completions) => Ok(completions.run(language)?),
        Command::Man(man) => Ok(man.run(language)?),
        Command::Agent => Ok(crate::agent::serve(Home::find()?).map(|()| ExitCode::SUCCESS)?),
    }
}

/// Runs the gateway until the system asks it to end.
fn speak(caller: &Caller, gateway: &GatewayArguments) -> Result<ExitCode, Told> {
    let way = caller.way()?;
    let mut out = std::io::stdout();
    // Many callers at once: on as many threads as the machine has.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::local("runtime"))?;
    runtime.block_on(gateway.run(way, clock::system(), &mut out))?;
    Ok(ExitCode::SUCCESS)
}

/// What ends with it was done for some of many.
const PARTLY: u8 = 10;
/// What a check ends with that found something.
const UNSOUND: u8 = 9;

/// A check ends with the code of what does not verify where it found something.
fn verify(caller: &Caller, output: Output) -> Result<ExitCode, Told> {
    let answer = caller.ask(Task::Verify)?;
    output.answer(&answer)?;
    let sound = match &answer {
        Answer::Verified(checked) => checked.broken.is_none() && checked.refused.is_empty(),
        _ => true,
    };
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(UNSOUND) })
}

/// A duration such as `90s`, `30m`, `8h` or `7d`, in milliseconds.
fn read_duration(text: &str) -> Result<u64, Failure> {
    let unfit = || Failure::Usage(format!("{text}: not like 90s, 30m, 8h or 7d"));
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(unfit)?;
    let millis = match unit {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(unfit()),
    };
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(millis)).ok_or_else(unfit)
}

/// A moment, in milliseconds of the Unix epoch: RFC 3339, or how long from now.
fn read_instant(text: &str) -> Result<u64, Failure> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return u64::try_from(time.as_millisecond()).map_err(|_| Failure::Usage(format!("{text}: long gone")));
    }
    Ok(clock::system()().plus_millis(read_duration(text)?).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed() {
        Program::command().debug_assert();
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(read_duration("90s").ok(), Some(90_000));
        assert_eq!(read_duration("7d").ok(), Some(604_800_000));
        for text in ["", "7", "d", "-1d", "1 h", "99999999999999999999d", "日"] {
            assert!(read_duration(text).is_err(), "{text}");
        }
    }
}
