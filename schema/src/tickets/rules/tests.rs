use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Istanbul;

use super::*;

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// A8-17: one row per status, one column per status it might follow with.
#[test]
fn of_the_36_pairs_of_statuses_13_are_allowed() {
    let table = [
        (Status::New, [false, true, false, true, false, true]),
        (Status::Open, [false, false, true, true, true, true]),
        (Status::WaitingReply, [false, true, false, false, true, false]),
        (Status::Pending, [false, true, false, false, true, false]),
        (Status::Resolved, [false, true, false, false, false, true]),
        (Status::Closed, [false; 6]),
    ];
    let mut allowed = 0;
    for (from, row) in table {
        for (to, expected) in Status::ALL.into_iter().zip(row) {
            assert_eq!(check_transition(from, to).is_ok(), expected, "{from} to {to}");
            allowed += usize::from(expected);
        }
    }
    assert_eq!(allowed, TRANSITIONS.len());
}

#[test]
fn a_forbidden_step_is_told_with_the_keys_of_both_statuses() {
    let refused = check_transition(Status::Closed, Status::Open).unwrap_err();
    assert_eq!(refused.to_string(), "closed durumundan open'a geçiş yapılamaz");
    let refused = check_transition(Status::WaitingReply, Status::WaitingReply).unwrap_err();
    assert_eq!(refused.to_string(), "waiting_reply durumundan waiting_reply'a geçiş yapılamaz");
}

#[test]
fn words_and_labels_are_those_of_the_board() {
    let board: Vec<_> = Status::ALL.iter().map(|s| format!("{s} {}", s.label())).collect();
    assert_eq!(
        board.join(", "),
        "new Yeni, open Açık, waiting_reply Yanıt Bekleniyor, pending Beklemede, resolved Çözüldü, \
         closed Kapatıldı"
    );
    let priorities: Vec<_> = Priority::ALL.iter().map(|p| format!("{p} {}", p.label())).collect();
    assert_eq!(priorities.join(", "), "low Düşük, normal Normal, high Yüksek, urgent Acil");
    let form: Vec<_> =
        FormStatus::ALL.iter().map(|s| format!("{} {} {}", s.as_str(), s.label(), s.colour())).collect();
    assert_eq!(
        form.join(", "),
        "pending Beklemede orange, in_progress İşlemde blue, resolved Çözüldü green, closed Kapatıldı gray"
    );
}

#[test]
fn words_are_read_back_as_they_are_written() {
    for status in Status::ALL {
        assert_eq!(Status::parse(status.as_str()), Some(status));
    }
    for priority in Priority::ALL {
        assert_eq!(Priority::parse(priority.as_str()), Some(priority));
    }
    for source in Source::ALL {
        assert_eq!(Source::parse(source.as_str()), Some(source));
    }
    for status in FormStatus::ALL {
        assert_eq!(FormStatus::parse(status.as_str()), Some(status));
    }
    for stranger in ["", "New", "çözüldü", "done"] {
        assert_eq!(Status::parse(stranger), None);
        assert_eq!(Priority::parse(stranger), None);
        assert_eq!(Source::parse(stranger), None);
        assert_eq!(FormStatus::parse(stranger), None);
    }
    assert_eq!((Status::default(), Priority::default()), (Status::New, Priority::Normal));
}

#[test]
fn every_shortest_path_is_made_of_allowed_steps() {
    for from in Status::ALL {
        for to in Status::ALL {
            let reachable = from == to || (from != Status::Closed && to != Status::New);
            let path = shortest_path(from, to);
            assert_eq!(path.is_some(), reachable, "{from} to {to}");
            let mut here = from;
            for step in path.unwrap_or_default() {
                check_transition(here, step).unwrap();
                here = step;
            }
            assert!(here == to || !reachable);
        }
    }
}

#[test]
fn shortest_paths_take_the_known_ways() {
    use Status::{Closed, New, Open, Pending, Resolved, WaitingReply};
    assert_eq!(shortest_path(New, Resolved), Some(vec![Open, Resolved]));
    assert_eq!(shortest_path(WaitingReply, Closed), Some(vec![Open, Closed]));
    assert_eq!(shortest_path(Pending, Closed), Some(vec![Open, Closed]));
    assert_eq!(shortest_path(Resolved, Pending), Some(vec![Open, Pending]));
    assert_eq!(shortest_path(Pending, WaitingReply), Some(vec![Open, WaitingReply]));
    assert_eq!(shortest_path(New, Open), Some(vec![Open]));
    assert_eq!(shortest_path(Open, Open), Some(vec![]));
    assert_eq!(shortest_path(Closed, Open), None);
    assert_eq!(shortest_path(Open, New), None);
}

/// A8-62, B12-35, B12-37.
#[test]
fn callers_of_the_support_form_reach_every_word_from_every_status() {
    use FormRoute::{Override, Stay, Steps};
    use Status::{Closed, New, Open, Pending, Resolved, WaitingReply};
    let words = FormStatus::ALL;
    let table = [
        (New, [Stay, Steps(vec![Open]), Steps(vec![Open, Resolved]), Steps(vec![Closed])]),
        (Open, [Steps(vec![Pending]), Stay, Steps(vec![Resolved]), Steps(vec![Closed])]),
        (WaitingReply, [Steps(vec![Open, Pending]), Stay, Steps(vec![Resolved]), Steps(vec![Open, Closed])]),
        (Pending, [Stay, Steps(vec![Open]), Steps(vec![Resolved]), Steps(vec![Open, Closed])]),
        (Resolved, [Steps(vec![Open, Pending]), Steps(vec![Open]), Stay, Steps(vec![Closed])]),
        (Closed, [Override(Pending), Override(Open), Override(Resolved), Stay]),
    ];
    for (from, routes) in table {
        for (word, route) in words.into_iter().zip(routes) {
            assert_eq!(form_route(from, word), route, "{from} to {word:?}");
        }
    }
}

#[test]
fn a_word_of_the_support_form_survives_the_way_in_and_out() {
    for word in FormStatus::ALL {
        assert_eq!(FormStatus::outward(word.inward()), word);
    }
    assert_eq!(FormStatus::outward(Status::New), FormStatus::Pending);
    assert_eq!(FormStatus::outward(Status::WaitingReply), FormStatus::InProgress);
}

/// A8-24.
#[test]
fn a_reply_to_a_running_ticket_only_ends_the_waiting_for_it() {
    let now = at("2026-01-12T10:00:00Z");
    for status in [Status::New, Status::Open, Status::Pending] {
        assert_eq!(reply_effect(status, None, now), ReplyEffect::Keep);
        // A ticket that was solved once and reopened keeps the time, and it no longer counts.
        assert_eq!(reply_effect(status, Some(now - TimeDelta::days(9)), now), ReplyEffect::Keep);
    }
    assert_eq!(reply_effect(Status::WaitingReply, None, now), ReplyEffect::Open);
}

/// A8-V4, A8-V5.
#[test]
fn a_resolved_ticket_reopens_when_the_customer_answers_within_48_hours() {
    let resolved = Some(at("2026-01-10T10:07:00Z"));
    let effect = |now| reply_effect(Status::Resolved, resolved, at(now));
    assert_eq!(effect("2026-01-10T10:07:00Z"), ReplyEffect::Reopen);
    assert_eq!(effect("2026-01-12T10:06:59Z"), ReplyEffect::Reopen);
    assert_eq!(effect("2026-01-12T10:07:00Z"), ReplyEffect::NewTicket);
    assert_eq!(effect("2026-01-12T10:07:01Z"), ReplyEffect::NewTicket);
    assert_eq!(reply_effect(Status::Resolved, None, at("2026-01-12T10:07:00Z")), ReplyEffect::Reopen);
}

/// A8-V6, A8-V7.
#[test]
fn a_resolved_ticket_closes_by_itself_from_48_hours_on() {
    let closes = |resolved, now| closes_by_itself(Status::Resolved, Some(at(resolved)), at(now));
    assert!(!closes("2026-01-10T10:07:00Z", "2026-01-12T10:00:00Z"));
    assert!(!closes("2026-01-10T10:07:00Z", "2026-01-12T10:06:59Z"));
    assert!(closes("2026-01-10T10:07:00Z", "2026-01-12T10:07:00Z"));
    assert!(closes("2026-01-10T10:07:00Z", "2026-01-12T10:30:00Z"));
    assert_eq!(autoclose_at(at("2026-01-11T12:00:00Z")), at("2026-01-13T12:00:00Z"));
    let long_ago = Some(at("2025-01-01T00:00:00Z"));
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Resolved) {
        assert!(!closes_by_itself(status, long_ago, at("2026-01-12T10:30:00Z")));
    }
}

/// A8-V8.
#[test]
fn a_reply_to_a_closed_ticket_becomes_a_new_one() {
    let now = at("2026-01-12T10:00:00Z");
    for resolved in [None, Some(now), Some(now - TimeDelta::days(7))] {
        assert_eq!(reply_effect(Status::Closed, resolved, now), ReplyEffect::NewTicket);
    }
}

/// A8-20.
#[test]
fn only_solving_and_closing_leave_a_time_of_their_own() {
    let before = Stamps { updated_at: at("2026-01-01T00:00:00Z"), resolved_at: None, closed_at: None };
    let now = at("2026-01-10T10:07:00Z");
    let resolved = stamped(before, Status::Resolved, now);
    assert_eq!(resolved, Stamps { updated_at: now, resolved_at: Some(now), closed_at: None });
    let later = now + TimeDelta::hours(1);
    let reopened = stamped(resolved, Status::Open, later);
    assert_eq!(reopened, Stamps { updated_at: later, ..resolved });
    let closed = stamped(resolved, Status::Closed, later);
    assert_eq!(closed, Stamps { updated_at: later, closed_at: Some(later), ..resolved });
}

#[test]
fn the_customer_hears_of_solving_and_closing_only() {
    let told: Vec<_> = Status::ALL.into_iter().filter(|to| mails_customer(*to)).collect();
    assert_eq!(told, [Status::Resolved, Status::Closed]);
}

/// A8-V1, A8-12.
#[test]
fn a_reference_has_six_digits_and_grows_when_they_run_out() {
    assert_eq!(reference(2026, 1), "SUP-2026-000001");
    assert_eq!(reference(2026, 2), "SUP-2026-000002");
    assert_eq!(reference(2027, 1), "SUP-2027-000001");
    assert_eq!(reference(2024, 1234), "SUP-2024-001234");
    assert_eq!(reference(2026, 999_999), "SUP-2026-999999");
    assert_eq!(reference(2026, 1_000_000), "SUP-2026-1000000");
    assert_eq!(number_text(12345), "#12345");
    let last = parse_reference("SUP-2026-999999").unwrap();
    assert!(last < parse_reference("SUP-2026-1000000").unwrap());
}

#[test]
fn a_reference_is_read_back_and_nothing_else_is() {
    for (year, number) in [(2026, 1), (2026, 999_999), (2026, 1_000_000), (9999, i64::MAX)] {
        assert_eq!(parse_reference(&reference(year, number)), Ok(Reference { year, number }));
    }
    assert!(parse_reference("sup-2026-000001").is_ok());
    let strangers = [
        "",
        "SUP",
        "SUP-",
        "SUP-2026",
        "SUP-2026-",
        "SUP-2026-00001",
        "SUP-2026-000000",
        "SUP-2026-0000001",
        "SUP-26-000001",
        "SUP-2026-00000a",
        "SUP-2026-+00001",
        "SUP-2026-000001-1",
        " SUP-2026-000001",
        "ŞUP-2026-000001",
        "SUP-2026-٠٠٠٠٠١",
        "SUP-2026-99999999999999999999",
    ];
    for stranger in strangers {
        assert_eq!(parse_reference(stranger), Err(NotAReference), "{stranger}");
    }
}

/// A8-V2, A8-13.
#[test]
fn the_year_of_a_reference_is_that_of_the_sites_clock() {
    assert_eq!(numbering_year(at("2026-12-31T20:59:59Z"), Istanbul), 2026);
    assert_eq!(numbering_year(at("2026-12-31T21:00:00Z"), Istanbul), 2027);
    assert_eq!(numbering_year(at("2026-12-31T21:30:00Z"), Istanbul), 2027);
    assert_eq!(numbering_year(at("2027-01-01T04:59:59Z"), chrono_tz::America::New_York), 2026);
}
