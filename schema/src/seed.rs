//! A demo site to try things with.
