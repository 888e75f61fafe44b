"""Every way an act of the quarter is refused, by name; the words stand where they are raised."""

from love_market.errors import Denied, Invalid, NotFound, Refused


class WrongStep(Refused):
    """An act does not belong to the state that the quarter has reached."""


class ScoringClosed(WrongStep):
    """Scores are changed while scoring only."""


class NotScoring(WrongStep):
    """Only a quarter that is being scored can be submitted."""


class NotDeliberating(WrongStep):
    """Only a submitted quarter can be deliberated, or sent back to scoring."""


class NotDecided(WrongStep):
    """A notice is published once, after the panel has decided."""


class NotOnNotice(WrongStep):
    """There is no notice to object to, answer on or confirm yet."""


class ObjectionsClosed(WrongStep):
    """Objections are taken while the notice runs."""


class ConfirmedAlready(WrongStep):
    """All rows that can be confirmed are confirmed."""


class NoticeStillOpen(Refused):
    """The notice has not ended yet."""


class NothingToConfirm(Refused):
    """Every row waits for a reply or a vote."""


class OwnRecord(Denied):
    """Whoever entered scores of a quarter does not confirm it."""


class QuorumMissing(Refused):
    """Fewer than two thirds of the panel are present."""


class NotCarried(Refused):
    """The list as a whole did not get more than half of the votes."""


class VotesDoNotAddUp(Invalid):
    """For, against and abstained are not as many as may vote."""


class RecusalMissing(Invalid):
    """Not every household with kin among those present, or one without, has a vote of its own."""


class NotOnPanel(Invalid):
    """Somebody marked present is not on the village's panel."""


class NoMeeting(NotFound):
    """No meeting of the quarter goes on, or none was held."""


class MeetingGoesOn(Refused):
    """A meeting was begun already, by this device or another."""


class ItemOpen(Refused):
    """A meeting is closed when every item has a vote that stands."""


class VotedMeanwhile(Refused):
    """Somebody voted on the item after the page was drawn."""


class NobodyRecuses(Refused):
    """A household without kin among those present is voted on with the list."""


class DeductionAtMeeting(Refused):
    """A deduction goes its own fair way; a meeting may only lessen one."""


class ChangesNothing(Invalid):
    """A proposal leaves the household's points as they are."""


class CardOfNobody(Invalid):
    """A scanned card is of a household that no member of the panel belongs to, or is no card of the village."""


class NoSuchProposal(NotFound):
    """The meeting has no such proposal."""


class TooManyScans(Refused):
    """The minutes have as many files of the signed copy as are kept."""


class NotAScan(Invalid):
    """A file is neither a photo nor a PDF, or too large."""


class NoSuchScan(NotFound):
    """The minutes have no such signed copy."""


class NoticeCutShort(Invalid):
    """A notice runs at least as many days as the market has set, never fewer than three."""


class QuarterOpenAlready(Refused):
    """The village's quarter was opened before."""


class NoRulesYet(Refused):
    """The village has not adopted scoring rules."""


class NoAppraisal(NotFound):
    """The village has not opened this quarter."""


class NoSuchObjection(NotFound):
    """The quarter has no such objection."""


class NoReplyYet(Refused):
    """An objection was not answered yet, so there is no reply to print."""


class TooManyObjections(Refused):
    """A row has as many open objections as can be read."""


class RepliedAlready(Refused):
    """An objection is answered once."""


class UnknownHousehold(Invalid):
    """A score is for a household that the village does not have."""


class UnknownRule(Invalid):
    """A score is for a rule that is not in the quarter's version."""


class PointsNotWhole(Invalid):
    """Points are whole numbers."""


class PointsTooLarge(Invalid):
    """No household gets, or loses, that many points for one rule in one quarter."""


class WrongSign(Invalid):
    """A bonus is not below zero, a penalty not above."""


class PenaltyTyped(Refused):
    """A penalty is recorded, told and heard before it counts: it cannot be typed into the sheet."""


class PenaltyRaised(Invalid):
    """An objection lowers a penalty or lifts it; it never adds one or makes one larger."""


class BelowDeeds(Invalid):
    """A cell's total is less than what accepted deeds brought."""


class NothingToUndo(Refused):
    """No change is left to take back."""


class ChangedSince(Refused):
    """A cell was changed again after the change that is to be taken back."""


class KeyOfOther(Refused):
    """The key was used before for something else."""
