"""Sending people to the right place: office, social service, VSAA, mediator."""

from __future__ import annotations

import abc
from urllib.parse import quote

from rasa_sdk.events import SlotSet

from actions.base import DromAction, Events, Talk
from bot.assistant.messages import Button, Reply, payload
from bot.directory.directory import Directory, OfficeRoute
from bot.directory.mediators import Mediator, Turns
from bot.directory.models import Municipality, MunicipalityKind, Office, RouteKind, ServiceCard

MAP_SEARCH = "https://www.google.com/maps/search/?api=1&query="
LITHUANIA, SEA = "lt", "sea"
turns = Turns()  # whose turn it is among the mediators who serve a municipality


def ask_place(
    talk: Talk, response: str = "utter_ask_place", buttons: list[Button] | None = None
) -> tuple[Reply, Events]:
    """Return the question where the person lives, and the events that make the assistant wait for it."""
    return _asking(talk.say(response), buttons)


def _asking(words: str, buttons: list[Button] | None = None) -> tuple[Reply, Events]:
    return Reply(words, buttons or [], share_location=True), [SlotSet("requested_slot", "municipality")]


def municipality_of(talk: Talk) -> Municipality | None:
    """Return the municipality that the person lives in, as far as it is known."""
    return talk.directory.municipality(talk.slot("municipality"))


def route_for(talk: Talk, card: ServiceCard | None) -> Reply:
    """Return the way for a service (for none: to the office). The municipality must be known."""
    kind = card.route if card else RouteKind.OFFICE
    if kind is RouteKind.SOCIAL_SERVICE:
        return social_service(talk)
    if kind is RouteKind.VSAA:
        return vsaa(talk)
    if kind is RouteKind.MEDIATOR:
        return mediator(talk)
    return office(talk)


def office(talk: Talk) -> Reply:
    """Return the way to the nearest office of NVA."""
    municipality = municipality_of(talk)
    assert municipality is not None
    point = talk.directory.point(municipality.name.lv, talk.slot("place"))
    assert point is not None
    way = talk.directory.office_near(point)
    nearest = way.office
    line = talk.directory.help_lines["nva"].number
    source = talk.directory.sources[nearest.source]
    date = nearest.checked_on.strftime("%d.%m.%Y")
    told = talk.say("utter_source", publishers=source.publisher, date=date)
    phone = nearest.phone if nearest.has_confirmed_address else None
    return Reply(
        f"{_office_text(talk, municipality, way, line)}\n{told}",
        [
            talk.call_button(phone or line),
            Button(talk.label("map"), map_search(nearest)),
            Button(talk.label("branches"), talk.directory.sources["nva_branches"].url),
            talk.button("bring", "ask_detail_documents", service="registration"),
            talk.button("mediator", "find_mediator"),
        ],
        location=venue(talk.directory, nearest),
        contact={"phone_number": phone, "first_name": nearest.name.lv} if phone else None,
        route={"kind": "office", "town": nearest.town, "municipality": municipality.name.lv},
    )


def _office_text(talk: Talk, municipality: Municipality, way: OfficeRoute, line: str) -> str:
    """Return which office, how far, and how surely that is known."""
    parts = [_how_far(talk, municipality, way)]
    if way.possible:
        parts.append(talk.say("utter_office_possible", town=town_name(talk, way.possible.town)))
    if not way.office.has_confirmed_address:
        return " ".join([*parts, talk.say("utter_office_call", line=line)])
    parts.append(talk.say("utter_office_address", address=way.office.address))
    if way.office.schedule:
        parts.append(talk.words("routes", "hours", schedule=way.office.schedule))
    return " ".join(parts)


def _how_far(talk: Talk, municipality: Municipality, way: OfficeRoute) -> str:
    """Return which office, and how far from the person; from the seat where only the municipality is known."""
    town = town_name(talk, way.office.town)
    lives_in = talk.directory.places.get(talk.slot("place") or "")
    is_known = lives_in is not None and talk.directory.municipality_of(lives_in).id == municipality.id
    if is_known or municipality.kind is MunicipalityKind.STATE_CITY:
        return (
            talk.say("utter_office_near", town=town, km=way.km) if way.km else talk.say("utter_office_here", town=town)
        )
    if not way.km:
        return talk.words("routes", "office_in_seat", town=town)
    return talk.words("routes", "office_near_seat", town=town, seat=town_name(talk, municipality.seat), km=way.km)


def map_search(place: Office) -> str:
    """Return the address of a map that searches for the office; exact only where its address is confirmed."""
    return MAP_SEARCH + quote(place.address if place.has_confirmed_address and place.address else f"NVA {place.town}")


def venue(directory: Directory, place: Office) -> dict[str, object] | None:
    """Return the office as a point on the map, only where its address and its door are confirmed."""
    door = directory.door_of(place)
    if door is None:
        return None
    return {"latitude": door[0], "longitude": door[1], "title": place.name.lv, "address": place.address}


def town_name(talk: Talk, town: str) -> str:
    """Return the name of a town in the person's language."""
    place = talk.directory.places.get(town)
    return place.name.in_language(talk.language) if place else town


def social_service(talk: Talk) -> Reply:
    """Return the way to the municipal social service."""
    municipality = municipality_of(talk)
    assert municipality is not None
    name = municipality.name.in_language(talk.language)
    return Reply(
        talk.say("utter_social_service", municipality=name),
        [
            Button(talk.label("map"), social_service_search(municipality)),
            talk.button("mediator", "find_mediator"),
        ],
        route={"kind": "social_service", "municipality": municipality.name.lv},
    )


def social_service_search(municipality: Municipality) -> str:
    """Return the address of a map that searches for a municipality's social service, by its Latvian name."""
    return MAP_SEARCH + quote(f"{municipality.name.lv} sociālais dienests")


def vsaa(talk: Talk) -> Reply:
    """Return the way to the State Social Insurance Agency."""
    municipality = municipality_of(talk)
    assert municipality is not None
    line = talk.directory.help_lines["vsaa"].number
    return Reply(
        talk.say("utter_vsaa", line=line, municipality=municipality.name.in_language(talk.language)),
        [talk.call_button(line), talk.button("office", "find_office")],
        contact={"phone_number": line, "first_name": "VSAA"},
        route={"kind": "vsaa", "municipality": municipality.name.lv},
    )


def mediator(talk: Talk) -> Reply:
    """Return the way to a mediator; where none is confirmed, to the social service and the contact point."""
    municipality = municipality_of(talk)
    assert municipality is not None
    topic = talk.directory.topic_of(talk.slot("service"))
    fitting = talk.directory.mediators_for(municipality.name.lv, talk.language, topic)
    if not fitting:
        return no_mediator(talk, municipality)
    chosen = turns.next(fitting, talk.tracker.sender_id)
    date = chosen.confirmed_on.strftime("%d.%m.%Y")
    told = talk.say("utter_mediator", name=chosen.name, organization=chosen.organization, contact=ways_to(chosen))
    source = talk.say("utter_source", publishers=chosen.organization, date=date)
    buttons = [talk.call_button(chosen.phone)] if chosen.phone else []
    if chosen.telegram:
        buttons.append(Button(f"💬 @{chosen.telegram}", f"https://t.me/{chosen.telegram}"))
    return Reply(
        f"{told}\n{source}",
        [*buttons, talk.button("office", "find_office")],
        contact={"phone_number": chosen.phone, "first_name": chosen.name} if chosen.phone else None,
        route={"kind": "mediator", "municipality": municipality.name.lv},
    )


def ways_to(who: Mediator) -> str:
    """Return how a mediator can be reached, and when."""
    ways = [who.phone, f"@{who.telegram}" if who.telegram else None, who.email]
    said = ", ".join(way for way in ways if way)
    return f"{said} ({who.hours})" if who.hours else said


def no_mediator(talk: Talk, municipality: Municipality) -> Reply:
    """Say that no mediator is confirmed here, and who helps instead."""
    contact_point = talk.directory.content.organizations["ministry_of_culture"]
    return Reply(
        talk.say("utter_mediator_none", municipality=municipality.name.in_language(talk.language)),
        [
            Button(talk.label("map"), social_service_search(municipality)),
            Button(talk.label("roma_contact"), contact_point.url),
            talk.button("office", "find_office"),
        ],
        route={"kind": "social_service", "municipality": municipality.name.lv},
    )


class _Route(DromAction):
    """Send to a kind of place, asking where the person lives when that is not known."""

    @abc.abstractmethod
    def route(self, talk: Talk) -> Reply:
        """Return the way, the municipality being known."""

    def answer(self, talk: Talk) -> Events:
        """Route, or ask for the place first."""
        unclear = _unclear_place(talk)
        if unclear:
            reply, events = unclear
            talk.utter(reply)
            return events
        if municipality_of(talk) is None:
            reply, events = ask_place(talk)
            talk.utter(reply)
            return events
        talk.utter(self.route(talk))
        return [SlotSet("requested_slot", None)]


class FindOffice(_Route):
    """Send to the nearest office."""

    action_name = "action_find_office"

    def answer(self, talk: Talk) -> Events:
        """Route to the office whatever was under discussion."""
        return (
            [*super().answer(talk), SlotSet("service", None)]
            if talk.intent == "find_office" and (talk.card is not None and talk.card.route is not RouteKind.OFFICE)
            else super().answer(talk)
        )

    def route(self, talk: Talk) -> Reply:
        """The office."""
        return office(talk)


class FindMediator(_Route):
    """Send to a mediator."""

    action_name = "action_find_mediator"

    def answer(self, talk: Talk) -> Events:
        """Route to a mediator, who then is what is under discussion."""
        return [*super().answer(talk), SlotSet("service", "mediation")]

    def route(self, talk: Talk) -> Reply:
        """The mediator."""
        return mediator(talk)


class ReceivePlace(_Route):
    """Take the place that the person named, and send them to where the talk was going."""

    action_name = "action_receive_place"

    def route(self, talk: Talk) -> Reply:
        """The way for the card under discussion, else to the office."""
        reply = route_for(talk, talk.card)
        reply.service = talk.card.id if talk.card else None
        return reply

    def answer(self, talk: Talk) -> Events:
        """Route, or ask back where the place is not known."""
        if not talk.entity("municipality") and not _unclear_place(talk):
            reply, events = ask_place(talk, "utter_place_unknown")
            talk.utter(reply)
            return events
        return super().answer(talk)


def _unclear_place(talk: Talk) -> tuple[Reply, Events] | None:
    """Return the question back when the message names a place that is not certain, or lies abroad."""
    outside = talk.entity("outside_latvia")
    eures = talk.button("eures", "ask_work_abroad")
    if outside == LITHUANIA:
        line = talk.directory.help_lines["lt_employment"].number
        return _asking(talk.words("routes", "in_lithuania", line=line), [talk.call_button(line), eures])
    if outside == SEA:
        return _asking(talk.words("routes", "at_sea"))
    if outside:
        return ask_place(talk, "utter_outside_latvia", [eures])
    candidates = talk.entities("place_candidates")
    if candidates and not talk.entity("municipality"):
        buttons = [_place_button(talk, name) for name in candidates]
        return ask_place(talk, "utter_place_which", buttons)
    return None


def _place_button(talk: Talk, name: str) -> Button:
    place = talk.directory.places.get(name)
    if place:
        municipality = talk.directory.municipality_of(place)
        title = place.name.in_language(talk.language)
        return Button(title, payload("inform_place", place=place.name.lv, municipality=municipality.name.lv))
    found = talk.directory.municipality(name)
    title = found.name.in_language(talk.language) if found else name
    return Button(title, payload("inform_place", municipality=name))
