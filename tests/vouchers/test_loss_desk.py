"""The loss desk's page: which tills know already that a voucher is frozen."""

import re
from datetime import timedelta

from flask.testing import FlaskClient

from love_market.db import transaction
from love_market.tills import service as tills
from love_market.vouchers import loss
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter.tills import PlayedTill
from tests.vouchers import made


def test_the_loss_desk_says_which_tills_know_of_it(client: FlaskClient, village: Village, clock: Clock) -> None:
    sign_in(client, village.chair)
    phones = {name: PlayedTill() for name in ("店里的手机", "老张的手机", "还没用的", "停用的")}
    with transaction() as session:
        (lost,) = made.vouchers(session, village, (35,), clock())
        for name, phone in phones.items():
            phone.enrol(session, village.chair, name, clock())
        for name in ("店里的手机", "老张的手机", "停用的"):
            tills.tell(session, village.clerk, phones[name].id, is_fresh=True, unsent=0, at=clock())
        tills.cut_off(session, village.chair, phones["停用的"].id, at=clock())
    address = f"/v/{village.code}/vouchers/{lost.id}"
    assert "兑换机知道了没有" not in client.get(address).text
    clock.at += timedelta(minutes=5)
    with transaction() as session:
        loss.freeze(session, village.chair, lost.id, reason="丢了", at=clock())
        tills.tell(session, village.clerk, phones["店里的手机"].id, is_fresh=True, unsent=0, at=clock())
        tills.tell(session, village.clerk, phones["老张的手机"].id, is_fresh=False, unsent=0, at=clock())
    page = client.get(address).text
    assert re.findall(r"<dt>([^<]*手机|还没用的)</dt>\s*<dd>([^<]*)</dd>", page) == [
        ("店里的手机", "知道了"),
        ("老张的手机", "还不知道，它的账停在 10月8日 09:00"),
        ("还没用的", "还不知道，它还没有取过账"),
    ]
    assert "停用的" not in page
