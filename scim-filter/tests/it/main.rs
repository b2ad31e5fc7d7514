//! Filters from text to outcome.

mod standard;
