use super::*;

#[test]
fn undeclared_bytes_are_utf_8_when_they_can_be_and_windows_1254_otherwise() {
    assert_eq!(decode("şğı".as_bytes(), None), "şğı");
    for label in
        [None, Some("us-ascii"), Some("utf-8"), Some("ISO-8859-9"), Some("x-unknown"), Some("klingon")]
    {
        assert_eq!(decode(b"\xfe\xf0\xfd\xdd", label), "şğıİ", "{label:?}");
    }
}

#[test]
fn a_turkish_charset_is_known_by_all_its_names() {
    for label in [
        "iso-8859-9",
        "ISO_8859-9",
        "iso8859-9",
        "8859-9",
        "latin5",
        "Latin-5",
        "l5",
        "windows-1254",
        "cp1254",
        "CP-1254",
        "win1254",
        "x-cp1254",
        "\"windows-1254\"",
        "iso-8859-9*tr",
        "charset=iso-8859-9",
        "turkish",
        "iso-8859-9e",
    ] {
        // `ÞÐÝ` of the Western charset tells whether the Turkish one was taken.
        assert_eq!(decode(b"\xde\xd0\xdd\xe7", Some(label)), "ŞĞİç", "{label}");
    }
}

#[test]
fn the_usual_substitutions_are_made() {
    let cases: [(&str, &[u8], &str); 9] = [
        ("gb2312", b"\xfe\x55", "㑳"),
        ("ks_c_5601-1987", b"\x81\x41", "갂"),
        ("iso-2022-jp", b"\x1b$B\x46\x7c\x1b(B", "日"),
        ("cp932", b"\x93\xfa", "日"),
        ("utf-7", b"Merhaba +AV8-irket +- +AWEBHw-", "Merhaba şirket + šğ"),
        ("hz-gb-2312", b"a~{VPND~}b~~", "a中文b~"),
        ("iso-2022-kr", b"\x1b$)C\x0e\x30\x21\x0fa", "가a"),
        ("ibm857", b"\x9f\xa7\x8d\x98", "şğıİ"),
        ("x-mac-turkish", b"\xdf\xdb\xdd\xdc", "şğıİ"),
    ];
    for (label, bytes, text) in cases {
        assert_eq!(decode(bytes, Some(label)), text, "{label}");
    }
}

#[test]
fn utf_8_under_a_single_byte_label_is_utf_8() {
    assert_eq!(decode("sipariş".as_bytes(), Some("iso-8859-9")), "sipariş");
    assert_eq!(decode("Привет".as_bytes(), Some("windows-1251")), "Привет");
    assert_eq!(decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251")), "Привет");
}

#[test]
fn damaged_utf_8_stays_utf_8_and_a_footer_in_another_charset_spoils_nothing() {
    assert_eq!(
        decode(
            "şğı\n".as_bytes().iter().chain(b"\xfe\xf0\xfd").copied().collect::<Vec<_>>().as_slice(),
            None
        ),
        "şğı\nşğı"
    );
    let cut = &"çok güzel şey ş".as_bytes()[.."çok güzel şey ş".len() - 1];
    assert_eq!(decode(cut, Some("utf-8")), "çok güzel şey \u{FFFD}");
}

#[test]
fn turkish_letters_under_a_western_label_are_turkish_and_icelandic_stays() {
    assert_eq!(
        decode(b"Sipari\xfeim gelmedi, y\xfdlba\xfe\xfd", Some("iso-8859-1")),
        "Siparişim gelmedi, yılbaşı"
    );
    assert_eq!(decode(b"\xdeirketimiz \xfc\xe7", Some("windows-1252")), "Şirketimiz üç");
    assert_eq!(decode(b"Sipari\xfe geldi", Some("iso-8859-1")), "Sipariş geldi");
    assert_eq!(decode(b"Al\xfeingi kom saman", Some("iso-8859-1")), "Alþingi kom saman");
    assert_eq!(decode(b"\xdea\xf0 er gott", Some("iso-8859-1")), "Það er gott");
    assert_eq!(decode(b"\xdea\xf0 er g\xf3\xf0ur dagur", Some("iso-8859-1")), "Það er góður dagur");
    assert_eq!(decode(b"\xdea\xf0 er", Some("iso-8859-1")), "Það er");
    assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")), "café");
}

#[test]
fn utf_8_that_was_read_as_another_charset_is_mended_only_when_all_of_it_can_be() {
    assert_eq!(repair("SipariÅŸim gelmedi, Ä±ÄŸdÄ±r".into()), "Siparişim gelmedi, ığdır");
    assert_eq!(repair("Ã¼Ã§ gÃ¼n".into()), "üç gün");
    assert_eq!(repair("Sipari\u{c5}\u{9f}".into()), "Sipariş", "read as Latin-1");
    let twice =
        |text: &str| encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
    assert_eq!(repair(twice(&twice("sipariş"))), "sipariş");
    for sound in ["SÃO PAULO", "Ärger", "Århus", "Ã§", "şÅŸ", "SipariÅŸ ve sipariş"] {
        assert_eq!(repair(sound.into()), sound);
    }
}

#[test]
fn no_bytes_are_too_much_for_any_label() {
    let bytes: Vec<u8> = (0..=255).cycle().take(4096).collect();
    for label in [
        "utf-7",
        "utf-16",
        "hz",
        "iso-2022-kr",
        "iso-2022-jp",
        "ibm857",
        "gb18030",
        "big5",
        "*",
        "cp125",
        "8859-",
    ] {
        assert!(decode(&bytes, Some(label)).len() <= bytes.len() * 4, "{label}");
    }
}
