//! The mails as people get them, byte for byte.

use super::*;

fn facts() -> Facts {
    let ticket = TicketFacts {
        ticket_number: "12345".into(),
        subject: "Sipariş <gecikti> & iade".into(),
        visitor_name: "Ayşe Yılmaz".into(),
        status_label: "Çözüldü".into(),
    };
    Facts::of(ticket, "https://destek.ornek.test/tickets/42")
}

#[test]
fn every_mail_has_a_subject_a_text_and_html_without_leftovers() {
    let mut facts = facts();
    facts.reply = Some(ReplyFacts { agent_name: "Ali".into(), body: "Merhaba".into() });
    for template in Template::ALL {
        let mail = render(template, &facts).unwrap();
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.is_empty() && !part.contains("{{") && !part.contains("{%"), "{template:?}: {part}");
        }
        assert!(mail.html.contains("Sipariş &lt;gecikti&gt; &amp; iade") || template == Template::Reply);
    }
}

#[test]
fn the_acknowledgement_reads_as_agreed() {
    let mail = render(Template::Acknowledgement, &facts()).unwrap();
    assert_eq!(mail.subject, "[Ticket #12345] Talebiniz alındı");
    insta::assert_snapshot!(mail.text, @r#"
    Sayın Ayşe Yılmaz,

    Talebiniz başarıyla alınmıştır.

    Ticket Numarası: #12345

    Konu: Sipariş <gecikti> & iade

    En kısa sürede size dönüş yapılacaktır.

    Destek Ekibi
    "#);
    insta::assert_snapshot!(mail.html, @r#"
    <div style="font-family: Arial, sans-serif; max-width: 600px; padding: 20px;">
      <p>Sayın Ayşe Yılmaz,</p>
      <p>Talebiniz başarıyla alınmıştır.</p>
      <p><strong>Ticket Numarası:</strong> #12345</p>
      <p><strong>Konu:</strong> Sipariş &lt;gecikti&gt; &amp; iade</p>
      <p>En kısa sürede size dönüş yapılacaktır.</p>
      <p>Destek Ekibi</p>
    </div>
    "#);
}

#[test]
fn outside_business_hours_the_acknowledgement_names_the_reopening() {
    let mut facts = facts();
    facts.reopening_line = Some("Talebiniz alındı. Pazartesi 09:00'da size dönüş yapılacaktır.".into());
    let mail = render(Template::Acknowledgement, &facts).unwrap();
    insta::assert_snapshot!(mail.text, @r#"
    Sayın Ayşe Yılmaz,

    Talebiniz başarıyla alınmıştır.

    Ticket Numarası: #12345

    Konu: Sipariş <gecikti> & iade

    En kısa sürede size dönüş yapılacaktır.

    Talebiniz alındı. Pazartesi 09:00'da size dönüş yapılacaktır.

    Destek Ekibi
    "#);
    assert!(mail.html.contains("Pazartesi 09:00&#x27;da size dönüş yapılacaktır.</p>"), "{}", mail.html);
}

#[test]
fn the_reply_reads_as_agreed_and_keeps_its_lines() {
    let mut facts = facts();
    facts.reply = Some(ReplyFacts { agent_name: "Ali <b>".into(), body: "Bir & iki\r\n<script>üç".into() });
    let mail = render(Template::Reply, &facts).unwrap();
    assert_eq!(mail.subject, "[Ticket #12345] Yeni Yanıt");
    insta::assert_snapshot!(mail.text, @r#"
    Ticket #12345 - Yeni Yanıt

    Ali <b> yanıtladı:

    Bir & iki
    <script>üç

    Ticket'ı Görüntüle: https://destek.ornek.test/tickets/42

    Bu email'e yanıt vererek doğrudan ticket'a yanıt gönderebilirsiniz.
    "#);
    insta::assert_snapshot!(mail.html, @r#"
    <div style="font-family: Arial, sans-serif; max-width: 600px; padding: 20px;">
      <h2>Ticket #12345 - Yeni Yanıt</h2>
      <div style="background: #f5f5f5; padding: 15px; border-radius: 5px;">
        <p><strong>Ali &lt;b&gt;</strong> yanıtladı:</p>
        <p>Bir &amp; iki<br>
    &lt;script&gt;üç</p>
      </div>
      <p>
        <a href="https://destek.ornek.test/tickets/42" style="background: #4F46E5; color: white; padding: 10px 20px; border-radius: 5px; text-decoration: none; display: inline-block;">Ticket'ı Görüntüle</a>
      </p>
      <p style="color: #666; font-size: 12px;">Bu email'e yanıt vererek doğrudan ticket'a yanıt gönderebilirsiniz.</p>
    </div>
    "#);
}

#[test]
fn a_resolved_ticket_offers_48_hours_and_a_closed_one_does_not() {
    let resolved = render(Template::Resolved, &facts()).unwrap();
    let closed = render(Template::Closed, &facts()).unwrap();
    assert_eq!(resolved.subject, "[Ticket #12345] Talebiniz çözüldü");
    assert_eq!(closed.subject, "[Ticket #12345] Talebiniz kapatıldı");
    assert!(resolved.text.contains("48 saat") && !closed.text.contains("48 saat"));
    insta::assert_snapshot!(resolved.text, @r#"
    Sayın Ayşe Yılmaz,

    Talebinizin durumu güncellendi.

    Ticket Numarası: #12345

    Konu: Sipariş <gecikti> & iade

    Durum: Çözüldü

    Sorununuz devam ediyorsa 48 saat içinde bu e-postayı yanıtlamanız yeterlidir; talebiniz yeniden açılır.

    Ticket'ı Görüntüle: https://destek.ornek.test/tickets/42

    Destek Ekibi
    "#);
    insta::assert_snapshot!(resolved.html, @r#"
    <div style="font-family: Arial, sans-serif; max-width: 600px; padding: 20px;">
      <p>Sayın Ayşe Yılmaz,</p>
      <p>Talebinizin durumu güncellendi.</p>
      <p><strong>Ticket Numarası:</strong> #12345</p>
      <p><strong>Konu:</strong> Sipariş &lt;gecikti&gt; &amp; iade</p>
      <p><strong>Durum:</strong> Çözüldü</p>
      <p>Sorununuz devam ediyorsa 48 saat içinde bu e-postayı yanıtlamanız yeterlidir; talebiniz yeniden açılır.</p>
      <p>
        <a href="https://destek.ornek.test/tickets/42" style="background: #4F46E5; color: white; padding: 10px 20px; border-radius: 5px; text-decoration: none; display: inline-block;">Ticket'ı Görüntüle</a>
      </p>
      <p>Destek Ekibi</p>
    </div>
    "#);
}

#[test]
fn the_support_form_mail_reads_as_agreed() {
    let mut facts = facts();
    facts.ticket.ticket_number = "SUP-2026-000042".into();
    facts.ticket.status_label = "Beklemede".into();
    let mail = render(Template::SupportForm, &facts).unwrap();
    assert_eq!(mail.subject, "Destek Talebiniz Alındı - SUP-2026-000042");
    insta::assert_snapshot!(mail.text, @r#"
    Sayın Ayşe Yılmaz,

    Destek talebiniz başarıyla oluşturuldu.

    Ticket Numarası: SUP-2026-000042
    Konu: Sipariş <gecikti> & iade
    Durum: Beklemede

    Tahmini yanıt süresi: 24 saat içinde

    İyi günler dileriz.
    İmeceHub Destek Ekibi
    "#);
    insta::assert_snapshot!(mail.html, @r#"
    <div style="font-family: Arial, sans-serif; max-width: 600px; padding: 20px;">
      <p>Sayın Ayşe Yılmaz,</p>
      <p>Destek talebiniz başarıyla oluşturuldu.</p>
      <p>
        <strong>Ticket Numarası:</strong> SUP-2026-000042<br>
        <strong>Konu:</strong> Sipariş &lt;gecikti&gt; &amp; iade<br>
        <strong>Durum:</strong> Beklemede
      </p>
      <p>Tahmini yanıt süresi: 24 saat içinde</p>
      <p>İyi günler dileriz.<br>İmeceHub Destek Ekibi</p>
    </div>
    "#);
}

#[test]
fn a_confirmation_repeats_a_stranger_only_in_short() {
    let mut facts = facts();
    facts.ticket.subject = "s".repeat(101);
    facts.ticket.visitor_name = format!("{}\r\nKonu: x", "n".repeat(100));
    let confirmation = render(Template::Acknowledgement, &facts).unwrap();
    assert!(confirmation.text.contains(&format!("Konu: {}…\n", "s".repeat(99))));
    assert!(confirmation.text.contains(&format!("Sayın {}…,\n", "n".repeat(59))));
    facts.ticket.subject = "s".repeat(100);
    let whole = render(Template::Acknowledgement, &facts).unwrap();
    assert!(whole.text.contains(&format!("Konu: {}\n", "s".repeat(100))));
}

#[test]
fn a_reply_mail_without_a_reply_is_refused() {
    assert!(render(Template::Reply, &facts()).is_err());
}

#[test]
fn a_line_break_in_a_value_does_not_make_a_second_subject_line() {
    let mut facts = facts();
    facts.ticket.ticket_number = "1\r\nBcc: a@b".into();
    let mail = render(Template::Acknowledgement, &facts).unwrap();
    assert_eq!(mail.subject, "[Ticket #1 Bcc: a@b] Talebiniz alındı");
}

#[test]
fn a_sites_own_template_is_filled_and_escaped() {
    let own = OwnTemplate {
        subject: "{{ ticket.ticket_number }}: {{ ticket.subject }}",
        text: "{{ reply.agent_name }}/{{ reply.body }}/{{ reply_url }}",
        html: "<p>{{ ticket.subject }}</p>{{ reply.body }}",
    };
    let mail = render_own(Template::Acknowledgement, own, &facts()).unwrap();
    assert_eq!(mail.subject, "12345: Sipariş <gecikti> & iade");
    assert_eq!(mail.text, "//https://destek.ornek.test/tickets/42");
    assert_eq!(mail.html, "<p>Sipariş &lt;gecikti&gt; &amp; iade</p>");
    let bad = OwnTemplate { text: "{{ team_name }}", ..own };
    assert!(matches!(render_own(Template::Acknowledgement, bad, &facts()), Err(RenderError::Own(_))));
}

#[test]
fn an_address_cannot_leave_its_quotes() {
    let mut facts = facts();
    facts.reply_url = "https://x/\"><script>'&".into();
    let mail = render(Template::Resolved, &facts).unwrap();
    assert!(mail.html.contains("href=\"https://x/&quot;&gt;&lt;script&gt;&#x27;&amp;\""), "{}", mail.html);
}
