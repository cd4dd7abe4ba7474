//! What was not found, and how that is said.

use crate::text::Text;

/// What was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Page,
    Record,
    Site,
    User,
    Ticket,
    Form,
    Department,
    Category,
}

impl Missing {
    pub const fn text(self) -> Text {
        match self {
            Missing::Page | Missing::Record => Text::new("Bulunamadı", "Not found"),
            Missing::Site => Text::new("Site bulunamadı", "Site not found"),
            Missing::User => Text::new("Kullanıcı bulunamadı", "User not found"),
            Missing::Ticket => Text::new("Ticket bulunamadı", "Ticket not found"),
            Missing::Form => Text::new("Form bulunamadı", "Form not found"),
            Missing::Department => Text::new("Departman bulunamadı", "Department not found"),
            Missing::Category => Text::new("Kategori bulunamadı", "Category not found"),
        }
    }
}
