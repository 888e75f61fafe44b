"""The village representatives' assembly (村民代表会议) that adopts a version: quorum and majority.

Two thirds of the representatives present, and a majority of those present (domain.md §2 step 0, its source S1).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from love_market.errors import Invalid, Refused, words

MOST_REPRESENTATIVES = 1000
OLDEST_MEETING_DAYS = 400


class MeetingWrong(Invalid):
    """What was said of a meeting cannot be: its day, or its numbers."""


class NoQuorum(Refused):
    """Fewer than two thirds of the representatives were present."""


class NotCarried(Refused):
    """No majority of those present voted for it."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of the representatives: its day, how many they are, how many were present, and how they voted."""

    held_on: date
    representatives: int
    present: int
    votes_for: int
    votes_against: int = 0
    votes_abstained: int = 0

    @property
    def votes(self) -> int:
        """All votes, abstentions too."""
        return self.votes_for + self.votes_against + self.votes_abstained


def quorum(representatives: int) -> int:
    """Return how many must be present: two thirds of the representatives."""
    return -(-2 * representatives // 3)


def majority(present: int) -> int:
    """Return how many votes carry it: more than half of those present."""
    return present // 2 + 1


def check_meeting(meeting: Meeting, today: date) -> None:
    """Raise ``MeetingWrong`` for numbers that cannot be, ``NoQuorum`` or ``NotCarried`` where it adopts nothing."""
    _check_numbers(meeting)
    if meeting.held_on > today:
        raise MeetingWrong(words("会议的日期在今天以后。开过会再来填。"))
    if meeting.held_on < today - timedelta(days=OLDEST_MEETING_DAYS):
        raise MeetingWrong(words("会议的日期太早了，要在 {days} 天以内。"), days=OLDEST_MEETING_DAYS)
    if meeting.present < quorum(meeting.representatives):
        raise NoQuorum(
            words("应到 {representatives} 人，到会 {present} 人，不到三分之二（要 {needed} 人），定不了。请改日再开。"),
            representatives=meeting.representatives,
            present=meeting.present,
            needed=quorum(meeting.representatives),
        )
    if meeting.votes_for < majority(meeting.present):
        raise NotCarried(
            words("到会 {present} 人，赞成 {votes} 票，没有过半（要 {needed} 票），这一版没有通过。请改了再议。"),
            present=meeting.present,
            votes=meeting.votes_for,
            needed=majority(meeting.present),
        )


def _check_numbers(meeting: Meeting) -> None:
    if not 1 <= meeting.representatives <= MOST_REPRESENTATIVES:
        raise MeetingWrong(words("村民代表要有 1 到 {most} 人。"), most=MOST_REPRESENTATIVES)
    if min(meeting.present, meeting.votes_for, meeting.votes_against, meeting.votes_abstained) < 0:
        raise MeetingWrong(words("到会的人数和票数不能是负数。"))
    if meeting.present > meeting.representatives:
        raise MeetingWrong(
            words("到会 {present} 人，比代表总数 {representatives} 人还多。请核对，列席的不算。"),
            present=meeting.present,
            representatives=meeting.representatives,
        )
    if meeting.votes != meeting.present:
        raise MeetingWrong(
            words(
                "赞成 {yes}、反对 {no}、弃权 {abstained}，一共 {votes} 票，和到会 {present} 人对不上。没投的算弃权。"
            ),
            yes=meeting.votes_for,
            no=meeting.votes_against,
            abstained=meeting.votes_abstained,
            votes=meeting.votes,
            present=meeting.present,
        )
