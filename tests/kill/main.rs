//! The real binary against a real carrier, both processes of their own, while everything goes wrong: killed, frozen,
//! interrupted, paused, without a carrier, without room on the disk. Afterwards all is mended, the command is typed until
//! it says done, and what the carrier took is compared with what the store says, person by person.
//!
//! `CRIER_SEED=n` repeats a schedule of injuries as far as real time allows, `CRIER_PEOPLE=n` is how many people each
//! launch has.

#![cfg(unix)]
#![allow(clippy::print_stderr)]

#[path = "../project/mod.rs"]
mod project;

mod carrier;
mod chance;
mod disk;
mod drive;
mod join;
mod people;
mod rate;
mod run;
mod scenarios;
mod simulated;
mod stories;
mod town;
