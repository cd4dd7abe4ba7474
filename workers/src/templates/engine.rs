//! The template engine behind the mails.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use schema::mail::rules::template::{TemplateError, check};

use super::facts::{Facts, single_line};
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
const FILES: [(&str, &str); 10] = [
    ("ticket_received.txt", include_str!("ticket_received.txt")),
    ("ticket_received.html", include_str!("ticket_received.html")),
    ("ticket_reply.txt", include_str!("ticket_reply.txt")),
    ("ticket_reply.html", include_str!("ticket_reply.html")),
    ("ticket_resolved.txt", include_str!("ticket_resolved.txt")),
    ("ticket_resolved.html", include_str!("ticket_resolved.html")),
    ("ticket_closed.txt", include_str!("ticket_closed.txt")),
    ("ticket_closed.html", include_str!("ticket_closed.html")),
    ("support_form_received.txt", include_str!("support_form_received.txt")),
    ("support_form_received.html", include_str!("support_form_received.html")),
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
        subject: single_line(&ENGINE.render_str(template.subject(), plain(&facts))?),
        text: file("txt")?.render(plain(&facts))?,
        html: file("html")?.render(for_html(&facts))?,
    })
}

pub(super) fn own(own: OwnTemplate<'_>, facts: &Facts) -> Result<Rendered, RenderError> {
    [own.subject, own.text, own.html].into_iter().try_for_each(check)?;
    let facts = facts.in_single_lines();
    let engine = lenient();
    Ok(Rendered {
        subject: single_line(&engine.render_named_str("subject.txt", own.subject, plain(&facts))?),
        text: engine.render_named_str("own.txt", own.text, plain(&facts))?,
        html: engine.render_named_str("own.html", own.html, for_html(&facts))?,
    })
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
    Value::from_serialize(facts)
}

/// The reply's lines stay lines: escaped first, then broken with `<br>`.
fn for_html(facts: &Facts) -> Value {
    let lines = |body: &str| {
        let escaped = minijinja::HtmlEscape(body).to_string();
        Value::from_safe_string(escaped.replace("\r\n", "\n").replace('\n', "<br>\n"))
    };
    let reply = facts
        .reply
        .as_ref()
        .map(|reply| context! { agent_name => reply.agent_name, body => lines(&reply.body) });
    context! { reply => reply, ..plain(facts) }
}
