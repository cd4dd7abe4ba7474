use super::*;

const DOCX_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A zip of stored entries with a directory, as any packer writes it.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in entries {
        let (at, size) = (bytes.len() as u32, data.len() as u32);
        bytes.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        bytes.extend([(name.len() as u16).to_le_bytes(), [0; 2]].concat());
        bytes.extend([name.as_bytes(), data].concat());
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        directory.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        directory.extend((name.len() as u16).to_le_bytes());
        directory.extend([0; 12]);
        directory.extend([at.to_le_bytes().as_slice(), name.as_bytes()].concat());
    }
    let at = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend([(entries.len() as u16).to_le_bytes(); 2].concat());
    bytes.extend([(directory.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    bytes
}

fn docx() -> Vec<u8> {
    zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")])
}

fn found_in_chunks(bytes: &[u8], chunk_bytes: usize) -> Option<FileKind> {
    let mut sampler = Sampler::default();
    bytes.chunks(chunk_bytes).for_each(|chunk| sampler.push(chunk));
    assert_eq!(sampler.size_bytes(), bytes.len() as u64);
    sampler.kind()
}

fn found(bytes: &[u8]) -> Option<FileKind> {
    found_in_chunks(bytes, bytes.len().max(1))
}

fn facts(file_name: &'static str, declared: &'static str, found: Option<FileKind>) -> Facts<'static> {
    Facts { file_name, declared: Some(declared), size_bytes: 100, found }
}

#[test]
fn magic_bytes_tell_the_kind() {
    assert_eq!(found(b"\xFF\xD8\xFF\xE0rest"), Some(FileKind::Jpeg));
    assert_eq!(found(b"\x89PNG\r\n\x1A\nrest"), Some(FileKind::Png));
    assert_eq!(found(b"%PDF-1.7"), Some(FileKind::Pdf));
    assert_eq!(found(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Some(FileKind::Doc));
    assert_eq!(found(&docx()), Some(FileKind::Docx));
}

#[test]
fn everything_else_is_unknown() {
    let unknown: [&[u8]; 9] = [
        b"",
        b"%PD",
        b" %PDF-1.7",
        b"GIF89a",
        b"MZ\x90",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"PK\x03\x04",
        b"\x89PNG\n\x1A\n",
    ];
    for bytes in unknown {
        assert_eq!(found(bytes), None, "{bytes:?}");
    }
}

#[test]
fn a_zip_is_a_document_only_with_both_entries() {
    assert_eq!(found(&zip(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b"")])), None);
    assert_eq!(found(&zip(&[("word/document.xml", b"")])), None);
    assert_eq!(found(&zip(&[("[Content_Types].xml", b""), ("evil/word/document.xml", b"")])), None);
    assert_eq!(found(&zip(&[("classes.dex", b"[Content_Types].xml word/document.xml")])), None);
    assert_eq!(found(&zip(&[])), None);
}

#[test]
fn a_document_is_found_wherever_its_entries_stand_and_however_it_arrives() {
    let picture = vec![7_u8; 600_000];
    let entries: [(&str, &[u8]); 3] =
        [("word/document.xml", b""), ("word/media/a.png", &picture), ("[Content_Types].xml", b"")];
    let bytes = zip(&entries);
    for chunk_bytes in [1000, 8192, 32 << 10, 128 << 10, 150_000, bytes.len()] {
        assert_eq!(found_in_chunks(&bytes, chunk_bytes), Some(FileKind::Docx), "{chunk_bytes}");
    }
    assert_eq!(found_in_chunks(&docx(), 1), Some(FileKind::Docx));
}

#[test]
fn the_directory_outranks_the_headers_in_front() {
    let mut disguised = docx();
    let jar = zip(&[("META-INF/MANIFEST.MF", b""), ("A.class", b"")]);
    let directory = disguised.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    disguised.truncate(directory);
    assert_eq!(found(&disguised), Some(FileKind::Docx));
    let at = disguised.len() as u32;
    let mut tail = jar;
    let end = tail.len() - 6;
    let offset = u32::from_le_bytes(tail[end..end + 4].try_into().unwrap()) + at;
    tail[end..end + 4].copy_from_slice(&offset.to_le_bytes());
    disguised.extend(tail);
    assert_eq!(found(&disguised), None);
}

#[test]
fn a_directory_in_dropped_bytes_is_not_mistaken_for_older_ones() {
    let whole = docx();
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let mut head = b"PK\x03\x04".to_vec();
    head.resize(8 << 10, 0);
    let planted = &whole[directory..];
    let mut rest = vec![0; 200_000];
    let kept = planted.len() + (128 << 10);
    let offset = (head.len() + planted.len() + rest.len() - kept) as u32;
    let end = [b"PK\x05\x06".as_slice(), &[0; 12], &offset.to_le_bytes(), &[0; 2]].concat();
    let at = rest.len() - end.len();
    rest[at..].copy_from_slice(&end);
    let mut sampler = Sampler::default();
    [&head, planted, &rest].into_iter().for_each(|chunk| sampler.push(chunk));
    assert_eq!(sampler.kind(), None);
}

#[test]
fn a_document_cut_short_is_judged_by_its_local_headers() {
    let whole = docx();
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    assert_eq!(found(&whole[..directory]), Some(FileKind::Docx));
    assert_eq!(found(&whole[..40]), None);
}

#[test]
fn declared_types_ignore_case_and_parameters() {
    for declared in
        ["application/pdf", "APPLICATION/PDF", "application/pdf; charset=binary", " application/pdf ;x"]
    {
        assert_eq!(FileKind::from_declared(declared), Some(FileKind::Pdf));
    }
    assert_eq!(FileKind::from_declared("image/jpg"), Some(FileKind::Jpeg));
    assert_eq!(FileKind::from_declared(DOCX_TYPE), Some(FileKind::Docx));
    for declared in ["", "application/x-pdf", "image/svg+xml", "text/html;application/pdf"] {
        assert_eq!(FileKind::from_declared(declared), None);
    }
}

#[test]
fn the_support_form_takes_five_kinds_by_name_type_and_content() {
    let policy = Policy::support_form();
    for (name, declared, kind) in [
        ("a.pdf", "application/pdf", FileKind::Pdf),
        ("a.PDF", "application/pdf", FileKind::Pdf),
        ("a.doc", "application/msword", FileKind::Doc),
        ("a.docx", DOCX_TYPE, FileKind::Docx),
        ("a.jpg", "image/jpeg", FileKind::Jpeg),
        ("a.jpeg", "image/jpg", FileKind::Jpeg),
        ("a.png", "image/png", FileKind::Png),
        (r"..\..\evil.pdf", "application/pdf", FileKind::Pdf),
    ] {
        assert_eq!(policy.check(&facts(name, declared, Some(kind))), Ok(kind));
    }
}

#[test]
fn disguises_are_refused() {
    let policy = Policy::support_form();
    let pdf = Some(FileKind::Pdf);
    assert_eq!(policy.check(&facts("a.exe", "application/pdf", pdf)), Err(Refusal::ContentMismatch));
    assert_eq!(policy.check(&facts("a.png", "application/pdf", pdf)), Err(Refusal::ContentMismatch));
    assert_eq!(policy.check(&facts("a.pdf", "image/png", pdf)), Err(Refusal::ContentMismatch));
    assert_eq!(policy.check(&facts("a.pdf", "application/pdf", None)), Err(Refusal::ContentMismatch));
    assert_eq!(policy.check(&facts("a.svg", "image/svg+xml", None)), Err(Refusal::TypeNotAllowed));
    assert_eq!(policy.check(&facts("a", "application/pdf", pdf)), Err(Refusal::ContentMismatch));
}

#[test]
fn uploads_judge_the_type_before_the_size_and_know_ten_megabytes() {
    let policy = Policy::upload(false);
    let sized = |size_bytes| Facts { size_bytes, ..facts("a.png", "image/png", Some(FileKind::Png)) };
    assert_eq!(policy.check(&sized(10_485_760)), Ok(FileKind::Png));
    let refusal = policy.check(&sized(10_485_761)).unwrap_err();
    assert_eq!(refusal.to_string(), "Dosya çok büyük (max 10MB)");
    let wrong = Facts { size_bytes: 10_485_761, ..facts("a.gif", "image/gif", None) };
    assert_eq!(policy.check(&wrong).unwrap_err().to_string(), "Geçersiz dosya tipi");
    assert_eq!(policy.check(&sized(0)).unwrap_err().to_string(), "Geçersiz dosya");
    assert_eq!(policy.check(&facts("pasted", "image/png", Some(FileKind::Png))), Ok(FileKind::Png));
}

#[test]
fn documents_need_the_switch_of_the_site() {
    let doc = facts("a.doc", "application/msword", Some(FileKind::Doc));
    assert_eq!(Policy::upload(false).check(&doc), Err(Refusal::TypeNotAllowed));
    assert_eq!(Policy::upload(true).check(&doc), Ok(FileKind::Doc));
    let mailed = Facts { declared: None, ..doc };
    assert_eq!(Policy::upload(false).check(&mailed), Err(Refusal::ContentMismatch));
    assert_eq!(Policy::upload(true).check(&mailed), Ok(FileKind::Doc));
}

#[test]
fn stored_names_keep_letters_digits_and_three_signs() {
    for (sent, base) in [
        ("../../evil.pdf", "evil.pdf"),
        (r"..\x", "x"),
        (r"C:\Belgeler\özgeçmiş formu (1).pdf", "özgeçmiş_formu_1.pdf"),
        ("a/b\\c.png", "c.png"),
        ("a.pdf\0.exe", "a.pdf.exe"),
        ("ka\r\nt.pdf", "kat.pdf"),
        ("\u{202e}fdp.exe", "fdp.exe"),
        ("..%2f..%2fevil.pdf", "..2f..2fevil.pdf"),
        ("", "dosya"),
        ("..", "dosya"),
        ("a/..", "dosya"),
        ("???", "dosya"),
    ] {
        assert_eq!(base_name(sent), base, "{sent:?}");
    }
}

#[test]
fn shown_names_keep_signs_but_no_controls_and_no_reversal() {
    assert_eq!(display_name(r"C:\a\Fatura (kopya) 1.pdf"), "Fatura (kopya) 1.pdf");
    assert_eq!(display_name("a\r\n\0\u{202e}b.pdf"), "ab.pdf");
    assert_eq!(display_name(&format!("{}.pdf", "x".repeat(4096))).chars().count(), 255);
    assert!(display_name(&format!("{}.pdf", "x".repeat(4096))).ends_with(".pdf"));
}

#[test]
fn stored_paths_hold_a_hundred_characters_with_extension_and_suffix() {
    assert_eq!(stored_path("support_tickets", "../a b.pdf", None), "support_tickets/a_b.pdf");
    assert_eq!(stored_path("support_tickets", "a.pdf", Some("Ab3dE5g")), "support_tickets/a_Ab3dE5g.pdf");
    for sent in [format!("{}.docx", "ş".repeat(4096)), format!("a.{}", "x".repeat(4096)), "𐐀".repeat(4096)]
    {
        for suffix in [None, Some("Ab3dE5g")] {
            let path = stored_path("support_tickets", &sent, suffix);
            assert!(path.chars().count() <= 100, "{path}");
            assert!(path.rsplit('/').next().unwrap().len() <= 255, "{path}");
            assert!(suffix.is_none_or(|suffix| path.contains(suffix)));
        }
    }
    let exact = format!("{}.pdf", "a".repeat(80));
    assert_eq!(stored_path("support_tickets", &exact, None).chars().count(), 100);
    assert!(stored_path("support_tickets", &exact, None).ends_with(&exact));
}

#[test]
fn suffixes_are_seven_letters_and_digits() {
    for random in [0, 1, 61, 62, u64::MAX] {
        let suffix = clash_suffix(random);
        assert_eq!(suffix.len(), 7);
        assert!(suffix.chars().all(|c| c.is_ascii_alphanumeric()));
    }
    assert_ne!(clash_suffix(1), clash_suffix(2));
}

#[test]
fn upload_names_hold_time_random_and_the_found_extension() {
    assert_eq!(
        upload_name(1_795_189_580_893, 5, FileKind::Jpeg),
        "1795189580893-00000000000000000000000000000005.jpg"
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_sampler_panic(bytes: Vec<u8>, chunk_bytes in 1_usize..64) {
        found_in_chunks(&bytes, chunk_bytes);
        found(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        let mut broken = docx();
        let at = bytes.len() % broken.len();
        bytes.iter().enumerate().for_each(|(i, byte)| { let n = broken.len(); broken[(at + i) % n] ^= byte; });
        found(&broken);
    }

    #[test]
    fn no_name_leaves_its_directory(sent: String, suffix: bool) {
        let path = stored_path("support_tickets", &sent, suffix.then_some("Ab3dE5g"));
        let name = path.strip_prefix("support_tickets/").unwrap();
        proptest::prop_assert!(!name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..");
        proptest::prop_assert!(path.chars().count() <= 100);
        display_name(&sent);
    }
}
