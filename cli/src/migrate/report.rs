//! Rows of the report: what was left out and why, in words for programs and for people.

use super::{
    fault::SourceFault,
    listed::{Lack, Withheld},
};
use crate::{
    fault::Fault,
    told::{Told, broken_rule},
    views::{LeftView, MovedView, RowView},
};
use sealward_client::import::{LeftOut, Part, Reason, Rejected};

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

/// A row of a file that was not taken.
pub fn row(rejected: &Rejected) -> RowView {
    let Rejected { row, name, reason } = rejected;
    let code = match reason {
        Reason::NoAccount => "no_account",
        Reason::TooManyValues => "too_many_values",
        Reason::Malformed => "malformed",
        Reason::UnknownKind => "unknown_kind",
        Reason::Deleted => "deleted",
        Reason::Alias => "alias",
        reason => return of_row(*row, unfit(name, "", *reason)),
    };
    of_row(*row, left_by(name, "", None, code, None))
}

/// A row of a file that was not written any more.
pub fn unwritten(row: usize) -> RowView {
    of_row(row, left_by("", "", None, "not_written", None))
}

fn of_row(row: usize, LeftView { item, code, message, message_zh, .. }: LeftView) -> RowView {
    RowView { row, name: item, code, message, message_zh }
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
        "no_account" => ("It has neither a user name nor a secret.", "既没有用户名，也没有机密。"),
        "too_many_values" => (
            "It has more values than the header has columns: perhaps a separator within a value without quotes.",
            "值的数量多于表头的列数：可能是某个值中含有未加引号的分隔符。",
        ),
        "malformed" => ("It is not what the format says.", "不符合该格式。"),
        "unknown_kind" => ("It is of a kind that is not known.", "类型未知。"),
        "deleted" => ("It lay in the export's bin.", "位于导出文件的回收站中。"),
        "alias" => ("It is an address that forwards, with nothing to keep.", "只是转发地址，没有可保存的内容。"),
        "too_large" => ("It is larger than what can be kept.", "超出可保存的大小。"),
        "no_room" => ("There is no room for all of it.", "无法全部保存。"),
        "stopped" => {
            ("It was ended before it was done. The same again goes on.", "操作在完成前被终止。再次运行会继续。")
        }
        "not_written" => ("It was not written any more.", "尚未写入。"),
        _ => ("It cannot be kept as it is.", "无法按原样保存。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_why_it_was_left_out() {
        let rejected = Rejected { row: 3, name: "Shop\u{7}".to_owned(), reason: Reason::NoAccount };
        let shown = row(&rejected);
        assert_eq!((shown.row, shown.name.as_str(), shown.code.as_str()), (3, "Shop ", "no_account"));
        assert_eq!(shown.message, "It has neither a user name nor a secret.");
        let too_large = Rejected { reason: Reason::TooLarge, ..rejected };
        assert_eq!(row(&too_large).code, "too_large");
        assert_eq!(unwritten(7).code, "not_written");
    }
}
