//! The network between an engine and a carrier: how long a request is on its way, and whether it gets there.

use std::time::Duration;

use crate::chance::Chance;

/// A network, as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    /// A way takes this at most; at least a microsecond.
    pub slowest: Duration,
    /// Of a hundred requests so many find nobody who listens.
    pub refused: u64,
    /// Of a hundred answers so many are lost.
    pub lost: u64,
}

/// The way of one request.
#[derive(Debug, Clone, Copy)]
pub struct Trip {
    pub there: Duration,
    pub back: Duration,
    /// Nobody listens: nothing arrives.
    pub refused: bool,
    /// It arrives, and its answer does not.
    pub lost: bool,
    /// It arrives although whoever sent it ended meanwhile.
    pub outlives_us: bool,
}

impl Network {
    /// One without trouble.
    pub fn good(slowest: Duration) -> Network {
        Network {
            slowest,
            refused: 0,
            lost: 0,
        }
    }

    /// The way of a request, which gets there within its time.
    pub fn trip(&self, chance: &mut Chance, patience: Duration) -> Trip {
        let most = self.slowest.min(patience / 4).max(Duration::from_micros(2));
        let mut way = || chance.time(Duration::from_micros(1), most);
        let (there, back) = (way(), way());
        Trip {
            there,
            back,
            refused: chance.within(0, 100) < self.refused,
            lost: chance.within(0, 100) < self.lost,
            outlives_us: chance.one_in(2),
        }
    }
}
