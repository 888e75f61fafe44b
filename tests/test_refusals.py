import pytest

from love_market.errors import Invalid, Refused
from love_market.refusals import Fact, Refusal, Table

FACTS = {"wanted": "how many are wanted", "left": "how many are left", "name": "of what"}
TABLE = Table(
    FACTS,
    Refusal(Invalid, "要几{name}？", ("wanted", "is", 0)),
    Refusal(Refused, "{name}只剩 {left}。", ("wanted", ">", Fact("left")), ("wanted", "<", 100)),
)


def test_the_first_row_that_holds_is_the_reason() -> None:
    with pytest.raises(Refused, match="醋只剩 2。") as refusal:
        TABLE.check({"wanted": 3, "left": 2, "name": "醋"})
    assert refusal.value.message == "{name}只剩 {left}。"
    assert refusal.value.values == {"name": "醋", "left": 2}
    assert TABLE.first({"wanted": 0, "left": -1, "name": "醋"}) is TABLE.rows[0]
    for facts in ({"wanted": 2, "left": 2, "name": ""}, {"wanted": 100, "left": 2, "name": ""}):
        assert TABLE.error(facts) is None
        TABLE.check(facts)


def test_rows_are_plain_data_for_a_device() -> None:
    assert TABLE.data(str.upper)[1] == {
        "error": "Refused",
        "sentence": "{NAME}只剩 {LEFT}。",
        "when": [["wanted", ">", {"fact": "left"}], ["wanted", "<", 100]],
    }


def test_every_fact_is_described_and_every_description_is_of_use() -> None:
    rows = TABLE.rows
    with pytest.raises(ValueError, match="name"):
        Table({"wanted": "", "left": ""}, *rows)
    with pytest.raises(ValueError, match="idle"):
        Table(FACTS | {"idle": ""}, *rows)
    with pytest.raises(KeyError, match="like"):
        Refusal(Refused, "", ("wanted", "like", 1))


def test_a_fact_that_nobody_gave_is_no_reason_to_go_on() -> None:
    with pytest.raises(KeyError):
        TABLE.check({"left": 2, "name": "醋"})
