"""What the tests of pages share: a form with a fresh key, somebody with roles."""

from uuid import UUID

from love_market.db import new_id, transaction
from love_market.people import service
from love_market.people.rules import Role
from tests.builders import Village
from tests.conftest import Clock


def form(**values: object) -> dict[str, object]:
    return {"key": str(new_id())} | values


def staff(village: Village, clock: Clock, name: str, *grants: tuple[str, Role]) -> UUID:
    with transaction() as session:
        return service.add_staff(
            session,
            name=name,
            sign_in_name=name,
            password="几个好记的词，一定够长",
            grants=grants,
            at=clock(),
            key=new_id(),
        )
