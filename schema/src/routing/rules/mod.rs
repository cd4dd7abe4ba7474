//! The rules of routing: who can take something, how busy they are, and who gets it.
//!
//! A caller reads the agents of one site, keeps those for whom [`Candidate::can_take`] holds, and asks a
//! strategy. For tickets the same rules serve with the agent's open tickets as `queued`.

mod agent;
mod candidate;
mod least_busy;
#[cfg(test)]
mod tests;

pub use agent::{AgentState, AgentStatus};
pub use candidate::Candidate;
pub use least_busy::{by_load, least_busy};
