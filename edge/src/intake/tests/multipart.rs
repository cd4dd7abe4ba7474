use schema::files::rules::FileKind;
use serde_json::json;

use super::*;

const LIMIT: usize = 5_242_880;

fn filled() -> Vec<u8> {
    [
        text("name", "Test User"),
        text("email", "test@example.com"),
        text("subject", "Sipariş Sorunu"),
        text("message", "Test mesajı burada yer alıyor"),
    ]
    .concat()
}

fn judged(intake: &Intake) -> String {
    match support_form(intake, Language::Tr) {
        Ok(form) => format!("ok {:?}", form.attachment),
        Err(errors) => serde_json::to_string(&errors).unwrap(),
    }
}

#[tokio::test]
async fn the_acceptance_example_passes() {
    let intake = Bed::new().support(whole(&[filled()])).await.unwrap();
    assert_eq!(judged(&intake), "ok None");
}

#[tokio::test]
async fn any_way_of_cutting_the_stream_reads_the_same() {
    let body =
        whole(&[filled(), file("attachment", "a.pdf", "application/pdf", &pdf(1000)), text("phone", "")]);
    for piece_bytes in [1, 2, 3, 7, 64, 1000] {
        let intake = Bed::new().support(in_pieces(body.clone(), piece_bytes)).await.unwrap();
        assert_eq!(judged(&intake), "ok Some(Pdf)", "{piece_bytes}");
        assert_eq!(intake.file("attachment").unwrap().size_bytes, 1000);
    }
}

#[tokio::test]
async fn a_file_of_exactly_the_limit_passes_and_one_byte_more_is_a_field_error() {
    for piece_bytes in [1 << 14, 1 << 23] {
        let bed = Bed::new();
        let body = |bytes| whole(&[file("attachment", "a.pdf", "application/pdf", &pdf(bytes)), filled()]);
        let intake = bed.support(in_pieces(body(LIMIT), piece_bytes)).await.unwrap();
        assert_eq!(judged(&intake), "ok Some(Pdf)");
        intake.discard().await;
        let intake = bed.support(in_pieces(body(LIMIT + 1), piece_bytes)).await.unwrap();
        assert_eq!(judged(&intake), r#"{"attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#);
        assert_eq!(bed.keys().await, [""; 0]);
    }
}

#[tokio::test]
async fn fields_behind_an_oversized_file_are_still_judged() {
    let huge = file("attachment", "a.exe", "text/html", &pdf(2 * LIMIT));
    let intake =
        Bed::new().support(whole(&[text("name", "A"), huge, text("message", "kısa")])).await.unwrap();
    assert_eq!(
        judged(&intake),
        concat!(
            r#"{"name":["Ad soyad en az 2 karakter olmalıdır."],"email":["Bu alan zorunlu."],"#,
            r#""subject":["Bu alan zorunlu."],"message":["Mesaj en az 10 karakter olmalıdır."],"#,
            r#""attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#
        )
    );
}

#[tokio::test]
async fn a_file_without_end_is_cut_and_only_the_file_is_reported() {
    let head =
        b"------sinir\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"a.pdf\"\r\n\r\n"
            .to_vec();
    let endless = futures::stream::iter(std::iter::once(head).chain(std::iter::repeat(vec![b'x'; 1 << 16])));
    let endless = Body::from_stream(futures::StreamExt::map(endless, Ok::<_, std::io::Error>));
    let intake = Bed::new().support(endless).await.unwrap();
    assert_eq!(judged(&intake), r#"{"attachment":["Dosya boyutu 5MB'dan büyük olamaz."]}"#);
}

#[tokio::test]
async fn a_native_route_refuses_an_oversized_file_at_once() {
    let bed = Bed::new();
    let png = |bytes| {
        let mut png = b"\x89PNG\r\n\x1A\n".to_vec();
        png.resize(bytes, 0);
        whole(&[file("file", "a.png", "image/png", &png)])
    };
    let intake = bed.native(in_pieces(png(10_485_760), 1 << 16)).await.unwrap();
    assert_eq!(intake.file("file").unwrap().kind, Some(FileKind::Png));
    intake.discard().await;
    let error = bed.native(in_pieces(png(10_485_761), 1 << 16)).await.unwrap_err();
    assert_eq!(answers(error).await[1], (413, r#"{"error":"Dosya çok büyük (max 10MB)"}"#.into()));
    assert_eq!(bed.keys().await, [""; 0]);
}

#[tokio::test]
async fn a_native_route_refuses_a_wrong_declared_type_before_reading_the_file() {
    for declared in ["image/gif", "text/plain", ""] {
        let error = Bed::new().native(whole(&[file("file", "a.gif", declared, &pdf(20))])).await.unwrap_err();
        assert_eq!(answers(error).await[1], (400, r#"{"error":"Geçersiz dosya tipi"}"#.into()));
    }
}

#[tokio::test]
async fn declared_types_with_case_and_parameters_pass() {
    for declared in ["APPLICATION/PDF", "application/pdf; charset=binary"] {
        let body = whole(&[filled(), file("attachment", "a.pdf", declared, &pdf(20))]);
        assert_eq!(judged(&Bed::new().support(body).await.unwrap()), "ok Some(Pdf)");
    }
}

#[tokio::test]
async fn disguised_files_are_refused_with_one_text() {
    let text = r#"{"attachment":["Sadece PDF, DOC, DOCX, JPG, JPEG, PNG dosyaları yüklenebilir."]}"#;
    for (file_name, declared, bytes) in [
        ("a.exe", "application/pdf", pdf(20)),
        ("a.gif", "image/gif", b"GIF89a".to_vec()),
        ("a.pdf", "application/pdf", b"<html>".to_vec()),
        ("a.png", "image/png", pdf(20)),
        ("a.svg", "image/svg+xml", b"<svg/>".to_vec()),
        (
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04".to_vec(),
        ),
    ] {
        let body = whole(&[filled(), file("attachment", file_name, declared, &bytes)]);
        assert_eq!(judged(&Bed::new().support(body).await.unwrap()), text, "{file_name}");
    }
}

#[tokio::test]
async fn an_empty_file_is_an_error_and_an_unchosen_one_is_none() {
    let empty = whole(&[filled(), file("attachment", "a.pdf", "application/pdf", b"")]);
    let bed = Bed::new();
    assert_eq!(judged(&bed.support(empty).await.unwrap()), r#"{"attachment":["Gönderilen dosya boş."]}"#);
    assert_eq!(bed.keys().await, [""; 0]);
    let unchosen = whole(&[filled(), file("attachment", "", "application/octet-stream", b"")]);
    assert_eq!(judged(&bed.support(unchosen).await.unwrap()), "ok None");
    let empty_text = whole(&[filled(), text("attachment", "")]);
    assert_eq!(judged(&bed.support(empty_text).await.unwrap()), "ok None");
    let text_instead = whole(&[filled(), text("attachment", "a.pdf")]);
    assert!(judged(&bed.support(text_instead).await.unwrap()).contains("Gönderilen veri dosya değil."));
}

#[tokio::test]
async fn the_last_of_repeated_parts_wins_and_lists_keep_all() {
    let bed = Bed::new();
    // Large, so that they stand in the store.
    let large = pdf(300_000);
    let files =
        [file("f", "a.pdf", "application/pdf", &large), file("f", "b.pdf", "application/pdf", &large)];
    let body = whole(&[text("a", "1"), files.concat(), text("a", "2"), text("$gt", "1"), text("p.q", "1")]);
    let intake = bed.native(body.clone()).await.unwrap();
    assert_eq!(serde_json::Value::Object(intake.values()), json!({"a": "2"}));
    assert_eq!(intake.files().len(), 1);
    assert_eq!(intake.file("f").unwrap().file_name, "b.pdf");
    assert_eq!(bed.keys().await.len(), 1);
    let options =
        Options { lists: &["f", "a"], ..Options::native(schema::files::rules::Policy::upload(false)) };
    let intake = decode(multipart_request(body), &options, Some(&bed.inbox)).await.unwrap();
    assert_eq!(intake.get("a"), Some(&json!(["1", "2"])));
    assert_eq!(intake.files().iter().map(|f| f.file_name.as_str()).collect::<Vec<_>>(), ["a.pdf", "b.pdf"]);
}

#[tokio::test]
async fn file_names_lose_paths_and_controls() {
    for (sent, shown) in [
        ("../../evil.pdf", "evil.pdf"),
        (r"..\\x", "x"),
        (r"C:\Belgeler\a.pdf", "a.pdf"),
        ("şğü ıİ.pdf", "şğü ıİ.pdf"),
        ("a\\\"b.pdf", "a\"b.pdf"),
        ("..%2f..%2fa.pdf", "..%2f..%2fa.pdf"),
    ] {
        let intake =
            Bed::new().native(whole(&[file("file", sent, "application/pdf", &pdf(20))])).await.unwrap();
        assert_eq!(intake.file("file").unwrap().file_name, shown, "{sent}");
    }
    let long = format!("{}.pdf", "x".repeat(4096));
    let intake = Bed::new().native(whole(&[file("file", &long, "application/pdf", &pdf(20))])).await.unwrap();
    assert_eq!(intake.file("file").unwrap().file_name.len(), 255);
}

#[tokio::test]
async fn extended_file_names_are_read() {
    for (disposition, shown) in [
        ("form-data; name=file; filename*=UTF-8''%C5%9F%20a.pdf", "ş a.pdf"),
        ("form-data; filename*=utf-8'tr'a%00.pdf; name=file", "a.pdf"),
        ("form-data; filename=\"x.pdf\"; name=\"file\"; filename*=iso-8859-1''%FC.pdf", "ü.pdf"),
        ("form-data; NAME=\"file\"; FileName=b.pdf", "b.pdf"),
        ("form-data; name=file; filename=\"c.pdf\"; filename*=broken", "c.pdf"),
    ] {
        let body = whole(&[part(disposition, "Content-Type: application/pdf\r\n", &pdf(20))]);
        let intake = Bed::new().native(body).await.unwrap();
        assert_eq!(intake.file("file").unwrap().file_name, shown, "{disposition}");
    }
}

#[tokio::test]
async fn parts_without_a_name_are_skipped() {
    let body =
        whole(&[part("form-data", "", b"x"), part("form-data; filename=\"a\"", "", b"x"), text("a", "1")]);
    let intake = Bed::new().native(body).await.unwrap();
    assert_eq!(serde_json::Value::Object(intake.values()), json!({"a": "1"}));
    assert!(intake.files().is_empty());
}

#[tokio::test]
async fn missing_and_broken_boundaries_answer_400() {
    let long = "b".repeat(201);
    for (media_type, sent) in [
        ("multipart/form-data".to_owned(), "None"),
        ("multipart/form-data; boundary=".to_owned(), "None"),
        ("multipart/form-data; boundary=\"\"".to_owned(), "None"),
        (format!("multipart/form-data; boundary={long}"), &long[..200]),
    ] {
        let error = decode(request(&media_type, "x"), &Options::support_form(), None).await.unwrap_err();
        let support =
            format!(r#"{{"detail":"Multipart form parse error - Invalid boundary in multipart: {sent}"}}"#);
        assert_eq!(answers(error).await, both(400, &support, r#"{"error":"Geçersiz form verisi"}"#));
    }
}

#[tokio::test]
async fn malformed_bodies_answer_400() {
    let cut = whole(&[filled()]);
    for body in [
        b"x".to_vec(),
        b"--yanlis--".to_vec(),
        cut[..cut.len() - 30].to_vec(),
        b"------sinir\r\n: \r\n\r\n".to_vec(),
    ] {
        let [support, native] = answers(Bed::new().support(body).await.unwrap_err()).await;
        assert!(
            support.0 == 400 && support.1.starts_with(r#"{"detail":"Multipart form parse error - "#),
            "{support:?}"
        );
        assert_eq!(native, (400, r#"{"error":"Geçersiz form verisi"}"#.into()));
    }
}

#[tokio::test]
async fn numbers_of_parts_and_files_are_bounded() {
    let bed = Bed::new();
    assert!(bed.native(whole(&vec![text("a", "1"); 100])).await.is_ok());
    let error = bed.native(whole(&vec![text("a", "1"); 101])).await.unwrap_err();
    assert!(matches!(error, DecodeError::TooManyFields { max: 100 }));
    let a_file = file("f", "a.pdf", "application/pdf", &pdf(20));
    assert!(bed.native(whole(&vec![a_file.clone(); 10])).await.is_ok());
    let error = bed.native(whole(&vec![a_file.clone(); 11])).await.unwrap_err();
    assert_eq!(answers(error).await[1], (400, r#"{"error":"Çok fazla dosya (en fazla 10)"}"#.into()));
    let error =
        decode(multipart_request(whole(&[a_file])), &Options::support_form(), None).await.unwrap_err();
    assert!(matches!(error, DecodeError::TooManyFiles { max: 0 }));
}

#[tokio::test]
async fn texts_headers_and_preambles_are_bounded() {
    let bed = Bed::new();
    assert!(bed.native(whole(&[text("a", &"x".repeat(65_536))])).await.is_ok());
    let error = bed.native(whole(&[text("a", &"x".repeat(65_537))])).await.unwrap_err();
    assert!(matches!(error, DecodeError::TextTooLong { .. }));
    let error = bed.native(whole(&vec![text("a", &"x".repeat(65_000)); 17])).await.unwrap_err();
    assert!(matches!(error, DecodeError::BodyTooLarge { .. }));
    let preamble = [vec![b'x'; 1 << 20], whole(&[text("a", "1")])].concat();
    assert!(matches!(bed.native(preamble).await.unwrap_err(), DecodeError::Multipart(_)));
    let header = part("form-data; name=a", &format!("X: {}\r\n", "x".repeat(1 << 20)), b"");
    assert!(matches!(bed.native(whole(&[header])).await.unwrap_err(), DecodeError::Multipart(_)));
}
