//! Mails about tickets, as they go out: the same for every try.

use super::letter::{Letter, Written, domain, sender, signer};
use crate::env::Env;
use crate::io::smtp::{MailAddress, OutgoingMail};
use schema::mail::Template;
use schema::mail::outbox::{Cause, Outbound};
use schema::mail::templates::{Facts, OwnTemplate, Rendered, ReplyFacts, TicketFacts, render, render_own};
use schema::sites::Settings;
use schema::tickets::rules::Status;

pub(super) fn write(outbound: Outbound, site: &Settings, env: &Env) -> anyhow::Result<Written> {
    if outbound.state == "sent" {
        return Ok(Written::Nothing);
    }
    // What is kept of a site may be half a minute old; of one that was switched off nothing leaves (B10-63).
    if !outbound.is_site_active {
        return Ok(Written::Withheld(Cause::SiteInactive));
    }
    if outbound.is_dead {
        return Ok(Written::Withheld(Cause::DeadAddress));
    }
    if outbound.is_capped() {
        return Ok(Written::Withheld(Cause::Capped));
    }
    let mail = compose(&outbound, site, env)?;
    let (delivery, failures) = (outbound.delivery, outbound.failures);
    Ok(Written::Letter(Box::new(Letter { mail, delivery, failures })))
}

fn compose(outbound: &Outbound, site: &Settings, env: &Env) -> anyhow::Result<OutgoingMail> {
    let template = Template::parse(&outbound.template)
        .ok_or_else(|| anyhow::anyhow!("there is no template {:?}", outbound.template))?;
    let rendered = texts(outbound, template, &facts(outbound, template, site, env))?;
    let from = sender(Some(site), env);
    let (site_id, number) = (site.id.0, outbound.ticket_number);
    let reply_to = site.support_address();
    let reply_to = reply_to.map(|support| MailAddress::new(env.tokens.reply_to(site_id, number, support)));
    let minted = || env.tokens.message_id(site_id, number, outbound.id, domain(&from));
    let root = env.tokens.message_id(site_id, number, outbound.ticket_id, domain(&from));
    let (in_reply_to, references) = ancestors(outbound, root);
    Ok(OutgoingMail {
        message_id: outbound.message_id.clone().unwrap_or_else(minted),
        from,
        to: MailAddress { name: Some(outbound.to_name.clone()), address: outbound.to_address.clone() },
        reply_to,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        in_reply_to: Some(in_reply_to),
        references,
        auto_submitted: template != Template::Reply,
        is_answer: template.is_confirmation() && outbound.in_reply_to.is_some(),
        signer: signer(&outbound.delivery, env),
    })
}

/// The site's own words, or the built-in ones. Own ones that cannot be filled do not keep the mail back.
fn texts(outbound: &Outbound, template: Template, facts: &Facts) -> anyhow::Result<Rendered> {
    if let Some((subject, html, text)) = outbound.own_text() {
        match render_own(template, OwnTemplate { subject, text, html }, facts) {
            Ok(rendered) if !rendered.subject.is_empty() => return Ok(rendered),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, template = template.key(), "a site's template cannot be filled")
            }
        }
    }
    Ok(render(template, facts)?)
}

/// What a mail answers, and the thread it stands in: first an id that all mails of the ticket name and none has, so that
/// mail programs keep together what began with a form; then what was said, and at last what is answered.
fn ancestors(outbound: &Outbound, root: String) -> (String, Vec<String>) {
    let answered = outbound.in_reply_to.as_ref().or_else(|| outbound.thread.last()).unwrap_or(&root).clone();
    let mut references = vec![root];
    references.extend(outbound.thread.iter().cloned());
    references.retain(|id| *id != answered);
    references.push(answered.clone());
    (answered, references)
}

fn facts(outbound: &Outbound, template: Template, site: &Settings, env: &Env) -> Facts {
    let text = |name: &str| outbound.facts.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let status = Status::parse(&outbound.status).unwrap_or_default();
    let ticket = TicketFacts {
        ticket_number: match template {
            Template::SupportForm => outbound.reference.clone(),
            _ => outbound.ticket_number.to_string(),
        },
        subject: outbound.subject.clone(),
        visitor_name: outbound.visitor_name.clone(),
        // What the mail says was true when it was caused, whatever the ticket became since.
        status_label: text("status_label").unwrap_or_else(|| match template {
            Template::SupportForm => Status::Pending.label().to_owned(),
            Template::Resolved => Status::Resolved.label().to_owned(),
            Template::Closed => Status::Closed.label().to_owned(),
            _ => status.label().to_owned(),
        }),
    };
    let url = format!("{}/tickets/{}", env.mail.frontend_url, outbound.ticket_id);
    let mut facts = Facts::of(ticket, url);
    facts.team_name.clone_from(&site.support_team_name);
    facts.reopening_line = text("opening_text");
    facts.reply = outbound.reply_body.clone().map(|body| ReplyFacts {
        agent_name: outbound.agent_name.clone().unwrap_or_else(|| site.support_team_name.clone()),
        body,
    });
    facts
}
