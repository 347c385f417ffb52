//! What the events of studies tell.

use generion::{
    constants::ACCOUNT_VERSION,
    state::{Application, Purchase, Study},
};
use generion_interface::{accounts::StudyAccount, events::Event};

use super::{Begun, Chronicle, same};

impl Chronicle {
    pub(super) fn tell_of_study(&mut self, event: &Event) -> Option<()> {
        match event {
            Event::StudyCreated(told) => {
                let state = Study {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    vault_bump: 0,
                    admission: told.admission,
                    record_count: told.record_count,
                    group_count: 0,
                    requirement_count: told.requirement_count,
                    creator_count: told.creator_count,
                    id: told.id,
                    reward: told.reward,
                    created_at: told.created_at,
                    closes_at: told.closes_at,
                    delivery_window: told.delivery_window,
                    seats: 0,
                    sponsor: told.sponsor,
                    admitter: told.admitter,
                    rent_payer: told.rent_payer,
                    study_key: told.study_key,
                    description_hash: told.description_hash,
                };
                let tail = told.tail.clone();
                self.user(&told.sponsor)?.next_study_id = told.id + 1;
                self.history
                    .studies
                    .insert(told.study, StudyAccount { state, tail });
            }
            Event::StudyUpdated(told) => {
                let study = self.history.studies.get_mut(&told.study)?;
                same(study.state.sponsor, told.sponsor)?;
                study.state.closes_at = told.closes_at.get();
            }
            // The study may be gone.
            Event::BudgetWithdrawn(_) => {}
            Event::StudyJoined(told) => {
                let made = self.purchase_of(told.order, told.buyer, told.buyer_key)?;
                same(made.seller, told.seller)?;
                let study = self.history.studies.get_mut(&told.study)?;
                study.state.seats += 1;
                same(study.state.seats, told.seats.get())?;
                same(study.state.study_key, told.buyer_key)?;
                self.begin(Begun {
                    purchase: told.purchase,
                    price: told.price.get(),
                    deadline: told.deadline.get(),
                    record_count: told.record_count,
                    made: Purchase { seat: 1, ..made },
                })?;
            }
            Event::StudyApplied(told) => {
                let application = Application {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    reserved: [0; 6],
                    created_at: told.created_at.get(),
                    study: told.study,
                    order: told.order,
                    participant: told.participant,
                    rent_payer: told.rent_payer,
                };
                self.history
                    .applications
                    .insert(told.application, application);
            }
            Event::ParticipantAdmitted(told) => {
                let application = self.history.applications.remove(&told.application)?;
                same(
                    (application.study, application.order),
                    (told.study, told.order),
                )?;
                same(
                    (application.participant, application.rent_payer),
                    (told.seller, told.rent_payer),
                )?;
                let made = self.purchase_of(told.order, told.buyer, told.buyer_key)?;
                let study = self.history.studies.get_mut(&told.study)?;
                study.state.seats += 1;
                same(study.state.seats, told.seats.get())?;
                self.begin(Begun {
                    purchase: told.purchase,
                    price: told.price.get(),
                    deadline: told.deadline.get(),
                    record_count: told.record_count,
                    made: Purchase { seat: 1, ..made },
                })?;
            }
            Event::ApplicationWithdrawn(told) => {
                let application = self.history.applications.remove(&told.application)?;
                same(
                    (application.study, application.participant),
                    (told.study, told.participant),
                )?;
                same(application.rent_payer, told.rent_payer)?;
            }
            Event::SeatClosed(told) => {
                let (seat, _) = self.history.purchases.remove(&told.purchase)?;
                same(
                    (seat.order, seat.seller, seat.buyer),
                    (told.order, told.seller, told.buyer),
                )?;
                same((seat.is_seat(), seat.is_settled()), (true, true))?;
            }
            Event::StudyClosed(told) => {
                let study = self.history.studies.remove(&told.study)?;
                same(
                    (study.state.sponsor, study.state.rent_payer),
                    (told.sponsor, told.rent_payer),
                )?;
                same(study.state.seats, told.seats.get())?;
            }
            _ => {}
        }
        Some(())
    }
}
