"""Reading people: who is signed in, households and their members, staff, kin, a roster against the books."""

from love_market.people.queries.households import CardHolder as CardHolder
from love_market.people.queries.households import HouseholdRecord as HouseholdRecord
from love_market.people.queries.households import MemberRecord as MemberRecord
from love_market.people.queries.households import card_holder as card_holder
from love_market.people.queries.households import household as household
from love_market.people.queries.households import household_of_session as household_of_session
from love_market.people.queries.households import household_record as household_record
from love_market.people.queries.households import households as households
from love_market.people.queries.households import households_by_id as households_by_id
from love_market.people.queries.households import members as members
from love_market.people.queries.households import members_of as members_of
from love_market.people.queries.kinship import KinshipRecord as KinshipRecord
from love_market.people.queries.kinship import households_of_kin as households_of_kin
from love_market.people.queries.kinship import kinships as kinships
from love_market.people.queries.roster import known_households as known_households
from love_market.people.queries.roster import plan_roster as plan_roster
from love_market.people.queries.staff import Credentials as Credentials
from love_market.people.queries.staff import StaffRecord as StaffRecord
from love_market.people.queries.staff import credentials as credentials
from love_market.people.queries.staff import panel as panel
from love_market.people.queries.staff import staff_at as staff_at
from love_market.people.queries.staff import staff_member as staff_member
from love_market.people.queries.staff import staff_names as staff_names
from love_market.people.queries.staff import staff_of_session as staff_of_session
from love_market.people.queries.staff import staff_record as staff_record
from love_market.people.queries.staff import staff_signed_in as staff_signed_in
