//! Runs of quoted lines: those that only hang on are folded away, those that are answered one by one stay.
//!
//! | where the run stands | what becomes of it |
//! |---|---|
//! | nothing of the writer's follows | quoted |
//! | one run that is introduced, the answer below it | quoted |
//! | one run that nothing introduces, words below it | stays: he picked something to answer |
//! | several runs with words between them | stay: each is answered where it stands |

use super::attribution;
use super::divider;
use super::lines::{Mark, View, text_before};
use super::signature;
use super::{Section, lines};

/// A run of quoted lines with what introduces it.
struct Run {
    start: usize,
    end: usize,
    is_introduced: bool,
}

pub(super) fn assign(views: &[View<'_>], sections: &mut [Section]) {
    let runs = runs(views);
    let Some(last) = runs.last() else { return };
    let own_end = match signature::start_within(views, last.end, views.len()) {
        Some(start) if lines::next_text(views, last.end) == Some(start) => last.end,
        _ => views.len(),
    };
    let last_own = last_own(views, &runs, own_end);
    let is_followed = |run: &Run| last_own.is_some_and(|last| last >= run.end);
    let answered = runs.iter().filter(|run| is_followed(run)).count();
    for run in &runs {
        let is_kept = is_followed(run) && (answered > 1 || !run.is_introduced);
        if !is_kept {
            sections[run.start..run.end].fill(Section::Quoted);
        }
    }
    introductions(views, &runs, answered, sections);
}

/// The last line before `end` that is the writer's own.
fn last_own(views: &[View<'_>], runs: &[Run], end: usize) -> Option<usize> {
    let mut is_quote = vec![false; views.len()];
    for run in runs {
        is_quote[run.start..run.end].fill(true);
    }
    (0..end).rev().find(|at| !views[*at].is_blank() && !is_quote[*at])
}

/// The line that introduces quotes answered one by one is no word of the writer's.
fn introductions(views: &[View<'_>], runs: &[Run], answered: usize, sections: &mut [Section]) {
    let Some(first) = runs.first().filter(|run| run.is_introduced && answered > 1) else { return };
    let end =
        (first.start..first.end).find(|at| views[*at].is_quoted() && views[*at].mark != Mark::Attribution);
    sections[first.start..end.unwrap_or(first.start)].fill(Section::Quoted);
}

fn runs(views: &[View<'_>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..views.len()).find(|at| views[*at].is_quoted()) {
        let end = end_of(views, start);
        let floor = runs.last().map_or(0, |run| run.end);
        let first = introduced_from(views, start).filter(|first| *first >= floor);
        let (first, is_introduced) = (first.unwrap_or(start), first.is_some());
        match runs.last_mut() {
            // Two runs with nothing but what introduces the second between them are one.
            Some(run) if (run.end..first).all(|at| views[at].is_blank()) => run.end = end,
            _ => runs.push(Run { start: first, end, is_introduced }),
        }
        at = end;
    }
    runs
}

/// The end of the quoted lines from `start`. Empty lines between them belong to them, and so does the end of a quoted
/// line that some program wrapped without a mark of its own.
fn end_of(views: &[View<'_>], start: usize) -> usize {
    let mut end = start + 1;
    while let Some(next) = lines::next_text(views, end) {
        let is_next = views[next].is_quoted() || next == end && is_wrapped_rest(views, next);
        if !is_next {
            break;
        }
        end = next + 1;
    }
    end
}

fn is_wrapped_rest(views: &[View<'_>], at: usize) -> bool {
    let (before, line) = (&views[at - 1], &views[at]);
    let is_between = views.get(at + 1).is_some_and(|next| next.is_quoted() && next.mark == Mark::None);
    let word = line.text.split_whitespace().next().unwrap_or_default();
    let is_full = before.whole.chars().count() + 1 + word.chars().count() >= 70;
    is_between && is_full && line.mark == Mark::None
}

fn introduced_from(views: &[View<'_>], start: usize) -> Option<usize> {
    let before = text_before(views, start)?;
    if views[before].is_quoted() {
        return None;
    }
    let is_title = divider::is_cut(views[before].text);
    let first = if is_title { Some(before) } else { attribution::weak_until(views, before) };
    first.map(|first| divider::above(views, first))
}
