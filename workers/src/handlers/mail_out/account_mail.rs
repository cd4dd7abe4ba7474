//! Mails about accounts, as they go out.

use crate::env::Env;
use crate::io::smtp::{MailAddress, OutgoingMail};
use crate::templates::render_password_reset;
use anyhow::ensure;
use schema::mail::account::{AccountMail, PASSWORD_RESET};
use schema::sites::Settings;
use secrecy::ExposeSecret;

/// The same for every try. The token stands behind the `#` of the link: what is there, a browser sends to no server, so
/// it reaches no log.
pub(super) fn compose(
    mail: &AccountMail,
    site: Option<&Settings>,
    env: &Env,
) -> anyhow::Result<OutgoingMail> {
    ensure!(mail.template == PASSWORD_RESET, "there is no template {:?}", mail.template);
    let token = mail.secret(&env.seal)?;
    let url = format!("{}/reset-password#token={}", env.mail.frontend_url, token.expose_secret());
    let rendered = render_password_reset(&url)?;
    let from = site.and_then(|site| site.mail_from.as_deref()).unwrap_or(&env.mail.from);
    let from = MailAddress::parse(from);
    let domain = from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let minted = || format!("account.{}@{domain}", mail.id.simple());
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
    })
}
