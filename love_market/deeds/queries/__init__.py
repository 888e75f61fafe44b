"""Reading rules and deeds."""

from love_market.deeds.queries.deeds import DeedRecord as DeedRecord
from love_market.deeds.queries.deeds import HouseholdChoice as HouseholdChoice
from love_market.deeds.queries.deeds import PhotoRecord as PhotoRecord
from love_market.deeds.queries.deeds import accepted_points as accepted_points
from love_market.deeds.queries.deeds import deed as deed
from love_market.deeds.queries.deeds import deeds_between as deeds_between
from love_market.deeds.queries.deeds import deeds_of_household as deeds_of_household
from love_market.deeds.queries.deeds import household_choices as household_choices
from love_market.deeds.queries.listing import MOST_COUNTED as MOST_COUNTED
from love_market.deeds.queries.listing import DeedPage as DeedPage
from love_market.deeds.queries.listing import counts as counts
from love_market.deeds.queries.listing import deeds as deeds
from love_market.deeds.queries.review import Room as Room
from love_market.deeds.queries.review import is_kin as is_kin
from love_market.deeds.queries.review import next_to_review as next_to_review
from love_market.deeds.queries.review import room_under_cap as room_under_cap
from love_market.deeds.queries.versions import RuleRecord as RuleRecord
from love_market.deeds.queries.versions import VersionRecord as VersionRecord
from love_market.deeds.queries.versions import current_version as current_version
from love_market.deeds.queries.versions import rules as rules
from love_market.deeds.queries.versions import version as version
from love_market.deeds.queries.versions import versions as versions
