//! Numbers that get no text of a launch, whatever their rows say.

use sms::PhoneNumber;

use crate::left_out::LeftOut;

/// Numbers, by the reason for which they get no text. Each list is in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Barred {
    /// Opted out.
    pub suppressed: Vec<u64>,
    /// Entered an earlier launch of the campaign, and may not enter again (yet).
    pub entered: Vec<u64>,
    /// Still inside of an earlier launch of it.
    pub inside: Vec<u64>,
}

impl Barred {
    /// Those who opted out, and nobody else.
    pub fn opted_out(suppressed: Vec<u64>) -> Barred {
        Barred {
            suppressed,
            ..Barred::default()
        }
    }

    /// Why this number gets no text; none: it may.
    pub fn reason(&self, phone: PhoneNumber) -> Option<LeftOut> {
        let phone = phone.as_u64();
        let holds = |list: &Vec<u64>| list.binary_search(&phone).is_ok();
        if holds(&self.suppressed) {
            return Some(LeftOut::OptedOut);
        }
        if holds(&self.inside) {
            return Some(LeftOut::StillInside);
        }
        holds(&self.entered).then_some(LeftOut::EnteredBefore)
    }
}
