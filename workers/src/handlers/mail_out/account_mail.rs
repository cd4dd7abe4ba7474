//! Mails about accounts, as they go out.

use super::letter::{Letter, Written, domain, sender, signer};
use crate::env::Env;
use crate::io::smtp::{MailAddress, OutgoingMail};
use schema::mail::account::{AccountMail, DELIVERY_TEST, PASSWORD_RESET};
use schema::mail::outbox::Cause;
use schema::mail::templates::{Rendered, render_delivery_test, render_password_reset};
use schema::sites::Settings;
use secrecy::ExposeSecret;

pub(super) fn write(mail: AccountMail, site: Option<&Settings>, env: &Env) -> anyhow::Result<Written> {
    if mail.state == "sent" {
        return Ok(Written::Nothing);
    }
    if mail.is_dead {
        return Ok(Written::Withheld(Cause::DeadAddress));
    }
    let composed = compose(&mail, site, env)?;
    let (delivery, failures) = (mail.delivery, mail.failures);
    Ok(Written::Letter(Box::new(Letter { mail: composed, delivery, failures })))
}

/// The same for every try.
fn compose(mail: &AccountMail, site: Option<&Settings>, env: &Env) -> anyhow::Result<OutgoingMail> {
    let rendered = texts(mail, env)?;
    let from = sender(site, env);
    let minted = || format!("account.{}@{}", mail.id.simple(), domain(&from));
    Ok(OutgoingMail {
        message_id: mail.message_id.clone().unwrap_or_else(minted),
        from,
        to: MailAddress::new(mail.to_address.clone()),
        reply_to: None,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        in_reply_to: None,
        references: Vec::new(),
        auto_submitted: true,
        is_answer: false,
        signer: signer(&mail.delivery, env),
    })
}

/// A token stands behind the `#` of its link: what is there, a browser sends to no server, so it reaches no log.
fn texts(mail: &AccountMail, env: &Env) -> anyhow::Result<Rendered> {
    let home = &env.mail.frontend_url;
    match mail.template.as_str() {
        PASSWORD_RESET => {
            let token = mail.secret(&env.seal)?;
            Ok(render_password_reset(&format!("{home}/reset-password#token={}", token.expose_secret()))?)
        }
        DELIVERY_TEST => Ok(render_delivery_test(home)?),
        unknown => anyhow::bail!("there is no template {unknown:?}"),
    }
}
