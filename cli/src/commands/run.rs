//! Secrets for other programs: in their environment, or in a template. Each is fetched by its reference,
//! `sealward://vault/resource/account/field`, and never stands on disk or in an argument.

use super::caller::Caller;
use crate::{
    failure::Failure,
    secrets_in,
    tasks::{Answer, Task},
    told::Told,
    views::Hidden,
};
use clap::Args;
use std::{
    fs,
    io::Write,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, ExitCode},
};
use zeroize::Zeroizing;

/// The beginning of a reference.
const REFERENCE: &str = "sealward://";

#[derive(Args)]
pub(super) struct Run {
    /// The program and its arguments; references in its environment are filled
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl Run {
    pub(super) fn run(self, caller: &Caller) -> Result<ExitCode, Told> {
        let wanted: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(_, value)| value.starts_with(REFERENCE))
            .collect();
        let references = wanted.iter().map(|(_, reference)| reference.clone()).collect();
        let values = resolve(caller, references).map_err(|told| of_variables(told, &wanted))?;
        let (program, arguments) = self.command.split_first().ok_or(Failure::Usage("run: no program".to_owned()))?;
        let mut command = Command::new(program);
        command.args(arguments);
        for ((name, _), value) in wanted.iter().zip(&values) {
            command.env(name, value.0.as_str());
        }
        // The token opens more than what was asked for.
        command.env_remove(secrets_in::TOKEN);
        // In this program's place: signals and exit code are the program's own.
        Err(Failure::local(program.as_str())(command.exec()).into())
    }
}

#[derive(Args)]
pub(super) struct Inject {
    /// The template; standard input where none is named. References stand in {{ }}
    template: Option<PathBuf>,
}

impl Inject {
    pub(super) fn run(self, caller: &Caller) -> Result<ExitCode, Told> {
        let bytes = match &self.template {
            Some(file) => Zeroizing::new(fs::read(file).map_err(Failure::local(file.display().to_string()))?),
            None => secrets_in::stdin()?,
        };
        let template = std::str::from_utf8(&bytes).map_err(|_| Failure::Usage("template: not UTF-8".to_owned()))?;
        let parts = split(template).ok_or_else(|| Failure::Usage("template: a reference has no end".to_owned()))?;
        let references = parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some((*reference).to_owned()),
            Part::Text(_) => None,
        });
        let values = resolve(caller, references.collect())?;
        let (mut filled, mut values) = (Zeroizing::new(Vec::new()), values.iter());
        for part in &parts {
            match part {
                Part::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Part::Reference(_) => filled.extend(values.next().into_iter().flat_map(|value| value.0.bytes())),
            }
        }
        let mut out = std::io::stdout();
        out.write_all(&filled).and_then(|()| out.flush()).map_err(Failure::local("stdout"))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    Reference(&'t str),
}

/// Cuts a template at its references; braces around anything else are text. `None` where a reference has no end.
fn split(template: &str) -> Option<Vec<Part<'_>>> {
    let (mut parts, mut rest) = (Vec::new(), template);
    while let Some((before, after)) = rest.split_once("{{") {
        let end = after
            .split_once("}}")
            .filter(|(inside, _)| !inside.trim_start().starts_with(REFERENCE) || !inside.contains('\n'));
        let Some((inside, behind)) = end else {
            if after.trim_start().starts_with(REFERENCE) {
                return None;
            }
            break;
        };
        let reference = inside.trim();
        if reference.starts_with(REFERENCE) {
            parts.push(Part::Text(before));
            parts.push(Part::Reference(reference));
            rest = behind;
        } else {
            let kept = before.len() + 2;
            parts.push(Part::Text(rest.get(..kept).unwrap_or_default()));
            rest = after;
        }
    }
    parts.push(Part::Text(rest));
    Some(parts)
}

/// A failure, with the variables that have the reference that it is about.
fn of_variables(told: Told, wanted: &[(String, String)]) -> Told {
    let Some(subject) = &told.subject else { return told };
    let names = wanted.iter().filter(|(_, reference)| reference == subject).map(|(name, _)| name.as_str());
    let names = names.collect::<Vec<&str>>().join(", ");
    if names.is_empty() {
        return told;
    }
    Told { english: format!("{names}: {}", told.english), chinese: format!("{names}：{}", told.chinese), ..told }
}

fn resolve(caller: &Caller, references: Vec<String>) -> Result<Vec<Hidden>, Told> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    match caller.ask(Task::Resolve(references))? {
        Answer::Values(values) => Ok(values),
        _ => Err(Failure::Closed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_an_end() {
        assert!(split("a={{ sealward://Web/db/root/secret }\n").is_none());
        assert!(split("a={{ sealward://Web/db/root/secret\nb={{ other }}").is_none());
        assert!(split("a={{ other\n").is_some());
    }

    #[test]
    fn templates_keep_what_is_no_reference() {
        let template = "a={{ sealward://Web/db/root/secret }}\nb={{ other }} {{sealward://x/y/z/url}} {{";
        assert_eq!(
            split(template).unwrap(),
            [
                Part::Text("a="),
                Part::Reference("sealward://Web/db/root/secret"),
                Part::Text("\nb={{"),
                Part::Text(" other }} "),
                Part::Reference("sealward://x/y/z/url"),
                Part::Text(" {{"),
            ]
        );
    }
}
