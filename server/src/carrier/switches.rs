//! The switches: what the carrier does to whom. One table gives the type, the names, what is read and what is shown.
//! They come from a YAML file, from `name=value`, and while the carrier runs as JSON. Whom a share hits is for the seed
//! to say.

mod read;
#[cfg(test)]
mod tests;
pub(super) mod value;

use dsl::scalar::Share;

use super::fault::Fault;
pub use read::{SwitchError, pair, yaml_pairs};
use value::Value;
pub use value::{Down, Garbage, RetryAfter, Span, Times};

macro_rules! switches {
    ($( $(#[doc = $doc:literal])+ $name:literal $field:ident: $type:ty = $default:expr; )+) => {
        /// What the carrier does to whom. The default is a carrier without trouble.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Switches {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        impl Default for Switches {
            fn default() -> Switches {
                Switches { $( $field: $default, )+ }
            }
        }

        impl Switches {
            /// The name of every switch, and what it does.
            pub const NAMES: &[(&str, &str)] = &[$( ($name, concat!($($doc),+)), )+];

            /// Every switch with its value, in the form that is read.
            pub fn values(&self) -> Vec<(&'static str, String)> {
                vec![$( ($name, self.$field.show()), )+]
            }

            fn set(&mut self, name: &str, text: &str) -> Result<(), SwitchError> {
                match name {
                    $( $name => self.$field = Value::read(text).map_err(|help| SwitchError::bad(name, text, help))?, )+
                    _ => return Err(SwitchError::Unknown { name: name.to_owned() }),
                }
                Ok(())
            }
        }
    };
}

switches! {
    /// Another seed hits others.
    "seed" seed: u64 = 0;
    /// How long every answer to a submit takes.
    "latency" latency: Span = Span::ZERO;
    /// Only the first so many submits since switches were last changed meet a trouble of the request; 0: all.
    "first" first: u64 = 0;

    /// Nothing is taken: `503` is answered, or `close` closes every connection.
    "down" down: Down = Down::No;
    /// The text is taken, the answer comes byte by byte.
    "drip" drip: Share = Share::NONE;
    /// The time between two bytes of such an answer.
    "drip-every" drip_every: Span = Span::ms(1_000);
    /// The text is taken, the answer is 500, 502, 503 or 504.
    "5xx-but-sent" server_error_but_sent: Share = Share::NONE;
    /// The text is not taken, the answer is 500, 502, 503 or 504.
    "5xx-never-sent" server_error_never_sent: Share = Share::NONE;
    /// The text is taken, the connection is reset without an answer.
    "accept-then-reset" accept_then_reset: Share = Share::NONE;
    /// The text is not taken, the connection is reset without an answer.
    "reset-never-sent" reset_never_sent: Share = Share::NONE;
    /// The text is taken, no answer ever comes.
    "accept-then-hang" accept_then_hang: Share = Share::NONE;
    /// The text is not taken, no answer ever comes.
    "hang-never-sent" hang_never_sent: Share = Share::NONE;
    /// The text is taken, the answer is 202: queued.
    "202-queued" queued: Share = Share::NONE;
    /// The answer is 200, and each verdict in it says that the text was not taken.
    "200-hides-failure" hides_failure: Share = Share::NONE;
    /// Nothing is taken, the answer is 429.
    "429" throttled: Share = Share::NONE;
    /// How a 429 says when to come again: seconds, date, ms, none, huge, negative, garbage or mixed.
    "retry-after" retry_after: RetryAfter = RetryAfter::Seconds;
    /// When to come again.
    "retry-after-time" retry_after_time: Span = Span::ms(1_000);
    /// All texts are taken, half of the verdicts are missing.
    "batch-short" batch_short: Share = Share::NONE;
    /// All texts are taken, the verdicts come in another order.
    "batch-reordered" batch_reordered: Share = Share::NONE;
    /// The text is taken, the answer cannot be read.
    "garbage" garbage: Share = Share::NONE;
    /// What such an answer is: html, bad-utf8, huge or mixed.
    "garbage-kind" garbage_kind: Garbage = Garbage::Mixed;
    /// The text is not taken, the answer leads elsewhere (302).
    "redirect" redirect: Share = Share::NONE;
    /// Nothing is taken, the answer is 402: the account has no credit.
    "no-credit" no_credit: Share = Share::NONE;
    /// Nothing is taken, the answer is 403: the account has reached its spend limit.
    "spend-limit" spend_limit: Share = Share::NONE;
    /// Nothing is taken, the answer is 401: the account is barred, or the password wrong.
    "account-barred" account_barred: Share = Share::NONE;

    /// Of senders: their texts are refused, by verdict.
    "sender-barred" sender_barred: Share = Share::NONE;
    /// Of numbers: there is no such number.
    "unknown-number" unknown_number: Share = Share::NONE;
    /// Of numbers: it is a landline.
    "landline" landline: Share = Share::NONE;
    /// Of numbers: the recipient told the carrier to stop.
    "opted-out" opted_out: Share = Share::NONE;
    /// Of attempts: the recipient cannot be reached now.
    "unreachable" unreachable: Share = Share::NONE;
    /// Of texts to a number: not let through.
    "content" content: Share = Share::NONE;
    /// A reference that was taken before is refused.
    "refuse-duplicate-ref" refuse_duplicate_ref: bool = false;

    /// Whether the carrier can be asked what it has; 404 where it cannot.
    "look-up" look_up: bool = true;
    /// Of look-ups: answered 503.
    "look-up-fails" look_up_fails: Share = Share::NONE;

    /// Whether receipts are made at all.
    "receipts" receipts: bool = true;
    /// Of texts: the receipt says delivered; of the others undelivered or expired.
    "delivered" delivered: Share = Share::WHOLE;
    /// Of those not delivered: the receipt says expired.
    "expired" expired: Share = Share::NONE;
    /// How long after the text its receipt comes.
    "receipt-delay" receipt_delay: Span = Span::range_ms(100, 3_000);
    /// Of receipts: never come.
    "receipt-lost" receipt_lost: Share = Share::NONE;
    /// Of receipts: come again.
    "receipt-repeated" receipt_repeated: Share = Share::NONE;
    /// How often those come in all.
    "receipt-times" receipt_times: Times<1> = Times(3);
    /// Of texts: a receipt that says accepted comes before the final one.
    "receipt-accepted" receipt_accepted: Share = Share::NONE;
    /// Of texts: a receipt that says accepted comes after the final one.
    "receipt-permuted" receipt_permuted: Share = Share::NONE;
    /// Of receipts: there before the answer to the submit, given some latency.
    "receipt-early" receipt_early: Share = Share::NONE;
    /// Of texts: a receipt that says undelivered, then one that says delivered.
    "receipt-contradicted" receipt_contradicted: Share = Share::NONE;
    /// Of receipts: come later than the others.
    "receipt-late" receipt_late: Share = Share::NONE;
    /// How much later.
    "receipt-late-by" receipt_late_by: Span = Span::ms(259_200_000);
    /// So many receipts of references that nobody submitted come beside, as a share of the texts.
    "orphans" orphans: Share = Share::NONE;
    /// Of texts: the recipient replies.
    "replies" replies: Share = Share::NONE;
    /// How long after the text the reply comes.
    "reply-delay" reply_delay: Span = Span::range_ms(100, 6_000);
    /// What all of them reply; empty: one of eight, of which two mean stop.
    "reply-text" reply_text: String = String::new();
    /// Of replies: come twice, with one id.
    "reply-repeated" reply_repeated: Share = Share::NONE;
    /// Whether a reply that is longer than one message comes part by part, in any order.
    "reply-in-parts" reply_in_parts: bool = false;
    /// Of those, a part never comes.
    "reply-part-lost" reply_part_lost: Share = Share::NONE;
    /// How often a page of receipts and replies is pushed that is not taken; 0: until it is.
    "hook-tries" hook_tries: Times = Times(0);
}

impl Switches {
    /// The troubles of a whole request and their shares, which together are at most the whole.
    pub(super) fn faults(&self) -> [(Fault, Share); 17] {
        [
            (Fault::Drip, self.drip),
            (Fault::ServerErrorButSent, self.server_error_but_sent),
            (Fault::ServerErrorNeverSent, self.server_error_never_sent),
            (Fault::AcceptThenReset, self.accept_then_reset),
            (Fault::ResetNeverSent, self.reset_never_sent),
            (Fault::AcceptThenHang, self.accept_then_hang),
            (Fault::HangNeverSent, self.hang_never_sent),
            (Fault::Queued, self.queued),
            (Fault::HidesFailure, self.hides_failure),
            (Fault::Throttled, self.throttled),
            (Fault::BatchShort, self.batch_short),
            (Fault::BatchReordered, self.batch_reordered),
            (Fault::Garbage, self.garbage),
            (Fault::Redirect, self.redirect),
            (Fault::NoCredit, self.no_credit),
            (Fault::SpendLimit, self.spend_limit),
            (Fault::AccountBarred, self.account_barred),
        ]
    }
}
