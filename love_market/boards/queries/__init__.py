"""Reading the boards: a year's stars from the books, and what a warning board shows."""

from love_market.boards.queries.household import OwnStars as OwnStars
from love_market.boards.queries.household import stars_of_household as stars_of_household
from love_market.boards.queries.published import ListedHome as ListedHome
from love_market.boards.queries.published import Published as Published
from love_market.boards.queries.published import homes_now as homes_now
from love_market.boards.queries.published import homes_of as homes_of
from love_market.boards.queries.published import lists_of_year as lists_of_year
from love_market.boards.queries.published import published as published
from love_market.boards.queries.published import published_rows as published_rows
from love_market.boards.queries.published import published_years as published_years
from love_market.boards.queries.stars import RuleSetting as RuleSetting
from love_market.boards.queries.stars import StarRow as StarRow
from love_market.boards.queries.stars import count_stars as count_stars
from love_market.boards.queries.stars import rule_settings as rule_settings
from love_market.boards.queries.stars import standing_rule as standing_rule
from love_market.boards.queries.warnings import Warned as Warned
from love_market.boards.queries.warnings import WarningTurn as WarningTurn
from love_market.boards.queries.warnings import is_warning_on as is_warning_on
from love_market.boards.queries.warnings import turns as turns
from love_market.boards.queries.warnings import warned as warned
from love_market.boards.queries.years import QuarterOfYear as QuarterOfYear
from love_market.boards.queries.years import due_year as due_year
from love_market.boards.queries.years import quarters_of_year as quarters_of_year
from love_market.boards.queries.years import years as years
