//! Decides what happens to each person (plan, advance, reply: pure) and does it (audience, store, provider, execute).
//!
//! The walk of a campaign through this crate: [`load`] reads its files and checks them; [`plan`] says who gets what and
//! who is left out; [`launch`] writes that into the [`store`] as cohorts; [`execute`] asks [`advance`](mod@advance) what
//! happens to each member, submits to a [`provider`] and folds what comes back.

pub mod advance;
pub mod again;
pub mod asks;
pub mod audience;
pub mod breaker;
pub mod calendar;
pub mod clock;
pub mod compare;
pub mod deliver;
pub mod draw;
pub mod entry;
pub mod errand;
pub mod execute;
pub mod halt;
pub mod ids;
mod inside;
pub mod launch;
pub mod left_out;
mod links;
pub mod load;
pub mod member;
pub mod opt_in;
pub mod outside;
pub mod plan;
pub mod play;
pub mod provider;
pub mod reached;
pub mod record;
pub mod rehearse;
pub mod revision;
pub mod schedule;
pub mod stage;
pub mod store;
pub mod story;
pub mod tariff;
#[cfg(test)]
mod testing;
pub mod texts;
pub mod throttle;
pub mod trigger;
