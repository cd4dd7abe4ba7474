//! Lines of a text, and what is known of each before any word is read.

/// One line, and what the mail program said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) mark: Mark,
}

/// What a mail program says about a line of its HTML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    #[default]
    None,
    /// It introduces a quote.
    Attribution,
    Quote,
    Signature,
    /// From here on everything is quoted.
    Cut,
    /// A line was drawn above it, as Outlook does above what it quotes.
    Rule,
}

impl Line {
    pub(crate) fn plain(text: &str) -> Line {
        Line { text: text.to_owned(), mark: Mark::None }
    }
}

/// A line as the rules look at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    /// Without quote marks and outer spaces.
    pub(super) text: &'a str,
    /// The line as it stands.
    pub(super) whole: &'a str,
    /// Quote marks in front.
    depth: usize,
    pub(super) mark: Mark,
}

/// The views of all lines, with the quote marks that only their neighbours explain.
pub(super) fn views(lines: &[Line]) -> Vec<View<'_>> {
    let mut views: Vec<View<'_>> = lines.iter().map(View::of).collect();
    for at in 1..views.len() {
        // `… <ayse@ornek.test` and below it `> wrote:`: the bracket was torn from its address.
        let is_torn = views[at].depth == 1 && views[at].text.ends_with(':') && views[at].text.len() <= 30;
        let before = (0..at).rev().find(|before| !views[*before].is_blank()).map(|before| views[before]);
        if is_torn && before.is_some_and(|before| before.depth == 0 && is_open(before.text)) {
            views[at] = View { depth: 0, text: views[at].whole.trim(), ..views[at] };
        }
    }
    mark_bars(&mut views);
    views
}

/// The address that was opened is not closed on the line.
fn is_open(text: &str) -> bool {
    text.rfind('<').is_some_and(|open| !text[open..].contains('>'))
        || text.ends_with('@')
        || text.starts_with("mailto:")
}

/// Some programs quote with `|`, and some with the writer's initials: `AY> `. Some lines of it are a quote, unless
/// they are the rows of a table.
fn mark_bars(views: &mut [View<'_>]) {
    let mut at = 0;
    while at < views.len() {
        let Some(bar) = bar(&views[at]) else {
            at += 1;
            continue;
        };
        let run = views[at..].iter().take_while(|view| self::bar(view) == Some(bar)).count();
        if run >= if bar == "|" { 3 } else { 2 } {
            for view in &mut views[at..at + run] {
                view.depth = 1;
                view.text = view.text[bar.len()..].trim();
            }
        }
        at += run;
    }
}

/// What stands in front of a line instead of a quote mark.
fn bar<'a>(view: &View<'a>) -> Option<&'a str> {
    let text = view.text;
    if view.depth > 0 {
        return None;
    }
    if text.starts_with('|') {
        return (text.matches('|').count() == 1).then_some(&text[..1]);
    }
    let letters = text.chars().take_while(|letter| letter.is_uppercase()).take(5);
    let length = letters.map(char::len_utf8).sum::<usize>();
    let is_initials = length > 1 && length <= 8 && text[length..].starts_with('>');
    is_initials.then(|| &text[..=length])
}

impl<'a> View<'a> {
    pub(super) fn of(line: &'a Line) -> View<'a> {
        let (depth, text) = unquoted(&line.text);
        match text.strip_suffix(" >>>").filter(|_| depth == 3 && line.mark == Mark::None) {
            // GroupWise: `>>> Ayşe Yılmaz 20.11.2026 14:05 >>>`, and below it the mail without any marks.
            Some(text) => View { text, whole: &line.text, depth: 0, mark: Mark::Cut },
            None => View { text, whole: &line.text, depth, mark: line.mark },
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty() && self.depth == 0
    }

    pub(super) fn is_quoted(&self) -> bool {
        self.depth > 0 || self.mark == Mark::Quote
    }
}

/// The number of quote marks and the text behind them. `>From` is what old mailboxes make of a line's first word.
fn unquoted(line: &str) -> (usize, &str) {
    let trimmed = line.trim();
    if !trimmed.starts_with('>') || trimmed.starts_with(">From ") {
        return (0, trimmed);
    }
    let (mut depth, mut rest) = (0, trimmed);
    while let Some(inner) = rest.strip_prefix('>') {
        depth += 1;
        rest = inner.trim_start();
    }
    (depth, rest)
}

/// The next line with something on it.
pub(super) fn next_text(views: &[View<'_>], from: usize) -> Option<usize> {
    (from..views.len()).find(|at| !views[*at].is_blank())
}

/// The last line with something on it before `end`, at most two empty lines away.
pub(super) fn text_before(views: &[View<'_>], end: usize) -> Option<usize> {
    (end.saturating_sub(3)..end).rev().find(|at| !views[*at].is_blank())
}
