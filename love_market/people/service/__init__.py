"""Writing people: the roster, households and their cards, staff and their sign-ins, kin."""

from love_market.people.service.sign_in import HouseholdSignIn as HouseholdSignIn
from love_market.people.service.sign_in import begin_household_session as begin_household_session
from love_market.people.service.sign_in import begin_staff_session as begin_staff_session
from love_market.people.service.sign_in import card_subject as card_subject
from love_market.people.service.sign_in import change_password as change_password
from love_market.people.service.sign_in import charge_attempt as charge_attempt
from love_market.people.service.sign_in import end_all_sessions as end_all_sessions
from love_market.people.service.sign_in import holder_of_card as holder_of_card
from love_market.people.service.sign_in import prove_password as prove_password
from love_market.people.service.sign_in import prove_pin as prove_pin
from love_market.people.service.sign_in import sign_in as sign_in
from love_market.people.service.sign_in import sign_in_household as sign_in_household
from love_market.people.service.sign_in import sign_out as sign_out
from love_market.people.service.sign_in import sign_out_household as sign_out_household
from love_market.people.service.sign_in import staff_subject as staff_subject
