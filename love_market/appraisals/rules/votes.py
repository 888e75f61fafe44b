"""Quorum and votes of the panel (domain.md §2: two thirds present, more than half of them in favour)."""

from dataclasses import dataclass

from love_market.appraisals.rules import refusals
from love_market.errors import words


@dataclass(frozen=True, slots=True)
class Votes:
    """How many voted for, against, and abstained."""

    for_: int
    against: int = 0
    abstained: int = 0

    @property
    def total(self) -> int:
        """All votes together."""
        return self.for_ + self.against + self.abstained


def quorum_of(panel_count: int) -> int:
    """Return how many of a panel must be present: two thirds, rounded up."""
    return -(-2 * panel_count // 3)


def check_quorum(present_count: int, panel_count: int) -> None:
    """Raise ``QuorumMissing`` where fewer than two thirds of the panel are present."""
    quorum = quorum_of(panel_count)
    if present_count < quorum or not present_count:
        raise refusals.QuorumMissing(
            words("评议小组 {panel} 人，到会 {present} 人，不够三分之二（至少 {quorum} 人）。请补齐人再开会。"),
            panel=panel_count,
            present=present_count,
            quorum=max(quorum, 1),
        )


def check_votes(votes: Votes, eligible_count: int, about: str) -> None:
    """Raise ``VotesDoNotAddUp`` unless for, against and abstained are as many as may vote."""
    if min(votes.for_, votes.against, votes.abstained) < 0 or votes.total != eligible_count:
        raise refusals.VotesDoNotAddUp(
            words(
                "{about}：赞成 {votes}，反对 {against}，弃权 {abstained}，加起来应是 {eligible} 票，现在是 {total} 票。"
            ),
            about=about,
            votes=votes.for_,
            against=votes.against,
            abstained=votes.abstained,
            eligible=eligible_count,
            total=votes.total,
        )


def is_carried(votes: Votes, eligible_count: int) -> bool:
    """Return whether more than half of those who may vote are in favour."""
    return 2 * votes.for_ > eligible_count
