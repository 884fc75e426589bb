"""Showing a service card, and answering a question about the card under discussion."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import DromAction, Events, Talk
from actions.measures import project_reply
from actions.routing import ask_place, route_for
from bot.assistant.messages import Button, Reply, payload
from bot.directory.models import RouteKind, ServiceCard
from bot.directory.telling import Told, tell

DETAIL = "ask_detail_"
NEXT_STEPS = 2


def tell_section(talk: Talk, card: ServiceCard, section: str) -> Told:
    """Choose what may be told today of a section of a card."""
    return tell(card.section(section), talk.language, talk.today, talk.directory.sources)


def section_reply(talk: Talk, card: ServiceCard, section: str) -> Reply:
    """Return a section as it is read: what holds, whom to ask for the rest, and where it is from."""
    told = tell_section(talk, card, section)
    line = talk.directory.help_lines.get(card.help_line or "")
    parts = [told.text] if told.text else []
    if told.expired:
        key = "utter_amount_expired" if line else "utter_amount_expired_social_service"
        parts.append(talk.say(key, line=line.number if line else ""))
    elif told.call_first and line and line.number not in told.text:
        parts.append(talk.say("utter_call_first", line=line.number))
    elif told.call_first and not line:
        parts.append(talk.say("utter_ask_social_service_first"))
    reply = Reply(f"{card.icon} {' '.join(parts)}", service=card.id)
    if told.publishers and told.checked_on:
        date = told.checked_on.strftime("%d.%m.%Y")
        reply.source = talk.say("utter_source", publishers=", ".join(told.publishers), date=date)
    return reply


def with_source(reply: Reply) -> Reply:
    """Put the source as the last line of the text."""
    if reply.source:
        reply.text += "\n" + reply.source
    return reply


def where_button(talk: Talk, card: ServiceCard) -> Button:
    """Return the button to the place that this service sends people to."""
    if card.route is RouteKind.OFFICE:
        return talk.button("office", "find_office")
    if card.route is RouteKind.MEDIATOR:
        return talk.button("mediator", "find_mediator")
    return talk.button("place", f"{DETAIL}place", service=card.id)


def second_need(talk: Talk, shown: str) -> list[Button]:
    """Return the button for another need in the same message, if there is one."""
    intent = talk.entity("second_need")
    button = talk.need_button(intent) if intent and intent != shown else None
    return [button] if button else []


class ShowService(DromAction):
    """Show the card that the message asks for."""

    action_name = "action_show_service"

    def answer(self, talk: Talk) -> Events:
        """Show what it is, and the next step."""
        about_project = project_reply(talk)
        if about_project:
            talk.utter(about_project)
            return []
        card = talk.directory.services[talk.intent.removeprefix("ask_")]
        reply = section_reply(talk, card, "summary")
        reply.buttons = [
            *second_need(talk, card.intent),
            talk.button("apply", f"{DETAIL}apply", service=card.id),
            talk.button("documents", f"{DETAIL}documents", service=card.id),
            talk.button("cost", f"{DETAIL}cost", service=card.id),
            talk.button("eligibility", f"{DETAIL}eligibility", service=card.id),
            where_button(talk, card),
        ]
        talk.utter(with_source(reply))
        return [SlotSet("service", card.id), SlotSet("requested_slot", None)]


class ShowDetail(DromAction):
    """Answer a question about the card under discussion; ask which where there is none."""

    action_name = "action_show_detail"

    def answer(self, talk: Talk) -> Events:
        """Answer from the section that the intent names."""
        about_project = project_reply(talk)
        if about_project:
            talk.utter(about_project)
            return []
        section = talk.intent.removeprefix(DETAIL)
        card = talk.card
        if card is None:
            talk.utter(Reply(talk.say("utter_which_service"), which_service(talk, section)))
            return []
        reply = section_reply(talk, card, section)
        following = [talk.service_button(talk.directory.services[s]) for s in card.next_services[:NEXT_STEPS]]
        if section == "place":
            return self._where(talk, card, reply)
        others = {"apply": "documents", "documents": "apply", "cost": "eligibility", "eligibility": "apply"}
        other = others.get(section, "apply")
        reply.buttons = [talk.button(other, f"{DETAIL}{other}", service=card.id), where_button(talk, card), *following]
        talk.utter(with_source(reply))
        return []

    def _where(self, talk: Talk, card: ServiceCard, about: Reply) -> Events:
        events: Events = []
        if talk.slot("municipality"):
            reply = route_for(talk, card)
        else:
            reply, events = ask_place(talk)
        reply.text = f"{about.text}\n{reply.text}"
        reply.service = card.id
        reply.source = reply.source or about.source
        talk.utter(with_source(reply) if reply.source and reply.source not in reply.text else reply)
        return events


def which_service(talk: Talk, section: str) -> list[Button]:
    """Return buttons for the services most asked about, each leading to this detail of it."""
    asked = ["registration", "unemployment_benefit", "vocational_training", "job_search", "childcare_costs"]
    cards = [talk.directory.services[service] for service in asked if service in talk.directory.services]
    return [
        Button(f"{card.icon} {card.button.in_language(talk.language)}", payload(f"{DETAIL}{section}", service=card.id))
        for card in cards
    ]
