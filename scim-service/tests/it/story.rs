//! What identity providers do, as whole exchanges: snapshots to be read with the RFCs in hand.

mod client;
mod group;
mod person;
mod recorder;
