"""Somebody who reads pages and presses buttons over HTTP: forms are filled in as the page gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse


@dataclass
class Form:
    """A form of a page: where it goes, what it holds before anybody types, and the words on its buttons."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Gathers a page's forms, by id, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self.inside = ""
        self.button: tuple[str, str, str, str] | None = None
        self.select: tuple[str, bool] | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        form = self.forms.get(told.get("form", self.inside))
        if tag == "form":
            self.inside = told.get("id") or f"form {len(self.forms)}"
            self.forms[self.inside] = Form(told.get("action", ""), told.get("method", "get").lower())
        elif tag == "button":
            self.button = (told.get("form", self.inside), told.get("name", ""), told.get("value", ""), "")
        elif form is not None:
            self._field(form, tag, told)

    def _field(self, form: Form, tag: str, told: Mapping[str, str]) -> None:
        name = told.get("name", "")
        if tag == "input" and name and told.get("type") != "file":
            ticks = told.get("type") in {"checkbox", "radio"}
            if ticks:
                form.choices.setdefault(name, []).append(told.get("value", "y"))
            if not ticks or "checked" in told:
                form.fields.setdefault(name, []).append(told.get("value", "y" if ticks else ""))
        elif tag == "select":
            self.select = (name, False)
        elif tag == "option" and self.select is not None:
            name, chosen = self.select
            form.choices.setdefault(name, []).append(told.get("value", ""))
            if "selected" in told or not chosen:
                form.fields[name] = [told.get("value", "")]
                self.select = (name, True)
        elif tag == "textarea":
            self.area = name
            form.fields[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = ""
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None
        elif tag == "button" and self.button is not None:
            form_id, name, value, words = self.button
            self.button = None
            if form_id in self.forms:
                self.forms[form_id].buttons[words.strip()] = (name, value)

    def handle_data(self, data: str) -> None:
        if self.button is not None:
            form_id, name, value, words = self.button
            self.button = (form_id, name, value, words + data)
        if self.area is not None:
            self.forms[self.inside].fields[self.area][0] += data


class Visitor:
    """One person with a browser of their own; ``page`` is what stands on the screen."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page: TestResponse

    @property
    def path(self) -> str:
        """Where the visitor is now."""
        return self.page.request.path

    @property
    def text(self) -> str:
        """What the page says, its markup with it."""
        return self.page.text

    def visit(self, path: str, status: int = 200) -> "Visitor":
        """Go to a page; it must answer with the status."""
        self.page = self.client.get(path, follow_redirects=True)
        assert self.page.status_code == status, f"{path}: {self.page.status}\n{self.page.text[:3000]}"
        return self

    def form_with(self, button: str) -> Form:
        """Return the form of the page that has a button of these words."""
        reader = _Reader()
        reader.feed(self.page.text)
        reader.close()
        found = [form for form in reader.forms.values() if any(button == words for words in form.buttons)]
        assert found, f"no button {button} on {self.path}: {[list(form.buttons) for form in reader.forms.values()]}"
        return found[0]

    def press(
        self,
        button: str,
        filled_in: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        **more: Any,  # noqa: ANN401 what forms hold
    ) -> "Visitor":
        """Fill in the form that this button is of and press it; the page that follows must have the status."""
        form, told = self.form_with(button), {**(filled_in or {}), **more}
        unknown = [
            name for name in told if name not in form.fields and name not in form.choices and not _is_file(told[name])
        ]
        assert not unknown, f"no field {unknown} on {self.path}: {[*form.fields, *form.choices]}"
        name, value = form.buttons[button]
        data: dict[str, Any] = {**form.fields, **({name: value} if name else {}), **told}
        here = self.page.request.full_path.rstrip("?")
        path = form.action or here
        assert form.method == "post", f"{button} on {self.path} only asks"
        self.page = self.client.post(path, data=data, follow_redirects=True)
        assert self.page.status_code == status, f"{button}: {self.page.status}\n{self.page.text[:3000]}"
        return self

    def sees(self, *words: str) -> "Visitor":
        """Check that the page says all of this."""
        missing = [one for one in words if one not in self.page.text]
        assert not missing, f"not on {self.path}: {missing}"
        return self

    def does_not_see(self, *words: str) -> "Visitor":
        """Check that the page says none of this."""
        told = [one for one in words if one in self.page.text]
        assert not told, f"on {self.path}: {told}"
        return self

    def link_to(self, part: str) -> str:
        """Return the first link of the page whose address has this part."""
        links: list[str] = []

        class Links(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                links.extend(value or "" for name, value in attrs if tag == "a" and name == "href")

        Links().feed(self.page.text)
        found = [link for link in links if part in urlsplit(link).path]
        assert found, f"no link to {part} on {self.path}: {links}"
        return found[0]

    def posts(self, path: str, json: object, status: int = 200) -> Any:  # noqa: ANN401 whatever JSON holds
        """Send JSON as the page's script does; return the answer."""
        answer = self.client.post(path, json=json)
        assert answer.status_code == status, f"{path}: {answer.status} {answer.text[:500]}"
        return answer.get_json()


def _is_file(value: object) -> bool:
    return isinstance(value, tuple)
