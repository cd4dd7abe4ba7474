use super::*;

fn at(clock: &str) -> DateTime<Utc> {
    format!("2026-01-12T{clock}Z").parse().unwrap()
}

fn open() -> Watched {
    Watched { status: Status::Open, due: Some(at("10:00:00")), stands: false, warned: false, breached: false }
}

/// A9-V57…V62, and the second on either side of each boundary.
#[test]
fn a_ticket_is_warned_about_for_fifteen_minutes_and_breached_after_its_due_date() {
    let warned = Watched { warned: true, ..open() };
    let breached = Watched { breached: true, ..warned };
    let next = at("10:00:01");
    let vectors = [
        (open(), "09:40:00", Verdict::Wait { until: at("09:45:00") }),
        (open(), "09:44:59", Verdict::Wait { until: at("09:45:00") }),
        (open(), "09:45:00", Verdict::Warn { next }),
        (open(), "09:59:59", Verdict::Warn { next }),
        (warned, "09:50:00", Verdict::Wait { until: next }),
        (warned, "09:40:00", Verdict::Wait { until: next }),
        (open(), "10:00:00", Verdict::Wait { until: next }),
        (warned, "10:00:00", Verdict::Wait { until: next }),
        (warned, "10:00:01", Verdict::Breach),
        (warned, "10:05:00", Verdict::Breach),
        (breached, "10:10:00", Verdict::Nothing),
    ];
    for (ticket, clock, verdict) in vectors {
        assert_eq!(watch(ticket, at(clock)), verdict, "{ticket:?} at {clock}");
    }
}

#[test]
fn while_its_clock_stands_a_ticket_is_left_alone_and_afterwards_it_is_watched_again() {
    for clock in ["09:40:00", "09:50:00", "10:05:00"] {
        assert_eq!(watch(Watched { stands: true, ..open() }, at(clock)), Verdict::Nothing);
    }
    assert_eq!(watch(open(), at("10:05:00")), Verdict::Breach);
}

/// A9-V63, A9-V64.
#[test]
fn a_settled_ticket_is_left_alone_however_late() {
    for status in [Status::Resolved, Status::Closed] {
        for clock in ["09:50:00", "10:05:00"] {
            assert_eq!(watch(Watched { status, ..open() }, at(clock)), Verdict::Nothing);
        }
    }
}

/// A9-V65.
#[test]
fn waiting_for_others_does_not_stop_the_clock() {
    for status in [Status::New, Status::WaitingReply, Status::Pending] {
        let ticket = Watched { status, ..open() };
        for clock in ["09:40:00", "09:45:00", "10:00:00", "10:05:00"] {
            assert_eq!(watch(ticket, at(clock)), watch(open(), at(clock)));
        }
    }
}

/// A9-V66.
#[test]
fn a_missed_warning_is_skipped_and_the_breach_still_comes() {
    assert_eq!(watch(open(), at("10:05:00")), Verdict::Breach);
}

/// A9-V67: due on Monday at 09:05, looked at on Monday at 08:50, before the site opens.
#[test]
fn the_fifteen_minutes_run_across_closing_hours() {
    let ticket = Watched { due: Some(at("06:05:00")), ..open() };
    assert_eq!(watch(ticket, at("05:50:00")), Verdict::Warn { next: at("06:05:01") });
}

#[test]
fn looking_again_at_the_time_it_named_always_brings_the_next_step() {
    let mut ticket = open();
    let mut now = at("08:00:00");
    let mut steps = Vec::new();
    while let Verdict::Wait { until } | Verdict::Warn { next: until } = watch(ticket, now) {
        ticket.warned |= watch(ticket, now) == Verdict::Warn { next: until };
        steps.push(until);
        now = until;
    }
    assert_eq!(steps, [at("09:45:00"), at("10:00:01")]);
    assert_eq!(watch(ticket, now), Verdict::Breach);
}

#[test]
fn a_ticket_without_due_date_is_not_watched() {
    assert_eq!(watch(Watched { due: None, ..open() }, at("10:05:00")), Verdict::Nothing);
}

#[test]
fn the_texts_name_the_ticket() {
    assert_eq!(warning_text(12345), "Ticket #12345 SLA'sı 15 dakika içinde dolacak!");
    assert_eq!(breach_text(12345), "Ticket #12345 SLA ihlal edildi!");
}
