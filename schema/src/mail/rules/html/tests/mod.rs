use proptest::prelude::*;

use super::super::split::Mark;
use super::*;

mod attacks;

fn text(html: &str) -> String {
    lines(html).into_iter().map(|line| line.text + "\n").collect::<String>().trim_end().to_owned()
}

fn clean(html: &str) -> String {
    Page::new(html.to_owned()).clean().reply
}

#[test]
fn a_page_reads_as_it_looks() {
    let cases = [
        ("<p>Bir</p><p>İki</p>", "Bir\n\nİki"),
        ("<div>Bir</div><div>İki</div>", "Bir\nİki"),
        ("<div>Bir</div><div><br></div><div>İki</div>", "Bir\n\nİki"),
        ("Bir<br>İki<br><br>Üç", "Bir\nİki\n\nÜç"),
        ("<p class=MsoNormal>Bir</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>İki</p>", "Bir\n\nİki"),
        ("<p style='margin:0cm'>Bir</p><p style=\"margin: 0\">İki</p>", "Bir\nİki"),
        ("  çok \n boşluk\t<b> ve </b> <i>satır</i> ", "çok boşluk ve satır"),
        ("<ul><li>bir</li><li>iki<ol><li>a<li>b</ol></ul>son", "- bir\n- iki\n  1. a\n  2. b\n\nson"),
        (
            "<table><tr><td>Sipariş</td><td>5</td></tr><tr><th>Tutar</th><td>10 TL</td></tr></table>",
            "Sipariş 5\nTutar 10 TL",
        ),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        (
            "Yanıt<blockquote>eski<blockquote>daha eski</blockquote></blockquote>son",
            "Yanıt\n\n> eski\n>\n>> daha eski\n\nson",
        ),
        ("<head><title>x</title><style>p{}</style></head><body>a<script>x()</script>b", "ab"),
        ("a<span style='display:none'>gizli</span><div hidden>x</div>b", "a\nb"),
        ("<div style='display : none'>gizli<div>x</div></div>b", "b"),
        ("<a href='https://x.test'>buraya</a> tıkla", "buraya tıkla"),
        ("<img src=x alt='Fotoğraf'>", "[Fotoğraf]"),
        ("<img src=x alt='Logo'>metin", "metin"),
        ("5 &lt; 6 &amp;&amp; 7 > 6", "5 < 6 && 7 > 6"),
        ("&#8203;\u{200b}a\u{ad}b", "ab"),
        ("<p>a</p>\n\n\n<br><br><br><br><p>b</p>", "a\n\n\nb"),
        ("<!--[if mso]><p>mso</p><![endif]-->metin", "metin"),
        ("", ""),
    ];
    for (html, expected) in cases {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn marks_of_mail_programs_are_seen() {
    let is_text = |line: &Line| !line.text.is_empty();
    let marks =
        |html: &str| lines(html).into_iter().filter(is_text).map(|line| line.mark).collect::<Vec<_>>();
    assert_eq!(marks("a<div id=x_divRplyFwdMsg>b<br>c</div>"), [Mark::None, Mark::Cut, Mark::None]);
    assert_eq!(marks("a<div id=appendonsend></div><hr>b"), [Mark::None, Mark::Cut]);
    assert_eq!(
        marks("a<div class='yahoo_quoted ydp1'>b<div>c</div></div>d"),
        [Mark::None, Mark::Quote, Mark::Quote, Mark::None]
    );
    assert_eq!(marks("a<div id=Signature><p>b</p></div>c"), [Mark::None, Mark::Signature, Mark::None]);
    assert_eq!(
        marks("<span id=OLK_SRC_BODY_SECTION><span>a</span><br>b</span>c"),
        [Mark::Quote, Mark::Quote, Mark::None]
    );
}

#[test]
fn nothing_that_runs_or_reaches_out_is_left() {
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" jAvAsCrIpT:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<iframe src=https://x.test></iframe>",
        "<form action=https://x.test><input name=a></form>",
        "<meta http-equiv=refresh content='0;url=https://x.test'>",
        "<link rel=stylesheet href=https://x.test/a.css>",
        "<style>@import 'https://x.test/a.css'</style>",
        "<div style=\"background:url(https://x.test/a)\">x</div>",
        "<div style=\"background-image:url('https://x.test/a')\">x</div>",
        "<div style=\"width:expression(alert(1))\">x</div>",
        "<div style=\"list-style-image:url(https://x.test/a)\">x</div>",
        "<div style=\"color:u\\72l(https://x.test/a)\">x</div>",
        "<div style=\"position:fixed;top:0;left:0\">x</div>",
        "<table background=https://x.test/a><tr><td background=https://x.test/b>x</table>",
        "<video src=https://x.test/a poster=https://x.test/b></video>",
        "<img srcset='https://x.test/a 1x' src=cid:a>",
        "<img src=data:image/svg+xml;base64,PHN2Zz4=>",
        "<object data=https://x.test></object><embed src=https://x.test>",
        "<base href=https://x.test>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<textarea><img src=x onerror=alert(1)></textarea>",
        "<a href=x.html>x</a><img src=/a.png><img src=//x.test/a.png>",
        "<p id=a class=b onclick=x name=c>x</p>",
        "<q cite=https://x.test>x</q><blockquote cite=https://x.test>y</blockquote>",
    ];
    for attack in attacks {
        let found = clean(attack).to_lowercase();
        for banned in [
            "alert",
            "<script",
            "javascript:",
            "onerror",
            "onload",
            "onclick",
            "<iframe",
            "<form",
            "<input",
            "<meta",
            "<link",
            "<style",
            "url(",
            "https://x.test",
            "expression",
            "position",
            "svg",
            "<base",
            "srcset",
            "<object",
            "<embed",
            "<video",
            "src=\"/",
            " id=",
            " class=",
            " src=\"http",
        ] {
            let is_waiting = banned == "https://x.test" && found.contains("data-blocked-src");
            assert!(!found.contains(banned) || is_waiting, "{banned} in {found} of {attack}");
        }
    }
}

#[test]
fn remote_pictures_wait_until_somebody_asks_and_own_pictures_are_shown() {
    let page = Page::new(
        "<p>a</p><img src=\"https://x.test/a.png?b=1&amp;c=2\" width=5><img src=cid:logo@x><img src=\"data:image/png;base64,AAAA\">"
            .to_owned(),
    );
    let shown = page.clean();
    assert!(shown.has_blocked_pictures);
    assert_eq!(
        shown.reply,
        "<p>a</p><img data-blocked-src=\"https://x.test/a.png?b=1&amp;c=2\" width=\"5\"><img src=\"cid:logo@x\">\
         <img src=\"data:image/png;base64,AAAA\">"
    );
    assert_eq!(with_pictures(&shown.reply), shown.reply.replace("data-blocked-src", "src"));
    assert_eq!(page.content_ids().collect::<Vec<_>>(), ["logo@x"]);
    let text =
        clean("<p title='<img data-blocked-src=x>'> data-blocked-src=\"a\" &lt;img src=\"cid:a\"></p>");
    assert_eq!((with_pictures(&text), with_files(&text, |_| None)), (text.clone(), text), "text stays text");
    assert!(!Page::new("<img src=cid:a>".to_owned()).clean().has_blocked_pictures);
}

#[test]
fn pictures_of_the_mail_are_found_where_they_are_served() {
    let page = "<img src=cid:logo@x><img width=5 src='cid:%C5%9F%20a%40b&amp;c'><img src=cid:yok><img src=https://x.test/a>";
    let page = Page::new(page.to_owned());
    assert_eq!(page.content_ids().collect::<Vec<_>>(), ["logo@x", "ş a@b&c", "yok"]);
    let address = |id: &str| (id != "yok").then(|| format!("/api/files/{}?a=1&b=\"", id.len()));
    assert_eq!(
        with_files(&page.clean().reply, address),
        "<img src=\"/api/files/6?a=1&amp;b=&quot;\"><img width=\"5\" src=\"/api/files/8?a=1&amp;b=&quot;\"><img>\
         <img data-blocked-src=\"https://x.test/a\">"
    );
}

#[test]
fn looks_are_kept_where_they_harm_nothing() {
    assert_eq!(
        clean(
            "<p style=\"color:red;margin-left:-500px;font-size:12px\"><font color=\"#123456\">a</font></p>"
        ),
        "<p style=\"color:red;font-size:12px\"><font color=\"#123456\">a</font></p>"
    );
    let link = clean("<a href=\"https://x.test/?a=1&b=2\" onclick=x>a</a>");
    assert!(link.contains("target=\"_blank\"") && link.contains("noopener noreferrer nofollow"), "{link}");
}

#[test]
fn a_page_is_cut_where_nothing_but_quote_follows() {
    let gmail = "<div dir=ltr>Tamam <b>anladım</b><br></div><br><div class=gmail_quote><div class=gmail_attr>Destek &lt;a@b.test&gt;, \
        20 Kas 2026 Cum, 14:05 tarihinde şunu yazdı:<br></div><blockquote class=gmail_quote><p>Eski</p></blockquote></div>";
    let shown = Page::new(gmail.to_owned()).clean();
    assert_eq!(shown.reply.replace("<br>", ""), "<div dir=\"ltr\">Tamam <b>anladım</b></div>");
    assert!(
        shown.quoted.contains("şunu yazdı") && shown.quoted.contains("<blockquote><p>Eski</p></blockquote>"),
        "{}",
        shown.quoted
    );
    let picture = Page::new("a<img src=cid:x><blockquote type=cite>b</blockquote>".to_owned()).clean();
    assert_eq!((picture.reply.as_str(), picture.quoted.contains('b')), ("a<img src=\"cid:x\">", true));
    assert_eq!(Page::new("<p>a</p>".to_owned()).clean().quoted, "");
}

#[test]
fn a_tangled_page_is_shown_as_its_text() {
    let deep = format!("{}son<script>x</script>", "<div>".repeat(100_000));
    assert_eq!(clean(&deep), "<div style=\"white-space:pre-wrap\">son\n</div>");
}

proptest! {
    #[test]
    fn cleaning_twice_changes_nothing(pieces in proptest::collection::vec(prop_oneof![
        Just("<p>"), Just("</p>"), Just("<a href='https://x.test'>"), Just("</a>"), Just("<img src=https://x.test/a>"),
        Just("<img src=cid:a "), Just("<div style='color:red;background:url(x)'>"), Just("</div>"), Just("<table><tr><td>"),
        Just("</table>"), Just("<b><i></b>"), Just("&lt;script&gt;"), Just("<svg><style>"), Just("<!--"), Just("-->"), Just("<blockquote>"),
        Just("şğı &amp; \" ' <"), Just("<font color=red>"), Just("<math><mi>"), Just(" src=\"asisttr-waiting:https://x.test\""),
        Just("<select><option>"), Just("<textarea>"), Just("</textarea>"), Just("<li>"), Just("<ul>"),
    ], 0..40)) {
        let once = clean::cleaned(&pieces.concat());
        prop_assert_eq!(&clean::cleaned(&once), &once);
        prop_assert!(!once.contains("<script") && !once.contains("url("));
    }

    #[test]
    fn any_page_gives_bounded_lines(html in "(<[a-z/!-]{0,12}[ =\"'a-z]{0,12}>?|[a-zşğ &;#0-9<>\"']{0,10}){0,60}") {
        let found = lines(&html);
        let length: usize = found.iter().map(|line| line.text.chars().count()).sum();
        prop_assert!(length <= html.len() * 12 + 100);
        let shown = Page::new(html).clean();
        prop_assert!(!shown.reply.contains("<script"));
    }
}
