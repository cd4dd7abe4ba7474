//! Files of the support form: what is kept, under which name, and that nothing stays of what is refused.

use crate::client::{Answer, Part};
use crate::desk::{Desk, FORM};
use serde_json::json;

const LIMIT: usize = 5_242_880;
const NOT_ALLOWED: &str = "Sadece PDF, DOC, DOCX, JPG, JPEG, PNG dosyaları yüklenebilir.";

fn pdf(bytes: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    content.resize(bytes, b'x');
    content
}

async fn post(desk: &Desk, file_name: &str, media_type: &str, bytes: &[u8]) -> Answer {
    let mut parts: Vec<_> = FORM.iter().map(|(name, text)| Part::Text(name, text)).collect();
    parts.insert(1, Part::File { name: "attachment", file_name, media_type, bytes });
    desk.post_form().multipart(&parts).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_beside_its_ticket_under_a_clean_name() {
    let desk = Desk::new().await;
    let png = b"\x89PNG\r\n\x1A\nbytes";
    for (sent, media_type, bytes, shown, stored) in [
        ("fatura.pdf", "application/pdf", &pdf(40)[..], "fatura.pdf", "fatura.pdf"),
        ("../../evil.pdf", "APPLICATION/PDF; charset=binary", &pdf(40)[..], "evil.pdf", "evil.pdf"),
        ("iki kelime.png", "image/png", &png[..], "iki kelime.png", "iki_kelime.png"),
        ("a.jpeg", "image/jpg", b"\xFF\xD8\xFFjpeg", "a.jpeg", "a.jpeg"),
    ] {
        let answer = post(&desk, sent, media_type, bytes).await;
        assert_eq!(answer.status, 201, "{sent}: {}", answer.body);
        let last =
            "select file_name, size_bytes, storage_key from ticket_attachments order by id desc limit 1";
        let row = desk.db.ask(last).await[0].clone();
        let key = row["storage_key"].as_str().unwrap();
        assert_eq!(
            (row["file_name"].as_str(), row["size_bytes"].as_u64()),
            (Some(shown), Some(bytes.len() as u64))
        );
        assert!(key.starts_with(&format!("support_tickets/{}/", desk.site.id.0.simple())), "{key}");
        let (stem, extension) = stored.rsplit_once('.').unwrap();
        let name = key.rsplit('/').next().unwrap();
        assert!(name.starts_with(&format!("{stem}_")) && name.ends_with(&format!(".{extension}")), "{key}");
        assert!(key.split('/').count() == 3 && key.chars().count() <= 100, "{key}");
        assert!(desk.stored_files().contains(&key.to_owned()), "{key}: {:?}", desk.stored_files());
    }
    assert_eq!(desk.stored_files().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_megabytes_pass_and_one_byte_more_does_not() {
    let desk = Desk::new().await;
    let answer = post(&desk, "a.pdf", "application/pdf", &pdf(LIMIT + 1)).await;
    assert_eq!(answer.seen(), r#"400 {"attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#);
    // The size speaks before the type.
    let answer = post(&desk, "a.exe", "application/x-dosexec", &pdf(LIMIT + 1)).await;
    assert_eq!(answer.seen(), r#"400 {"attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#);
    desk.assert_untouched().await;
    assert_eq!(post(&desk, "a.pdf", "application/pdf", &pdf(LIMIT)).await.status, 201);
    assert_eq!(desk.stored_files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn disguises_and_empty_files_are_refused_and_nothing_of_them_stays() {
    let desk = Desk::new().await;
    let polyglot = [b"GIF89a", &pdf(100)[..]].concat();
    for (file_name, media_type, bytes, message) in [
        ("bos.pdf", "application/pdf", &b""[..], "Gönderilen dosya boş."),
        ("oyun.exe", "application/pdf", b"MZ\x90\0exe", NOT_ALLOWED),
        ("oyun.pdf", "application/pdf", b"MZ\x90\0exe", NOT_ALLOWED),
        ("fatura.exe", "application/pdf", &pdf(100)[..], NOT_ALLOWED),
        ("resim.pdf", "application/pdf", b"\xFF\xD8\xFFjpeg", NOT_ALLOWED),
        ("resim.jpg", "image/jpeg", &pdf(100)[..], NOT_ALLOWED),
        ("cift.pdf", "application/pdf", &polyglot[..], NOT_ALLOWED),
        ("a.zip", "application/zip", b"PK\x03\x04zip", NOT_ALLOWED),
        (
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04zip",
            NOT_ALLOWED,
        ),
    ] {
        let answer = post(&desk, file_name, media_type, bytes).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, json!({ "attachment": [message] })),
            "{file_name}"
        );
    }
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_file_goes_when_another_field_is_refused() {
    let desk = Desk::new().await;
    let file = Part::File {
        name: "attachment",
        file_name: "a.pdf",
        media_type: "application/pdf",
        bytes: &pdf(400_000),
    };
    let answer = desk.post_form().multipart(&[file, Part::Text("name", "A1")]).send().await;
    assert_eq!(answer.status, 400);
    assert!(answer.json().get("attachment").is_none());
    desk.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_files_the_last_one_wins() {
    let desk = Desk::new().await;
    let file =
        |file_name, bytes| Part::File { name: "attachment", file_name, media_type: "application/pdf", bytes };
    let (first, last) = (pdf(50), pdf(60));
    let mut parts: Vec<_> = FORM.iter().map(|(name, text)| Part::Text(name, text)).collect();
    parts.extend([file("ilk.pdf", &first), file("son.pdf", &last)]);
    assert_eq!(desk.post_form().multipart(&parts).send().await.status, 201);
    let rows = desk.db.ask("select file_name, content_type, size_bytes from ticket_attachments").await;
    assert_eq!(
        rows,
        json!([{ "file_name": "son.pdf", "content_type": "application/pdf", "size_bytes": 60 }])
    );
    assert_eq!(desk.stored_files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_request_the_database_refuses_are_deleted() {
    let desk = Desk::new().await;
    assert_eq!(desk.post_form().form(&FORM).header("x-api-key", &desk.other.key).send().await.status, 201);
    desk.db.run("update api_keys set revoked_at = now()").await;
    let mut parts: Vec<_> = FORM.iter().map(|(name, text)| Part::Text(name, text)).collect();
    let bytes = pdf(100);
    parts.push(Part::File {
        name: "attachment",
        file_name: "a.pdf",
        media_type: "application/pdf",
        bytes: &bytes,
    });
    let answer = desk.post_form().multipart(&parts).header("x-api-key", &desk.other.key).send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(desk.stored_files(), Vec::<String>::new());
}
