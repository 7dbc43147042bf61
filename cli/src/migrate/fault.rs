//! Why another product gave something not: as a whole, or one thing of many. Nothing of it repeats a secret.

/// Why the other product did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// It cannot be reached, or its certificate is not trusted.
    #[error("the source cannot be reached")]
    Unreachable,
    /// It is busy, with this status, however often it was asked.
    #[error("the source is busy (HTTP {0})")]
    Busy(u16),
    /// It does not know the token.
    #[error("the source refuses the token")]
    Token,
    /// It refuses, in these words.
    #[error("the source refuses: {0}")]
    Refused(String),
    /// It asks for a second factor, which a program has not.
    #[error("the source asks for a second factor")]
    SecondFactor,
    /// It has no such thing.
    #[error("the source has no such thing")]
    NotThere,
    /// It gives more than is taken in one run.
    #[error("the source gives more than is taken in one run")]
    TooMuch,
    /// What it gave cannot be right.
    #[error("the source's answer cannot be read: {0}")]
    Unreadable(Unreadable),
}

/// Why an answer cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is a page for people.
    #[error("a page for people in place of JSON")]
    Page,
    /// It is not JSON.
    #[error("not JSON")]
    NotJson,
    /// It is JSON of another shape.
    #[error("not of the shape that the product writes")]
    Shape,
    /// It is larger than it can be.
    #[error("too large")]
    TooLarge,
    /// It leads to another address.
    #[error("a redirection: the address is another one")]
    Elsewhere,
    /// A list that has no end, or repeats itself.
    #[error("a list without an end")]
    Endless,
    /// It has a status that means nothing here.
    #[error("HTTP {0}")]
    Status(u16),
}

impl SourceFault {
    /// Whether everything else would fail in the same way.
    #[must_use]
    pub const fn ends_all(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Busy(_) | Self::Token | Self::SecondFactor | Self::TooMuch)
    }

    /// One word for programs; it stays as it is.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "source_unreachable",
            Self::Busy(_) => "source_busy",
            Self::Token => "source_token",
            Self::Refused(_) => "source_refused",
            Self::SecondFactor => "source_second_factor",
            Self::NotThere => "source_not_found",
            Self::TooMuch => "source_too_much",
            Self::Unreadable(_) => "source_unreadable",
        }
    }

    /// What the program ends with.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NotThere => 3,
            Self::Refused(_) => 4,
            Self::Unreachable | Self::Busy(_) => 6,
            Self::Token => 7,
            Self::SecondFactor => 8,
            Self::Unreadable(_) | Self::TooMuch => 9,
        }
    }

    /// A sentence in English and in Chinese that says what to do.
    #[must_use]
    pub fn sentences(&self) -> (String, String) {
        let both = |english: &str, chinese: &str| (english.to_owned(), chinese.to_owned());
        match self {
            Self::Unreachable => both(
                "The product's server cannot be reached, or its certificate is not trusted. Check --from, the network, and --from-ca.",
                "无法连接来源产品的服务器，或其证书不受信任。请检查 --from、网络和 --from-ca。",
            ),
            Self::Busy(status) => (
                format!("The product's server is busy (HTTP {status}). The same again later goes on where this ended."),
                format!("来源产品的服务器繁忙（HTTP {status}）。稍后再次运行会从中断处继续。"),
            ),
            Self::Token => both(
                "The product does not take the token. Check --from-token-file, and from which host the token may be used.",
                "来源产品不接受该令牌。请检查 --from-token-file，以及该令牌允许在哪台主机上使用。",
            ),
            Self::Refused(words) => (format!("The product says: {words}"), format!("来源产品的答复：{words}")),
            Self::SecondFactor => both(
                "JumpServer asks for MFA before it gives secrets: set SECURITY_VIEW_AUTH_NEED_MFA=False there for the time of the migration.",
                "JumpServer 查看密文需要 MFA：请在迁移期间将其 SECURITY_VIEW_AUTH_NEED_MFA 设为 False。",
            ),
            Self::NotThere => both("The product has no such thing.", "来源产品中没有此内容。"),
            Self::TooMuch => both(
                "The product gives more than is taken in one run: 1 GiB of answers, or 1,000,000 rows and files. What was brought in stays, and the same again goes on from there. Where there cannot be so much, do not trust that server.",
                "来源产品给出的内容超过单次运行的上限：1 GiB 应答，或 1,000,000 行和文件。已导入的内容会保留，再次运行会从中断处继续。如果来源不可能有这么多内容，请勿信任该服务器。",
            ),
            Self::Unreadable(why) => (
                format!("The product's answer cannot be read: {why}. Check that --from is the address of its API."),
                format!("无法解读来源产品的应答：{why}。请确认 --from 是其 API 的地址。"),
            ),
        }
    }
}
