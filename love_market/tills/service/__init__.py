"""Writing tills: enrol, rename, cut off; hear from one; the lease."""

from love_market.tills.service.contacts import count as count
from love_market.tills.service.contacts import hear as hear
from love_market.tills.service.contacts import tell as tell
from love_market.tills.service.enrolment import Invitation as Invitation
from love_market.tills.service.enrolment import cut_off as cut_off
from love_market.tills.service.enrolment import enrol as enrol
from love_market.tills.service.enrolment import invite as invite
from love_market.tills.service.enrolment import rename as rename
from love_market.tills.service.leases import ask_back as ask_back
from love_market.tills.service.leases import give_back as give_back
from love_market.tills.service.leases import hold as hold
from love_market.tills.service.leases import settle as settle
