//! The way a ticket came in.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Email,
    DynamicForm,
    Widget,
    SupportForm,
    Chat,
    Agent,
    Api,
}

impl Source {
    pub const ALL: [Source; 7] = [
        Source::Email,
        Source::DynamicForm,
        Source::Widget,
        Source::SupportForm,
        Source::Chat,
        Source::Agent,
        Source::Api,
    ];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Source::Email => "email",
            Source::DynamicForm => "dynamic_form",
            Source::Widget => "widget",
            Source::SupportForm => "support_form",
            Source::Chat => "chat",
            Source::Agent => "agent",
            Source::Api => "api",
        }
    }

    pub fn parse(word: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
