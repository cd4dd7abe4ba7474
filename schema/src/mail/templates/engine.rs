//! The template engine behind the mails.

use std::sync::LazyLock;

use crate::mail::rules::template::{TemplateError, check};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::facts::{Facts, single_line};
use super::source::subject_of;
use super::{OwnTemplate, Rendered, Template};

/// Why a mail could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("a fact is missing or the template is broken: {0}")]
    Engine(#[from] minijinja::Error),
    #[error("the site's template is not allowed: {0}")]
    Own(#[from] TemplateError),
}

/// Names ending in `.html` are escaped, all others are not.
const FILES: [(&str, &str); 14] = [
    ("acknowledgement.txt", include_str!("acknowledgement.txt")),
    ("acknowledgement.html", include_str!("acknowledgement.html")),
    ("reply.txt", include_str!("reply.txt")),
    ("reply.html", include_str!("reply.html")),
    ("resolved.txt", include_str!("resolved.txt")),
    ("resolved.html", include_str!("resolved.html")),
    ("closed.txt", include_str!("closed.txt")),
    ("closed.html", include_str!("closed.html")),
    ("support_form.txt", include_str!("support_form.txt")),
    ("support_form.html", include_str!("support_form.html")),
    ("password_reset.txt", include_str!("password_reset.txt")),
    ("password_reset.html", include_str!("password_reset.html")),
    ("delivery_test.txt", include_str!("delivery_test.txt")),
    ("delivery_test.html", include_str!("delivery_test.html")),
];

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = strict();
    for (name, source) in FILES {
        engine.add_template(name, source).expect("the built-in templates are tested");
    }
    engine
});

pub(super) fn built_in(template: Template, facts: &Facts) -> Result<Rendered, RenderError> {
    let facts = facts.in_single_lines();
    let file = |ending: &str| ENGINE.get_template(&format!("{}.{ending}", template.key()));
    Ok(Rendered {
        subject: single_line(&ENGINE.render_str(subject_of(template), plain(&facts))?),
        text: file("txt")?.render(plain(&facts))?,
        html: file("html")?.render(for_html(&facts))?,
    })
}

/// A mail about an account: it has an address to open and nothing that anybody wrote.
pub(super) fn account(template: &str, subject: &str, url: &str) -> Result<Rendered, RenderError> {
    let file = |ending: &str| ENGINE.get_template(&format!("{template}.{ending}"));
    Ok(Rendered {
        subject: subject.to_owned(),
        text: file("txt")?.render(context! { url => url })?,
        html: file("html")?.render(context! { url => Value::from_safe_string(escaped(url)) })?,
    })
}

pub(super) fn own(own: OwnTemplate<'_>, facts: &Facts) -> Result<Rendered, RenderError> {
    [own.subject, own.text, own.html].into_iter().try_for_each(check)?;
    let facts = facts.in_single_lines();
    let engine = lenient();
    let mut rendered = Rendered {
        subject: single_line(&engine.render_named_str("subject.txt", own.subject, plain(&facts))?),
        text: engine.render_named_str("own.txt", own.text, plain(&facts))?,
        html: engine.render_named_str("own.html", own.html, for_html(&facts))?,
    };
    // No placeholder stands for it, and outside business hours every confirmation says it (B10-45).
    if let Some(line) = &facts.reopening_line {
        rendered.text = format!("{}\n\n{line}\n", rendered.text.trim_end());
        rendered.html = format!("{}\n<p>{}</p>\n", rendered.html.trim_end(), escaped(line));
    }
    Ok(rendered)
}

/// The source of a built-in file.
pub(super) fn file(template: Template, ending: &str) -> &'static str {
    let name = format!("{}.{ending}", template.key());
    FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, source)| source)
}

/// A built-in mail must find all its facts.
fn strict() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine
}

/// A site may use `reply.body` in a mail that has no reply: it stays empty, the mail still goes out.
fn lenient() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    engine
}

fn plain(facts: &Facts) -> Value {
    Value::from(Serde(facts))
}

/// The reply's lines stay lines: escaped first, then broken with `<br>`. The address keeps its slashes, which
/// the engine would escape and some mail programs would not read back.
fn for_html(facts: &Facts) -> Value {
    let reply = facts.reply.as_ref().map(|reply| {
        let body = escaped(&reply.body).replace("\r\n", "\n").replace('\n', "<br>\n");
        context! { agent_name => reply.agent_name.clone(), body => Value::from_safe_string(body) }
    });
    let reply_url = Value::from_safe_string(escaped(&facts.reply_url));
    context! { reply => reply, reply_url => reply_url, ..plain(facts) }
}

pub(super) fn escaped(text: &str) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#x27;")]
        .iter()
        .fold(text.to_owned(), |text, (sign, entity)| text.replace(sign, entity))
}
