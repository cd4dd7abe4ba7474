use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;

fn noon() -> DateTime<Utc> {
    "2026-01-12T12:00:00Z".parse().unwrap()
}

fn agent(id: u128, current_chats: u32, max_chats: u32, queued: u32) -> Candidate {
    Candidate {
        id: Uuid::from_u128(id),
        status: AgentStatus::Online,
        state: AgentState::Available,
        state_until: None,
        is_active: true,
        current_chats,
        max_chats,
        queued,
        last_assigned_at: None,
    }
}

fn chosen(candidates: &[Candidate]) -> Option<u128> {
    least_busy(candidates).map(|id| id.as_u128())
}

/// A6-V1…V10.
#[test]
fn an_agent_takes_chats_while_connected_willing_and_below_the_limit() {
    use AgentState::{Available, Away, Busy, DoNotDisturb, OnBreak};
    use AgentStatus::{Offline, Online};
    let vectors = [
        (Online, Available, None, 2, true),
        (Online, Busy, None, 4, true),
        (Online, Busy, None, 5, false),
        (Online, Away, None, 0, false),
        (Online, DoNotDisturb, None, 0, false),
        (Online, OnBreak, None, 0, false),
        (Online, OnBreak, Some(60), 2, false),
        (Online, OnBreak, Some(1), 2, false),
        (Online, OnBreak, Some(0), 2, true),
        (Online, OnBreak, Some(-1), 2, true),
        (Online, Available, Some(60), 2, false),
        (Offline, Available, None, 0, false),
        (Online, Available, None, 6, false),
    ];
    for (status, state, until, current, expected) in vectors {
        let state_until = until.map(|seconds| noon() + TimeDelta::seconds(seconds));
        let agent = Candidate { status, state, state_until, ..agent(1, current, 5, 0) };
        assert_eq!(agent.can_take(noon()), expected, "{agent:?}");
    }
    assert!(!Candidate { is_active: false, ..agent(1, 0, 5, 0) }.can_take(noon()));
}

/// A6-V8.
#[test]
fn a_state_that_has_run_out_counts_as_available() {
    let state_until = Some(noon());
    let agent = Candidate { state: AgentState::Away, state_until, ..agent(1, 0, 5, 0) };
    assert_eq!(agent.state_at(noon()), AgentState::Available);
    assert_eq!(agent.state_at(noon() - TimeDelta::seconds(1)), AgentState::Away);
}

/// A6-V11…V18.
#[test]
fn the_load_is_the_share_of_places_taken_and_ten_for_each_one_queued() {
    let vectors = [
        (2, 5, 0, 40.0),
        (4, 5, 1, 90.0),
        (1, 5, 0, 20.0),
        (0, 5, 0, 0.0),
        (0, 5, 3, 30.0),
        (3, 4, 0, 75.0),
        (1, 3, 1, 130.0 / 3.0),
        (4, 5, 9, 170.0),
        (0, 0, 0, 0.0),
    ];
    for (current, max, queued, expected) in vectors {
        let load = agent(1, current, max, queued).load();
        assert!((load - expected).abs() < 1e-9, "{current}/{max} q{queued}: {load}");
    }
}

/// A6-V22…V24.
#[test]
fn the_least_loaded_agent_is_chosen() {
    assert_eq!(chosen(&[agent(1, 2, 5, 0), agent(2, 4, 5, 1), agent(3, 1, 5, 0)]), Some(3));
    assert_eq!(chosen(&[agent(1, 1, 2, 0), agent(2, 2, 5, 0)]), Some(2));
    assert_eq!(chosen(&[agent(1, 0, 5, 3), agent(2, 1, 5, 0)]), Some(2));
}

/// A6-V21, for this strategy.
#[test]
fn a_single_agent_is_chosen_again_and_nobody_is_chosen_from_none() {
    assert_eq!(chosen(&[agent(7, 4, 5, 9)]), Some(7));
    assert_eq!(chosen(&[]), None);
}

/// A6-17.
#[test]
fn a_tie_goes_to_fewer_chats_then_to_the_longest_without_then_to_the_lowest_id() {
    let assigned = |id, minutes_ago| Candidate {
        last_assigned_at: Some(noon() - TimeDelta::minutes(minutes_ago)),
        ..agent(id, 1, 5, 0)
    };
    assert_eq!(chosen(&[agent(1, 2, 10, 0), agent(2, 1, 5, 0)]), Some(2));
    assert_eq!(chosen(&[agent(1, 1, 5, 0), agent(2, 0, 5, 2)]), Some(2));
    assert_eq!(chosen(&[assigned(1, 5), assigned(2, 6)]), Some(2));
    assert_eq!(chosen(&[assigned(1, 5), agent(2, 1, 5, 0)]), Some(2));
    assert_eq!(chosen(&[assigned(2, 5), assigned(1, 5)]), Some(1));
}

#[test]
fn loads_that_only_look_alike_when_rounded_are_told_apart() {
    // 1/3 of the places against a little more than 1/3: the first is less busy although its chats are more.
    let exact = agent(1, 1_000_000_000, 3_000_000_000, 0);
    let above = agent(2, 333_333_334, 1_000_000_001, 0);
    assert_eq!(chosen(&[above, exact]), Some(1));
}

#[test]
fn words_are_read_back_as_they_are_written() {
    for state in AgentState::ALL {
        assert_eq!(AgentState::parse(state.as_str()), Some(state));
    }
    for status in AgentStatus::ALL {
        assert_eq!(AgentStatus::parse(status.as_str()), Some(status));
    }
    assert_eq!(AgentState::parse("musait"), None);
    assert_eq!(AgentStatus::parse("Online"), None);
}
