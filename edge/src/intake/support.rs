//! From a decoded body to the rules of the support form.

use schema::tickets::support_form::{
    Attachment, FieldErrors, Input, Language, Message, Raw, SupportForm, check,
};

use super::fields::Intake;

const ATTACHMENT: &str = "attachment";

/// Judges a decoded support form.
///
/// # Errors
/// All failing fields. When the body was cut because its file would not end, the fields behind the file are not
/// known, so only the file is reported.
pub fn support_form(intake: &Intake, language: Language) -> Result<SupportForm, FieldErrors> {
    if intake.cut {
        return Err(FieldErrors::one(ATTACHMENT, &Message::FileTooLarge, language));
    }
    check(&support_input(intake), language)
}

/// The six values of the form; anything else that came is ignored (B12-23). A file wins over a text of its name.
pub fn support_input(intake: &Intake) -> Input<'_> {
    Input {
        name: raw(intake, "name"),
        email: raw(intake, "email"),
        phone: raw(intake, "phone"),
        subject: raw(intake, "subject"),
        message: raw(intake, "message"),
        attachment: attachment(intake),
    }
}

fn raw<'a>(intake: &'a Intake, name: &str) -> Raw<'a> {
    match intake.file(name) {
        Some(_) => Raw::File,
        None => Raw::from(intake.get(name)),
    }
}

fn attachment(intake: &Intake) -> Attachment<'_> {
    match intake.file(ATTACHMENT) {
        Some(upload) => Attachment::File(upload.facts()),
        None => Attachment::from(intake.get(ATTACHMENT)),
    }
}
