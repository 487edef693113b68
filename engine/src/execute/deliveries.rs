//! Delivers replies and notes to people at a desk, beside the texts and never in their way: begins what is due, and tells what
//! came of each. What goes to a phone becomes a text like any other.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use dsl::campaign::Deed;

use super::Executor;
use super::launched::Launched;
use super::step::Step;
use crate::advance::Place;
use crate::deliver::{Answered, Courier, Delivery, Fate, Route, fate, text_of};
use crate::ids::{DESK_RUN, LaunchId};
use crate::member::Member;
use crate::store::{
    CohortKind, DeliveryTold, DeliveryTurn, NewCohort, Store, StoreError, Turn, WaitingDeliveries,
};

/// What is known of the deliveries of the store.
#[derive(Default)]
pub(super) struct Deliveries {
    /// Who delivers; none: nothing is delivered here.
    courier: Option<Courier>,
    /// When the next can be begun; none: none can, as far as it is known.
    next_due: Option<DateTime<Utc>>,
    /// Some were never tried, and nothing is known against their inbox.
    untried: bool,
    /// The store is being asked.
    asking: bool,
    /// How many are on their way, by inbox.
    under_way: BTreeMap<String, u32>,
}

/// Something of a delivery is over.
pub(super) enum DeliveryStep {
    /// These are to be tried; the others wait.
    Begun(Vec<Delivery>, WaitingDeliveries),
    /// A try was answered, or not.
    Tried {
        delivery: Delivery,
        answered: Answered,
        at: DateTime<Utc>,
    },
    /// What came of one for this inbox is written down; it became a text of this sender and launch.
    Told {
        inbox: String,
        text: Option<(String, LaunchId)>,
    },
}

impl Deliveries {
    /// By this courier. What earlier processes left may be due.
    pub fn by(courier: Option<Courier>) -> Deliveries {
        Deliveries {
            next_due: courier.as_ref().map(|_| DateTime::<Utc>::MIN_UTC),
            courier,
            ..Deliveries::default()
        }
    }

    /// Something may be due.
    fn expect(&mut self, at: DateTime<Utc>) {
        self.next_due = Some(self.next_due.map_or(at, |next| next.min(at)));
    }

    /// When some can be begun; none: not before something that is under way is over.
    pub fn begins_at(&self) -> Option<DateTime<Utc>> {
        let free = self.courier.is_some() && !self.asking;
        self.next_due.filter(|_| free)
    }

    /// Whether something that is due was not tried yet.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        let due = self.next_due.is_some_and(|at| at <= now);
        self.courier.is_some() && (self.asking || due || self.untried || !self.under_way.is_empty())
    }
}

impl Executor {
    /// Begins the deliveries that are due.
    pub(super) fn begin_deliveries(&mut self) {
        let now = self.clock.now();
        if self.deliveries.begins_at().is_none_or(|at| at > now) {
            return;
        }
        let Some(courier) = self.deliveries.courier.clone() else {
            return;
        };
        self.deliveries.asking = true;
        self.deliveries.next_due = None;
        let mut busy: Vec<String> = self.deliveries.under_way.keys().cloned().collect();
        let store = self.store.clone();
        self.work.deed(None, async move {
            let due = store.due_inboxes(now).await?;
            let due = due.into_iter().filter(|inbox| !busy.contains(inbox));
            let mut turns = vec![];
            for inbox in due {
                match courier.route(&inbox) {
                    Route::Kept(why) => {
                        store.keep_deliveries(inbox, why, now).await?;
                    }
                    Route::Mail { .. } | Route::Phone { .. } | Route::Webhook { .. } | Route::Slack(_) => {
                        turns.push(turn(&courier, inbox));
                    }
                }
            }
            let begun = match turns.is_empty() {
                true => vec![],
                false => store.begin_deliveries(now, turns).await?,
            };
            busy.extend(begun.iter().map(|delivery| delivery.inbox.clone()));
            let waiting = store.waiting_deliveries(&busy).await?;
            Ok(Step::Delivery(DeliveryStep::Begun(begun, waiting)))
        });
    }

    pub(super) fn take_delivery(&mut self, step: DeliveryStep) {
        match step {
            DeliveryStep::Begun(begun, waiting) => self.deliveries_begun(begun, waiting),
            DeliveryStep::Tried {
                delivery,
                answered,
                at,
            } => {
                let fate = fate(&delivery, &answered, at);
                self.tell_delivery(delivery, answered, fate, at);
            }
            DeliveryStep::Told { inbox, text } => self.delivery_told(&inbox, text),
        }
    }

    /// What was committed may have something for people at a desk in it.
    pub(super) fn expect_deliveries(&mut self) {
        let hands_on = |launched: &Launched| {
            let program = &launched.revision.campaign.program.instructions;
            program
                .iter()
                .any(|one| matches!(one.deed, Deed::Notify { .. } | Deed::Forward(_)))
        };
        if self.launches.values().any(hands_on) {
            self.deliver_soon();
        }
    }

    /// Something was written for people at a desk.
    pub(super) fn deliver_soon(&mut self) {
        if self.deliveries.courier.is_some() {
            self.deliveries.expect(self.clock.now());
        }
    }

    fn deliveries_begun(&mut self, begun: Vec<Delivery>, waiting: WaitingDeliveries) {
        self.deliveries.asking = false;
        self.deliveries.untried = waiting.untried;
        if let Some(at) = waiting.next_due {
            self.deliveries.expect(at);
        }
        let Some(courier) = self.deliveries.courier.clone() else {
            return;
        };
        let now = self.clock.now();
        for delivery in begun {
            *self
                .deliveries
                .under_way
                .entry(delivery.inbox.clone())
                .or_default() += 1;
            match courier.route(&delivery.inbox) {
                Route::Phone { to, sender } => {
                    let (to, sender) = (to, sender.to_owned());
                    self.text(delivery, to, sender, now);
                }
                Route::Mail { .. } | Route::Webhook { .. } | Route::Slack(_) | Route::Kept(_) => {
                    self.try_delivery(delivery, courier.clone());
                }
            }
        }
    }

    /// Tries once.
    fn try_delivery(&mut self, delivery: Delivery, courier: Courier) {
        let clock = self.clock.clone();
        let key = self.store.references().of_delivery(delivery.id);
        let conversation = self.store.references().of_conversation(delivery.item.phone);
        self.work.request(None, async move {
            let answered = courier
                .deliver(&delivery, (&key, &conversation), clock.now())
                .await;
            Step::Delivery(DeliveryStep::Tried {
                at: clock.now(),
                delivery,
                answered,
            })
        });
    }

    /// Has a text go to a phone, by the latest launch that is executed; never to the one that it is about.
    fn text(&mut self, delivery: Delivery, to: sms::PhoneNumber, sender: String, now: DateTime<Utc>) {
        if to == delivery.item.phone {
            let answered = Answered::Refused("it is about the number that it would go to".to_owned());
            return self.tell_delivery(delivery, answered, Fate::Undelivered, now);
        }
        let latest = self.launches.last_key_value();
        let Some((launch, launched)) = latest.filter(|_| self.lanes.contains_key(&sender)) else {
            let answered = Answered::Again(format!("what runs here has no sender {sender:?}"), None);
            let fate = fate(&delivery, &answered, now);
            return self.tell_delivery(delivery, answered, fate, now);
        };
        let cohort = NewCohort {
            launch: *launch,
            run: DESK_RUN,
            kind: CohortKind::Answer,
            place: Place { step: 0, visit: 0 },
            turn: Turn::First,
            due_at: now,
            sender: sender.clone(),
            time_class: launched.revision.campaign.timezone.name().to_owned(),
            members: vec![Member {
                phone: to,
                language: 0,
                tariff: None,
                values: vec![text_of(&delivery).into()],
                pending: None,
            }],
        };
        let (store, launch) = (self.store.clone(), *launch);
        self.work.deed(None, async move {
            if store.text_delivery(&delivery, cohort, now).await? {
                let (inbox, text) = (delivery.inbox, Some((sender, launch)));
                return Ok(Step::Delivery(DeliveryStep::Told { inbox, text }));
            }
            let answered = Answered::Refused("that number has opted out".to_owned());
            tell(&store, delivery, answered, Fate::Undelivered, now).await
        });
    }

    fn tell_delivery(&mut self, delivery: Delivery, answered: Answered, fate: Fate, at: DateTime<Utc>) {
        let store = self.store.clone();
        self.work.deed(
            None,
            async move { tell(&store, delivery, answered, fate, at).await },
        );
    }

    /// It is written down.
    fn delivery_told(&mut self, inbox: &str, text: Option<(String, LaunchId)>) {
        if let Some(left) = self.deliveries.under_way.get_mut(inbox) {
            *left -= 1;
            if *left == 0 {
                self.deliveries.under_way.remove(inbox);
            }
        }
        let now = self.clock.now();
        self.deliveries.expect(now);
        if let Some((sender, launch)) = text
            && let Some(lane) = self.lanes.get_mut(&sender)
        {
            lane.expect(launch, CohortKind::Answer, now);
        }
    }
}

/// How much of an inbox goes at once.
fn turn(courier: &Courier, inbox: String) -> DeliveryTurn {
    let route = courier.route(&inbox);
    DeliveryTurn {
        most: route.at_once(),
        seconds_between: route.seconds_between(),
        inbox,
    }
}

async fn tell(
    store: &Store,
    delivery: Delivery,
    answered: Answered,
    fate: Fate,
    at: DateTime<Utc>,
) -> Result<Step, StoreError> {
    if let Answered::Again(said, _) | Answered::Refused(said) | Answered::Gone(said) = &answered {
        tracing::warn!(inbox = delivery.inbox, delivery.id = delivery.id, %said, "not delivered");
    }
    let inbox = delivery.inbox.clone();
    let told = DeliveryTold {
        delivery,
        answered,
        fate,
        at,
    };
    store.tell_delivery(told).await?;
    Ok(Step::Delivery(DeliveryStep::Told { inbox, text: None }))
}
