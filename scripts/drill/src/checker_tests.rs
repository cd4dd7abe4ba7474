use super::*;
use crate::intents::Log;
use std::time::Instant;

struct Case {
    intent: Intent,
    evidence: Evidence,
}

/// A support form that went well: one ticket, one letter.
fn case(heard: Heard) -> Case {
    let (_, intent) = Log::default().invoke(Kind::Support);
    let intent = Intent { heard, ..intent };
    let evidence = Evidence {
        tickets: vec![ticket(&intent, 1)],
        mails: HashMap::new(),
        accepted: vec![letter(&intent, "a")],
        dead: 0,
        neighbour_moved: false,
    };
    Case { intent, evidence }
}

fn ticket(intent: &Intent, ticket_number: i64) -> Ticket {
    let visitor_email = Some(intent.address());
    Ticket {
        visitor_email,
        ticket_number,
        has_agent: true,
        assignments: 1,
        warnings: 0,
        breaches: 0,
        closings: 0,
    }
}

fn letter(intent: &Intent, message_id: &str) -> Accepted {
    Accepted { message_id: message_id.into(), intent: Some(intent.id), at: Instant::now() }
}

impl Case {
    fn check(&self) -> Findings {
        check(std::slice::from_ref(&self.intent), 0, &self.evidence)
    }
}

#[test]
fn an_accepted_intent_with_one_ticket_and_one_letter_is_fine() {
    let expected = Findings { intents: 1, accepted: 1, ..Findings::default() };
    assert_eq!(case(Heard::Ok).check(), expected);
}

#[test]
fn an_accepted_intent_without_ticket_or_letter_is_lost() {
    let mut case = case(Heard::Ok);
    case.evidence.accepted.clear();
    assert_eq!(case.check().lost, 1);
    case.evidence.tickets.clear();
    assert_eq!(case.check().lost, 1);
}

#[test]
fn the_same_letter_twice_is_counted_apart_and_another_letter_is_a_double() {
    let mut case = case(Heard::Ok);
    case.evidence.accepted.push(letter(&case.intent, "a"));
    let findings = case.check();
    assert_eq!((findings.repeated_same_message_id, findings.doubled), (1, 0));
    case.evidence.accepted.push(letter(&case.intent, "b"));
    assert_eq!(case.check().doubled, 1);
}

#[test]
fn two_tickets_of_one_intent_are_a_double() {
    let mut case = case(Heard::Ok);
    case.evidence.tickets.push(ticket(&case.intent, 2));
    assert_eq!(case.check().doubled, 1);
}

#[test]
fn an_unknown_intent_may_have_happened_wholly_or_not_at_all() {
    let mut case = case(Heard::Unknown);
    assert_eq!((case.check().lost, case.check().doubled), (0, 0));
    case.evidence.accepted.clear();
    assert_eq!(case.check().lost, 1, "its ticket is not confirmed");
    case.evidence.tickets.clear();
    assert_eq!((case.check().lost, case.check().doubled), (0, 0));
}

#[test]
fn a_refused_intent_has_no_effect() {
    assert_eq!(case(Heard::Refused).check().doubled, 1);
}

#[test]
fn a_warning_that_was_arranged_is_given_once() {
    let mut case = case(Heard::Ok);
    case.intent.deadline = Some(Deadline::Warning);
    assert_eq!(case.check().not_warned_once, 1);
    case.evidence.tickets[0].warnings = 1;
    assert_eq!(case.check().not_warned_once, 0);
    case.evidence.tickets[0].warnings = 2;
    assert_eq!(case.check().not_warned_once, 1);
}

#[test]
fn a_closed_ticket_has_one_letter_more() {
    let mut case = case(Heard::Ok);
    case.intent.deadline = Some(Deadline::Closing);
    assert_eq!((case.check().not_closed_once, case.check().lost), (1, 0));
    case.evidence.tickets[0].closings = 1;
    assert_eq!((case.check().not_closed_once, case.check().lost), (0, 1));
    case.evidence.accepted.push(letter(&case.intent, "closed"));
    assert_eq!((case.check().lost, case.check().doubled), (0, 0));
    case.evidence.accepted.push(letter(&case.intent, "closed again"));
    assert_eq!(case.check().doubled, 1);
    case.evidence.tickets[0].closings = 2;
    assert_eq!(case.check().not_closed_once, 1);
}

#[test]
fn a_ticket_routed_twice_or_not_at_all_is_told() {
    let mut case = case(Heard::Ok);
    case.evidence.tickets[0].assignments = 2;
    assert_eq!(case.check().not_routed_once, 1);
    case.evidence.tickets[0].assignments = 0;
    assert_eq!(case.check().not_routed_once, 1);
}

#[test]
fn a_mail_has_one_row_whose_outcome_is_the_ticket() {
    let mut case = case(Heard::Ok);
    case.intent.kind = Kind::Mail;
    assert_eq!(case.check().mails_astray, 1);
    case.evidence.mails.insert(case.intent.id, (1, 1));
    assert_eq!(case.check().mails_astray, 0);
    case.evidence.mails.insert(case.intent.id, (2, 1));
    assert_eq!(case.check().mails_astray, 1);
}

#[test]
fn gaps_and_strangers_are_told() {
    let mut case = case(Heard::Ok);
    case.evidence.tickets[0].ticket_number = 2;
    case.evidence.tickets[0].visitor_email = Some("biri@baska.test".into());
    let findings = case.check();
    assert_eq!((findings.numbers_not_consecutive, findings.strangers, findings.lost), (1, 1, 1));
}
