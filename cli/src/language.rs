//! English and Chinese. Every sentence that the program says stands here or there with its translation beside it.

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

impl Language {
    /// The language that a setting like `zh_CN.UTF-8` asks for.
    #[must_use]
    pub fn of(setting: &str) -> Self {
        if setting.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// The language that is named, as `zh`, `zh-CN` or `zh_CN.UTF-8`; `None` where it is another one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.split(['-', '_', '.']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The language of the environment, by the first of its settings that says something.
    #[must_use]
    pub fn of_environment() -> Self {
        let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
        said.into_iter().find(|setting| !setting.is_empty()).map_or(Self::English, |setting| Self::of(&setting))
    }

    /// The sentence in this language.
    pub fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses() {
        for (setting, language) in [
            ("zh_CN.UTF-8", Language::Chinese),
            ("zh", Language::Chinese),
            ("en_GB.UTF-8", Language::English),
            ("C", Language::English),
            ("de_DE", Language::English),
        ] {
            assert_eq!(Language::of(setting), language, "{setting}");
        }
        assert_eq!(Language::named("zh-CN"), Some(Language::Chinese));
        assert_eq!(Language::named("EN"), Some(Language::English));
        assert_eq!(Language::named("fr"), None);
    }
}
