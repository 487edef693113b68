//! Whole executions on a simulated clock, over a real store, against a provider that keeps a ledger and does as told.

mod answers;
mod as_told;
mod budgets;
mod by_seed;
mod canary;
mod compared;
mod corners;
mod crash;
mod days;
mod deliveries;
mod errands;
mod excepted;
mod failures;
mod happenings;
mod in_part;
mod lists;
mod many;
mod parts;
mod people;
mod recorded;
mod senders;
mod set;
mod started;
mod triggers;
mod walk;
mod world;
