"""The directory as Human Services Data Specification (HSDS) 3.0, JSON or tabular.

Only what may be told today is exported: no unverified office, no expired amount. Identifiers are UUIDs
made of our own ids, so that the same thing has the same UUID in every export.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.directory.directory import Directory
from bot.directory.mediators import SPOKEN, Mediator
from bot.directory.models import Office, RouteKind, ServiceCard
from bot.directory.telling import tell
from bot.languages import Language

DATAPACKAGE = Path(__file__).resolve().parent.parent.parent / "data" / "hsds" / "datapackage.json"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "drom.hsds")
_POSTCODE = re.compile(r"LV-\d{4}")

Row = dict[str, Any]


class HsdsTables:
    """The rows of each HSDS table, by the name of the table."""

    def __init__(self, directory: Directory, today: datetime.date, language: Language = "lv"):
        self.directory = directory
        self.today = today
        self.language = language
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._organizations()
        self._topics()
        for card in directory.services.values():
            self._service(card)
        for office in directory.offices:
            if office.is_attested:
                self._location(office)
        for mediator in directory.mediators:
            self._mediator(mediator)

    def _add(self, table: str, key: str, **values: Any) -> str:
        """Add a row without its empty values, and return its identifier."""
        row = {name: value for name, value in values.items() if value not in (None, "")}
        self.rows[table].append({"id": _id(table, key), **row})
        return _id(table, key)

    def _organizations(self) -> None:
        for name, organization in self.directory.content.organizations.items():
            self._add(
                "organization",
                name,
                name=organization.name.in_language(self.language),
                alternate_name=organization.short.in_language(self.language),
                description=organization.name.in_language(self.language),
                website=organization.url,
            )

    def _topics(self) -> None:
        taxonomy = self._add("taxonomy", "topics", name="Drom topics", description="The menu of Drom")
        for name, topic in self.directory.topics.items():
            title = topic.name.in_language(self.language)
            self._add(
                "taxonomy_term", name, code=name, name=title, description=title, language=self.language,
                taxonomy_id=taxonomy,
            )  # fmt: skip

    def _service(self, card: ServiceCard) -> None:
        told = {
            section: tell(card.section(section), self.language, self.today, self.directory.sources)
            for section in ("summary", "eligibility", "apply", "cost", "duration")
        }
        checked = [part.checked_on for part in told.values() if part.checked_on]
        service = self._add(
            "service",
            card.id,
            organization_id=_id("organization", card.organization),
            name=card.name.in_language(self.language),
            alternate_name=card.need.in_language(self.language),
            description=told["summary"].text,
            url=self._address_of(card),
            status="active",
            application_process=told["apply"].text,
            fees_description=told["cost"].text,
            wait_time=told["duration"].text,
            eligibility_description=told["eligibility"].text,
            minimum_age=card.eligibility_rules.min_age,
            maximum_age=card.eligibility_rules.max_age,
            assured_date=min(checked).isoformat() if checked else None,
        )
        for index, statement in enumerate(card.section("documents")):
            if statement.is_told(self.today):
                document = statement.text.in_language(self.language)
                self._add("required_document", f"{card.id} {index}", service_id=service, document=document)
        line = self.directory.help_lines.get(card.help_line or "")
        if line:
            description = line.name.in_language(self.language)
            self._add(
                "phone", f"{card.id} {line.id}", service_id=service, number=line.number, type="voice",
                description=description,
            )  # fmt: skip
        self._add("service_area", card.id, service_id=service, name="Latvija", extent="LV", extent_type="other")
        for name, topic in self.directory.topics.items():
            if card.id in topic.services:
                self._topic_of(service, f"{card.id} {name}", name)

    def _topic_of(self, service: str, key: str, topic: str) -> None:
        self._add(
            "attribute", key, link_id=service, taxonomy_term_id=_id("taxonomy_term", topic),
            link_type="topic", link_entity="service",
        )  # fmt: skip

    def _address_of(self, card: ServiceCard) -> str | None:
        """Return the web page that the summary is from."""
        names = [s.source for s in card.section("summary") if s.source and s.is_told(self.today)]
        return next((self.directory.sources[name].url for name in names if self.directory.sources[name].url), None)

    def _location(self, office: Office) -> None:
        location = self._add(
            "location",
            office.town,
            location_type="physical",
            organization_id=_id("organization", "nva"),
            name=office.name.in_language(self.language),
            alternate_name=office.town,
            latitude=office.latitude,
            longitude=office.longitude,
        )
        line = self.directory.help_lines["nva"].number
        number = office.phone or line
        self._add("phone", f"office {office.town}", location_id=location, number=number, type="voice")
        if office.schedule:
            self._add("schedule", office.town, location_id=location, description=office.schedule)
        postcode = _POSTCODE.search(office.address or "")
        if office.has_confirmed_address and postcode:
            municipality = self.directory.municipality_of(self.directory.places[office.town])
            self._add(
                "address", office.town, location_id=location, address_1=office.address, city=office.town,
                state_province=municipality.name.lv, postal_code=postcode.group(), country="LV",
                address_type="physical",
            )  # fmt: skip
        for card in self.directory.services.values():
            if card.route is RouteKind.OFFICE:
                self._add(
                    "service_at_location", f"{card.id} {office.town}", service_id=_id("service", card.id),
                    location_id=location,
                )  # fmt: skip

    def _mediator(self, mediator: Mediator) -> None:
        mediation = self.directory.services["mediation"]
        organization = _id("organization", f"mediators {mediator.organization}")
        if organization not in {row["id"] for row in self.rows["organization"]}:
            name = mediator.organization
            self._add("organization", f"mediators {name}", name=name, description=name)
        told = tell(mediation.section("summary"), self.language, self.today, self.directory.sources)
        service = self._add(
            "service", f"mediator {mediator.id}", organization_id=organization, status="active",
            name=f"{mediation.name.in_language(self.language)}: {mediator.name}", description=told.text,
            assured_date=mediator.confirmed_on.isoformat(),
        )  # fmt: skip
        contact = self._add(
            "contact", mediator.id, service_id=service, organization_id=organization, name=mediator.name,
            email=mediator.email,
        )  # fmt: skip
        if mediator.phone:
            self._add("phone", mediator.id, contact_id=contact, number=mediator.phone, type="voice")
        if mediator.hours:
            self._add("schedule", mediator.id, service_id=service, description=mediator.hours)
        for code in mediator.languages:
            self._add("language", f"{mediator.id} {code}", service_id=service, name=SPOKEN[code], code=code)
        for municipality in mediator.municipalities:
            name = self.directory.municipalities[municipality].name.in_language(self.language)
            self._add(
                "service_area", f"{mediator.id} {municipality}", service_id=service, name=name,
                extent=municipality, extent_type="other",
            )  # fmt: skip
        for topic in mediator.topics:
            self._topic_of(service, f"{mediator.id} {topic}", topic)

    def services(self) -> list[Row]:
        """Return each service with everything that belongs to it, as the JSON of HSDS nests it."""
        return [self._nested_service(row) for row in self.rows["service"]]

    def organizations(self) -> list[Row]:
        """Return each organization with its locations."""
        nested = []
        for row in self.rows["organization"]:
            locations = [self._nested_location(one) for one in self._of("location", row, "organization")]
            nested.append({**row, **_some(locations=locations)})
        return nested

    def _nested_service(self, row: Row) -> Row:
        organization = next(one for one in self.rows["organization"] if one["id"] == row["organization_id"])
        at = [
            {**link, "location": self._nested_location(self._by_id("location", link["location_id"]))}
            for link in self._of("service_at_location", row, "service")
        ]
        contacts = [
            {**contact, **_some(phones=self._of("phone", contact, "contact"))}
            for contact in self._of("contact", row, "service")
        ]
        attributes = [
            {**one, "taxonomy_term": self._by_id("taxonomy_term", one["taxonomy_term_id"])}
            for one in self.rows["attribute"]
            if one["link_id"] == row["id"]
        ]
        return {
            **row,
            "organization": organization,
            **_some(
                phones=self._of("phone", row, "service"),
                schedules=self._of("schedule", row, "service"),
                service_areas=self._of("service_area", row, "service"),
                service_at_locations=at,
                languages=self._of("language", row, "service"),
                required_documents=self._of("required_document", row, "service"),
                contacts=contacts,
                attributes=attributes,
            ),
        }

    def _nested_location(self, row: Row) -> Row:
        return {
            **row,
            **_some(
                addresses=self._of("address", row, "location"),
                phones=self._of("phone", row, "location"),
                schedules=self._of("schedule", row, "location"),
            ),
        }

    def _of(self, table: str, row: Row, owner: str) -> list[Row]:
        return [one for one in self.rows[table] if one.get(f"{owner}_id") == row["id"]]

    def _by_id(self, table: str, identifier: str) -> Row:
        return next(row for row in self.rows[table] if row["id"] == identifier)


def write_json(tables: HsdsTables, folder: Path) -> list[Path]:
    """Write ``services.json`` and ``organizations.json`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in (("services", tables.services()), ("organizations", tables.organizations())):
        path = folder / f"{name}.json"
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def write_csv(tables: HsdsTables, folder: Path) -> list[Path]:
    """Write a CSV file for each table that has rows, and the ``datapackage.json`` that describes them."""
    folder.mkdir(parents=True, exist_ok=True)
    package = json.loads(DATAPACKAGE.read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if tables.rows.get(resource["name"])]
    there = {resource["name"] for resource in package["resources"]}
    written = []
    for resource in package["resources"]:
        schema = resource["schema"]
        keys = [key for key in schema.get("foreignKeys", []) if key["reference"]["resource"] in there]
        schema.pop("foreignKeys", None)
        if keys:
            schema["foreignKeys"] = keys
        path = folder / resource["path"]
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, [field["name"] for field in schema["fields"]], lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables.rows[resource["name"]])
        written.append(path)
    description = folder / "datapackage.json"
    description.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [*written, description]


def _id(table: str, key: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{table} {key}"))


def _some(**lists: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the lists that are not empty."""
    return {name: list(rows) for name, rows in lists.items() if rows}
