//! What can happen to a whole request. A request meets at most one of these.

use engine::provider::carrier::wire::Code;

use super::ledger::Fate;
use super::switches::value::words;

words! {
    /// A trouble of a whole request; its word is the name of its switch.
    Fault {
        /// The answer comes byte by byte.
        Drip = "drip",
        /// 5xx, and taken.
        ServerErrorButSent = "5xx-but-sent",
        /// 5xx, and not taken.
        ServerErrorNeverSent = "5xx-never-sent",
        /// Reset, and taken.
        AcceptThenReset = "accept-then-reset",
        /// Reset, and not taken.
        ResetNeverSent = "reset-never-sent",
        /// No answer, and taken.
        AcceptThenHang = "accept-then-hang",
        /// No answer, and not taken.
        HangNeverSent = "hang-never-sent",
        /// 202, and taken.
        Queued = "202-queued",
        /// 200, and refused by each verdict.
        HidesFailure = "200-hides-failure",
        /// 429.
        Throttled = "429",
        /// Half of the verdicts are missing.
        BatchShort = "batch-short",
        /// The verdicts come in another order.
        BatchReordered = "batch-reordered",
        /// No JSON.
        Garbage = "garbage",
        /// 302.
        Redirect = "redirect",
        /// 402.
        NoCredit = "no-credit",
        /// 403.
        SpendLimit = "spend-limit",
        /// 401.
        AccountBarred = "account-barred",
    }
}

impl Fault {
    /// What becomes of all texts of the request; none where each is judged by itself.
    pub fn fate(self) -> Option<Fate> {
        match self {
            Fault::Drip
            | Fault::ServerErrorButSent
            | Fault::AcceptThenReset
            | Fault::AcceptThenHang
            | Fault::Queued
            | Fault::BatchShort
            | Fault::BatchReordered
            | Fault::Garbage => None,
            Fault::ResetNeverSent | Fault::HangNeverSent | Fault::Redirect => Some(Fate::Lost),
            Fault::ServerErrorNeverSent | Fault::HidesFailure => Some(Fate::Refused(Code::Internal)),
            Fault::Throttled => Some(Fate::Refused(Code::Throttled)),
            Fault::NoCredit => Some(Fate::Refused(Code::NoCredit)),
            Fault::SpendLimit => Some(Fate::Refused(Code::SpendLimit)),
            Fault::AccountBarred => Some(Fate::Refused(Code::AccountBarred)),
        }
    }
}
