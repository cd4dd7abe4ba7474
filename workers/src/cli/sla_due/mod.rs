//! `workers sla-due`: deadlines from JSON lines to JSON lines, for checking a calendar against another program or
//! working out many due dates at once.
//!
//! ```text
//! → {"schedule": {"tz": "Europe/Istanbul", "hours": {"mon": [["09:00", "18:00"]]}}, "start": "2026-01-12T10:00", "minutes": 60}
//! ← {"deadline":"2026-01-12T08:00:00Z","open_at_start":true}
//! ```
//!
//! One answer per line, in their order. With `span_end` the answer also has `business_seconds_in_span`, the working time
//! from `start` up to it. `start` and `span_end` carry an offset or are read on the schedule's clocks. A deadline is
//! null if no working day comes within 366 days. A line that cannot be answered gives `{"error":…,"line":…}` with its
//! number, and the next one is read; empty lines are passed over.
//!
//! Whatever has come in is answered before more is waited for, so the other side may ask line by line. Memory holds one
//! buffer, however long the input is.

mod answers;
#[cfg(test)]
mod tests;

use std::io::{ErrorKind, Read, Result, Write};

use answers::Answers;
use memchr::{memchr, memrchr};

/// What is read at a time, and the longest line.
const BUFFER_BYTES: usize = 1 << 20;
/// Answers are written out when they are this long, or when no more input is at hand.
const OUTPUT_BYTES: usize = 1 << 18;

/// Answers standard input on standard output. A reader that goes away ends it quietly.
///
/// # Errors
/// Input or output fails.
pub fn run() -> anyhow::Result<()> {
    match answer_all(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// # Errors
/// Input or output fails.
fn answer_all(input: &mut impl Read, output: &mut impl Write) -> Result<()> {
    let mut lines =
        Lines { answers: Answers::default(), number: 0, out: Vec::with_capacity(2 * OUTPUT_BYTES) };
    let mut buffer = vec![0; BUFFER_BYTES];
    // What stands in the buffer, and whether it is the rest of a line that was too long.
    let (mut filled, mut overlong) = (0, false);
    loop {
        let read = match input.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        let whole = match read {
            0 => filled,
            _ => newline_before(&buffer[filled..filled + read]).map_or(0, |end| filled + end),
        };
        filled += read;
        let mut rest = &mut buffer[..whole];
        while !rest.is_empty() {
            let length = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (line, more) = rest.split_at_mut(length);
            lines.answer(line, std::mem::take(&mut overlong));
            rest = more;
            if lines.out.len() >= OUTPUT_BYTES {
                lines.hand_over(output)?;
            }
        }
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
        if filled == buffer.len() {
            (filled, overlong) = (0, true);
        }
        if read == 0 && overlong {
            lines.answer(&mut [], true);
        }
        lines.hand_over(output)?;
        output.flush()?;
        if read == 0 {
            return Ok(());
        }
    }
}

/// Where the last line that is whole ends.
fn newline_before(bytes: &[u8]) -> Option<usize> {
    memrchr(b'\n', bytes).map(|newline| newline + 1)
}

struct Lines {
    answers: Answers,
    number: u64,
    out: Vec<u8>,
}

impl Lines {
    fn answer(&mut self, line: &mut [u8], overlong: bool) {
        self.number += 1;
        let answered = match overlong {
            true => Err(format!("the line is longer than {BUFFER_BYTES} bytes")),
            false if line.trim_ascii().is_empty() => return,
            false => self.answers.answer(line, &mut self.out),
        };
        if let Err(error) = answered {
            let line = serde_json::json!({ "error": error, "line": self.number });
            self.out.extend_from_slice(line.to_string().as_bytes());
        }
        self.out.push(b'\n');
    }

    fn hand_over(&mut self, output: &mut impl Write) -> Result<()> {
        output.write_all(&self.out)?;
        self.out.clear();
        Ok(())
    }
}
