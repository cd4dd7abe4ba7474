use super::*;

/// An attribute of the message (level 1) or of a file (level 2).
fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    let length = u32::try_from(data.len()).unwrap();
    [&[level][..], &id.to_le_bytes(), &length.to_le_bytes(), data, &sum.to_le_bytes()].concat()
}

fn package(attributes: &[Vec<u8>]) -> Vec<u8> {
    [&SIGNATURE.to_le_bytes()[..], &[1, 0], &attributes.concat()].concat()
}

fn padded(data: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(data.len()).unwrap().to_le_bytes().to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn property(kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &id.to_le_bytes(), &1_u32.to_le_bytes(), &padded(data)].concat()
}

fn properties(list: &[Vec<u8>]) -> Vec<u8> {
    [&u32::try_from(list.len()).unwrap().to_le_bytes()[..], &list.concat()].concat()
}

fn unicode(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_and_files_come_out_of_the_package() {
    let file = properties(&[
        property(0x1F, mapi::id::LONG_NAME, &unicode("şubat faturası.pdf")),
        property(0x1E, mapi::id::MEDIA_TYPE, b"application/pdf\0"),
    ]);
    let packed = read(&package(&[
        attribute(1, attribute::CODE_PAGE, &[0xE6, 4, 0, 0, 0, 0, 0, 0]),
        attribute(1, attribute::BODY, b"Sipari\xfe\r\ngelmedi\0"),
        attribute(2, attribute::FILE_BEGIN, &[0; 14]),
        attribute(2, attribute::FILE_TITLE, b"SUBAT~1.PDF\0"),
        attribute(2, attribute::FILE_DATA, b"%PDF"),
        attribute(2, attribute::FILE_PROPERTIES, &file),
        attribute(2, attribute::FILE_BEGIN, &[0; 14]),
        attribute(2, attribute::FILE_TITLE, b"\xfeekil.png\0"),
        attribute(2, attribute::FILE_DATA, b"PNG"),
    ]))
    .unwrap();
    assert_eq!(packed.plain.as_deref(), Some("Sipariş\ngelmedi"));
    let files: Vec<(&str, &str, &[u8])> =
        packed.attachments.iter().map(|file| (&*file.file_name, &*file.media_type, &*file.content)).collect();
    assert_eq!(
        files,
        [
            ("şubat faturası.pdf", "application/pdf", &b"%PDF"[..]),
            ("şekil.png", "application/octet-stream", &b"PNG"[..])
        ]
    );
    assert!(packed.is_whole);
}

#[test]
fn an_embedded_message_gives_its_text_and_its_files() {
    let inner = package(&[
        attribute(1, attribute::SUBJECT, b"Eski konu\0"),
        attribute(1, attribute::BODY, b"eski\0"),
        attribute(2, attribute::FILE_BEGIN, &[]),
        attribute(2, attribute::FILE_TITLE, b"a.txt\0"),
        attribute(2, attribute::FILE_DATA, b"a"),
    ]);
    let data = [&[0; 16][..], &inner].concat();
    let packed = read(&package(&[
        attribute(2, attribute::FILE_BEGIN, &[]),
        attribute(2, attribute::FILE_PROPERTIES, &properties(&[property(0x0D, mapi::id::DATA, &data)])),
    ]))
    .unwrap();
    let names: Vec<&str> = packed.attachments.iter().map(|file| &*file.file_name).collect();
    assert_eq!(names, ["Eski konu.txt", "a.txt"]);
}

#[test]
fn properties_of_the_message_say_more_than_its_attributes() {
    let list = properties(&[
        [&[0x03, 0][..], &0x8005_u16.to_le_bytes(), &[0; 16], &[0, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0]].concat(),
        [&[0x40, 0, 0x39, 0][..], &[0; 8]].concat(),
        [&[0x03, 0][..], &mapi::id::HTML_CODE_PAGE.to_le_bytes(), &28599_u32.to_le_bytes()].concat(),
        property(0x102, mapi::id::BODY_HTML, b"<p>Sipari\xfe</p>"),
        property(0x1F, mapi::id::BODY, &unicode("Sipariş")),
    ]);
    let packed = read(&package(&[attribute(1, attribute::MESSAGE_PROPERTIES, &list)])).unwrap();
    assert_eq!((packed.plain.as_deref(), packed.html.as_deref()), (Some("Sipariş"), Some("<p>Sipariş</p>")));
}

#[test]
fn a_cut_package_gives_what_came_before_and_is_kept() {
    let whole = package(&[
        attribute(2, attribute::FILE_BEGIN, &[]),
        attribute(2, attribute::FILE_TITLE, b"a.txt\0"),
        attribute(2, attribute::FILE_DATA, b"abc"),
        attribute(2, attribute::FILE_DATA, &[7; 50]),
    ]);
    let packed = read(&whole[..whole.len() - 20]).unwrap();
    assert_eq!((&*packed.attachments[0].content, packed.is_whole), (&b"abc"[..], false));
    assert!(read(b"").is_none() && read(b"winmail").is_none() && read(&whole[..10]).is_none());
    for end in 0..whole.len() {
        let _either = read(&whole[..end]);
    }
}

#[test]
fn lengths_and_counts_that_lie_cost_nothing() {
    let huge = [&SIGNATURE.to_le_bytes()[..], &[1, 0, 1], &attribute::BODY.to_le_bytes(), &[0xFF; 4], b"abc"]
        .concat();
    assert!(read(&huge).is_none());
    for list in [&[0xFF; 4][..], &[0xFF; 64], &[9, 0, 0, 0, 0x1F, 0, 0, 0x10, 0xFF, 0xFF, 0xFF, 0xFF]] {
        assert!(mapi::read(list).is_empty());
    }
    let mut nested = package(&[]);
    for _ in 0..10 {
        let data = [&[0; 16][..], &nested].concat();
        nested = package(&[attribute(
            2,
            attribute::FILE_PROPERTIES,
            &properties(&[property(0x0D, mapi::id::DATA, &data)]),
        )]);
    }
    assert!(read(&nested).is_some_and(|packed| packed.attachments.len() <= 1));
}
