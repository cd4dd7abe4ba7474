//! The table of kinds agrees with the payloads, the queues and the timetable.

use super::registry;
use crate::timetable::TIMETABLE;
use jobs::Queue;
use std::fs;
use std::path::Path;

fn jobs_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../jobs")
}

#[test]
fn every_kind_has_its_wire_name_and_queue_pinned() {
    let text = fs::read_to_string(jobs_folder().join("tests/wire.rs")).unwrap();
    let pins = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for entry in registry().entries() {
        let pin = format!("\"{}\", \"{}\",", entry.kind, entry.queue);
        assert!(pins.contains(&pin), "jobs/tests/wire.rs must pin {pin}");
    }
}

#[test]
fn every_payload_has_a_handler() {
    let files = fs::read_dir(jobs_folder().join("src")).unwrap();
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let payloads: usize = texts.map(|text| text.matches("\nimpl Job for ").count()).sum();
    assert_eq!(payloads, registry().entries().len());
}

#[test]
fn every_queue_has_a_kind_of_job() {
    for queue in Queue::ALL {
        assert!(registry().entries().iter().any(|entry| entry.queue == *queue), "{queue} has no kind of job");
    }
}

#[test]
fn every_line_of_the_timetable_names_a_registered_kind() {
    for line in TIMETABLE {
        assert!(registry().find(line.kind).is_some_and(|entry| entry.kind == line.kind), "{}", line.kind);
    }
}
