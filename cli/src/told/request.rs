//! Why a step of a request is refused, and what to do then.

use super::both;
use sealward_contract::request::RequestRefused;

/// The sentence in English and in Chinese.
pub(super) fn sentences(refused: RequestRefused) -> (String, String) {
    match refused {
        RequestRefused::NotNeeded => both(
            "There is nothing to ask for: you may open it without, or its secret has to be changed before it can be given to others. `sealward get` shows it.",
            "无需申请：您可以直接打开，或者其机密须先更换才能交给他人。可用 `sealward get` 查看。",
        ),
        RequestRefused::Own => both(
            "Nobody approves their own request, nor that of a service whose token they made. Somebody else has to answer it.",
            "不能批准自己的申请，也不能批准由自己生成令牌的服务的申请。请由他人处理。",
        ),
        RequestRefused::Time => both(
            "The time does not fit: it was asked for longer than the policy allows, or the window is over or has not begun. Ask with a shorter --time or another --from; `sealward requests` shows the window.",
            "时间不符：申请的时长超过策略允许的上限，或时间段已过、尚未开始。请缩短 --time 或更改 --from；可用 `sealward requests` 查看时间段。",
        ),
        RequestRefused::State | RequestRefused::Order => both(
            "The request has moved on meanwhile. `sealward requests --all` shows how it stands.",
            "此申请的状态已经变化。可用 `sealward requests --all` 查看。",
        ),
        RequestRefused::Right => both(
            "This step of the request is not yours to take: the approval policy says who may answer, and only whoever asked may check out.",
            "您无权执行申请的此步骤：可处理者由审批策略指定，只有申请人可以借出。",
        ),
        RequestRefused::Twice => both(
            "You have approved it already. Another person has to approve it too.",
            "您已经批准过了，还需要其他人批准。",
        ),
        RequestRefused::Reason => both(
            "A reason or a ticket is missing, or the ticket has not the form that the policy asks for: --reason, --ticket.",
            "缺少原因或工单号，或工单号不符合策略要求的格式：请用 --reason、--ticket 填写。",
        ),
        RequestRefused::Limit => both(
            "Too many requests of yours are open. `sealward cancel` takes one back, `sealward checkin` ends one.",
            "您未结束的申请太多。请用 `sealward cancel` 撤回，或用 `sealward checkin` 归还。",
        ),
        RequestRefused::Policy | RequestRefused::Version | RequestRefused::Position | RequestRefused::Grant => both(
            "The secret, its policy or the team was changed meanwhile. Run it again; if it is refused again, ask for the secret anew with `sealward request`.",
            "机密、其策略或团队刚刚发生变化。请重试；若仍被拒绝，请用 `sealward request` 重新申请。",
        ),
        RequestRefused::Malformed | RequestRefused::Signature => both(
            "The server does not take the request on. Update this program and run it again; where that does not help, tell whoever runs the server.",
            "服务器不接受此申请。请更新本程序后重试；若仍无效，请告知服务器管理员。",
        ),
    }
}
