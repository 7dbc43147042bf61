//! Unlocking, locking, and where one stands.

use super::{
    caller::Caller,
    read_duration,
    secret_args::{PasswordArgs, hide, source},
};
use crate::{
    agent::{self, Ask, SignIn as AskToSignIn},
    failure::Failure,
    fault::Fault,
    language::Language,
    output::Output,
    secrets_in::Source,
    tasks::{Answer, Task},
    told::Told,
    views::{Hidden, StatusView},
};
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

/// An agent locks itself after so many seconds without a question.
const IDLE: u64 = 15 * 60;

#[derive(Args)]
pub(super) struct SignIn {
    /// Read the emergency kit from this file, on a machine that has not signed in before
    #[arg(long, value_name = "FILE", conflicts_with = "kit_fd")]
    kit_file: Option<PathBuf>,
    /// Read the emergency kit from this file descriptor
    #[arg(long, value_name = "NUMBER")]
    kit_fd: Option<u32>,
    /// Ask for the kit's code on the terminal
    #[arg(long, conflicts_with_all = ["kit_file", "kit_fd"])]
    kit_prompt: bool,
    /// The login name, where the kit does not say it
    #[arg(long, value_name = "NAME")]
    login_name: Option<String>,
    /// Read the code of a second factor from this file descriptor
    #[arg(long, value_name = "NUMBER")]
    code_fd: Option<u32>,
    /// Ask for the code of a second factor on the terminal
    #[arg(long, conflicts_with = "code_fd")]
    code_prompt: bool,
    /// The numbers of `sealward status` were compared with a colleague's, and are the same
    #[arg(long)]
    compared: bool,
    /// Lock after so long a time without a command, such as 15m or 8h
    #[arg(long, value_name = "TIME", default_value = "15m")]
    idle: String,
    #[command(flatten)]
    password: PasswordArgs,
}

impl SignIn {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let prompt = |asked: bool, words: &str| asked.then(|| Source::Prompt(words.to_owned()));
        let kit = source(self.kit_file.as_ref(), self.kit_fd)
            .or_else(|| prompt(self.kit_prompt, caller.language.pick("Kit code", "应急恢复码")));
        let kit = kit.map(|source| source.read()).transpose()?;
        if kit.is_none() && caller.home.device()?.is_none() {
            return Err(Fault::UnknownDevice.into());
        }
        let password = self.password.read(caller.language)?;
        let code = source(None, self.code_fd).or_else(|| prompt(self.code_prompt, code_words(caller.language)));
        let code = code.map(|source| source.read()).transpose()?;
        let ask = AskToSignIn {
            password: hide(&password),
            kit: kit.as_ref().map(hide),
            login_name: self.login_name,
            code: code.as_ref().map(hide),
            compared: self.compared,
            idle: (read_duration(&self.idle)? / 1_000).max(1),
            ..ask(caller)?
        };
        agent::start(&caller.home)?;
        output.answer(&agent::call(&caller.home, &Ask::SignIn(ask), |_| {})?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Lets an agent open the session of this machine's device.
pub(super) fn unlock(caller: &Caller, password: Hidden, code: Option<Hidden>, compared: bool) -> Result<Answer, Told> {
    agent::start(&caller.home)?;
    agent::call(&caller.home, &Ask::SignIn(AskToSignIn { password, code, compared, ..ask(caller)? }), |_| {})
}

/// What is the same however somebody signs in.
fn ask(caller: &Caller) -> Result<AskToSignIn, Fault> {
    let named = caller.connection.server.is_some();
    Ok(AskToSignIn {
        password: Hidden::default(),
        kit: None,
        login_name: None,
        origin: named.then(|| caller.server()).transpose()?.map(|server| server.origin().to_owned()),
        ca: caller.ca()?,
        plain_http: caller.connection.plain_http,
        code: None,
        compared: false,
        idle: IDLE,
    })
}

fn code_words(language: Language) -> &'static str {
    language.pick("Code of your app", "验证器应用中的代码")
}

#[derive(Args)]
pub(super) struct Confirm {
    /// Read the code from this file descriptor; otherwise it is asked for on the terminal
    #[arg(long, value_name = "NUMBER")]
    code_fd: Option<u32>,
}

impl Confirm {
    pub(super) fn task(&self, language: Language) -> Result<Task, Failure> {
        let code = source(None, self.code_fd).unwrap_or_else(|| Source::Prompt(code_words(language).to_owned()));
        Ok(Task::Confirm(hide(&code.read()?)))
    }
}

pub(super) fn lock(caller: &Caller, output: Output) -> Result<ExitCode, Told> {
    if caller.is_service() {
        // What the agent holds is somebody else's.
        return Err(Failure::Usage(
            "lock: a token has nothing to lock: unset SEALWARD_TOKEN to lock what `sealward sign-in` opened".to_owned(),
        )
        .into());
    }
    // Where no agent is, nothing is unlocked.
    if agent::is_there(&caller.home) {
        agent::call(&caller.home, &Ask::Lock, |_| {})?;
    }
    output.answer(&Answer::Done)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn status(caller: &Caller, output: Output) -> Result<ExitCode, Told> {
    let answer = match caller.ask(Task::Status) {
        Err(told) if told.code == "locked" && !caller.is_service() => Answer::Status(not_open(caller)?),
        answer => answer?,
    };
    output.answer(&answer)?;
    Ok(ExitCode::SUCCESS)
}

fn not_open(caller: &Caller) -> Result<StatusView, Failure> {
    let known = caller.home.device()?;
    Ok(StatusView {
        state: if known.is_some() { "locked" } else { "signed_out" }.to_owned(),
        server: known.as_ref().map(|known| known.device.origin.clone()),
        team: known.as_ref().map(|known| known.device.team.to_string()),
        team_name: None,
        login_name: known.as_ref().map(|known| known.device.login_name.to_string()),
        places: None,
        held: false,
    })
}
