//! Rows of the report: what was left out and why, in words for programs and for people.

use super::{
    fault::SourceFault,
    listed::{Lack, Withheld},
};
use crate::{
    fault::Fault,
    told::{Told, broken_rule},
    views::{LeftView, MovedView},
};
use sealward_client::import::{LeftOut, Part, Reason};

/// Something that is brought in.
pub fn moved(item: &str, source_id: &str) -> MovedView {
    MovedView { item: item.to_owned(), source_id: source_id.to_owned() }
}

/// What the source did not give.
pub fn left_for(item: &str, source_id: &str, lack: Lack, fault: &SourceFault) -> LeftView {
    left_by(item, source_id, lack.code(), fault.code(), Some(fault.sentences()))
}

/// A secret that is not given now.
pub fn withheld(item: &str, source_id: &str, why: Withheld) -> LeftView {
    left_by(item, source_id, None, why.code(), None)
}

/// What cannot be kept here.
pub fn unfit(item: &str, source_id: &str, reason: Reason) -> LeftView {
    let (code, more) = match reason {
        Reason::NoName | Reason::NoAccount => ("no_name", None),
        Reason::TooLarge => ("too_large", None),
        Reason::Invalid(invalid) => {
            let sentences = broken_rule::sentences(invalid);
            ("invalid", Some(sentences))
        }
        _ => ("unfit", None),
    };
    left_by(item, source_id, None, code, more)
}

/// A part that there is no room for.
pub fn no_room(item: &str, source_id: &str, left: &LeftOut) -> LeftView {
    let part = match left.part {
        Part::History => Lack::History,
        Part::File | Part::Passkey => Lack::File,
    };
    left_by(item, source_id, part.code(), "no_room", None)
}

/// What the team's server, or this machine, did not take.
pub fn failed(item: &str, source_id: &str, fault: Fault) -> LeftView {
    let Told { code, english, chinese, .. } = fault.into();
    left_by(item, source_id, None, &code, Some((english, chinese)))
}

/// For a reason that has a word; with sentences of its own where they say more.
pub fn left_by(
    item: &str,
    source_id: &str,
    part: Option<&str>,
    code: &str,
    sentences: Option<(String, String)>,
) -> LeftView {
    let (message, message_zh) = sentences.unwrap_or_else(|| {
        let (english, chinese) = usual(code);
        (english.to_owned(), chinese.to_owned())
    });
    let (item, source_id) = (super::source::short(item), source_id.to_owned());
    LeftView { item, source_id, part: part.map(str::to_owned), code: code.to_owned(), message, message_zh }
}

fn usual(code: &str) -> (&'static str, &'static str) {
    match code {
        "in_use" => ("Somebody has it checked out. Run it again later.", "正被他人借出。请稍后再次运行。"),
        "reason_needed" => {
            ("The product asks for a reason: give one with --reason.", "来源产品要求说明原因：请使用 --reason。")
        }
        "ticket_needed" => {
            ("The product asks for a ticket: name one with --ticket.", "来源产品要求工单号：请使用 --ticket。")
        }
        "not_listed" => {
            ("The product counts more than it lists for this token.", "来源产品报告的数量多于此令牌可列出的数量。")
        }
        "no_name" => ("It has no name.", "没有名称。"),
        "too_large" => ("It is larger than what can be kept.", "超出可保存的大小。"),
        "no_room" => ("There is no room for all of it.", "无法全部保存。"),
        "stopped" => {
            ("It was ended before it was done. The same again goes on.", "操作在完成前被终止。再次运行会继续。")
        }
        "not_written" => ("It was not written any more.", "尚未写入。"),
        _ => ("It cannot be kept as it is.", "无法按原样保存。"),
    }
}
