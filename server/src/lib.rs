//! HTTP only: the simulated carrier.

pub mod carrier;
