//! Every payload as it stands in ledgers: a worker of today reads what the edge of last month wrote.
//! Lines are only added here. A field that must go first becomes optional, and leaves a retry horizon later.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::{DateTime, Utc};
use jobs::*;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use uuid::Uuid;

fn id() -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001)
}

fn tick() -> DateTime<Utc> {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

#[track_caller]
fn pinned<J: Job + Serialize + DeserializeOwned + PartialEq + Debug>(
    job: J,
    kind: &str,
    queue: &str,
    wire: &str,
) {
    assert_eq!((J::KIND, J::QUEUE.name()), (kind, queue));
    assert_eq!(serde_json::to_string(&job).unwrap(), wire);
    assert_eq!(serde_json::from_str::<J>(wire).unwrap(), job);
    assert!(!J::ABOUT.is_empty() && J::ABOUT.ends_with('.'));
}

#[test]
fn every_payload_is_written_and_read_as_last_month() {
    let (site_id, ticket_id) = (SiteId(id()), TicketId(id()));
    let (ids, tick_wire) = (id().to_string(), r#"{"tick":"2026-11-20T09:00:00Z"}"#);
    let of_ticket = format!(r#"{{"site_id":"{ids}","ticket_id":"{ids}"}}"#);
    let watch = mailbox::Watch { mailbox_id: MailboxId(id()) };
    pinned(watch, "mailbox.watch", "mailbox", &format!(r#"{{"mailbox_id":"{ids}"}}"#));
    let check = mailbox::Check { mailbox_id: MailboxId(id()) };
    pinned(check, "mailbox.check", "mailbox", &format!(r#"{{"mailbox_id":"{ids}"}}"#));
    pinned(mailbox::Sweep { tick: tick() }, "mailbox.sweep", "mailbox", tick_wire);
    pinned(
        mail_in::Read { mail_id: MailId(id()) },
        "mail.read",
        "mail-in",
        &format!(r#"{{"mail_id":"{ids}"}}"#),
    );
    let deliver = mail_out::Deliver { site_id, outbound_id: OutboundId(id()) };
    pinned(deliver, "mail.deliver", "notices", &format!(r#"{{"site_id":"{ids}","outbound_id":"{ids}"}}"#));
    pinned(sla::Watch { site_id, ticket_id }, "sla.watch", "sla", &of_ticket);
    pinned(sla::Sweep { tick: tick() }, "sla.sweep", "sla", tick_wire);
    pinned(autoclose::Close { site_id, ticket_id }, "ticket.autoclose", "autoclose", &of_ticket);
    pinned(autoclose::Sweep { tick: tick() }, "autoclose.sweep", "autoclose", tick_wire);
    pinned(routing::Route { site_id, ticket_id }, "ticket.route", "routing", &of_ticket);
    let convert = forms::Convert { site_id, submission_id: SubmissionId(id()) };
    pinned(convert, "form.convert", "forms", &format!(r#"{{"site_id":"{ids}","submission_id":"{ids}"}}"#));
    let forgot = accounts::ForgotPassword {
        email: "ayse@ornek.test".into(),
        ip_address: Some([192, 0, 2, 7].into()),
        user_agent: Some("curl".into()),
    };
    let forgot_wire = r#"{"email":"ayse@ornek.test","ip_address":"192.0.2.7","user_agent":"curl"}"#;
    pinned(forgot, "password.forgot", "notices", forgot_wire);
    pinned(tickets::Index { site_id }, "tickets.index", "autoclose", &format!(r#"{{"site_id":"{ids}"}}"#));
    pinned(tickets::IndexSweep { tick: tick() }, "tickets.index-sweep", "autoclose", tick_wire);
    pinned(sites::Remove { site_id }, "site.remove", "maintenance", &format!(r#"{{"site_id":"{ids}"}}"#));
    pinned(upkeep::Tidy { tick: tick() }, "upkeep.tidy", "autoclose", tick_wire);
    pinned(upkeep::SweepFiles { tick: tick() }, "upkeep.files", "mail-in", tick_wire);
}

#[test]
fn mail_is_retried_after_1_5_15_and_60_minutes() {
    let minutes: Vec<u64> = (1..5).map(|n| mail_out::Deliver::backoff(n).as_secs() / 60).collect();
    assert_eq!(minutes, [1, 5, 15, 60]);
}
