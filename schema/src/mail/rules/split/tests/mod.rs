use proptest::prelude::*;

use super::*;

mod pages;
mod written;

/// A mail whose lines say by their first letter where they belong: `r` reply, `q` quoted, `s` signature.
fn check(name: &str, lines: &[(&str, &str)]) {
    let text = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
    let found = split_reply(&text);
    let wanted = |section: &str| {
        let lines = lines.iter().filter(|(at, line)| *at == section && !line.trim().is_empty());
        lines.map(|(_, line)| line.trim_end()).collect::<Vec<_>>().join("\n")
    };
    let bare = |text: &str| {
        text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(bare(&found.reply), wanted("r"), "reply of {name}");
    assert_eq!(bare(&found.quoted), wanted("q"), "quoted of {name}");
    assert_eq!(bare(&found.signature), wanted("s"), "signature of {name}");
}

const WROTE: &str = "Destek <destek@ornek.test>, 20 Kas 2026 Cum, 14:05 tarihinde şunu yazdı:";

#[test]
fn an_answer_above_the_quote() {
    check(
        "gmail",
        &[
            ("r", "Tamam, teşekkürler."),
            ("r", ""),
            ("q", WROTE),
            ("q", ""),
            ("q", "> Merhaba"),
            ("q", ">"),
            ("q", "> Nasılsınız?"),
        ],
    );
    check(
        "without marks",
        &[("r", "Tamam."), ("r", ""), ("q", WROTE), ("q", ""), ("q", "Merhaba"), ("q", "İyi günler")],
    );
    check("without introduction", &[("r", "Tamam."), ("q", "> Merhaba"), ("q", "> İyi günler")]);
    check(
        "nested",
        &[
            ("r", "Tamam."),
            ("q", WROTE),
            ("q", "> Evet"),
            ("q", "> "),
            ("q", "> Ayşe yazdı:"),
            ("q", ">> Hayır"),
        ],
    );
    check(
        "wrapped",
        &[
            ("r", "Tamam."),
            ("r", ""),
            ("q", "Destek Ekibi Müşteri Hizmetleri <destek@ornek-sirket.test>, 20 Kas 2026"),
            ("q", "Cum, 14:05 tarihinde şunu yazdı:"),
            ("q", "> Merhaba"),
        ],
    );
    check(
        "a quoted line wrapped without its mark",
        &[
            ("r", "Tamam."),
            ("q", WROTE),
            ("q", "> Bu satır o kadar uzun ki yollardaki programlardan biri onu ikiye böldü"),
            ("q", "ve devamı"),
            ("q", "> burada."),
        ],
    );
}

#[test]
fn an_answer_below_the_quote() {
    check(
        "introduced",
        &[
            ("q", WROTE),
            ("q", "> Merhaba"),
            ("q", "> Nasılsınız?"),
            ("r", ""),
            ("r", "İyiyim."),
            ("s", "-- "),
            ("s", "Ayşe"),
        ],
    );
    check("greeting above", &[("r", "Merhaba,"), ("q", WROTE), ("q", "> Nasılsınız?"), ("r", "İyiyim.")]);
}

#[test]
fn answers_between_the_quotes_keep_them() {
    check(
        "introduced",
        &[
            ("q", WROTE),
            ("r", "> Kaç adet?"),
            ("r", "Üç."),
            ("r", "> Hangi renk?"),
            ("r", "Mavi."),
            ("q", "> Saygılar"),
            ("s", "-- "),
            ("s", "Ayşe"),
        ],
    );
    check(
        "one sentence picked",
        &[("r", "Dediniz ki:"), ("r", "> Ürün stokta yok"), ("r", "Ama sitede var görünüyor.")],
    );
    check("quote first", &[("r", "> Ürün stokta yok"), ("r", "Sitede var görünüyor.")]);
}

#[test]
fn outlook_and_its_kin() {
    let block = [
        ("q", "Gönderen: Destek <destek@ornek.test>"),
        ("q", "Gönderilme: 20 Kasım 2026 Cuma 14:05"),
        ("q", "Kime: Ayşe Yılmaz"),
        ("q", "Konu: Talebiniz"),
        ("q", ""),
        ("q", "Merhaba"),
    ];
    let with = |above: &[(&'static str, &'static str)]| [above, &block[..]].concat();
    check("desktop", &with(&[("r", "Tamam."), ("r", "")]));
    check("drawn line", &with(&[("r", "Tamam."), ("q", "________________________________")]));
    check("original message", &with(&[("r", "Tamam."), ("r", ""), ("q", "-----Orijinal Mesaj-----")]));
    check("title", &with(&[("r", "Tamam."), ("q", "-------- Orijinal mesaj --------"), ("q", "")]));
    check(
        "telephone",
        &with(&[
            ("r", "Tamam."),
            ("s", "iOS için Outlook'u edinin<https://aka.ms/o0ukef>"),
            ("q", "________________________________"),
        ]),
    );
    check(
        "bold",
        &[
            ("r", "Tamam."),
            ("q", "*Kimden:* Destek <destek@ornek.test>"),
            ("q", "*Tarih:* 20 Kasım 2026 Cuma 14:05"),
            ("q", "*Kime:* Ayşe Yılmaz"),
            ("q", "Merhaba"),
        ],
    );
    check(
        "above this line",
        &[("r", "Tamam."), ("q", "##- Lütfen yanıtınızı bu satırın üzerine yazın -##"), ("q", "Merhaba")],
    );
}

#[test]
fn signatures() {
    check(
        "dashes",
        &[("r", "Tamam."), ("r", ""), ("s", "-- "), ("s", "Ayşe Yılmaz"), ("s", "0532 000 00 00")],
    );
    check("bare dashes", &[("r", "Tamam."), ("s", "--"), ("s", "Ayşe")]);
    for device in [
        "iPhone'umdan gönderildi",
        "iPhone’umdan gönderildi",
        "iPad'imden gönderildi",
        "Android cihazımdan gönderildi",
        "Samsung Galaxy akıllı telefonumdan gönderildi.",
        "Huawei telefonumdan gönderildi",
        "Android için Outlook'u edinin",
        "Windows için Posta ile gönderildi",
        "Yandex.Mail mobil uygulamasından gönderildi",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Отправлено с iPhone",
        "Wysłane z iPhone'a",
        "Enviado do meu iPhone",
    ] {
        check(
            device,
            &[("r", "Tamam."), ("r", ""), ("s", device), ("s", ""), ("q", WROTE), ("q", "> Merhaba")],
        );
    }
    check(
        "contacts",
        &[
            ("r", "Faturayı bekliyorum."),
            ("s", "Saygılarımla,"),
            ("s", "Ayşe Yılmaz"),
            ("s", "Satın Alma Müdürü"),
            ("s", "Tel: +90 212 000 00 00"),
        ],
    );
    check(
        "a closing formula alone is said",
        &[("r", "Faturayı bekliyorum."), ("r", "Saygılarımla,"), ("r", "Ayşe Yılmaz")],
    );
    check(
        "legal notice",
        &[
            ("r", "Faturayı bekliyorum."),
            ("r", ""),
            (
                "s",
                "Bu e-posta ve ekleri gizli bilgi içerebilir; yalnızca alıcısına gönderilmiştir. Yetkisiz kişilerce kopyalanamaz.",
            ),
        ],
    );
    check(
        "inline pgp",
        &[
            ("r", "Tamam."),
            ("s", "-----BEGIN PGP SIGNATURE-----"),
            ("s", "abc"),
            ("s", "-----END PGP SIGNATURE-----"),
        ],
    );
}

#[test]
fn what_merely_reads_like_a_quote_or_a_signature_is_said() {
    for text in [
        "Kargo firması 20.11.2026 14:05 tarihinde bana şunu yazdı:\n\nÜrün yola çıktı.\n\nAma gelmedi.",
        "Dün aradım. Destek ekibi şunu yazdı: bekleyin. Bekliyorum.",
        "Formdan Gönderen: alanını dolduramıyorum.\nKonu: alanı da boş.",
        "Bildirim iPhone'umdan gönderildi diyor ama gelmedi.\nNe yapmalıyım?",
        "Üç sorum var:\n-- iade nasıl olur\n-- ne kadar sürer\nYanıt bekliyorum.",
        "Bu e-posta adresime hiçbir şey gelmiyor.",
        "Orijinal mesajı ekte gönderiyorum.",
        "Başlık\n--------------------\nMetin burada.",
    ] {
        let found = split_reply(text);
        assert_eq!((found.reply.as_str(), found.quoted.as_str(), found.signature.as_str()), (text, "", ""));
    }
}

#[test]
fn a_mail_of_which_everything_would_be_cut_stays_whole() {
    for text in [
        &format!("{WROTE}\n> Merhaba"),
        "> Merhaba\n> Dünya",
        "-- \nAyşe Yılmaz",
        "iPhone'umdan gönderildi",
        "---------- Yönlendirilen ileti ---------\nGönderen: a@b.test\nTarih: 20 Kas 2026 14:05\nKonu: x\nKime: c@d.test\n\nMerhaba",
        &format!("iPhone'umdan gönderildi\n\n{WROTE}\n> Merhaba"),
    ] {
        let found = split_reply(text);
        assert_eq!((found.reply.as_str(), found.quoted.as_str(), found.signature.as_str()), (text, "", ""));
    }
    assert_eq!(split_reply("\n \n"), Sections::default());
}

/// Lines that rules look for, in any order.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("-- ".to_owned()),
        Just("> alıntı".to_owned()),
        Just(">> > iç alıntı".to_owned()),
        Just("| çubuk".to_owned()),
        Just(WROTE.to_owned()),
        Just("On Fri, Nov 20, 2026 at 2:05 PM Ayşe <ayse@ornek.test".to_owned()),
        Just("> wrote:".to_owned()),
        Just("Kimden: Ayşe <ayse@ornek.test>".to_owned()),
        Just("Gönderilme: 20 Kasım 2026 14:05".to_owned()),
        Just("Kime: Destek".to_owned()),
        Just("Konu: x".to_owned()),
        Just("-----Orijinal Mesaj-----".to_owned()),
        Just("________________".to_owned()),
        Just("iPhone'umdan gönderildi".to_owned()),
        Just("Saygılarımla,".to_owned()),
        Just("Tel: 0212 000 00 00".to_owned()),
        Just("Tamam, teşekkürler.".to_owned()),
        "[a-zA-ZşğıİŞĞ0-9<>@:.,\\- ]{0,90}",
    ]
}

proptest! {
    #[test]
    fn no_line_is_lost_or_doubled_and_a_reply_is_never_empty(lines in proptest::collection::vec(line(), 0..30)) {
        let text = lines.join("\n");
        let found = split_reply(&text);
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
            lines.sort();
            lines
        };
        let pieces = format!("{}\n{}\n{}", found.reply, found.quoted, found.signature);
        prop_assert_eq!(sorted(&pieces), sorted(&text));
        prop_assert!(!found.reply.is_empty() || text.trim().is_empty());
    }
}
