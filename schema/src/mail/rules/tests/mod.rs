//! Reading mail, good and bad.

mod corpus;
mod hostile;
mod mutated;
mod turkish;
