//! The corpus, the limits, the laws and the messages.

mod corpus;
mod element;
mod law;
mod limit;
mod message;
