//! The commands in the language of whoever asks: help, manual, and what is said of arguments that cannot be meant.

use super::{Program, chinese::TEXTS};
use crate::language::Language;
use clap::{
    Arg, ArgAction, Command, CommandFactory,
    builder::{
        StyledStr,
        styling::{AnsiColor, Style, Styles},
    },
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Colours of help and usage, where the terminal has colours and NO_COLOR does not say otherwise.
const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(Style::new().dimmed())
    .error(AnsiColor::Red.on_default().bold())
    .invalid(AnsiColor::Yellow.on_default());

/// What clap's own help is made of, in Chinese.
const CHINESE_TEMPLATE: &str = "{before-help}{about-with-newline}\n用法: {usage}\n\n{all-args}{after-help}";

/// The commands in a language.
pub(super) fn command(language: Language) -> Command {
    let command = Program::command().styles(STYLES);
    match language {
        Language::English => command,
        Language::Chinese => {
            let mut command = in_chinese(command);
            // The command `help` is clap's own, and there only once everything is built.
            command.build();
            help_in_chinese(command)
        }
    }
}

fn help_in_chinese(command: Command) -> Command {
    let about = chinese("Print this message or the help of the given subcommand(s)");
    command.mut_subcommands(|command| match command.get_name() {
        "help" => help_in_chinese(command.about(about.to_owned())),
        _ => help_in_chinese(command),
    })
}

/// The Chinese of a text; the text itself where there is none, which a test finds.
fn chinese(text: &str) -> &str {
    TEXTS.iter().find(|(english, _)| *english == text).map_or(text, |(_, chinese)| chinese)
}

fn in_chinese(mut command: Command) -> Command {
    if let Some(about) = command.get_about().map(StyledStr::to_string) {
        command = command.about(chinese(&about).to_owned());
    }
    if let Some(about) = command.get_long_about().map(StyledStr::to_string) {
        command = command.long_about(chinese(&about).to_owned());
    }
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(chinese("Print help"));
    command = command.disable_help_flag(true).mut_args(argument_in_chinese).arg(help.help_heading("选项"));
    if command.get_version().is_some() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        let version = version.help(chinese("Print version")).help_heading("选项");
        command = command.disable_version_flag(true).arg(version);
    }
    command.help_template(CHINESE_TEMPLATE).subcommand_help_heading("命令").mut_subcommands(in_chinese)
}

/// An argument with all that help says of it: clap adds defaults and choices in English alone.
fn argument_in_chinese(argument: Arg) -> Arg {
    let list = |parts: Vec<String>| parts.join("、");
    let mut text = argument.get_help().map(|help| chinese(&help.to_string()).to_owned()).unwrap_or_default();
    let kept = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !argument.is_hide_default_value_set() && argument.get_action().takes_values() && kept != Vec::<String>::new() {
        text += &format!(" [默认：{}]", list(kept));
    }
    if let Some(name) = argument.get_env() {
        text += &format!(" [环境变量：{}]", name.to_string_lossy());
    }
    let choices = argument.get_possible_values();
    let takes = argument.get_action().takes_values();
    if takes && !choices.is_empty() {
        let explained = choices.iter().map(|value| match value.get_help() {
            Some(help) => format!("{}（{}）", value.get_name(), chinese(&help.to_string())),
            None => value.get_name().to_owned(),
        });
        text += &format!(" [可选值：{}]", list(explained.collect()));
    }
    let heading = if argument.is_positional() { "参数" } else { "选项" };
    let argument = argument.help(text).help_heading(heading);
    // Of what takes no value, clap lets nothing of values be hidden.
    if takes { argument.hide_default_value(true).hide_env(true).hide_possible_values(true) } else { argument }
}

/// What is wrong with the arguments, in Chinese; `None` where clap has to say it.
pub(super) fn usage_in_chinese(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join("、")),
        Some(ContextValue::Number(number)) => Some(number.to_string()),
        Some(ContextValue::StyledStr(text)) => Some(text.to_string()),
        _ => None,
    };
    let argument = || text(ContextKind::InvalidArg);
    let value = || text(ContextKind::InvalidValue).unwrap_or_default();
    let sentence = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数“{}”。", argument()?),
        ErrorKind::InvalidSubcommand => format!("没有命令“{}”。", text(ContextKind::InvalidSubcommand)?),
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{}。", argument()?),
        ErrorKind::MissingSubcommand => "缺少命令。".to_owned(),
        ErrorKind::InvalidValue if value().is_empty() => format!("参数“{}”需要一个值。", argument()?),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("参数“{}”的值“{}”无效。", argument()?, value())
        }
        ErrorKind::ArgumentConflict => match text(ContextKind::PriorArg) {
            Some(prior) if Some(&prior) != argument().as_ref() => {
                format!("参数“{}”不能与“{prior}”同时使用。", argument()?)
            }
            _ => format!("参数“{}”只能使用一次。", argument()?),
        },
        ErrorKind::TooManyValues => format!("参数“{}”不接受值“{}”。", argument()?, value()),
        ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => format!("参数“{}”的值的个数不对。", argument()?),
        ErrorKind::NoEquals => format!("参数“{}”的值要用等号连接。", argument()?),
        _ => return None,
    };
    let choices = text(ContextKind::ValidValue).filter(|choices| !choices.is_empty());
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand].into_iter();
    let similar = similar.filter_map(|kind| error.get(kind)).find_map(|value| match value {
        ContextValue::String(text) => Some(text),
        // The nearest comes last.
        ContextValue::Strings(texts) => texts.last(),
        _ => None,
    });
    let mut whole = sentence;
    if let Some(choices) = choices {
        whole += &format!("可选值：{choices}。");
    }
    if let Some(similar) = similar {
        whole += &format!("是否指“{similar}”？");
    }
    Some(whole + "可用 `sealward help` 查看全部用法。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every text that help shows of a command and what is below it.
    fn texts(command: &Command, found: &mut BTreeSet<String>) {
        let own = [command.get_about(), command.get_long_about()].into_iter().flatten();
        found.extend(own.map(StyledStr::to_string));
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {} has no help", command.get_name(), argument.get_id());
            found.extend(
                [argument.get_help(), argument.get_long_help()].into_iter().flatten().map(StyledStr::to_string),
            );
            let choices = argument.get_possible_values();
            found.extend(choices.iter().filter_map(|value| value.get_help()).map(StyledStr::to_string));
        }
        command.get_subcommands().for_each(|command| texts(command, found));
    }

    #[test]
    fn every_command_and_argument_has_its_chinese() {
        let mut found = BTreeSet::new();
        texts(&Program::command(), &mut found);
        let known: BTreeSet<&str> = TEXTS.iter().map(|(english, _)| *english).collect();
        assert_eq!(known.len(), TEXTS.len(), "a text stands twice");
        let missing: Vec<&String> = found.iter().filter(|text| !known.contains(text.as_str())).collect();
        assert!(missing.is_empty(), "without Chinese: {missing:#?}");
        let claps = ["Print help", "Print version", "Print this message or the help of the given subcommand(s)"];
        let left: Vec<&&str> = known.iter().filter(|text| !claps.contains(text) && !found.contains(**text)).collect();
        assert!(left.is_empty(), "of nothing any more: {left:#?}");
        assert!(
            TEXTS
                .iter()
                .all(|(_, chinese)| chinese.chars().any(|letter| !letter.is_ascii()) || *chinese == "shell 名称")
        );
    }

    #[test]
    fn the_arguments_are_well_formed_in_chinese() {
        command(Language::Chinese).debug_assert();
    }

    #[test]
    fn usage_is_told_in_chinese() {
        let told = |arguments: &[&str]| {
            let error = command(Language::Chinese).try_get_matches_from(arguments).unwrap_err();
            usage_in_chinese(&error).unwrap()
        };
        for (arguments, words) in [
            (&["sealward", "get"][..], "缺少参数：<ITEM>。"),
            (&["sealward", "gett", "x"], "没有命令“gett”。是否指“get”？"),
            (&["sealward", "list", "--kinds", "x"], "没有参数“--kinds”。是否指“--kind”？"),
            (&["sealward", "list", "--kind", "x"], "参数“--kind <KIND>”的值“x”无效。可选值："),
            (&["sealward", "list", "--kind"], "参数“--kind <KIND>”需要一个值。"),
            (&["sealward", "kit", "--password-file", "a", "--password-fd", "3"], "不能与"),
        ] {
            let told = told(arguments);
            assert!(told.starts_with(words) || words == "不能与" && told.contains(words), "{arguments:?}: {told}");
            assert!(told.ends_with("可用 `sealward help` 查看全部用法。"), "{told}");
        }
    }

    #[test]
    fn help_is_in_chinese_from_its_first_word_to_its_last() {
        let help = command(Language::Chinese).find_subcommand_mut("sign-in").unwrap().render_help().to_string();
        for words in ["解锁：", "用法: ", "选项:", "[默认：15m]", "显示帮助"] {
            assert!(help.contains(words), "{words}: {help}");
        }
        for words in ["Usage", "Options", "default", "Print"] {
            assert!(!help.contains(words), "{words}: {help}");
        }
        let whole = command(Language::Chinese).render_help().to_string();
        assert!(whole.contains("命令:\n") && whole.contains("某个命令的帮助") && !whole.contains("Print"), "{whole}");
    }
}
