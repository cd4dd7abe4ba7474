//! The words of requests, as closed sets.

use schema::tickets::list::Order;
use schema::tickets::rules::{Priority, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Priority)]
pub enum PriorityWord {
    Low,
    Normal,
    High,
    Urgent,
}

impl From<PriorityWord> for Priority {
    fn from(word: PriorityWord) -> Self {
        match word {
            PriorityWord::Low => Priority::Low,
            PriorityWord::Normal => Priority::Normal,
            PriorityWord::High => Priority::High,
            PriorityWord::Urgent => Priority::Urgent,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Source)]
pub enum SourceWord {
    Email,
    DynamicForm,
    Widget,
    SupportForm,
    Chat,
    Agent,
    Api,
}

impl From<SourceWord> for Source {
    fn from(word: SourceWord) -> Self {
        match word {
            SourceWord::Email => Source::Email,
            SourceWord::DynamicForm => Source::DynamicForm,
            SourceWord::Widget => Source::Widget,
            SourceWord::SupportForm => Source::SupportForm,
            SourceWord::Chat => Source::Chat,
            SourceWord::Agent => Source::Agent,
            SourceWord::Api => Source::Api,
        }
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TicketOrder)]
pub enum OrderWord {
    #[default]
    Newest,
    Oldest,
    /// What was changed last first.
    Updated,
    /// What is due first first.
    Due,
}

impl From<OrderWord> for Order {
    fn from(word: OrderWord) -> Self {
        match word {
            OrderWord::Newest => Order::Newest,
            OrderWord::Oldest => Order::Oldest,
            OrderWord::Updated => Order::Updated,
            OrderWord::Due => Order::Due,
        }
    }
}
