//! The tree of parts → text to read and attachments to keep.
//!
//! The plain part is preferred to the HTML part (B10-12); everything that is not text to read is an
//! attachment, whatever it calls itself: images shown inside the HTML (B10-38), forwarded messages, calendar
//! invitations, signatures. `winmail.dat` gives what it holds.
//!
//! | file | what it does |
//! |---|---|
//! | `scan`, `mend` | bounds, and bytes put right before the parser sees them |
//! | `leaf` | a part without children |
//! | `transfer`, `uu`, `flowed` | base64, quoted-printable, uuencode; soft line ends |
//! | `names` | what a file is called |
//! | `calendar` | an invitation without text, told in words |

mod calendar;
mod flowed;
mod leaf;
mod mend;
pub(super) mod names;
mod scan;
pub(super) mod transfer;
mod uu;

use std::collections::HashSet;

use bytes::Bytes;
use mailparse::ParsedMail;

use super::html::Page;
use super::{charset, tnef};
use leaf::{Budget, Leaf};

pub(super) use mend::mended;

/// One file that came with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Without any path; `ek.bin`-like where the mail names none.
    pub file_name: String,
    /// The declared type in lower case, `image/png`. The sender's word: look at the bytes before trusting it.
    pub media_type: String,
    /// Of a mail that was handed over for good it is a part of the mail's own bytes where nothing had to be decoded.
    pub content: Bytes,
    /// Shown inside the text instead of beside it.
    pub is_inline: bool,
    /// What the HTML part calls it, without brackets.
    pub content_id: Option<String>,
}

/// A piece of the mail's text, in one form or in two.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
}

impl Piece {
    fn plain(text: String) -> Piece {
        Piece { plain: Some(text), html: None }
    }

    fn html(text: String) -> Piece {
        Piece { plain: None, html: Some(text) }
    }

    fn is_blank(&self) -> bool {
        let is_blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        is_blank(&self.plain) && is_blank(&self.html)
    }
}

/// What was found in the tree.
#[derive(Default)]
pub(super) struct Found {
    pub(super) pieces: Vec<Piece>,
    pub(super) attachments: Vec<Attachment>,
    /// Text that has a file's name, and its place among the attachments: the body where there is no other.
    spare: Option<(usize, Piece)>,
    invitation: Option<String>,
    budget: Budget,
    /// The mail, if files may be parts of it; else they are copies.
    whole: Bytes,
}

/// All parts, the whole first and parents before children. Their number was bounded before parsing.
pub(super) fn flat<'m, 'a>(mail: &'m ParsedMail<'a>) -> Vec<&'m ParsedMail<'a>> {
    let mut parts = vec![mail];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        parts.extend(&part.subparts);
        next += 1;
    }
    parts
}

/// At most so many of the first bytes of a part, decoded.
pub(super) fn start<'m>(part: &'m ParsedMail<'m>, bytes_max: usize) -> std::borrow::Cow<'m, [u8]> {
    Leaf::of(part).start(bytes_max)
}

pub(super) fn find(mail: &ParsedMail<'_>, whole: Bytes) -> Found {
    let mut found = Found { whole, ..Found::default() };
    found.take(mail);
    found.use_spare();
    found
}

impl Found {
    /// There was more text than what was taken.
    pub(super) fn is_text_cut(&self) -> bool {
        self.budget.is_short
    }

    fn take(&mut self, part: &ParsedMail<'_>) {
        if part.subparts.is_empty() {
            self.take_leaf(part);
        } else if part.ctype.mimetype == "multipart/alternative" {
            self.take_alternative(part);
        } else {
            part.subparts.iter().for_each(|child| self.take(child));
        }
    }

    /// Of several forms of the same text one is read; files are kept from all of them.
    fn take_alternative(&mut self, part: &ParsedMail<'_>) {
        let mut forms = Found { budget: self.budget, whole: self.whole.clone(), ..Found::default() };
        part.subparts.iter().for_each(|child| forms.take(child));
        let plain = joined(forms.pieces.iter().filter_map(|piece| piece.plain.as_deref()), "\n\n");
        let html = joined(forms.pieces.iter().filter_map(|piece| piece.html.as_deref()), "\n");
        let plain = plain.filter(|plain| !html.as_deref().is_some_and(|html| is_stub(plain, html)));
        self.pieces.push(Piece { plain, html });
        self.budget = forms.budget;
        let before = self.attachments.len();
        self.attachments.append(&mut forms.attachments);
        self.spare = self.spare.take().or_else(|| forms.spare.map(|(at, piece)| (before + at, piece)));
        self.invitation = self.invitation.take().or(forms.invitation);
    }

    fn take_leaf(&mut self, part: &ParsedMail<'_>) {
        let leaf = Leaf::of(part);
        let is_file = leaf.is_file();
        match leaf.media_type() {
            kind if kind.starts_with("multipart/") => self.take_broken(&leaf),
            "text/plain" | "text" | "text/markdown" if !is_file => self.take_plain(&leaf),
            "text/html" if !is_file => self.pieces.push(Piece::html(leaf.text(&mut self.budget))),
            "text/enriched" | "text/richtext" if !is_file => {
                let text = leaf.text(&mut self.budget);
                self.pieces.push(Piece::html(text.replace("\n\n", "<br>")));
            }
            // Forms of the text for programs that show little, beside the same text.
            "text/x-amp-html" | "text/watch-html" | "text/x-watch-html" => {}
            _ if leaf.is_tnef() => self.take_tnef(leaf),
            _ => self.keep(leaf),
        }
    }

    fn take_plain(&mut self, leaf: &Leaf<'_>) {
        let (text, files) = leaf.text_and_files(&mut self.budget);
        self.pieces.push(Piece::plain(text));
        for file in files {
            let name = names::clean_file_name(&leaf.charset_decoded(&file.name));
            self.attachments.push(Attachment {
                file_name: if name.is_empty() { names::default_name("", &file.content) } else { name },
                media_type: "application/octet-stream".to_owned(),
                content: file.content.into(),
                is_inline: false,
                content_id: None,
            });
        }
    }

    /// A multipart in which no part could be found is its own text.
    fn take_broken(&mut self, leaf: &Leaf<'_>) {
        if !leaf.is_blank() {
            self.pieces.push(Piece::plain(leaf.text(&mut self.budget)));
        }
    }

    /// What a program of Microsoft's packed; the package itself only when something in it could not be read.
    fn take_tnef(&mut self, leaf: Leaf<'_>) {
        let Some(packed) = tnef::read(&leaf.content()) else { return self.keep(leaf) };
        if !packed.is_whole {
            self.keep(leaf);
        }
        let said = self.pieces.iter().any(|piece| !piece.is_blank());
        if !said && (packed.plain.is_some() || packed.html.is_some()) {
            self.pieces.push(Piece { plain: packed.plain, html: packed.html });
        }
        self.attachments.extend(packed.attachments);
    }

    fn keep(&mut self, leaf: Leaf<'_>) {
        match leaf.media_type() {
            "text/plain" if self.spare.is_none() && leaf.may_be_body() => {
                self.spare = Some((self.attachments.len(), Piece::plain(leaf.text(&mut self.budget))));
            }
            "text/html" if self.spare.is_none() && leaf.may_be_body() => {
                self.spare = Some((self.attachments.len(), Piece::html(leaf.text(&mut self.budget))));
            }
            "text/calendar" if self.invitation.is_none() => {
                self.invitation = calendar::told(&leaf.text(&mut self.budget));
            }
            _ => {}
        }
        self.attachments.push(leaf.into_attachment(&self.whole));
    }

    /// A mail without text says what its nameable text or its invitation says.
    fn use_spare(&mut self) {
        if self.pieces.iter().any(|piece| !piece.is_blank()) {
            return;
        }
        if let Some((at, piece)) = self.spare.take().filter(|(_, piece)| !piece.is_blank()) {
            self.attachments.remove(at);
            self.pieces.push(piece);
        } else if let Some(told) = self.invitation.take() {
            self.pieces.push(Piece::plain(told));
        }
    }

    /// Pictures the page shows are inline, whatever their disposition says (many programs set none).
    pub(super) fn mark_inline(&mut self, page: Option<&Page>) {
        let Some(page) = page else { return };
        let shown: HashSet<String> = page.content_ids().collect();
        for file in &mut self.attachments {
            file.is_inline |= file.content_id.as_deref().is_some_and(|id| shown.contains(id));
        }
    }
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>, between: &str) -> Option<String> {
    let texts: Vec<&str> = texts.filter(|text| !text.trim().is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join(between))
}

/// «Your program cannot show HTML»: a plain form that says nothing, beside one that says much more.
fn is_stub(plain: &str, html: &str) -> bool {
    if plain.len() > 300 {
        return false;
    }
    let lower = plain.to_lowercase();
    let is_excuse = ["support", "destekle", "görüntüle", "view"].iter().any(|word| lower.contains(word));
    let length = || super::html::lines(html).iter().map(|line| line.text.len()).sum::<usize>();
    lower.contains("html") && is_excuse && length() > plain.len() * 2
}

/// The charset of the first text of a mail, for headers that name none.
pub(super) fn hint(mail: &ParsedMail<'_>) -> Option<&'static encoding_rs::Encoding> {
    let texts = flat(mail).into_iter().filter(|part| part.ctype.mimetype.starts_with("text/"));
    texts.filter_map(|part| part.ctype.params.get("charset")).find_map(|label| charset::hint(label))
}
