//! Turning a stored submission into its ticket, once.

use crate::desk::{Desk, at, instant};
use diesel::sql_types::Json;
use diesel_async::RunQueryDsl;
use jobs::{SubmissionId, TicketId};
use schema::forms::{Converted, NotConverted, convert};
use schema::sites::Settings;
use schema::sql::sql;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

struct Case {
    desk: Desk,
    settings: Arc<Settings>,
    form: Uuid,
}

struct Submission {
    id: SubmissionId,
    ticket: TicketId,
}

impl Case {
    async fn new(columns: Value) -> Self {
        let desk = Desk::new().await;
        let settings = desk.site.settings().await;
        let form = Uuid::now_v7();
        let mut row = json!({
            "id": form, "site_id": desk.site.id, "name": "Arıza Bildirimi", "create_ticket": true, "is_active": true,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "fields": [{ "name": "cihaz", "label": "Cihaz" }, { "name": "renkler", "label": "Renkler", "type": "multiselect",
                       "options": ["Kırmızı", "Yeşil"] }, { "name": "adet", "label": "Adet", "type": "number" }],
        });
        columns.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        let mut tx = desk.system().await;
        let insert = "insert into dynamic_forms select (json_populate_record(null::dynamic_forms, ?)).*";
        sql(insert).bind::<Json, _>(row).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        Self { desk, settings, form }
    }

    async fn submission(&self, data: Value, columns: Value) -> Submission {
        let submission = Submission { id: SubmissionId::fresh(), ticket: TicketId::fresh() };
        let mut row = json!({
            "id": submission.id, "site_id": self.desk.site.id, "form_id": self.form, "data": data, "files": [],
            "ticket_id": submission.ticket, "submitted_at": "2026-01-12T07:30:00Z",
        });
        columns.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        let mut tx = self.desk.system().await;
        let insert =
            "insert into form_submissions select (json_populate_record(null::form_submissions, ?)).*";
        sql(insert).bind::<Json, _>(row).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        submission
    }

    async fn convert(&self, submission: SubmissionId) -> Result<Converted, NotConverted> {
        let mut tx = self.desk.begin().await;
        let converted = convert(&mut tx, &self.settings, submission).await?;
        tx.commit().await.unwrap();
        Ok(converted)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_becomes_one_ticket_under_the_promised_id() {
    let case = Case::new(json!({ "default_priority": "high" })).await;
    let data = json!({ "adet": 0, "renkler": ["Kırmızı", "Yeşil"], "cihaz": "Yazıcı", "gizli": "x", "name": "Işıl Öz",
        "email": "Isil@Ornek.test", "phone": "05551112233", "subject": "Yazıcı bozuk" });
    let file = json!({ "field": "fatura", "file_name": "fatura.pdf", "content_type": "application/pdf",
        "size_bytes": 1234, "storage_key": "uploads/1.pdf" });
    let submission = case.submission(data.clone(), json!({ "files": [file] })).await;
    let before = case.desk.others_rows().await;
    let made = case.convert(submission.id).await.unwrap();
    assert!(matches!(&made, Converted::Created(created) if created.id == submission.ticket.0), "{made:?}");
    assert_eq!(case.convert(submission.id).await.unwrap(), Converted::Already);
    let row = case.desk.row(submission.ticket).await;
    let expected = json!({
        "subject": "Yazıcı bozuk",
        "message": "Form Adı: Arıza Bildirimi\n\nCihaz: Yazıcı\nRenkler: Kırmızı, Yeşil\nAdet: 0\n",
        "visitor_name": "Işıl Öz", "visitor_email": "isil@ornek.test", "visitor_phone": "05551112233",
        "priority": "high", "source": "dynamic_form", "status": "new", "custom_fields": data,
        "form_submission_id": submission.id, "department_id": null, "reference": "SUP-2026-000001",
    });
    for (column, value) in expected.as_object().unwrap() {
        assert_eq!(&row[column], value, "{column}");
    }
    // Monday 10:30 in Istanbul, four hours of work: the deadline counts from the submission.
    assert_eq!(instant(&row["created_at"]), at("2026-01-12T07:30:00Z"));
    assert_eq!(instant(&row["sla_due_date"]), at("2026-01-12T11:30:00Z"));
    let mails = case.desk.mails(submission.ticket).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (&mails[0]["template"], &mails[0]["to_address"]),
        (&json!("acknowledgement"), &json!("isil@ornek.test"))
    );
    let audits = case.desk.audits(submission.ticket).await;
    assert_eq!((audits.len(), &audits[0]["action"]), (1, &json!("CREATE")));
    assert_eq!(audits[0]["details"], json!({ "source": "dynamic_form", "worker": "forms" }));
    assert_eq!(case.desk.jobs("ticket.route", submission.ticket).await.len(), 1);
    let text = "select to_json(a) as document from ticket_attachments a where ticket_id = ?";
    let files = case.desk.rows(text, submission.ticket.0).await;
    assert_eq!((files.len(), &files[0]["storage_key"]), (1, &json!("uploads/1.pdf")));
    assert_eq!((&files[0]["file_name"], &files[0]["size_bytes"]), (&json!("fatura.pdf"), &json!(1234)));
    assert_eq!(case.desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_no_mail_without_a_subject_the_forms_name() {
    let case = Case::new(json!({})).await;
    let submission = case.submission(json!({ "cihaz": "" }), json!({})).await;
    case.convert(submission.id).await.unwrap();
    let row = case.desk.row(submission.ticket).await;
    assert_eq!((&row["subject"], &row["priority"]), (&json!("Arıza Bildirimi"), &json!("normal")));
    assert_eq!(
        (&row["visitor_name"], &row["message"]),
        (&json!("Ziyaretçi"), &json!("Form Adı: Arıza Bildirimi\n\n"))
    );
    assert!(case.desk.mails(submission.ticket).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_workers_at_once_make_one_ticket() {
    let case = Case::new(json!({})).await;
    let submission = case.submission(json!({ "email": "a@ornek.test" }), json!({})).await;
    let answers = futures::future::join_all((0..5).map(|_| case.convert(submission.id))).await;
    let made = answers.iter().filter(|answer| matches!(answer, Ok(Converted::Created(_)))).count();
    let already = answers.iter().filter(|answer| matches!(answer, Ok(Converted::Already))).count();
    assert_eq!((made, already), (1, 4));
    assert_eq!(case.desk.mails(submission.ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_without_a_promised_ticket_and_an_unknown_one_make_none() {
    let case = Case::new(json!({ "create_ticket": false })).await;
    let submission = case.submission(json!({}), json!({ "ticket_id": null })).await;
    assert_eq!(case.convert(submission.id).await.unwrap(), Converted::NotWanted);
    assert_eq!(case.convert(SubmissionId::fresh()).await.unwrap(), Converted::Unknown);
    // The ticket was promised while the form made tickets.
    let promised = case.submission(json!({}), json!({})).await;
    assert!(matches!(case.convert(promised.id).await, Ok(Converted::Created(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_submission_is_unknown() {
    let mut case = Case::new(json!({})).await;
    let submission = case.submission(json!({}), json!({})).await;
    std::mem::swap(&mut case.desk.site, &mut case.desk.other);
    case.settings = case.desk.site.settings().await;
    let before = case.desk.others_rows().await;
    assert_eq!(case.convert(submission.id).await.unwrap(), Converted::Unknown);
    assert_eq!(case.desk.others_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_have_changed_are_noticed_before_anything_is_written() {
    let mut case = Case::new(json!({})).await;
    let submission = case.submission(json!({}), json!({})).await;
    let current = case.settings.clone();
    let mut old = (*current).clone();
    old.version -= 1;
    let mut tx = case.desk.begin().await;
    let answer = convert(&mut tx, &Arc::new(old), submission.id).await;
    assert!(matches!(answer, Err(NotConverted::StaleSettings)), "{answer:?}");
    // The same transaction goes on with what was read anew.
    case.settings = current;
    let answer = convert(&mut tx, &case.settings, submission.id).await;
    assert!(matches!(answer, Ok(Converted::Created(_))), "{answer:?}");
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_says_so_and_makes_nothing() {
    let case = Case::new(json!({ "fields": "none" })).await;
    let submission = case.submission(json!({}), json!({})).await;
    let answer = case.convert(submission.id).await;
    assert!(matches!(answer, Err(NotConverted::Unreadable(_))), "{answer:?}");
}
