import pytest

from love_market.people.intake import ParsedMember, ParsedRoster, clean, compare, roster_lines
from love_market.workbook import NoUsableHeader
from tests.people.sheets import IDENTITIES, Formula, Value, csv, parsed, xlsx, xlsx_of

HEAD = ["户编号", "户主姓名", "身份证号码", "家庭人口", "联系电话", "村民小组", "所属网格", "备注"]
PERSONS = ["户编号", "姓名", "与户主关系", "性别", "身份证号", "联系电话", "村民小组"]


def row(number: str | int | None, name: str | None, count: str | int | None = 3, **other: str) -> list[Value]:
    return [
        number,
        name,
        other.get("identity", IDENTITIES[0]),
        count,
        other.get("phone", "13900000001"),
        other.get("group", "一组"),
        "第1网格",
        other.get("note"),
    ]


def said(roster: ParsedRoster) -> str:
    return "\n".join(roster_lines(compare(roster, [])))


def test_a_household_a_row_under_a_merged_title_with_a_total_and_a_signature() -> None:
    data = xlsx(
        [
            ["某某村农户花名册（2026年）"],
            ["填报单位：某某村"],
            HEAD,
            row("001", "孔　满", "３人"),
            row(2, "刘满仓", "4", group="第1组", phone="无"),
            row("003", "马秀英", 2, group="１", phone="１３９-００００-０００３"),
            ["合计", None, None, Formula("=SUM(D4:D6)")],
            ["村支书（签字）：          制表人："],
        ],
        merges=["A1:H1"],
    )
    roster = parsed(data)
    assert [(h.number, h.head_name, h.member_count, h.group_name, h.phone) for h in roster.households] == [
        ("001", "孔满", 3, "一组", "13900000001"),
        ("002", "刘满仓", 4, "一组", ""),
        ("003", "马秀英", 2, "一组", "13900000003"),
    ]
    assert not roster.refused
    assert roster.identity_numbers_dropped == 3
    assert said(roster).endswith("3 households, 9 members, 0 refused")


@pytest.mark.parametrize("head", ["户主", "户主姓名", "户代表", "姓名", "户代表姓名", "户主（代表）"])
@pytest.mark.parametrize("phone", ["电话", "手机", "联系方式", "联系电话（手机）"])
def test_headers_go_by_many_names(head: str, phone: str) -> None:
    (household,) = parsed(xlsx([["户号", head, phone, "组别"], ["7", "孔小满", 13900000007, "2"]])).households
    assert (household.number, household.head_name, household.phone, household.group_name) == (
        "007",
        "孔小满",
        "13900000007",
        "二组",
    )


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_delimited_text_in_the_encodings_of_wps(encoding: str) -> None:
    roster = parsed(csv([HEAD, row("001", "孔小满"), row("002", "马秀英")], encoding), "花名册.csv")
    assert [household.head_name for household in roster.households] == ["孔小满", "马秀英"]


def test_two_rows_of_headings() -> None:
    rows: list[list[Value]] = [
        ["户编号", "户主", None, "村民小组"],
        [None, "姓名", "电话", None],
        ["001", "孔小满", "13900000001", "一组"],
    ]
    data = xlsx(rows, merges=["B1:C1", "A1:A2", "D1:D2"])
    (household,) = parsed(data).households
    assert (household.number, household.head_name, household.phone) == ("001", "孔小满", "13900000001")


def test_a_person_a_row_becomes_households_with_named_members() -> None:
    data = xlsx(
        [
            PERSONS,
            ["001", "孔小满", "户主", "男", IDENTITIES[0], "13900000001", "一组"],
            [None, "姚改", "妻", "女", IDENTITIES[1], None, None],
            [None, "孔振明", "长子", "男", IDENTITIES[2], None, None],
            ["002", "马秀英", "户主", "女", IDENTITIES[0], None, "二组"],
        ],
        merges=["A2:A4", "G2:G4"],
    )
    roster = parsed(data)
    assert roster.by_person
    first, second = roster.households
    assert first.members == (ParsedMember("孔小满", "户主"), ParsedMember("姚改", "妻"), ParsedMember("孔振明", "长子"))
    assert (first.member_count, first.group_name, first.phone) == (3, "一组", "13900000001")
    assert (second.number, second.member_count) == ("002", 1)
    assert said(roster).endswith("2 households, 4 members, 0 refused")


@pytest.mark.parametrize(
    "head",
    [
        ["序号", "姓名", "与户主关系", "村民小组"],  # nothing but the head's row says where a household begins
        ["编号", "姓名", "与户主关系", "村民小组"],  # the number is each person's own
    ],
)
def test_persons_without_a_household_number(head: list[str]) -> None:
    people = [("孔小满", "户主"), ("姚改", "妻"), ("马秀英", "户主"), ("马小军", "子")]
    rows: list[list[Value]] = [[at, *person, "一组"] for at, person in enumerate(people, 1)]
    roster = parsed(xlsx([list(head), *rows]))
    assert [(h.number, h.head_name, h.member_count) for h in roster.households] == [
        (None, "孔小满", 2),
        (None, "马秀英", 2),
    ]
    assert [r.number for r in compare(roster, []).rows] == ["001", "002"]


def test_persons_beside_the_head_s_name() -> None:
    data = xlsx(
        [["户主", "姓名", "组别"], ["孔小满", "孔小满", "1"], ["孔小满", "姚改", "1"], ["马秀英", "马秀英", "1"]]
    )
    assert [(h.head_name, h.member_count) for h in parsed(data).households] == [("孔小满", 2), ("马秀英", 1)]


@pytest.mark.parametrize(
    ("rows", "taken", "why"),
    [
        ([row("001", "孔小满"), row("1", "马秀英")], [], "两行都没有收"),
        ([row("001", "孔小满"), row("001", "孔小满")], ["孔小满"], "重复了，只收第 2 行"),
        ([row("001", None), row("002", "马秀英")], ["马秀英"], "没有户主姓名"),
        ([row("?!", "孔小满"), row("002", "马秀英")], ["马秀英"], "不像户编号"),
        ([row("001", "孔小满", "1.5"), row("002", "马秀英")], ["马秀英"], "不是整数"),
        ([row("001", "孔小满", 0), row("002", "马秀英")], ["马秀英"], "家庭人口是 0"),
        ([row("001", "孔小满", 0), row("1", "马秀英")], [], "户编号和第 2 行的孔小满家相同"),
        ([row("001", "孔小满", 0), row("1", "孔小满")], ["孔小满"], "家庭人口是 0"),
        ([row("001", "孔小满", Formula("=1+2"))], [], "里是公式，没有算出结果"),
        ([row("001", "孔小满", note="长" * 201)], [], "最多 200 个字"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_by_row(rows: list[list[Value]], taken: list[str], why: str) -> None:
    roster = parsed(xlsx([HEAD, *rows]))
    assert [household.head_name for household in roster.households] == taken
    assert why in said(roster)
    assert f"{len(taken)} households" in said(roster)
    assert roster.refused


@pytest.mark.parametrize(
    ("relations", "why"),
    [(["户主", "户主"], "有两个户主：孔小满和姚改"), (["妻", "子"], "没有写谁是户主")],
)
def test_a_household_of_persons_has_one_head(relations: list[str], why: str) -> None:
    people = [
        ["001", name, relation, "", "", "", ""] for name, relation in zip(["孔小满", "姚改"], relations, strict=True)
    ]
    roster = parsed(
        xlsx([PERSONS, *people, ["002", "马秀英", "户主", "", "", "", ""], ["002", "马军", "子", "", "", "", ""]])
    )
    assert [(h.head_name, h.member_count) for h in roster.households] == [("马秀英", 2)]
    assert why in roster.refused[0].why.text


def test_a_phone_that_is_none_is_said_and_left_out_but_keeps_the_household() -> None:
    roster = parsed(
        xlsx([HEAD, row("001", "孔小满", phone="1390000000"), row("002", "马秀英", phone="13900000001/13900000002")])
    )
    assert [household.phone for household in roster.households] == [None, "13900000001"]
    assert "“1390000000”不像电话号码" in said(roster)
    assert "记了第一个 13900000001" in said(roster)


def test_a_sheet_for_each_group_is_one_roster_and_other_sheets_are_left() -> None:
    roster = parsed(
        xlsx_of(
            {
                "一组": [HEAD, row("001", "孔小满")],
                "二组": [HEAD, row("002", "马秀英", group="二组")],
                "党员": [["姓名", "电话"], ["刘满仓", "13900000003"]],
                "填表说明": [["电话没有的填“无”。"]],
            }
        )
    )
    assert [household.head_name for household in roster.households] == ["孔小满", "马秀英"]
    assert "没有读工作表：党员、填表说明" in said(roster)


@pytest.mark.parametrize("heading", ["身份证号码", "公民身份号码", "证件号", "其他", None, "编号"])
def test_identity_numbers_are_dropped_under_any_heading(heading: str | None) -> None:
    head = ["户主姓名", "组别", heading, "备注"]
    roster = parsed(
        xlsx([head, ["孔小满", "1", IDENTITIES[0], f"户主{IDENTITIES[1]}"], ["马秀英", "1", IDENTITIES[2], None]])
    )
    assert roster.identity_numbers_dropped == 3
    assert [household.head_name for household in roster.households] == ["孔小满", "马秀英"]
    text = roster.to_json() + said(roster)
    assert not [number for number in IDENTITIES if number in text]
    assert "身份证号" in said(roster)


@pytest.mark.parametrize(
    "hidden",
    [
        "孔小满140221195109166441",
        "孔小满（１４０２２１１９５１０９１６６４４１）",
        "孔小满 140221 19510916 6441",
        "孔小满140221-19510916-6441",
    ],
)
def test_an_identity_number_inside_any_cell_is_cut_out(hidden: str) -> None:
    for data in (
        xlsx([HEAD, row("001", hidden)]),
        xlsx([HEAD, row("001", "孔小满", phone=hidden.removeprefix("孔小满"))]),
        xlsx([HEAD, row(hidden, "孔小满")]),
        xlsx([HEAD, row("001", "孔小满", note=hidden)]),
        xlsx([HEAD, row("001", "孔小满"), [f"合计 {hidden}"]]),
        xlsx([[hidden], HEAD, row("001", "孔小满")]),
    ):
        roster = parsed(data, f"{hidden}.xlsx")
        text = "".join(sign for sign in roster.to_json() + said(roster) if sign not in " -")
        assert "140221195109166441" not in text
        assert clean(hidden) in roster.filename


def test_a_file_without_a_header_shows_no_identity_number_in_its_refusal() -> None:
    with pytest.raises(NoUsableHeader) as refusal:
        parsed(xlsx([["甲", "乙"], ["孔小满", IDENTITIES[0]], ["电话", IDENTITIES[1]]]))
    assert not [number for number in IDENTITIES if number in str(refusal.value)]


def test_what_a_roster_keeps_goes_through_text_unharmed() -> None:
    roster = parsed(xlsx([PERSONS, ["001", '=HYPERLINK("http://x")', "户主", "", IDENTITIES[0], "1", "一组"], ["001", "<script>", "妻", "", "", "", ""]]))  # fmt: skip # noqa: E501
    assert ParsedRoster.from_json(roster.to_json()) == roster
